"""Spontaneous and evoked activity along the life of a network, beside the developing cortex."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import NoiseProcess, Stimuli
from ontogeny.data.references import references

from ..array import Floats
from .estimates import GROUPS, Measurement, estimated, interval_text, kept
from .findings import Row, findings
from .measures import (
    alignment,
    dimension,
    divergences,
    event_participations,
    participation,
    population_sparseness,
)
from .networks import BIRTH, END, Lived
from .noise_of_life import realisations
from .waves import shuffled

__all__ = ["v1_development_comparison"]

#: Frames of each realisation, neurons of a pattern, components of a subspace.
STEPS, UNITS, COMPONENTS = 100, 16, 10
CHANGE = "end - birth"
DIVERGENCE, ALIGNMENT = "spontaneous-evoked divergence", "subspace alignment"
EVOKED, EFFECTIVE = "participation ratio, evoked", "effective dimension, evoked"
SPONTANEOUS = "participation ratio, spontaneous"
SPARSENESS, EVENTS = "population sparseness, spontaneous", "participation in events"
#: What is published of each measure, in the order in which they are measured.
PUBLISHED = {
    DIVERGENCE: "published: falls with age (Berkes et al. 2011)",
    ALIGNMENT: "published: spontaneous and evoked patterns come to correspond within a week "
    "of vision (Traegenap et al. 2025)",
    EVOKED: "published: falls within a week of vision (Traegenap et al. 2025)",
    EFFECTIVE: "published: falls within a week of vision (Traegenap et al. 2025)",
    SPONTANEOUS: "no published direction",
    SPARSENESS: "published: activity becomes sparser after eye opening (Smith et al. 2015); "
    "Berkes, White & Fiser (2009) found the opposite in ferrets",
    EVENTS: "published: L events 20 to 80 %, H events at least 80 % of cells before eye "
    "opening (Siegel et al. 2012); activity becomes sparser with age (Wosniack et al. 2021)",
}
UNITS_OF = {DIVERGENCE: "nat"}
CAUTION = (
    "The age of the model has no unit: a life has a birth, an end of its noise and an end, which "
    "belong to no day of an animal's. Only directions are compared. The numbers of Berkes et al. "
    "(2011) were digitised by others; theirs are patterns of 16 electrodes in bins of 2 ms, ours of "
    f"{UNITS} static neurons in frames without duration. Spontaneous activity is what noise at the "
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
    measured = [_measurement(lived, noise, stimuli, seed) for lived in lives]
    estimates = estimated(measured)
    stages = [*lives[0].stages, *([CHANGE] if END in lives[0].stages else [])]
    rows = [
        _row(measure, name, stage)
        for measure in PUBLISHED
        for name in lives[0].hidden
        for stage in stages
    ]
    cited = [known[name].citation for name in ("berkes2011", "siegel2012")]
    return findings(
        rows,
        estimates,
        curves=_ages(known["berkes2011"].table),
        attributes={
            "comparison": "v1-development",
            "citation": " ".join([*cited, _TRAEGENAP]),
            "origin": known["berkes2011"].origin,
            "caution": CAUTION,
            "control": CONTROL,
            "surrogate": SURROGATE,
            "interval": interval_text(len(lives), GROUPS, "stimuli and of realisations of noise"),
            "seeds": [lived.seed for lived in lives],
            "input": noise.title(),
            "stimuli": f"{len(stimuli)} of {stimuli.name}",
        },
    )


def _measurement(lived: Lived, noise: NoiseProcess, stimuli: Stimuli, seed: int) -> Measurement:
    drawn = lived.seed + seed
    frames = realisations(noise, units=lived.inputs, count=GROUPS, steps=STEPS, seed=drawn)
    inputs = frames.reshape(-1, lived.inputs)
    shown = np.asarray(stimuli.rates(), float)
    parts = {}
    for stage in lived.stages:
        spontaneous, evoked = (lived.rates(given, stage) for given in (inputs, shown))
        for name in lived.hidden:
            parts[name, stage] = _part(spontaneous[name], evoked[name], drawn)

    def measurement(group: int | None) -> Mapping[str, Floats]:
        numbers = {place: part(group) for place, part in parts.items()}
        found = {}
        for name in lived.hidden:
            own = {stage: numbers[name, stage] for stage in lived.stages}
            change = own.get(END, own[BIRTH]) - own[BIRTH]
            for stage, values in {**own, CHANGE: change}.items():
                control = own[BIRTH][0] if stage != CHANGE else np.full(len(values[0]), np.nan)
                three = np.stack([values[0], control, values[1]], axis=-1)
                for measure, row in zip(PUBLISHED, three, strict=True):
                    found[f"{measure}, {name}, {stage}"] = row
        return found

    return measurement


def _part(spontaneous: Floats, evoked: Floats, seed: int) -> Callable[[int | None], Floats]:
    """Prepare the measures of one population: its own and those of its surrogate."""
    chosen = np.random.default_rng(seed).permutation(spontaneous.shape[1])[:UNITS]
    own = spontaneous, evoked, _events(spontaneous)
    apart = shuffled(spontaneous, seed), shuffled(evoked, seed + 1)
    surrogate = *apart, _events(apart[0])

    def numbers(group: int | None) -> Floats:
        some = np.arange(len(spontaneous)) // STEPS != (-1 if group is None else group)
        rest = kept(len(evoked), group)
        # Words of independent neurons stand for those of shuffled ones, without their noise.
        divergence = divergences(spontaneous[some][:, chosen], evoked[rest][:, chosen])
        return np.array(
            [
                [words, *_numbers(rates[some], answers[rest], events, group)]
                for words, (rates, answers, events) in zip(
                    divergence, (own, surrogate), strict=True
                )
            ]
        )

    return numbers


def _events(rates: Floats) -> list[Floats]:
    """Return participations in the events of each realisation."""
    return [event_participations(part) for part in np.split(rates, GROUPS)]


def _numbers(
    spontaneous: Floats, evoked: Floats, events: Sequence[Floats], group: int | None
) -> list[float]:
    """Return what `PUBLISHED` names after the divergence."""
    some = [part for number, part in enumerate(events) if number != group]
    taking_part = np.concatenate([np.empty(0), *some])
    return [
        alignment(spontaneous, evoked, COMPONENTS),
        participation(evoked),
        dimension(evoked),
        participation(spontaneous),
        population_sparseness(spontaneous),
        float(taking_part.mean()) if len(taking_part) else float("nan"),
    ]


_TRAEGENAP = (
    "Traegenap S, Whitney DE, Fitzpatrick D, Kaschube M (2025). The developmental emergence of "
    "reliable cortical representations. Nature Neuroscience 28, 394-405."
)


def _row(measure: str, population: str, stage: str) -> Row:
    return Row(
        measure=measure,
        population=population,
        stage=stage,
        unit=UNITS_OF.get(measure, "1"),
        note=PUBLISHED[measure],
        reference=_reference(measure, stage),
    )


def _reference(measure: str, stage: str) -> tuple[float, float, float]:
    """Return the youngest and the oldest age of Berkes et al., and L events of Siegel et al."""
    nothing = float("nan")
    known = references()
    if measure == DIVERGENCE and stage in (BIRTH, END):
        ages = known["berkes2011"].table.sel(stimulus="movie").isel(age=0 if stage == BIRTH else -1)
        value, error = float(ages["divergence"]), float(ages["sem"])
        return value, value - 1.96 * error, value + 1.96 * error
    if measure == EVENTS and stage == BIRTH:
        value = float(known["siegel2012"].table["participation"].sel(event_class="L"))
        return value, nothing, nothing
    return nothing, nothing, nothing


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
