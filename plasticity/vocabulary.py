"""What the equations of a learning rule may name.

A forward synapse joins ``pre`` (below) to ``post`` (above), a feedback synapse ``pre`` (above, or
the outputs) to ``post`` (below). Neurons have no suffix in their own equations.

===================  ====================================================================
name                 meaning
===================  ====================================================================
``r``                rate of a neuron
``delta``            error of a neuron, over the number of active trials: the loss falls when
                     its drive moves against it
``slope``            derivative of a neuron's rate by its drive
``feedback``         sum of what the feedback synapses of a neuron send
``target``           what an output should do (of feedback synapses that come from outputs)
``share``            1/(number of active trials); 0 in silent trials
``w``                weight of the synapse itself
``forward_w``        in a feedback synapse: weight of the forward synapse beside it (non-local)
``pseudo_inverse``   in a feedback synapse: its entry of the Moore-Penrose inverse of the matrix
                     of forward weights (non-local)
``g``                the synapse's update direction, summed over trials: with delta, a mean
``spread``           root mean square of the feedback weights of the projection at birth
``deviate``          a fresh standard normal number of the neuron, or feedback synapse, in
                     every step
``loss``             loss of the trial, broadcast to all
``perturbed_loss``   its loss where every drive is perturbed, broadcast to all
``emission``         what a hidden neuron emits in a mirror pass: noise of its own
``response``         what the neuron above answers there: its rate (outputs: its drive)
``emission_mean``    mean of the emissions
``noise``            Ornstein-Uhlenbeck noise of a leaky neuron, part of its drive
``highpass``         high-pass filtered rate of a leaky neuron
``step``             duration of a time step of leaky dynamics, s
``count``            updates since the optimiser was last reset, from 1 (in optimisers)
===================  ====================================================================
"""

__all__ = [
    "BROADCAST",
    "DERIVED",
    "LEAKY_ONLY",
    "NON_LOCAL",
    "PER_TRIAL",
    "VOCABULARY",
    "bare",
]

_BOTH = ("r_pre", "r_post", "w", "share_pre", "share_post")

#: What each equation may name, beside parameters and functions.
VOCABULARY: dict[str, tuple[str, ...]] = {
    "signal": ("delta_pre", "target_pre", "forward_w", *_BOTH),
    "perturbation": ("deviate", "r"),
    "delta": ("feedback", "slope", "r", "share", "loss", "perturbed_loss", "deviate"),
    "output_delta": ("r", "target", "share", "loss", "perturbed_loss", "deviate"),
    "gradient": ("delta_post", *_BOTH),
    "feedback_weights": ("w", "forward_w", "pseudo_inverse", "deviate", "spread"),
    "feedback_gradient": (
        *("delta_pre", *_BOTH, "forward_w", "emission_post", "emission_mean", "response_pre"),
        *("noise_post", "highpass_pre"),
    ),
    "feedback_update": ("w", "g", "forward_w", "step"),
    "decay": ("w",),
}

#: What the description of a rule or an optimiser tells beside its class and its parameters.
DERIVED = frozenset({"equations", "path", "learns", *VOCABULARY})
#: What carries 1/(active trials).
PER_TRIAL = frozenset({"delta", "share", "feedback"})
#: What no synapse can know without a means of transport.
NON_LOCAL = frozenset({"forward_w", "pseudo_inverse"})
#: What is the same for all neurons, and can be broadcast.
BROADCAST = frozenset({"share", "loss", "perturbed_loss", "spread", "emission_mean", "step"})
#: What only leaky neurons have.
LEAKY_ONLY = frozenset({"noise", "highpass", "step"})


def bare(name: str) -> str:
    """Return a name without the side that it belongs to.

    Examples
    --------
    >>> bare("delta_post"), bare("forward_w")
    ('delta', 'forward_w')
    """
    return name.removesuffix("_pre").removesuffix("_post")
