"""Spontaneous and evoked activity along the life of a network, beside the developing cortex."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import xarray as xr

from ontogeny.data import NoiseProcess, Stimuli
from ontogeny.data.references import references

from ..array import Floats
from .divergence import binary_divergence
from .estimates import GROUPS, Measurement, estimated, interval_text, kept
from .findings import Row, findings
from .measures import (
    alignment,
    dimension,
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
        for measure in _told()
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
    both = {
        stage: (lived.rates(inputs, stage), lived.rates(shown, stage)) for stage in lived.stages
    }
    parts = {}
    for name in lived.hidden:
        units = np.random.default_rng(drawn).permutation(both[BIRTH][0][name].shape[1])[:UNITS]
        for stage, (spontaneous, evoked) in both.items():
            own = spontaneous[name], evoked[name]
            parts[name, stage] = partial(_numbers, *own, units, _events(own[0]))
            apart = shuffled(own[0], drawn), shuffled(own[1], drawn + 1)
            parts[name, stage, "surrogate"] = partial(_numbers, *apart, units, _events(apart[0]))

    def measurement(group: int | None) -> Mapping[str, Floats]:
        numbers = {place: part(group) for place, part in parts.items()}
        found = {}
        for name in lived.hidden:
            own = {stage: _three(numbers, name, stage) for stage in lived.stages}
            if END in own:
                own[CHANGE] = own[END] - own[BIRTH]
                own[CHANGE][1] = np.nan
            for stage, values in own.items():
                for measure, three in zip(_told(), values.T, strict=True):
                    found[f"{measure}, {name}, {stage}"] = three
        return found

    return measurement


def _three(numbers: Mapping[tuple[str, ...], Floats], name: str, stage: str) -> Floats:
    """Return value, control and surrogate, (3, measure)."""
    return np.stack([numbers[name, stage], numbers[name, BIRTH], numbers[name, stage, "surrogate"]])


def _events(rates: Floats) -> list[Floats]:
    """Return participations in the events of each realisation."""
    return [event_participations(part) for part in np.split(rates, GROUPS)]


def _numbers(
    spontaneous: Floats,
    evoked: Floats,
    units: Floats,
    events: Sequence[Floats],
    group: int | None,
) -> Floats:
    """Return all measures without one group of realisations and stimuli, (measure,)."""
    own = spontaneous[[number // STEPS != group for number in range(len(spontaneous))]]
    answers = evoked[kept(len(evoked), group)]
    taking_part = np.concatenate(
        [np.empty(0), *(part for number, part in enumerate(events) if number != group)]
    )
    return np.array(
        [
            binary_divergence(own[:, units], answers[:, units]),
            alignment(own, answers, COMPONENTS),
            participation(answers),
            dimension(answers),
            participation(own),
            population_sparseness(own),
            taking_part.mean() if len(taking_part) else np.nan,
        ]
    )


def _told() -> dict[str, str]:
    """Return what is published of each measure, in the order in which they are measured."""
    return {
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
        note=_told()[measure],
        reference=_reference(measure, stage),
    )
