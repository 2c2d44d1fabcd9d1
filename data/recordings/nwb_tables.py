"""Columns of the dynamic tables of NWB as variables."""

from typing import Any

import numpy as np
import numpy.typing as npt
from xarray import Variable

from .lazy import lazy_variable
from .nwb_notes import LIMIT, Notes
from .nwb_stores import Group, StoredArray

__all__ = ["columns", "ends_of", "row_count", "variable_of"]


def variable_of(dims: tuple[str, ...], array: Any, attrs: dict[str, Any], notes: Notes) -> Variable:
    """
    Return an array as a variable: in memory where it is small, otherwise left in the file.

    Parameters
    ----------
    dims : tuple of str
        Its dims.
    array : StoredArray or alike
        What is read.
    attrs : dict
        Units and long name.
    notes : Notes
        Of the file.
    """
    if array.dtype == object:
        return Variable(dims, array.values(notes), attrs)
    if array.size > LIMIT:
        return lazy_variable(dims, array, attrs)
    return Variable(dims, array[tuple(slice(None) for _ in array.shape)], attrs)


def row_count(table: Group, name: str, notes: Notes) -> int:
    """Return the number of rows of a table."""
    identity = table.array("id")
    if identity is None or len(identity.shape) != 1 or identity.dtype.kind not in "iu":
        raise notes.refusal(f"a column 'id' of integers in the table {name!r}", "none")
    if identity.shape[0] > LIMIT:
        raise notes.refusal(
            f"at most {LIMIT:,} rows in the table {name!r}",
            f"{identity.shape[0]:,}",
            "is it damaged?",
        )
    return identity.shape[0]


def ends_of(table: Group, column: str, name: str, notes: Notes) -> npt.NDArray[np.int64] | None:
    """
    Return where the entries of every row of a ragged column end, or None where it is not ragged.

    Raises
    ------
    ValueError
        If the index is not integers that ascend to the number of entries.
    """
    index = table.array(f"{column}_index")
    # An ordinary column may be called so as well.
    if index is None or index.attr("neurodata_type") != "VectorIndex":
        return None
    target, rows = table.array(column), row_count(table, name, notes)
    what = f"the index of {column!r} in the table {name!r}"
    if index.dtype.kind not in "iu" or index.shape != (rows,):
        raise notes.refusal(f"{rows} integers as {what}", f"{index.dtype} of shape {index.shape}")
    ends = np.asarray(index.values(notes))
    length = target.shape[0] if target is not None and target.shape else 0
    if rows and int(ends.max()) > length:
        raise notes.refusal(
            f"{what} to stay within {length:,} entries", f"{int(ends.max()):,}, beyond the end"
        )
    ends = ends.astype(np.int64)
    if (np.diff(ends, prepend=0) < 0).any():
        raise notes.refusal(f"{what} to ascend from 0", "numbers that descend")
    if rows and ends[-1] != length:
        raise notes.refusal(f"{what} to reach all {length:,} entries", f"an end at {ends[-1]:,}")
    return ends


def columns(
    table: Group, name: str, prefix: str, notes: Notes, *, skip: tuple[str, ...] = ()
) -> dict[str, Variable]:
    """
    Return the columns of a table, each named by the prefix and its own name.

    Parameters
    ----------
    table : Group
        The table.
    name : str
        Its name, for messages.
    prefix : str
        Name of the dim of its rows.
    notes : Notes
        Of the file.
    skip : tuple of str
        Columns that are not wanted.

    Returns
    -------
    dict of Variable
        `<prefix>_<column>` (prefix, ...); a ragged column has all its entries one after another
        along `<prefix>_<column>_entry`, and `<prefix>_<column>_count` (prefix).

    Raises
    ------
    ValueError
        If a column is missing, or of another length than the table.
    """
    rows = row_count(table, name, notes)
    told = table.attr("colnames")
    there = table.arrays()
    listed = [told] if isinstance(told, str) else told
    if not isinstance(listed, list):
        listed = [each for each in there if f"{each.removesuffix('_index')}_index" != each]
    found: dict[str, Variable] = {}
    for column in map(str, listed):
        if column in ("id", *skip):
            continue
        if column not in there:
            raise notes.refusal(f"the column {column!r} of the table {name!r}", f"only {there}")
        array = table.array(column)
        if array is None:
            continue
        if f"{column}_index_index" in there:
            notes.leave(f"{name}/{column}", "it is ragged twice")
            continue
        ends = ends_of(table, column, name, notes)
        found |= _column(array, ends, rows, f"{prefix}_{column}", prefix, notes)
    return found


def _column(
    array: StoredArray,
    ends: npt.NDArray[np.int64] | None,
    rows: int,
    label: str,
    prefix: str,
    notes: Notes,
) -> dict[str, Variable]:
    attrs = {"long_name": str(array.attr("description") or label)}
    if array.attr("unit"):
        attrs = {"units": str(array.attr("unit")), **attrs}
    further = tuple(f"{label}_{axis}" for axis in range(1, len(array.shape)))
    if ends is None:
        if array.shape[:1] != (rows,):
            raise notes.refusal(
                f"{rows} entries in {array.name}, as the table has rows", f"shape {array.shape}"
            )
        return {label: variable_of((prefix, *further), array, attrs, notes)}
    dims = (f"{label}_entry", *further)
    counts = Variable(
        (prefix,),
        np.diff(ends, prepend=0),
        {"units": "1", "long_name": f"entries of {label}", "sample_dimension": dims[0]},
    )
    return {label: variable_of(dims, array, attrs, notes), f"{label}_count": counts}
