"""Find the matrix products in Brian2 expressions."""

import ast
from collections.abc import Collection

__all__ = [
    "FUNCTIONS",
    "assigned",
    "correlate_product",
    "is_idle_without",
    "is_proportional",
    "names",
    "propagate_product",
    "terms",
]


#: Functions that Brian2 knows in every expression.
FUNCTIONS = frozenset(
    "abs arccos arcsin arctan ceil clip cos cosh exp expm1 exprel floor int log log10 log1p "
    "poisson rand randn sign sin sinh sqrt tan tanh timestep".split()
)


def names(code: str) -> set[str]:
    """Return the identifiers in Brian2 code, function names included."""
    return {node.id for node in ast.walk(ast.parse(code.strip())) if isinstance(node, ast.Name)}


def terms(expression: str) -> list[str]:
    """Return the terms of a sum.

    Examples
    --------
    >>> terms("r_pre*delta_post - (w + 1)")
    ['r_pre * delta_post', 'w', '1']
    """
    found, queue = [], [ast.parse(expression.strip(), mode="eval").body]
    while queue:
        node = queue.pop(0)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            queue[:0] = [node.left, node.right]
        elif isinstance(node, ast.UnaryOp):
            queue.insert(0, node.operand)
        else:
            found.append(ast.unparse(node))
    return found


def is_proportional(term: str, name: str) -> bool:
    """Say whether a term is a product in which a name is one factor, and nowhere else.

    Examples
    --------
    >>> is_proportional("(r_pre - w)*delta_post/2", "delta_post")
    True
    >>> is_proportional("r_pre*tanh(delta_post)", "delta_post")
    False
    """
    queue, found = [ast.parse(term.strip(), mode="eval").body], 0
    while queue:
        node = queue.pop()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            queue += [node.left, node.right]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            queue.append(node.left)
            found += 2 * (name in names(ast.unparse(node.right)))
        elif isinstance(node, ast.UnaryOp):
            queue.append(node.operand)
        elif isinstance(node, ast.Name) and node.id == name:
            found += 1
        else:
            found += 2 * (name in names(ast.unparse(node)))
    return found == 1


def assigned(statements: str) -> set[str]:
    """Return the names that statements assign to.

    Examples
    --------
    >>> sorted(assigned("g += decay*w; w -= rate*g"))
    ['g', 'w']
    """
    return {
        node.id
        for node in ast.walk(ast.parse(statements))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def is_idle_without(statements: str, name: str) -> bool:
    """Say whether statements change nothing where a name is 0.

    Examples
    --------
    >>> is_idle_without("w -= rate*g", "g")
    True
    >>> is_idle_without("v = momentum*v + g; w -= rate*v", "g")
    False
    """
    for statement in ast.parse(statements).body:
        adds = isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub)
        if not adds:
            return False
        value = ast.unparse(statement.value)  # type: ignore[attr-defined]
        if not all(is_proportional(term, name) for term in terms(value)):
            return False
    return True


def _factors(node: ast.expr) -> list[ast.expr]:
    """Split a product into its factors."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _factors(node.left) + _factors(node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [ast.Constant(-1), *_factors(node.operand)]
    return [node]


def _product(factors: list[str]) -> str:
    return "*".join(f"({factor})" if not factor.isidentifier() else factor for factor in factors)


def _sides(expression: str, synaptic: Collection[str]) -> list[tuple[str, frozenset[str]]] | None:
    """Return each factor with the sides it depends on; None where a factor mixes sides."""
    found = []
    for node in _factors(ast.parse(expression.strip(), mode="eval").body):
        text = ast.unparse(node)
        used = names(text)
        sides = frozenset(
            side
            for side, on in (
                ("pre", any(name.endswith("_pre") for name in used)),
                ("post", any(name.endswith("_post") for name in used)),
                ("synapse", bool(used & set(synaptic))),
            )
            if on
        )
        if len(sides) > 1:
            return None
        found.append((text, sides))
    return found


def propagate_product(
    expression: str, into: str, synaptic: Collection[str]
) -> tuple[str, str] | None:
    """Split ``weight * f(source)`` into the weight's name and the source's expression.

    Parameters
    ----------
    expression : str
        The propagated expression.
    into : str
        The variable that it goes to; its suffix tells the direction.
    synaptic : collection of str
        Names of the projection's own variables.

    Returns
    -------
    tuple of str, or None
        ``(weight, source expression)``, or None where this is no matrix product.

    Examples
    --------
    >>> propagate_product("w*r_pre", "drive_post", ["w"])
    ('w', 'r_pre')
    >>> propagate_product("w*tanh(r_pre - r_post)", "drive_post", ["w"]) is None
    True
    """
    source = "pre" if into.endswith("_post") else "post"
    factors = _sides(expression, synaptic)
    if factors is None:
        return None
    weights = [text for text, sides in factors if sides == {"synapse"}]
    signals = [text for text, sides in factors if sides != {"synapse"}]
    allowed = all(sides <= {source, "synapse"} for _, sides in factors)
    if len(weights) != 1 or not weights[0].isidentifier() or not signals or not allowed:
        return None
    return weights[0], _product(signals)


def correlate_product(expression: str, synaptic: Collection[str]) -> tuple[str, str] | None:
    """Split ``f(source) * g(target)`` into its two sides.

    Returns
    -------
    tuple of str, or None
        ``(source expression, target expression)``, or None where this is no outer product.

    Examples
    --------
    >>> correlate_product("r_pre*delta_post", ["w", "g"])
    ('r_pre', 'delta_post')
    >>> correlate_product("-r_pre*delta_post", ["w", "g"])
    ('r_pre', '(-1)*delta_post')
    >>> correlate_product("w*r_pre*delta_post", ["w", "g"]) is None
    True
    """
    factors = _sides(expression, synaptic)
    if factors is None or any("synapse" in sides for _, sides in factors):
        return None
    pre = [text for text, sides in factors if sides == {"pre"}]
    post = [text for text, sides in factors if sides != {"pre"}]
    if not pre or not any(sides == {"post"} for _, sides in factors):
        return None
    return _product(pre), _product(post)
