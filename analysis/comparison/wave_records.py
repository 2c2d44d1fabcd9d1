"""Retinal waves that were recorded or published, as a life's input is set beside them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from ontogeny.data.recordings import spike_counts

from ..array import Floats
from ..spikes import correlation_index
from .findings import Row
from .pairs import CENTRES, FAR, NEAR, binned, index_and_correlation, summaries

__all__ = [
    "citation_of",
    "mean_of",
    "published_curves",
    "recorded",
    "recorded_curves",
    "row_of",
]

_BIN = 1.0  # seconds, of the correlation of recordings
_EYES_SHUT = "P9"


def recorded(recording: xr.Dataset) -> tuple[Mapping[str, float], Floats]:
    """
    Measure a recording of spikes as the input of a life is measured.

    Parameters
    ----------
    recording : xarray.Dataset
        With positions.

    Returns
    -------
    summaries, curves
        Numbers of pairs by name; index and correlation by distance, (2, bin).
    """
    if "position" not in recording:
        raise ValueError(
            "compare.recording: expected a recording with positions of units in um, got none; "
            "correlations by distance need them; a table of spikes has them in columns x and y, or "
            'in the second table of open_recording(..., positions="table.csv")'
        )
    found = correlation_index(recording)
    index = np.asarray(found["correlation_index"].values, float)
    distance = np.asarray(found["distance"].values, float)
    counts = np.asarray(spike_counts(recording, _BIN).values, float)
    _, correlation = index_and_correlation(counts)
    curves = np.stack([binned(index, distance), binned(correlation, distance)])
    return summaries(index, correlation, distance), curves


def row_of(name: str, table: xr.Dataset, found: Sequence[Mapping[str, float]]) -> Row:
    """
    Return the row of one quantity, with what was recorded or published.

    Parameters
    ----------
    name : str
        One of the names of `summaries`.
    table : xarray.Dataset
        That of Demas, Eglen & Wong (2003).
    found : sequence of mapping
        Numbers of recordings, which stand in place of the table's.
    """
    unit = "um" if name == "half maximum" else "1"
    notes = [_WHAT[name]]
    ages = {str(group): group for group in table["group"].values}
    shut = next(
        (label for text, label in ages.items() if _EYES_SHUT in text), ages[next(iter(ages))]
    )
    intercept, half = (float(table[what].sel(group=shut)) for what in ("intercept", "half_maximum"))
    published, reference = float("nan"), (float("nan"),) * 3
    if name in ("intercept", "half maximum"):
        published = intercept if name == "intercept" else half
        reference = (published, float("nan"), float("nan"))
        notes.append(f"published for {shut}")
    elif name.startswith("correlation index"):
        low, high = NEAR if "near" in name else FAR
        between = np.linspace(low, high, 50)
        reference = (float(np.mean(intercept * 2 ** (-between / half))), *reference[1:])
        notes.append(f"reference: the published fit for {shut} over these distances")
    if found:
        reference = mean_of([numbers[name] for numbers in found])
        compared = f"reference: {len(found)} recording(s)"
        notes[1:] = [compared, *(note for note in notes[1:] if not note.startswith("reference"))]
    return Row(
        measure=name,
        population="input",
        unit=unit,
        note="; ".join(notes),
        reference=reference,
        published=published,
    )


_WHAT = {
    "intercept": "correlation index at distance 0, of the fit ln C = a - d/b",
    "half maximum": "distance at which the fit has fallen by half; none where it does not fall",
    "correlation index of near pairs": f"up to {NEAR[1]:g} um apart; 1 is independence",
    "correlation index of far pairs": f"{FAR[0]:g} to {FAR[1]:g} um apart; 1 is independence",
    "correlation of near pairs": f"Pearson's, up to {NEAR[1]:g} um apart; of recordings in bins of "
    f"{_BIN:g} s",
    "correlation of far pairs": f"Pearson's, {FAR[0]:g} to {FAR[1]:g} um apart; of recordings in "
    f"bins of {_BIN:g} s",
}


def mean_of(values: Sequence[float]) -> tuple[float, float, float]:
    """Return mean and t interval over recordings, or over anything else."""
    known = np.array([value for value in values if np.isfinite(value)])
    if not len(known):
        return (float("nan"),) * 3
    mean = float(known.mean())
    if len(known) < 2:
        return mean, float("nan"), float("nan")
    half = float(stats.t.ppf(0.975, len(known) - 1) * known.std(ddof=1) / len(known) ** 0.5)
    return mean, mean - half, mean + half


def citation_of(recordings: Sequence[xr.Dataset], published: str) -> str:
    """Return what is cited: recordings, where there are some, and the table."""
    own = (str(one.attrs.get("citation", "")) for one in recordings)
    return ". ".join(dict.fromkeys(text for text in (*own, published) if text))


def published_curves(table: xr.Dataset) -> dict[str, Any]:
    """Return the published fits as curves, by group and distance."""
    intercept, half = (table[what].values[:, np.newaxis] for what in ("intercept", "half_maximum"))
    curves = intercept * 2 ** (-CENTRES / half)
    what = {"units": "1", "long_name": "published fit of the correlation index"}
    return {
        "published_index": (("group", "distance"), curves, what),
        "group": ("group", table["group"].values.astype(str)),
    }


def recorded_curves(
    recordings: Sequence[xr.Dataset], found: Sequence[tuple[Mapping[str, float], Floats]]
) -> dict[str, Any]:
    """Return index and correlation of recordings by distance."""
    if not found:
        return {}
    names = [str(one.attrs.get("name", number)) for number, one in enumerate(recordings)]
    curves = np.stack([one[1] for one in found])
    dims = ("recording", "distance")
    return {
        "recorded_correlation_index": (dims, curves[:, 0], {"units": "1"}),
        "recorded_correlation": (dims, curves[:, 1], {"units": "1"}),
        "recording": ("recording", np.array(names, dtype=str)),
    }
