"""Why numbers of a comparison are missing, said in the notes."""

import numpy as np
import xarray as xr

__all__ = ["with_reasons"]

_ROLES = ("value", "control", "surrogate", "reference")
_UNBORN = ("input", "pixels")


def with_reasons(found: xr.Dataset) -> xr.Dataset:
    """
    Add to the notes why cells of a table are blank.

    Parameters
    ----------
    found : xarray.Dataset, (quantity)
        What a comparison found. Numbers that it has of no quantity are no cells.

    Returns
    -------
    xarray.Dataset
        With longer notes; where a note says "no control" already, nothing is added about it.
    """
    shown = [role for role in _ROLES if bool(found[role].notnull().any())]
    notes = [
        _with_reasons(found.isel(quantity=number), shown)
        for number in range(found.sizes["quantity"])
    ]
    return found.assign_coords(note=("quantity", np.array(notes, dtype=str)))


def _with_reasons(row: xr.Dataset, shown: list[str]) -> str:
    note = str(row["note"].values)
    blank = [role for role in shown if not np.isfinite(float(row[role]))]
    if "value" in blank:
        # What is not measured has no control of it either.
        blank = [role for role in blank if role not in ("control", "surrogate")]
    population, stage = str(row["population"].values), str(row["stage"].values)
    reasons = [
        f"no {role}: {_reason(role, population, stage)}"
        for role in blank
        if f"no {role}" not in note
    ]
    return "; ".join(text for text in (note, *reasons) if text)


def _reason(role: str, population: str, stage: str) -> str:
    if role == "reference":
        return "none is known"
    if role == "control" and stage == "end - birth":
        return "it is the difference from birth"
    if role == "control" and population == "pixels":
        return "the images themselves"
    if role == "surrogate" and population in _UNBORN:
        return "the control is what shares nothing"
    return f"not defined in the {role if role != 'value' else 'life'}"
