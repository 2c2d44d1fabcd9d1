"""Does feedback alignment on pure noise align a 784-100-10 network, and at what pace?

Run as ``python tests/reference/sanity.py``; one core is enough (OPENBLAS_NUM_THREADS=1).
Weights are He normal, W ~ N(0, sqrt(2/fan_in)), feedback B ~ N(0, sqrt(2/100)), biases 0; the noise
is N(0, I) with uniform labels, 64 new samples at every iteration; Adam. The cross-entropy is that
of 1000 other samples, drawn anew at every checkpoint.
"""
# ruff: noqa: T201

import argparse
from time import perf_counter

import numpy as np
from measures import effective_rank, matrix_angle, neuron_angles
from network import RULES, ReferenceAdam, ReferenceNetwork

INPUTS, HIDDEN, OUTPUTS, BATCH, FRESH = 784, 100, 10, 64, 1000
COLUMNS = ("cross-entropy", "neuron angle", "(sd)", "flat angle", "erank W1", "erank W2")


def noise(generator, samples, dtype):
    x = generator.standard_normal((samples, INPUTS), dtype=dtype)
    return x, np.eye(OUTPUTS, dtype=dtype)[generator.integers(OUTPUTS, size=samples)]


def newborn(generator, rule, rate, dtype):
    def normal(*shape, fan_in):
        return generator.normal(0, np.sqrt(2 / fan_in), shape)

    weights = [normal(HIDDEN, INPUTS, fan_in=INPUTS), normal(OUTPUTS, HIDDEN, fan_in=HIDDEN)]
    feedback = [None, normal(HIDDEN, OUTPUTS, fan_in=HIDDEN)]
    biases = [np.zeros(HIDDEN), np.zeros(OUTPUTS)]
    return ReferenceNetwork(
        weights, biases, feedback, "relu", "softmax", rule, ReferenceAdam(rate), dtype=dtype
    )


def measured(network, generator, dtype):
    angles = neuron_angles(network.weights[1], network.feedback[1])
    return (
        network.loss(*noise(generator, FRESH, dtype)),
        angles.mean(),
        angles.std(),
        matrix_angle(network.weights[1], network.feedback[1]),
        effective_rank(network.weights[0]),
        effective_rank(network.weights[1]),
    )


def develop(seed, checkpoints, rule, rate, dtype):
    """Return one row of measures for every checkpoint."""
    birth, life, test = np.random.default_rng(seed).spawn(3)
    network = newborn(birth, rule, rate, dtype)
    rows = []
    for iteration in range(max(checkpoints) + 1):
        if iteration in checkpoints:
            rows.append(measured(network, test, dtype))
        if iteration < max(checkpoints):
            network.step(*noise(life, BATCH, dtype))
    return rows


def show(seed, checkpoints, rows):
    for iteration, row in zip(checkpoints, rows, strict=True):
        print(f"{seed:>5} {iteration:>9} " + " ".join(f"{value:>13.3f}" for value in row))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--iterations", type=int, nargs="+", default=[0, 2000, 4000, 8000])
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--rule", choices=RULES, default="feedback_alignment")
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    given = parser.parse_args()
    checkpoints = sorted(set(given.iterations))
    print(f"{given.rule}, Adam {given.rate:g}, {given.dtype}")
    print(f"{'seed':>5} {'iteration':>9} " + " ".join(f"{name:>13}" for name in COLUMNS))
    start = perf_counter()
    lives = []
    for seed in given.seeds:
        lives.append(develop(seed, checkpoints, given.rule, given.rate, np.dtype(given.dtype)))
        show(seed, checkpoints, lives[-1])
    show("mean", checkpoints, np.mean(lives, axis=0))
    print(f"{perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
