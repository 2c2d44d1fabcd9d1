"""Sums over the synapses of a projection, and over the samples that pass through them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .array import Floats
from .expressions import evaluate, names, parse

# Numbers that an expression of all synapses and samples may take at once: 32 MB.
_BLOCK = 2**22


@dataclass(frozen=True, kw_only=True)
class Projection:
    """
    What the synapses of a projection can read.

    Parameters
    ----------
    pre : dict of numpy.ndarray, (sample, pre)
        Values of the neurons that they come from.
    post : dict of numpy.ndarray, (sample, post)
        Values of the neurons that they lead to.
    weights : dict of numpy.ndarray, (post, pre)
        Values of the synapses themselves.
    parameters : dict of float
        Numbers that are the same for all.
    """

    pre: Mapping[str, Floats]
    post: Mapping[str, Floats]
    weights: Mapping[str, Floats]
    parameters: Mapping[str, float]

    def sum_over_pre(self, code: str, where: str) -> Floats:
        """
        Sum an expression over the neurons that synapses come from.

        Parameters
        ----------
        code : str
            What one synapse adds.
        where : str
            What the expression is, for messages.

        Returns
        -------
        numpy.ndarray, (sample, post)
            The sum of each neuron in each sample.

        Examples
        --------
        >>> error, matrix = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 5.0]])
        >>> projection = Projection(
        ...     pre={"delta_pre": error}, post={"r_post": error}, weights={"w": matrix},
        ...     parameters={},
        ... )
        >>> projection.sum_over_pre("w*delta_pre", "signal")
        array([[11., 10.]])
        """
        total = np.zeros(self._shape[:2])
        for sign, term in _terms(parse(code, where)):
            split = self._split(term, where)
            if split is None:
                for rows, block in self._blocks(term, where):
                    total[rows] += sign * block.sum(axis=2)
            else:
                pre, post, weight = split
                total += sign * post * (pre @ weight.T)
        return total

    def sum_over_samples(self, code: str, where: str) -> Floats:
        """
        Sum an expression over samples.

        Parameters
        ----------
        code : str
            What one synapse adds in one sample.
        where : str
            What the expression is, for messages.

        Returns
        -------
        numpy.ndarray, (post, pre)
            The sum of each synapse.
        """
        total = np.zeros(self._shape[1:])
        for sign, term in _terms(parse(code, where)):
            split = self._split(term, where)
            if split is None:
                for _, block in self._blocks(term, where):
                    total += sign * block.sum(axis=0)
            else:
                pre, post, weight = split
                total += sign * weight * (post.T @ pre)
        return total

    @property
    def _shape(self) -> tuple[int, int, int]:
        samples, post = next(iter(self.post.values())).shape
        return samples, post, next(iter(self.pre.values())).shape[1]

    def _split(self, term: ast.expr, where: str) -> tuple[Floats, Floats, Floats] | None:
        """Write a term as pre*post*weight, so that its sums are matrix products, or say None."""
        samples, post, pre = self._shape
        sides = (self.pre, self.post, self.weights)
        shapes = ((samples, pre), (samples, post), (post, pre))
        parts = [np.ones(shape) for shape in shapes]
        known = {name: value for side in sides for name, value in side.items()}
        for inverse, factor in _factors(term):
            used = names(factor)
            on = [number for number, side in enumerate(sides) if used & set(side)]
            if len(on) > 1:
                return None
            value = evaluate(factor, {**known, **self.parameters}, where)
            number = on[0] if on else 2
            with np.errstate(all="ignore"):
                parts[number] = parts[number] / value if inverse else parts[number] * value
        return parts[0], parts[1], parts[2]

    def _blocks(self, term: ast.expr, where: str) -> Iterator[tuple[slice, Floats]]:
        """Yield the term of every synapse (sample, post, pre), some samples at a time."""
        samples, post, pre = self._shape
        size = max(1, _BLOCK // (post * pre))
        for start in range(0, samples, size):
            rows = slice(start, start + size)
            values: dict[str, npt.ArrayLike] = {
                **{name: value[rows, np.newaxis, :] for name, value in self.pre.items()},
                **{name: value[rows, :, np.newaxis] for name, value in self.post.items()},
                **self.weights,
                **self.parameters,
            }
            yield rows, evaluate(term, values, where)


def _terms(node: ast.expr, sign: int = 1) -> list[tuple[int, ast.expr]]:
    """Return the terms of a sum with their signs."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        right = -sign if isinstance(node.op, ast.Sub) else sign
        return _terms(node.left, sign) + _terms(node.right, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _terms(node.operand, -sign)
    return [(sign, node)]


def _factors(node: ast.expr, inverse: bool = False) -> list[tuple[bool, ast.expr]]:
    """Return the factors of a product, and whether each of them divides."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        right = inverse != isinstance(node.op, ast.Div)
        return _factors(node.left, inverse) + _factors(node.right, right)
    return [(inverse, node)]
