"""The spontaneous input of a life beside retinal waves."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import NoiseProcess
from ontogeny.data.frames import sheet_of
from ontogeny.data.references import references

from ..array import Floats
from .estimates import Estimate, Measurement, estimated, interval_text
from .findings import findings
from .networks import Lived
from .noise_of_life import realisations
from .pairs import CENTRES, binned, index_and_correlation, summaries
from .wave_records import (
    published_curves,
    published_row,
    recorded,
    recorded_curves,
    recorded_row,
    told_of,
)

__all__ = ["input_of", "places_of", "retinal_waves_comparison"]

#: Independent realisations of the noise, frames of each, and units that are looked at.
REALISATIONS, STEPS, UNITS = 20, 250, 256
CAUTION = (
    "A frame of the life has no duration, and a unit no spikes: indices and correlations are those "
    "of rectified rates of the same frame, indices of recordings those of spikes within 50 ms, "
    "their correlations those of counts in bins, which grow with the width of the bins. "
    "Distances of units are their distance on the input sheet times a spacing that is chosen, not "
    "measured."
)
CONTROL = (
    "the same input with the frames of every unit in an order of its own, which keeps its rates "
    "and takes away what units share; the input does not depend on the network, so that birth is "
    "no control of it, nor is there another surrogate"
)


def places_of(noise: NoiseProcess, units: int, spacing: float) -> Floats:
    """
    Return where units lie on the input sheet, in micrometres, (unit, axis).

    Parameters
    ----------
    noise : Noise or FrameNoise
        May know the shape of the sheet; a square by default.
    units : int
        Number of units.
    spacing : float
        Micrometres between neighbours.
    """
    rows, columns = sheet_of("compare.noise", getattr(noise, "shape", None), units)
    grid = np.stack(np.meshgrid(range(columns), range(rows)), axis=-1).reshape(units, 2)
    return spacing * grid.astype(float)


def input_of(noise: NoiseProcess, places: Floats, seed: int) -> tuple[Floats, Floats]:
    """
    Draw what some units of the input do, and how far apart they lie.

    Parameters
    ----------
    noise : Noise or FrameNoise
        The spontaneous input.
    places : numpy.ndarray, (unit, axis)
        Where all units lie.
    seed : int
        Seed of the draw and of the choice of units.

    Returns
    -------
    rates : numpy.ndarray, (realisation, step, unit)
        Rectified rates of the chosen units.
    distance : numpy.ndarray, (pair,)
        Of their pairs, in micrometres.
    """
    units = len(places)
    drawn = realisations(noise, units=units, count=REALISATIONS, steps=STEPS, seed=seed)
    chosen = np.random.default_rng(seed).permutation(units)[:UNITS]
    first, second = np.triu_indices(len(chosen), 1)
    apart = np.linalg.norm(places[chosen[first]] - places[chosen[second]], axis=1)
    return np.maximum(drawn[:, :, chosen], 0.0), apart


def shuffled(rates: Floats, seed: int) -> Floats:
    """
    Put the samples of every unit in an order of its own.

    Parameters
    ----------
    rates : numpy.ndarray, (sample, unit)
        Rates.
    seed : int
        Seed of the orders.
    """
    return np.random.default_rng(seed).permuted(rates, axis=0)


def _measurement(noise: NoiseProcess, lived: Lived, spacing: float, seed: int) -> Measurement:
    places = places_of(noise, lived.inputs, spacing)
    rates, distance = input_of(noise, places, lived.seed + seed)
    apart = np.stack([shuffled(one, number) for number, one in enumerate(rates)])

    def measurement(group: int | None) -> Mapping[str, Floats]:
        chosen = [number for number in range(len(rates)) if number != group]
        own, control = (_of(each[chosen], distance) for each in (rates, apart))
        found = {
            f"{name}, input": np.array([own[0][name], control[0][name], np.nan]) for name in own[0]
        }
        return {**found, "curves": np.stack([own[1], control[1]])}

    return measurement


def _of(rates: Floats, distance: Floats) -> tuple[Mapping[str, float], Floats]:
    index, correlation = index_and_correlation(rates.reshape(-1, rates.shape[-1]))
    curves = np.stack([binned(index, distance), binned(correlation, distance)])
    return summaries(index, correlation, distance), curves


def retinal_waves_comparison(
    lives: Sequence[Lived],
    noise: NoiseProcess,
    *,
    recordings: Sequence[xr.Dataset] = (),
    spacing: float,
    bin_width: float,
    seed: int,
) -> xr.Dataset:
    """
    Set the spontaneous input of networks beside retinal waves; see `compare`.

    Parameters
    ----------
    lives : sequence of Lived
        The networks.
    noise : Noise or FrameNoise
        Their spontaneous input.
    recordings : sequence of xarray.Dataset
        Recordings to compare with, in place of the published numbers.
    spacing : float
        Micrometres between neighbouring input units.
    bin_width : float
        Seconds of a bin, of the correlation of recordings.
    seed : int
        Added to the seeds of the lives for what is drawn.
    """
    measured = [_measurement(noise, lived, spacing, seed) for lived in lives]
    estimates = estimated(measured, REALISATIONS)
    names = [name.removesuffix(", input") for name in estimates if name != "curves"]
    if recordings:
        found = [recorded(recording, bin_width) for recording in recordings]
        rows = [recorded_row(name, [one[0] for one in found], bin_width) for name in names]
        curves = recorded_curves(recordings, found)
        told = told_of(recordings, bin_width)
    else:
        table = references()["demas2003"]
        rows = [published_row(name, table.table) for name in names]
        curves = published_curves(table.table)
        told = {
            "citation": table.citation,
            "origin": table.origin,
            "reference": "published for mice of nine days (Demas, Eglen & Wong 2003)",
        }
    return findings(
        rows,
        estimates,
        curves={**_curves(estimates), **curves},
        coords={"distance": ("distance", CENTRES, {"units": "um", "long_name": "distance"})},
        attributes={
            "comparison": "retinal-waves",
            **told,
            "caution": CAUTION,
            "control": CONTROL,
            "surrogate": "",
            "interval": interval_text(len(lives), REALISATIONS, "independent realisations"),
            "seeds": [lived.seed for lived in lives],
            "input": noise.title(),
            "spacing": spacing,
        },
    )


def _curves(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    """Name the curves of the life and of its control, with their intervals."""
    found = {}
    for end, values in zip(("", "_low", "_high"), estimates["curves"], strict=True):
        for who, own in zip(("", "control_"), values, strict=True):
            for what, curve in zip(("correlation_index", "correlation"), own, strict=True):
                found[f"{who}{what}{end}"] = ("distance", curve, {"units": "1"})
    return found
