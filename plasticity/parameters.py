"""Numbers of a description, declared with their bounds and checked on construction."""

import math
from dataclasses import field, fields
from numbers import Real
from typing import Any

__all__ = ["check_parameters", "parameter", "parameters_of", "units_of"]


def parameter(
    default: float,
    doc: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    strict: bool = False,
    paced: bool = False,
    unit: str = "1",
) -> Any:
    """Declare a parameter of a frozen dataclass.

    Parameters
    ----------
    default : float
        Its default.
    doc : str
        What it is, in a few words.
    low, high : float
        Its bounds, which belong to the range.
    strict : bool
        The bounds themselves are excluded.
    paced : bool
        It is the pace of a change: so much in a presentation. Where a presentation has several
        updates, they share it.
    unit : {"1", "1/s"}
        Its unit, which Brian2 checks in the equations.

    Returns
    -------
    dataclasses.Field
        A field whose metadata `check_parameters` reads.
    """
    bounds = {"doc": doc, "low": low, "high": high, "strict": strict}
    return field(default=default, metadata={**bounds, "paced": paced, "unit": unit})


def parameters_of(description: Any, *, updates: int = 1) -> dict[str, float]:
    """Return the declared parameters of a description with their values.

    Parameters
    ----------
    description : dataclass
        A rule or an optimiser.
    updates : int
        Updates of a presentation, among which paces are divided.
    """
    return {
        item.name: float(getattr(description, item.name))
        / (updates if item.metadata["paced"] else 1)
        for item in fields(description)
        if "low" in item.metadata
    }


def units_of(description: Any) -> dict[str, str]:
    """Return the units of the declared parameters of a description."""
    return {item.name: item.metadata["unit"] for item in fields(description) if item.metadata}


def check_parameters(description: Any) -> None:
    """Refuse parameters that are no finite numbers or out of bounds.

    Raises
    ------
    ValueError
        Names the class, the parameter and its range.
    """
    for item in fields(description):
        if "low" not in item.metadata:
            continue
        value = getattr(description, item.name)
        low, high = item.metadata["low"], item.metadata["high"]
        number = isinstance(value, Real) and not isinstance(value, bool)
        inside = number and math.isfinite(value) and low <= value <= high
        if inside and item.metadata["strict"]:
            inside = low < value < high
        if not inside:
            relation = "strictly between" if item.metadata["strict"] else "between"
            raise ValueError(
                f"{type(description).__name__}.{item.name}: expected a number {relation} {low} and "
                f"{high} ({item.metadata['doc']}), got {value!r}"
            )
