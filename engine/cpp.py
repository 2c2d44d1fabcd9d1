"""The device ``cpp``: programs that a C++ compiler makes."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from .blas import find_blas
from .build import Toolchain, load_compiled
from .compiler import compile_project, compiler_identity
from .program import Parts, Program

__all__ = ["load_cpp"]


def _identity() -> str:
    return f"{compiler_identity()}\n{find_blas()}"


def _generate(make: Callable[[Any], Parts], dtype: str, folder: Path) -> dict[str, Any]:
    from .projection import DenseProjection
    from .standalone import generate

    return generate(partial(make, DenseProjection), dtype, folder)


_TOOLCHAIN = Toolchain(name="cpp", identity=_identity, generate=_generate, compile=compile_project)


def load_cpp(
    structure: Mapping[str, Any],
    make: Callable[[Any], Parts],
    *,
    dtype: str,
    threads: int = 1,
) -> Program:
    """Return the compiled program of a network; see `Device.load`."""
    return load_compiled(_TOOLCHAIN, structure, make, dtype=dtype, threads=threads)
