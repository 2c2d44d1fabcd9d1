"""How correlated the recordings are: their spikes, and the inputs that are made of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import (
    by_distance,
    correlation_index,
    correlation_index_fit,
    correlation_index_of_rates,
)
from ontogeny.data import (
    NoiseProcess,
    RecordedWaves,
    RetinalWaves,
    recording_names,
    recording_of,
    references,
)

from ..bounds import near
from ..claims import Claim, Comparison
from ..comparisons import differs, not_run
from ..gathering import with_units
from ..look import figure, legend
from ..recipe import Recipe
from ..study import Panel
from .activity import presented
from .comparing import compared, with_absent
from .conditions import (
    SIMULATED,
    inputs_of,
    recording_named,
    sheet_of,
    shuffled,
    title_of,
    waves_of,
)
from .drawing import along
from .settings import AGES, Settings, inferred

__all__ = ["PANELS", "compare", "measure"]

Lives = Mapping[Any, xr.DataTree]
#: Distances in micrometres; electrodes are 100 apart, and some have several units.
_EDGES = (0.0, 75.0, 150.0, 250.0, 350.0, 450.0, 550.0, 650.0)
# Every second pixel of a row and a column: 19 110 pairs.
_STRIDE = 2
# Bins beyond which no pixel shares an electrode with another.
_FAR = slice(3, None)
_STUDY = "Demas2003"
_FITTED = ("intercept", "half_maximum")


def _recipes(settings: Settings) -> dict[tuple, Recipe]:
    """Return no life: inputs are measured, and spikes."""
    return {}


def measure(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure the correlation index of inputs and spikes by distance."""
    rates = {
        condition: shown
        for condition, noise in inputs_of(settings).noises.items()
        if (shown := rates_of(noise)) is not None
    }
    index = [
        xr.DataArray(_index_of(settings, noise, seed), dims="distance")
        for noise in rates.values()
        for seed in settings.seeds
    ]
    shape = (len(rates), settings.networks, len(_EDGES) - 1)
    found = xr.Dataset(
        {
            "index": (
                ("condition", "network", "distance"),
                np.reshape([one.values for one in index], shape),
            )
        },
        coords={
            "condition": np.array(list(rates), dtype=str),
            "network": settings.seeds,
            "distance": [(low + high) / 2 for low, high in zip(_EDGES, _EDGES[1:], strict=False)],
        },
    )
    found = found.merge(_of_spikes(settings))
    found["distance"].attrs = {"units": "um", "long_name": "middle of the bin of distances"}
    found = with_units(
        found,
        index=("1", "correlation index of inputs"),
        spikes=("1", "correlation index of spikes"),
        chance=("1", "correlation index of spikes at random times"),
        intercept=("1", "correlation index at no distance, fitted"),
        half_maximum=("um", "distance over which the correlation index falls by half, fitted"),
    )
    return with_absent(settings, found)


def rates_of(noise: NoiseProcess) -> NoiseProcess | None:
    """Return an input as rates that are not below 0; None for white noise around 0."""
    if isinstance(noise, RecordedWaves):
        return replace(noise, scale="hertz")
    if isinstance(noise, RetinalWaves):
        return replace(noise, baseline=0.0, amplitude=1.0)
    return None


def _index_of(settings: Settings, noise: NoiseProcess, seed: int) -> np.ndarray:
    rows, columns = sheet_of(settings)
    frames = presented(settings, noise, seed, rows * columns)
    sheets = frames.reshape(-1, rows, columns)[:, ::_STRIDE, ::_STRIDE]
    grid = np.mgrid[0:rows:_STRIDE, 0:columns:_STRIDE]
    places = np.moveaxis(grid, 0, -1).reshape(-1, 2) * _pixel(settings)
    rates = xr.DataArray(sheets.reshape(len(sheets), -1), dims=("time", "unit"))
    pairs = correlation_index_of_rates(rates, position=places)
    return by_distance(pairs, _EDGES, resamples=0)["correlation_index"].values


