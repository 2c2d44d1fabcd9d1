"""What a learning rule tells hidden neurons, and what synapses make of it, from its texts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .array import Floats
from .expressions import evaluate, parse
from .oracle import Response
from .reader import Moment
from .synapses import Projection


@dataclass(frozen=True, kw_only=True)
class Teaching:
    """
    What a batch of stimuli teaches.

    Parameters
    ----------
    signals : tuple of numpy.ndarray, (sample, unit)
        What is sent to each hidden population, from below upwards; 0 where nothing is.
    deltas : tuple of numpy.ndarray or None, (sample, unit)
        Errors of all populations but the inputs; None where a population makes none, so that the
        synapses onto it stay as they are.
    """

    signals: tuple[Floats, ...]
    deltas: tuple[Floats | None, ...]


def teach(moment: Moment, response: Response, targets: Floats, where: str) -> Teaching:
    r"""
    Compute the teaching signals of a rule and what neurons make of them.

    The signal of neuron :math:`i` is :math:`\sum_k s(w_{ik}, \delta_k, ...)` with the rule's
    expression :math:`s` for one feedback synapse; its error is the rule's ``delta``.

    Parameters
    ----------
    moment : Moment
        The network.
    response : Response
        Its response to the batch.
    targets : numpy.ndarray, (sample, output)
        What the outputs should do.
    where : str
        The function that asks, for messages.

    Raises
    ------
    ValueError
        If the rule's signals cannot be told from weights, or a text is not understood.
    """
    rule = moment.rule
    if rule.path not in ("layered", "direct", "none"):
        raise ValueError(
            f"{where}.life: expected a rule whose teaching signal follows from weights and "
            f"stimuli (path layered, direct or none), got {rule.name} with the path "
            f"{rule.path!r}: what it sends depends on perturbations that are drawn in every step; "
            f"in the mean over perturbations it is the gradient"
        )
    outputs = len(response.rates) - 1
    signals: list[Floats] = []
    deltas: dict[int, Floats | None] = {outputs: _output_delta(moment, response, targets, where)}
    for position in range(outputs - 1, 0, -1):
        signal = np.zeros_like(response.rates[position])
        if rule.path != "none":
            signal = _signal(moment, response, targets, position, deltas, where)
        signals.insert(0, signal)
        deltas[position] = _delta(moment, response, position, signal, where)
    return Teaching(
        signals=tuple(signals),
        deltas=tuple(deltas[position] for position in range(1, outputs + 1)),
    )


def update_directions(
    moment: Moment, response: Response, teaching: Teaching, where: str
) -> list[Floats]:
    """
    Compute the update direction of all forward weights, before optimiser and decay.

    Parameters
    ----------
    moment : Moment
        The network.
    response : Response
        Its response to the batch.
    teaching : Teaching
        What the batch teaches.
    where : str
        The function that asks, for messages.

    Returns
    -------
    list of numpy.ndarray, (target, source)
        One for each layer, from below upwards; weights move against it.
    """
    rule = moment.rule
    directions = []
    for layer, delta in enumerate(teaching.deltas):
        weights = moment.layers.weights[layer]
        if delta is None:
            directions.append(np.zeros_like(weights))
            continue
        below, above = response.rates[layer], response.rates[layer + 1]
        synapses = Projection(
            pre={"r_pre": below, "share_pre": _share(below)},
            post={"delta_post": delta, "r_post": above, "share_post": _share(above)},
            weights={"w": weights},
            parameters=rule.parameters,
        )
        text = f"{where}.life: gradient of {rule.name}"
        directions.append(synapses.sum_over_samples(rule.gradient, text))
    return directions


def _share(rates: Floats) -> Floats:
    return np.full_like(rates, 1 / len(rates))


def _signal(
    moment: Moment,
    response: Response,
    targets: Floats,
    position: int,
    deltas: dict[int, Floats | None],
    where: str,
) -> Floats:
    rule, feedback = moment.rule, moment.feedback[position - 1]
    above, here = response.rates[feedback.source], response.rates[position]
    pre = {"r_pre": above, "share_pre": _share(above)}
    delta = deltas.get(feedback.source)
    if delta is not None:
        pre["delta_pre"] = delta
    if feedback.source == len(response.rates) - 1:
        pre["target_pre"] = targets
    weights = {} if feedback.weights is None else {"w": feedback.weights}
    if feedback.source == position + 1:
        weights["forward_w"] = moment.layers.weights[position].T
    synapses = Projection(
        pre=pre,
        post={"r_post": here, "share_post": _share(here)},
        weights=weights,
        parameters=rule.parameters,
    )
    return synapses.sum_over_pre(rule.signal, f"{where}.life: signal of {rule.name}")


def _output_delta(moment: Moment, response: Response, targets: Floats, where: str) -> Floats:
    rule = moment.rule
    if not rule.output_delta:
        return response.error
    outputs = response.rates[-1]
    values: dict[str, npt.ArrayLike] = {
        "r": outputs,
        "target": targets,
        "share": 1 / len(outputs),
        **rule.parameters,
    }
    text = f"{where}.life: output_delta of {rule.name}"
    return _full(evaluate(parse(rule.output_delta, text), values, text), outputs)


def _delta(
    moment: Moment, response: Response, position: int, signal: Floats, where: str
) -> Floats | None:
    rule, rates = moment.rule, response.rates[position]
    if not rule.delta or (rule.path == "none" and "feedback" in rule.delta):
        return None
    values: dict[str, npt.ArrayLike] = {
        "feedback": signal,
        "slope": response.slopes[position - 1],
        "r": rates,
        "share": 1 / len(rates),
        **rule.parameters,
    }
    text = f"{where}.life: delta of {rule.name}"
    return _full(evaluate(parse(rule.delta, text), values, text), rates)


def _full(values: Floats, like: Floats) -> Floats:
    return np.broadcast_to(values, like.shape)
