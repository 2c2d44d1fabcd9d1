"""The squared error of a network as a share of what it should do."""

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli

from .batches import check_stimuli
from .responses import responses
from .trajectory import group


def normalised_error(life: xr.DataTree, stimuli: Stimuli) -> xr.DataArray:
    r"""
    Measure the normalised squared error of the static network at every checkpoint.

    .. math:: \left\langle \frac{|y^* - y|^2}{|y^*|^2} \right\rangle

    over stimuli with targets :math:`y^*` and outputs :math:`y`: 1 for a network that answers
    nothing, 0 for one that answers right. T. P. Lillicrap et al. (arXiv:1411.0247) draw it
    without a formula.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    stimuli : Stimuli
        Stimuli with their targets; those of which every target is 0 do not count.

    Returns
    -------
    xarray.DataArray, (..., checkpoint)
        Unit "1"; NaN where a joined life has ended.

    Raises
    ------
    TypeError
        If `life` or `stimuli` are something else.
    ValueError
        If stimuli do not fit, or the life does not tell its network.

    Examples
    --------
    The course of learning, on examples that the network has not seen::

        normalised_error(life, task.test)
    """
    where = "normalised_error"
    check_stimuli(group(life, "weights", where), stimuli, where)
    wanted = np.eye(stimuli.outputs)[stimuli.wanted] if stimuli.targets is None else stimuli.wanted
    outputs = responses(life, stimuli)["output"]
    outputs = outputs.transpose(..., "sample", outputs.dims[-1])
    squares = ((outputs - wanted) ** 2).sum(str(outputs.dims[-1]), skipna=False)
    sizes = (wanted**2).sum(axis=1)
    result = (squares / np.where(sizes > 0, sizes, np.nan)).isel(sample=sizes > 0).mean("sample")
    result.attrs = {"units": "1", "long_name": "normalised squared error"}
    return result.rename(where)
