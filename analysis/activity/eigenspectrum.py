"""Cross-validated variances of two repeats, from matrices of their smaller side."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def exponent(spectrum: Floats, first: int, last: int) -> Floats:
    """Fit the power law, with weights 1/n over ranks, (..., rank) -> (...)."""
    rank = np.arange(first, last + 1)
    weight = 1 / rank / np.sum(1 / rank)
    x = np.log(rank) - weight @ np.log(rank)
    return np.asarray(-(np.log(np.abs(spectrum[..., first - 1 : last])) @ (weight * x))) / (
        weight @ x**2
    )


def normalised(repeats: npt.NDArray, spontaneous: npt.NDArray | None, removed: int) -> Floats:
    """Scale by spontaneous activity, and remove its first components."""
    repeats = np.asarray(repeats, dtype=np.float64)
    if spontaneous is None:
        return repeats
    spontaneous = np.asarray(spontaneous, dtype=np.float64)
    mean, deviation = spontaneous.mean(0), spontaneous.std(0)
    kept = ~(deviation <= 16 * np.finfo(np.float64).eps * np.abs(mean))
    repeats, spontaneous = (
        (values[..., kept] - mean[kept]) / deviation[kept] for values in (repeats, spontaneous)
    )
    if removed == 0 or not np.isfinite(spontaneous).all():
        return repeats
    components = np.linalg.svd(spontaneous, full_matrices=False)[2][:removed]
    return np.asarray(repeats - (repeats @ components.T) @ components)


def spectra(
    repeats: Floats, ranks: int, shuffles: int, folds: int, random: np.random.Generator
) -> tuple[Floats, Floats, float]:
    """
    Return variances along components, averaged over draws of which repeat is first.

    Parameters
    ----------
    repeats : numpy.ndarray, (2, stimulus, neuron)
        Responses.
    ranks : int
        How many components.
    shuffles, folds : int
        Number of draws, and of groups of stimuli.
    random : numpy.random.Generator
        Draws both.

    Returns
    -------
    tuple
        Cross-validated variances of each group of stimuli, (fold, rank); plain variances of one
        repeat, (rank); cross-validated variance of all components together.
    """
    stimuli, neurons = repeats.shape[1:]
    groups = np.array_split(random.permutation(stimuli), folds)
    both = repeats.reshape(2 * stimuli, neurons)
    gram = both @ both.T if stimuli < neurons else None
    crossed, plain = np.zeros((folds, ranks)), np.zeros(ranks)
    whole = 0.0
    for _ in range(shuffles):
        swapped = random.random(stimuli) < 0.5
        first = np.arange(stimuli) + stimuli * swapped
        second = np.arange(stimuli) + stimuli * ~swapped
        if gram is None:
            found = _by_neurons(_centred(both[first]), _centred(both[second]), ranks)
        else:
            found = _by_stimuli(gram, first, second, ranks)
        products, values, total = found
        crossed += [products[group].sum(0) for group in groups]
        plain += values
        whole += total
    return crossed / shuffles, plain / shuffles, whole / shuffles


def _by_neurons(first: Floats, second: Floats, ranks: int) -> tuple[Floats, Floats, float]:
    """Return products of projections, (stimulus, rank), plain variances, and all of the first."""
    values, vectors = np.linalg.eigh(first.T @ first)
    vectors = vectors[:, : -ranks - 1 : -1]
    products = (first @ vectors) * (second @ vectors)
    return products, values[: -ranks - 1 : -1], float(np.vdot(first, second))


def _by_stimuli(
    gram: Floats, first: npt.NDArray, second: npt.NDArray, ranks: int
) -> tuple[Floats, Floats, float]:
    """Do the same from inner products of responses, where there are fewer stimuli."""
    own = _centred(_centred(gram[np.ix_(first, first)]).T)
    other = _centred(_centred(gram[np.ix_(second, first)]).T).T
    values, vectors = np.linalg.eigh(own)
    vectors = vectors[:, : -ranks - 1 : -1]
    # Projections are vectors times sqrt(values), and other times vectors over sqrt(values).
    return vectors * (other @ vectors), values[: -ranks - 1 : -1], float(np.trace(other))


def _centred(values: Floats) -> Floats:
    return values - values.mean(0)
