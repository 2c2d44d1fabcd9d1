"""NumPy code that computes in place: no temporary is made in a step."""

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2.codegen.generators.numpy_generator import NumpyCodeGenerator
from brian2.core.variables import ArrayVariable

from .partner import TRANSPOSED

__all__ = ["InPlaceGenerator", "Scratch"]

_BINARY = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
_COMPARISONS = {
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
}
_FUNCTIONS = {
    name: name
    for name in (
        *("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan"),
        *("exp", "log", "log10", "sqrt", "sign"),
    )
} | {"abs": "absolute"}
_TEMPLATES = ("elementwise", "correlate_product")


class Scratch(dict):
    """Arrays of one length, made when they are first asked for: ``scratch[number, dtype]``.

    Examples
    --------
    >>> scratch = Scratch(3)
    >>> scratch[0, "float32"].shape, scratch[0, "float32"] is scratch[0, "float32"]
    ((3,), True)
    """

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def __missing__(self, key: tuple[Any, str]) -> np.ndarray:
        """Make an array."""
        self[key] = np.empty(self.length, key[1])
        return self[key]


class _NotInPlace(Exception):
    """A statement has a form that is left to Brian2."""


class InPlaceGenerator(NumpyCodeGenerator):
    """Translate element-wise statements into ufunc calls whose results go to scratch arrays.

    What is no float arithmetic on arrays of one length (conditional writes, random numbers, whole
    numbers) is left to Brian2's own generator, for the whole sequence of statements.
    """

    def translate_one_statement_sequence(
        self, statements: Sequence[Any], scalar: bool = False
    ) -> list[str]:
        """Translate statements into lines."""
        if not scalar and self.template_name in _TEMPLATES:
            try:
                return _Sequence(self, statements).lines
            except _NotInPlace:
                pass
        return super().translate_one_statement_sequence(statements, scalar=scalar)


class _Sequence:
    """The lines of one sequence of statements."""

    def __init__(self, generator: InPlaceGenerator, statements: Sequence[Any]) -> None:
        self.generator = generator
        self.lines: list[str] = []
        self.types: dict[str, np.dtype] = {}
        self.taken: set[str] = set()
        read, write, _, conditional = generator.arrays_helper(statements)
        if conditional or not statements:
            raise _NotInPlace
        for name in sorted(set(read) | set(write)):
            self._declare(name)
        for statement in statements:
            self._translate(statement)

    def _declare(self, name: str) -> None:
        variable, index = self.generator.variables[name], self.generator.variable_indices[name]
        if index == "0":
            self.lines.append(f"{name} = {self.generator.get_array_name(variable)}[0]")
            return
        whole = index in ("_idx", TRANSPOSED) and index in self.generator.iterate_all
        if not whole or variable.dtype not in (np.float32, np.float64):
            raise _NotInPlace
        self.types[name] = np.dtype(variable.dtype)
        self.lines.append(f"{name} = {self.generator.get_array_name(variable)}")

    def _translate(self, statement: Any) -> None:
        """Append the lines of a statement."""
        node = ast.parse(statement.expr, mode="eval").body
        name, op = statement.var, statement.op
        dtype = self._dtype(node)
        if op == ":=":
            if dtype is None:
                self.lines.append(f"{name} = {self._scalar(node)}")
                return
            self.types[name] = dtype
            self.lines.append(f"{name} = _scratch[{name!r}, {dtype.name!r}]")
        elif name not in self.types:
            raise _NotInPlace
        if op in (":=", "="):
            self._into(name, node)
            return
        ufunc = {"+=": "add", "-=": "subtract", "*=": "multiply", "/=": "divide"}.get(op)
        if ufunc is None:
            raise _NotInPlace
        self._call(ufunc, [name, self._value(node, 0)], name)

    def _into(self, name: str, node: ast.expr) -> None:
        """Compute an expression into the array of a name."""
        if self._dtype(node) is None or isinstance(node, ast.Name):
            self.lines.append(f"{name}[...] = {self._value(node, 0)}")
        else:
            self._value(node, 0, name)

    def _dtype(self, node: ast.expr) -> np.dtype | None:
        """Return the float type of an expression's arrays; None where it has none."""
        found = [
            self.types[part.id]
            for part in ast.walk(node)
            if isinstance(part, ast.Name) and part.id in self.types
        ]
        return np.result_type(*found) if found else None

    def _scalar(self, node: ast.expr) -> str:
        for part in ast.walk(node):
            variable = isinstance(part, ast.Name) and self.generator.variables.get(part.id)
            if isinstance(variable, ArrayVariable) and not variable.scalar:
                raise _NotInPlace
        return f"({self.generator.translate_expression(ast.unparse(node))})"

    def _value(self, node: ast.expr, depth: int, out: str = "") -> str:
        """Append the lines that compute an expression; return what holds it."""
        dtype = self._dtype(node)
        if dtype is None:
            return self._scalar(node)
        if isinstance(node, ast.Name):
            return node.id
        ufunc, operands = self._operation(node)
        values: list[str] = []
        for operand in operands:
            values.append(self._value(operand, depth + len(values)))
        if not out:
            out = f"_{depth}_{dtype.name}"
            if out not in self.taken:
                self.taken.add(out)
                self.lines.append(f"{out} = _scratch[{depth}, {dtype.name!r}]")
        self._call(ufunc, values, out)
        return out

    def _call(self, ufunc: str, values: list[str], out: str) -> None:
        self.lines.append(f"_numpy.{ufunc}({', '.join(values)}, out={out})")

    @staticmethod
    def _operation(node: ast.expr) -> tuple[str, list[ast.expr]]:
        """Return the ufunc of an expression's outermost operation, and its operands."""
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return _BINARY[type(node.op)], [node.left, node.right]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return "negative", [node.operand]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
            if node.func.id in _FUNCTIONS:
                return _FUNCTIONS[node.func.id], node.args
            truth = node.args[0]
            if (
                node.func.id == "int"
                and isinstance(truth, ast.Compare)
                and len(truth.ops) == 1
                and type(truth.ops[0]) in _COMPARISONS
            ):
                return _COMPARISONS[type(truth.ops[0])], [truth.left, truth.comparators[0]]
        raise _NotInPlace
