"""Tasks, lives and small pieces that the panels share."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.analysis import error_alignment
from ontogeny.data import Stimuli, TeacherSet, linear_teacher, load_images, nonlinear_teacher
from ontogeny.models import Learning, Network, Record, Schedule

from ..recipe import Recipe
from .settings import SEARCH_SEED, Settings

__all__ = [
    "angles",
    "geometric_mean",
    "labelled",
    "learning",
    "linear_task",
    "log10",
    "marks",
    "mnist_task",
    "nonlinear_task",
    "presented",
]

REFERENCES = {"angle_bp": "backpropagation", "angle_pbp": "pseudo-backpropagation"}


@cache
def linear_task(examples: int, tested: int, seed: int) -> TeacherSet:
    """Return task 1 of a network: a linear function of its own, and examples."""
    return linear_teacher(examples=examples, test_examples=tested, seed=seed)


@cache
def nonlinear_task(examples: int, tested: int, seed: int) -> TeacherSet:
    """Return task 3: a teacher of three layers of weights between -1 and 1, without biases."""
    return nonlinear_teacher(examples=examples, test_examples=tested, seed=seed)


@cache
def mnist_task(settings: Settings) -> tuple[Stimuli, Stimuli]:
    """Return training and test digits."""
    images = load_images(settings.mnist)
    train = images.train
    if settings.mnist_size < len(train):
        train = train.sample(settings.mnist_size, seed=0)
    return train, images.test


def learning(
    settings: Settings,
    label: str,
    network: Network,
    stimuli: Stimuli,
    seed: int,
    *,
    checkpoints: int | Sequence[int] = 1,
    epochs: int = 1,
    test: Stimuli | None = None,
    trials: int = 1,
    dtype: str = "float64",
    device: str | None = None,
) -> Recipe:
    """Describe a life that learns example by example.

    Parameters
    ----------
    settings : Settings
        The numbers.
    label : str
        What lives.
    network : Network
        Its description.
    stimuli : Stimuli
        What it learns.
    seed : int
        Of the network.
    checkpoints : int or sequence of int
        As in `Record`.
    epochs, test
        As in `Learning`.
    trials : int
        Presentations in one step.
    dtype : str
        Doubles by default: errors fall below what single precision can tell.
    device : str, optional
        That of the settings by default.
    """
    kept = checkpoints if isinstance(checkpoints, int) else tuple(checkpoints)
    number = seed - SEARCH_SEED
    who = f"network {seed}" if number < 0 else f"search network {number}"
    return Recipe(
        label=f"{label}, {who}",
        network=network,
        schedule=Schedule(Learning(stimuli, epochs=epochs, test=test)),
        seed=seed,
        trials=trials,
        device=settings.device if device is None else device,
        dtype=dtype,
        record=Record(checkpoints=kept),
    )


def marks(shares: Sequence[float], total: int) -> tuple[int, ...]:
    """Return checkpoints at shares of a number of presentations.

    Examples
    --------
    >>> marks((0.01, 0.5, 1), 100)
    (1, 50, 100)
    """
    return tuple(sorted({max(1, round(share * total)) for share in shares}))


def presented(life: xr.DataTree) -> np.ndarray:
    """Return the presentations at the checkpoints of a life."""
    return np.asarray(life["weights"]["presentation"].values, dtype=float)


def angles(life: xr.DataTree, stimuli: Stimuli) -> dict[str, np.ndarray]:
    """Return degrees to backpropagation and pseudo-backpropagation, (checkpoint,).

    They are those of the teaching signals of the lowest hidden population.
    """
    return {
        name: error_alignment(life, stimuli, reference=reference).isel(population=0).values
        for name, reference in REFERENCES.items()
    }


def labelled(
    variables: dict[str, tuple[tuple[str, ...], Any, str, str]], coords: dict[str, Any]
) -> xr.Dataset:
    """Return a dataset of (dims, values, unit, long name) by name.

    Examples
    --------
    >>> data = labelled({"a": (("network",), [1.0], "degree", "angle")}, {"network": [0]})
    >>> data["a"].attrs["units"], data["network"].attrs["long_name"]
    ('degree', 'network')
    """
    data = xr.Dataset(
        {
            name: (dims, np.asarray(values), {"units": unit, "long_name": long_name})
            for name, (dims, values, unit, long_name) in variables.items()
        },
        coords=coords,
    )
    for name in data.coords:
        long_name = {"presentation": "examples since birth"}.get(str(name), str(name))
        data[name].attrs = {"units": "1", "long_name": long_name}
    return data


def log10(values: xr.DataArray) -> xr.DataArray:
    """Return decimal logarithms; errors span many powers of ten."""
    return xr.apply_ufunc(np.log10, values)


def geometric_mean(values: xr.DataArray, dim: str = "network") -> xr.DataArray:
    """Return the geometric mean."""
    return 10 ** log10(values).mean(dim)
