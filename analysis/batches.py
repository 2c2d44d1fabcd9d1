"""Stimuli as a network sees them, all at once or in parts."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli

from .array import Floats
from .stored import populations

# Entries of the largest array of a part: 32 MB in single precision. 10 000 stimuli of 784 are one.
_ENTRIES = 8_388_608


def check_stimuli(
    weights: xr.Dataset, stimuli: Stimuli, where: str, *, outputs: bool = True
) -> None:
    """
    Refuse stimuli that the networks cannot have seen.

    Parameters
    ----------
    weights : xarray.Dataset
        The group of that name.
    stimuli : Stimuli
        What is presented.
    where : str
        The function that asks, for messages.
    outputs : bool
        What is wanted of the outputs has to fit too.

    Raises
    ------
    TypeError
        If they are no stimuli.
    ValueError
        If their units, or outputs, are not those of the networks.
    """
    if not isinstance(stimuli, Stimuli):
        raise TypeError(
            f"{where}.stimuli: expected Stimuli, got {type(stimuli).__name__}; use "
            f"Stimuli.from_arrays(images, labels)"
        )
    chain = populations(weights, where)
    sides = [("rates", stimuli.units, chain[0])]
    if outputs:
        sides.append(("targets", stimuli.outputs, chain[-1]))
    for what, count, name in sides:
        if count != weights.sizes[name]:
            raise ValueError(
                f"{where}.stimuli: expected {what} of {weights.sizes[name]} {name}, got {count}; "
                f"give stimuli that the network could have learned"
            )


def batch(weights: xr.Dataset, stimuli: Stimuli, where: str) -> tuple[Floats, Floats]:
    """
    Return the inputs' rates and the outputs' targets, (sample, unit) both.

    Parameters
    ----------
    weights : xarray.Dataset
        The group of that name.
    stimuli : Stimuli
        What is presented.
    where : str
        The function that asks, for messages.

    Raises
    ------
    TypeError, ValueError
        As `check_stimuli` does.
    """
    check_stimuli(weights, stimuli, where)
    return stimuli.rates(), targets_of(stimuli)


def targets_of(stimuli: Stimuli, rows: slice = slice(None)) -> Floats:
    """Return what outputs should do: the stimuli's own targets, or 1 for the label and 0 else."""
    if stimuli.targets is not None:
        return np.asarray(stimuli.targets[rows], dtype=np.float64)
    return np.eye(stimuli.outputs)[stimuli.wanted[rows]]


def parts(weights: xr.Dataset, stimuli: Stimuli, where: str) -> Iterator[slice]:
    """
    Yield the stimuli some at a time, as many as the memory takes at ease.

    Parameters
    ----------
    weights : xarray.Dataset
        The group of that name.
    stimuli : Stimuli
        What is presented.
    where : str
        The function that asks, for messages.
    """
    widest = max(weights.sizes[name] for name in populations(weights, where))
    size = max(1, _ENTRIES // widest)
    for start in range(0, len(stimuli), size):
        yield slice(start, start + size)
