"""The squared error of a network as a share of what it should do."""

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli

from .gradients import _batch, _empty
from .oracle import respond
from .stored import moments
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
        Stimuli with their targets; those without any, of which every target is 0, do not count.

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
    weights = group(life, "weights", where)
    inputs, targets = _batch(weights, stimuli, where)
    wanted = (targets**2).sum(axis=1)
    result = _empty(weights, {}, where)
    for index, moment in moments(life, where):
        outputs = respond(moment.layers, inputs, targets).rates[-1]
        squares = ((targets - outputs) ** 2).sum(axis=1)
        result.values[index] = np.mean(squares[wanted > 0] / wanted[wanted > 0])
    result.attrs = {"units": "1", "long_name": "normalised squared error"}
    return result
