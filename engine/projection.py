"""All-to-all projections whose weights are shared by parallel trials."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from brian2.core.base import BrianObject
from brian2.core.preferences import prefs
from brian2.core.variables import Variables
from brian2.groups.group import Group
from brian2.groups.subgroup import Subgroup

from .operations import Correlate, Operation
from .partner import TRANSPOSED, partner_names, read_partner
from .plan import Plan, plan, plan_elementwise
from .runner import OperationRunner
from .settings import Settings

__all__ = ["DenseProjection", "units_per_trial"]

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
        self.foreign = partner_names(partner)
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
        done = plan(self, operation)
        name = f"{self.name}_{operation.kind}_{number}"
        self._run(operation, name, done)
        if isinstance(operation, Correlate) and operation.update and not done.keywords["_fused"]:
            # Same place in the step: the longer name comes after the shorter.
            self._run(operation, f"{name}_update", plan_elementwise(self, operation.update))

    def _run(self, operation: Operation, name: str, done: Plan) -> None:
        """Run code at the operation's place in the step."""
        runner = OperationRunner(
            self,
            done.template,
            done.code,
            order=operation.order,
            name=name,
            gate=operation.gate,
            window=operation.window,
            needed_variables=done.needed,
            template_keywords={**done.keywords, "_trials": self.trials},
        )
        self.contained_objects.append(runner)
