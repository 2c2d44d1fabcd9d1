"""How many dimensions the forward weights effectively use."""

import xarray as xr

from . import array
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
    names = forward_synapses(weights)
    if not names:
        raise ValueError(
            f"effective_rank.life: expected forward synapses, got {[str(name) for name in weights]}"
        )
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
