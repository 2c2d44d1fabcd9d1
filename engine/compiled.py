"""Run compiled programs: one process takes segment after segment. Nothing here needs Brian2."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .cache import Use, lock
from .exchange import Exchange, StoredArray
from .program import Program

__all__ = ["CompiledProgram"]

_KINDS = {"int": int, "float": float}
# Whatever BLAS a program was linked with, it heeds one of these.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


class CompiledProgram(Program):
    """A network that was compiled to a program of its own.

    Its process is started with the first segment, and waits for the next one after each; it ends
    when this object is closed, and by itself when the process that started it is gone. What a
    segment needs and returns lies in a file that both have mapped.

    Parameters
    ----------
    folder : pathlib.Path
        Where the program lies.
    manifest : dict
        What goes in and out: ``scalars`` (kind of each), ``settings`` (the scalars, and ``steps``),
        ``state`` and ``timestep`` (`StoredArray` each), ``units``, ``classes`` and ``real``.
    threads : int
        Threads of a matrix product.

    Raises
    ------
    OSError
        If the folder is gone, or there is no room for temporary files.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any], *, threads: int = 1) -> None:
        self.folder, self.threads = folder, threads
        self.scalars = {key: _KINDS[kind] for key, kind in manifest["scalars"].items()}
        settings = {key: StoredArray(**array) for key, array in manifest["settings"].items()}
        state = {key: StoredArray(**array) for key, array in manifest["state"].items()}
        self.variables = state
        timestep = StoredArray(**manifest["timestep"])
        self.units, self.classes = manifest["units"], manifest["classes"]
        self.real = np.dtype(manifest["real"])
        self.process: _Process | None = None
        self.use = Use(folder)
        self.work_folder: _WorkFolder | None = None
        try:
            self.work_folder = _WorkFolder()
            self.work = self.work_folder.path
            everything = [*settings.values(), *state.values(), timestep]
            exchange = Exchange(self.work / "exchange", everything)
        except BaseException:
            self.close()
            raise
        self.settings = {key: exchange.view(array) for key, array in settings.items()}
        self.arrays = {key: exchange.view(array) for key, array in state.items()}
        self.timestep = exchange.view(timestep)
        self.banks = 0

    def add_bank(
        self, images: np.ndarray, targets: np.ndarray, *, replaces: int | None = None
    ) -> int:
        """Write the stimuli to files that the program maps."""
        if images.dtype not in (np.uint8, self.real):
            raise TypeError(f"add_bank.images: expected uint8 or {self.real}, got {images.dtype}")
        number = self.banks if replaces is None else replaces
        self._write(f"bank_{number}", np.ascontiguousarray(images))
        kind = np.int64 if targets.ndim == 1 else self.real
        self._write(f"targets_{number}", targets.astype(kind))
        self.banks = max(self.banks, number + 1)
        return number

    def _write(self, name: str, values: np.ndarray) -> None:
        """Write a file anew: the program may have mapped the one that is there."""
        path = self.work / name
        path.unlink(missing_ok=True)
        values.tofile(path)

    def run(
        self,
        steps: int,
        settings: Mapping[str, float],
        state: Mapping[str, np.ndarray],
        order: np.ndarray | None = None,
    ) -> dict[str, np.ndarray]:
        """Run one segment."""
        self._check(settings)
        self.settings["steps"][0] = steps
        for key, kind in self.scalars.items():
            self.settings[key][0] = kind(settings[key])
        for key, array in self.arrays.items():
            values = np.asarray(state[key])
            if values.shape != array.shape:
                raise ValueError(
                    f"Program.run: expected {array.size} numbers for {key!r}, got an array of "
                    f"shape {values.shape}"
                )
            array[:] = values
        if order is not None:
            self._write("order", order.astype(np.int64))
        self._call()
        self._check_end(steps, int(self.timestep[0]))
        return {key: array.copy() for key, array in self.arrays.items()}

    def _call(self) -> None:
        """Let the program run what lies in the shared file; what it prints counts as failure."""
        if self.process is None or self.process.has_ended():
            self._end()
            self.process = _Process(self.folder, self.work, self.threads)
        try:
            failure = self.process.call()
        except BaseException:
            # It may be in the middle of a segment that nobody waits for any more.
            self._end()
            raise
        if failure:
            self._end()
            raise RuntimeError(
                f"CompiledProgram.run: the compiled program in {self.folder} failed with {failure}"
            )

    def _end(self) -> None:
        if self.process is not None:
            self.process.end()
            self.process = None

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
        """End the program, and remove the work folder."""
        self._end()
        if self.work_folder is not None:
            self.work_folder.close()
        self.use.close()


class _Process:
    """The process of a program; a byte through a pipe asks for a segment, another one answers."""

    def __init__(self, folder: Path, work: Path, threads: int) -> None:
        self.said = open(work / "said", "w+b")  # noqa: SIM115 - closed by `end`
        try:
            self.child = subprocess.Popen(
                ["./main", "--results_dir", f"{work}/"],
                cwd=folder,
                env={**os.environ, **dict.fromkeys(_THREADS, str(threads))},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.said,
                bufsize=0,
                # An interrupt from the terminal is for the process that started this one.
                process_group=0,
            )
        except BaseException:
            self.said.close()
            raise

    def has_ended(self) -> bool:
        """Say whether somebody has ended it while it waited."""
        return self.child.poll() is not None

    def call(self) -> str:
        """Run a segment; return what went wrong, if anything."""
        assert self.child.stdin is not None and self.child.stdout is not None  # noqa: S101 - pipes
        with contextlib.suppress(BrokenPipeError):  # then there is no answer either
            self.child.stdin.write(b".")
        answered = self.child.stdout.read(1) == b"."
        if answered and not os.fstat(self.said.fileno()).st_size:
            return ""
        self.child.stdin.close()
        status = self.child.wait()
        self.said.seek(0)
        return f"exit status {status}: {self.said.read().decode(errors='replace').strip()}"

    def end(self) -> None:
        """End it, whatever it does: it keeps nothing."""
        self.child.kill()
        self.child.wait()
        for file in (self.child.stdin, self.child.stdout, self.said):
            if file is not None:
                file.close()


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
