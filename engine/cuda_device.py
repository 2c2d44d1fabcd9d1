"""brian2cuda's device with a host program of our own; imported where the extra is installed."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from brian2.codegen.generators.cpp_generator import c_data_type
from brian2.core.preferences import prefs
from brian2cuda.device import CUDAStandaloneDevice, CUDAWriter

from .cuda import architectures, toolchain
from .runner import OperationRunner, code_object_class
from .standalone import Exchanged, exchanged_code, steps_of

__all__ = ["CudaDevice"]


@dataclass(frozen=True, kw_only=True)
class _Array:
    """An array of the generated program."""

    name: str
    type: str
    size: int
    numbered: bool


class CudaDevice(CUDAStandaloneDevice):
    """Generate kernels with brian2cuda, and a program around them that needs no cuRAND or Thrust.

    The program takes segment after segment, as those of `StandaloneDevice` do. The number of steps
    is the setting ``steps``.
    """

    #: What the program shares with Python; set before the network runs.
    exchanged: tuple[Exchanged, ...] = ()

    def network_run(self, net: Any, duration: Any, **keywords: Any) -> None:
        """Generate the code objects of a network with one clock."""
        super().network_run(net, duration, **keywords)
        clocks = {entry.clock for entry in net.sorted_objects}
        if len(clocks) != 1:
            raise NotImplementedError(
                f"CudaDevice.network_run: expected one clock, got {len(clocks)}; give all groups "
                f"the same one"
            )
        self.step_clock = clocks.pop()
        running = [entry for entry in net.sorted_objects if entry.active]
        self.steps = [code for entry in running for code in entry.code_objects]
        self._check_names()
        self._check_queue()
        self._check_gates(running)
        self._check_code()

    def _check_names(self) -> None:
        """Refuse names that brian2cuda takes for numbers when it makes literals single."""
        used = [*self.arrays.values(), *(code.name for code in self.steps)]
        bad = [name for name in used if re.search(r"\d\de\d", name)]
        if bad and prefs.core.default_float_dtype is np.float32:
            raise ValueError(
                f"CudaDevice.network_run: expected names without digits around an 'e', got "
                f"{', '.join(bad)}, in which brian2cuda would see numbers; rename them"
            )

    def _check_queue(self) -> None:
        """Refuse what a script sets before the run: values come with each segment."""
        clocks = {self.arrays[v] for v in self.arrays if v.name in ("timestep", "t", "dt")}
        for kind, arguments in self.main_queue:
            name = arguments[0] if isinstance(arguments, tuple) else kind
            if kind != "run_network" and name not in clocks:
                raise NotImplementedError(
                    f"CudaDevice.network_run: expected nothing to be set before the run, got "
                    f"{name!r}; hand its value to Program.run"
                )

    @staticmethod
    def _check_gates(running: list[Any]) -> None:
        """Refuse gates that the network itself changes: the host, which reads them, cannot know."""
        operations = [entry for entry in running if isinstance(entry, OperationRunner)]
        parts = [part for entry in operations for part in (entry.gate, *entry.window)]
        gates = {id(part) for part in parts if part is not None}
        for entry in running:
            if getattr(entry, "template", "") == "scalar":
                written = re.findall(r"^\s*(\w+)\s*[-+*/]?=", entry.abstract_code, re.M)
                shut = [name for name in written if id(entry.group.variables.get(name)) in gates]
                if shut:
                    raise NotImplementedError(
                        f"Settings.step: expected code that sets no gates on device 'cuda', got "
                        f"{entry.abstract_code!r}"
                    )

    def _check_code(self) -> None:
        """Refuse what needs more of a host program than ours has."""
        for code in self.steps:
            reason = ""
            if code.needs_curand_states or any(code.rng_calls.values()):
                reason = "random numbers: noise comes from a Source"
            elif "_namespace" in code.code.cu_file:
                reason = "a TimedArray, or another function with an array of its own"
            if reason:
                raise NotImplementedError(
                    f"CudaDevice.network_run: expected code on plain variables, got {code.name!r} "
                    f"with {reason}"
                )

    def build(self, directory: str = "output", **_: Any) -> None:
        """Write the project; nothing is compiled here."""
        folder = Path(directory)
        for name in ("code_objects", "results"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        writer = CUDAWriter(directory)
        self.generate_codeobj_source(writer)
        templater = code_object_class().templater
        writer.write("main.cu", templater.cuda_program(None, None, **self._program()))
        sources = " ".join(sorted(writer.source_files))
        makefile = templater.cuda_makefile(
            None, None, sources=sources, architectures=" ".join(architectures()), **toolchain()
        )
        writer.write("makefile", makefile)
        # Copied, not named by their path: the project is whole, and its content tells its version.
        for header in (Path(__file__).parent / "include").glob("*.h"):
            shutil.copy(header, folder / header.name)

    def _program(self) -> dict[str, Any]:
        """Return what the template of the host program needs."""
        clock = {
            key: self.arrays[self.step_clock.variables[key]] for key in ("timestep", "t", "dt")
        }
        return {
            "code_objects": [code.name for code in self.steps],
            "arrays": [self._array(variable) for variable in self.arrays],
            "clock": clock,
            "dt": repr(float(self.step_clock.dt_)),
            "steps": self.arrays[steps_of(self.arrays)],
            "exchanged": exchanged_code(self, self.exchanged),
        }

    def _array(self, variable: Any) -> _Array:
        return _Array(
            name=self.arrays[variable],
            type=c_data_type(variable.dtype),
            size=variable.size,
            numbered=any(variable is numbered for numbered, _, _ in self.arange_arrays),
        )
