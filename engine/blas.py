"""The CBLAS that compiled programs are linked with."""

import ctypes.util
import functools
import importlib
import os
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .compiler import compiler

__all__ = ["Blas", "find_blas"]


@dataclass(frozen=True, kw_only=True)
class Blas:
    """A library with the CBLAS interface for 32-bit sizes.

    Parameters
    ----------
    name : str
        What the doctor calls it, with version or path.
    folder : str
        Where it lies; "" where the linker finds it by itself.
    library : str
        What follows ``-l``.
    prefix : str
        What its function names begin with before ``cblas_``.
    """

    name: str
    folder: str
    library: str
    prefix: str = ""


def find_blas() -> Blas | None:
    """Return the BLAS for compiled programs, or None where plain loops must do.

    ``$ONTOGENY_BLAS`` may hold the path of a library with the CBLAS interface, such as MKL's
    ``libmkl_rt.so``, or ``none``. Otherwise the package scipy-openblas32 is taken, or else an
    OpenBLAS or CBLAS that the compiler can link with.

    Raises
    ------
    ValueError
        If ``$ONTOGENY_BLAS`` names no library with the CBLAS interface.
    """
    given = os.environ.get("ONTOGENY_BLAS", "")
    if given:
        return _given(given)
    return _packaged() or _installed()


def _given(path: str) -> Blas | None:
    if path == "none":
        return None
    blas = Blas(name=path, folder=str(Path(path).absolute().parent), library=f":{Path(path).name}")
    if not _links(blas):
        raise ValueError(
            f"ONTOGENY_BLAS: expected the path of a library with cblas_sgemm, or none, got "
            f"{path!r}; unset it to let one be found"
        )
    return blas


def _packaged() -> Blas | None:
    """Return the OpenBLAS from PyPI."""
    try:
        package = importlib.import_module("scipy_openblas32")
        number = version("scipy-openblas32")
    except (ImportError, PackageNotFoundError):
        return None
    return Blas(
        name=f"scipy-openblas32 {number}",
        folder=package.get_lib_dir(),
        library=package.get_library(),
        prefix="scipy_",
    )


def _installed() -> Blas | None:
    """Return a BLAS of the conda environment or the system."""
    conda = Path(os.environ.get("CONDA_PREFIX", "/nonexistent")) / "lib"
    for name in ("openblas", "cblas", "blas"):
        candidates = []
        if (conda / f"lib{name}.so").exists():
            path = str(conda / f"lib{name}.so")
            candidates.append(Blas(name=path, folder=str(conda), library=name))
        found = ctypes.util.find_library(name)
        if found is not None:
            candidates.append(Blas(name=found, folder="", library=f":{found}"))
        for blas in candidates:
            if _links(blas):
                return blas
    return None


@functools.cache
def _links(blas: Blas) -> bool:
    """Say whether the compiler can link a program that calls the library."""
    folder = [f"-L{blas.folder}"] if blas.folder else []
    try:
        done = subprocess.run(
            [*compiler(), "-x", "c++", "-", "-o", os.devnull, *folder, f"-l{blas.library}"],
            input='extern "C" void cblas_sgemm(); int main() { cblas_sgemm(); }',
            capture_output=True,
            text=True,
        )
    except OSError:
        return False
    return done.returncode == 0
