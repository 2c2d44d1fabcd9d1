"""Spontaneous and evoked activity along the life of a network, beside the developing cortex."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import NoiseProcess, Stimuli
from ontogeny.data.references import references

from .estimates import GROUPS, Estimate, estimated, interval_text
from .findings import Row, findings
from .measures import components_of
from .networks import BIRTH, END, Lived
from .stages import (
    ALIGNMENT,
    CHANGE,
    COMPONENTS,
    DIVERGENCE,
    EFFECTIVE,
    EVENTS,
    EVOKED,
    RATE,
    SPARSENESS,
    SPONTANEOUS,
    UNITS,
    Part,
    Parts,
    intervals_of_words,
    measurement_of,
    named,
    parts_of,
)

__all__ = ["v1_development_comparison"]

#: What is published of each measure, in the order in which they are measured.
PUBLISHED = {
    DIVERGENCE: "published: falls with age (Berkes et al. 2011)",
    ALIGNMENT: "published: spontaneous and evoked patterns come to correspond within a week "
    "of vision (Traegenap et al. 2025)",
    EVOKED: "published: falls within a week of vision (Traegenap et al. 2025)",
    EFFECTIVE: "published: falls within a week of vision (Traegenap et al. 2025)",
    SPONTANEOUS: "no published direction",
    SPARSENESS: "of rectified rates; published: activity becomes sparser after eye opening (Smith "
    "et al. 2015); Berkes, White & Fiser (2009) found the opposite in ferrets",
    RATE: "runs of frames with more than a fifth of the neurons two standard deviations above "
    "their mean",
    EVENTS: "nothing where there are no events; published: L events 20 to 80 %, H events at least "
    "80 % of cells before eye opening (Siegel et al. 2012); activity becomes sparser with age "
    "(Wosniack et al. 2021)",
}
UNITS_OF = {DIVERGENCE: "nat"}
_FEW = 0.1  # of evoked words, up to which those that were never met matter little
CAUTION = (
    "The age of the model has no unit: a life has a birth, an end of its noise and an end, which "
    "belong to no day of an animal's. Only directions are compared. The numbers of Berkes et al. "
    "(2011) were read off their figure by others, on a scale that is not known; theirs are "
    f"patterns of 16 electrodes in bins of 2 ms, ours of {UNITS} static neurons, active above "
    "their rate at rest, in frames without duration. Spontaneous activity is what noise at the "
    "inputs evokes; the cortex also makes its own. Ranks of weights, which learning with noise is "
    "known to lower, are not measured here: biology measures activity."
)
CONTROL = "the same network at birth"
SURROGATE = (
    "the same network, with the samples of every neuron in an order of its own: the rates of each, "
    "and nothing that neurons share"
)


def v1_development_comparison(
    lives: Sequence[Lived], noise: NoiseProcess, stimuli: Stimuli, *, seed: int
) -> xr.Dataset:
    """
    Set activity along the life of networks beside that of the developing cortex; see `compare`.

    Parameters
    ----------
    lives : sequence of Lived
        The networks.
    noise : Noise or FrameNoise
        Their spontaneous input.
    stimuli : Stimuli
        What evokes activity.
    seed : int
        Added to the seeds of the lives for what is drawn.
    """
    known = references()
    parts = [parts_of(lived, noise, stimuli, seed) for lived in lives]
    estimates = estimated([measurement_of(*each) for each in zip(lives, parts, strict=True)])
    if len(lives) == 1:
        estimates |= intervals_of_words(lives[0], parts[0], estimates)
    stages = [*lives[0].stages, *([CHANGE] if END in lives[0].stages else [])]
    rows = [
        _row(measure, name, stage, estimates, parts)
        for measure in PUBLISHED
        for name in lives[0].hidden
        for stage in stages
    ]
    cited = [known[name].citation for name in ("berkes2011", "siegel2012", "traegenap2025")]
    return findings(
        rows,
        estimates,
        curves=_ages(known["berkes2011"].table),
        attributes={
            "comparison": "v1-development",
            "citation": ". ".join(cited),
            "origin": known["berkes2011"].origin,
            "reference": "L events of mice before eye opening (Siegel et al. 2012)",
            "caution": CAUTION,
            "control": CONTROL,
            "surrogate": SURROGATE,
            "interval": interval_text(len(lives), GROUPS, "stimuli and of realisations of noise"),
            "seeds": [lived.seed for lived in lives],
            "input": noise.title(),
            "stimuli": f"{len(stimuli)} of {stimuli.name}",
        },
    )


def _row(
    measure: str,
    population: str,
    stage: str,
    estimates: Mapping[str, Estimate],
    parts: Sequence[Parts],
) -> Row:
    note, nothing = PUBLISHED[measure], float("nan")
    if measure == ALIGNMENT:
        neurons = parts[0][population, BIRTH].evoked.shape[1]
        count = components_of(neurons, COMPONENTS)
        note = f"{note}; random subspaces, {count} of {neurons}: {count / neurons:.2g}"
    if measure == DIVERGENCE and stage != CHANGE:
        note = f"{note}; {_unseen([each[population, stage] for each in parts])}"
    if stage == CHANGE:
        note = f"{note}; here: {_direction(estimates[named(measure, population, stage)])}"
    reference = nothing, nothing, nothing
    if measure == EVENTS and stage == BIRTH:
        # Per cent in the table.
        events = references()["siegel2012"].table["participation"] / 100
        reference = float(events.sel(event="L")), nothing, nothing
        note = f"{note}; reference: L events"
    return Row(
        measure=measure,
        population=population,
        stage=stage,
        unit=UNITS_OF.get(measure, "1"),
        note=note,
        reference=reference,
    )


def _unseen(parts: Sequence[Part]) -> str:
    """Say how many words cannot be compared, and what that means for the divergence."""
    share = float(np.mean([part.divergence["unseen"] for part in parts]))
    told = f"{100 * share:.0f} % of evoked words never occurred spontaneously"
    return f"{told}: a lower bound" if share > _FEW else told


def _direction(change: Estimate) -> str:
    """Say in which direction a measure changes."""
    value, low, high = (float(end[0]) for end in change)
    if np.isnan(value):
        return "not measured"
    if np.isnan([low, high]).any():
        return "not known"
    if low == high:
        # Counts that happen to be equal in all networks have no spread to judge by.
        return "no change that an interval could tell"
    if low > 0:
        return "rises"
    return "falls" if high < 0 else "no change that the interval can tell"


def _ages(table: xr.Dataset) -> dict[str, Any]:
    """Return the divergences that were measured along the life of ferrets."""
    found = table.transpose("age", "stimulus", ...)
    what = {"units": str(found["divergence"].attrs.get("units", "1"))}
    return {
        "divergence_by_age": (("age", "shown"), found["divergence"].values, what),
        "divergence_by_age_error": (("age", "shown"), found["sem"].values, what),
        "age": ("age", found["age"].values.astype(str)),
        "shown": ("shown", found["stimulus"].values.astype(str)),
    }
