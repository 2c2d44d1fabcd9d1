"""Binary words: which of a few neurons are active together."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..arguments import check_axes

LONGEST = 62  # bits that fit into int64 without its sign

Threshold = float | Literal["median"]


def binary_words(
    activity: xr.DataArray,
    *,
    samples: str = "sample",
    neurons: str = "neuron",
    threshold: Threshold = 0.0,
) -> xr.DataArray:
    r"""
    Write the activity of a few neurons in every sample as one whole number.

    .. math:: w_t = \sum_i 2^i \, [a_{ti} > \vartheta_i]

    with the neurons :math:`i` counted from 0. For counts of spikes in short bins the threshold 0
    means "at least one spike" (P. Berkes, G. Orban, M. Lengyel and J. Fiser, Science 331:83,
    2011: bins of 2 ms).

    Parameters
    ----------
    activity : xarray.DataArray, (..., samples, neurons)
        Rates or counts.
    samples, neurons : str
        Names of the dims.
    threshold : float or "median"
        What activity must exceed; "median" stands for every neuron's own median over samples.

    Returns
    -------
    xarray.DataArray of int64, (..., samples)
        Words, 0 to :math:`2^n - 1` of n neurons. Activity that is NaN counts as none.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing, there are more than 62 neurons, or the threshold is something else.

    Examples
    --------
    >>> import xarray as xr
    >>> counts = xr.DataArray([[0, 0], [2, 0], [0, 1], [1, 1]], dims=("sample", "neuron"))
    >>> binary_words(counts).values
    array([0, 1, 2, 3])
    """
    check_axes(activity, "binary_words.activity", samples=samples, neurons=neurons)
    check_threshold(threshold, "binary_words")
    if activity.sizes[neurons] > LONGEST:
        raise ValueError(
            f"binary_words.activity: expected at most {LONGEST} neurons, got "
            f"{activity.sizes[neurons]}; select some of them first"
        )
    result = xr.apply_ufunc(
        lambda values: pack(binary(values, threshold)),
        activity,
        input_core_dims=[[samples, neurons]],
        output_core_dims=[[samples]],
    ).rename("binary_words")
    result.attrs = {"units": "1", "long_name": f"binary words of the activity of {neurons}"}
    return result


def binary(activity: npt.NDArray, threshold: Threshold) -> npt.NDArray[np.bool_]:
    """Tell who is active, (..., sample, neuron)."""
    if threshold == "median":
        return activity > np.median(activity, axis=-2, keepdims=True)
    return activity > threshold


def pack(bits: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the words of bits, (..., sample, neuron) -> (..., sample)."""
    return bits @ (np.int64(1) << np.arange(bits.shape[-1], dtype=np.int64))


def unpack(words: npt.NDArray[np.int64], units: int) -> npt.NDArray[np.int64]:
    """Return the bits of words, (word) -> (word, unit)."""
    return (words[:, np.newaxis] >> np.arange(units)) & 1


def block_counts(
    words: npt.NDArray[np.int64], seen: npt.NDArray[np.int64], blocks: int
) -> npt.NDArray[np.int64]:
    """Count words in contiguous runs of samples, (sample), (word) -> (block, word)."""
    places = np.searchsorted(seen, words)
    block = np.arange(words.size) * blocks // words.size
    flat = np.bincount(block * seen.size + places, minlength=blocks * seen.size)
    return flat.reshape(blocks, seen.size)


def check_threshold(threshold: object, where: str) -> None:
    """Refuse a threshold that is neither a number nor a known name."""
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    if not (number or threshold == "median"):
        raise ValueError(
            f"{where}.threshold: expected a number or 'median', got {threshold!r}; 0 takes every "
            f"activity above 0"
        )
