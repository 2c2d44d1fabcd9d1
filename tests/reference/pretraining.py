"""What does plain NumPy find of Cheon, Lee & Paik (2024), in networks of its own?

Run as ``python tests/reference/pretraining.py --networks 5``; one core is enough
(OPENBLAS_NUM_THREADS=1). Reads MNIST's four official files from the folder ``mnist`` of
``$ONTOGENY_DATA``. Networks, noise, subsets and orders are drawn by NumPy: nothing is shared with
the package, so that values agree as those of other networks of the same kind do.

Conditions: ``BP``, ``FA``, ``FA, noise`` (noise before learning) and ``data, noise`` (noise after
it). Adam with a rate of 1e-4, batches of 64, 512 000 noise patterns, the optimiser afresh in every
phase.
"""
# ruff: noqa: T201

import argparse
import gzip
import json
import os
from pathlib import Path

import numpy as np
from measures import effective_rank, gram_rank, neuron_angles
from network import ReferenceAdam, ReferenceNetwork

RULES = {"BP": "backpropagation", "FA": "feedback_alignment"}
BATCH, RATE, NOISE = 64, 1e-4, 512_000


def mnist(folder):
    """Return training images and labels, then those of the test; images are divided by 255."""

    def read(name, header):
        with gzip.open(Path(folder) / "mnist" / f"{name}-ubyte.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=header)

    parts = []
    for name in ("train", "t10k"):
        images = read(f"{name}-images-idx3", 16).reshape(-1, 784)
        parts += [images.astype(np.float32) / 255, read(f"{name}-labels-idx1", 8).astype(int)]
    return parts


def newborn(generator, sizes, rule, rate):
    """Return a network with He normal weights, and feedback of the same distribution."""

    def normal(*shape, fan_in):
        return generator.normal(0, np.sqrt(2 / fan_in), shape)

    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = [normal(above, below, fan_in=below) for above, below in pairs]
    feedback = [None, *(normal(below, above, fan_in=below) for above, below in pairs[1:])]
    biases = [np.zeros(above) for above, _ in pairs]
    optimiser = ReferenceAdam(rate)
    return ReferenceNetwork(
        weights, biases, feedback, "relu", "softmax", rule, optimiser, dtype=np.float32
    )


def practise(network, generator, patterns):
    """Train on fresh noise with random labels."""
    network.optimiser.reset()
    eye = np.eye(network.weights[-1].shape[0], dtype=np.float32)
    for _ in range(patterns // BATCH):
        x = generator.standard_normal((BATCH, network.weights[0].shape[1]), dtype=np.float32)
        network.step(x, eye[generator.integers(len(eye), size=BATCH)])


def learn(network, generator, images, labels, epochs, test=None):
    """Train on images; return the test accuracy after every epoch."""
    network.optimiser.reset()
    eye = np.eye(network.weights[-1].shape[0], dtype=np.float32)
    found = []
    for _ in range(epochs):
        order = generator.permutation(len(images))
        for first in range(0, len(order), BATCH):
            chosen = order[first : first + BATCH]
            network.step(images[chosen], eye[labels[chosen]])
        if test is not None:
            found.append(right(network, *test))
    return found


def right(network, images, labels):
    """Return the share of images that are told rightly."""
    return float(np.mean(network.forward(images)[-1].argmax(1) == labels))


def subset(generator, labels, size):
    """Draw equal shares of all classes."""
    classes = np.unique(labels)
    members = [np.flatnonzero(labels == one) for one in classes]
    return np.concatenate([generator.permutation(one)[: size // len(classes)] for one in members])


def lives(condition, seed, sizes, images, labels, epochs, test, noise):
    """Return a network after its life, its network before, and accuracies by epoch."""
    birth, order, patterns, _ = np.random.default_rng(seed).spawn(4)
    network = newborn(birth, sizes, RULES["BP" if condition == "BP" else "FA"], RATE)
    if condition == "FA, noise":
        practise(network, patterns, noise)
    course = learn(network, order, images, labels, epochs, test)
    if condition == "data, noise":
        practise(network, patterns, noise)
    return network, course


def distance(network):
    return float(np.linalg.norm(network.weights[-1] - network.feedback[-1].T))


def angle(network):
    return float(np.mean(neuron_angles(network.weights[-1], network.feedback[-1])))


def figure_2(given, data):
    """Learning from 5 000 images: speed, end, angle and distance."""
    images, labels, *test = data
    rows = []
    for seed in range(given.networks):
        chosen = subset(np.random.default_rng(10_000), labels, given.training_size)
        for condition in ("BP", "FA", "FA, noise", "data, noise"):
            task = images[chosen], labels[chosen], given.epochs, test, given.noise
            network, course = lives(condition, seed, (784, 100, 10), *task)
            row = {"speed": np.mean(course), "final": course[-1]}
            row |= {"angle": angle(network), "distance": distance(network)}
            rows.append((condition, seed, row))
    return rows


def figure_4(given, data):
    """Learning from few images, two hidden populations: error on new images, ranks of features."""
    images, labels, *test = data
    rows = []
    for seed in range(given.networks):
        for size, epochs in zip(given.sizes, given.epochs_small, strict=True):
            chosen = subset(np.random.default_rng(10_000 + size), labels, size)
            for condition in ("FA", "FA, noise"):
                task = images[chosen], labels[chosen], epochs, None, given.noise
                network, _ = lives(condition, seed, (784, 100, 100, 10), *task)
                error = [1 - right(network, *task[:2]), 1 - right(network, *test)]
                last = network.forward(test[0][:1000])[-2]
                row = {"gap": abs(error[0] - error[1]), "gram": gram_rank(last)}
                row |= {"test error": error[1], "rank": effective_rank(network.weights[-1])}
                rows.append((f"{condition}, {size} images", seed, row))
    return rows


PARTS = {"2": figure_2, "4": figure_4}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=5)
    parser.add_argument("--figures", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--noise", type=int, default=NOISE)
    parser.add_argument("--training-size", type=int, default=5_000)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 400, 1600])
    parser.add_argument("--epochs-small", type=int, nargs="+", default=[800, 500, 300])
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    data = mnist(os.environ["ONTOGENY_DATA"])
    table = {}
    for part in given.figures:
        for condition, _, row in PARTS[part](given, data):
            for name, value in row.items():
                table.setdefault(f"{part}: {condition}: {name}", []).append(float(value))
    for name, values in table.items():
        spread = np.std(values, ddof=1) if len(values) > 1 else float("nan")
        print(f"{name:<45} {np.mean(values):9.4f} (sd {spread:.4f}, n = {len(values)})")
    if given.out is not None:
        given.out.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
