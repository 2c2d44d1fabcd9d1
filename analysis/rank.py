"""How many dimensions the forward weights effectively use, and how much of each."""

import xarray as xr

from . import array, features
from .trajectory import forward_synapses, group


def effective_rank(life: xr.DataTree) -> xr.DataArray:
    r"""
    Measure the effective rank of the forward weights, layer by layer.

    .. math:: \mathrm{erank} = \exp \Bigl( - \sum_i p_i \ln p_i \Bigr),
       \qquad p_i = s_i / \sum_j s_j

    with the singular values :math:`s_i` of the weights. Source: O. Roy and M. Vetterli, EUSIPCO
    2007; it falls during spontaneous activity (J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024,
    figure 4d).

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, synapses)
        Effective ranks, between 1 and the smaller of the two populations; `synapses` names all
        forward projections, in order of layer. NaN where a joined life has ended.

    Raises
    ------
    ValueError
        If the weights were not recorded.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> forward = (("checkpoint", "outputs", "inputs"), np.eye(3)[np.newaxis])
    >>> weights = xr.Dataset({"forward_1": (*forward, {"kind": "forward", "layer": 1})})
    >>> effective_rank(xr.DataTree.from_dict({"/weights": weights})).values.round(6)
    array([[3.]])
    """
    weights = group(life, "weights", "effective_rank")
    names = _required(weights, "effective_rank")
    ranks = {
        name: xr.apply_ufunc(
            array.effective_rank, weights[name], input_core_dims=[list(weights[name].dims[-2:])]
        )
        for name in names
    }
    result = xr.Dataset(ranks).to_dataarray("synapses", name="effective_rank")
    result["synapses"].attrs = {"units": "1", "long_name": "forward synapses"}
    result.attrs = {"units": "1", "long_name": "effective rank of the forward weights"}
    return result.transpose(..., "checkpoint", "synapses")


def singular_values(life: xr.DataTree, synapses: str | None = None) -> xr.DataArray:
    """
    Compute the singular values of the forward weights.

    Few of them dominate after spontaneous activity (J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS
    2024, figure 4c).

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    synapses : str, optional
        Name of a forward projection; all of them by default.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, synapses, order) or (..., checkpoint, order)
        Values from the largest down, `order` from 1 up. `synapses` names all forward projections,
        in order of layer; a chosen one leaves no such dim. NaN where a layer has fewer values than
        another, or a joined life has ended.

    Raises
    ------
    ValueError
        If the weights were not recorded, or `synapses` is no forward projection.

    See Also
    --------
    effective_rank : their number, weighed by their size.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> forward = (("checkpoint", "outputs", "inputs"), np.array([[[0.0, 2.0], [3.0, 0.0]]]))
    >>> weights = xr.Dataset({"forward_1": (*forward, {"kind": "forward", "layer": 1})})
    >>> singular_values(xr.DataTree.from_dict({"/weights": weights}), "forward_1").values
    array([[3., 2.]])
    """
    weights = group(life, "weights", "singular_values")
    names = _required(weights, "singular_values")
    if synapses is not None and synapses not in names:
        raise ValueError(
            f"singular_values.synapses: expected forward synapses, got {synapses!r}; choices are "
            f"{names}"
        )
    found = {}
    for name in names if synapses is None else [synapses]:
        values = xr.apply_ufunc(
            features.singular_values,
            weights[name],
            input_core_dims=[list(weights[name].dims[-2:])],
            output_core_dims=[["order"]],
        )
        found[name] = values.assign_coords(order=range(1, values.sizes["order"] + 1))
    result = xr.concat(
        list(found.values()),
        xr.DataArray(list(found), dims="synapses", name="synapses"),
        join="outer",
        combine_attrs="drop",
        coords="minimal",
        compat="override",
    ).rename("singular_values")
    result["synapses"].attrs = {"units": "1", "long_name": "forward synapses"}
    result["order"].attrs = {"units": "1", "long_name": "order of the singular value"}
    result.attrs = {"units": "1", "long_name": "singular values of the forward weights"}
    result = result.transpose(..., "checkpoint", "synapses", "order")
    return result if synapses is None else result.isel(synapses=0)


def _required(weights: xr.Dataset, where: str) -> list[str]:
    names = forward_synapses(weights)
    if not names:
        raise ValueError(
            f"{where}.life: expected forward synapses, got {[str(name) for name in weights]}"
        )
    return names
