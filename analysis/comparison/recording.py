"""A recording of any kind beside the input and the hidden populations of a life."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import NoiseProcess

from ..array import Floats
from ..spikes.pairs import distances, positions_of
from .estimates import GROUPS, Estimate, Measurement, estimated, interval_text, jackknifed
from .findings import Row, findings
from .networks import BIRTH, END, Lived
from .noise_of_life import realisations
from .pairs import CENTRES
from .stretches import PAIRS, Stretches, stretches_of
from .wave_records import name_of
from .waves import places_of, shuffled

__all__ = ["recording_comparison"]

INPUT = "input"
CAUTION = (
    "Rates of the life have no unit and its frames no duration: only measures that do not depend "
    "on the scale of rates are compared, of as many units and samples as the recording has. Counts "
    "of spikes scatter where rates do not: few spikes in a bin make activity seem sparser, of more "
    "dimensions and less correlated than rates would, so that all of these depend on the width of "
    "the bins."
)
CONTROL = (
    "the same network at birth; of the input, which does not depend on the network, the same input "
    "with the frames of every unit in an order of its own"
)
SURROGATE = (
    "the same activity with the samples of every neuron in an order of its own, so that neurons "
    "share nothing; of the input this is the control"
)
_MEASURES = {
    "correlation": "mean of Pearson's over all pairs",
    "participation ratio": "of as many units and samples as the recording has",
    "lifetime sparseness": "mean over units",
    "population sparseness": "mean over samples with activity",
    "participation in events": "share of units, in events of more than a fifth of them at once",
}


def recording_comparison(
    lives: Sequence[Lived],
    noise: NoiseProcess,
    recording: xr.Dataset,
    *,
    spacing: float,
    bin_width: float,
    seed: int,
) -> xr.Dataset:
    """
    Set the activity of networks beside a recording; see `compare`.

    Parameters
    ----------
    lives : sequence of Lived
        The networks.
    noise : Noise or FrameNoise
        Their spontaneous input.
    recording : xarray.Dataset
        The spikes.
    spacing : float
        Micrometres between neighbouring input units.
    bin_width : float
        Seconds of a bin of the recording.
    seed : int
        Added to the seeds of the lives for what is drawn.
    """
    place = positions_of(recording)
    stretches = stretches_of(recording, bin_width, None if place is None else distances(place))
    theirs = jackknifed(stretches.numbers)
    _, steps, units = stretches.rates.shape
    measured = [_measurement(lived, noise, (steps, units), spacing, seed) for lived in lives]
    estimates = estimated(measured)
    last = _last(lives[0])
    populations = [(INPUT, ""), *((name, last) for name in lives[0].hidden)]
    sizes = {name: lives[0].tree["weights"].sizes[name] for name in lives[0].hidden}
    rows = [_rate(recording)]
    for measure in (*PAIRS, *_MEASURES):
        for population, stage in populations:
            if measure in _MEASURES or population == INPUT:
                fewer = sizes.get(population, lives[0].inputs) < units
                rows.append(_row(measure, population, stage, theirs, bin_width, fewer=fewer))
    name = name_of(recording)
    cited = recording.attrs.get("citation")
    return findings(
        rows,
        estimates,
        curves=_curves(estimates, theirs),
        coords={"distance": ("distance", CENTRES, {"units": "um", "long_name": "distance"})},
        attributes={
            "comparison": "recording",
            "recording": name,
            "citation": str(cited or f"The recording {name}, of which no citation is stored"),
            "origin": "recording",
            "reference": f"the recording {name}",
            "caution": CAUTION,
            "control": CONTROL,
            "surrogate": SURROGATE,
            "interval": interval_text(len(lives), GROUPS, "independent realisations")
            + f"; of the recording from the jackknife over {GROUPS} stretches of time",
            "seeds": [lived.seed for lived in lives],
            "input": noise.title(),
            "spacing": spacing,
            "bin_width": bin_width,
        },
    )


def _last(lived: Lived) -> str:
    """Return the stage that is compared."""
    return END if END in lived.stages else list(lived.stages)[-1]


def _measurement(
    lived: Lived, noise: NoiseProcess, shape: tuple[int, int], spacing: float, seed: int
) -> Measurement:
    steps, units = shape
    drawn = lived.seed + seed
    random = np.random.default_rng(drawn)
    frames = realisations(noise, units=lived.inputs, count=GROUPS, steps=steps, seed=drawn)
    flat = frames.reshape(-1, lived.inputs)
    places = places_of(noise, lived.inputs, spacing)
    chosen = random.permutation(lived.inputs)[:units]
    rates_of: dict[tuple[str, str], Floats] = {(INPUT, ""): flat[:, chosen]}
    orders: dict[str, Any] = {}
    for stage in (BIRTH, _last(lived)):
        for name, rates in lived.rates(flat, stage).items():
            order = orders.setdefault(name, random.permutation(rates.shape[1])[:units])
            rates_of[name, stage] = rates[:, order]
    distance = {INPUT: distances(places[chosen])}
    parts, mixed = (
        {place: _split(rates, distance.get(place[0]), mix) for place, rates in rates_of.items()}
        for mix in (None, drawn)
    )

    def measurement(group: int | None) -> Mapping[str, Floats]:
        found: dict[str, Floats] = {}
        for population, stage in parts:
            if stage == BIRTH:
                continue
            own, born, apart = (
                each[place].numbers(group) if place in each else {}
                for each, place in (
                    (parts, (population, stage)),
                    (parts, (population, BIRTH)),
                    (mixed, (population, stage)),
                )
            )
            # The input was not born: what shares nothing is its control.
            three = [own, apart, {}] if population == INPUT else [own, born, apart]
            for measure in three[0]:
                row = Row(measure=measure, population=population, stage=stage).name
                nothing = np.full_like(three[0][measure], np.nan)
                found[row] = np.stack([one.get(measure, nothing) for one in three])
        return found

    return measurement


def _split(rates: Floats, apart: Floats | None, mix: int | None) -> Stretches:
    """Cut rates into realisations; with a seed, samples of every unit in an order of its own."""
    rates = rates if mix is None else shuffled(rates, mix)
    parts = np.maximum(rates, 0.0).reshape(GROUPS, -1, rates.shape[-1])
    return Stretches(rates=parts, apart=apart)


def _row(
    measure: str,
    population: str,
    stage: str,
    theirs: Mapping[str, Estimate],
    bin_width: float,
    *,
    fewer: bool,
) -> Row:
    missing = (np.array(np.nan),) * 3
    told = _MEASURES.get(measure, "1 is independence" if "index" in measure else "Pearson's")
    told += f"; of the recording in bins of {bin_width:g} s"
    if fewer and measure == "participation ratio":
        theirs = {}
        told = "no reference: the recording has more units, with which the ratio grows"
    value, low, high = (float(end) for end in theirs.get(measure, missing))
    if measure in PAIRS and measure not in theirs:
        told += "; no reference: the recording has no positions"
    elif measure in PAIRS and np.isnan(value):
        told += "; no reference: the recording has no such pairs"
    return Row(
        measure=measure,
        population=population,
        stage=stage,
        note=told,
        reference=(value, low, high),
    )


def _rate(recording: xr.Dataset) -> Row:
    lasts = float(recording.attrs["stop"]) - float(recording.attrs["start"])
    rate = float(recording["spike_count"].mean()) / lasts if lasts > 0 else float("nan")
    return Row(
        measure="mean rate",
        unit="Hz",
        note="of the recording; no value: rates of the life have no unit",
        reference=(rate, float("nan"), float("nan")),
    )


def _curves(estimates: Mapping[str, Estimate], theirs: Mapping[str, Estimate]) -> dict[str, Any]:
    """Name the curves of input, its control and recording, by distance."""
    found = {}
    own = estimates[Row(measure="curves", population=INPUT).name]
    for number, end in enumerate(("", "_low", "_high")):
        for what, kind in enumerate(("correlation_index", "correlation")):
            found[f"{kind}{end}"] = ("distance", own[number][0, what], {"units": "1"})
            found[f"control_{kind}{end}"] = ("distance", own[number][1, what], {"units": "1"})
            if "curves" in theirs:
                curve = theirs["curves"][number][what]
                found[f"recorded_{kind}{end}"] = ("distance", curve, {"units": "1"})
    return found
