"""Arithmetic that stored lives bring with them, computed over arrays; nothing of it is executed."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .array import Floats

_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_SIGNS: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: np.logical_not,
}
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
#: The functions of Brian2 that do not draw random numbers or look at the clock.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{
        name: getattr(np, name)
        for name in "abs arccos arcsin arctan ceil clip cos cosh exp expm1 floor log log10 "
        "log1p sign sin sinh sqrt tan tanh".split()
    },
    "int": lambda value: np.trunc(np.asarray(value, dtype=np.float64)),
}


def parse(code: str, where: str) -> ast.expr:
    """
    Return the syntax tree of an expression.

    Parameters
    ----------
    code : str
        An expression of numbers, names, operators and functions.
    where : str
        What the expression is, for messages.

    Raises
    ------
    ValueError
        If it is no expression.
    """
    try:
        return ast.parse(code.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise ValueError(
            f"{where}: expected an expression such as 'w*delta_pre', got {code!r} ({problem})"
        ) from problem


def names(node: ast.expr) -> set[str]:
    """Return the names of values in an expression; those of functions are left out."""
    called = {id(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
    return {
        part.id for part in ast.walk(node) if isinstance(part, ast.Name) and id(part) not in called
    }


def evaluate(node: ast.expr, values: Mapping[str, npt.ArrayLike], where: str) -> Floats:
    """
    Compute an expression, element by element.

    Parameters
    ----------
    node : ast.expr
        The expression, as `parse` returns it.
    values : mapping of str to array_like
        Value of each name; arrays broadcast.
    where : str
        What the expression is, for messages.

    Returns
    -------
    numpy.ndarray
        The result, of the shape to which the values broadcast.

    Raises
    ------
    ValueError
        If something is neither a number, a known name, an operator nor a known function.

    Examples
    --------
    >>> values = {"drive": [-1.0, 2.0], "gain": 3}
    >>> evaluate(parse("gain*drive*int(drive > 0)", "rate"), values, "rate")
    array([-0.,  6.])
    >>> evaluate(parse("open('file')", "rate"), {}, "rate")
    Traceback (most recent call last):
        ...
    ValueError: rate: expected functions among abs, arccos, arcsin, arctan, ceil, clip, cos, cosh, \
exp, expm1, floor, int, log, log10, log1p, sign, sin, sinh, sqrt, tan, tanh, got "open('file')"
    """
    # Rates may overflow in networks that have failed; the NaN that follows is the answer.
    with np.errstate(all="ignore"):
        return np.asarray(_value(node, values, where), dtype=np.float64)


def _value(node: ast.expr, values: Mapping[str, npt.ArrayLike], where: str) -> Any:
    if isinstance(node, ast.Constant):
        return _number(node, where)
    if isinstance(node, ast.Name):
        return _named(node.id, values, where)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _value(node.left, values, where), _value(node.right, values, where)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and type(node.op) in _SIGNS:
        return _SIGNS[type(node.op)](_value(node.operand, values, where))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
        left, right = _value(node.left, values, where), _value(node.comparators[0], values, where)
        return _COMPARISONS[type(node.ops[0])](left, right)
    if isinstance(node, ast.Call):
        return _called(node, values, where)
    raise ValueError(
        f"{where}: expected numbers, names, + - * / **, one comparison and functions, "
        f"got {ast.unparse(node)!r}"
    )


def _number(node: ast.Constant, where: str) -> np.float64:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise ValueError(f"{where}: expected real numbers, got {node.value!r}")
    try:
        return np.float64(node.value)
    except OverflowError as problem:
        raise ValueError(f"{where}: expected numbers below 1e308, got a larger one") from problem


def _named(name: str, values: Mapping[str, npt.ArrayLike], where: str) -> Floats:
    if name not in values:
        raise ValueError(f"{where}: expected names among {', '.join(sorted(values))}, got {name!r}")
    return np.asarray(values[name], dtype=np.float64)


def _called(node: ast.Call, values: Mapping[str, npt.ArrayLike], where: str) -> Any:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
        raise ValueError(
            f"{where}: expected functions among {', '.join(sorted(FUNCTIONS))}, "
            f"got {ast.unparse(node)!r}"
        )
    # Beyond three NumPy takes a place to write to.
    wanted = 3 if node.func.id == "clip" else 1
    if len(node.args) != wanted:
        raise ValueError(
            f"{where}: expected {wanted} argument{'s' * (wanted > 1)} of {node.func.id}, "
            f"got {ast.unparse(node)!r}"
        )
    return FUNCTIONS[node.func.id](*(_value(part, values, where) for part in node.args))
