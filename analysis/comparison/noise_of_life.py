"""The noise that a life was spontaneous on, rebuilt from what the life tells of it."""

import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import (
    BinaryNoise,
    CorrelatedNoise,
    FrameNoise,
    Noise,
    NoiseProcess,
    RecordedWaves,
    RetinalWaves,
    SparseNoise,
)

from ..array import Floats
from .members import members_of
from .recording_of_life import spikes_again

__all__ = ["noise_of_life", "other_noise", "realisations"]

_STREAM = 2**62  # where no life draws what it sees
_KINDS: dict[str, type[NoiseProcess]] = {
    kind.__name__: kind
    for kind in (BinaryNoise, CorrelatedNoise, Noise, RecordedWaves, RetinalWaves, SparseNoise)
}
# What people call a recording, which makes it no other one.
_CALLED = ("name", "source", "units", "spikes")


def noise_of_life(
    life: xr.DataTree, *, recording: xr.Dataset | str | os.PathLike | None = None
) -> NoiseProcess:
    """
    Rebuild the noise of the first spontaneous phase of a life.

    Lives hold descriptions, from which nothing is evaluated: the fields of a noise that the package
    knows are handed to its class, which checks them. Of recorded waves a life holds all but the
    spikes, of which it holds the SHA-256.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several that all lived through the same schedule.
    recording : xarray.Dataset, str or path, optional
        The recording that a life on recorded waves saw: opened, a file that `open_recording`
        opens, or one of `recording_names`. By default the one of `recording_names` that the life
        tells of, which `load_recording` loads.

    Returns
    -------
    Noise or FrameNoise
        The description. Samples that are drawn from it follow the same law as those that the life
        saw, but are not the same ones.

    Raises
    ------
    TypeError
        If `life` is not a DataTree, or `recording` is no recording.
    ValueError
        If lives differ in their noise, there is no spontaneous phase, its noise is of a class of
        the user's own, or the spikes of the recording are not those that the life saw.
    FileNotFoundError
        If there is no such recording.

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
    told = _told(life, where)
    if told is None:
        raise ValueError(
            f"{where}: expected a schedule with a spontaneous phase, got none; give the activity "
            f"to compare with noise=..., such as noise=gaussian_noise()"
        )
    if recording is not None and told.get("type") != RecordedWaves.__name__:
        raise ValueError(
            f"noise_of_life.recording: expected none for a life that was spontaneous on "
            f"{told.get('type')}, which its parameters describe, got one; leave it out"
        )
    return _noise(told, where, recording)


def other_noise(life: xr.DataTree, noise: NoiseProcess) -> str:
    """
    Say in what a noise is not the one that a life was spontaneous on.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several that all lived through the same schedule.
    noise : Noise or FrameNoise
        What is shown in its place.

    Returns
    -------
    str
        Empty where it is the same, or the life had no spontaneous phase.

    Raises
    ------
    TypeError, ValueError
        As of `noise_of_life`.
    """
    told = _told(life, "compare.life")
    if told is None:
        return ""
    own = _plain(noise)
    if told.get("type") != own["type"]:
        return f"the life was spontaneous on {told.get('type')}, not on {own['type']}"
    differing = [name for name in own if own[name] != _nameless(told.get(name))]
    parts = []
    for name in differing:
        if name == "recording":
            called = told.get(name, {}).get("name")
            parts.append(f"spikes (of the life: those of {called!r}, with another SHA-256 or span)")
        else:
            parts.append(f"{name} (of the life {told.get(name)!r}, here {own[name]!r})")
    return f"it differs from the life's own in {', '.join(parts)}" if parts else ""


def _plain(value: Any) -> Any:
    """Return a description as the life holds it, but for what recordings are called."""
    if is_dataclass(value):
        named = {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
        return _nameless({"type": type(value).__name__, **named})
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, str | int | float | None) else {"type": type(value).__name__}


def _nameless(told: Any) -> Any:
    if isinstance(told, dict) and told.get("type") == "RecordedSpikes":
        return {name: value for name, value in told.items() if name not in _CALLED}
    return told


def _told(life: xr.DataTree, where: str) -> Mapping[str, Any] | None:
    """Return what lives tell of the noise of their first spontaneous phase."""
    if not isinstance(life, xr.DataTree):
        raise TypeError(f"{where}: expected an xarray.DataTree, got {type(life).__name__}")
    told = [_first_noise(str(each.get("schedule", "{}"))) for each in members_of(life)]
    if not told or told[0] is None:
        return None
    if any(other != told[0] for other in told):
        raise ValueError(
            f"{where}: expected lives with the same spontaneous phase, got different ones; select "
            f"one condition with life.isel(condition=...)"
        )
    return told[0]


def _first_noise(text: str) -> Mapping[str, Any] | None:
    phases = json.loads(text).get("phases", [])
    return next((phase["noise"] for phase in phases if phase.get("noise")), None)


def _noise(told: Mapping[str, Any], where: str, recording: Any) -> NoiseProcess:
    kind = _KINDS.get(str(told.get("type")))
    if kind is None:
        raise ValueError(
            f"{where}: expected one of the noises {', '.join(_KINDS)}, got {told.get('type')!r}, "
            f"which is somebody's own; give what the life saw with noise=..."
        )
    given = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in told.items()
        if name != "type"
    }
    if kind is RecordedWaves:
        given["recording"] = spikes_again(told.get("recording", {}), recording)
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError(
            f"{where}: expected the fields of {kind.__name__}, got {sorted(given)}: {error}"
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
