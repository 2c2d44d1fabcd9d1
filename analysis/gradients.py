"""How close a rule comes to gradient descent: in what it tells neurons, and in what it changes."""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from ontogeny.data import Stimuli

from . import array
from .array import Floats
from .batches import batch
from .oracle import gradients, propagate, respond
from .reader import Moment
from .stored import moments, populations
from .teaching import teach, update_directions
from .trajectory import forward_synapses, group

REFERENCES = ("backpropagation", "pseudo-backpropagation")


def error_alignment(
    life: xr.DataTree,
    stimuli: Stimuli,
    *,
    reference: str = "backpropagation",
    slope: bool = False,
    samples: bool = False,
) -> xr.DataArray:
    r"""
    Measure the angle between the teaching signals of a rule and those of backpropagation.

    For a hidden population :math:`l` and a stimulus, between what the life's rule sends,
    :math:`s_l`, and what the reference sends,

    .. math:: s_l^* = M_{l+1} \delta_{l+1}^*, \qquad \delta_l^* = s_l^* \circ f'(o_l),

    with :math:`M = W^T` for backpropagation and the Moore-Penrose inverse :math:`M = W^+` for
    pseudo-backpropagation; both begin with the outputs' error. The mean is over the stimuli that
    have an angle: none has one where a signal is zero, as for all neurons of a rule that
    teaches outputs only. :math:`s_l`, which the slope of the receiving neurons has not multiplied
    yet, is :math:`\Delta h` of T. P. Lillicrap et al., Nature Communications 7:13276 (2016), and
    the angle that of their figures; slopes of populations above are in it.

    Signals follow from the stored weights and the rule's equations, which the life holds as
    text, for the static network; a leaky network is taken at its steady state. The stimuli are
    one batch. Feedback weights are those stored; where a rule computes them from
    the forward weights alone, they are computed from those of the same checkpoint, because the
    stored ones belong to the step before. Where they cannot be computed so, as those of
    `SignSymmetry` with magnitudes that are drawn in every step, the stored ones of birth
    (checkpoint 0) are the drawn ones, through which no error has travelled yet, and afterwards
    those of the last step.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    stimuli : Stimuli
        Stimuli with their targets, the same for all lives and checkpoints.
    reference : {"backpropagation", "pseudo-backpropagation"}
        What to compare with.
    slope : bool
        Multiply both signals by the slope of the receiving neurons first: compare their errors
        :math:`\delta_l`, which synapses learn from.
    samples : bool
        Return the angle of every stimulus instead of the mean.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, population) or (..., checkpoint, population, sample)
        Degrees. `population` names the hidden populations, from below upwards. NaN where there is
        no angle, where a joined life has ended, and for lives that learn by perturbations joined
        with others.

    Raises
    ------
    TypeError
        If `life` or `stimuli` are something else.
    ValueError
        If there is no hidden population, stimuli do not fit, the reference is unknown, the rule is
        not told in the life or not understood, or the signals of all lives depend on perturbations:
        those of node perturbation are, in the mean, the gradient, and one by one nearly orthogonal
        to it.

    See Also
    --------
    update_alignment : the same for changes of weights.

    Examples
    --------
    The angle at birth and at the end of a life, by hidden population::

        error_alignment(life, images.test.sample(200)).isel(checkpoint=[0, -1])
    """
    where = "error_alignment"
    if reference not in REFERENCES:
        raise ValueError(
            f"{where}.reference: expected one of {', '.join(REFERENCES)}, got {reference!r}"
        )
    weights = group(life, "weights", where)
    hidden = populations(weights, where)[1:-1]
    if not hidden:
        raise ValueError(f"{where}.life: expected a hidden population, got inputs and outputs only")
    inputs, targets = batch(weights, stimuli, where)
    result = _empty(weights, {"population": hidden, "sample": np.arange(len(inputs))}, where)
    for index, moment in moments(life, where):
        sent, wanted = _signals(moment, inputs, targets, reference, slope, where)
        for number, (one, other) in enumerate(zip(sent, wanted, strict=True)):
            result.values[(*index, number)] = array.angle(one, other)
    result["population"].attrs = {"units": "1", "long_name": "hidden population"}
    result["sample"].attrs = {"units": "1", "long_name": "stimulus"}
    angles = result if samples else result.mean("sample")
    what = "errors" if slope else "teaching signals"
    angles.attrs = {
        "units": "degree",
        "long_name": f"angle between {what} of the rule and of {reference}",
    }
    return angles


