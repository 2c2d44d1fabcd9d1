"""How many dimensions evoked activity of hidden units has, and how sparse it is, along life."""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import effective_dimension, participation_ratio, sparseness

from ..claims import Claim, Comparison
from ..comparisons import differs
from ..gathering import with_units
from ..study import Panel
from .activity import BIRTH, LEARNED, LIVED, NEURON, SAMPLE, Activity, along_life
from .comparing import compared, with_absent
from .conditions import NOTHING, SIMULATED, WHITE, learning_lives, shuffled, waves_of
from .drawing import by_condition, described
from .settings import Settings, inferred

__all__ = ["PANELS", "compare", "measure"]

Lives = Mapping[Any, xr.DataTree]


def measure(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure dimensions and sparseness of evoked activity at three moments of life."""
    dims: dict[str, Any] = {"samples": SAMPLE, "neurons": NEURON}

    def measures(activity: Activity) -> xr.Dataset:
        rates = activity.evoked
        return xr.Dataset(
            {
                "ratio": participation_ratio(rates, **dims),
                "dimension": effective_dimension(rates, **dims),
                "sparseness": sparseness(rates, over="neurons", **dims).mean(SAMPLE),
            }
        )

    found = with_units(
        along_life(settings, lives, measures),
        ratio=("1", "participation ratio of evoked activity"),
        dimension=("1", "effective dimension of evoked activity"),
        sparseness=("1", "population sparseness of evoked activity"),
    )
    return with_absent(settings, found)


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare moments of life, and conditions."""
    recorded = [waves_of(age) for age in settings.ages]
    cases = [(one,) for one in (*recorded, SIMULATED, WHITE)]

    def of(condition: str, name: str, moment: str) -> xr.DataArray:
        return data[name].sel(condition=condition, moment=moment, drop=True)

    def fall(name: str, moment: str, start: str = BIRTH) -> Any:
        return lambda one: differs(
            f"{one}: {data[name].attrs['long_name']}, {moment} minus {start}",
            of(one, name, moment),
            of(one, name, start),
            expected="less",
            alpha=0.05,
        )

    def beside(name: str, moment: str) -> Any:
        return lambda one, other: differs(
            f"{data[name].attrs['long_name']} {moment}: {one} minus {other}",
            of(one, name, moment),
            of(other, name, moment),
            expected="less",
            alpha=0.05,
        )

    controls = [(waves_of(age), shuffled(age)) for age in settings.ages]
    return {
        "D19": [
            *compared(data, cases, fall("ratio", LIVED)),
            *compared(data, cases, fall("dimension", LIVED)),
        ],
        "D20": [
            *compared(data, cases, fall("ratio", LEARNED)),
            *compared(data, cases, fall("dimension", LEARNED)),
        ],
        "D21": [
            *compared(data, controls, beside("ratio", LIVED)),
            *compared(data, [(recorded[0], NOTHING)], beside("ratio", LEARNED)),
        ],
        "D22": compared(data, cases, fall("sparseness", LEARNED)),
    }


def draw(data: xr.Dataset) -> Figure:
    """Draw the measures at three moments, condition by condition."""
    return by_condition(
        data,
        [
            ("ratio", 1.0, "Participation\nratio"),
            ("dimension", 1.0, "Effective\ndimension"),
            ("sparseness", 1.0, "Population\nsparseness"),
        ],
    )


def describe(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    shown = [("ratio", 1.0, "participation ratio"), ("sparseness", 1.0, "sparseness")]
    parts = [
        f"{moment}: {described(data.sel(moment=moment), shown)}" for moment in (BIRTH, LEARNED)
    ]
    return (
        "Participation ratio, effective dimension and population sparseness of the hidden activity "
        f"that digits evoke in {data.sizes['network']} networks at birth, before and after "
        f"learning. {'. '.join(parts)}."
    )


_INFERRED = inferred("lives", "recordings", "frames", "activity")
_TRAEGENAP = (
    "Traegenap et al. (2025), ferret V1: the dimensionality of evoked patterns falls within a week "
    "of vision; direction only"
)
_CAUTION = (
    "Of activity: the effective rank in Cheon et al. (2024) is one of weights and features, and "
    "must not be set beside recordings. Networks, moments and conditions have the same stimuli and "
    "the same number of units, as both measures grow with either."
)

PANELS = (
    Panel(
        name="dimensionality",
        title="Dimensionality and sparseness of evoked activity along life",
        rows=(
            Claim(
                id="D19",
                claim="As in cortex with vision, dimensionality of evoked activity falls, through "
                "spontaneous activity alone.",
                published=_TRAEGENAP,
                inferred=_INFERRED,
                note=_CAUTION,
            ),
            Claim(
                id="D20",
                claim="As in cortex, dimensionality of evoked activity is lower after learning "
                "than at birth.",
                published=_TRAEGENAP,
                inferred=_INFERRED,
                note=_CAUTION,
            ),
            Claim(
                id="D21",
                claim="Ours: it falls because of the structure of waves: it is lower than after "
                "the same spikes shuffled in time, and stays lower than by learning alone.",
                inferred=_INFERRED,
            ),
            Claim(
                id="D22",
                claim="As in cortex, evoked activity is less sparse after learning than at birth.",
                published="Berkes, White & Fiser (2009), ferret V1: sparseness decreases with "
                "visual experience; others (Smith et al. 2015) saw activity become sparser",
                inferred=_INFERRED,
                note="Reports from cortex disagree; static rates have no trials to be reliable in.",
            ),
        ),
        recipes=learning_lives,
        measure=measure,
        compare=compare,
        figure=draw,
        alt=describe,
    ),
)
