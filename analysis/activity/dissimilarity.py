"""Representational dissimilarity: which stimuli activity tells apart, and how far."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from ontogeny.data.extras import needed

from ..arguments import check_axes
from ..array import Floats
from ..statistics import check_dim, is_spread

_MEASURES = {
    "correlation": "1 - Pearson correlation of patterns",
    "euclidean": "squared Euclidean distance of patterns over number of neurons",
}


def representational_dissimilarity(
    activity: xr.DataArray,
    *,
    method: Literal["correlation", "euclidean"] = "correlation",
    samples: str = "sample",
    neurons: str = "neuron",
) -> xr.DataArray:
    r"""Measure how different the activity is that each pair of stimuli evokes.

    For the patterns :math:`r_i` and :math:`r_j` over neurons,

    .. math:: d_{ij} = 1 - \mathrm{corr}(r_i, r_j),

    or their squared Euclidean distance over the number of neurons (N. Kriegeskorte, M. Mur and P.
    Bandettini, Frontiers in Systems Neuroscience 2:4, 2008); `rsatoolbox.rdm.calc_rdm` computes
    both.

    Parameters
    ----------
    activity : xarray.DataArray, (..., samples, neurons)
        One pattern per stimulus; average repeats first.
    method : {"correlation", "euclidean"}
        What to measure.
    samples, neurons : str
        Names of the dims.

    Returns
    -------
    xarray.DataArray, (..., pair)
        Dissimilarities, the upper triangle of the matrix row by row; `stimulus_1` and `stimulus_2`
        are the labels of the samples, or their numbers. NaN where a pattern is the same for all
        neurons and so has no correlation, or one is NaN.

    Raises
    ------
    ImportError
        If rsatoolbox is not installed.
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing or has fewer than two entries, or there is no such method.

    See Also
    --------
    square_dissimilarity : the whole matrix.

    Examples
    --------
    >>> rates = xr.DataArray([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], dims=("sample", "neuron"))
    >>> representational_dissimilarity(rates).values
    array([2.])
    """
    where = "representational_dissimilarity"
    if method not in _MEASURES:
        raise ValueError(f"{where}.method: expected one of {list(_MEASURES)}, got {method!r}")
    check_axes(activity, f"{where}.activity", samples=samples, neurons=neurons)
    for dim in (samples, neurons):
        if activity.sizes[dim] < 2:
            raise ValueError(
                f"{where}.activity: expected at least 2 along {dim!r}, got {activity.sizes[dim]}"
            )
    toolbox = needed("rsatoolbox", where)
    found = xr.apply_ufunc(
        _dissimilarities,
        activity,
        input_core_dims=[[samples, neurons]],
        output_core_dims=[["pair"]],
        vectorize=True,
        kwargs={"method": method, "toolbox": toolbox},
    ).rename(where)
    units = activity.attrs.get("units", "1")
    found.attrs = {
        "units": "1" if method == "correlation" or units == "1" else f"{units}2",
        "long_name": f"dissimilarity: {_MEASURES[method]}",
    }
    labels = activity[samples].values
    first, second = np.triu_indices(activity.sizes[samples], 1)
    return found.assign_coords(
        stimulus_1=("pair", labels[first], {"units": "1", "long_name": "first stimulus"}),
        stimulus_2=("pair", labels[second], {"units": "1", "long_name": "second stimulus"}),
    )


def square_dissimilarity(dissimilarity: xr.DataArray) -> xr.DataArray:
    """Write the dissimilarities of pairs as a symmetric matrix.

    Parameters
    ----------
    dissimilarity : xarray.DataArray, (..., pair)
        As `representational_dissimilarity` returns it.

    Returns
    -------
    xarray.DataArray, (..., stimulus_1, stimulus_2)
        The matrix, with 0 on its diagonal.

    Raises
    ------
    ValueError
        If the dim is missing, or its length is no number of pairs.

    Examples
    --------
    >>> pairs = xr.DataArray([0.5, 1.0, 2.0], dims="pair")
    >>> square_dissimilarity(pairs).values[0]
    array([0. , 0.5, 1. ])
    """
    stimuli = stimulus_count(dissimilarity, "square_dissimilarity.dissimilarity")
    found = xr.apply_ufunc(
        lambda pairs: square(pairs, stimuli, 0.0),
        dissimilarity,
        input_core_dims=[["pair"]],
        output_core_dims=[["stimulus_1", "stimulus_2"]],
        keep_attrs=True,
    )
    if "stimulus_1" not in dissimilarity.coords:
        return found
    firsts = dissimilarity["stimulus_1"].values
    lasts = dissimilarity["stimulus_2"].values[: stimuli - 1]
    names = np.concatenate([firsts[:1], lasts])
    return found.assign_coords(stimulus_1=names, stimulus_2=names)


def square(pairs: npt.ArrayLike, stimuli: int, diagonal: float) -> Floats:
    """Write the upper triangle along the last axis as symmetric matrices.

    Parameters
    ----------
    pairs : array_like, (..., pair)
        Values row by row.
    stimuli : int
        Rows and columns of each matrix.
    diagonal : float
        What to write on the diagonal.

    Returns
    -------
    numpy.ndarray, (..., stimulus, stimulus)
        The matrices.
    """
    values = np.asarray(pairs, dtype=np.float64)
    matrices = np.full((*values.shape[:-1], stimuli, stimuli), diagonal)
    first, second = np.triu_indices(stimuli, 1)
    matrices[..., first, second] = values
    matrices[..., second, first] = values
    return matrices


def stimulus_count(dissimilarity: xr.DataArray, where: str) -> int:
    """Return of how many stimuli there are all pairs.

    Parameters
    ----------
    dissimilarity : xarray.DataArray, (..., pair)
        Values of pairs.
    where : str
        Who asks, for messages.

    Raises
    ------
    ValueError
        If the dim is missing, or its length is no number of pairs.
    """
    check_dim(dissimilarity, "pair", where)
    pairs = dissimilarity.sizes["pair"]
    stimuli = round((1 + (1 + 8 * pairs) ** 0.5) / 2)
    if stimuli < 2 or stimuli * (stimuli - 1) // 2 != pairs:
        raise ValueError(
            f"{where}: expected all pairs of some stimuli, n (n - 1) / 2 of them, got {pairs}"
        )
    return stimuli


def _dissimilarities(patterns: Floats, *, method: str, toolbox: Any) -> Floats:
    values = np.asarray(patterns, dtype=np.float64)
    if method == "correlation":
        # Patterns without spread have no correlation, but what rounding leaves of them has.
        values = np.where(is_spread(values)[:, np.newaxis], values, np.nan)
    found = toolbox.rdm.calc_rdm(toolbox.data.Dataset(values), method=method)
    return np.asarray(found.dissimilarities[0], dtype=np.float64)
