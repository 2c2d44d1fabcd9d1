"""Spontaneous beside evoked activity of hidden units, along life."""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import spontaneous_evoked_divergence, subspace_alignment

from ..claims import Claim, Comparison
from ..comparisons import differs
from ..gathering import with_units
from ..study import Panel
from .activity import BIRTH, LEARNED, LIVED, NEURON, SAMPLE, Activity, along_life, nothing_with
from .comparing import compared, with_absent
from .conditions import SIMULATED, WHITE, learning_lives, shuffled, waves_of
from .drawing import by_condition, described
from .settings import Settings, inferred

__all__ = ["PANELS", "compare", "measure"]

Lives = Mapping[Any, xr.DataTree]


def measure(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure divergence and alignment of subspaces at three moments of life."""
    dims: dict[str, Any] = {"samples": SAMPLE, "neurons": NEURON}

    def measures(activity: Activity) -> xr.Dataset:
        spontaneous, evoked = activity.spontaneous, activity.evoked
        # A unit is active where its rate is above 0: no threshold has to be chosen.
        divergence = spontaneous_evoked_divergence(
            spontaneous, evoked, units=settings.units, groups=settings.groups, blocks=8, **dims
        )
        alignment = subspace_alignment(
            spontaneous, evoked, components=settings.components, draws=1, **dims
        )
        return divergence[["divergence", "uncorrected", "surrogate", "unseen"]].assign(
            alignment=alignment["alignment"]
        )

    found = with_units(
        along_life(settings, lives, measures),
        divergence=("nat", "divergence of spontaneous from evoked patterns"),
        surrogate=("nat", "the same, of spontaneous patterns with independent units"),
        uncorrected=("nat", "divergence without correction for few samples"),
        unseen=("1", "share of evoked patterns that never came spontaneously"),
        alignment=("1", "alignment of spontaneous and evoked subspaces"),
    )
    return with_absent(settings, found)


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare moments of life, conditions, and patterns with independent units."""
    recorded = [waves_of(age) for age in settings.ages]
    cases = [(one,) for one in (*recorded, SIMULATED, WHITE)]

    def of(condition: str, name: str, moment: str) -> xr.DataArray:
        return data[name].sel(condition=condition, moment=moment, drop=True)

    def since_birth(name: str, moment: str, expected: str, unit: str) -> Any:
        return lambda one: differs(
            f"{one}: {data[name].attrs['long_name']}, {moment} minus {BIRTH}",
            of(one, name, moment),
            of(one, name, BIRTH),
            expected=expected,
            alpha=0.05,
            unit=unit,
        )

    def since_birth_both(moment: str) -> list[Comparison]:
        return [
            one
            for name in ("divergence", "uncorrected")
            for one in compared(data, cases, since_birth(name, moment, "less", "nat"))
        ]

    def fall(condition: str, moment: str = LIVED) -> xr.DataArray:
        return of(condition, "divergence", BIRTH) - of(condition, "divergence", moment)

    first = recorded[0]
    return {
        "D14": since_birth_both(LIVED),
        "D15": since_birth_both(LEARNED),
        "D16": [
            *compared(
                data,
                [(waves_of(age), shuffled(age)) for age in settings.ages],
                lambda one, other: differs(
                    f"fall of the divergence before learning: {one} minus {other}",
                    fall(one),
                    fall(other),
                    expected="greater",
                    alpha=0.05,
                    unit="nat",
                ),
            ),
            *compared(
                data,
                [(first, nothing_with(first))],
                lambda one, other: differs(
                    f"fall of the divergence until after learning: {one} minus {other}",
                    fall(one, LEARNED),
                    fall(other, LEARNED),
                    expected="greater",
                    alpha=0.05,
                    unit="nat",
                ),
            ),
        ],
        "D17": compared(
            data,
            cases,
            lambda one: differs(
                f"{one}: divergence {LEARNED} minus that of independent units",
                of(one, "divergence", LEARNED),
                of(one, "surrogate", LEARNED),
                expected="less",
                alpha=0.05,
                unit="nat",
            ),
        ),
        "D18": [
            *compared(data, cases, since_birth("alignment", LIVED, "greater", "")),
            *compared(data, cases, since_birth("alignment", LEARNED, "greater", "")),
        ],
    }


def draw(data: xr.Dataset) -> Figure:
    """Draw both measures at three moments, condition by condition."""
    drawn = by_condition(
        data,
        [
            ("divergence", 1.0, "Divergence (nat)"),
            ("unseen", 100.0, "Unseen patterns\n(%)"),
            ("alignment", 1.0, "Alignment\nof subspaces"),
        ],
    )
    drawn.axes[0].set_yscale("symlog", linthresh=1.0)
    return drawn


def describe(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"{moment}: "
        + described(
            data.sel(moment=moment),
            [("divergence", 1.0, "nat"), ("alignment", 1.0, "alignment of subspaces")],
        )
        for moment in (BIRTH, LEARNED)
    ]
    return (
        "Divergence of spontaneous from evoked binary patterns of hidden units, the share of "
        "evoked patterns that never come spontaneously, and alignment of their subspaces, in "
        f"{data.sizes['network']} networks at birth, before and after "
        f"learning. {'. '.join(parts)}."
    )


_INFERRED = inferred("lives", "recordings", "frames", "activity")
_BERKES = (
    "Berkes et al. (2011), figure 2, ferret V1: the divergence of evoked from spontaneous patterns "
    "falls 6.5-fold for natural movies between P29 and P129-151"
)
_CAUTION = (
    "Hidden units of a static network with one hidden population, without recurrent connections, "
    "beside multi-unit activity of cortex: the direction can be compared, no number can. The "
    "reference falls with visual experience after eye opening, which spontaneous life precedes. "
    "Where most evoked patterns never come spontaneously, as under sparse waves at birth, the "
    "corrected divergence is extrapolated far; the uncorrected one, of equally many "
    "samples, is beside it."
)

PANELS = (
    Panel(
        name="similarity",
        title="Spontaneous and evoked activity along life",
        rows=(
            Claim(
                id="D14",
                claim="As in cortex, spontaneous and evoked activity grow alike: their divergence "
                "falls through spontaneous activity alone.",
                published=_BERKES,
                inferred=_INFERRED,
                note=_CAUTION,
            ),
            Claim(
                id="D15",
                claim="As in cortex, their divergence is smaller after learning than at birth.",
                published=_BERKES,
                inferred=_INFERRED,
                note=_CAUTION,
            ),
            Claim(
                id="D16",
                claim="Ours: it falls because of the structure that was lived through: more than "
                "with the same spikes shuffled in time, and more than by learning alone under the "
                "same input.",
                inferred=_INFERRED,
                note="Networks of each condition are measured under their own input; the control "
                "by learning alone is measured under the waves that it did not live through.",
            ),
            Claim(
                id="D17",
                claim="As in cortex, spontaneous patterns have the correlations of evoked ones: "
                "after learning, with units made independent the divergence is larger.",
                published="Berkes et al. (2011): the match is one of correlations; no number here",
                inferred=_INFERRED,
            ),
            Claim(
                id="D18",
                claim="As in cortex, spontaneous activity comes to span the dimensions of evoked "
                "activity: their subspaces align.",
                published="Traegenap et al. (2025), ferret V1: within a week of vision evoked "
                "patterns correspond with spontaneous ones; direction only",
                inferred=_INFERRED,
                note=_CAUTION,
            ),
        ),
        recipes=learning_lives,
        measure=measure,
        compare=compare,
        figure=draw,
        alt=describe,
    ),
)
