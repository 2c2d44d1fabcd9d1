"""Networks as a stored life tells them: rule, forward weights and feedback at every checkpoint."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import xarray as xr

from .description import description_of
from .oracle import Layers
from .reader import Moment, Reader
from .trajectory import forward_synapses, group


def populations(weights: xr.Dataset, where: str) -> list[str]:
    """Return the names of the populations of a chain, inputs first."""
    forward = forward_synapses(weights)
    if not forward:
        raise ValueError(
            f"{where}.life: expected forward synapses, got {[str(name) for name in weights]}"
        )
    return [
        str(weights[forward[0]].dims[-1]),
        *(str(weights[name].dims[-2]) for name in forward),
    ]


def moments(life: xr.DataTree, where: str) -> Iterator[tuple[tuple[int, ...], Moment]]:
    """
    Yield the network at every checkpoint of every life.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    where : str
        The function that asks, for messages.

    Yields
    ------
    index, moment
        Position along the leading dims and checkpoints; there is nothing to yield where a joined
        life has ended, and of lives that learn by perturbations where others do not.

    Raises
    ------
    ValueError
        If descriptions are missing or tell something that is not understood.
    """
    weights = group(life, "weights", where)
    readers = dict(_readers(life, weights, where))
    outer = [str(dim) for dim in weights[forward_synapses(weights)[0]].dims[:-2]]
    lives = lives_of(weights)
    # Where no life can be measured the first one is given, which is then refused.
    measured = {
        number: reader for number, reader in readers.items() if reader.rule.path != "perturbation"
    }
    for number, reader in (measured or readers).items():
        for checkpoint in range(weights.sizes.get("checkpoint", 1)):
            moment = reader.moment(checkpoint)
            if moment is not None:
                position = dict(zip(lives, number, strict=True)) | {"checkpoint": checkpoint}
                yield tuple(position[dim] for dim in outer), moment


def networks(
    life: xr.DataTree, positions: npt.NDArray[np.intp], where: str, *, precision: npt.DTypeLike
) -> Iterator[tuple[tuple[int, ...], Layers]]:
    """
    Yield the forward half of static networks at chosen checkpoints.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    positions : numpy.ndarray of int, (..., checkpoint)
        Positions of the checkpoints along the leading dims; nothing is yielded where they are
        negative.
    where : str
        The function that asks, for messages.
    precision : dtype
        Type of the arrays.

    Yields
    ------
    index, layers
        Position in `positions`, and the network.

    Raises
    ------
    ValueError
        If descriptions are missing or tell something that is not understood, or neurons are leaky.
    """
    weights = group(life, "weights", where)
    for number, reader in _readers(life, weights, where, precision):
        if reader.description.dynamics != "Static":
            raise ValueError(
                f"{where}.life: expected static networks, whose responses follow from weights and "
                f"stimuli, got {reader.description.dynamics} dynamics, whose responses depend on "
                f"time; life['tests'] has what was measured while they lived"
            )
        for place, checkpoint in enumerate(positions[number]):
            layers = reader.layers(int(checkpoint)) if checkpoint >= 0 else None
            if layers is not None:
                yield (*number, place), layers


def lives_of(weights: xr.Dataset) -> tuple[str, ...]:
    """Return the dims that lives were joined along."""
    dims = weights[forward_synapses(weights)[0]].dims[:-2]
    return tuple(str(dim) for dim in dims if dim != "checkpoint")


def _readers(
    life: xr.DataTree, weights: xr.Dataset, where: str, precision: npt.DTypeLike = np.float64
) -> Iterator[tuple[tuple[int, ...], Reader]]:
    chain = populations(weights, where)
    lives = lives_of(weights)
    for number in np.ndindex(*(weights.sizes[dim] for dim in lives)):
        one = weights.isel(dict(zip(lives, number, strict=True)))
        description = description_of(life, one, chain[1:-1], where)
        yield number, Reader(one, chain, description, where, precision)
