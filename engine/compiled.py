"""Run compiled programs: one process per segment. Nothing here needs Brian2."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .cache import Use, lock
from .program import Program

__all__ = ["CompiledProgram", "StoredArray"]

_KINDS = {"int": int, "float": float}
# Whatever BLAS a program was linked with, it heeds one of these.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


@dataclass(frozen=True, kw_only=True)
class StoredArray:
    """An array of a compiled program.

    Parameters
    ----------
    name : str
        What the program's command line calls it.
    file : str
        File, relative to the work folder, that the program writes it to.
    size : int
        How many numbers it holds.
    dtype : str
        Their type.
    """

    name: str
    file: str
    size: int
    dtype: str


class CompiledProgram(Program):
    """A network that was compiled to a program of its own.

    Every segment is one process: it reads settings and state, runs, writes the state and ends.

    Parameters
    ----------
    folder : pathlib.Path
        Where the program lies.
    manifest : dict
        What goes in and out: ``settings`` (name of the group of scalars), ``scalars`` (kind of
        each), ``state`` and ``timestep`` (`StoredArray` each), ``units``, ``classes`` and ``real``.
    threads : int
        Threads of a matrix product.

    Raises
    ------
    OSError
        If the folder is gone.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any], *, threads: int = 1) -> None:
        self.folder, self.threads = folder, threads
        self.settings = manifest["settings"]
        self.scalars = {key: _KINDS[kind] for key, kind in manifest["scalars"].items()}
        self.arrays = {key: StoredArray(**array) for key, array in manifest["state"].items()}
        self.variables = self.arrays
        self.timestep = StoredArray(**manifest["timestep"])
        self.units, self.classes = manifest["units"], manifest["classes"]
        self.real = np.dtype(manifest["real"])
        self.use = Use(folder)
        try:
            self.work_folder = _WorkFolder()
        except BaseException:
            self.use.close()
            raise
        self.work = self.work_folder.path
        self.banks = 0

    def add_bank(
        self, images: np.ndarray, targets: np.ndarray, *, replaces: int | None = None
    ) -> int:
        """Write the stimuli to files that the program maps."""
        if images.dtype not in (np.uint8, self.real):
            raise TypeError(f"add_bank.images: expected uint8 or {self.real}, got {images.dtype}")
        number = self.banks if replaces is None else replaces
        np.ascontiguousarray(images).tofile(self.work / f"bank_{number}")
        kind = np.int64 if targets.ndim == 1 else self.real
        targets.astype(kind).tofile(self.work / f"targets_{number}")
        self.banks = max(self.banks, number + 1)
        return number

    def run(
        self,
        steps: int,
        settings: Mapping[str, float],
        state: Mapping[str, np.ndarray],
        order: np.ndarray | None = None,
    ) -> dict[str, np.ndarray]:
        """Run one segment in a process of its own."""
        self._check(settings)
        arguments = [f"{self.settings}.steps={steps}"]
        arguments += [
            f"{self.settings}.{key}={kind(settings[key])!r}" for key, kind in self.scalars.items()
        ]
        for key, array in self.arrays.items():
            path = self.work / f"in_{key}"
            np.asarray(state[key], dtype=array.dtype).tofile(path)
            arguments.append(f"{array.name}={path}")
        if order is not None:
            order.astype(np.int64).tofile(self.work / "order")
        self._call(arguments)
        self._check_end(steps, int(self._read(self.timestep)[0]))
        return {key: self._read(array) for key, array in self.arrays.items()}

    def _read(self, array: StoredArray) -> np.ndarray:
        """Read an array that the program wrote."""
        path = self.work / array.file
        values = np.fromfile(path, dtype=array.dtype)
        if len(values) != array.size:
            raise OSError(
                f"CompiledProgram.run: expected {array.size} numbers in {str(path)!r}, got "
                f"{len(values)}; is the disk full?"
            )
        return values

    def _call(self, arguments: list[str]) -> None:
        """Run the program; what it prints on the error stream counts as failure."""
        done = subprocess.run(
            ["./main", "--results_dir", f"{self.work}/", *arguments],
            cwd=self.folder,
            env={**os.environ, **dict.fromkeys(_THREADS, str(self.threads))},
            capture_output=True,
            text=True,
            # An interrupt from the terminal is for the process that started this one.
            process_group=0,
        )
        if done.returncode or done.stderr.strip():
            raise RuntimeError(
                f"CompiledProgram.run: the compiled program in {self.folder} failed with exit "
                f"status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
            )

    def recorded(self) -> tuple[np.ndarray, np.ndarray]:
        """Read and remove the recorded files."""
        found = []
        for name, width in (("recorded_rates", self.units), ("recorded_targets", self.classes)):
            path = self.work / name
            values = np.fromfile(path, self.real) if path.exists() else np.zeros(0, self.real)
            path.unlink(missing_ok=True)
            found.append(values.reshape(-1, width))
        return found[0], found[1]

    def close(self) -> None:
        """Remove the work folder."""
        self.work_folder.close()
        self.use.close()


_LOCK = "lock"


class _WorkFolder:
    """A folder for the files of a run; those that killed processes have left are removed.

    Its lock tells that its process lives: the system frees it, on whatever machine that ran.
    """

    def __init__(self) -> None:
        for left in Path(tempfile.gettempdir()).glob("ontogeny-run-*"):
            _remove_left(left)
        self.path = Path(tempfile.mkdtemp(prefix="ontogeny-run-"))
        self.file = open(self.path / _LOCK, "wb")  # noqa: SIM115 - closed by `close`
        lock(self.file, fcntl.LOCK_EX)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.file.close()


def _remove_left(folder: Path) -> None:
    """Remove the folder of a process that lives no more."""
    # One that was made just now may not be locked yet; folders of others cannot be removed.
    with contextlib.suppress(OSError):
        if time.time() - folder.stat().st_mtime > 60:
            with open(folder / _LOCK, "rb") as file:
                # Where there are no locks nothing is known of the process, and its folder stays.
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
