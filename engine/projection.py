"""All-to-all projections whose weights are shared by parallel trials."""

import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from brian2.core.base import BrianObject
from brian2.core.preferences import prefs
from brian2.core.variables import Variables
from brian2.groups.group import Group
from brian2.groups.subgroup import Subgroup

from .expressions import (
    assigned,
    correlate_product,
    is_idle_without,
    names,
    propagate_product,
)
from .operations import Correlate, Operation, Propagate, Update
from .partner import TRANSPOSED, partner_names, read_partner
from .runner import OperationRunner
from .settings import Settings

__all__ = ["DenseProjection", "units_per_trial"]

# Which projection sums into which variable: what comes last would win.
_receivers: "weakref.WeakKeyDictionary[Any, weakref.ref[DenseProjection]]" = (
    weakref.WeakKeyDictionary()
)

_HIDDEN = ("N", "t", "dt", "t_in_timesteps", "i")


def units_per_trial(group: Any, trials: int, where: str) -> int:
    """Return how many units a population has in each trial; they must divide evenly."""
    if trials < 1 or len(group) % trials:
        raise ValueError(
            f"{where}: expected a population of trials x units neurons, got {len(group)} neurons "
            f"for {trials} trials"
        )
    return len(group) // trials


class DenseProjection(Group):
    """Connect every unit of one population with every unit of another.

    Source and target hold ``trials x units`` neurons (trial-major); the synaptic variables are
    one row-major array ``(source unit, target unit)`` each, shared by all trials, with no index
    arrays. In operations the source's variables carry the suffix ``_pre``, the target's ``_post``.

    Parameters
    ----------
    source, target : NeuronGroup
        The populations.
    variables : sequence of str
        Names of the synaptic variables, dimensionless; none for a projection that only routes.
    operations : sequence of Operation
        What happens in every step.
    trials : int
        Number of parallel trials.
    settings : Settings, optional
        Scalars that the operations may read, and their gates.
    partner : DenseProjection, optional
        A projection between the same populations in the opposite direction. Operations read its
        synaptic variables, at the synapse with the same two units, with the prefix ``forward_``:
        ``Update("w = sign(forward_w)")``. A product with them is summed as a loop.
    name : str
        Brian2 name of the projection.

    Raises
    ------
    ValueError
        If a population does not hold ``trials x units`` neurons, the partner connects others, or an
        operation names a variable on a side where it cannot be.

    Examples
    --------
    A ring of rate neurons with all-to-all recurrent weights, in plain Brian2:

    >>> from brian2 import NeuronGroup, Network, ms
    >>> from ontogeny.engine import DenseProjection, Propagate
    >>> rates = NeuronGroup(50, '''dr/dt = (-r + tanh(drive))/(10*ms) : 1
    ...                            drive : 1''', method="euler")
    >>> recurrent = DenseProjection(rates, rates, variables=["w"],
    ...                             operations=[Propagate("w*r_pre", into="drive_post")])
    >>> recurrent.w = 0.02
    >>> rates.r = 1
    >>> Network(rates, recurrent).run(1*ms)
    """

    add_to_magic_network = True

    def __init__(
        self,
        source: Any,
        target: Any,
        *,
        variables: Sequence[str] = ("w",),
        operations: Sequence[Operation] = (),
        trials: int = 1,
        settings: Settings | None = None,
        partner: "DenseProjection | None" = None,
        name: str = "denseprojection*",
    ) -> None:
        BrianObject.__init__(self, clock=target.clock, when="groups", order=0, name=name)
        self.codeobj_class = None
        self.trials = trials
        for side, group in (("source", source), ("target", target)):
            if isinstance(group, Subgroup):
                raise TypeError(
                    f"DenseProjection.{side}: expected a whole population, got the part "
                    f"{group.name!r} of one; make it a NeuronGroup of its own"
                )
        self.shape = (
            units_per_trial(source, trials, "DenseProjection.source"),
            units_per_trial(target, trials, "DenseProjection.target"),
        )
        self.synaptic = tuple(variables)
        self._N = self.shape[0] * self.shape[1]
        self.source, self.target, self.partner = source, target, partner
        self._foreign = partner_names(partner)
        self._declare(settings)
        for number, operation in enumerate(operations):
            self._add(number, operation)
        self._enable_group_attributes()

    def __len__(self) -> int:
        """Return the number of synapses."""
        return self._N

    def _declare(self, settings: Settings | None) -> None:
        """Declare the variables that operations can name."""
        variables = self.variables = Variables(self)
        variables.add_constant("N", self._N)
        variables.add_constant("N_pre", self.shape[0])
        variables.add_constant("N_post", self.shape[1])
        for key in self.synaptic:
            variables.add_array(key, size=self._N, dtype=prefs.core.default_float_dtype)
        for group, suffix in ((self.source, "_pre"), (self.target, "_post")):
            # The templates' loops define these indices: nothing is stored for them.
            variables.add_auxiliary_variable(f"{suffix}_idx", dtype=np.int32)
            for key, variable in group.variables.items():
                if not key.startswith("_") and key not in _HIDDEN:
                    index = "0" if variable.scalar else f"{suffix}_idx"
                    variables.add_reference(key + suffix, group, key, index=index)
        variables.create_clock_variables(self._clock)
        if self.partner is not None:
            variables.add_auxiliary_variable(TRANSPOSED, dtype=np.int32)
            read_partner(self, self.partner, "DenseProjection")
        if settings is not None:
            taken = sorted(set(settings.names) & set(variables))
            if taken:
                raise ValueError(
                    f"DenseProjection.settings: expected names that are free in {self.name!r}, "
                    f"got {', '.join(taken)}"
                )
            settings.share_with(variables)

    def _add(self, number: int, operation: Operation) -> None:
        if isinstance(operation, Propagate):
            template, code, needed, keywords = self._propagate(operation)
        elif isinstance(operation, Correlate):
            template, code, needed, keywords = self._correlate(operation)
        elif isinstance(operation, Update):
            template, code, needed, keywords = self._update(operation)
        else:
            raise TypeError(
                f"DenseProjection.operations: expected Propagate, Correlate or Update, "
                f"got {operation!r}"
            )
        name = f"{self.name}_{operation.kind}_{number}"
        self._run(operation, name, template, code, needed, keywords)
        if isinstance(operation, Correlate) and operation.update and not keywords.get("_fused"):
            # Same place in the step: the longer name comes after the shorter.
            needed = self._sizes_for(operation.update)
            self._run(operation, f"{name}_update", "elementwise", operation.update, needed)

    def _run(
        self,
        operation: Operation,
        name: str,
        template: str,
        code: Any,
        needed: tuple[str, ...] = (),
        keywords: Mapping[str, Any] | None = None,
    ) -> None:
        """Run code at the operation's place in the step."""
        runner = OperationRunner(
            self,
            template,
            code,
            order=operation.order,
            name=name,
            gate=operation.gate,
            window=operation.window,
            needed_variables=needed,
            template_keywords={**(keywords or {}), "_trials": self.trials},
        )
        self.contained_objects.append(runner)

    def _known(self, operation: Operation, name: str) -> Any:
        if name not in self.variables:
            known = sorted(key for key in self.variables if not key.startswith("_"))
            raise ValueError(
                f"{type(operation).__name__}.into: expected one of {', '.join(known)}, got {name!r}"
            )
        return self.variables[name]

    def _claim(self, target: Any, operation: Propagate) -> None:
        """Refuse a second sum into a variable, and one that reads what it writes."""
        owner = _receivers.get(target)
        if owner is not None and owner() is not None:
            raise NotImplementedError(
                f"Propagate.into: expected a variable that nothing else sums into, got "
                f"{operation.into!r}; give each projection its own variable and add them in the "
                f"population"
            )
        read = {self.variables.get(name) for name in names(operation.code)}
        if target in read:
            raise ValueError(
                f"Propagate.into: expected a variable that {operation.code!r} does not read, got "
                f"{operation.into!r}"
            )
        _receivers[target] = weakref.ref(self)

    def _varies(self, signal: str, side: str) -> bool:
        """Say whether an expression has another value in every neuron of a side."""
        found = [self.variables.indices[name] for name in names(signal) if name in self.variables]
        return f"{side}_idx" in found

    def _plain(self, signal: str, side: str) -> Any:
        """Return the array of an expression that is a variable and nothing else."""
        if signal not in self.variables or self.variables.indices[signal] != f"{side}_idx":
            return None
        variable = self.variables[signal]
        return variable if variable.dtype == prefs.core.default_float_dtype else None

    def _propagate(self, operation: Propagate) -> tuple[str, Any, tuple[str, ...], dict[str, Any]]:
        target = self._known(operation, operation.into)
        self._claim(target, operation)
        keywords = {
            "_target": target,
            "_backwards": operation.into.endswith("_pre"),
            "_reduce": operation.reduce,
        }
        product = None
        if not self._reads_partner(operation.code):
            product = propagate_product(operation.code, operation.into, self.synaptic)
        side = "_post" if keywords["_backwards"] else "_pre"
        if product is None or operation.reduce != "sum" or not self._varies(product[1], side):
            code = f"_value = {operation.code}"
            return "propagate_general", code, (operation.into,), keywords
        weight, signal = product
        keywords["_weight"] = self.variables[weight]
        keywords["_plain"] = self._plain(signal, side)
        return "propagate_product", f"_signal = {signal}", (operation.into, weight), keywords

    def _correlate(self, operation: Correlate) -> tuple[str, Any, tuple[str, ...], dict[str, Any]]:
        if operation.into not in self.synaptic:
            raise ValueError(
                f"Correlate.into: expected one of the synaptic variables "
                f"{', '.join(self.synaptic) or '(none)'}, got {operation.into!r}"
            )
        self._check_elementwise("Correlate.update", operation.update)
        needed = (operation.into,)
        keywords: dict[str, Any] = {"_into": self.variables[operation.into], "_fused": False}
        product = correlate_product(operation.code, (*self.synaptic, *self._foreign))
        if product is None or not all(map(self._varies, product, ("_pre", "_post"))):
            return "correlate_general", f"_value = {operation.code}", needed, keywords
        pre, post = product
        keywords |= {
            "_plain_pre": self._plain(pre, "_pre"),
            "_plain_post": self._plain(post, "_post"),
            "_fused": bool(operation.update) and not self._reads_partner(operation.update),
            "_sparse": is_idle_without(operation.update, operation.into),
            "_written": operation.into in assigned(operation.update),
            "_rows": [
                self.variables[name]
                for name in sorted(names(operation.update) & set(self.synaptic))
                if name != operation.into
            ],
        }
        code = {"pre": f"_signal_pre = {pre}", "post": f"_signal_post = {post}"}
        if keywords["_fused"]:
            code["update"] = operation.update
        return "correlate_product", code, needed, keywords

    def _update(self, operation: Update) -> tuple[str, Any, tuple[str, ...], dict[str, Any]]:
        self._check_elementwise("Update.code", operation.code)
        return "elementwise", operation.code, self._sizes_for(operation.code), {}

    def _reads_partner(self, code: str) -> bool:
        return not names(code).isdisjoint(self._foreign)

    def _sizes_for(self, code: str) -> tuple[str, ...]:
        """Return what element-wise code needs to find a partner's synapses."""
        return ("N_pre", "N_post") if self._reads_partner(code) else ()

    def _check_elementwise(self, where: str, code: str) -> None:
        """Refuse statements that name a population's variables, or set a partner's."""
        foreign = sorted(assigned(code) & set(self._foreign))
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
