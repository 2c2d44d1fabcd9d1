"""Scalars that a run may change without a new build."""

from collections.abc import Mapping

import numpy as np
from brian2.core.base import BrianObject
from brian2.core.preferences import prefs
from brian2.core.variables import Variables
from brian2.groups.group import Group

from .runner import OperationRunner

__all__ = ["Settings"]


class Settings(Group):
    """A group of named scalars that other groups read: rates, gates, counters.

    Parameters
    ----------
    names : mapping from str to type
        Each scalar with `float` (stored in Brian2's default float type) or `int` (64 bits).
    clock : Clock
        The clock of the network.
    dimensions : mapping, optional
        Brian2 dimensions of those that have any; their values are in base units.
    name : str
        Brian2 name of the group.
    """

    add_to_magic_network = False
    invalidates_magic_network = False

    def __init__(
        self,
        names: Mapping[str, type],
        *,
        clock: object,
        dimensions: Mapping[str, object] | None = None,
        name: str = "settings",
    ) -> None:
        BrianObject.__init__(self, clock=clock, when="groups", order=0, name=name)
        self.codeobj_class = None
        self.names = dict(names)
        self._N = 1
        self.variables = Variables(self)
        self.variables.add_constant("N", 1)
        for key, kind in self.names.items():
            dtype = prefs.core.default_float_dtype if kind is float else np.int64
            unit = {"dimensions": dimensions[key]} if dimensions and key in dimensions else {}
            self.variables.add_array(key, size=1, scalar=True, index="0", dtype=dtype, **unit)
        self.variables.create_clock_variables(self._clock)
        self._enable_group_attributes()

    def __len__(self) -> int:
        """Return 1: scalars have one value."""
        return 1

    def step(
        self,
        code: str,
        *,
        order: int,
        gate: str = "",
        window: tuple[str, str] | None = None,
        label: str = "step",
    ) -> None:
        """Run scalar statements in every step, such as ``count += 1``."""
        name = f"{self.name}_{label}"
        runner = OperationRunner(
            self, "scalar", code, order=order, gate=gate, window=window, name=name
        )
        self.contained_objects.append(runner)

    def share_with(self, variables: Variables) -> None:
        """Make all scalars, and the step's number, readable under their names elsewhere."""
        for key in self.names:
            variables.add_reference(key, self, key, index="0")
