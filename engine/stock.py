"""The same projections as Brian2's own `Synapses`: slow, and the reference in tests."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2.synapses.synapses import Synapses

from .operations import Operation, Propagate, PseudoInverse
from .partner import TRANSPOSED, read_partner, transposed
from .runner import OperationRunner
from .settings import Settings

__all__ = ["stock_projection"]


def stock_projection(
    source: Any,
    target: Any,
    *,
    variables: Sequence[str] = ("w",),
    operations: Sequence[Operation] = (),
    trials: int = 1,
    settings: Settings | None = None,
    partner: Synapses | None = None,
    name: str = "synapses*",
) -> Synapses:
    """Build a projection as all-to-all `Synapses` with summed variables.

    Parameters
    ----------
    source, target, variables, operations, settings, partner, name
        As for `DenseProjection`, but summed variables have no gates and no windows.
    trials : int
        Must be 1: stock synapses cannot share weights between trials.

    Returns
    -------
    Synapses
        Synaptic variables in the order (source, target), row-major.

    Raises
    ------
    ValueError
        If `trials` is not 1, or an operation reduces by something else than a sum.
    """
    if trials != 1:
        raise ValueError(f"stock_projection.trials: expected 1, got {trials}; use DenseProjection")
    summed = [operation for operation in operations if isinstance(operation, Propagate)]
    others = [operation.reduce for operation in summed if operation.reduce != "sum"]
    if others:
        raise ValueError(
            f"stock_projection.operations: expected sums only, got {others}; use DenseProjection"
        )
    model = [f"{variable} : 1" for variable in variables]
    model += [f"{operation.into} = {operation.code} : 1 (summed)" for operation in summed]
    synapses = Synapses(source, target, "\n".join(model), clock=target.clock, name=name)
    synapses.connect()
    synapses.add_attribute("synaptic")
    synapses.synaptic = tuple(variables)
    if partner is not None:
        places = transposed(len(source), len(target))
        synapses.variables.add_array(TRANSPOSED, size=len(places), values=places, dtype=np.int32)
        read_partner(synapses, partner, "stock_projection")
    if settings is not None:
        settings.share_with(synapses.variables)
    for propagation in summed:
        updater = synapses.summed_updaters[propagation.into]
        updater.order, updater._name = propagation.order, f"{name}_{propagation.into}"
    for number, operation in enumerate(operations):
        if not isinstance(operation, Propagate):
            synapses.contained_objects.append(_runner(synapses, number, operation, name))
    return synapses


def _runner(synapses: Synapses, number: int, operation: Operation, name: str) -> OperationRunner:
    """Make the runner of an operation that is no summed variable."""
    template, code = "stateupdate", operation.code
    needed: tuple[str, ...] = ()
    keywords: dict[str, Any] = {}
    if isinstance(operation, PseudoInverse):
        template, code, needed = "pseudo_inverse", "", (operation.code, operation.into)
        matrix, into = (synapses.variables[key] for key in needed)
        keywords = {"_matrix": matrix, "_into": into}
    elif operation.into:
        code = f"{operation.into} = {code}\n{getattr(operation, 'update', '')}"
    return OperationRunner(
        synapses,
        template,
        code,
        order=operation.order,
        name=f"{name}_{operation.kind}_{number}",
        gate=operation.gate,
        window=operation.window,
        needed_variables=needed,
        template_keywords=keywords,
    )
