"""Leaky networks, and the same networks in plain NumPy, step by step."""

import numpy as np

from ontogeny.data import Stimuli
from ontogeny.engine import draw_noise
from ontogeny.models import (
    Leaky,
    Learning,
    NeuronNoise,
    Schedule,
    Spiking,
    layered,
    simulate,
)
from ontogeny.plasticity import (
    SGD,
    Adam,
    Backpropagation,
    DirectFeedbackAlignment,
    DirectRandomTargetProjection,
    FeedbackAlignment,
    KolenPollack,
    PhaselessAlignment,
    PseudoBackpropagation,
    Shallow,
    SignSymmetry,
)

SIZES, TRIALS, SEED = [9, 7, 6, 4], 5, 3
COUNT = 2 * TRIALS + 2  # the last presentation is of two trials only
LAYERS = range(1, len(SIZES))
HOLD = 0.03
NOISE = NeuronNoise(std=0.3, time_constant=0.02)

# By name: rule, name and parameters of the reference's rule, dynamics, options of the network.
CASES = {
    "gated": (FeedbackAlignment(), "feedback_alignment", {}, Leaky(hold=HOLD), {}),
    "continuous": (
        FeedbackAlignment(),
        "feedback_alignment",
        {},
        Leaky(hold=HOLD, learning="continuous", feedback=0.005, trace=0.02, solver="euler"),
        {"membrane": [0.01, 0.02, 0.005]},
    ),
    "windowed": (
        DirectFeedbackAlignment(),
        "direct_feedback_alignment",
        {},
        Leaky(hold=HOLD, window=0.01, feedback=0.005, solver="exponential_euler"),
        {"transfer": "sigmoid", "optimiser": Adam(rate=1e-2, epsilon=1e-3)},
    ),
    "backpropagation": (
        Backpropagation(),
        "backpropagation",
        {},
        Leaky(hold=HOLD, learning="continuous"),
        {"transfer": "relu"},
    ),
    "Kolen-Pollack": (
        KolenPollack(decay_rate=0.05),
        "kolen_pollack",
        {"decay": 0.05},
        Leaky(hold=HOLD, learning="continuous"),
        {},
    ),
    "sign-symmetry": (
        SignSymmetry(strength=0.3),
        "sign_symmetry",
        {"scale": 0.3},
        Leaky(hold=HOLD),
        {},
    ),
    "target projection": (
        DirectRandomTargetProjection(),
        "direct_random_target_projection",
        {},
        Leaky(hold=HOLD),
        {},
    ),
    "pseudo-backpropagation": (
        PseudoBackpropagation(),
        "pseudo_backpropagation",
        {},
        Leaky(hold=HOLD, learning="continuous"),
        {},
    ),
    "shallow": (Shallow(), "shallow", {}, Leaky(hold=HOLD), {}),
    "noise": (FeedbackAlignment(), "feedback_alignment", {}, Leaky(hold=HOLD, noise=NOISE), {}),
    "PAL": (
        PhaselessAlignment(alignment_rate=5.0, alignment_decay=0.1),
        None,
        {},
        Leaky(hold=HOLD, highpass=0.01, noise=NOISE),
        {"readout": "linear"},
    ),
    "spiking": (
        FeedbackAlignment(),
        "feedback_alignment",
        {},
        Leaky(hold=HOLD, learning="continuous", spiking=Spiking(trace=0.015)),
        {"transfer": "sigmoid", "readout": "sigmoid"},
    ),
    # What one network can have beside spikes, in one program for devices that compile.
    "everything": (
        PhaselessAlignment(alignment_rate=5.0, alignment_decay=0.1),
        None,
        {},
        Leaky(
            hold=HOLD, learning="continuous", feedback=0.005, trace=0.02, noise=NOISE,
            solver="euler",
        ),
        # The reference hears the rates of outputs, the package their drives: linear ones are both.
        {"membrane": [0.01, 0.02, 0.005], "readout": "linear"},
    ),
}  # fmt: skip


