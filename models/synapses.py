"""Forward and feedback synapses of a network: what they send, and how they change."""

import re

from ontogeny.engine import Correlate, Operation, Propagate, PseudoInverse, Update
from ontogeny.engine.expressions import names

from .constants import MAGNITUDES
from .membranes import sent
from .network import Network
from .passes import mirror_operations, perturbation_operations
from .stages import FEEDBACK, FEEDBACK_PLASTICITY, FORWARD, PLASTICITY, WEIGHTS, Context

__all__ = ["add_feedback", "add_forward"]


def _reversed(signal: str) -> str:
    """Rewrite a feedback synapse's equation for the forward synapse beside it.

    Its pre is the other's post, the other way round, and ``forward_w`` is the other's own weight.
    """
    other = {"pre": "post", "post": "pre"}
    swapped = re.sub(r"_(pre|post)\b", lambda found: f"_{other[found[1]]}", signal)
    return re.sub(r"\bforward_w\b", "w", swapped)


def _through_forward(network: Network) -> bool:
    """Say whether errors travel through the forward synapses, backwards, and no others."""
    used = names(network.rule.signal)
    return "forward_w" in used and "w" not in used


def add_forward(context: Context) -> None:
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
    return Correlate(
        _heard(context, rule.gradient, layer - 1, layer),
        into="g",
        update=_statements(optimiser.equations(before=rule.decay), "w *= mask" if masked else ""),
        order=PLASTICITY + layer,
        gate=context.forward,
        window=context.window,
    )


def _heard(context: Context, code: str, pre: int, post: int, *, trace: bool = True) -> str:
    """Let code name the rates of two populations, by their positions, as synapses hear them."""
    for side, population in (("pre", pre), ("post", post)):
        heard = sent(context, population, trace=trace)
        code = re.sub(rf"\br_{side}\b", f"{heard}_{side}", code)
    return code


def _bias_plasticity(context: Context, layer: int) -> Correlate:
    return Correlate(
        "delta_post",
        into="g",
        update=context.network.optimiser.equations(bias=True),
        order=PLASTICITY + layer,
        gate=context.forward,
        window=context.window,
    )


def _statements(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _signal(context: Context, layer: int, code: str, into: str) -> Propagate:
    """Return the feedback into the population below a layer; the highest layer goes first.

    In time all layers send at once, what they had at the end of the last step.
    """
    turn = 2 * (len(context.network.forward) - layer)
    order = FORWARD + 1 if context.leaky else FEEDBACK + turn
    below, above = layer - 1, _source(context, layer)
    ends = (below, above) if into.endswith("_pre") else (above, below)
    code = _heard(context, code, *ends, trace=False)
    return Propagate(code, into=into, order=order, gate=context.errors)


def _source(context: Context, layer: int) -> int:
    """Return the position of the population that sends feedback below a layer."""
    return len(context.network.forward) if context.network.rule.path == "direct" else layer


def add_feedback(context: Context) -> None:
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
        read = names(rule.feedback_weights)
        own = [name for name in ("pseudo_inverse", "deviate") if name in read]
        # In time, numbers are drawn at the end of a stimulus, for the next.
        kept += ["deviate"] if "deviate" in own and context.leaky else []
        own = [name for name in own if name not in kept]
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
        if "deviate" in read:
            context.draw(
                made,
                "deviate",
                stream=MAGNITUDES + layer,
                order=WEIGHTS,
                rows=1,
                gate="plastic",
                window=("hold", "held") if context.leaky else None,
            )


def _feedback_weights(context: Context, layer: int, *, masked: bool) -> list[Operation]:
    """Return what sets the weights of feedback synapses, before anything else in a step."""
    code = context.network.rule.feedback_weights
    if not code:
        return []
    # A synapse that is not there has no sign.
    absent = context.network.forward[layer - 1].density < 1 and "forward_w" in names(code)
    code = _statements(
        re.sub(r"\bspread\b", f"spread_{layer}", code),
        "w *= forward_mask" if absent else "",
        "w *= mask" if masked else "",
    )
    found: list[Operation] = [Update(code, order=WEIGHTS + 2, gate="plastic")]
    if "pseudo_inverse" in names(code):
        inverse = PseudoInverse(
            "forward_w", into="pseudo_inverse", order=WEIGHTS + 1, gate="plastic"
        )
        found.append(inverse)
    return found


def _feedback_plasticity(context: Context, layer: int, *, masked: bool) -> list[Operation]:
    """Return the plasticity of feedback synapses."""
    rule = context.network.rule
    if not rule.feedback_gradient:
        return []
    update = context.network.optimiser.equations(before=rule.decay)
    if rule.feedback_update:
        update = _statements(rule.decay, rule.feedback_update)
    return [
        Correlate(
            _heard(context, rule.feedback_gradient, _source(context, layer), layer - 1),
            into="g",
            update=_statements(update, "w *= mask" if masked else ""),
            order=FEEDBACK_PLASTICITY + layer,
            gate="feedback_plastic",
            window=None if "step" in names(update) else context.window,
        )
    ]
