"""What hidden populations do spontaneously and evoked, stage by stage, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from ontogeny.data import NoiseProcess, Stimuli

from ..activity import spontaneous_evoked_divergence
from ..array import Floats
from ..description import description_of
from ..oracle import TRANSFERS
from .estimates import GROUPS, Estimate, Measurement, kept
from .findings import Row
from .measures import (
    activity_of,
    alignment,
    dimension,
    event_participations,
    participation,
    population_sparseness,
)
from .networks import BIRTH, END, Lived
from .noise_of_life import realisations
from .waves import shuffled

#: Frames of each realisation, neurons of a word, components of a subspace. Of 16 neurons nine in
#: ten evoked words would occur in none of the frames, and the divergence could not be told.
STEPS, UNITS, COMPONENTS = 250, 10, 10
DRAWS = 5
CHANGE = "end - birth"
DIVERGENCE, ALIGNMENT = "spontaneous-evoked divergence", "subspace alignment"
EVOKED, EFFECTIVE = "participation ratio, evoked", "effective dimension, evoked"
SPONTANEOUS = "participation ratio, spontaneous"
SPARSENESS = "population sparseness, spontaneous"
RATE, EVENTS = "events per frame", "participation in events"
#: In the order in which they are measured.
MEASURES = (DIVERGENCE, ALIGNMENT, EVOKED, EFFECTIVE, SPONTANEOUS, SPARSENESS, RATE, EVENTS)


@dataclass(frozen=True, kw_only=True)
class Part:
    """
    One hidden population at one stage: what it does, and what its surrogate does.

    Parameters
    ----------
    spontaneous, evoked : numpy.ndarray, (sample, neuron)
        Rates; spontaneous ones realisation after realisation.
    rest : float
        The rate without drive, above which a neuron counts as active in a word.
    seed : int
        Seed of the surrogate and of the words.
    """

    spontaneous: Floats
    evoked: Floats
    rest: float
    seed: int

    @cached_property
    def divergence(self) -> xr.Dataset:
        """Of evoked from spontaneous words, with its own interval."""
        fewest = min(len(self.spontaneous), len(self.evoked))
        return spontaneous_evoked_divergence(
            activity_of(self.spontaneous),
            activity_of(self.evoked),
            units=UNITS,
            groups=DRAWS,
            threshold=self.rest,
            blocks=int(np.clip(fewest // 8, 8, 32)),
            seed=self.seed,
        )

    @cached_property
    def roles(self) -> list[tuple[Floats, Floats, list[Floats]]]:
        """Spontaneous and evoked activity, and events; its own, and those of the surrogate."""
        apart = shuffled(self.spontaneous, self.seed), shuffled(self.evoked, self.seed + 1)
        both = (self.spontaneous, self.evoked), apart
        return [(*rates, _events(rates[0])) for rates in both]

    def numbers(self, group: int | None) -> Floats:
        """Return what `MEASURES` names, without one group of samples, (role, measure)."""
        some = np.arange(len(self.spontaneous)) // STEPS != (-1 if group is None else group)
        rest = kept(len(self.evoked), group)
        # Words of independent neurons stand for those of shuffled ones, without their noise.
        words = [float(self.divergence[name]) for name in ("divergence", "surrogate")]
        measured = [
            _numbers(rates[some], answers[rest], events, group)
            for rates, answers, events in self.roles
        ]
        return np.column_stack([words, measured])


#: By population and stage.
Parts = dict[tuple[str, str], Part]


def parts_of(lived: Lived, noise: NoiseProcess, stimuli: Stimuli, seed: int) -> Parts:
    """
    Present noise and stimuli to a network at all of its stages.

    Parameters
    ----------
    lived : Lived
        The network.
    noise : Noise or FrameNoise
        Its spontaneous input.
    stimuli : Stimuli
        What evokes activity.
    seed : int
        Added to the seed of the life.

    Returns
    -------
    dict of Part
        By population and stage.
    """
    drawn = lived.seed + seed
    frames = realisations(noise, units=lived.inputs, count=GROUPS, steps=STEPS, seed=drawn)
    inputs = frames.reshape(-1, lived.inputs)
    shown = np.asarray(stimuli.rates(), float)
    rests = _rests(lived)
    parts = {}
    for stage in lived.stages:
        spontaneous, evoked = (lived.rates(given, stage) for given in (inputs, shown))
        for name in lived.hidden:
            own = spontaneous[name], evoked[name]
            parts[name, stage] = Part(
                spontaneous=own[0], evoked=own[1], rest=rests[name], seed=drawn
            )
    return parts


def _rests(lived: Lived) -> dict[str, float]:
    """Return the rates of hidden populations without drive."""
    weights = lived.tree["weights"].to_dataset()
    told = description_of(lived.tree, weights, list(lived.hidden), "compare")
    rates = [float(TRANSFERS[transfer][0](np.zeros(()))) for transfer in told.transfers]
    return dict(zip(lived.hidden, rates, strict=True))


def measurement_of(lived: Lived, parts: Parts) -> Measurement:
    """Return what measures one network, of its own parts."""

    def measurement(group: int | None) -> Mapping[str, Floats]:
        found = {}
        for name in lived.hidden:
            own = {stage: parts[name, stage].numbers(group) for stage in lived.stages}
            change = own.get(END, own[BIRTH]) - own[BIRTH]
            for stage, values in {**own, CHANGE: change}.items():
                control = own[BIRTH][0] if stage != CHANGE else np.full(len(values[0]), np.nan)
                three = np.stack([values[0], control, values[1]], axis=-1)
                for measure, row in zip(MEASURES, three, strict=True):
                    found[named(measure, name, stage)] = row
        return found

    return measurement


def intervals_of_words(
    lived: Lived, parts: Parts, estimates: Mapping[str, Estimate]
) -> dict[str, Estimate]:
    """Return divergences of one network with their own intervals; a jackknife's are too wide."""
    found = {}
    for name in lived.hidden:
        halves = {
            stage: np.array([_half(parts[name, at].divergence, who) for at, who in columns])
            for stage, columns in (
                (stage, ((stage, "divergence"), (BIRTH, "divergence"), (stage, "surrogate")))
                for stage in lived.stages
            )
        }
        if END in halves:
            halves[CHANGE] = np.hypot(halves[END], halves[BIRTH])
        for stage, half in halves.items():
            value = estimates[named(DIVERGENCE, name, stage)][0]
            found[named(DIVERGENCE, name, stage)] = (value, value - half, value + half)
    return found


def _half(words: xr.Dataset, who: str) -> float:
    ends = ("low", "high") if who == "divergence" else (f"{who}_low", f"{who}_high")
    return float(words[ends[1]] - words[ends[0]]) / 2


def named(measure: str, population: str, stage: str) -> str:
    """Return the name of a row."""
    return Row(measure=measure, population=population, stage=stage).name


def _events(rates: Floats) -> list[Floats]:
    """Return participations in the events of each realisation."""
    return [event_participations(part) for part in np.split(rates, GROUPS)]


def _numbers(
    spontaneous: Floats, evoked: Floats, events: Sequence[Floats], group: int | None
) -> list[float]:
    """Return what `MEASURES` names after the divergence."""
    some = [part for number, part in enumerate(events) if number != group]
    taking_part = np.concatenate([np.empty(0), *some])
    return [
        alignment(spontaneous, evoked, COMPONENTS),
        participation(evoked),
        dimension(evoked),
        participation(spontaneous),
        population_sparseness(spontaneous),
        len(taking_part) / len(spontaneous),
        float(taking_part.mean()) if len(taking_part) else float("nan"),
    ]
