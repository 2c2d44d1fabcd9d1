"""Second passes through a network: one that is perturbed, and one that mirrors weights.

They use the forward synapses as they are, and leave the first pass untouched.
"""

import re

from ontogeny.engine import Operation, Propagate

from .network import Network
from .readout import READOUTS
from .stages import MIRROR, PERTURBATION, Context
from .transfer import TRANSFERS

__all__ = [
    "add_mirror",
    "add_perturbation",
    "mirror_operations",
    "mirror_variables",
    "perturbation_operations",
    "perturbation_variables",
]

# Streams of random numbers, by layer.
_PERTURBATIONS, _EMISSIONS = 2000, 3000


def _renamed(code: str, prefix: str) -> str:
    """Let code speak of the second pass."""
    pattern = r"\b(drive|r|peak|total|mismatch)(?=_pre\b|_post\b|\b)"
    return re.sub(pattern, rf"{prefix}_\1", code)


def perturbation_variables(network: Network, kind: str) -> tuple[str, ...]:
    """Return what a kind of population needs for a perturbed pass; nothing where there is none."""
    if not network.rule.perturbation or kind == "inputs":
        return ()
    if kind == "trial":
        return (
            "loss",
            "perturbed_loss",
            *(f"perturbed_{x}" for x in ("peak", "total", "mismatch")),
        )
    own = ("perturbed_current", "perturbed_drive", "perturbed_r")
    return ("deviate", *own, "loss", "perturbed_loss")


def perturbation_operations(context: Context, layer: int) -> list[Operation]:
    """Return what forward synapses do in a perturbed pass: they carry the change of rates."""
    if not context.network.rule.perturbation or layer == 1:
        return []
    return [
        Propagate(
            "w*(perturbed_r_pre - r_pre)",
            into="perturbed_current_post",
            order=PERTURBATION + 2 * layer,
            gate="plastic",
            window=context.window,
        )
    ]


def add_perturbation(context: Context) -> None:
    """Let all neurons see what a perturbation of their drives does to the loss."""
    network = context.network
    if not network.rule.perturbation:
        return
    last = len(network.forward)
    readout = READOUTS[network.readout]
    for layer, population in enumerate(network.populations[1:], start=1):
        group = context.groups[layer]
        code = f"perturbed_drive = drive{' + perturbed_current' if layer > 1 else ''}"
        if layer < last or network.rule.output_delta:
            _draw(context, layer, _PERTURBATIONS, PERTURBATION, "plastic")
            code += f" + ({network.rule.perturbation})"
        if layer < last:
            rate = TRANSFERS[population.transfer].rate
            code += f"\nperturbed_r = {_renamed(rate, 'perturbed')}"
        order = PERTURBATION + 2 * layer + 1
        context.run(group, code, order, "perturb", gate="plastic", window=context.window)
    order = PERTURBATION + 2 * last + 2
    gather = [(readout.mismatch, "mismatch", "sum", order + 3)]
    gather.append(("drive_pre", "peak", "max", order))
    if readout.normalises:
        gather.append(("exp(drive_pre - peak_post)", "total", "sum", order + 1))
    _route(
        context,
        "perturbed_gather",
        [
            Propagate(
                _renamed(code, "perturbed"),
                into=f"perturbed_{name}_post",
                reduce=reduce,
                order=place,
                gate="plastic",
                window=context.window,
            )
            for code, name, reduce, place in gather
        ],
    )
    respond = Propagate(
        _renamed(readout.rate, "perturbed"),
        into="perturbed_r_post",
        order=order + 2,
        gate="plastic",
        window=context.window,
    )
    _route(context, "perturbed_spread", [respond], outwards=True)
    losses = f"loss = {readout.loss}\nperturbed_loss = {_renamed(readout.loss, 'perturbed')}"
    context.run(context.trial, losses, order + 4, "losses", gate="plastic", window=context.window)
    _broadcast(context, order + 5)


def _route(
    context: Context, name: str, operations: list[Propagate], *, outwards: bool = False
) -> None:
    ends = (context.groups[-1], context.trial)
    source, target = ends[::-1] if outwards else ends
    made = context.route(source, target, variables=[], operations=operations, name=name)
    context.built.add(name, made)


def _broadcast(context: Context, order: int) -> None:
    """Tell all neurons both losses of their trial."""
    for group in context.groups[1:]:
        operations = [
            Propagate(
                f"{what}_pre",
                into=f"{what}_post",
                order=order,
                gate="plastic",
                window=context.window,
            )
            for what in ("loss", "perturbed_loss")
        ]
        name = f"losses_of_{group.name}"
        made = context.route(context.trial, group, variables=[], operations=operations, name=name)
        context.built.add(name, made)


def _draw(context: Context, layer: int, streams: int, order: int, gate: str) -> None:
    """Let every neuron of a population draw a standard normal number for each update."""
    context.draw(
        context.groups[layer],
        "deviate",
        stream=streams + layer,
        order=order,
        gate=gate,
        window=context.window,
    )


def mirror_variables(network: Network, kind: str) -> tuple[str, ...]:
    """Return what a kind of population needs for a mirror pass; nothing where there is none."""
    if not network.rule.uses("emission", "response") or kind in ("inputs", "trial"):
        return ()
    own = ("mirrored_current", "mirrored_drive", "response")
    return own if kind == "outputs" else ("deviate", "emission", *own)


def mirror_operations(context: Context, layer: int) -> list[Operation]:
    """Return what forward synapses do in a mirror pass: they carry emissions."""
    if not mirror_variables(context.network, "hidden") or layer == 1:
        return []
    return [
        Propagate(
            "w*emission_pre",
            into="mirrored_current_post",
            order=MIRROR + 2,
            gate="feedback_plastic",
            window=context.window,
        )
    ]


def add_mirror(context: Context) -> None:
    """Let hidden neurons emit noise, and those above respond to it."""
    network = context.network
    if not mirror_variables(network, "hidden"):
        return
    last = len(network.forward)
    for layer, population in enumerate(network.populations[1:], start=1):
        group = context.groups[layer]
        if layer < last:
            _draw(context, layer, _EMISSIONS, MIRROR, "feedback_plastic")
            emission = "emission = emission_mean + emission_std*deviate"
            _run(context, group, emission, MIRROR + 1, "emit")
        if layer > 1:
            code = "mirrored_drive = mirrored_current + bias\n"
            rate = TRANSFERS[population.transfer].rate if layer < last else "drive"
            code += "response = " + re.sub(r"\bdrive\b", "mirrored_drive", rate)
            _run(context, group, code, MIRROR + 3, "respond")


def _run(context: Context, group: object, code: str, order: int, label: str) -> None:
    context.run(group, code, order, label, gate="feedback_plastic", window=context.window)
