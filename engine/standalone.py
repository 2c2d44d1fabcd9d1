"""Generate C++ programs by Brian2's standalone mode."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from brian2.core.network import Network
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

from .activation import activated
from .blas import find_blas
from .exchange import StoredArray
from .program import Parts
from .runner import code_object_class

__all__ = [
    "Exchanged",
    "StandaloneDevice",
    "compiler_preferences",
    "exchanged_code",
    "generate",
    "steps_of",
    "write_project",
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
        "codegen.cpp.headers": ['"segments.h"'],
        "devices.cpp_standalone.openmp_threads": 0,
        "devices.cpp_standalone.extra_make_args_unix": [f"-j{os.cpu_count() or 1}"],
    }
    blas = find_blas()
    if blas is not None:
        folders = [blas.folder] if blas.folder else []
        wanted["codegen.cpp.library_dirs"] += folders
        wanted["codegen.cpp.runtime_library_dirs"] += folders
        wanted["codegen.cpp.libraries"].append(blas.library)
        wanted["codegen.cpp.define_macros"].append(("ONTOGENY_CBLAS", f"{blas.prefix}cblas_"))
    return wanted


def steps_of(variables: Iterable[Any]) -> Any:
    """Return the variable that holds the number of steps: the setting ``steps``."""
    return next(
        variable
        for variable in variables
        if variable.name == "steps" and getattr(variable.owner, "name", "") == "settings"
    )


# What make reads before Brian2's makefile. A compiler would spend most of its time on reading the
# same headers for every operation, and a quarter of it on optimising how files are read.
_GNUMAKEFILE = """\
override SRCS := {sources}
include makefile
objects.o : OPTIMISATIONS += -O0
"""


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """An array that the program shares with Python.

    Parameters
    ----------
    variable : Variable
        Brian2's.
    stored : StoredArray
        Where it lies in the shared file.
    given, returned : bool
        Whether a segment reads it when it begins, and writes it at its end.
    """

    variable: Any
    stored: StoredArray
    given: bool
    returned: bool


def exchanged_code(device: Any, arrays: Iterable[Exchanged]) -> str:
    """Return the C++ that names what a program of a device shares with Python."""
    return ", ".join(
        f"{{{memory(device, array.variable)}, {array.stored.offset}, "
        f"{str(array.given).lower()}, {str(array.returned).lower()}}}"
        for array in arrays
    )


def memory(device: Any, variable: Any) -> str:
    """Return the C++ that names the memory of an array."""
    name = device.get_array_name(variable)
    return f"{{{name}, {int(variable.size)}*sizeof({name}[0])}}"


_LOOP = """
dense_engine::Segments segments(results_dir + "exchange", {{{arrays}}}, {{{exchanged}}});
while (segments.begin())
{{
    {network}.t = 0.0;
    {run}
    segments.end();
}}
return 0;  // Brian2's own end would write every array to a file
"""


class StandaloneDevice(CPPStandaloneDevice):
    """Brian2's C++ standalone device, with a program that takes segment after segment.

    The number of steps of a segment is the setting ``steps``. A project is compiled in a few files,
    whatever the number of its operations.
    """

    #: What the program shares with Python; set before the network runs.
    exchanged: tuple[Exchanged, ...] = ()

    def network_run(self, net: Any, duration: Any, **keywords: Any) -> None:
        """Queue runs whose duration is the setting ``steps``."""
        super().network_run(net, duration, **keywords)
        self._check_arrays()
        _, (_, lines) = self.main_queue[-1]
        variable = steps_of(self.arrays)
        steps, step = self.get_array_name(variable), float(variable.owner.clock.dt_)
        pattern = re.compile(rf"^{net.name}\.run\([^,]+,")
        found = [number for number, line in enumerate(lines) if pattern.match(line)]
        if len(found) != 1:
            raise RuntimeError(
                f"StandaloneDevice.network_run: expected one run of {net.name!r} in the generated "
                f"code, got {len(found)}; this version of Brian2 is not supported"
            )
        call = f"{net.name}.run({steps}[0]*{step!r},"
        lines[found[0]] = _LOOP.format(
            arrays=", ".join(memory(self, variable) for variable in self.arrays),
            exchanged=exchanged_code(self, self.exchanged),
            network=net.name,
            run=pattern.sub(call, lines[found[0]]),
        )

    def _check_arrays(self) -> None:
        """Refuse arrays whose size only the program knows."""
        if self.dynamic_arrays:
            raise NotImplementedError(
                f"StandaloneDevice.network_run: expected arrays of fixed size, got "
                f"{', '.join(self.dynamic_arrays.values())}; use DenseProjection, and no monitors"
            )

    def generate_makefile(self, writer: Any, *arguments: Any, **keywords: Any) -> None:
        """Write the makefile, and the file that includes all operations."""
        super().generate_makefile(writer, *arguments, **keywords)
        operations = {
            f"code_objects/{name}.cpp"
            for name, code in self.code_objects.items()
            if isinstance(code, code_object_class())
        }
        together = {*operations, "main.cpp", "network.cpp", "run.cpp"} & writer.source_files
        sources = ["together.cpp", *sorted(writer.source_files - together)]
        lines = (f'#include "{file}"\n' for file in sorted(together))
        writer.write("together.cpp", "".join(lines))
        writer.write("GNUmakefile", _GNUMAKEFILE.format(sources=" ".join(sources)))


def generate(make: Callable[[], Parts], dtype: str, folder: Path) -> dict[str, Any]:
    """Write the C++ source of a network.

    Parameters
    ----------
    make : callable
        Makes the network's parts.
    dtype : str
        Float type.
    folder : pathlib.Path
        Where the source goes.

    Returns
    -------
    dict
        The manifest for `CompiledProgram`.
    """
    device = StandaloneDevice()
    with activated(device, compiler_preferences(), dtype):
        return write_project(make(), device, dtype, folder)


def write_project(parts: Parts, device: Any, dtype: str, folder: Path) -> dict[str, Any]:
    """Write the source of parts that were made for a standalone device, which is active."""
    variables = {key: group.variables[name] for key, (group, name) in parts.state.items()}
    carried = {v.name for v in variables.values() if v.owner is parts.settings}
    names = {name: kind for name, kind in parts.settings.names.items() if name not in carried}
    offset, shared = 0, []

    def share(variable: Any, *, given: bool, returned: bool) -> dict[str, Any]:
        nonlocal offset
        kind = np.dtype(variable.dtype).name
        stored = StoredArray(offset=offset, size=int(variable.size), dtype=kind)
        shared.append(Exchanged(variable=variable, stored=stored, given=given, returned=returned))
        offset = stored.following
        return asdict(stored)

    own = parts.settings.variables
    timestep = parts.settings.clock.variables["timestep"]
    manifest = {
        "scalars": {name: kind.__name__ for name, kind in names.items() if name != "steps"},
        "settings": {name: share(own[name], given=True, returned=False) for name in names},
        "state": {key: share(v, given=True, returned=True) for key, v in variables.items()},
        "timestep": share(timestep, given=False, returned=True),
        "units": parts.source.units,
        "classes": parts.source.classes,
        "real": dtype,
    }
    device.exchanged = tuple(shared)
    network = Network(*parts.objects, name="life")
    network.run(parts.settings.clock.dt, namespace={})
    device.build(directory=str(folder), compile=False, run=False)
    return manifest
