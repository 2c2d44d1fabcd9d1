"""Lives of rules, and their replay by the plain NumPy reference on the same numbers."""

import numpy as np

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.engine import draw_noise
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, simulate

SEED, TRIALS = 3, 8
NOISE = {"mean": 0.2, "std": 0.7}
NOISY, STIMULI, EPOCHS = 3 * TRIALS + 2, 3 * TRIALS - 3, 2  # last steps have silent trials
# Streams of the numbers that neurons and synapses draw, and how far apart phases are in them.
MAGNITUDES, PERTURBATIONS, EMISSIONS = (2**32 + number for number in (1000, 2000, 3000))
KINDS, APART = ("spontaneous", "learning", "test"), 2**36


def deviates(stream, sizes, elapsed, rows=TRIALS):
    """Draw what a population or a projection draws in the step `elapsed`."""
    units = int(np.prod(sizes))
    drawn = draw_noise(1, seed=SEED, stream=stream, first=elapsed * rows, count=rows, units=units)
    return drawn.reshape(rows, *sizes)


def make_network(rule, optimiser, sizes, *, density=1.0, **options):
    return layered(
        sizes,
        rule=rule,
        optimiser=optimiser,
        density=density,
        feedback_density=density,
        **{"transfer": "tanh", **options},
    )


def make_schedule(sizes):
    generator = np.random.default_rng(7)
    rates = generator.normal(size=(STIMULI, sizes[0]))
    labels = generator.integers(0, sizes[-1], STIMULI)
    stimuli = Stimuli.from_arrays(rates, labels, classes=sizes[-1])
    noise = Spontaneous(gaussian_noise(**NOISE), presentations=NOISY)
    return Schedule(noise, Learning(stimuli, epochs=EPOCHS))


def live(network, *, device="numpy", dtype="float64", schedule=None, **options):
    """Live a life that can be replayed."""
    return simulate(
        network,
        make_schedule(network.sizes) if schedule is None else schedule,
        trials=options.pop("trials", TRIALS),
        dtype=dtype,
        device=device,
        seed=options.pop("seed", SEED),
        record=options.pop("record", Record(activity=True)),
        progress=False,
        **options,
    )


def make_oracle(learner, network, name, optimiser, **parameters):
    """Make a reference with the weights and masks that the network has at birth."""
    weights, masks = network.initial_weights(SEED), network.masks(SEED)
    layers = range(1, len(network.sizes))

    def listed(found, kind):
        return [found.get(f"{kind}_{k}") for k in layers]

    transfer = network.populations[1].transfer
    return learner(
        listed(weights, "forward"),
        listed(weights, "bias"),
        listed(weights, "feedback"),
        transfer,
        network.readout,
        name,
        optimiser,
        forward_masks=listed(masks, "forward"),
        feedback_masks=listed(masks, "feedback"),
        **parameters,
    )


def replay(oracle, life, sizes):
    """Feed the recorded activity to the oracle, step by step."""
    activity = life["activity"]
    rates = activity["input_rate"].values.astype(float)
    targets = activity["target"].values.astype(float)
    lengths = [NOISY, *[STIMULI] * EPOCHS]
    starts = np.cumsum([0, *lengths])
    assert starts[-1] == len(rates)
    for part, (start, length) in enumerate(zip(starts[:-1], lengths, strict=True)):
        if part < 2:
            oracle.optimiser.reset()
            oracle.feedback_optimiser.reset()
        steps = -(-length // TRIALS)
        for step in range(steps):
            rows = slice(start + step * TRIALS, start + min((step + 1) * TRIALS, length))
            elapsed = APART * KINDS.index(KINDS[min(part, 1)]) + max(part - 1, 0) * steps + step
            one_step(oracle, rates[rows], targets[rows], sizes, elapsed, noisy=part == 0)


def one_step(oracle, rates, targets, sizes, elapsed, *, noisy):
    count, layers = len(rates), range(1, len(sizes))
    if oracle.rule == "weight_mirror" and noisy:
        drawn = [deviates(EMISSIONS + k, sizes[k : k + 1], elapsed) for k in layers[:-1]]
        mean, std = NOISE["mean"], NOISE["std"]
        oracle.mirror([(mean + std * x)[:count] for x in drawn], mean=mean)
        return
    given = {}
    if oracle.rule == "node_perturbation":
        drawn = [deviates(PERTURBATIONS + k, sizes[k : k + 1], elapsed) for k in layers]
        given["xi"] = [oracle.parameters["std"] * x[:count] for x in drawn]
    elif oracle.parameters.get("magnitude") == "batch-random":
        # the engine keeps weights as (source, target)
        shapes = [(MAGNITUDES + k, (sizes[k], sizes[k - 1])) for k in layers[1:]]
        given["draws"] = [None, *(deviates(s, shape, elapsed, 1)[0].T for s, shape in shapes)]
    oracle.step(rates, targets, **given)


def differences(life, oracle):
    """Return the largest difference from the oracle by the name of the weights."""
    found = {}
    for kind, arrays in (
        ("forward", oracle.weights),
        ("bias", oracle.biases),
        ("feedback", oracle.feedback),
    ):
        for layer, expected in enumerate(arrays, start=1):
            if expected is not None:
                name = f"{kind}_{layer}"
                ours = life["weights"][name].values[-1]
                assert ours.shape == expected.shape
                found[name] = float(np.abs(ours - expected).max())
    return found
