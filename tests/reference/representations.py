"""Measures of representations by explicit loops: the oracle for analysis/activity.

Activity is (sample, neuron). Sources: Vinje & Gallant 2000 (sparseness), Kriegeskorte, Mur &
Bandettini 2008 (dissimilarity), Nili et al. 2014 (noise ceiling), Kornblith et al. 2019 (centred
kernel alignment), Song et al. 2012 (its unbiased estimate, as a sum over four different samples).
"""

import math
from itertools import permutations

import numpy as np


def sparseness(rates):
    n = len(rates)
    mean = sum(rates) / n
    square = sum(rate**2 for rate in rates) / n
    return (1 - mean**2 / square) / (1 - 1 / n)


def correlation(a, b):
    n = len(a)
    a_mean, b_mean = sum(a) / n, sum(b) / n
    product = sum((x - a_mean) * (y - b_mean) for x, y in zip(a, b, strict=True))
    a_square = sum((x - a_mean) ** 2 for x in a)
    b_square = sum((y - b_mean) ** 2 for y in b)
    return product / math.sqrt(a_square * b_square)


def ranks(values):
    """Ranks from 1 on; equal values share the mean of theirs."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2
        for value in values
    ]


def rank_correlation(a, b):
    return correlation(ranks(a), ranks(b))


def kendall(a, b):
    """Tau-b: pairs in one order less pairs in the other, over pairs without ties."""
    both = untied_a = untied_b = 0
    for i in range(len(a)):
        for j in range(i):
            x, y = np.sign(a[i] - a[j]), np.sign(b[i] - b[j])
            both, untied_a, untied_b = both + x * y, untied_a + abs(x), untied_b + abs(y)
    return both / math.sqrt(untied_a * untied_b)


def mean_pair_correlation(activity):
    neurons = activity.shape[1]
    found = [correlation(activity[:, i], activity[:, j]) for i in range(neurons) for j in range(i)]
    return sum(found) / len(found)


def dissimilarities(activity):
    stimuli = len(activity)
    return [
        1 - correlation(activity[i], activity[j])
        for i in range(stimuli)
        for j in range(i + 1, stimuli)
    ]


def standardised(values):
    values = np.asarray(values, dtype=float)
    return (values - values.mean()) / values.std()


def noise_ceiling(rdms, compare, prepare):
    """Lower and upper bound; `prepare` makes the dissimilarities of subjects alike in scale."""
    lower, upper = [], []
    prepared = [np.asarray(prepare(rdm)) for rdm in rdms]
    for number, rdm in enumerate(rdms):
        others = [other for index, other in enumerate(prepared) if index != number]
        lower.append(compare(rdm, sum(others) / len(others)))
        upper.append(compare(rdm, sum(prepared) / len(prepared)))
    return sum(lower) / len(lower), sum(upper) / len(upper)


def centred_gram(activity):
    n = len(activity)
    centring = np.eye(n) - np.ones((n, n)) / n
    return centring @ activity @ activity.T @ centring


def cka(a, b):
    k, m = centred_gram(a), centred_gram(b)
    return np.trace(k @ m) / math.sqrt(np.trace(k @ k) * np.trace(m @ m))


def unbiased_criterion(a, b):
    """The Hilbert-Schmidt independence criterion as a mean over four samples that all differ."""
    k, m = a @ a.T, b @ b.T
    terms = [
        k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q]) for i, j, q, r in permutations(range(len(a)), 4)
    ]
    return sum(terms) / len(terms)


def unbiased_cka(a, b):
    return unbiased_criterion(a, b) / math.sqrt(unbiased_criterion(a, a) * unbiased_criterion(b, b))


def reciprocity(forward, feedback):
    targets, sources = forward.shape
    pairs = [
        (forward[k, i], feedback[i, k])
        for k in range(targets)
        for i in range(sources)
        if forward[k, i] != 0 and feedback[i, k] != 0
    ]
    return correlation([w for w, _ in pairs], [b for _, b in pairs])


def reciprocity_ratio(forward, feedback):
    targets, sources = forward.shape
    there = back = both = 0
    for k in range(targets):
        for i in range(sources):
            there += forward[k, i] != 0
            back += feedback[i, k] != 0
            both += forward[k, i] != 0 and feedback[i, k] != 0
    return both * targets * sources / (there * back)
