"""The noise that a life was spontaneous on, rebuilt from what the life tells of it."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import (
    BinaryNoise,
    CorrelatedNoise,
    FrameNoise,
    Noise,
    NoiseProcess,
    RetinalWaves,
    SparseNoise,
)

from ..array import Floats
from .members import members_of

__all__ = ["noise_of_life", "realisations"]

_STREAM = 2**62  # where no life draws what it sees
_KINDS: dict[str, type[NoiseProcess]] = {
    kind.__name__: kind for kind in (BinaryNoise, CorrelatedNoise, Noise, RetinalWaves, SparseNoise)
}


def noise_of_life(life: xr.DataTree) -> NoiseProcess:
    """
    Rebuild the noise of the first spontaneous phase of a life.

    Lives hold descriptions, from which nothing is evaluated: the fields of a noise that the package
    knows are handed to its class, which checks them.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several that all lived through the same schedule.

    Returns
    -------
    Noise or FrameNoise
        The description. Samples that are drawn from it follow the same law as those that the life
        saw, but are not the same ones.

    Raises
    ------
    TypeError
        If `life` is not a DataTree.
    ValueError
        If lives differ in their noise, there is no spontaneous phase, or its noise has more to it
        than parameters, as recorded waves have.

    Examples
    --------
    >>> import xarray as xr
    >>> told = {"type": "Noise", "distribution": "uniform", "mean": 0.0, "std": 2.0}
    >>> phases = [{"type": "Spontaneous", "noise": told, "presentations": 640}]
    >>> life = xr.DataTree(xr.Dataset(attrs={"schedule": json.dumps({"phases": phases})}))
    >>> noise_of_life(life)
    Noise(distribution='uniform', mean=0.0, std=2.0)
    """
    where = "noise_of_life.life"
    if not isinstance(life, xr.DataTree):
        raise TypeError(f"{where}: expected an xarray.DataTree, got {type(life).__name__}")
    told = [_first_noise(str(each.get("schedule", "{}"))) for each in members_of(life)]
    if not told or told[0] is None:
        raise ValueError(
            f"{where}: expected a schedule with a spontaneous phase, got none; give the activity "
            f"to compare with noise=..., such as noise=gaussian_noise()"
        )
    if any(other != told[0] for other in told):
        raise ValueError(
            f"{where}: expected lives with the same spontaneous phase, got different ones; select "
            f"one condition with life.isel(condition=...)"
        )
    return _noise(told[0], where)


def _first_noise(text: str) -> Mapping[str, Any] | None:
    phases = json.loads(text).get("phases", [])
    return next((phase["noise"] for phase in phases if phase.get("noise")), None)


def _noise(told: Mapping[str, Any], where: str) -> NoiseProcess:
    kind = _KINDS.get(str(told.get("type")))
    if kind is None:
        raise ValueError(
            f"{where}: expected one of the noises {', '.join(_KINDS)}, which their parameters "
            f"describe completely, got {told.get('type')!r}; give what the life saw, such as "
            f"noise=recorded_waves(recording)"
        )
    fields = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in told.items()
        if name != "type"
    }
    try:
        return kind(**fields)
    except TypeError as error:
        raise ValueError(
            f"{where}: expected the fields of {kind.__name__}, got {sorted(fields)}: {error}"
        ) from None


def realisations(noise: NoiseProcess, *, units: int, count: int, steps: int, seed: int) -> Floats:
    """
    Draw independent realisations of noise.

    Parameters
    ----------
    noise : Noise or FrameNoise
        The description.
    units : int
        Number of input units.
    count, steps : int
        Number of realisations, and frames of each.
    seed : int
        Seed of the draw.

    Returns
    -------
    numpy.ndarray, (realisation, step, unit)
        Rates.
    """
    noise.check_units(units)
    if isinstance(noise, FrameNoise):
        place = {"seed": seed, "stream": _STREAM, "first": 0}
        drawn = noise.frames(**place, steps=steps, trials=count, units=units)
        return np.moveaxis(drawn, 1, 0)
    return noise.draw(np.random.default_rng(seed), (count, steps, units))
