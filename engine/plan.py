"""Decide what runs for each operation of a dense projection: which template, with which code."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from brian2.core.preferences import prefs

from .expressions import (
    assigned,
    correlate_product,
    is_idle_without,
    names,
    propagate_product,
)
from .operations import Correlate, Operation, Propagate, PseudoInverse, Update

__all__ = ["Plan", "plan", "plan_elementwise"]

# Which projection sums into which variable: what comes last would win.
_receivers: "weakref.WeakKeyDictionary[Any, weakref.ref[Any]]" = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Plan:
    """What an `OperationRunner` needs for an operation.

    Parameters
    ----------
    template : str
        Name of the template.
    code : str or dict of str
        Brian2 code, or one piece of code for each named block.
    needed : tuple of str
        Variables that only the template names.
    keywords : dict
        More values for the template.
    """

    template: str
    code: str | dict[str, str]
    needed: tuple[str, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


def plan(dense: Any, operation: Operation) -> Plan:
    """Check an operation of a projection, and say what runs for it.

    Raises
    ------
    TypeError
        If it is no operation.
    ValueError
        If it names a variable where it cannot be.
    """
    for kind, planned in _PLANS.items():
        if isinstance(operation, kind):
            return planned(dense, operation)
    raise TypeError(
        f"DenseProjection.operations: expected Propagate, Correlate, Update or PseudoInverse, "
        f"got {operation!r}"
    )


def plan_elementwise(dense: Any, code: str) -> Plan:
    """Say what runs for element-wise statements, which need sizes to find a partner's synapses."""
    return Plan("elementwise", code, ("N_pre", "N_post") if _reads_partner(dense, code) else ())


def _known(dense: Any, operation: Operation, name: str) -> Any:
    if name not in dense.variables:
        known = sorted(key for key in dense.variables if not key.startswith("_"))
        raise ValueError(
            f"{type(operation).__name__}.into: expected one of {', '.join(known)}, got {name!r}"
        )
    return dense.variables[name]


def _claim(dense: Any, target: Any, operation: Propagate) -> None:
    """Refuse a second sum into a variable, and one that reads what it writes."""
    owner = _receivers.get(target)
    if owner is not None and owner() is not None:
        raise NotImplementedError(
            f"Propagate.into: expected a variable that nothing else sums into, got "
            f"{operation.into!r}; give each projection its own variable and add them in the "
            f"population"
        )
    read = {dense.variables.get(name) for name in names(operation.code)}
    if target in read:
        raise ValueError(
            f"Propagate.into: expected a variable that {operation.code!r} does not read, got "
            f"{operation.into!r}"
        )
    _receivers[target] = weakref.ref(dense)


def _varies(dense: Any, signal: str, side: str) -> bool:
    """Say whether an expression has another value in every neuron of a side."""
    found = [dense.variables.indices[name] for name in names(signal) if name in dense.variables]
    return f"{side}_idx" in found


def _plain(dense: Any, signal: str, side: str) -> Any:
    """Return the array of an expression that is a variable and nothing else."""
    if signal not in dense.variables or dense.variables.indices[signal] != f"{side}_idx":
        return None
    variable = dense.variables[signal]
    return variable if variable.dtype == prefs.core.default_float_dtype else None


def _propagate(dense: Any, operation: Propagate) -> Plan:
    target = _known(dense, operation, operation.into)
    _claim(dense, target, operation)
    keywords = {
        "_target": target,
        "_backwards": operation.into.endswith("_pre"),
        "_reduce": operation.reduce,
    }
    product = None
    if not _reads_partner(dense, operation.code):
        product = propagate_product(operation.code, operation.into, dense.synaptic)
    side = "_post" if keywords["_backwards"] else "_pre"
    if product is None or operation.reduce != "sum" or not _varies(dense, product[1], side):
        code = f"_value = {operation.code}"
        return Plan("propagate_general", code, (operation.into,), keywords)
    weight, signal = product
    keywords["_weight"] = dense.variables[weight]
    keywords["_plain"] = _plain(dense, signal, side)
    return Plan("propagate_product", f"_signal = {signal}", (operation.into, weight), keywords)


def _correlate(dense: Any, operation: Correlate) -> Plan:
    _check_synaptic(dense, operation)
    _check_elementwise(dense, "Correlate.update", operation.update)
    needed = (operation.into,)
    keywords: dict[str, Any] = {"_into": dense.variables[operation.into], "_fused": False}
    product = correlate_product(operation.code, (*dense.synaptic, *dense.foreign))
    if product is None or not all(map(partial(_varies, dense), product, ("_pre", "_post"))):
        return Plan("correlate_general", f"_value = {operation.code}", needed, keywords)
    pre, post = product
    keywords |= {
        "_plain_pre": _plain(dense, pre, "_pre"),
        "_plain_post": _plain(dense, post, "_post"),
        "_fused": bool(operation.update) and not _reads_partner(dense, operation.update),
        "_sparse": is_idle_without(operation.update, operation.into),
        "_written": operation.into in assigned(operation.update),
        "_rows": [
            dense.variables[name]
            for name in sorted(names(operation.update) & set(dense.synaptic))
            if name != operation.into
        ],
    }
    code = {"pre": f"_signal_pre = {pre}", "post": f"_signal_post = {post}"}
    if keywords["_fused"]:
        code["update"] = operation.update
    return Plan("correlate_product", code, needed, keywords)


def _update(dense: Any, operation: Update) -> Plan:
    _check_elementwise(dense, "Update.code", operation.code)
    return plan_elementwise(dense, operation.code)


def _pseudo_inverse(dense: Any, operation: PseudoInverse) -> Plan:
    _check_synaptic(dense, operation)
    if operation.code not in dense.foreign:
        raise ValueError(
            f"PseudoInverse.code: expected one of the partner's variables "
            f"{', '.join(dense.foreign) or '(none: give partner=)'}, got {operation.code!r}"
        )
    keywords = {
        "_matrix": dense.variables[operation.code],
        "_into": dense.variables[operation.into],
    }
    return Plan("pseudo_inverse", "", (operation.into, operation.code), keywords)


def _check_synaptic(dense: Any, operation: Operation) -> None:
    if operation.into not in dense.synaptic:
        raise ValueError(
            f"{type(operation).__name__}.into: expected one of the synaptic variables "
            f"{', '.join(dense.synaptic) or '(none)'}, got {operation.into!r}"
        )


def _reads_partner(dense: Any, code: str) -> bool:
    return not names(code).isdisjoint(dense.foreign)


def _check_elementwise(dense: Any, where: str, code: str) -> None:
    """Refuse statements that name a population's variables, or set a partner's."""
    foreign = sorted(assigned(code) & set(dense.foreign))
    if foreign:
        raise ValueError(
            f"{where}: expected code that only reads the partner's variables, got one that "
            f"sets {foreign}; let the partner do that"
        )
    sided = sorted(key for key in names(code) if key.endswith(("_pre", "_post")))
    if sided:
        raise ValueError(
            f"{where}: expected synaptic variables and settings only, got {sided}: sum over "
            f"trials with Correlate first"
        )


_PLANS: dict[type, Callable[[Any, Any], Plan]] = {
    Propagate: _propagate,
    Correlate: _correlate,
    Update: _update,
    PseudoInverse: _pseudo_inverse,
}
