"""Frames of a recording, bin by bin and pixel by pixel, as slow and as plain as it can be."""

import itertools
import math

import numpy as np


def rates(trains, positions, start, stop, bin_width):
    """Return electrodes, {(x, y): rates of the bins in spikes per second}."""
    bins = int((stop - start) / bin_width + 1e-9)
    found = {}
    for place in sorted(set(map(tuple, positions))):
        here = [train for train, other in zip(trains, positions, strict=True) if other == place]
        counts = [0] * bins
        for time in itertools.chain(*here):
            number = math.floor((time - start) / bin_width)
            if number < bins:
                counts[number] += 1
        found[place] = [count / (len(here) * bin_width) for count in counts]
    return found


def places(electrodes, rows, columns, margin=0.0):
    """Return x and y of the pixels, row by row, and their side."""
    (left, right), (low, high) = ((min(axis), max(axis)) for axis in zip(*electrodes, strict=True))
    side = max((right - left + 2 * margin) / columns, (high - low + 2 * margin) / rows)
    return [
        (
            (left + right) / 2 + side * (column - (columns - 1) / 2),
            (low + high) / 2 + side * (row - (rows - 1) / 2),
        )
        for row in range(rows)
        for column in range(columns)
    ], side


def nearest(electrodes, place):
    """Return the nearest electrode; of equally near ones the first."""
    return min(sorted(electrodes), key=lambda other: math.dist(other, place))


def gaussian(electrodes, place, width):
    """Return the weights of the electrodes."""
    weights = [math.exp(-(math.dist(other, place) ** 2) / (2 * width**2)) for other in electrodes]
    return [weight / sum(weights) for weight in weights]


def linear(corners, place):
    """Return the weights of three corners, by solving for the point that they make."""
    matrix = np.array([[1.0, *corner] for corner in corners]).T
    return np.linalg.solve(matrix, [1.0, *place])


def smoothed(values, width):
    """Smooth values on a ring by a Gaussian that is cut at four widths."""
    reach = int(4 * width + 0.5)
    kernel = [math.exp(-0.5 * (lag / width) ** 2) for lag in range(-reach, reach + 1)]
    return [
        sum(
            weight * values[(place + lag) % len(values)]
            for lag, weight in zip(range(-reach, reach + 1), kernel, strict=True)
        )
        / sum(kernel)
        for place in range(len(values))
    ]


def start_of_trial(word, bins):
    """Return the first bin of a trial from its first random word of 64 bits."""
    return ((word & 0xFFFFFFFF) * bins) >> 32
