"""How sure networks are: probabilities of the readout, and whether they tell the unknown."""

import xarray as xr

from ontogeny.data import Stimuli

from . import probabilities
from .batches import check_stimuli
from .checkpoints import Checkpoints, Selection, select
from .oracle import Layers
from .responses import passes
from .stored import populations
from .trajectory import group


def readout_probabilities(
    life: xr.DataTree, stimuli: Stimuli, *, checkpoints: Checkpoints = None
) -> xr.DataArray:
    r"""
    Compute the probabilities that networks give to classes.

    .. math:: p_j = e^{o_j} / \sum_k e^{o_k}

    with the drives :math:`o` of the outputs. Chance is 1 over the number of outputs, to which they
    fall during spontaneous activity (J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024, figure 4b).

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks with a softmax readout.
    stimuli : Stimuli
        What is presented; what it should evoke does not matter.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, sample, outputs)
        Probabilities. NaN where a joined life has no such checkpoint.

    Raises
    ------
    TypeError
        If `life`, `stimuli` or `checkpoints` are something else.
    ValueError
        If stimuli do not fit, there is no such checkpoint, the life does not tell its network,
        neurons are leaky, or the readout is not softmax.

    See Also
    --------
    confidence : the largest of them.
    """
    where = "readout_probabilities"
    weights, selection = _prepared(life, stimuli, checkpoints, where)
    outputs = populations(weights, where)[-1]
    values = selection.empty({"sample": len(stimuli), outputs: weights.sizes[outputs]})
    for index, rows, layers, rates, _ in passes(life, stimuli, selection, where):
        check_softmax(layers, where)
        values[index][rows] = rates[-1]
    attrs = {"units": "1", "long_name": "probabilities of the classes"}
    return selection.dataset({where: (("sample", outputs), values, attrs)})[where]


def confidence(
    life: xr.DataTree, stimuli: Stimuli, *, checkpoints: Checkpoints = None
) -> xr.DataArray:
    """
    Compute the largest probability that networks give to a class.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks with a softmax readout.
    stimuli : Stimuli
        What is presented; what it should evoke does not matter.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, sample)
        Probabilities, 1 over the number of outputs to 1. NaN where a joined life has no such
        checkpoint.

    Raises
    ------
    TypeError, ValueError
        As `readout_probabilities` does.

    Examples
    --------
    How sure networks are of noise, on average::

        confidence(life, noise).mean("sample")
    """
    return largest(life, stimuli, checkpoints, "confidence")


def ood_auc(
    life: xr.DataTree, inside: Stimuli, outside: Stimuli, *, checkpoints: Checkpoints = None
) -> xr.DataArray:
    r"""
    Measure how well confidence tells known stimuli from unknown ones.

    .. math:: \mathrm{AUC} = P(c > c') + \tfrac12 P(c = c')

    with the largest probability :math:`c` for a stimulus of the known distribution and :math:`c'`
    for one of another: the area under the receiver operating characteristic. Source: D. Hendrycks
    and K. Gimpel, ICLR 2017; of noise, J. Cheon and S.-B. Paik, arXiv:2412.17411.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks with a softmax readout.
    inside : Stimuli
        Stimuli like those that the networks learned.
    outside : Stimuli
        Stimuli of another distribution.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.DataArray, (..., checkpoint)
        0.5 is chance, 1 is never wrong. NaN where a joined life has no such checkpoint.

    Raises
    ------
    TypeError, ValueError
        As `readout_probabilities` does.
    """
    where = "ood_auc"
    known, unknown = (largest(life, stimuli, checkpoints, where) for stimuli in (inside, outside))
    result = xr.apply_ufunc(
        probabilities.roc_auc,
        known,
        unknown.rename(sample="other"),
        input_core_dims=[["sample"], ["other"]],
    ).rename(where)
    result.attrs = {
        "units": "1",
        "long_name": "probability that a known stimulus has the larger confidence",
    }
    return result


def largest(
    life: xr.DataTree, stimuli: Stimuli, checkpoints: Checkpoints, where: str
) -> xr.DataArray:
    """
    Return what `confidence` returns.

    Parameters
    ----------
    life, stimuli, checkpoints
        As in `confidence`.
    where : str
        The function that asks, for messages.
    """
    _, selection = _prepared(life, stimuli, checkpoints, where)
    values = selection.empty({"sample": len(stimuli)})
    for index, rows, layers, rates, _ in passes(life, stimuli, selection, where):
        check_softmax(layers, where)
        values[index][rows] = rates[-1].max(axis=1)
    attrs = {"units": "1", "long_name": "largest probability"}
    return selection.dataset({where: (("sample",), values, attrs)})[where]


def check_softmax(layers: Layers, where: str) -> None:
    """Refuse readouts whose rates are no probabilities."""
    if layers.readout != "softmax":
        raise ValueError(
            f"{where}.life: expected a softmax readout, whose rates are probabilities, got "
            f"{layers.readout!r}"
        )


def _prepared(
    life: xr.DataTree, stimuli: Stimuli, checkpoints: Checkpoints, where: str
) -> tuple[xr.Dataset, Selection]:
    weights = group(life, "weights", where)
    check_stimuli(weights, stimuli, where, outputs=False)
    return weights, select(weights, checkpoints, where)
