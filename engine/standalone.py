"""C++ standalone: one build per structure, one process per segment."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.units import second

from .build import build
from .program import STEP, Program

__all__ = [
    "StandaloneDevice",
    "StandaloneProgram",
    "blas_library",
    "compiler_preferences",
    "steps_of",
]

_FLAGS = [
    "-w",
    "-O3",
    "-march=native",
    "-std=c++17",
    # What sums and products need to be vectorised; NaN and infinity keep their meaning.
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-fassociative-math",
]


def blas_library() -> tuple[str, str, str] | None:
    """Return include folder, library folder and name of the CBLAS from PyPI, if installed."""
    try:
        import scipy_openblas32 as openblas
    except ImportError:
        return None
    return openblas.get_include_dir(), openblas.get_lib_dir(), openblas.get_library()


def compiler_preferences() -> dict[str, Any]:
    """Return the Brian2 preferences of a C++ build."""
    wanted: dict[str, Any] = {
        "codegen.target": "numpy",
        "codegen.cpp.extra_compile_args_gcc": list(_FLAGS),
        "codegen.cpp.extra_compile_args": None,  # a user's own flags would replace these
        "codegen.cpp.include_dirs": [],
        "codegen.cpp.libraries": [],
        "codegen.cpp.library_dirs": [],
        "codegen.cpp.runtime_library_dirs": [],
        "codegen.cpp.define_macros": [],
        "codegen.cpp.headers": [],
        "devices.cpp_standalone.openmp_threads": 0,
        "devices.cpp_standalone.extra_make_args_unix": [f"-j{os.cpu_count() or 1}"],
    }
    blas = blas_library()
    if blas is not None:
        include, folder, library = blas
        wanted["codegen.cpp.include_dirs"].append(include)
        wanted["codegen.cpp.library_dirs"].append(folder)
        wanted["codegen.cpp.runtime_library_dirs"].append(folder)
        wanted["codegen.cpp.libraries"].append(library)
        wanted["codegen.cpp.define_macros"].append(("ONTOGENY_CBLAS", None))
    return wanted


def steps_of(variables: Iterable[Any]) -> Any:
    """Return the variable that holds the number of steps: the setting ``steps``."""
    return next(
        variable
        for variable in variables
        if variable.name == "steps" and getattr(variable.owner, "name", "") == "settings"
    )


class StandaloneDevice(CPPStandaloneDevice):
    """Brian2's C++ standalone device, with the number of steps read when the program starts."""

    def make_command(self) -> list[str]:
        """Return the command that compiles a project in its folder."""
        return ["make", f"-j{os.cpu_count() or 1}"]

    def network_run(self, net: Any, duration: Any, **keywords: Any) -> None:
        """Queue a run whose duration is the setting ``steps``."""
        super().network_run(net, duration, **keywords)
        _, (_, lines) = self.main_queue[-1]
        steps = self.get_array_name(steps_of(self.arrays))
        pattern = re.compile(rf"^{net.name}\.run\([^,]+,")
        found = [number for number, line in enumerate(lines) if pattern.match(line)]
        if len(found) != 1:
            raise RuntimeError(
                f"StandaloneDevice.network_run: expected one run of {net.name!r} in the generated "
                f"code, got {len(found)}; this version of Brian2 is not supported"
            )
        call = f"{net.name}.run({steps}[0]*{STEP!r},"
        lines[found[0]] = pattern.sub(call, lines[found[0]])


class StandaloneProgram(Program):
    """A network that was compiled to a program of its own.

    Every segment is one process: it reads settings and state, runs, writes the state and ends.
    """

    def __init__(self, objects: Sequence[Any], **keywords: Any) -> None:
        super().__init__(objects, **keywords)
        self.network.run(STEP * second, namespace={})
        self.folder = build(self.device)
        self.names = {key: f"{v.owner.name}.{v.name}" for key, v in self.variables.items()}
        self.work = Path(tempfile.mkdtemp(prefix="ontogeny-"))
        self.banks = 0

    def add_bank(self, images: np.ndarray, labels: np.ndarray) -> int:
        """Write the stimuli to files that the program maps."""
        real = self.source.variables["rates"].dtype
        if images.dtype not in (np.uint8, real):
            raise TypeError(f"add_bank.images: expected uint8 or {real}, got {images.dtype}")
        np.ascontiguousarray(images).tofile(self.work / f"bank_{self.banks}")
        labels.astype(np.int64).tofile(self.work / f"labels_{self.banks}")
        self.banks += 1
        return self.banks - 1

    def run(
        self,
        steps: int,
        settings: Mapping[str, float],
        state: Mapping[str, np.ndarray],
        order: np.ndarray | None = None,
    ) -> dict[str, np.ndarray]:
        """Run one segment in a process of its own."""
        self._check(settings)
        arguments = [
            f"{self.settings.name}.{key}={self.settings.names[key](value)!r}"
            for key, value in {**settings, "steps": steps}.items()
        ]
        for key, variable in self.variables.items():
            path = self.work / f"in_{key}"
            np.asarray(state[key], dtype=variable.dtype).tofile(path)
            arguments.append(f"{self.names[key]}={path}")
        if order is not None:
            order.astype(np.int64).tofile(self.work / "order")
        self._call(arguments)
        timestep = self.clock.variables["timestep"]
        self._check_end(steps, int(self._read(timestep)[0]))
        return {key: self._read(variable) for key, variable in self.variables.items()}

    def _read(self, variable: Any) -> np.ndarray:
        """Read an array that the program wrote."""
        path = self.work / self.device.get_array_filename(variable)
        values = np.fromfile(path, dtype=variable.dtype)
        if len(values) != variable.size:
            raise OSError(
                f"StandaloneProgram.run: expected {variable.size} numbers in {str(path)!r}, got "
                f"{len(values)}; is the disk full?"
            )
        return values

    def _call(self, arguments: list[str]) -> None:
        """Run the program; what it prints on the error stream counts as failure."""
        done = subprocess.run(
            ["./main", "--results_dir", f"{self.work}/", *arguments],
            cwd=self.folder,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )
        if done.returncode or done.stderr.strip():
            raise RuntimeError(
                f"StandaloneProgram.run: the compiled program in {self.folder} failed with exit "
                f"status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
            )

    def recorded(self) -> tuple[np.ndarray, np.ndarray]:
        """Read and remove the recorded files."""
        found = []
        for name, width in (
            ("recorded_rates", self.source.units),
            ("recorded_targets", self.source.classes),
        ):
            path = self.work / name
            dtype = self.source.variables["rates"].dtype
            values = np.fromfile(path, dtype) if path.exists() else np.zeros(0, dtype)
            path.unlink(missing_ok=True)
            found.append(values.reshape(-1, width))
        return found[0], found[1]

    def close(self) -> None:
        """Remove the work folder."""
        shutil.rmtree(self.work, ignore_errors=True)
