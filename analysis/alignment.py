"""How far forward weights are aligned with the feedback weights of the same neurons."""

import xarray as xr

from . import array, features
from .trajectory import feedback_partners, group, required_partners


def weight_alignment(
    life: xr.DataTree, *, matrix: bool = False, centred: bool = False
) -> xr.DataArray:
    r"""
    Measure the angle between forward and feedback weights, layer by layer.

    For neuron :math:`i` of the source population, between its outgoing forward weights (column
    :math:`i` of :math:`W`) and its incoming feedback weights (row :math:`i` of :math:`B`),

    .. math:: \theta_i = \arccos \frac{\langle (W^T)_i, (B)_i \rangle}{|(W^T)_i| \, |(B)_i|},

    averaged over the neurons that have an angle (a neuron with only zero weights has none). Random
    vectors of 10 entries are 90 degrees apart, with a standard deviation of 19.1 degrees.
    Source: J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024, figure 1; the angle of the flattened
    matrices is that of M. Akrout et al., NeurIPS 2019.

    Stored feedback weights of rules that set them in every step (`SignSymmetry`,
    `PseudoBackpropagation`) are at birth (checkpoint 0) the drawn ones, through which no error has
    travelled yet, and afterwards those of the last step.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    matrix : bool
        Measure the angle of the flattened matrices instead of the mean over neurons.
    centred : bool
        Remove the mean over target neurons from the outgoing forward weights, and from the
        incoming feedback weights, of every neuron first. The errors of softmax outputs sum to 0,
        so that learning from them leaves the mean as it is: weights of :math:`d` outputs cannot
        turn further towards random feedback than to a cosine of about :math:`\sqrt{1 - 1/d}`,
        18.4 degrees for 10, unless it is removed.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, synapses)
        Degrees. `synapses` names the forward projections that have a feedback partner, in order
        of layer. NaN where a joined life has ended.

    Raises
    ------
    ValueError
        If no forward synapses have a feedback partner.

    See Also
    --------
    neuron_alignment : the angles before averaging.

    Examples
    --------
    >>> import xarray as xr
    >>> forward = (("checkpoint", "outputs", "hidden_1"), [[[3.0], [4.0]]])
    >>> feedback = (("checkpoint", "hidden_1", "outputs"), [[[4.0, -3.0]]])
    >>> weights = xr.Dataset({
    ...     "forward_2": (*forward, {"kind": "forward", "layer": 2}),
    ...     "feedback_2": (*feedback, {"kind": "feedback", "partner": "forward_2"}),
    ... })
    >>> life = xr.DataTree.from_dict({"/weights": weights})
    >>> float(weight_alignment(life).sel(synapses="forward_2").isel(checkpoint=0))
    90.0
    """
    weights = group(life, "weights", "weight_alignment")
    if centred:
        weights = _centred(weights)
    angles = {}
    for forward in required_partners(weights, "weight_alignment"):
        if matrix:
            angles[forward] = _matrix_angles(weights, forward)
        else:
            neurons = _neuron_angles(weights, forward)
            angles[forward] = neurons.mean(str(neurons.dims[-1]))
    result = xr.Dataset(angles).to_dataarray("synapses", name="weight_alignment")
    result["synapses"].attrs = {"units": "1", "long_name": "forward synapses"}
    what = "of whole matrices" if matrix else "mean over neurons"
    what += ", means over targets removed" if centred else ""
    result.attrs = {
        "units": "degree",
        "long_name": f"angle between forward and feedback weights, {what}",
    }
    return result.transpose(..., "checkpoint", "synapses")


def neuron_alignment(
    life: xr.DataTree, synapses: str | None = None, *, centred: bool = False
) -> xr.DataArray:
    """
    Measure the angle between forward and feedback weights of every neuron.

    The formula is that of `weight_alignment`, without the mean over neurons.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    synapses : str, optional
        Name of the forward projection; by default the last one that has a feedback partner,
        which is what Cheon et al. 2024 report.
    centred : bool
        Remove the mean over target neurons from both first; see `weight_alignment`.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, <source population of the synapses>)
        Degrees; NaN for neurons with only zero weights and where a joined life has ended.

    Raises
    ------
    ValueError
        If no forward synapses have a feedback partner, or `synapses` is not one that has.

    Examples
    --------
    >>> import xarray as xr
    >>> forward = (("checkpoint", "outputs", "hidden_1"), [[[1.0, 1.0], [0.0, 0.0]]])
    >>> feedback = (("checkpoint", "hidden_1", "outputs"), [[[2.0, 0.0], [0.0, 2.0]]])
    >>> weights = xr.Dataset({
    ...     "forward_2": (*forward, {"kind": "forward", "layer": 2}),
    ...     "feedback_2": (*feedback, {"kind": "feedback", "partner": "forward_2"}),
    ... })
    >>> neuron_alignment(xr.DataTree.from_dict({"/weights": weights})).values
    array([[ 0., 90.]])
    """
    weights = group(life, "weights", "neuron_alignment")
    choices = list(required_partners(weights, "neuron_alignment"))
    if synapses is None:
        synapses = choices[-1]
    if synapses not in choices:
        raise ValueError(
            f"neuron_alignment.synapses: expected forward synapses with a feedback partner, "
            f"got '{synapses}'; choices are {choices}"
        )
    angles = _neuron_angles(_centred(weights) if centred else weights, synapses)
    if centred:
        angles.attrs["long_name"] += ", means over targets removed"
    return angles


def _neuron_angles(weights: xr.Dataset, forward: str) -> xr.DataArray:
    target, source = weights[forward].dims[-2:]
    angles = xr.apply_ufunc(
        array.angle,
        weights[forward],
        weights[feedback_partners(weights)[forward]],
        input_core_dims=[[target], [target]],
    )
    angles = angles.rename("neuron_alignment").transpose(..., "checkpoint", source)
    angles.attrs = {
        "units": "degree",
        "long_name": f"angle between outgoing forward and incoming feedback weights of {source}",
        "synapses": forward,
    }
    return angles


def _centred(weights: xr.Dataset) -> xr.Dataset:
    """Remove the mean over targets from forward weights and from their feedback partners."""
    pairs = feedback_partners(weights)
    targets = {name: weights[name].dims[-2] for name in pairs}
    targets |= {feedback: weights[feedback].dims[-1] for feedback in pairs.values()}
    centred = {
        name: xr.apply_ufunc(
            features.centred,
            weights[name],
            input_core_dims=[[dim]],
            output_core_dims=[[dim]],
            keep_attrs=True,
        ).transpose(*weights[name].dims)
        for name, dim in targets.items()
    }
    return weights.assign(centred)


def _matrix_angles(weights: xr.Dataset, forward: str) -> xr.DataArray:
    pair = list(weights[forward].dims[-2:])
    return xr.apply_ufunc(
        array.matrix_angle,
        weights[forward],
        weights[feedback_partners(weights)[forward]],
        input_core_dims=[pair, pair],
    )
