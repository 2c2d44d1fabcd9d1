"""Turn the description of a network into Brian2 objects."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from brian2 import Clock, NeuronGroup, second

from ontogeny.engine import (
    STEP,
    DenseProjection,
    Propagate,
    Settings,
    Source,
)

from .dynamics import Leaky
from .membranes import add_membranes, membrane_variables
from .network import Network
from .passes import (
    add_mirror,
    add_perturbation,
    mirror_variables,
    perturbation_variables,
)
from .readout import READOUTS
from .scalars import dimensions_of, scalars_of
from .stages import (
    COUNT,
    FEEDBACK,
    FORWARD,
    READOUT,
    RECORD,
    STIMULUS,
    Built,
    Context,
)
from .synapses import add_feedback, add_forward
from .transfer import TRANSFERS

__all__ = ["Built", "build"]

_VARIABLES = {
    "inputs": ("r",),
    "hidden": ("current", "bias", "drive", "r", "slope", "feedback", "delta"),
    "outputs": ("current", "bias", "drive", "r", "target", "delta"),
    "trial": ("share", "peak", "total", "ties", "chosen", "mismatch", "loss_sum", "hits"),
}


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
    leaky = network.dynamics if isinstance(network.dynamics, Leaky) else None
    clock = Clock(dt=(leaky.dt if leaky else STEP) * second, name="step_clock")
    settings = Settings(scalars_of(network), clock=clock, dimensions=dimensions_of(network))
    populations = _populations(network, trials, clock)
    variables = (*_VARIABLES["trial"], *perturbation_variables(network, "trial"))
    trial = NeuronGroup(
        trials,
        _declared(variables),
        # Sums over many trials lose digits in float32.
        dtype={"loss_sum": np.float64, "hits": np.float64},
        clock=clock,
        name="trial",
    )
    inputs, outputs = network.populations[0].name, network.populations[-1].name
    source = Source(
        populations[inputs], populations[outputs], trial, settings, trials=trials, order=STIMULUS
    )
    built = Built(settings=settings, source=source, populations=populations)
    built.objects += [settings, source, trial, *populations.values()]
    context = Context(
        network=network,
        trials=trials,
        built=built,
        trial=trial,
        connect=partial(projection, trials=trials, settings=settings),
        route=partial(DenseProjection, trials=trials, settings=settings),
    )
    add_forward(context)
    _add_readout(context)
    add_feedback(context)
    _add_shares(context)
    _add_elementwise(context)
    add_membranes(context)
    add_perturbation(context)
    add_mirror(context)
    settings.step("count += 1", order=COUNT, gate="plastic", window=context.window, label="count")
    built.keep(settings, "count")
    built.keep(trial, "loss_sum", "hits")
    return built


def _declared(variables: Any) -> str:
    return "\n".join(f"{name} : 1" for name in dict.fromkeys(variables))


def _populations(network: Network, trials: int, clock: Clock) -> dict[str, Any]:
    kinds = ["inputs", *["hidden"] * (len(network.populations) - 2), "outputs"]
    return {
        population.name: NeuronGroup(
            trials * population.size,
            _declared(
                (
                    *_VARIABLES[kind],
                    *(("share",) if _reads_share(network, kind) else ()),
                    *perturbation_variables(network, kind),
                    *mirror_variables(network, kind),
                    *membrane_variables(network, kind),
                )
            ),
            clock=clock,
            name=population.name,
        )
        for population, kind in zip(network.populations, kinds, strict=True)
    }


def _reads_share(network: Network, kind: str) -> bool:
    """Say whether neurons have to know the number of active trials."""
    spikes = isinstance(network.dynamics, Leaky) and network.dynamics.spiking is not None
    return network.rule.uses("share") or (spikes and kind == "outputs")


def _add_shares(context: Context) -> None:
    """Tell neurons the number of active trials where they have to know it."""
    for group in context.groups:
        if "share" in group.variables:
            name = f"share_of_{group.name}"
            operations = [Propagate("share_pre", into="share_post", order=STIMULUS + 1)]
            made = context.route(
                context.trial, group, variables=[], operations=operations, name=name
            )
            context.built.add(name, made)


def _add_readout(context: Context) -> None:
    """Add what the outputs of a trial do with each other."""
    network = context.network
    readout = READOUTS[network.readout]
    outputs = context.groups[-1]
    gather = [
        Propagate("drive_pre", into="peak_post", reduce="max", order=READOUT + 1),
        Propagate("int(drive_pre == peak_post)", into="ties_post", order=READOUT + 2),
        Propagate("target_pre*int(drive_pre == peak_post)", into="chosen_post", order=READOUT + 2),
        Propagate(readout.mismatch, into="mismatch_post", order=READOUT + 4),
    ]
    if readout.normalises:
        gather.append(Propagate("exp(drive_pre - peak_post)", into="total_post", order=READOUT + 2))
    spread = [Propagate(readout.rate, into="r_post", order=READOUT + 3)]
    if not network.rule.output_delta and not (context.leaky and context.leaky.spiking):
        error = f"({readout.error})*share_pre"
        spread.append(Propagate(error, into="delta_post", order=READOUT + 4, gate="plastic"))
    for name, source, target, operations in (
        ("gather", outputs, context.trial, gather),
        ("spread", context.trial, outputs, spread),
    ):
        made = context.route(source, target, variables=[], operations=operations, name=name)
        context.built.add(name, made)


def _add_elementwise(context: Context) -> None:
    """Add the equations that each neuron, and each trial, evaluates on its own."""
    network = context.network
    last = len(network.populations) - 1
    for layer, population in enumerate(network.populations[1:], start=1):
        group = context.groups[layer]
        if not context.leaky:
            code = "drive = current + bias"
            if layer < last:
                code += f"\n{TRANSFERS[population.transfer].equations()}"
            context.run(group, code, FORWARD + 2 * layer + 1, "activate")
        if layer < last and network.rule.delta:
            order = FEEDBACK + 2 * (len(network.forward) - layer) - 1
            heard = "apical" if context.leaky and context.leaky.feedback else "feedback"
            code = re.sub(r"\bfeedback\b", heard, f"delta = {network.rule.delta}")
            context.run(group, code, order, "error", gate="plastic")
    if network.rule.output_delta:
        code = f"delta = {network.rule.output_delta}"
        context.run(context.groups[-1], code, FEEDBACK - 1, "error", gate="plastic")
    loss = READOUTS[network.readout].loss
    tally = f"loss_sum += int(share > 0)*({loss})\nhits += int(share > 0)*chosen/ties"
    window = ("hold", "held") if context.leaky else None
    context.run(context.trial, tally, RECORD, "tally", window=window)