def network_of(name):
    rule, _, _, dynamics, options = CASES[name]
    given = {"optimiser": SGD(rate=0.2), "transfer": "tanh", **options}
    return layered(SIZES, rule=rule, dynamics=dynamics, **given)


def make_data(count=COUNT, seed=0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(count, SIZES[0])), generator.integers(0, SIZES[-1], count)


def stimuli(count=COUNT, seed=0):
    return Stimuli.from_arrays(*make_data(count, seed), classes=SIZES[-1], name="random")


def live(network, device="numpy", *, schedule=None, **options):
    given = {"trials": TRIALS, "seed": SEED, "dtype": "float64", "progress": False, **options}
    schedule = schedule or Schedule(Learning(stimuli(), epochs=1))
    return simulate(network, schedule, device=device, **given)


def oracle_of(reference, name):
    """Make the reference of a case, with the same weights at birth."""
    rule, rule_name, parameters, leaky, _ = CASES[name]
    network = network_of(name)
    weights = network.initial_weights(SEED)
    parts = [[weights[f"{kind}_{k}"] for k in LAYERS] for kind in ("forward", "bias")]
    parts.append([None] + [weights[f"feedback_{k}"] for k in LAYERS[1:]])
    parts += [network.populations[1].transfer, network.readout]
    given = {
        "optimiser": reference.network.ReferenceSGD(0.2), "trials": TRIALS, "dt": leaky.dt,
        "tau": [network.time_constant(each) for each in network.populations[1:]],
        "hold": leaky.hold_steps, "closed": leaky.hold_steps - leaky.learning_steps,
        "tau_feedback": leaky.feedback, "tau_trace": leaky.trace or None, "solver": leaky.solver,
    } | parameters  # fmt: skip
    if isinstance(network.optimiser, Adam):
        given["optimiser"] = reference.network.ReferenceAdam(1e-2, epsilon=1e-3)
    if leaky.noise:
        given |= {"noise_std": leaky.noise.std, "tau_noise": leaky.noise.time_constant}
    if isinstance(rule, PhaselessAlignment):
        given |= {"rate": rule.alignment_rate, "alpha": rule.alignment_decay}
        return reference.leaky.ReferencePAL(*parts, tau_highpass=leaky.highpass, **given)
    given["rule"] = rule_name
    if leaky.spiking:
        given |= {"tau_trace": leaky.spiking.trace, "spiking_inputs": False}
        return reference.leaky.ReferenceSpiking(*parts, tonic=0.5, slope=0.5, **given)
    return reference.leaky.ReferenceLeaky(*parts, **given)


def advance(oracle, leaky, step):
    """Let the reference go on by one time step, with the package's random numbers."""

    def drawn(kind, stream, layer):
        return draw_noise(
            kind, seed=SEED, stream=2**32 + stream + layer, first=(2**36 + step) * TRIALS,
            count=TRIALS, units=SIZES[layer],
        )  # fmt: skip

    given = {}
    if leaky.noise:
        given["normals"] = [drawn(1, 4000, layer) for layer in LAYERS]
    if leaky.spiking:
        chances = [drawn(2, 5000, layer) for layer in LAYERS] + [drawn(2, 6000, LAYERS[-1])]
        given["uniforms"] = [None] + [0.5 + chance / 12**0.5 for chance in chances]
    oracle.advance(**given)


def replay(reference, name):
    """Let the reference live through the same stimuli, in the order that a life has."""
    oracle, leaky = oracle_of(reference, name), CASES[name][3]
    rates, labels = make_data()
    order = np.random.default_rng([SEED, 2, 0, 0]).permutation(COUNT)
    step = 0
    for first in range(0, COUNT, TRIALS):
        chosen = order[first : first + TRIALS]
        x, t = np.zeros((TRIALS, SIZES[0])), np.zeros((TRIALS, SIZES[-1]))
        x[: len(chosen)], t[: len(chosen)] = rates[chosen], np.eye(SIZES[-1])[labels[chosen]]
        oracle.begin(x, t, np.arange(TRIALS) < len(chosen))
        for _ in range(leaky.hold_steps):
            advance(oracle, leaky, step)
            step += 1
    return oracle
