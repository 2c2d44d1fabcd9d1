"""Shared variability of a network beside that of neurons in visual areas V1 and V2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli
from ontogeny.data.references import references

from ..activity.noise_correlation import mean_pair_correlation, scores
from ..array import Floats
from .estimates import GROUPS, Measurement, Positions, estimated, interval_text, kept
from .findings import Row, findings
from .measures import participation
from .networks import BIRTH, Lived
from .waves import shuffled

__all__ = ["v1v2_comparison"]

#: Stimuli and repeats of each: 4 000 samples, as recorded.
STIMULI, REPEATS = 100, 40
CORRELATION, PARTICIPATION = "noise correlation", "participation ratio"
MEASURES = (CORRELATION, PARTICIPATION)
CAUTION = (
    "Static networks have no noise of their own: independent Gaussian noise of the stated standard "
    "deviation was added to their inputs, and what neurons share of it follows from their weights. "
    "Recorded variability has sources that the model lacks. The recording has no spontaneous part."
)
CONTROL = "the same neurons of the same network at birth, with the same stimuli and noise"
SURROGATE = "the same residuals with the samples of every neuron in an order of its own"


def v1v2_comparison(
    lives: Sequence[Lived], stimuli: Stimuli, *, input_noise_std: float, seed: int
) -> xr.Dataset:
    """
    Set the shared variability of networks beside that of V1 and V2; see `compare`.

    Parameters
    ----------
    lives : sequence of Lived
        The networks.
    stimuli : Stimuli
        What is presented repeatedly.
    input_noise_std : float
        Standard deviation of the noise that is added to every input.
    seed : int
        Added to the seeds of the lives for what is drawn.
    """
    reference = references()["semedo2019"]
    areas = reference.table
    sizes = {str(area): int(areas["neurons"].sel(area=area)) for area in areas["area"].values}
    repeated = [_repeated(one, stimuli, input_noise_std, seed) for one in lives]
    measured = [_measurement(each, sizes, seed) for each in repeated]
    fewest = {name: min(len(each.order[name]) for each in repeated) for name in lives[0].hidden}
    rows = [
        _row(measure, name, stage, area, areas, fewest[name])
        for measure in MEASURES
        for area in sizes
        for name in lives[0].hidden
        for stage in lives[0].stages
    ]
    return findings(
        rows,
        estimated(measured),
        attributes={
            "comparison": "v1v2",
            "citation": reference.citation,
            "origin": reference.origin,
            "reference": "neurons in V1 and V2 (Semedo et al. 2019)",
            "caution": CAUTION,
            "control": CONTROL,
            "surrogate": SURROGATE,
            "interval": interval_text(len(lives), GROUPS, "stimuli"),
            "seeds": [lived.seed for lived in lives],
            "stimuli": f"{min(STIMULI, len(stimuli))} of {stimuli.name}, {REPEATS} repeats of each",
            "input_noise_std": input_noise_std,
        },
    )


def _row(
    measure: str, population: str, stage: str, area: str, areas: xr.Dataset, changing: int
) -> Row:
    own = areas.sel(area=area)
    count = int(own["neurons"])
    number = float(own[measure.replace(" ", "_")])
    note = f"of {min(count, changing)} neurons; reference: {area}, {count} neurons"
    if changing < count and measure == PARTICIPATION:
        number = float("nan")
        note = f"of {changing} neurons, as no more change: no reference, which is of {count}"
    return Row(
        measure=f"{measure} of {count} ({area})",
        population=population,
        stage=stage,
        note=note,
        reference=(number, float("nan"), float("nan")),
    )


@dataclass(frozen=True, kw_only=True)
class _Repeated:
    """What one network does of itself with stimuli that are repeated, by population and stage."""

    stimuli: int
    residuals: Mapping[tuple[str, str], Floats]
    order: Mapping[str, Positions]


def _repeated(lived: Lived, stimuli: Stimuli, std: float, seed: int) -> _Repeated:
    random = np.random.default_rng(lived.seed + seed)
    some = stimuli.sample(min(STIMULI, len(stimuli)), seed=seed)
    shown = np.repeat(np.asarray(some.rates(), float), REPEATS, axis=0)
    inputs = shown + std * random.standard_normal(shown.shape)
    residuals = {
        (name, stage): _residuals(rates)
        for stage in lived.stages
        for name, rates in lived.rates(inputs, stage).items()
    }
    order = {name: _order(lived, residuals, name, random) for name in lived.hidden}
    return _Repeated(stimuli=len(some), residuals=residuals, order=order)


def _measurement(of: _Repeated, sizes: Mapping[str, int], seed: int) -> Measurement:
    def measurement(group: int | None) -> Mapping[str, Floats]:
        found = {}
        # Whole stimuli are left out, with all their repeats.
        rows = np.repeat(np.arange(of.stimuli), REPEATS)
        chosen = np.isin(rows, np.arange(of.stimuli)[kept(of.stimuli, group)])
        for (name, stage), values in of.residuals.items():
            births = of.residuals[name, BIRTH]
            for area, size in sizes.items():
                neurons = of.order[name][:size]
                own, birth = (each[chosen][:, neurons] for each in (values, births))
                three = [_pair(own), _pair(birth), _pair(shuffled(own, seed))]
                for measure, numbers in zip(MEASURES, zip(*three, strict=True), strict=True):
                    row = f"{measure} of {size} ({area}), {name}, {stage}"
                    found[row] = np.array(numbers)
        return found

    return measurement


def _residuals(rates: Floats) -> Floats:
    """Take the mean over repeats from the responses."""
    repeats = rates.reshape(-1, REPEATS, rates.shape[-1])
    return (repeats - repeats.mean(axis=1, keepdims=True)).reshape(rates.shape)


def _order(
    lived: Lived,
    residuals: Mapping[tuple[str, str], Floats],
    name: str,
    random: np.random.Generator,
) -> Positions:
    """Put neurons that change at every stage in a random order, the same at all stages."""
    stages = [residuals[name, stage] for stage in lived.stages]
    changing = np.all([np.ptp(each, axis=0) > 0 for each in stages], axis=0)
    return random.permutation(np.flatnonzero(changing))


def _pair(residuals: Floats) -> tuple[float, float]:
    """Return mean noise correlation and participation ratio."""
    if residuals.shape[1] < 2:
        return float("nan"), float("nan")
    weights = np.ones(residuals.shape[1])
    return float(mean_pair_correlation(scores(residuals), weights)), participation(residuals)
