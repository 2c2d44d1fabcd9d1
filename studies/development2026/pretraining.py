"""What each kind of life before learning does to alignment, and to learning afterwards."""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from ..cheon2024.measures import TOLD, measures_of_learning
from ..claims import Claim, Comparison
from ..comparisons import differs, share_of_gap
from ..gathering import gathered, with_units
from ..study import Panel
from .comparing import compared, slopes, trend, with_absent
from .conditions import (
    BP,
    CONTROLS,
    NOTHING,
    SIMULATED,
    WHITE,
    conditions_of,
    controls_of,
    learning_lives,
    shuffled,
    waves_of,
)
from .drawing import by_condition, described
from .settings import Settings, inferred

__all__ = ["PANELS", "compare", "measure"]

Lives = Mapping[Any, xr.DataTree]
_DIMS = ("condition", "network")


def measure(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure alignment before and after learning, speed and accuracy."""
    found = gathered(lives, _DIMS, measures_of_learning)
    return with_absent(settings, with_units(found, **TOLD))


def structured(settings: Settings) -> list[str]:
    """Return the conditions that are no control: recordings by age, and what is fitted to them."""
    return [*(waves_of(age) for age in settings.ages), SIMULATED]


def pairs(settings: Settings) -> list[tuple[str, str]]:
    """Return every recording with each of its controls."""
    return [
        (waves_of(age), waves_of(age, control))
        for age in settings.ages
        for control in controls_of(settings, age)
    ]


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare conditions with networks that had nothing, with controls, and along age."""

    def of(condition: str, name: str) -> xr.DataArray:
        return data[name].sel(condition=condition)

    def beside(what: str, name: str, expected: str, unit: str = "", alpha: float = 0.05) -> Any:
        return lambda one, other: differs(
            f"{what}: {one} minus {other}",
            of(one, name),
            of(other, name),
            expected=expected,
            alpha=alpha,
            unit=unit,
        )

    with_nothing = [(one, NOTHING) for one in (*structured(settings), WHITE)]
    angle = "angle before learning"
    return {
        "D1": compared(data, with_nothing, beside(angle, "before", "less", "degree", 0.001)),
        "D2": compared(data, pairs(settings), beside(angle, "before", "less", "degree")),
        "D3": _ages(settings, data, "before", angle, "greater", "degree per doubling of age"),
        "D4": compared(data, with_nothing, beside("speed", "speed", "greater", alpha=0.001)),
        "D5": compared(
            data,
            [(one,) for one in conditions_of(settings)],
            lambda one: share_of_gap(
                f"{one}: share of the gap to backpropagation that it closes",
                of(one, "speed"),
                of(NOTHING, "speed"),
                of(BP, "speed"),
                alpha=0.001,
            ),
        ),
        "D6": compared(data, pairs(settings), beside("speed", "speed", "greater")),
        "D7": compared(
            data, with_nothing, beside("final accuracy", "final", "greater", alpha=0.001)
        ),
    }


def _ages(
    settings: Settings, data: xr.Dataset, name: str, what: str, expected: str, unit: str
) -> list[Comparison]:
    """Compare a trend over ages with none, and with that of the shuffled recordings."""

    def along(ages: Any, named: Any) -> xr.DataArray:
        return slopes(data[name], [named(age) for age in ages], ages)

    told: dict[str, Any] = {"ages": settings.ages, "expected": expected, "unit": unit}
    return [
        trend(
            f"{what}: waves, slope over age",
            data,
            lambda ages: along(ages, waves_of),
            waves_of,
            **told,
        ),
        trend(
            f"{what}: slope of the waves minus that of the same spikes {CONTROLS['times']}",
            data,
            lambda ages: along(ages, waves_of) - along(ages, shuffled),
            waves_of,
            **told,
        ),
    ]


def draw(data: xr.Dataset) -> Figure:
    """Draw the angle before learning and the speed of learning, condition by condition."""
    return by_condition(
        data,
        [
            ("before", 1.0, "Angle before\nlearning (degrees)"),
            ("speed", 100.0, "Mean accuracy\nover epochs (%)"),
        ],
    )


def describe(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = described(
        data, [("before", 1.0, "degrees before learning"), ("speed", 100.0, "% mean accuracy")]
    )
    return (
        f"Angle between forward and feedback weights before learning, and mean test accuracy over "
        f"epochs, of {data.sizes['network']} networks in each condition. {parts}."
    )


_INFERRED = inferred("lives", "recordings", "frames")
_AGE_TREND = (
    "Demas et al. (2003), table 1: the correlation of neighbours falls from an intercept of 69 at "
    "P9 to 3.2 at 6 weeks"
)

PANELS = (
    Panel(
        name="pretraining",
        title="Spontaneous activity of real retinas as pretraining",
        rows=(
            Claim(
                id="D1",
                claim="Ours: a life with recorded waves aligns forward with feedback weights.",
                published="Cheon et al. (2024): white noise does, P < 0.001; no number for waves",
                inferred=_INFERRED,
            ),
            Claim(
                id="D2",
                claim="Ours: the structure of the waves matters: they align more than controls "
                "made from the same recording.",
                inferred=_INFERRED,
                note="Waves and controls are standardised alike, mean 0 and standard deviation 1 "
                "over all frames and inputs. Shuffled in time: every spike of a unit at a random "
                "time; shifted: every unit's whole train; in space: units change places; "
                "independent: every input draws from its own rates, which keeps the distribution. "
                "White noise (0, 1) has the same mean and variance, and is normal.",
            ),
            Claim(
                id="D3",
                claim="Ours: the younger the retina, the further weights align, as its waves are "
                "the more correlated.",
                published=_AGE_TREND,
                inferred=_INFERRED,
                note="One recording of each age: a trend over ages may be one of recordings.",
            ),
            Claim(
                id="D4",
                claim="Ours: learning after waves is faster than without.",
                published="Cheon et al. (2024): faster after white noise, P < 0.001",
                inferred=_INFERRED,
            ),
            Claim(
                id="D5",
                claim="Ours: every spontaneous activity closes a part of the gap in learning speed "
                "between feedback alignment and backpropagation.",
                inferred=_INFERRED,
            ),
            Claim(
                id="D6",
                claim="Ours: learning after waves is faster than after the controls.",
                inferred=_INFERRED,
            ),
            Claim(
                id="D7",
                claim="Ours: the final accuracy is higher than without spontaneous activity.",
                inferred=_INFERRED,
            ),
        ),
        recipes=learning_lives,
        measure=measure,
        compare=compare,
        figure=draw,
        alt=describe,
    ),
)
