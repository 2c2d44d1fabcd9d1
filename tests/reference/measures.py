"""Measures by explicit loops: the oracle for the analysis of trajectories.

Forward weights are (upper, lower), feedback weights (lower, upper).
Sources: Cheon, Lee & Paik 2024 (angle of a neuron); Akrout et al. 2019 (angle of a matrix);
Roy & Vetterli 2007 (effective rank, on singular values and not on their squares).
"""

import math

import numpy as np


def angle(first, second):
    """Return the angle between two vectors in degrees, NaN where one of them is zero."""
    product = first_square = second_square = 0.0
    for a, b in zip(first, second, strict=True):
        product += float(a) * float(b)
        first_square += float(a) ** 2
        second_square += float(b) ** 2
    if first_square == 0 or second_square == 0:
        return math.nan
    cosine = product / (math.sqrt(first_square) * math.sqrt(second_square))
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def neuron_angles(forward, feedback):
    """Return for every lower neuron the angle between its outgoing and its feedback weights."""
    return np.array([angle(forward[:, i], feedback[i, :]) for i in range(forward.shape[1])])


def matrix_angle(forward, feedback):
    """Return the angle between the flattened W and B^T."""
    upper, lower = forward.shape
    pairs = [(forward[j, i], feedback[i, j]) for j in range(upper) for i in range(lower)]
    return angle([w for w, _ in pairs], [b for _, b in pairs])


def effective_rank(matrix):
    """Return exp of the entropy of the normalised singular values, with 0 ln 0 = 0."""
    values = [float(s) for s in np.linalg.svd(matrix, compute_uv=False)]
    total = sum(values)
    if total == 0:
        return math.nan
    entropy = 0.0
    for value in values:
        share = value / total
        if share > 0:
            entropy -= share * math.log(share)
    return math.exp(entropy)


def gram_rank(rates):
    """Return the effective rank of the cosines of columns, without those that are zero."""
    columns = [rates[:, i] for i in range(rates.shape[1]) if any(rates[:, i])]
    cosines = [[math.cos(math.radians(angle(a, b))) for b in columns] for a in columns]
    return effective_rank(np.array(cosines))


def accuracy(readout, labels):
    """Return the fraction of trials whose largest readout is the label.

    A label that ties with others for the largest readout earns one share of the trial's credit.
    """
    credit = 0.0
    for row, label in zip(readout, labels, strict=True):
        largest = max(row)
        winners = [unit for unit, rate in enumerate(row) if rate == largest]
        if label in winners:
            credit += 1 / len(winners)
    return credit / len(labels)


def neuron_angles_centred(forward, feedback):
    """Return the angles of neurons after the mean over upper neurons is taken from both."""
    upper, lower = forward.shape
    angles = []
    for i in range(lower):
        w, b = [list(map(float, vector)) for vector in (forward[:, i], feedback[i, :])]
        w_mean, b_mean = sum(w) / upper, sum(b) / upper
        angles.append(angle([x - w_mean for x in w], [x - b_mean for x in b]))
    return np.array(angles)


def calibration(probabilities, labels, bins):
    """Return both expected calibration errors and the maximum one, bin by bin."""
    by_centre = by_confidence = largest = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        rows = [row for row, given in enumerate(probabilities) if low < max(given) <= high]
        if not rows:
            continue
        confidence = sum(max(probabilities[row]) for row in rows) / len(rows)
        right = accuracy([probabilities[row] for row in rows], [labels[row] for row in rows])
        share = len(rows) / len(labels)
        by_centre += share * abs(right - (low + high) / 2)
        by_confidence += share * abs(right - confidence)
        largest = max(largest, abs(right - confidence))
    return by_centre, by_confidence, largest


def area_under_curve(inside, outside):
    """Return the share of pairs in which the score inside is larger, ties counted half."""
    won = 0.0
    for x in inside:
        for y in outside:
            won += 1.0 if x > y else 0.5 if x == y else 0.0
    return won / (len(inside) * len(outside))


def principal_plane(points, count):
    """Return the largest eigenvectors of the covariance of points, and their shares."""
    centred = points - points.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    order = np.argsort(values)[::-1][:count]
    return vectors[:, order].T, values[order] / values.sum()
