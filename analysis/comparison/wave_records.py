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
    "mean_of",
    "name_of",
    "published_curves",
    "published_row",
    "recorded",
    "recorded_curves",
    "recorded_row",
    "told_of",
]

_NAN = float("nan")
_EYES_SHUT = "P9"


def recorded(recording: xr.Dataset, bin_width: float) -> tuple[Mapping[str, float], Floats]:
    """
    Measure a recording of spikes as the input of a life is measured.

    Parameters
    ----------
    recording : xarray.Dataset
        With positions.
    bin_width : float
        Seconds of a bin, of the correlation.

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
    counts = np.asarray(spike_counts(recording, bin_width).values, float)
    _, correlation = index_and_correlation(counts)
    curves = np.stack([binned(index, distance), binned(correlation, distance)])
    return summaries(index, correlation, distance), curves


def published_row(name: str, table: xr.Dataset) -> Row:
    """
    Return the row of one quantity, with what was published.

    Parameters
    ----------
    name : str
        One of the names of `summaries`.
    table : xarray.Dataset
        That of Demas, Eglen & Wong (2003).
    """
    shut = next(
        (group for group in table["group"].values if _EYES_SHUT in str(group)),
        table["group"].values[0],
    )
    intercept, half = (float(table[what].sel(group=shut)) for what in ("intercept", "half_maximum"))
    published = {"intercept": intercept, "half maximum": half}.get(name, _NAN)
    reference = published
    if name in ("intercept", "half maximum"):
        note = f"reference: published for {shut}"
    elif name.startswith("correlation index"):
        low, high = NEAR if "near" in name else FAR
        between = np.linspace(low, high, 50)
        reference = float(np.mean(intercept * 2 ** (-between / half)))
        note = f"reference: the published fit for {shut} over these distances"
    else:
        note = "no reference: correlations were not published"
    return _row(name, note, (reference, _NAN, _NAN), published)


def recorded_row(name: str, found: Sequence[Mapping[str, float]], bin_width: float) -> Row:
    """
    Return the row of one quantity, with what was recorded.

    Parameters
    ----------
    name : str
        One of the names of `summaries`.
    found : sequence of mapping
        Numbers of recordings.
    bin_width : float
        Seconds of a bin, of the correlation.
    """
    how = f"in bins of {bin_width:g} s" if name.startswith("correlation of") else _WITHIN
    reference = mean_of([numbers[name] for numbers in found])
    note = f"reference: {len(found)} recording(s), {how}"
    if not np.isfinite(reference[0]):
        note = f"no reference: {len(found)} recording(s), without such pairs that can be measured"
    return _row(name, note, reference)


def _row(
    name: str, note: str, reference: tuple[float, float, float], published: float = _NAN
) -> Row:
    return Row(
        measure=name,
        population="input",
        unit="um" if name == "half maximum" else "1",
        note=f"{_WHAT[name]}; {note}",
        reference=reference,
        published=published,
    )


_WITHIN = "of spikes within 50 ms"
_WHAT = {
    "intercept": "correlation index at distance 0, of the fit ln C = a - d/b",
    "half maximum": "distance at which the fit has fallen by half; none where it does not fall",
    "correlation index of near pairs": f"up to {NEAR[1]:g} um apart; 1 is independence",
    "correlation index of far pairs": f"{FAR[0]:g} to {FAR[1]:g} um apart; 1 is independence",
    "correlation of near pairs": f"Pearson's, up to {NEAR[1]:g} um apart",
    "correlation of far pairs": f"Pearson's, {FAR[0]:g} to {FAR[1]:g} um apart",
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


def name_of(recording: xr.Dataset) -> str:
    """Return what a recording is called: its name, or that of its file."""
    told = (str(recording.attrs.get(what, "")) for what in ("name", "source"))
    return next((text for text in told if text), "recording")


def told_of(recordings: Sequence[xr.Dataset], bin_width: float) -> dict[str, Any]:
    """Return the attributes that tell which recordings were the reference, and whom to cite."""
    names = [name_of(one) for one in recordings]
    cited = [str(one.attrs.get("citation", "")) for one in recordings]
    texts = [
        text or f"The recording {name}, of which no citation is stored"
        for name, text in zip(names, cited, strict=True)
    ]
    return {
        "recording": ", ".join(names),
        "citation": ". ".join(dict.fromkeys(texts)),
        "origin": "recording",
        "reference": f"{'the recording' if len(names) == 1 else 'recordings'} {', '.join(names)}",
        "bin_width": bin_width,
    }


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
    names = [name_of(one) for one in recordings]
    curves = np.stack([one[1] for one in found])
    dims = ("recording", "distance")
    return {
        "recorded_correlation_index": (dims, curves[:, 0], {"units": "1"}),
        "recorded_correlation": (dims, curves[:, 1], {"units": "1"}),
        "recording": ("recording", np.array(names, dtype=str)),
    }
