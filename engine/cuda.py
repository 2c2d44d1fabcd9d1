"""What the target `cuda` needs of a machine; brian2cuda is imported only where it is used."""

import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .compiler import compile_project, compiler_identity
from .program import Parts, Program

__all__ = [
    "STAND_IN",
    "architectures",
    "cuda_hardware",
    "cuda_preferences",
    "cuda_problem",
    "load_cuda",
    "make_command",
    "nvcc",
    "toolchain",
]

#: Environment variable that names a stand-in for make, which builds CUDA programs for the CPU.
STAND_IN = "ONTOGENY_CUDA_ON_CPU"

# Compute capabilities that are compiled for where no GPU can be asked: A100 and H100.
_USUAL = ("80", "90")


def nvcc() -> str | None:
    """Return the path of the CUDA compiler, if there is one.

    Looked for as ``$NVCC``, on the PATH, and in the toolkit's usual folders.
    """
    folders = [os.environ.get("CUDA_HOME"), os.environ.get("CUDA_PATH"), "/usr/local/cuda"]
    candidates = [os.environ.get("NVCC"), "nvcc", *(f"{f}/bin/nvcc" for f in folders if f)]
    return next(filter(None, (shutil.which(name) for name in candidates if name)), None)


def _output(*command: str) -> str:
    """Return what a command prints; nothing if it cannot run."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _gpus() -> list[tuple[str, str]]:
    """Return compute capability, such as ``"90"``, and name of every GPU here."""
    lines = _output("nvidia-smi", "--query-gpu=compute_cap,name", "--format=csv,noheader")
    found = [line.split(",", 1) for line in lines.splitlines() if "," in line]
    return [(capability.strip().replace(".", ""), name.strip()) for capability, name in found]


def _stand_in() -> Path | None:
    given = os.environ.get(STAND_IN)
    return Path(given).resolve() if given else None


def cuda_problem() -> str:
    """Say what keeps CUDA programs from being built and run here, with the cure; "" if nothing."""
    if sys.version_info < (3, 12):
        version = platform.python_version()
        return f"brian2cuda needs Python 3.12 or later, this is {version}; install a newer Python"
    if importlib.util.find_spec("brian2cuda") is None:
        return (
            "brian2cuda is not installed; run: pip install --pre '.[cuda]' in the folder of the "
            "checkout"
        )
    if nvcc() is None:
        return "nvcc not found; install the CUDA toolkit and put its bin folder on the PATH"
    stand_in = _stand_in()
    if stand_in is not None and not stand_in.is_file():
        return f"${STAND_IN} names {str(stand_in)!r}, which is no file"
    if stand_in is None and not _gpus():
        return "no NVIDIA GPU found (nvidia-smi names none); install its driver"
    return ""


def architectures() -> list[str]:
    """Return the compute capabilities that programs are compiled for."""
    return sorted({capability for capability, _ in _gpus()} or _USUAL)


def cuda_hardware() -> str:
    """Return what CUDA programs run on here, for the record of a life."""
    runner = _gpus()[0][1] if _stand_in() is None else f"{platform.machine()} CPU, by a stand-in"
    release = _release(nvcc() or "nvcc")
    return f"{runner} (CUDA {release}, brian2cuda {importlib.metadata.version('brian2cuda')})"


def make_command() -> list[str]:
    """Return the command that compiles a generated project in its folder."""
    stand_in = _stand_in()
    if stand_in is not None:
        return [sys.executable, str(stand_in)]
    return ["make", f"-j{os.cpu_count() or 1}"]


@functools.cache
def _release(compiler: str) -> str:
    """Return a CUDA compiler's release, such as ``"13.0"``."""
    found = re.search(r"release ([0-9.]+)", _output(compiler, "--version"))
    return found[1] if found else "0.0"


def toolchain() -> dict[str, str]:
    """Return compiler and version for the makefile, and so for the key of the build cache."""
    compiler, stand_in = nvcc() or "nvcc", _stand_in()
    version = f"CUDA {_release(compiler)}"
    if stand_in is not None:
        version += f", built for the CPU by {stand_in.name}"
    return {"nvcc": compiler, "version": version}


def cuda_preferences() -> dict[str, Any]:
    """Return the Brian2 preferences of a CUDA build."""
    import brian2cuda  # noqa: F401 - registers its preferences

    return {
        "codegen.target": "numpy",
        "codegen.cpp.headers": [],
        "codegen.cpp.define_macros": [],
        "devices.cpp_standalone.openmp_threads": 0,
        "devices.cuda_standalone.launch_bounds": False,
        # Told, because brian2cuda would look for the compiler in fewer places.
        "devices.cuda_standalone.cuda_backend.cuda_runtime_version": float(
            _release(nvcc() or "nvcc")
        ),
    }


def _identity() -> str:
    stand_in = _stand_in()
    parts = [compiler_identity(), *toolchain().values(), *architectures()]
    if stand_in is not None:
        # The stand-in compiles: its folder decides what comes out.
        files = sorted(path for path in stand_in.parent.iterdir() if path.is_file())
        parts += [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    return "\n".join(parts)


def _generate(make: Callable[[Any], Parts], dtype: str, folder: Path) -> dict[str, Any]:
    preferences = cuda_preferences()

    from .activation import activated
    from .cuda_device import CudaDevice
    from .projection import DenseProjection
    from .standalone import write_project

    device = CudaDevice()
    with activated(device, preferences, dtype):
        return write_project(make(DenseProjection), device, dtype, folder)


def load_cuda(
    structure: Mapping[str, Any],
    make: Callable[[Any], Parts],
    *,
    dtype: str,
    threads: int = 1,
) -> Program:
    """Return the compiled program of a network; see `Device.load`."""
    from .build import Toolchain, load_compiled

    tools = Toolchain(
        name="cuda",
        identity=_identity,
        generate=_generate,
        compile=lambda project: compile_project(project, make_command()),
    )
    return load_compiled(tools, structure, make, dtype=dtype, threads=threads)
