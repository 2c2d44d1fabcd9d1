"""Fresh standard deviates in every step, for any array of a network."""

from typing import Any

import numpy as np
from brian2.core.base import BrianObject
from brian2.core.variables import ArrayVariable, Variables
from brian2.groups.group import Group

from .philox import NOISE_KINDS, draw_noise
from .runner import OperationRunner
from .settings import Settings

__all__ = ["DEVIATES_SETTINGS", "Deviates"]

#: The scalars that deviates read.
DEVIATES_SETTINGS: dict[str, type] = {
    "seed": int,
    "elapsed": int,  # steps that earlier segments had
}

# Sources have the streams below: their numbers are never drawn twice.
_FIRST_STREAM = 2**32


class Deviates(Group):
    """Fill an array with deviates of mean 0 and standard deviation 1 in every step.

    In step `k` of a segment, row `j` of the array holds presentation ``(elapsed + k)*rows + j`` of
    the stream ``2**32 + stream`` (see `draw_noise`): numbers depend neither on how steps are cut
    into segments nor on whether a gate or a window skipped earlier ones.

    Parameters
    ----------
    group : Group
        A population or a projection.
    variable : str
        Name of the variable that is filled.
    kind : {"gaussian", "uniform"}
        Distribution.
    stream : int
        Which of the independent streams, 0..2**32 - 1.
    settings : Settings
        Holds `DEVIATES_SETTINGS`, gate and window.
    rows : int
        Number of trials of a population's variable, 1 for a synaptic one.
    order : int
        Position in the step.
    gate : str, optional
        Name of a shared setting; nothing is drawn while that is 0.
    window : tuple of str, optional
        Names of two settings, (period, closed); nothing is drawn in the first `closed` of every
        `period` steps.
    name : str
        Brian2 name.

    Raises
    ------
    ValueError
        If the distribution or the variable is unknown, the variable does not consist of so many
        rows, or the settings lack a name.
    """

    add_to_magic_network = False
    invalidates_magic_network = False

    def __init__(
        self,
        group: Any,
        variable: str,
        *,
        kind: str,
        stream: int,
        settings: Settings,
        rows: int,
        order: int,
        gate: str = "",
        window: tuple[str, str] | None = None,
        name: str = "deviates*",
    ) -> None:
        _check(group, variable, kind, stream, settings, rows)
        BrianObject.__init__(self, clock=group.clock, when="groups", order=order, name=name)
        self.codeobj_class = None
        self._N = 1
        self.kind, self.stream, self.rows = NOISE_KINDS[kind], _FIRST_STREAM + stream, rows
        self.settings = settings
        self.units = len(group) // rows
        variables = self.variables = Variables(self)
        variables.add_constant("N", 1)
        variables.add_reference("values", group, variable, index="0")
        variables.create_clock_variables(self._clock)
        settings.share_with(variables)
        needed = ("values", "t_in_timesteps", *DEVIATES_SETTINGS)
        runner = OperationRunner(
            self,
            "deviates",
            "",
            order=order,
            name=f"{self.name}_draw",
            gate=gate,
            window=window,
            needed_variables=needed,
            template_keywords={
                "_gaussian": kind == "gaussian",
                "_stream": self.stream,
                "_rows": rows,
                "_units": self.units,
                "_arrays": {key: variables[key] for key in needed},
            },
        )
        self.contained_objects.append(runner)
        self._enable_group_attributes()

    def __len__(self) -> int:
        """Return 1: deviates have no neurons of their own."""
        return 1

    def draw(self, step: int, values: np.ndarray) -> None:
        """Draw the numbers of one step (called by the NumPy template).

        Parameters
        ----------
        step : int
            Number of the step within the segment.
        values : ndarray
            The array, flat, which is overwritten.
        """
        seed, elapsed = (
            int(self.settings.variables[key].get_value()[0]) for key in DEVIATES_SETTINGS
        )
        values.reshape(self.rows, self.units)[:] = draw_noise(
            self.kind,
            seed=seed,
            stream=self.stream,
            first=(elapsed + int(step)) * self.rows,
            count=self.rows,
            units=self.units,
            dtype=values.dtype,
        )


def _check(
    group: Any, variable: str, kind: str, stream: int, settings: Settings, rows: int
) -> None:
    if kind not in NOISE_KINDS:
        raise ValueError(f"Deviates.kind: expected one of {', '.join(NOISE_KINDS)}, got {kind!r}")
    if not 0 <= stream < _FIRST_STREAM:
        raise ValueError(f"Deviates.stream: expected 0..2**32 - 1, got {stream}")
    found = group.variables.get(variable)
    array = isinstance(found, ArrayVariable) and not found.scalar and not found.read_only
    if not array or not np.issubdtype(found.dtype, np.floating):
        raise ValueError(
            f"Deviates.variable: expected a variable of {group.name!r} that holds an array of "
            f"floats, got {variable!r}"
        )
    if rows < 1 or len(group) % rows:
        raise ValueError(
            f"Deviates.rows: expected a divisor of {len(group)}, the size of {group.name!r}, got "
            f"{rows}"
        )
    missing = sorted(set(DEVIATES_SETTINGS) - set(settings.names))
    if missing:
        raise ValueError(
            f"Deviates.settings: expected DEVIATES_SETTINGS, got none of {missing}; add them"
        )
