"""Places in a step, and what all parts of a network under construction share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ontogeny.engine import Deviates, OperationRunner, Settings, Source

from .dynamics import Leaky
from .network import Network

__all__ = [
    "COUNT",
    "FEEDBACK",
    "FEEDBACK_PLASTICITY",
    "FORWARD",
    "MEMBRANE",
    "MIRROR",
    "PERTURBATION",
    "PLASTICITY",
    "READOUT",
    "RECORD",
    "STIMULUS",
    "TRACE",
    "VARIABLES",
    "WEIGHTS",
    "Built",
    "Context",
]

# Layers of a stage take consecutive places.
_LAYERS = 1_000_000
(
    STIMULUS,
    WEIGHTS,
    FORWARD,
    MEMBRANE,
    READOUT,
    PERTURBATION,
    FEEDBACK,
    TRACE,
    MIRROR,
    COUNT,
    FEEDBACK_PLASTICITY,
    PLASTICITY,
    RECORD,
) = (stage * _LAYERS for stage in range(13))

#: What every kind of population has, whatever the rule.
VARIABLES = {
    "inputs": ("r",),
    "hidden": ("current", "bias", "drive", "r", "slope", "feedback", "delta"),
    "outputs": ("current", "bias", "drive", "r", "target", "delta"),
    "trial": ("share", "peak", "total", "ties", "chosen", "mismatch", "loss_sum", "hits"),
}


@dataclass
class Built:
    """A network as Brian2 objects.

    Attributes
    ----------
    objects : list of BrianObject
        Everything to put into a Brian2 `Network`; nothing else is needed.
    settings : Settings
        Scalars: gates, rates, where stimuli come from.
    source : Source
        Presents stimuli.
    populations : dict of NeuronGroup
        By name; ``trials x size`` neurons each.
    projections : dict of Group
        By name: ``forward_1``, ``bias_1``, ``feedback_2``, ...
    state : dict
        What a segment hands to the next: name -> (group, variable).
    """

    settings: Settings
    source: Source
    populations: dict[str, Any]
    objects: list[Any] = field(default_factory=list)
    projections: dict[str, Any] = field(default_factory=dict)
    state: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def add(self, name: str, projection: Any, *, state: Sequence[str] = ()) -> None:
        """Keep a projection, and which of its variables are state."""
        self.projections[name] = projection
        self.objects.append(projection)
        self.keep(projection, *state)

    def keep(self, group: Any, *variables: str) -> None:
        """Hand variables of a group from segment to segment."""
        self.state |= {f"{group.name}.{name}": (group, name) for name in variables}


@dataclass(frozen=True, kw_only=True)
class Context:
    """What every part of a network under construction may need.

    Attributes
    ----------
    network : Network
        The description.
    trials : int
        Number of parallel trials.
    built : Built
        What there is so far.
    trial : NeuronGroup
        One neuron per trial.
    connect : callable
        Makes projections with weights: takes source, target, and by keyword `variables`,
        `operations`, `name` and `partner`.
    route : callable
        Makes projections that only route values between populations and trials.
    """

    network: Network
    trials: int
    built: Built
    trial: Any
    connect: Callable[..., Any]
    route: Callable[..., Any]

    @property
    def leaky(self) -> Leaky | None:
        """The dynamics, if neurons live in time."""
        dynamics = self.network.dynamics
        return dynamics if isinstance(dynamics, Leaky) else None

    @property
    def window(self) -> tuple[str, str] | None:
        """When within a stimulus synapses change: settings that hold its steps, and the first."""
        return ("hold", "closed") if self.leaky else None

    @property
    def errors(self) -> str:
        """The gate of errors: they flow at all times where neurons live in time."""
        return "" if self.leaky else "plastic"

    @property
    def forward(self) -> str:
        """The gate of plasticity in forward synapses."""
        return "forward_plastic" if self.network.rule.feedback_gradient else "plastic"

    @property
    def groups(self) -> list[Any]:
        """The populations from inputs to outputs."""
        return [self.built.populations[item.name] for item in self.network.populations]

    def draw(
        self,
        group: Any,
        variable: str,
        *,
        stream: int,
        order: int,
        kind: str = "gaussian",
        rows: int | None = None,
        gate: str = "",
        window: tuple[str, str] | None = None,
    ) -> None:
        """Let a variable hold fresh numbers; by default each trial has its own row of them."""
        made = Deviates(
            group,
            variable,
            kind=kind,
            stream=stream,
            settings=self.built.settings,
            rows=self.trials if rows is None else rows,
            order=order,
            gate=gate,
            window=window,
            name=f"{group.name}_{variable}s",
        )
        self.built.objects.append(made)

    def run(
        self,
        group: Any,
        code: str,
        order: int,
        label: str,
        *,
        gate: str = "",
        window: tuple[str, str] | None = None,
    ) -> None:
        """Let every neuron of a group run statements in every step."""
        self.built.settings.share_with(group.variables)
        group.contained_objects.append(
            OperationRunner(
                group,
                "elementwise",
                code,
                order=order,
                gate=gate,
                window=window,
                name=f"{group.name}_{label}",
            )
        )
