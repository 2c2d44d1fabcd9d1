"""The static network in plain arrays: its response to stimuli and the gradient of its loss."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from .array import Floats

#: Rate and slope of hidden neurons, of the drive; the slope of relu at 0 is 0.
TRANSFERS: dict[str, tuple[Callable[[Floats], Any], Callable[[Floats], Any]]] = {
    "linear": (lambda drive: drive, np.ones_like),
    "relu": (lambda drive: np.maximum(drive, 0), lambda drive: np.where(drive > 0, 1.0, 0.0)),
    "tanh": (np.tanh, lambda drive: 1 - np.tanh(drive) ** 2),
    "sigmoid": (expit, lambda drive: expit(drive) * expit(-drive)),
}
#: Rate of outputs, of the drive, and slope of the rate where the loss is the squared error.
READOUTS: dict[str, tuple[Callable[[Floats], Any], Callable[[Floats], Any]]] = {
    # With cross-entropy the slope cancels.
    "softmax": (lambda drive: softmax(drive, axis=1), np.ones_like),
    "linear": (lambda drive: drive, np.ones_like),
    "sigmoid": (expit, lambda drive: expit(drive) * expit(-drive)),
}


@dataclass(frozen=True, kw_only=True)
class Layers:
    """
    The forward half of a network at one moment of its life.

    Parameters
    ----------
    weights : tuple of numpy.ndarray, (target, source)
        Forward weights, from below upwards.
    biases : tuple of numpy.ndarray or None, (target,)
        Biases of the same populations.
    transfers : tuple of str
        Names of `TRANSFERS`, one for each hidden population.
    readout : str
        A name of `READOUTS`.
    """

    weights: tuple[Floats, ...]
    biases: tuple[Floats | None, ...]
    transfers: tuple[str, ...]
    readout: str


@dataclass(frozen=True, kw_only=True)
class Response:
    """
    What a network does with a batch of stimuli.

    Parameters
    ----------
    rates : tuple of numpy.ndarray, (sample, unit)
        Rates of all populations, inputs first.
    slopes : tuple of numpy.ndarray, (sample, unit)
        Derivatives of the rates of hidden populations by their drives.
    error : numpy.ndarray, (sample, unit)
        Derivative of the batch's mean loss by the drives of the outputs.
    """

    rates: tuple[Floats, ...]
    slopes: tuple[Floats, ...]
    error: Floats


def forward(layers: Layers, inputs: Floats) -> tuple[list[Floats], list[Floats]]:
    r"""
    Compute rates and drives, layer by layer.

    Drives are :math:`o_l = W_l r_{l-1} + b_l`, rates :math:`r_l = f(o_l)`.

    Parameters
    ----------
    layers : Layers
        The network.
    inputs : numpy.ndarray, (sample, input)
        Rates of the inputs.

    Returns
    -------
    rates, drives : list of numpy.ndarray, (sample, unit)
        Rates of all populations, inputs first, and drives of all but the inputs.

    Examples
    --------
    >>> layers = Layers(
    ...     weights=(np.eye(2), np.array([[1.0, -2.0]])), biases=(None, np.array([0.5])),
    ...     transfers=("relu",), readout="linear",
    ... )
    >>> rates, drives = forward(layers, np.array([[1.0, -1.0]]))
    >>> [values.tolist() for values in rates], drives[0].tolist()
    ([[[1.0, -1.0]], [[1.0, 0.0]], [[1.5]]], [[1.0, -1.0]])
    """
    rates, drives = [inputs], []
    functions = [*(TRANSFERS[name] for name in layers.transfers), READOUTS[layers.readout]]
    with np.errstate(all="ignore"):
        for weights, bias, (rate, _) in zip(layers.weights, layers.biases, functions, strict=True):
            drive = rates[-1] @ weights.T
            if bias is not None:
                drive += bias
            drives.append(drive)
            rates.append(np.asarray(rate(drive)))
    return rates, drives


def respond(layers: Layers, inputs: Floats, targets: Floats) -> Response:
    r"""
    Compute rates, slopes and the outputs' error.

    Rates are those of `forward`. The loss is the cross-entropy of a softmax
    readout, and half the squared error of others; its derivative is :math:`r - r^*`, for a sigmoid
    readout times :math:`r (1 - r)`, over the number of samples.

    Parameters
    ----------
    layers : Layers
        The network.
    inputs : numpy.ndarray, (sample, input)
        Rates of the inputs.
    targets : numpy.ndarray, (sample, output)
        What the outputs should do.
    """
    rates, drives = forward(layers, inputs)
    with np.errstate(all="ignore"):
        slopes = [
            np.asarray(TRANSFERS[name][1](drive))
            for name, drive in zip(layers.transfers, drives[:-1], strict=True)
        ]
        slope = READOUTS[layers.readout][1](drives[-1])
        error = (rates[-1] - targets) * slope / len(inputs)
    return Response(rates=tuple(rates), slopes=tuple(slopes), error=error)


def propagate(response: Response, matrices: Sequence[Floats]) -> tuple[list[Floats], list[Floats]]:
    r"""
    Carry the outputs' error downwards through given matrices.

    .. math:: s_l = M_{l+1} \delta_{l+1}, \qquad \delta_l = s_l \circ f'(o_l)

    which is backpropagation where :math:`M = W^T` (Rumelhart, Hinton & Williams 1986).

    Parameters
    ----------
    response : Response
        The network's response.
    matrices : sequence of numpy.ndarray, (below, above)
        One for each hidden population, from below upwards.

    Returns
    -------
    signals, deltas : list of numpy.ndarray, (sample, unit)
        What is sent to each hidden population, and its product with the slope.

    Examples
    --------
    >>> layers = Layers(
    ...     weights=(np.eye(2), np.array([[1.0, -2.0]])), biases=(None, None),
    ...     transfers=("relu",), readout="linear",
    ... )
    >>> response = respond(layers, np.array([[1.0, -1.0]]), np.array([[0.0]]))
    >>> signals, deltas = propagate(response, [layers.weights[1].T])
    >>> signals[0].tolist(), deltas[0].tolist()
    ([[1.0, -2.0]], [[1.0, -0.0]])
    """
    signals: list[Floats] = []
    deltas: list[Floats] = []
    above = response.error
    for matrix, slope in zip(reversed(matrices), reversed(response.slopes), strict=True):
        signals.insert(0, above @ matrix.T)
        above = signals[0] * slope
        deltas.insert(0, above)
    return signals, deltas


def gradients(response: Response, layers: Layers) -> list[Floats]:
    """
    Return the gradient of the batch's mean loss by the forward weights.

    Parameters
    ----------
    response : Response
        The network's response.
    layers : Layers
        The network.

    Returns
    -------
    list of numpy.ndarray, (target, source)
        One for each layer, from below upwards.
    """
    _, deltas = propagate(response, [weights.T for weights in layers.weights[1:]])
    return [
        delta.T @ rates
        for delta, rates in zip([*deltas, response.error], response.rates[:-1], strict=True)
    ]
