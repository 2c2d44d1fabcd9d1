"""The targets that a network can run on. Brian2 is imported only where one needs it."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .blas import find_blas
from .compiler import compiler_problem
from .cuda import cuda_hardware, cuda_problem, load_cuda
from .program import Parts, Program

__all__ = ["DEVICES", "Device", "find_device"]


@dataclass(frozen=True, kw_only=True)
class Device:
    """One target that networks run on.

    Parameters
    ----------
    name : str
        What users call it.
    summary : str
        One line for tables.
    load : callable
        Makes the `Program` of a network: takes its structure (a mapping that JSON can hold), a
        function that makes its parts from a class of projections, and by keyword `dtype` and
        `threads`.
    step_cost : int
        What a step takes beside its products, in multiplications and additions.
    problem : callable
        Returns what keeps the target from working on this machine, with the cure; "" if nothing.
    most_trials : int, optional
        Most trials that the target can run side by side.
    hardware : callable
        Returns what programs run on, for the record of a life.
    """

    name: str
    summary: str
    load: Callable[..., Program]
    step_cost: int
    problem: Callable[[], str] = field(default=lambda: "")
    most_trials: int | None = None
    hardware: Callable[[], str] = field(default=lambda: f"{platform.machine()} CPU")

    def check_trials(self, trials: int, where: str) -> None:
        """Refuse more trials than the target can run side by side.

        Raises
        ------
        ValueError
            Begins with `where`, what was given the number.
        """
        if self.most_trials is not None and trials > self.most_trials:
            raise ValueError(
                f"{where}.trials: expected at most {self.most_trials} on device {self.name!r}, "
                f"got {trials}"
            )


#: Makes the parts of a network from a class of projections.
Make = Callable[[Callable[..., Any]], Parts]


def _load_numpy(
    structure: Mapping[str, Any], make: Make, *, dtype: str, threads: int = 1
) -> Program:
    from .projection import DenseProjection
    from .runtime import RuntimeProgram

    return RuntimeProgram(partial(make, DenseProjection), dtype=dtype, threads=threads)


def _load_stock(
    structure: Mapping[str, Any], make: Make, *, dtype: str, threads: int = 1
) -> Program:
    from .runtime import RuntimeProgram
    from .stock import stock_projection

    return RuntimeProgram(partial(make, stock_projection), dtype=dtype, threads=threads)


def _cpp_problem() -> str:
    problem = compiler_problem()
    if problem:
        return problem
    try:
        find_blas()
    except ValueError as error:
        return str(error)
    return ""


def _load_cpp(structure: Mapping[str, Any], make: Make, *, dtype: str, threads: int = 1) -> Program:
    from .cpp import load_cpp

    return load_cpp(structure, make, dtype=dtype, threads=threads)


#: All devices by name.
DEVICES = {
    device.name: device
    for device in (
        Device(
            name="numpy",
            summary="Brian2 runtime with NumPy code; needs no compiler",
            load=_load_numpy,
            step_cost=10_000_000,
        ),
        Device(
            name="cpp",
            summary="Brian2 C++ standalone, compiled once per structure",
            load=_load_cpp,
            step_cost=500_000,
            problem=_cpp_problem,
        ),
        Device(
            name="cuda",
            summary="CUDA by brian2cuda, compiled once per structure; untried on a GPU",
            load=load_cuda,
            step_cost=10_000_000,
            problem=cuda_problem,
            hardware=cuda_hardware,
        ),
        Device(
            name="synapses",
            summary="stock Brian2 Synapses, one trial: the slow reference",
            load=_load_stock,
            step_cost=20_000_000,
            most_trials=1,
        ),
    )
}


def find_device(name: str) -> Device:
    """Return a device by name, if it works here.

    Raises
    ------
    ValueError
        If there is no such device; names the choices.
    RuntimeError
        If the device cannot work on this machine; says why and how to mend it.
    """
    if not isinstance(name, str) or name not in DEVICES:
        raise ValueError(f"device: expected one of {', '.join(DEVICES)}, got {name!r}")
    problem = DEVICES[name].problem()
    if problem:
        raise RuntimeError(
            f"device {name!r}: {problem}, or use device='numpy', which needs no compiler"
        )
    return DEVICES[name]
