"""Leaky neurons: membranes, traces, noise and spikes in time."""

import re
from typing import Any

from brian2.equations import Equations
from brian2.stateupdaters.base import StateUpdateMethod

from ontogeny.engine import Propagate

from .dynamics import Leaky
from .network import Network
from .readout import READOUTS
from .stages import FEEDBACK, MEMBRANE, READOUT, TRACE, Context
from .transfer import TRANSFERS

__all__ = ["add_membranes", "membrane_variables", "sent"]


# Streams of random numbers, by layer.
_NOISE, _SPIKES, _ERRORS = 4000, 5000, 6000


def membrane_variables(network: Network, kind: str) -> tuple[str, ...]:
    """Return what a kind of population needs to live in time; nothing where all is static."""
    leaky = network.dynamics
    if not isinstance(leaky, Leaky):
        return ()
    found = ["filtered"] if leaky.trace else []
    if kind == "inputs":
        return tuple(found)
    if leaky.noise:
        found += ["noise", "noise_deviate"]
    if leaky.spiking:
        found += ["chance", "spike", "sent"]
        found += ["error", "error_chance", "error_spike", "error_filtered"] * (kind == "outputs")
    if network.rule.uses("highpass"):
        found += ["highpass", "before"]
    if leaky.feedback and kind == "hidden":
        found.append("apical")
    return tuple(found)


def sent(context: Context, population: int, *, trace: bool = False) -> str:
    """Return the variable in which a population sends its rates, or its synapses hear them.

    Parameters
    ----------
    population : int
        Its position, from 0 for the inputs.
    trace : bool
        What plasticity hears, which is low-pass filtered where the dynamics say so.
    """
    leaky = context.leaky
    if leaky and trace and leaky.trace:
        return "filtered"
    return "sent" if leaky and leaky.spiking and population else "r"


def add_membranes(context: Context) -> None:
    """Let neurons live in time."""
    leaky = context.leaky
    if leaky is None:
        return
    network = context.network
    last = len(network.forward)
    for layer, population in enumerate(network.populations):
        group = context.groups[layer]
        if layer:
            hidden = layer < last
            if leaky.noise:
                _add_noise(context, layer)
            context.run(
                group,
                _membrane(context, population.name, hidden=hidden, transfer=population.transfer),
                MEMBRANE + 1,
                "membrane",
            )
            context.built.keep(group, "drive", "r", "delta", *(["slope"] if hidden else []))
            if leaky.spiking:
                _add_spikes(context, layer)
            if network.rule.uses("highpass"):
                _add_highpass(context, layer)
        if leaky.trace:
            heard = sent(context, layer)
            code = _solved(context, group, f"dfiltered/dt = ({heard} - filtered)/tau_trace : 1")
            context.run(group, code, TRACE, "trace")
            context.built.keep(group, "filtered")


def _membrane(context: Context, population: str, *, hidden: bool, transfer: str) -> str:
    """Return the statements that move a population by one time step."""
    leaky = context.leaky
    assert leaky is not None  # noqa: S101 - asked for leaky neurons only
    group = context.built.populations[population]
    noise = " + noise" if leaky.noise else ""
    tau = f"tau_{population}"
    equations = [f"ddrive/dt = (current + bias{noise} - drive)/{tau} : 1"]
    if hidden and leaky.feedback:
        equations.append("dapical/dt = (feedback - apical)/tau_feedback : 1")
        context.built.keep(group, "apical")
    code = _solved(context, group, "\n".join(equations), leaky.solver)
    return f"{code}\n{TRANSFERS[transfer].equations()}" if hidden else code


def _solved(context: Context, group: Any, text: str, solver: str = "exact") -> str:
    """Check the units of differential equations, and return the statements of a solver's step."""
    context.built.settings.share_with(group.variables)
    equations = Equations(text)
    equations.check_units(group, run_namespace={})
    code = StateUpdateMethod.apply_stateupdater(
        equations, group.variables, solver, group_name=group.name
    )
    # The duration of a step as a number of the program's float type, which dt is not.
    return re.sub(r"\bdt\b", "step", code)


def _add_noise(context: Context, layer: int) -> None:
    """Let every neuron have its own Ornstein-Uhlenbeck noise, by its exact transition."""
    group = context.groups[layer]
    context.draw(group, "noise_deviate", stream=_NOISE + layer, order=MEMBRANE - 1)
    code = (
        "noise = noise*exp(-step/tau_noise)"
        " + noise_in_neurons*sqrt(1 - exp(-2*step/tau_noise))*noise_deviate\n"
        "noise *= int(noise_in_neurons > 0)"
    )
    context.run(group, code, MEMBRANE, "noise")
    context.built.keep(group, "noise")


def _add_spikes(context: Context, layer: int) -> None:
    """Let neurons spike, and outputs send their errors by spikes."""
    group = context.groups[layer]
    last = len(context.network.forward)
    # A number of mean 0 and standard deviation 1, uniform, is made one between 0 and 1.
    chance = "(0.5 + {}/sqrt(12.0))"
    context.draw(group, "chance", stream=_SPIKES + layer, order=READOUT + 4, kind="uniform")
    code = f"spike = int({chance.format('chance')} < r)\n"
    code += _solved(context, group, "dsent/dt = (spike - sent)/tau_spikes : 1")
    context.run(group, code, READOUT + 5, "spike")
    context.built.keep(group, "sent")
    if layer < last:
        return
    # What is compared with the target is what others see of the output.
    error = READOUTS[context.network.readout].error
    error = error.replace("r_post - target_post", "sent_post - target_post")
    operations = [Propagate(error, into="error_post", order=READOUT + 6)]
    made = context.route(
        context.trial, group, variables=[], operations=operations, name="error_spread"
    )
    context.built.add("error_spread", made)
    context.draw(group, "error_chance", stream=_ERRORS + layer, order=READOUT + 6, kind="uniform")
    code = f"error_spike = int({chance.format('error_chance')} < tonic_rate + error_gain*error)\n"
    code += _solved(
        context, group, "derror_filtered/dt = (error_spike - error_filtered)/tau_spikes : 1"
    )
    if not context.network.rule.output_delta:
        code += "\ndelta = (error_filtered - tonic_rate)/error_gain*share"
    context.run(group, code, READOUT + 7, "error_spikes")
    context.built.keep(group, "error_filtered")


def _add_highpass(context: Context, layer: int) -> None:
    """Let neurons have high-pass filtered rates, outputs of their drives."""
    group = context.groups[layer]
    rate = "r" if layer < len(context.network.forward) else "drive"
    code = f"highpass += {rate} - before - step/tau_highpass*highpass\nbefore = {rate}"
    context.run(group, code, FEEDBACK - 2, "highpass")
    context.built.keep(group, "highpass", "before")
