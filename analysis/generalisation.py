"""How much worse networks do on stimuli that they have not learned."""

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli

from .checkpoints import Checkpoints
from .responses import scored


def generalisation_error(
    life: xr.DataTree, train: Stimuli, test: Stimuli, *, checkpoints: Checkpoints = None
) -> xr.Dataset:
    r"""
    Measure the gap between training and test stimuli.

    .. math:: | e_{\mathrm{train}} - e_{\mathrm{test}} |, \qquad
       L_{\mathrm{test}} - L_{\mathrm{train}}

    with the error rate :math:`e`, which is 1 less the accuracy, and the mean loss :math:`L`, both
    of the same stored weights, as `evaluate` measures them. Source: J. Cheon, S. W. Lee and S.-B.
    Paik, NeurIPS 2024, figure 4e and f.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks.
    train : Stimuli
        All stimuli that the networks learned from.
    test : Stimuli
        Stimuli that they did not learn from.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.Dataset, (..., checkpoint)
        `error` (fraction; NaN for stimuli with real targets) and `loss` (nat for softmax). NaN
        where a joined life has no such checkpoint.

    Raises
    ------
    TypeError
        If `life`, the stimuli or `checkpoints` are something else.
    ValueError
        If stimuli do not fit, there is no such checkpoint, the life does not tell its network, or
        neurons are leaky.

    Examples
    --------
    The gap at the end of every life::

        generalisation_error(lives, few, images.test, checkpoints=-1)["error"]
    """
    where = "generalisation_error"
    learned = scored(life, train, checkpoints, where)
    new = scored(life, test, checkpoints, where)
    result = xr.Dataset(
        {
            "error": np.abs(learned["accuracy"] - new["accuracy"]),
            "loss": new["loss"] - learned["loss"],
        }
    )
    result["error"].attrs = {
        "units": "1",
        "long_name": "difference between training and test error rate",
    }
    result["loss"].attrs = {
        "units": new["loss"].attrs["units"],
        "long_name": "test loss less training loss",
    }
    return result