def _pixel(settings: Settings) -> float:
    """Return the side of a pixel in micrometres, that of the first recording."""
    noise = inputs_of(settings).noises[waves_of(settings.ages[0])]
    return noise.pixel_um if isinstance(noise, RecordedWaves) else np.nan


def _of_spikes(settings: Settings) -> xr.Dataset:
    """Measure the spikes of all control recordings of every age, as Demas et al. (2003) did."""
    parts = []
    for age in settings.ages:
        names = recording_names(study=_STUDY, age_days=age)
        recordings = [recording_named(name) for name in names]
        there = [one for one in recordings if not isinstance(one, str)]
        parts.append(_of_age(age, there if len(there) == len(names) else []))
    groups = [title_of(age) for age in settings.ages]
    return xr.concat(parts, "group").assign_coords(group=groups)


def _of_age(age: int, recordings: list[xr.Dataset]) -> xr.Dataset:
    if not recordings:
        nothing = ("distance", np.full(len(_EDGES) - 1, np.nan))
        return xr.Dataset(
            {"spikes": nothing, "chance": nothing, "intercept": np.nan, "half_maximum": np.nan}
        )
    fit = correlation_index_fit(recordings)
    chosen = next(one for one in recordings if one.attrs["name"] == AGES[age])
    return xr.Dataset(
        {
            "spikes": ("distance", _by_distance(chosen)),
            "chance": ("distance", _by_distance(_at_random(chosen))),
            "intercept": fit["intercept"].drop_vars(list(fit["intercept"].coords)),
            "half_maximum": fit["half_maximum"].drop_vars(list(fit["half_maximum"].coords)),
        }
    )


def _by_distance(recording: xr.Dataset) -> np.ndarray:
    found = by_distance(correlation_index(recording), _EDGES, resamples=0)
    return found["correlation_index"].values


