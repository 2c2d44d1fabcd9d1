"""Which checkpoints are measured: each life's own, counted from its birth or from its end."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .array import Floats
from .stored import lives_of, populations
from .trajectory import forward_synapses

#: What a measure may be given for `checkpoints`.
Checkpoints = int | slice | Sequence[int] | None


@dataclass(frozen=True, kw_only=True)
class Selection:
    """
    The checkpoints that a measure is taken at.

    Parameters
    ----------
    positions : numpy.ndarray of int, (..., checkpoint)
        Their positions in the stored weights; -1 where a life has none.
    dims : tuple of str
        Names of the axes: those that lives were joined along, and "checkpoint".
    coords : dict
        Coordinates along them.
    single : bool
        Results have no dim "checkpoint".
    """

    positions: npt.NDArray[np.intp]
    dims: tuple[str, ...]
    coords: Mapping[Hashable, Any]
    single: bool

    def empty(self, sizes: Mapping[str, int]) -> Floats:
        """Return NaN for these checkpoints and further axes."""
        return np.full((*self.positions.shape, *sizes.values()), np.nan)

    def dataset(
        self, variables: Mapping[str, tuple[Sequence[str], Floats, Mapping[str, Any]]]
    ) -> xr.Dataset:
        """Label arrays, each with the names of its further dims and its attributes."""
        dims, axis = self.dims, self.positions.ndim - 1
        if self.single:
            variables = {
                name: (further, np.asarray(values.take(0, axis)), attrs)
                for name, (further, values, attrs) in variables.items()
            }
            dims = dims[:-1]
        labelled = {
            name: ((*dims, *further), values, dict(attrs))
            for name, (further, values, attrs) in variables.items()
        }
        return xr.Dataset(labelled, coords=self.coords)


def select(weights: xr.Dataset, checkpoints: Checkpoints, where: str) -> Selection:
    """
    Choose checkpoints of every life by position.

    Parameters
    ----------
    weights : xarray.Dataset
        The group of that name, of one life or of several joined ones.
    checkpoints : int, slice, sequence of int, or None
        Positions as in a list of the life's own checkpoints, padding left out; all by default. With
        one number results have no dim "checkpoint".
    where : str
        The function that asks, for messages.

    Raises
    ------
    TypeError
        If it is something else.
    ValueError
        If there are no forward synapses, or no life has such a checkpoint.
    """
    populations(weights, where)
    lives, own = lives_of(weights), _own(weights)
    chosen = {number: _positions(stored, checkpoints, where) for number, stored in own.items()}
    longest = max(len(row) for row in chosen.values())
    positions = np.full((*(weights.sizes[dim] for dim in lives), longest), -1)
    for number, row in chosen.items():
        positions[number][: len(row)] = row
    if not (positions >= 0).any():
        counts = sorted({len(stored) for stored in own.values()})
        raise ValueError(
            f"{where}.checkpoints: expected positions of checkpoints, got {checkpoints!r}; the "
            f"life has {' or '.join(map(str, counts))}"
        )
    single = isinstance(checkpoints, int | np.integer) or "checkpoint" not in weights.dims
    coords = _coords(weights, positions, lives)
    if single:
        coords = {
            name: values.isel(checkpoint=0) if "checkpoint" in values.dims else values
            for name, values in coords.items()
        }
    return Selection(positions=positions, dims=(*lives, "checkpoint"), coords=coords, single=single)


def _own(weights: xr.Dataset) -> dict[tuple[int, ...], npt.NDArray[np.intp]]:
    """Return the positions of every life's own checkpoints."""
    stored = [weights[name] for name in forward_synapses(weights)]
    # Padding fills whole matrices: one entry of the smallest tells, and takes the least reading.
    least = min(stored, key=lambda matrix: matrix.shape[-2] * matrix.shape[-1])
    entry = least.variable.isel(dict.fromkeys(least.dims[-2:], 0))
    if "checkpoint" in entry.dims:
        there = np.isfinite(entry.transpose(..., "checkpoint").values)
    else:
        there = np.isfinite(entry.values)[..., np.newaxis]
    return {number: np.flatnonzero(there[number]) for number in np.ndindex(there.shape[:-1])}


def _positions(
    own: npt.NDArray[np.intp], checkpoints: Checkpoints, where: str
) -> npt.NDArray[np.intp]:
    if checkpoints is None:
        return own
    if isinstance(checkpoints, slice):
        return own[checkpoints]
    places = np.atleast_1d(np.asarray(checkpoints))
    if places.ndim != 1 or not np.issubdtype(places.dtype, np.integer):
        raise TypeError(
            f"{where}.checkpoints: expected an integer, a slice or a list of integers, got "
            f"{checkpoints!r}"
        )
    there = (places >= -len(own)) & (places < len(own))
    # A position that the life does not have is given as if it were its padding.
    return np.array(
        [own[place] if known else -1 for place, known in zip(places, there, strict=True)], np.intp
    )


def _coords(
    weights: xr.Dataset, positions: npt.NDArray[np.intp], lives: tuple[str, ...]
) -> dict[Hashable, Any]:
    outer = {*lives, "checkpoint"}
    rows = positions.reshape(-1, positions.shape[-1])
    same = bool((rows == rows[0]).all() and (rows >= 0).all())
    where: Any = rows[0] if same else xr.DataArray(positions, dims=(*lives, "checkpoint"))
    coords: dict[Hashable, Any] = {}
    for name, values in weights.coords.items():
        if not set(values.dims) <= outer:
            continue
        plain = values.variable
        if "checkpoint" not in plain.dims:
            coords[name] = plain
        elif same:
            coords[name] = plain.isel(checkpoint=where)
        elif name != "checkpoint":
            # Every life has checkpoints of its own, which no label of all of them can name.
            taken = values.reset_coords(drop=True).isel(checkpoint=where.clip(0))
            coords[name] = taken.where(where >= 0).variable
    return coords
