"""What does plain NumPy find of Cheon, Lee & Paik (2024), in networks of its own?

Run as ``python tests/reference/pretraining.py --networks 4``; one core is enough
(OPENBLAS_NUM_THREADS=1). Reads MNIST's four official files and ``usps.npz`` from the folder
``$ONTOGENY_DATA``. Networks, noise, subsets and orders are drawn by NumPy: nothing is shared with
the package, so that values agree as those of other networks of the same kind do. 784-100-10, Adam
with a rate of 1e-4, batches of 64, the optimiser afresh in every phase.
"""
# ruff: noqa: T201

import argparse
import gzip
import os
from copy import deepcopy
from pathlib import Path

import numpy as np
from measures import gram_rank, neuron_angles
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


def bilinear(images, size):
    """Return square images in another size; corners of pixels stay where they are."""
    last = images.shape[-1] - 1
    place = np.clip((np.arange(size) + 0.5) * (last + 1) / size - 0.5, 0, last)
    low = np.minimum(place.astype(int), last - 1)
    part = place - low
    matrix = np.zeros((size, last + 1))
    matrix[np.arange(size), low] = 1 - part
    matrix[np.arange(size), low + 1] += part
    return np.rint(matrix @ images @ matrix.T)


def usps(folder):
    """Return the test images of USPS in 28 by 28 pixels, divided by 255, and their labels."""
    with np.load(Path(folder) / "usps" / "usps.npz") as stored:
        images = bilinear(stored["x_test"].reshape(-1, 16, 16).astype(float), 28)
        return images.reshape(-1, 784).astype(np.float32) / 255, stored["y_test"].astype(int)


def shuffled(network, generator):
    """Return a copy whose feedback weights are in another order."""
    other = deepcopy(network)
    matrix = other.feedback[-1]
    other.feedback[-1] = generator.permutation(matrix.ravel()).reshape(matrix.shape)
    return other


def state(network):
    weights, feedback = network.weights[-1], network.feedback[-1]
    return {
        "distance": np.linalg.norm(weights - feedback.T),
        "angle": np.mean(neuron_angles(weights, feedback)),
    }


def lived(given, data, other, seed):
    """Return the measures of one network in all conditions."""
    images, labels, *test = data
    birth, order, patterns, shuffling = np.random.default_rng(seed).spawn(4)
    subsets = np.random.default_rng(10_000)
    many, few = (subset(subsets, labels, size) for size in (given.training_size, given.few))
    born = newborn(birth, (784, 100, 10), RULES["FA"], RATE)
    practised = deepcopy(born)
    practise(practised, patterns, given.noise)
    found = {"untrained": state(born), "noise": state(practised)}
    starts = {"data": born, "noise, data": practised, "shuffled": shuffled(practised, shuffling)}
    # One order of the images for all: the same seed.
    orders = order.integers(2**32)
    for name, start in starts.items():
        network = deepcopy(start)
        task = images[many], labels[many], given.epochs, test
        course = learn(network, np.random.default_rng(orders), *task)
        found[name] = {"speed": np.mean(course), "final": course[-1], **state(network)}
        found[name]["usps"] = right(network, *other)
        if name == "data":
            practise(network, patterns, given.noise)
            found["data, noise"] = state(network)
    for name in ("data", "noise, data"):
        network = deepcopy(starts[name])
        learn(network, np.random.default_rng(orders), images[few], labels[few], given.epochs_few)
        found[f"{name}, {given.few} images"] = {"rank": gram_rank(network.forward(test[0])[-2])}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=4)
    parser.add_argument("--noise", type=int, default=NOISE)
    parser.add_argument("--training-size", type=int, default=5_000)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--few", type=int, default=1_600)
    parser.add_argument("--epochs-few", type=int, default=300)
    given = parser.parse_args()
    folder = os.environ["ONTOGENY_DATA"]
    data, other = mnist(folder), usps(folder)
    lives = [lived(given, data, other, seed) for seed in range(given.networks)]
    print(f"| condition | measure | mean | sd ({given.networks} networks) |")
    print("|---|---|---|---|")
    for condition, measures in lives[0].items():
        for name in measures:
            values = [life[condition][name] for life in lives]
            spread = np.std(values, ddof=1) if len(values) > 1 else float("nan")
            print(f"| {condition} | {name} | {np.mean(values):.4f} | {spread:.4f} |")


if __name__ == "__main__":
    main()
