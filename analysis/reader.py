"""One stored life: its weights at a checkpoint, and the feedback that they will be given."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .array import Floats, pseudo_inverse
from .description import Description, StoredRule
from .expressions import evaluate, names, parse
from .oracle import Layers
from .trajectory import forward_synapses

# What is known of the feedback weights of the next step, without having drawn or lived it.
_KNOWN_AT_REST = {"w", "forward_w", "pseudo_inverse"}


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """
    The feedback synapses onto a hidden population.

    Parameters
    ----------
    source : int
        Position of the population that they come from; inputs are 0.
    weights : numpy.ndarray, (target, source), or None
        Their weights, None where a life has no such synapses.
    """

    source: int
    weights: Floats | None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """
    A network at one checkpoint.

    Parameters
    ----------
    rule : StoredRule
        How it learns.
    layers : Layers
        Its forward half.
    feedback : tuple of Feedback
        One for each hidden population, from below upwards.
    epsilon : float
        Machine epsilon of the type that the forward weights are stored in.
    """

    rule: StoredRule
    layers: Layers
    feedback: tuple[Feedback, ...]
    epsilon: float


class Reader:
    """
    Read the moments of one life.

    Parameters
    ----------
    weights : xarray.Dataset
        The group of that name, of one life.
    chain : list of str
        Names of its populations, inputs first.
    description : Description
        What its arrays do not tell.
    where : str
        The function that asks, for messages.
    precision : dtype
        Type of the arrays that are read.
    """

    def __init__(
        self,
        weights: xr.Dataset,
        chain: list[str],
        description: Description,
        where: str,
        precision: npt.DTypeLike,
    ) -> None:
        self.weights, self.chain, self.where = weights, chain, where
        self.precision = precision
        self.forward = forward_synapses(weights)
        self.description, self.rule = description, description.rule
        self.onto = {
            str(weights[name].dims[-2]): name
            for name in weights
            if weights[name].attrs.get("kind") == "feedback"
        }
        self.biases = {
            str(weights[name].dims[-1]): name
            for name in weights
            if weights[name].attrs.get("kind") == "bias"
        }
        stored = np.result_type(*(weights[name].dtype for name in self.forward))
        self.epsilon = float(np.finfo(stored).eps)
        self.masks: dict[str, Any] = {}

    def layers(self, checkpoint: int) -> Layers | None:
        """Return the forward half at a checkpoint; None after the end of the life."""
        values = tuple(self._values(name, checkpoint) for name in self.forward)
        if not all(np.isfinite(value).all() for value in values):
            return None
        biases = [self._bias(name, checkpoint) for name in self.chain[1:]]
        return Layers(
            weights=values,
            biases=tuple(biases),
            transfers=self.description.transfers,
            readout=self.description.readout,
        )

    def moment(self, checkpoint: int) -> Moment | None:
        """Return the network at a checkpoint; None after the end of the life."""
        layers = self.layers(checkpoint)
        if layers is None:
            return None
        feedback = tuple(
            self._feedback(position, layers.weights, checkpoint)
            for position in range(1, len(self.chain) - 1)
        )
        return Moment(rule=self.rule, layers=layers, feedback=feedback, epsilon=self.epsilon)

    def _values(self, name: Any, checkpoint: int) -> Floats:
        stored = self.weights[name]
        if "checkpoint" in stored.dims:
            stored = stored.isel(checkpoint=checkpoint)
        return np.asarray(stored.values, dtype=self.precision)

    def _bias(self, population: str, checkpoint: int) -> Floats | None:
        if population not in self.biases:
            return None
        bias = self._values(self.biases[population], checkpoint)
        # NaN pads the joined life of a network without biases.
        return bias if np.isfinite(bias).all() else None

    def _feedback(self, position: int, forward: tuple[Floats, ...], checkpoint: int) -> Feedback:
        name = self.onto.get(self.chain[position])
        direct = self.rule.path == "direct"
        source = len(self.chain) - 1 if direct else position + 1
        weights = None if name is None else self._values(name, checkpoint)
        if weights is not None and not np.isfinite(weights).all():
            weights = None
        if weights is None:
            return Feedback(source=source, weights=None)
        source = self.chain.index(str(self.weights[name].dims[-1]))
        if not direct:
            weights = self._of_this_moment(str(name), weights, forward[position])
        return Feedback(source=source, weights=weights)

    def _of_this_moment(self, name: str, stored: Floats, forward: Floats) -> Floats:
        """Return the weights that the next step would give to feedback that follows forward."""
        target, equals, code = self.rule.feedback_weights.partition("=")
        if not equals or target.strip() != "w" or len(code.splitlines()) > 1:
            return stored
        text = f"{self.where}.life: feedback_weights of {self.rule.name}"
        node = parse(code, text)
        if not names(node) <= _KNOWN_AT_REST | set(self.rule.parameters):
            return stored
        values: dict[str, npt.ArrayLike] = {
            "w": stored,
            "forward_w": forward.T,
            **self.rule.parameters,
        }
        if "pseudo_inverse" in names(node):
            values["pseudo_inverse"] = pseudo_inverse(forward, self.epsilon)
        follows = evaluate(node, values, text)
        return np.where(self._mask(name), follows, 0.0)

    def _mask(self, name: str) -> Any:
        """Tell which synapses are there: those that are absent have the weight 0 for ever."""
        if name not in self.masks:
            stored = self.weights[name]
            there = stored.fillna(0) != 0
            self.masks[name] = there.any("checkpoint") if "checkpoint" in stored.dims else there
            self.masks[name] = self.masks[name].values
        return self.masks[name]
