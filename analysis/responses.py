"""What stored networks do with stimuli: their rates, their loss and their accuracy."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import xarray as xr

from ontogeny.data import Stimuli

from .array import Floats
from .batches import check_stimuli, parts, targets_of
from .checkpoints import Checkpoints, Selection, select
from .oracle import Layers, forward
from .scores import credits, losses
from .stored import networks, populations
from .trajectory import forward_synapses, group


def responses(
    life: xr.DataTree, stimuli: Stimuli, *, checkpoints: Checkpoints = None
) -> xr.Dataset:
    r"""
    Compute the rates that stimuli evoke in stored networks.

    Rates are :math:`r_l = f(W_l r_{l-1} + b_l)` from the stored weights, in double precision, for
    static networks.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    stimuli : Stimuli
        What is presented; what it should evoke does not matter.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.Dataset
        `output` (..., checkpoint, sample, outputs), rates of the outputs, probabilities where the
        readout is softmax; and for each hidden population a variable of its name, such as
        `hidden_1` (..., checkpoint, sample, hidden_1_neuron). NaN where a joined life has no such
        checkpoint. Eight bytes for each rate: choose checkpoints where stimuli are many.

    Raises
    ------
    TypeError
        If `life`, `stimuli` or `checkpoints` are something else.
    ValueError
        If stimuli do not fit, there is no such checkpoint, the life does not tell its network, or
        neurons are leaky.

    See Also
    --------
    evaluate : loss and accuracy, without room for every rate.

    Examples
    --------
    Rates of the first hidden population at birth and at the end::

        responses(life, images.test, checkpoints=[0, -1])["hidden_1"]
    """
    where = "responses"
    weights = group(life, "weights", where)
    check_stimuli(weights, stimuli, where, outputs=False)
    selection = select(weights, checkpoints, where)
    chain = populations(weights, where)
    rates = {
        name: selection.empty({"sample": len(stimuli), name: weights.sizes[name]})
        for name in chain[1:]
    }
    for index, rows, _, found, _ in passes(life, stimuli, selection, where):
        for name, values in zip(chain[1:], found[1:], strict=True):
            rates[name][index][rows] = values
    variables = {
        "output": (
            ("sample", chain[-1]),
            rates[chain[-1]],
            {"units": "1", "long_name": "rates of the outputs"},
        )
    }
    for name in chain[1:-1]:
        attrs = {"units": "1", "long_name": f"rates of {name}"}
        variables[name] = (("sample", f"{name}_neuron"), rates[name], attrs)
    return selection.dataset(variables)


def evaluate(life: xr.DataTree, stimuli: Stimuli, *, checkpoints: Checkpoints = None) -> xr.Dataset:
    r"""
    Measure loss and accuracy of stored networks on any stimuli.

    The mean over the stimuli of the loss (:math:`-\sum_j r^*_j \ln r_j` of a softmax readout, else
    :math:`\tfrac12 \sum_j (r_j - r^*_j)^2`), and the share of stimuli whose class has the largest
    output, as `simulate` tests them: a class that ties with others earns one share among them.
    Products of matrices are computed in the precision that the weights are stored in, sums over
    stimuli in double precision, some stimuli at a time.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks.
    stimuli : Stimuli
        Stimuli with labels or targets.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.Dataset, (..., checkpoint)
        `loss` (nat for softmax) and `accuracy` (fraction; NaN for stimuli with real targets). NaN
        where a joined life has no such checkpoint.

    Raises
    ------
    TypeError
        If `life`, `stimuli` or `checkpoints` are something else.
    ValueError
        If stimuli do not fit, there is no such checkpoint, the life does not tell its network, or
        neurons are leaky.

    See Also
    --------
    generalisation_error : the difference between two sets of stimuli.

    Examples
    --------
    Accuracy on other digits than those of training, at the end of every life::

        evaluate(lives, load_images("usps").test, checkpoints=-1)["accuracy"]
    """
    return scored(life, stimuli, checkpoints, "evaluate")


def scored(life: xr.DataTree, stimuli: Stimuli, checkpoints: Checkpoints, where: str) -> xr.Dataset:
    """
    Return what `evaluate` returns.

    Parameters
    ----------
    life, stimuli, checkpoints
        As in `evaluate`.
    where : str
        The function that asks, for messages.
    """
    weights = group(life, "weights", where)
    check_stimuli(weights, stimuli, where)
    selection = select(weights, checkpoints, where)
    loss, accuracy = selection.empty({}), selection.empty({})
    units = "1"
    precision = np.result_type(*(weights[name].dtype for name in forward_synapses(weights)))
    for index, rows, layers, _, drives in passes(life, stimuli, selection, where, precision):
        targets = targets_of(stimuli, rows)
        if rows.start == 0:
            loss[index] = accuracy[index] = 0.0
        loss[index] += losses(layers.readout, drives[-1], targets).sum(dtype=np.float64)
        accuracy[index] += credits(drives[-1], targets).sum(dtype=np.float64)
        units = "nat" if layers.readout == "softmax" else units
    if stimuli.targets is not None:
        accuracy[:] = np.nan
    long_name = f"on {stimuli.name}"
    return selection.dataset(
        {
            "loss": ((), loss / len(stimuli), {"units": units, "long_name": f"loss {long_name}"}),
            "accuracy": (
                (),
                accuracy / len(stimuli),
                {"units": "1", "long_name": f"accuracy {long_name}"},
            ),
        }
    )


def passes(
    life: xr.DataTree,
    stimuli: Stimuli,
    selection: Selection,
    where: str,
    precision: npt.DTypeLike = np.float64,
) -> Iterator[tuple[tuple[int, ...], slice, Layers, list[Floats], list[Floats]]]:
    """
    Yield what the networks do with the stimuli, some of them at a time.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    stimuli : Stimuli
        What is presented.
    selection : Selection
        The checkpoints.
    where : str
        The function that asks, for messages.
    precision : dtype
        Type of the arrays.

    Yields
    ------
    index, rows, layers, rates, drives
        Position of the checkpoint in the selection; which stimuli; the network; rates of all
        populations and drives of all but the inputs, (sample, unit).
    """
    weights = group(life, "weights", where)
    for rows in parts(weights, stimuli, where):
        inputs = stimuli.rates(rows).astype(precision)
        for index, layers in networks(life, selection.positions, where, precision=precision):
            rates, drives = forward(layers, inputs)
            yield index, rows, layers, rates, drives
