"""Activity in stretches of time, of which one can be left out, as numbers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data.recordings import spike_counts

from ..activity.sparseness import treves_rolls
from ..array import Floats
from .estimates import GROUPS
from .measures import event_participations, participation, population_sparseness
from .pairs import binned, index_and_correlation, summaries

__all__ = ["PAIRS", "Stretches", "stretches_of"]

_LONGEST = 500  # bins of a stretch of a recording
#: What is measured of pairs by their distance.
PAIRS = (
    "correlation index of near pairs",
    "correlation index of far pairs",
    "correlation of near pairs",
    "correlation of far pairs",
)


@dataclass(frozen=True, kw_only=True)
class Stretches:
    """
    What units do in stretches of time.

    Parameters
    ----------
    rates : numpy.ndarray, (stretch, sample, unit)
        Rates or counts, not negative.
    apart : numpy.ndarray, (pair,), optional
        Distances of the units in micrometres.
    """

    rates: Floats
    apart: Floats | None = None

    @cached_property
    def events(self) -> list[Floats]:
        """Shares of units that take part in the events of each stretch."""
        return [event_participations(stretch) for stretch in self.rates]

    def numbers(self, group: int | None) -> dict[str, Floats]:
        """Return all measures by name, without one of the stretches."""
        some = [number for number in range(len(self.rates)) if number != group]
        rates = self.rates[some].reshape(-1, self.rates.shape[-1])
        index, correlation = index_and_correlation(rates)
        taking_part = np.concatenate([self.events[number] for number in some])
        found: dict[str, Any] = {
            "correlation": _mean(correlation),
            "participation ratio": participation(rates),
            "lifetime sparseness": _mean(treves_rolls(rates.T)),
            "population sparseness": population_sparseness(rates),
            "participation in events": _mean(taking_part),
        }
        if self.apart is not None:
            pairs = summaries(index, correlation, self.apart)
            found |= {measure: pairs[measure] for measure in PAIRS}
            curves = [binned(values, self.apart) for values in (index, correlation)]
            found["curves"] = np.stack(curves)
        return {name: np.asarray(value, float) for name, value in found.items()}


def stretches_of(recording: xr.Dataset, bin_width: float, apart: Floats | None) -> Stretches:
    """
    Return counts of spikes in stretches of time.

    Parameters
    ----------
    recording : xarray.Dataset
        The spikes.
    bin_width : float
        Seconds of a bin.
    apart : numpy.ndarray, (pair,), optional
        Distances of the units in micrometres.

    Raises
    ------
    ValueError
        If there are too few units, or bins.
    """
    counts = np.asarray(spike_counts(recording, bin_width).values, float)
    length = min(len(counts) // GROUPS, _LONGEST)
    if length < 2 or counts.shape[1] < 2:
        raise ValueError(
            f"compare.reference: expected a recording of at least 2 units and {2 * GROUPS} bins of "
            f"{bin_width:g} s, got {counts.shape[1]} units and {len(counts)} bins; give a smaller "
            f"bin_width"
        )
    starts = np.arange(GROUPS) * (len(counts) // GROUPS)
    rates = np.stack([counts[start : start + length] for start in starts])
    return Stretches(rates=rates, apart=apart)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
