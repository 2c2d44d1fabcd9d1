"""How alike forward and feedback weights of the same neurons are in size and sign."""

from collections.abc import Callable

import numpy.typing as npt
import xarray as xr

from . import array
from .array import Floats
from .trajectory import group, required_partners


def weight_norm_ratio(life: xr.DataTree) -> xr.DataArray:
    r"""
    Measure how large forward weights are beside feedback weights, layer by layer.

    .. math:: |W|_F / |B|_F

    Where the two are aligned, the errors that feedback synapses send are smaller than those of
    backpropagation by this ratio.
    Source: A. J. Sanfiz and M. Akrout, "Benchmarking the accuracy and robustness of feedback
    alignment algorithms", 2021.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, synapses)
        Ratios. `synapses` names the forward projections that have a feedback partner, in order
        of layer. NaN where all feedback weights are zero or a joined life has ended.

    Raises
    ------
    ValueError
        If no forward synapses have a feedback partner.

    Examples
    --------
    >>> import xarray as xr
    >>> forward = (("checkpoint", "outputs", "hidden_1"), [[[3.0], [4.0]]])
    >>> feedback = (("checkpoint", "hidden_1", "outputs"), [[[0.0, -2.0]]])
    >>> weights = xr.Dataset({
    ...     "forward_2": (*forward, {"kind": "forward", "layer": 2}),
    ...     "feedback_2": (*feedback, {"kind": "feedback", "partner": "forward_2"}),
    ... })
    >>> weight_norm_ratio(xr.DataTree.from_dict({"/weights": weights})).values
    array([[2.5]])
    """
    result = _of_pairs(life, array.norm_ratio, "weight_norm_ratio")
    result.attrs = {"units": "1", "long_name": "norm of forward over that of feedback weights"}
    return result


def sign_concordance(life: xr.DataTree) -> xr.DataArray:
    r"""
    Measure the share of feedback weights that have the sign of their forward weight.

    .. math:: \frac{\#\{W_{ki} B_{ik} > 0\}}{\#\{W_{ki} B_{ik} \neq 0\}}

    layer by layer: 0.5 for weights that are independent of each other. Pairs in which a synapse is
    absent, or has the weight zero, do not count.
    Source: N. Ahmad, L. Ambrogioni and M. A. J. van Gerven, "Overcoming the weight transport
    problem via spike-timing-dependent weight inference", 2020.

    Stored feedback weights of rules that set them in every step (`SignSymmetry`,
    `PseudoBackpropagation`) are at birth (checkpoint 0) the drawn ones, through which no error has
    travelled yet, and afterwards those of the last step.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, synapses)
        Shares, 0 to 1. `synapses` names the forward projections that have a feedback partner, in
        order of layer. NaN where no pair has signs or a joined life has ended.

    Raises
    ------
    ValueError
        If no forward synapses have a feedback partner.

    Examples
    --------
    >>> import xarray as xr
    >>> forward = (("checkpoint", "outputs", "hidden_1"), [[[3.0], [4.0], [1.0]]])
    >>> feedback = (("checkpoint", "hidden_1", "outputs"), [[[1.0, -2.0, 0.0]]])
    >>> weights = xr.Dataset({
    ...     "forward_2": (*forward, {"kind": "forward", "layer": 2}),
    ...     "feedback_2": (*feedback, {"kind": "feedback", "partner": "forward_2"}),
    ... })
    >>> sign_concordance(xr.DataTree.from_dict({"/weights": weights})).values
    array([[0.5]])
    """
    result = _of_pairs(life, array.sign_concordance, "sign_concordance")
    result.attrs = {
        "units": "1",
        "long_name": "share of equal signs of forward and feedback weights",
    }
    return result


def _of_pairs(
    life: xr.DataTree, measure: Callable[[npt.ArrayLike, npt.ArrayLike], Floats], where: str
) -> xr.DataArray:
    weights = group(life, "weights", where)
    results = {}
    for forward, feedback in required_partners(weights, where).items():
        pair = list(weights[forward].dims[-2:])
        results[forward] = xr.apply_ufunc(
            measure, weights[forward], weights[feedback], input_core_dims=[pair, pair]
        )
    result = xr.Dataset(results).to_dataarray("synapses", name=where)
    result["synapses"].attrs = {"units": "1", "long_name": "forward synapses"}
    return result.transpose(..., "checkpoint", "synapses")