def _at_random(recording: xr.Dataset) -> xr.Dataset:
    """Return as many spikes of every unit, at random times."""
    random = np.random.default_rng(0)
    start, stop = recording.attrs["start"], recording.attrs["stop"]
    counts = recording["spike_count"].values
    trains = [np.sort(random.uniform(start, stop, count)) for count in counts]
    return recording_of(trains, position=recording["position"].values, start=start, stop=stop)


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare spikes with the published table, and inputs with their controls."""
    near_by, far = data["index"].isel(distance=0), data["index"].isel(distance=_FAR)
    recorded = [waves_of(age) for age in settings.ages]
    spikes = [_published(data, age, name) for age in settings.ages for name in _FITTED]
    return {
        "D10": [one for one in spikes if one is not None],
        "D11": [_chance(data, age) for age in settings.ages],
        "D12": compared(
            data,
            [(one,) for one in (*recorded, SIMULATED)],
            lambda one: differs(
                f"{one}: correlation index of neighbours minus that beyond 250 um",
                near_by.sel(condition=one, drop=True),
                far.sel(condition=one, drop=True).mean("distance"),
                expected="greater",
                alpha=0.05,
            ),
        ),
        "D13": compared(
            data,
            [(waves_of(age), shuffled(age)) for age in settings.ages],
            lambda one, other: differs(
                f"correlation index beyond 250 um: {one} minus {other}",
                far.sel(condition=one, drop=True).mean("distance"),
                far.sel(condition=other, drop=True).mean("distance"),
                expected="greater",
                alpha=0.05,
            ),
        ),
    }


def _published(data: xr.Dataset, age: int, name: str) -> Comparison | None:
    """Compare a fit with the table, which has not all of them."""
    group = title_of(age)
    published = float(references()["demas2003"].table[name].sel(group=group))
    if not np.isfinite(published):
        return None
    found = data[name].sel(group=group)
    what = data[name].attrs
    if not bool(found.notnull()):
        return not_run(f"{group}: the recordings of this age are not all there")
    return near(
        f"{group}: {what['long_name']}",
        found,
        published,
        tolerance=round(0.005 * published, 4),
        unit="um" if what["units"] == "um" else "",
    )


def _chance(data: xr.Dataset, age: int) -> Comparison:
    found = data["chance"].sel(group=title_of(age))
    if not bool(found.notnull().any()):
        return not_run(f"{title_of(age)}: the recordings of this age are not all there")
    label = f"{title_of(age)}: spikes at random times, mean over distances"
    return near(label, found.dropna("distance"), 1.0, tolerance=0.05)


def draw(data: xr.Dataset) -> Figure:
    """Draw the correlation index against distance, of spikes and of inputs."""
    drawn, (left, right) = figure(2, height=4.6)
    shades = np.linspace(0.0, 0.8, data.sizes["group"])
    for shade, group in zip(shades, data["group"].values.tolist(), strict=True):
        told = data.sel(group=group)
        if bool(told["spikes"].notnull().any()):
            colour = (0.0, 0.25 + 0.6 * float(shade), 0.45)
            left.plot(told["distance"], told["spikes"], marker="o", color=colour, label=group)
            left.plot(told["distance"], told["chance"], ":", color=colour)
    left.set(xlabel="Distance (um)", ylabel="Correlation index of spikes")
    for condition in data["condition"].values.tolist():
        along(
            right,
            data["distance"].values.tolist(),
            data["index"].sel(condition=condition),
            condition,
        )
    right.set(xlabel="Distance (um)", ylabel="Correlation index of inputs")
    for ax in (left, right):
        ax.axhline(1, color="0.4", linewidth=0.8)
        ax.set_yscale("log")
    if left.lines[1:]:
        legend(left)
    handles, labels = right.get_legend_handles_labels()
    if handles:
        drawn.legend(
            handles, labels, frameon=False, fontsize="small", ncols=3, loc="outside lower center"
        )
    return drawn


def describe(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    fits = [
        f"{group}: {float(data['intercept'].sel(group=group)):.3g} falling by half in "
        f"{float(data['half_maximum'].sel(group=group)):.3g} um"
        for group in data["group"].values.tolist()
        if bool(data["intercept"].sel(group=group).notnull())
    ]
    mean = data["index"].mean("network")
    inputs = [
        f"{condition}: {float(row[0]):.3g} to {float(row[-1]):.3g}"
        for condition in data["condition"].values.tolist()
        for row in [mean.sel(condition=condition).dropna("distance").values]
    ]
    return (
        f"Correlation index against distance on logarithmic axes; 1 is chance. Left, spikes of "
        f"recordings, with fits over {len(fits)} ages: {'; '.join(fits) or 'none there'}. Right, "
        f"inputs that are made of them, from neighbours to the greatest distance: "
        f"{'; '.join(inputs) or 'none there'}."
    )


PANELS = (
    Panel(
        name="inputs",
        title="Correlations of recordings and inputs by distance",
        rows=(
            Claim(
                id="D10",
                claim="The correlation index of control retinas falls with distance as published.",
                published="Demas et al. (2003), table 1: intercept and half-maximum distance by "
                "age, such as 69.04 and 151.67 um at P9",
                inferred=("all control recordings of an age in the waverepo collection",),
                note="Within 0.5 % of the table, which has no row for P13 alone.",
            ),
            Claim(
                id="D11",
                claim="Control: as many spikes at random times have a correlation index of 1 at "
                "every distance.",
                inferred=("the recording of each age that networks live through",),
            ),
            Claim(
                id="D12",
                claim="Ours: inputs that are made of recordings keep the fall of correlation with "
                "distance.",
                published="Demas et al. (2003): it falls by half in 152 to 387 um",
                inferred=inferred("recordings", "frames"),
                note="Of rates in bins, which has no number to be compared with that of spikes "
                "within 50 ms.",
            ),
            Claim(
                id="D13",
                claim="Ours: beyond what interpolation between electrodes makes alike, inputs are "
                "more correlated than those of spikes shuffled in time.",
                inferred=inferred("recordings", "frames"),
                note="Neighbouring inputs share electrodes, so that they are correlated in every "
                "control but independent noise.",
            ),
        ),
        recipes=_recipes,
        measure=measure,
        compare=compare,
        figure=draw,
        alt=describe,
    ),
)
