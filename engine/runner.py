"""Code runners whose templates come from this package, for whatever device is active."""

import re
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from brian2.codegen.codeobject import create_runner_codeobj
from brian2.codegen.generators.cpp_generator import CPPCodeGenerator
from brian2.codegen.generators.numpy_generator import NumpyCodeGenerator
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.core.preferences import prefs
from brian2.devices.device import RuntimeDevice, get_device
from brian2.groups.group import CodeRunner

from .in_place import InPlaceGenerator

__all__ = ["OperationRunner"]

_derived: dict[type, type] = {}


_DOUBLE_LITERAL = re.compile(r"(?<![\w.])(\d+\.\d*(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?![\w.])")


class _CodeGenerator(CPPCodeGenerator):
    """C++ in which numbers have the float type of the program.

    A double constant would turn a whole loop of floats into one of doubles.
    """

    def translate_expression(self, expr: str) -> str:
        """Translate an expression."""
        code = super().translate_expression(expr)
        if prefs.core.default_float_dtype == np.float32:
            code = _DOUBLE_LITERAL.sub(r"\1f", code)
        return code


_GENERATORS = {NumpyCodeGenerator: InPlaceGenerator, CPPCodeGenerator: _CodeGenerator}


def code_object_class() -> Any:
    """Return the active target's code object class with this package's templates before its own.

    Decided when a code object is made, since device and target may change after the objects are.
    """
    device = get_device()
    # Templates exist for NumPy and C++: in Brian2's runtime mode operations run as NumPy code, also
    # where its own objects are compiled by Cython.
    base = NumpyCodeObject if isinstance(device, RuntimeDevice) else device.code_object_class()
    if base not in _derived:
        parts = {"templater": base.templater.derive("ontogeny.engine")}
        if base.generator_class in _GENERATORS:
            parts["generator_class"] = _GENERATORS[base.generator_class]
        _derived[base] = type(f"Dense{base.__name__}", (base,), parts)
    return _derived[base]


def include_headers(device: Any) -> None:
    """Let a C++ device, the user's own too, find the headers that the templates include."""
    folder = str(Path(__file__).parent / "include")
    folders = getattr(device, "include_dirs", None)
    if folders is not None and folder not in folders:
        folders.append(folder)


class OperationRunner(CodeRunner):
    """Run one operation in every step, unless its gate or its window is closed.

    Parameters
    ----------
    group : Group
        The group whose variables the code sees.
    template : str
        Name of the template.
    code : str or dict of str
        Brian2 code, or one piece of code for each named block.
    order : int
        Position within the step.
    name : str
        Name of the runner; its code object is called ``<name>_codeobject``.
    gate : str, optional
        A shared variable of `group`; the operation is skipped while that is 0.
    window : tuple of str, optional
        Shared whole variables of `group`, (period, closed); the operation is skipped in the first
        `closed` of every `period` steps.
    needed_variables : sequence of str
        Variables that only the template names.
    template_keywords : mapping, optional
        More values for the template.
    """

    add_to_magic_network = False
    invalidates_magic_network = False

    def __init__(
        self,
        group: Any,
        template: str,
        code: str | dict[str, str],
        *,
        order: int,
        name: str,
        gate: str = "",
        window: tuple[str, str] | None = None,
        needed_variables: tuple[str, ...] = (),
        template_keywords: Mapping[str, Any] | None = None,
    ) -> None:
        self.gate = group.variables[gate] if gate else None
        timing = ("t_in_timesteps", *window) if window else ()
        self.window = tuple(group.variables[name] for name in timing)
        keywords = {"_gate": self.gate, "_window": self.window, **(template_keywords or {})}
        super().__init__(
            group,
            template,
            code=code,
            clock=group.clock,
            when="groups",
            order=order,
            name=name,
            needed_variables=[*needed_variables, *([gate] if gate else []), *timing],
            template_kwds=keywords,
        )

    def create_code_objects(self, run_namespace: Mapping[str, Any]) -> None:
        """Make the code object; a network that is run segment by segment keeps it.

        That is safe where nothing outside the network can be named, so that nothing can change.
        """
        if self.code_objects and not run_namespace:
            return
        include_headers(get_device())
        self.codeobj = create_runner_codeobj(
            group=self.group,
            code=self.abstract_code,
            template_name=self.template,
            # A fixed name there, not one numbered by what else lives in the process: the generated
            # source of a structure is the same whenever it is generated.
            name=f"{self.name}_codeobject{'*' if run_namespace else ''}",
            run_namespace=run_namespace,
            needed_variables=self.needed_variables,
            template_kwds=self.template_kwds,
            codeobj_class=code_object_class(),
        )
        self.code_objects[:] = [weakref.proxy(self.codeobj)]

    def run(self) -> None:
        """Run the code object unless gate or window is closed (runtime targets)."""
        if self.gate is not None and not self.gate.get_value()[0]:
            return
        if self.window:
            step, period, closed = (int(variable.get_value()[0]) for variable in self.window)
            if step % max(period, 1) < closed:
                return
        super().run()