def update_alignment(life: xr.DataTree, stimuli: Stimuli, *, hidden: bool = False) -> xr.DataArray:
    r"""
    Measure the angle between the weight changes of a rule and the gradient of the loss.

    For the update directions :math:`g_l` that the life's rule gives to forward weights, taken as
    flattened matrices one by one and, for ``"all"``, put together into one vector,

    .. math:: \theta = \arccos \frac{\langle g, \partial L / \partial W \rangle}
       {|g| \, |\partial L / \partial W|}

    with the mean loss :math:`L` over the stimuli. Optimiser, decay and biases are left out. Weights
    that the rule leaves as they are have no angle, and count as zeros in ``"all"``. How
    signals are computed is told in `error_alignment`. With ``hidden=True`` the measure is the
    gradient alignment of M. Refinetti, S. d'Ascoli, R. Ohana and S. Goldt (ICML 2021), but of
    the mean over the stimuli, which is what a batch changes, and as an angle.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    stimuli : Stimuli
        Stimuli with their targets, the same for all lives and checkpoints: one batch.
    hidden : bool
        Leave out the synapses onto the outputs, whose changes many rules share with
        backpropagation.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, synapses)
        Degrees. `synapses` names the forward projections, in order of layer, and ends with
        ``"all"``. NaN where there is no angle, where a joined life has ended, and for lives that
        learn by perturbations joined with others.

    Raises
    ------
    TypeError
        If `life` or `stimuli` are something else.
    ValueError
        If only hidden populations are asked for and there is none, stimuli do not fit, the rule is
        not told in the life or not understood, or the rules of all lives depend on perturbations.

    See Also
    --------
    error_alignment : the same for teaching signals.
    """
    where = "update_alignment"
    weights = group(life, "weights", where)
    chain = populations(weights, where)
    if hidden and len(chain) < 3:
        raise ValueError(
            f"{where}.hidden: expected a hidden population, got none; use hidden=False"
        )
    inputs, targets = batch(weights, stimuli, where)
    synapses = forward_synapses(weights)[: -1 if hidden else None]
    angles = _empty(weights, {"synapses": [*synapses, "all"]}, where)
    for index, moment in moments(life, where):
        response = respond(moment.layers, inputs, targets)
        teaching = teach(moment, response, targets, where)
        changes = update_directions(moment, response, teaching, where)[: len(synapses)]
        wanted = gradients(response, moment.layers)[: len(synapses)]
        for number, (one, other) in enumerate(zip(changes, wanted, strict=True)):
            angles.values[(*index, number)] = array.matrix_angle(one, other)
        angles.values[(*index, -1)] = array.angle(_flat(changes), _flat(wanted))
    angles["synapses"].attrs = {"units": "1", "long_name": "forward synapses"}
    angles.attrs = {
        "units": "degree",
        "long_name": "angle between the rule's weight changes and the gradient",
    }
    return angles


def _signals(
    moment: Moment, inputs: Floats, targets: Floats, reference: str, slope: bool, where: str
) -> tuple[Sequence[Floats], Sequence[Floats]]:
    """Return what rule and reference send to each hidden population."""
    response = respond(moment.layers, inputs, targets)
    teaching = teach(moment, response, targets, where)
    upper = moment.layers.weights[1:]
    if reference == "backpropagation":
        matrices = [weights.T for weights in upper]
    else:
        matrices = [array.pseudo_inverse(weights, moment.epsilon) for weights in upper]
    signals, deltas = propagate(response, matrices)
    if not slope:
        return teaching.signals, signals
    return [
        np.zeros_like(wanted) if delta is None else delta
        for delta, wanted in zip(teaching.deltas[:-1], deltas, strict=True)
    ], deltas


def _empty(weights: xr.Dataset, entries: dict[str, npt.ArrayLike], where: str) -> xr.DataArray:
    """Return an array of NaN over lives, checkpoints and the given entries."""
    outer = weights[forward_synapses(weights)[0]].dims[:-2]
    coords = {
        name: value for name, value in weights.coords.items() if set(value.dims) <= set(outer)
    }
    sizes = [weights.sizes[dim] for dim in outer]
    sizes += [len(np.asarray(values)) for values in entries.values()]
    dims: tuple[Hashable, ...] = (*outer, *entries)
    return xr.DataArray(np.full(sizes, np.nan), dims=dims, coords={**coords, **entries}, name=where)


def _flat(matrices: Sequence[Floats]) -> Floats:
    return np.concatenate([matrix.ravel() for matrix in matrices])
