"""Turn the description of a network into Brian2 objects."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from brian2 import Clock, NeuronGroup, hertz, second

from ontogeny.engine import (
    SOURCE_SETTINGS,
    STEP,
    Correlate,
    DenseProjection,
    Deviates,
    Operation,
    Propagate,
    PseudoInverse,
    Settings,
    Source,
    Update,
)
from ontogeny.engine.expressions import names
from ontogeny.plasticity.parameters import units_of

from .dynamics import Leaky
from .membranes import add_membranes, membrane_variables, sent
from .network import Network
from .passes import (
    add_mirror,
    add_perturbation,
    mirror_operations,
    mirror_variables,
    perturbation_operations,
    perturbation_variables,
)
from .readout import READOUTS
from .stages import (
    COUNT,
    FEEDBACK,
    FEEDBACK_PLASTICITY,
    FORWARD,
    PLASTICITY,
    READOUT,
    RECORD,
    STIMULUS,
    WEIGHTS,
    Built,
    Context,
)
from .transfer import TRANSFERS

__all__ = ["Built", "build"]

_VARIABLES = {
    "inputs": ("r",),
    "hidden": ("current", "bias", "drive", "r", "slope", "feedback", "delta"),
    "outputs": ("current", "bias", "drive", "r", "target", "delta"),
    "trial": ("share", "peak", "total", "ties", "chosen", "mismatch", "loss_sum", "hits"),
}
# Streams of random numbers: magnitudes of feedback weights, by layer.
_MAGNITUDES = 1000


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
    settings = Settings(_scalars(network), clock=clock, dimensions=_dimensions(network))
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
    _add_forward(context)
    _add_readout(context)
    _add_feedback(context)
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


def _reversed(signal: str) -> str:
    """Rewrite a feedback synapse's equation for the forward synapse beside it.

    Its pre is the other's post, the other way round, and ``forward_w`` is the other's own weight.
    """
    other = {"pre": "post", "post": "pre"}
    swapped = re.sub(r"_(pre|post)\b", lambda found: f"_{other[found[1]]}", signal)
    return re.sub(r"\bforward_w\b", "w", swapped)


def _through_forward(network: Network) -> bool:
    """Say whether errors travel through the forward synapses, backwards, and no others."""
    used = names(network.rule.signal) if network.rule.signal else set()
    return "forward_w" in used and "w" not in used


def _scalars(network: Network) -> dict[str, type]:
    """Return every scalar of the program with its kind."""
    taken = ["w", "g", "t", "dt", "t_in_timesteps", "N", "N_pre", "N_post", "i", "j", "mask"]
    taken += network.optimiser.moments
    scalars: dict[str, type] = {
        **{"steps": int, "plastic": int, "count": float, "elapsed": int},
        **SOURCE_SETTINGS,
        **_rule_scalars(network),
        **_time_scalars(network),
    }
    for owner in (network.rule, network.optimiser):
        for name in owner.parameters:
            if name in scalars or name in taken:
                raise ValueError(
                    f"{type(owner).__name__}.{name}: expected a name of its own, got one that is "
                    f"taken; taken are {', '.join([*scalars, *taken])}"
                )
            scalars[name] = float
    return scalars


def _dimensions(network: Network) -> dict[str, Any]:
    """Return the dimensions of the scalars that have any."""
    units = {**units_of(network.rule), **units_of(network.optimiser)}
    found = {name: hertz.dim for name, unit in units.items() if unit == "1/s"}
    times = {name: second.dim for name in _time_scalars(network) if name[:4] in ("tau_", "step")}
    return {**found, **times}


def _rule_scalars(network: Network) -> dict[str, type]:
    scalars: dict[str, type] = {}
    if network.rule.feedback_gradient:
        scalars["feedback_plastic"] = int
    if "spread" in names(network.rule.feedback_weights or "0"):
        scalars |= {f"spread_{layer}": float for layer in range(2, len(network.sizes))}
    if mirror_variables(network, "hidden"):
        scalars |= {"emission_mean": float, "emission_std": float}
    return scalars


def _time_scalars(network: Network) -> dict[str, type]:
    if not isinstance(network.dynamics, Leaky):
        return {}
    times = [f"tau_{population.name}" for population in network.populations[1:]]
    times += ["tau_feedback", "tau_trace", "tau_highpass", "tau_noise", "tau_spikes"]
    scalars: dict[str, type] = dict.fromkeys(
        ("step", *times, "noise_in_neurons", "tonic_rate", "error_gain"), float
    )
    return {"held": int, "closed": int, **scalars}


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


def _add_forward(context: Context) -> None:
    """Add forward synapses and biases with their plasticity."""
    network, built = context.network, context.built
    last = len(network.forward)
    for layer, synapses in enumerate(network.forward, start=1):
        source, target = built.populations[synapses.source], built.populations[synapses.target]
        order = FORWARD + 2 * layer
        plastic = layer == last or bool(network.rule.delta)
        moments = network.optimiser.moments if plastic else ()
        masked = ("mask",) if synapses.density < 1 else ()
        operations: list[Operation] = [
            Propagate(f"w*{sent(context, layer - 1)}_pre", into="current_post", order=order),
            *perturbation_operations(context, layer),
            *mirror_operations(context, layer),
        ]
        if plastic:
            operations.append(_plasticity(context, layer, masked=bool(masked)))
        if layer > 1 and _through_forward(network):
            signal = _reversed(network.rule.signal)
            operations.append(_signal(context, layer, signal, "feedback_pre"))
        made = context.connect(
            source,
            target,
            variables=["w", *(["g"] if plastic else []), *moments, *masked],
            operations=operations,
            name=f"forward_{layer}",
        )
        built.add(f"forward_{layer}", made, state=["w", *moments, *masked])
        if synapses.bias:
            # A synapse from the trial itself: one source, which is always active.
            operations = [Propagate("w", into="bias_post", order=order)]
            if plastic:
                operations.append(_bias_plasticity(context, layer))
            made = context.connect(
                context.trial,
                target,
                variables=["w", *(["g"] if plastic else []), *moments],
                operations=operations,
                name=f"bias_{layer}",
            )
            built.add(f"bias_{layer}", made, state=["w", *moments])


def _plasticity(context: Context, layer: int, *, masked: bool) -> Correlate:
    """Return update direction and update at once.

    A direction reads errors and rates, which are all known by then, and the weights of its own
    synapses: no layer sees another one's new weights.
    """
    rule, optimiser = context.network.rule, context.network.optimiser
    heard = sent(context, layer - 1, trace=True)
    return Correlate(
        re.sub(r"\br_pre\b", f"{heard}_pre", rule.gradient),
        into="g",
        update=_statements(rule.decay, optimiser.equations(), "w *= mask" if masked else ""),
        order=PLASTICITY + layer,
        gate="plastic",
        window=context.window,
    )


def _bias_plasticity(context: Context, layer: int) -> Correlate:
    return Correlate(
        "delta_post",
        into="g",
        update=context.network.optimiser.equations(bias=True),
        order=PLASTICITY + layer,
        gate="plastic",
        window=context.window,
    )


def _statements(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _signal(context: Context, layer: int, code: str, into: str) -> Propagate:
    """Return the feedback into the population below a layer; the highest layer goes first.

    In time all layers send at once, what they had at the end of the last step.
    """
    above = 2 * (len(context.network.forward) - layer)
    order = FORWARD + 1 if context.leaky else FEEDBACK + above
    return Propagate(code, into=into, order=order, gate="plastic")


def _add_feedback(context: Context) -> None:
    """Add feedback synapses; a rule that never reads their weights has none on the device."""
    network, rule = context.network, context.network.rule
    changes = bool(rule.feedback_weights or rule.feedback_gradient)
    through_forward = _through_forward(network)
    if not rule.signal or (through_forward and not changes):
        return
    for layer, synapses in enumerate(network.feedback, start=2):
        masked = synapses.density < 1 and changes
        operations: list[Operation] = []
        if not through_forward:
            operations.append(_signal(context, layer, rule.signal, "feedback_post"))
        operations += _feedback_weights(context, layer, masked=masked)
        operations += _feedback_plasticity(context, layer, masked=masked)
        kept = ["w", *(["mask"] if masked else [])]
        if rule.feedback_gradient and not rule.feedback_update:
            kept += network.optimiser.moments
        own = [name for name in ("pseudo_inverse", "deviate") if name in _weight_names(network)]
        partner = context.built.projections[f"forward_{layer}"]
        made = context.connect(
            context.built.populations[synapses.source],
            context.built.populations[synapses.target],
            variables=[*kept, *(["g"] if rule.feedback_gradient else []), *own],
            operations=operations,
            name=f"feedback_{layer}",
            **({"partner": partner} if rule.nonlocal_reads else {}),
        )
        context.built.add(f"feedback_{layer}", made, state=kept)
        if "deviate" in own:
            _add_magnitudes(context, layer, made)


def _weight_names(network: Network) -> set[str]:
    code = network.rule.feedback_weights
    return names(code) if code else set()


def _feedback_weights(context: Context, layer: int, *, masked: bool) -> list[Operation]:
    """Return what sets the weights of feedback synapses, before anything else in a step."""
    code = context.network.rule.feedback_weights
    if not code:
        return []
    code = _statements(
        re.sub(r"\bspread\b", f"spread_{layer}", code), "w *= mask" if masked else ""
    )
    found: list[Operation] = [Update(code, order=WEIGHTS + 2, gate="plastic")]
    if "pseudo_inverse" in names(code):
        inverse = PseudoInverse(
            "forward_w", into="pseudo_inverse", order=WEIGHTS + 1, gate="plastic"
        )
        found.append(inverse)
    return found


def _add_magnitudes(context: Context, layer: int, feedback: Any) -> None:
    """Let every feedback synapse draw a number of its own for each stimulus."""
    name = f"feedback_{layer}_deviates"
    made = Deviates(
        feedback,
        "deviate",
        kind="gaussian",
        stream=_MAGNITUDES + layer,
        settings=context.built.settings,
        rows=1,
        order=WEIGHTS,
        gate="plastic",
        window=("hold", "held") if context.leaky else None,
        name=name,
    )
    context.built.objects.append(made)


def _feedback_plasticity(context: Context, layer: int, *, masked: bool) -> list[Operation]:
    """Return the plasticity of feedback synapses."""
    rule = context.network.rule
    if not rule.feedback_gradient:
        return []
    update = rule.feedback_update or context.network.optimiser.equations()
    heard = sent(context, layer - 1, trace=True)
    return [
        Correlate(
            re.sub(r"\br_post\b", f"{heard}_post", rule.feedback_gradient),
            into="g",
            update=_statements(rule.decay, update, "w *= mask" if masked else ""),
            order=FEEDBACK_PLASTICITY + layer,
            gate="feedback_plastic",
            window=None if "step" in names(update) else context.window,
        )
    ]


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
