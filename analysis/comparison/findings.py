"""What a comparison found, as one labelled dataset."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from ..array import Floats
from .blanks import with_reasons
from .estimates import Estimate

__all__ = ["ROLES", "Row", "findings"]

#: Who each number is of.
ROLES = {
    "value": "of the life",
    "control": "of the control, mostly the same network at birth",
    "surrogate": "of the surrogate",
    "reference": "of the reference",
}
_NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Row:
    """
    One quantity of a comparison.

    Parameters
    ----------
    measure, population, stage : str
        What is measured, of whom and when; population and stage may be empty.
    unit : str
        Unit of all numbers.
    note : str
        What a reader has to know about it; why a number is missing is added, unless it says so.
    reference : tuple of float
        Value, and both ends of its interval, of what the life is compared with; NaN where unknown.
    published : float
        A number that was published for it.
    """

    measure: str
    population: str = ""
    stage: str = ""
    unit: str = "1"
    note: str = ""
    reference: tuple[float, float, float] = (_NAN, _NAN, _NAN)
    published: float = _NAN

    @property
    def name(self) -> str:
        """What tables call it."""
        return ", ".join(part for part in (self.measure, self.population, self.stage) if part)


def findings(
    rows: Sequence[Row],
    estimates: Mapping[str, Estimate],
    *,
    curves: Mapping[str, Any] | None = None,
    coords: Mapping[str, Any] | None = None,
    attributes: Mapping[str, Any],
) -> xr.Dataset:
    """
    Lay out what a comparison found.

    Parameters
    ----------
    rows : sequence of Row
        The quantities.
    estimates : mapping of str to tuple of numpy.ndarray
        By the names of rows: value, control and surrogate (3,), each with its interval.
    curves, coords : mapping, optional
        Further variables for the figure, and their coordinates, as xarray has them.
    attributes : mapping
        What is to be known; what is no text or number is written as JSON.

    Returns
    -------
    xarray.Dataset, (quantity)
        `value`, `control`, `surrogate` and `reference`, each with `_low` and `_high` (those of
        `value` are `low` and `high`), and `published`; coords `measure`, `population`, `stage`,
        `unit` and `note`.
    """
    variables: dict[str, Any] = {}
    for number, role in enumerate(("value", "control", "surrogate")):
        ends = [_of(estimates, row, number) for row in rows]
        variables |= _variables(role, np.array(ends, float))
    variables |= _variables("reference", np.array([row.reference for row in rows], float))
    published = np.array([row.published for row in rows], float)
    variables["published"] = ("quantity", published, {"long_name": "published number"})
    named = {
        what: ("quantity", np.array([getattr(row, what) for row in rows], dtype=str))
        for what in ("measure", "population", "stage", "unit", "note")
    }
    found = xr.Dataset(
        {**variables, **(curves or {})},
        coords={"quantity": [row.name for row in rows], **named, **(coords or {})},
        attrs={name: _plain(value) for name, value in attributes.items()},
    )
    return with_reasons(found)


def _of(estimates: Mapping[str, Estimate], row: Row, number: int) -> list[float]:
    if row.name not in estimates:
        return [_NAN] * 3
    return [float(np.asarray(end)[number]) for end in estimates[row.name]]


def _variables(role: str, ends: Floats) -> dict[str, Any]:
    names = ("value", "low", "high")
    if role != "value":
        names = (role, f"{role}_low", f"{role}_high")
    told = (ROLES[role], "lower end of the 95 % interval", "upper end of the 95 % interval")
    return {
        name: (
            "quantity",
            ends[:, column],
            {"long_name": f"{what} {ROLES[role]}" if column else what},
        )
        for column, (name, what) in enumerate(zip(names, told, strict=True))
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float) else json.dumps(value)
