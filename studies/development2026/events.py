"""Population events of hidden units under spontaneous input, along life."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import event_classes, population_events, shift_units
from ontogeny.data import references

from ..bounds import near
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import with_units
from ..study import Panel
from .activity import BIRTH, LEARNED, LIVED, NEURON, SAMPLE, Activity, along_life
from .comparing import compared, with_absent
from .conditions import SIMULATED, WHITE, learning_lives, waves_of
from .drawing import by_condition, described
from .settings import Settings, inferred

__all__ = ["PANELS", "compare", "measure"]

Lives = Mapping[Any, xr.DataTree]
_CLASSES = ("L", "H")
#: Standard deviations above its mean at which a unit is active, and the share of active units
#: that an event exceeds: the lower limit of what Siegel et al. (2012) call an L event.
_DEVIATIONS, _SHARE = 2.0, 0.2
_SECONDS = 60.0


def published() -> dict[str, float]:
    """Return what Siegel et al. (2012) found, in per cent, by the name of the measure."""
    table = references()["siegel2012"].table
    low, high = (float(table["participation"].sel(event=name)) for name in _CLASSES)
    share = 100 * table["count"].sel(event="H") / table["count"].sum()
    return {"low": low, "high": high, "share": float(share)}


def measure(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure how often units are active together, and how many of them."""

    def measures(activity: Activity) -> xr.Dataset:
        rates = activity.spontaneous
        limit = rates.mean(SAMPLE) + _DEVIATIONS * rates.std(SAMPLE)
        pieces = np.split(np.arange(rates.sizes[SAMPLE]), settings.realisations)
        minutes = rates.sizes[SAMPLE] * activity.seconds / _SECONDS
        own, shifted = [], []
        for number, piece in enumerate(pieces):
            one = rates.isel({SAMPLE: piece})
            own.append(_participation(one, limit))
            moved = shift_units(one, samples=SAMPLE, neurons=NEURON, seed=number)
            shifted.append(_participation(moved, limit))
        found, control = np.concatenate(own), np.concatenate(shifted)
        classes = event_classes(xr.DataArray(found, dims="event")).values
        low, high = (100 * found[classes == name] for name in _CLASSES)
        return xr.Dataset(
            {
                "rate": (len(low) + len(high)) / minutes,
                "control": len(control) / minutes,
                "low": _mean(low),
                "high": _mean(high),
                "share": 100 * len(high) / len(found) if len(found) else np.nan,
                "participation": _mean(100 * found),
            }
        )

    found = with_units(
        along_life(settings, lives, measures),
        rate=("1/min", "events per minute of spontaneous input"),
        control=("1/min", "events per minute of units that are shifted in time"),
        low=("%", "hidden units that take part in an L event"),
        high=("%", "hidden units that take part in an H event"),
        share=("%", "H events among L and H events"),
        participation=("%", "hidden units that take part in an event"),
    )
    return with_absent(settings, found)


def _participation(rates: xr.DataArray, limit: xr.DataArray) -> np.ndarray:
    events = population_events(
        rates, active=limit, threshold=_SHARE, samples=SAMPLE, neurons=NEURON
    )
    return events["participation"].values


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare events with chance, with cortex, and between moments of life."""
    known = published()
    cases = [(one,) for one in (*(waves_of(age) for age in settings.ages), SIMULATED, WHITE)]

    def of(condition: str, name: str, moment: str = LIVED) -> xr.DataArray:
        return data[name].sel(condition=condition, moment=moment, drop=True)

    def beside(name: str, tolerance: float) -> Any:
        return lambda one: near(
            f"{one}: {data[name].attrs['long_name']}, {LIVED}",
            of(one, name),
            known[name],
            tolerance=tolerance,
            unit="%",
        )

    return {
        "D23": compared(
            data,
            cases,
            lambda one: against(
                f"{one}: events per minute {LIVED}, minus those of units shifted in time",
                of(one, "rate") - of(one, "control"),
                0.0,
                expected="greater",
                unit="1/min",
            ),
        ),
        "D24": [
            *compared(data, cases, beside("low", 5.0)),
            *compared(data, cases, beside("high", 5.0)),
        ],
        "D25": compared(data, cases, beside("share", 10.0)),
        "D26": compared(
            data,
            cases,
            lambda one: differs(
                f"{one}: participation {LEARNED} minus {BIRTH}",
                of(one, "participation", LEARNED),
                of(one, "participation", BIRTH),
                expected="less",
                alpha=0.05,
                unit="%",
            ),
        ),
    }


def draw(data: xr.Dataset) -> Figure:
    """Draw participation and the share of H events, condition by condition."""
    drawn = by_condition(
        data,
        [
            ("participation", 1.0, "Participation (%)"),
            ("share", 1.0, "H events (%)"),
            ("rate", 1.0, "Events per minute"),
        ],
    )
    drawn.axes[1].axhline(published()["share"], color="0.4", linestyle=":")
    return drawn


def describe(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    shown = [
        ("rate", 1.0, "events per minute"),
        ("participation", 1.0, "% participation"),
        ("share", 1.0, "% of class H"),
    ]
    parts = [
        f"{moment}: {described(data.sel(moment=moment), shown)}" for moment in (BIRTH, LEARNED)
    ]
    return (
        "Participation of hidden units in events under spontaneous input, share of events of class "
        f"H, and events per minute, in {data.sizes['network']} networks at birth, before and after "
        f"learning. A dotted line marks {published()['share']:.1f} % in cortex. {'. '.join(parts)}."
    )


_INFERRED = (
    *inferred("lives", "recordings", "frames", "activity"),
    f"a unit is active {_DEVIATIONS:g} standard deviations above its mean; an event is an epoch in "
    f"which more than {100 * _SHARE:g} % of the units are",
)
_SIEGEL = (
    "Siegel et al. (2012), mouse V1 at P8 to P10: 715 L events (20 to 80 % of the cells), mean "
    "participation 44.5 %, and 336 H events, 93.9 %"
)
_CAUTION = (
    "Hidden units follow their input at once, without recurrent excitation, which is what makes H "
    "events in cortex: the input alone can make them here."
)

PANELS = (
    Panel(
        name="events",
        title="Events of spontaneous activity in hidden units",
        rows=(
            Claim(
                id="D23",
                claim="As in cortex before eye opening, units are active together in events, more "
                "often than by chance.",
                published=_SIEGEL,
                inferred=_INFERRED,
                note=f"By chance: the same units, each shifted in time on its own. {_CAUTION}",
            ),
            Claim(
                id="D24",
                claim="As many units take part in L and in H events as in cortex.",
                published=_SIEGEL,
                inferred=_INFERRED,
                note=_CAUTION,
            ),
            Claim(
                id="D25",
                claim="H events are as frequent among events as in cortex.",
                published=f"{_SIEGEL}; 32 % of both are H",
                inferred=_INFERRED,
                note=_CAUTION,
            ),
            Claim(
                id="D26",
                claim="As in cortex, events become sparser in the course of development: fewer "
                "units take part after learning than at birth.",
                published="Wosniack et al. (2021), mouse V1: spontaneous activity becomes sparser "
                "with age; direction only",
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
