"""Whether spontaneous and evoked activity use the same dimensions."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..arguments import check_axes, check_independent
from ..statistics import aligned, labelled

Floats = npt.NDArray[np.float64]

_NAMES = {
    "alignment": "alignment of the spontaneous and the evoked subspace",
    "matched": "alignment of subspaces of equally many samples",
    "ceiling": "alignment of subspaces of two halves of the evoked samples",
    "variance_ratio": "evoked variance in the spontaneous subspace, over the most possible",
    "variance_matched": "variance ratio of held-out evoked samples",
    "variance_ceiling": "variance ratio of the evoked subspace of held-out samples",
    "variance_chance": "expected variance ratio of a random subspace",
}


def subspace_alignment(
    spontaneous: xr.DataArray,
    evoked: xr.DataArray,
    *,
    components: int = 10,
    samples: str = "sample",
    neurons: str = "neuron",
    draws: int = 20,
    seed: int = 0,
) -> xr.Dataset:
    r"""
    Measure how far spontaneous and evoked activity share their principal subspace.

    .. math:: A = \frac{1}{k} |V_S^T V_E|_F^2, \qquad
       R = \frac{\mathrm{tr}(V_S^T C_E V_S)}{\sum_{i \le k} \lambda_i(C_E)}

    with the first :math:`k` principal components :math:`V_S` of spontaneous and :math:`V_E` of
    evoked activity (neurons x k) and the evoked covariance :math:`C_E`, whose eigenvalues are
    :math:`\lambda_i`. :math:`A` is the mean squared cosine of the principal angles (W. Krzanowski,
    Journal of the American Statistical Association 74:703, 1979); of random subspaces of
    :math:`N` neurons it is :math:`k/N` on average, with the variance
    :math:`2 (N-k)^2 / (N^2 (N-1) (N+2))`.

    Components of few samples are off, so that even activity of one kind does not reach 1: compare
    `matched` with `ceiling`, and `variance_matched` with `variance_ceiling`, all of which take
    their components from n samples, the smaller of half the evoked and all the spontaneous ones.

    Parameters
    ----------
    spontaneous, evoked : xarray.DataArray, (..., samples, neurons)
        Rates or counts of the same neurons; numbers of samples may differ. Samples of one must be
        independent of those of the other: where both hold the same ones, even in part, `matched`
        lies above `ceiling`.
    components : int
        Number of principal components :math:`k`, at most the number of neurons.
    samples, neurons : str
        Names of the dims.
    draws : int
        Over how many random halves of the evoked samples to average.
    seed : int
        Seed of the draws.

    Returns
    -------
    xarray.Dataset, (...)
        `alignment`, of all samples; `matched` and `ceiling`, of spontaneous samples against one
        half of the evoked ones, and of the two halves; `chance` and `chance_deviation`, mean and
        standard deviation for random subspaces; `variance_ratio`, of all samples;
        `variance_matched` and `variance_ceiling`, in the covariance of one half, of components of
        spontaneous samples and of the other half; `variance_chance`. NaN where activity is NaN or
        does not vary in k dimensions.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If dims are missing, neurons differ, both hold the same samples, or there are too few of
        them for the components.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> random = np.random.default_rng(0)
    >>> scale = np.array([9, 9, 1, 1, 1, 1, 1, 1])
    >>> spontaneous, evoked = (
    ...     xr.DataArray(scale * random.normal(size=(200, 8)), dims=("sample", "neuron"))
    ...     for _ in range(2)
    ... )
    >>> found = subspace_alignment(spontaneous, evoked, components=2)
    >>> float(found["alignment"].round(1)), float(found["chance"])
    (1.0, 0.25)
    """
    where = "subspace_alignment"
    for name, values in (("spontaneous", spontaneous), ("evoked", evoked)):
        check_axes(values, f"{where}.{name}", samples=samples, neurons=neurons)
    _check(where, spontaneous, evoked, samples, neurons, components, draws)
    check_independent(spontaneous, evoked, f"{where}.spontaneous, evoked")
    spontaneous, evoked = aligned(where, spontaneous, evoked, exclude=(samples,))
    columns = xr.apply_ufunc(
        _over_leading_axes,
        spontaneous.drop_vars(samples, errors="ignore").rename({samples: "_spontaneous"}),
        evoked.drop_vars(samples, errors="ignore").rename({samples: "_evoked"}),
        input_core_dims=[["_spontaneous", neurons], ["_evoked", neurons]],
        output_core_dims=[[]] * len(_NAMES),
        kwargs={"components": components, "draws": draws, "seed": seed},
    )
    found = dict(zip(_NAMES, columns, strict=True))
    result = labelled({name: (found[name], "1", _NAMES[name]) for name in _NAMES})
    mean, deviation = chance_alignment(components, evoked.sizes[neurons])
    told = {"units": "1", "long_name": "expected alignment of random subspaces"}
    result["chance"] = xr.DataArray(mean, attrs=told)
    told = {"units": "1", "long_name": "standard deviation of the alignment of random subspaces"}
    result["chance_deviation"] = xr.DataArray(deviation, attrs=told)
    return result


def chance_alignment(components: int, neurons: int) -> tuple[float, float]:
    """
    Return mean and standard deviation of the alignment of random subspaces.

    Examples
    --------
    >>> chance_alignment(1, 2)  # the squared cosine of a random angle
    (0.5, 0.3535533905932738)
    """
    if neurons == components:
        return 1.0, 0.0
    variance = 2 * (neurons - components) ** 2 / (neurons**2 * (neurons - 1) * (neurons + 2))
    return components / neurons, float(np.sqrt(variance))


def _check(
    where: str,
    spontaneous: xr.DataArray,
    evoked: xr.DataArray,
    samples: str,
    neurons: str,
    components: int,
    draws: int,
) -> None:
    sizes = [values.sizes[neurons] for values in (spontaneous, evoked)]
    if sizes[0] != sizes[1]:
        raise ValueError(f"{where}: expected the same neurons in both, got {sizes} of them")
    if not 1 <= components <= sizes[0]:
        raise ValueError(
            f"{where}.components: expected 1 to the number of neurons, {sizes[0]}, got "
            f"{components!r}"
        )
    if draws < 1:
        raise ValueError(f"{where}.draws: expected at least 1, got {draws!r}")
    least = {"spontaneous": components + 1, "evoked": 2 * (components + 1)}
    for name, values in (("spontaneous", spontaneous), ("evoked", evoked)):
        if values.sizes[samples] < least[name]:
            raise ValueError(
                f"{where}.{name}: expected at least {least[name]} samples for {components} "
                f"components, got {values.sizes[samples]}; take fewer components"
            )


def _over_leading_axes(
    spontaneous: np.ndarray, evoked: np.ndarray, *, components: int, draws: int, seed: int
) -> tuple[np.ndarray, ...]:
    leading = np.broadcast_shapes(spontaneous.shape[:-2], evoked.shape[:-2])
    spontaneous = np.broadcast_to(spontaneous, leading + spontaneous.shape[-2:])
    evoked = np.broadcast_to(evoked, leading + evoked.shape[-2:])
    found = np.full((len(_NAMES), *leading), np.nan)
    for index in np.ndindex(leading):
        rest, driven = (np.asarray(x[index], dtype=np.float64) for x in (spontaneous, evoked))
        if np.isfinite(rest).all() and np.isfinite(driven).all():
            found[(slice(None), *index)] = _measured(rest, driven, components, draws, seed)
    return tuple(found)


def _measured(rest: Floats, driven: Floats, components: int, draws: int, seed: int) -> Floats:
    own, other = (_components(values, components) for values in (rest, driven))
    most = _variance(driven, other)
    matched, ceiling, variance, variance_ceiling = _halves(rest, driven, components, draws, seed)
    return np.array(
        [
            _alignment(own, other),
            matched,
            ceiling,
            _variance(driven, own) / most,
            variance,
            variance_ceiling,
            components / rest.shape[1] * driven.var(0).sum() / most,
        ]
    )


def _halves(rest: Floats, driven: Floats, components: int, draws: int, seed: int) -> Floats:
    """Return alignments and variance ratios of components of equally many samples."""
    random = np.random.default_rng(seed)
    half = len(driven) // 2
    size = min(half, len(rest))
    found = []
    for _ in range(draws):
        order = random.permutation(len(driven))
        first, second = driven[order[:size]], driven[order[half : half + size]]
        chosen = rest[random.permutation(len(rest))[:size]]
        own, one, other = (_components(values, components) for values in (chosen, first, second))
        most = _variance(second, other)
        found.append(
            [
                _alignment(own, other),
                _alignment(one, other),
                _variance(second, own) / most,
                _variance(second, one) / most,
            ]
        )
    return np.asarray(np.mean(found, axis=0))


def _components(activity: Floats, count: int) -> Floats:
    """Return the first principal components, (neuron, component), NaN where there are fewer."""
    centred = activity - activity.mean(0)
    _, values, components = np.linalg.svd(centred, full_matrices=False)
    if values[count - 1] <= max(centred.shape) * np.finfo(np.float64).eps * values[0]:
        return np.full((activity.shape[1], count), np.nan)
    return np.asarray(components[:count].T)


def _alignment(own: Floats, other: Floats) -> float:
    return float(np.sum((own.T @ other) ** 2) / own.shape[1])


def _variance(activity: Floats, components: Floats) -> float:
    return float(np.var((activity - activity.mean(0)) @ components, axis=0).sum())
