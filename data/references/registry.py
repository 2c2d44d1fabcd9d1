"""What was measured in animals: tables, with where they come from."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
import xarray as xr

from .inferior_temporal import it_rdms

Origin = Literal["deposited", "digitised", "published text", "computed from deposited data"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reference:
    """Describe a published measurement.

    Parameters
    ----------
    name, title : str
        What it is called here, and what was measured.
    citation, licence, link : str
        Of the publication, and of the numbers.
    origin : str
        "deposited", "digitised", "published text" or "computed from deposited data".
    checked : str
        What of the numbers was compared with what.
    table : xarray.Dataset
        The numbers, with units; empty where only a direction is known.
    statement : str
        What the publication says in words.
    direction : mapping of str to str
        Which measures rise, or fall, with age or experience: {measure: "rises" or "falls"}.

    Raises
    ------
    ValueError
        If the origin, or a direction, is another.

    Examples
    --------
    >>> references()["smith2015"]
    Reference('smith2015': Responses become sparser, and noise correlations weaker, after eye \
opening; published text)
    """

    name: str
    title: str
    citation: str
    licence: str
    origin: Origin
    checked: str
    link: str
    table: xr.Dataset = field(default_factory=xr.Dataset)
    statement: str = ""
    direction: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.origin not in get_args(Origin):
            raise ValueError(
                f"Reference.origin: expected one of {list(get_args(Origin))}, got {self.origin!r}"
            )
        if not set(self.direction.values()) <= {"rises", "falls"}:
            raise ValueError(
                f"Reference.direction: expected 'rises' or 'falls' for each measure, got "
                f"{dict(self.direction)}"
            )
        object.__setattr__(self, "direction", MappingProxyType(dict(self.direction)))

    def __repr__(self) -> str:
        return f"Reference({self.name!r}: {self.title}; {self.origin})"


def references() -> Mapping[str, Reference]:
    """Return published measurements to compare with, by name.

    Their tables are small, part of the package, and read when they are asked for.

    Returns
    -------
    mapping of str to Reference
        Read-only; each table is a fresh one.

    Examples
    --------
    >>> reference = references()["demas2003"]
    >>> reference.origin, float(reference.table["intercept"].sel(group="P9"))
    ('published text', 69.04)
    """
    return _References()


class _References(Mapping[str, Reference]):
    def __getitem__(self, name: str) -> Reference:
        if name not in _described():
            raise KeyError(f"references: expected one of {list(self)}, got {name!r}")
        given = dict(_described()[name])
        tables, columns = given.pop("tables", {}), given.pop("columns", {})
        parts = [_table(file, dims, columns) for file, dims in tables.items()]
        if name == "it-rdm":
            parts.append(it_rdms())
        # Tables of one reference have their dims in the same order or in none.
        table = xr.merge(parts, join="outer", compat="equals") if parts else xr.Dataset()
        return Reference(name=name, table=table, **given)

    def __iter__(self) -> Iterator[str]:
        return iter(_described())

    def __len__(self) -> int:
        return len(_described())

    def __contains__(self, name: object) -> bool:
        return name in _described()

    def __repr__(self) -> str:
        return f"references({', '.join(self)})"


@cache
def _described() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files(__package__) / "references.toml").read_text(encoding="utf-8"))


def _table(file: str, dims: list[str], columns: Mapping[str, list[str]]) -> xr.Dataset:
    """Read a table in which the columns of the dims come first, and label each place once."""
    text = (files(__package__) / file).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    labels = {dim: list(dict.fromkeys(row[dim] for row in rows)) for dim in dims}
    shape = [len(values) for values in labels.values()]
    places = tuple(np.array([labels[dim].index(row[dim]) for row in rows]) for dim in dims)
    variables = {}
    for name in rows[0]:
        if name in dims:
            continue
        units, long_name = columns[name]
        column = _column([row[name] for row in rows])
        values = column[0] if not dims else np.empty(shape, column.dtype)
        if dims:
            values[places] = column
        variables[name] = (dims, values, {"units": units, "long_name": long_name})
    named = {dim: (dim, values, {"units": "1", "long_name": dim}) for dim, values in labels.items()}
    return xr.Dataset(variables, coords=named)


def _column(texts: list[str]) -> np.ndarray:
    if set(texts) <= {"true", "false"}:
        return np.array([text == "true" for text in texts])
    if all(text.lstrip("-").isdigit() for text in texts):
        return np.array([int(text) for text in texts])
    return np.array([float(text) if text else np.nan for text in texts])
