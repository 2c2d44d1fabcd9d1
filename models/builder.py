"""Turn the description of a network into Brian2 objects (static dynamics)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from brian2 import Clock, NeuronGroup, second

from ontogeny.engine import (
    SOURCE_SETTINGS,
    STEP,
    Correlate,
    DenseProjection,
    OperationRunner,
    Propagate,
    Settings,
    Source,
)
from ontogeny.engine.expressions import names

from .network import Network
from .readout import READOUTS
from .transfer import TRANSFERS

__all__ = ["Built", "build"]

# Places in a step: stimulus, forward, readout and error, feedback, plasticity, recording. Layers of
# a stage take consecutive places.
_LAYERS = 1_000_000
_STIMULUS, _FORWARD, _READOUT, _FEEDBACK, _COUNT, _PLASTICITY, _RECORD = (
    stage * _LAYERS for stage in range(7)
)

_VARIABLES = {
    "inputs": "r : 1",
    "hidden": "current : 1\nbias : 1\ndrive : 1\nr : 1\nslope : 1\nfeedback : 1\ndelta : 1",
    "outputs": "current : 1\nbias : 1\ndrive : 1\nr : 1\ntarget : 1\ndelta : 1",
    "trial": (
        "share : 1\npeak : 1\ntotal : 1\nties : 1\nchosen : 1\nmismatch : 1\nloss_sum : 1\nhits : 1"
    ),
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
        self.state |= {f"{name}.{variable}": (projection, variable) for variable in state}


def build(
    network: Network, trials: int, *, projection: Callable[..., Any] = DenseProjection
) -> Built:
    """Build a network into Brian2 objects for the active device.

    Parameters
    ----------
    network : Network
        The description.
    trials : int
        Number of parallel trials.
    projection : callable
        Makes the projections: `DenseProjection`, or `stock_projection` for Brian2's `Synapses`.

    Returns
    -------
    Built
        Populations, projections, settings and source.

    Raises
    ------
    ValueError
        If parameters of rule, optimiser and source share a name.
    """
    clock = Clock(dt=STEP * second, name="step_clock")
    settings = Settings(_scalars(network), clock=clock)
    populations = _populations(network, trials, clock)
    trial = NeuronGroup(
        trials,
        _VARIABLES["trial"],
        # Sums over many trials lose digits in float32.
        dtype={"loss_sum": np.float64, "hits": np.float64},
        clock=clock,
        name="trial",
    )
    inputs, outputs = network.populations[0].name, network.populations[-1].name
    source = Source(
        populations[inputs], populations[outputs], trial, settings, trials=trials, order=_STIMULUS
    )
    built = Built(settings=settings, source=source, populations=populations)
    built.objects += [settings, source, trial, *populations.values()]
    route = partial(DenseProjection, trials=trials, settings=settings)
    connect = partial(projection, trials=trials, settings=settings)
    _add_forward(built, network, trial, connect)
    _add_readout(built, network, trial, route)
    if "w" in names(network.rule.signal):
        _add_feedback(built, network, connect)
    _add_elementwise(built, network, trial)
    settings.step("count += 1", order=_COUNT, gate="plastic", label="count")
    built.state["settings.count"] = (settings, "count")
    for name in ("loss_sum", "hits"):
        built.state[f"trial.{name}"] = (trial, name)
    return built


def _reversed(signal: str) -> str:
    """Rewrite a feedback synapse's equation for the forward synapse beside it.

    Its pre is the other's post, the other way round, and ``forward_w`` is the other's own weight.
    """
    other = {"pre": "post", "post": "pre"}
    swapped = re.sub(r"_(pre|post)\b", lambda found: f"_{other[found[1]]}", signal)
    return re.sub(r"\bforward_w\b", "w", swapped)


def _scalars(network: Network) -> dict[str, type]:
    """Return every scalar of the program with its kind."""
    taken = ["w", "g", "t", "dt", "t_in_timesteps", "N", "N_pre", "N_post", "i", "j"]
    taken += network.optimiser.moments
    scalars: dict[str, type] = {"steps": int, "plastic": int, "count": float, **SOURCE_SETTINGS}
    for owner in (network.rule, network.optimiser):
        for name in owner.parameters:
            if name in scalars or name in taken:
                raise ValueError(
                    f"{type(owner).__name__}.{name}: expected a name of its own, got one that is "
                    f"taken; taken are {', '.join([*scalars, *taken])}"
                )
            scalars[name] = float
    return scalars


def _populations(network: Network, trials: int, clock: Clock) -> dict[str, Any]:
    kinds = ["inputs", *["hidden"] * (len(network.populations) - 2), "outputs"]
    return {
        population.name: NeuronGroup(
            trials * population.size, _VARIABLES[kind], clock=clock, name=population.name
        )
        for population, kind in zip(network.populations, kinds, strict=True)
    }


def _add_forward(built: Built, network: Network, trial: Any, connect: Callable[..., Any]) -> None:
    """Add forward synapses and biases with their plasticity."""
    plastic = ["w", "g", *network.optimiser.moments]
    for layer, synapses in enumerate(network.forward, start=1):
        target = built.populations[synapses.target]
        order = _FORWARD + 2 * layer
        operations = [
            Propagate("w*r_pre", into="current_post", order=order),
            _plasticity(network, layer, network.rule.gradient, bias=False),
        ]
        if layer > 1 and "forward_w" in names(network.rule.signal):
            signal = _reversed(network.rule.signal)
            operations.append(_signal(network, layer, signal, "feedback_pre"))
        made = {f"forward_{layer}": (built.populations[synapses.source], operations)}
        if synapses.bias:
            # A synapse from the trial itself: one source, which is always active.
            operations = [
                Propagate("w", into="bias_post", order=order),
                _plasticity(network, layer, "delta_post", bias=True),
            ]
            made[f"bias_{layer}"] = (trial, operations)
        for name, (source, todo) in made.items():
            synapse = connect(source, target, variables=plastic, operations=todo, name=name)
            built.add(name, synapse, state=[key for key in plastic if key != "g"])


def _plasticity(network: Network, layer: int, gradient: str, *, bias: bool) -> Correlate:
    """Return update direction and update at once.

    A direction reads errors and rates, which are all known by then, and the weights of its own
    synapses: no layer sees another one's new weights.
    """
    update = network.optimiser.equations(bias=bias)
    return Correlate(gradient, into="g", update=update, order=_PLASTICITY + layer, gate="plastic")


def _signal(network: Network, layer: int, code: str, into: str) -> Propagate:
    """Return the feedback into the population below a layer; the highest layer goes first."""
    return Propagate(
        code,
        into=into,
        order=_FEEDBACK + 2 * (len(network.forward) - layer),
        gate="plastic",
    )


def _add_feedback(built: Built, network: Network, connect: Callable[..., Any]) -> None:
    """Add feedback synapses; a rule that never reads their weights has none on the device."""
    for layer, synapses in enumerate(network.feedback, start=2):
        name = f"feedback_{layer}"
        made = connect(
            built.populations[synapses.source],
            built.populations[synapses.target],
            variables=["w"],
            operations=[_signal(network, layer, network.rule.signal, "feedback_post")],
            name=name,
        )
        built.add(name, made, state=["w"])


def _add_readout(built: Built, network: Network, trial: Any, route: Callable[..., Any]) -> None:
    """Add what the outputs of a trial do with each other."""
    readout = READOUTS[network.readout]
    outputs = built.populations[network.populations[-1].name]
    gather = [
        Propagate("drive_pre", into="peak_post", reduce="max", order=_READOUT + 1),
        Propagate("int(drive_pre == peak_post)", into="ties_post", order=_READOUT + 2),
        Propagate("target_pre*int(drive_pre == peak_post)", into="chosen_post", order=_READOUT + 2),
        Propagate(readout.mismatch, into="mismatch_post", order=_READOUT + 4),
    ]
    if readout.normalises:
        gather.append(
            Propagate("exp(drive_pre - peak_post)", into="total_post", order=_READOUT + 2)
        )
    error = f"({readout.error})*share_pre"
    spread = [
        Propagate(readout.rate, into="r_post", order=_READOUT + 3),
        Propagate(error, into="delta_post", order=_READOUT + 4, gate="plastic"),
    ]
    for name, source, target, operations in (
        ("gather", outputs, trial, gather),
        ("spread", trial, outputs, spread),
    ):
        built.add(name, route(source, target, variables=[], operations=operations, name=name))


def _add_elementwise(built: Built, network: Network, trial: Any) -> None:
    """Add the equations that each neuron, and each trial, evaluates on its own."""
    last = len(network.populations) - 1
    for layer, population in enumerate(network.populations[1:], start=1):
        drive = "drive = current + bias"
        group = built.populations[population.name]
        if layer < last:
            transfer = TRANSFERS[population.transfer].equations()
            _run(built, group, f"{drive}\n{transfer}", _FORWARD + 2 * layer + 1, "activate")
            order = _FEEDBACK + 2 * (len(network.forward) - layer) - 1
            _run(built, group, "delta = feedback*slope", order, "error", gate="plastic")
        else:
            _run(built, group, drive, _FORWARD + 2 * layer + 1, "activate")
    loss = READOUTS[network.readout].loss
    tally = f"loss_sum += int(share > 0)*({loss})\nhits += int(share > 0)*chosen/ties"
    _run(built, trial, tally, _RECORD, "tally")


def _run(built: Built, group: Any, code: str, order: int, label: str, *, gate: str = "") -> None:
    if gate:
        built.settings.share_with(group.variables)
    runner = OperationRunner(
        group, "elementwise", code, order=order, gate=gate, name=f"{group.name}_{label}"
    )
    group.contained_objects.append(runner)
