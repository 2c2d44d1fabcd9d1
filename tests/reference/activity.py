"""Measures of activity in plain NumPy, slowly and by other ways than the package."""

import math

import numpy as np


def word_probabilities(rates, weights=(1.0,)):
    """Probabilities of all words of a mixture of independent units, unit 0 first."""
    rates = np.atleast_2d(rates)
    total = np.zeros(2 ** rates.shape[1])
    for weight, state in zip(weights, rates, strict=True):
        product = np.ones(1)
        for rate in state:
            product = np.concatenate([product * (1 - rate), product * rate])
        total += weight * product
    return total


def divergence(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p, q, strict=True) if a > 0)


def marginals(p):
    units = int(math.log2(len(p)))
    return np.array(
        [sum(p[word] for word in range(len(p)) if word >> unit & 1) for unit in range(units)]
    )


def series_cross_entropy(evoked, spontaneous):
    """Sum the series term by term, each by drawing without replacement."""
    size = int(sum(spontaneous))
    total = 0.0
    for e, s in zip(evoked, spontaneous, strict=True):
        missing, terms = 1.0, 0.0
        for v in range(1, size - int(s) + 1):
            missing *= 1 - s / (size - v + 1)
            terms += missing / v
        total += e / sum(evoked) * terms
    return total


def series_entropy(counts):
    size = int(sum(counts))
    total = 0.0
    for count in filter(None, counts):
        missing, terms = 1.0, 0.0
        for v in range(1, size - int(count) + 1):
            missing *= 1 - (count - 1) / (size - v)
            terms += missing / v
        total += count / size * terms
    return total


def covariance(activity):
    samples, neurons = activity.shape
    means = [sum(activity[:, i]) / samples for i in range(neurons)]
    result = np.zeros((neurons, neurons))
    for i in range(neurons):
        for j in range(neurons):
            products = (activity[:, i] - means[i]) * (activity[:, j] - means[j])
            result[i, j] = sum(products) / (samples - 1)
    return result


def participation_ratio(activity):
    values = np.linalg.eigvals(covariance(activity)).real
    return sum(values) ** 2 / sum(values**2)


def unbiased_participation_ratio(activity):
    """Average over all quadruples of different samples, without any bias."""
    x = [np.asarray(row) for row in activity]
    squared = square = 0.0
    for i, a in enumerate(x):
        for j, b in enumerate(x):
            for k, c in enumerate(x):
                for m, d in enumerate(x):
                    if len({i, j, k, m}) == 4:
                        squared += ((a - b) @ (a - b)) * ((c - d) @ (c - d)) / 4
                        square += ((a - b) @ (c - d)) ** 2 / 4
    return squared / square


def effective_dimension(activity):
    values = np.linalg.eigvals(covariance(activity)).real
    share = [value / sum(values) for value in values if value > 1e-12 * max(values)]
    return math.exp(-sum(p * math.log(p) for p in share))


def components(activity, count):
    values, vectors = np.linalg.eig(covariance(activity))
    return vectors.real[:, np.argsort(-values.real)[:count]]


def alignment(spontaneous, evoked, count):
    one, other = components(spontaneous, count), components(evoked, count)
    return sum((one[:, i] @ other[:, j]) ** 2 for i in range(count) for j in range(count)) / count


def variance_ratio(spontaneous, evoked, count):
    own, spread = components(spontaneous, count), covariance(evoked)
    shared = sum(own[:, i] @ spread @ own[:, i] for i in range(count))
    return shared / sum(sorted(np.linalg.eigvals(spread).real)[-count:])


def cross_validated_spectrum(first, second, ranks):
    """By the eigenvectors of one repeat; no draws of which repeat is first."""
    first, second = first - first.mean(0), second - second.mean(0)
    vectors = components(first, ranks)
    return np.array([sum((first @ v) * (second @ v)) for v in vectors.T])


def power_law(spectrum, first, last):
    """Solve the weighted normal equations."""
    design = np.array([[-math.log(n), 1.0] for n in range(first, last + 1)])
    weight = np.diag([1 / n for n in range(first, last + 1)])
    target = np.log(np.abs(spectrum[first - 1 : last]))
    return np.linalg.solve(design.T @ weight @ design, design.T @ weight @ target)[0]
