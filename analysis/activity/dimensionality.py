"""How many dimensions activity uses."""

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.special import entr

from ..arguments import check_axes

Floats = npt.NDArray[np.float64]


def participation_ratio(
    activity: xr.DataArray,
    *,
    samples: str = "sample",
    neurons: str = "neuron",
    unbiased: bool = False,
    matched: tuple[int, int] | None = None,
    shuffled: bool = False,
    draws: int = 20,
    seed: int = 0,
) -> xr.DataArray:
    r"""
    Measure how many dimensions activity uses, by the participation ratio of its covariance.

    .. math:: \mathrm{PR} = \frac{(\mathrm{tr}\, C)^2}{\mathrm{tr}\, C^2}
       = \frac{(\sum_i \lambda_i)^2}{\sum_i \lambda_i^2}

    with the covariance :math:`C` of neurons over samples: :math:`k` where :math:`k` variances are
    equal and the rest is 0 (P. Gao and S. Ganguli, Current Opinion in Neurobiology 32:148, 2015).
    It grows with the number of samples and of neurons: of :math:`n + 1` independent normal samples
    of :math:`d` equal dimensions, it is about :math:`nd/(n + d + 1)`. Compare only what is matched
    in both, or unbiased and matched in neurons.

    Parameters
    ----------
    activity : xarray.DataArray, (..., samples, neurons)
        Rates or counts.
    samples, neurons : str
        Names of the dims.
    unbiased : bool
        Take estimates of :math:`(\mathrm{tr}\, C)^2` and :math:`\mathrm{tr}\, C^2` that are
        without bias of any distribution with four moments, of at least 4 samples (T. Himeno and
        T. Yamada, Journal of Multivariate Analysis 130:27, 2014). Their ratio may be NaN, or above
        the number of neurons, where there are far too few samples.
    matched : tuple of two int, optional
        Draw so many samples and neurons, without replacement.
    shuffled : bool
        Control: permute the samples of every neuron on its own, which keeps variances and leaves
        no correlations.
    draws : int
        Over how many random draws to average where `matched` or `shuffled` is given.
    seed : int
        Seed of the draws.

    Returns
    -------
    xarray.DataArray, (...)
        Dimensions, 1 to the number of neurons; NaN where activity is NaN or constant.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing, there are too few samples, or more are to be drawn than there are.

    See Also
    --------
    effective_dimension : another count of the same variances.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> activity = xr.DataArray([[1.0, 0], [-1, 0], [0, 1], [0, -1]], dims=("sample", "neuron"))
    >>> float(participation_ratio(activity).round(12))
    2.0
    """
    where = "participation_ratio"
    _check(activity, samples, neurons, where, fewest=4 if unbiased else 2)
    if draws < 1:
        raise ValueError(f"{where}.draws: expected at least 1, got {draws!r}")
    if matched is not None:
        _check_matched(activity, samples, neurons, matched, 4 if unbiased else 2)
    result = xr.apply_ufunc(
        _drawn,
        activity,
        input_core_dims=[[samples, neurons]],
        kwargs={
            "unbiased": unbiased,
            "matched": matched,
            "shuffled": shuffled,
            "draws": draws if shuffled or matched is not None else 1,
            "seed": seed,
        },
    ).rename(where)
    control = " of neurons shuffled one by one" if shuffled else ""
    result.attrs = {"units": "1", "long_name": f"participation ratio of activity{control}"}
    return result


def effective_dimension(
    activity: xr.DataArray, *, samples: str = "sample", neurons: str = "neuron"
) -> xr.DataArray:
    r"""
    Measure how many dimensions activity uses, by the entropy of its variances.

    .. math:: \exp \Bigl( - \sum_i p_i \ln p_i \Bigr), \qquad p_i = \lambda_i / \sum_j \lambda_j

    with the eigenvalues :math:`\lambda_i` of the covariance of neurons over samples. It is the
    formula of `effective_rank` (O. Roy and M. Vetterli, EUSIPCO 2007), but a measure of activity:
    the effective rank that falls in J. Cheon, S. W. Lee and S.-B. Paik (NeurIPS 2024) is one of
    weights, on singular values, and the two need not change together.

    Parameters
    ----------
    activity : xarray.DataArray, (..., samples, neurons)
        Rates or counts.
    samples, neurons : str
        Names of the dims.

    Returns
    -------
    xarray.DataArray, (...)
        Dimensions, 1 to the number of neurons; NaN where activity is NaN or constant. It grows
        with the number of samples and neurons, as the participation ratio does.

    Raises
    ------
    TypeError
        If activity is no `xarray.DataArray`.
    ValueError
        If a dim is missing, or there are fewer than 2 samples.

    Examples
    --------
    >>> import numpy as np
    >>> import xarray as xr
    >>> activity = xr.DataArray([[1.0, 0], [-1, 0], [0, 1], [0, -1]], dims=("sample", "neuron"))
    >>> float(effective_dimension(activity).round(12))
    2.0
    """
    where = "effective_dimension"
    _check(activity, samples, neurons, where, fewest=2)
    result = xr.apply_ufunc(
        _over_leading_axes,
        activity,
        input_core_dims=[[samples, neurons]],
        kwargs={"function": _by_entropy},
    ).rename(where)
    result.attrs = {"units": "1", "long_name": "effective dimension of activity, by entropy"}
    return result


def _check(activity: xr.DataArray, samples: str, neurons: str, where: str, fewest: int) -> None:
    check_axes(activity, f"{where}.activity", samples=samples, neurons=neurons)
    if activity.sizes[samples] < fewest:
        raise ValueError(
            f"{where}.activity: expected at least {fewest} along '{samples}', got "
            f"{activity.sizes[samples]}"
        )


def _check_matched(
    activity: xr.DataArray, samples: str, neurons: str, matched: tuple[int, int], fewest: int
) -> None:
    sizes = activity.sizes[samples], activity.sizes[neurons]
    lowest = fewest, 1
    if not all(
        low <= wanted <= size for low, wanted, size in zip(lowest, matched, sizes, strict=True)
    ):
        raise ValueError(
            f"participation_ratio.matched: expected {lowest} to {sizes} samples and neurons, got "
            f"{matched}"
        )


def _drawn(
    activity: np.ndarray,
    *,
    unbiased: bool,
    matched: tuple[int, int] | None,
    shuffled: bool,
    draws: int,
    seed: int,
) -> Floats:
    random = np.random.default_rng(seed)
    function = _unbiased_ratio if unbiased else _ratio
    found = []
    for _ in range(draws):
        chosen = activity
        if matched is not None:
            rows = random.permutation(activity.shape[-2])[: matched[0]]
            columns = random.permutation(activity.shape[-1])[: matched[1]]
            chosen = activity[..., rows[:, np.newaxis], columns]
        if shuffled:
            chosen = random.permuted(chosen, axis=-2)
        found.append(_over_leading_axes(chosen, function=function))
    return np.asarray(np.mean(found, axis=0))


def _over_leading_axes(activity: np.ndarray, *, function: Any) -> Floats:
    found = np.full(activity.shape[:-2], np.nan)
    for index in np.ndindex(found.shape):
        values = np.asarray(activity[index], dtype=np.float64)
        centred = values - values.mean(0)
        # Rounding alone leaves no dimension behind.
        spread = np.abs(centred).max() > 16 * np.finfo(np.float64).eps * np.abs(values).max()
        if np.isfinite(values).all() and spread:
            found[index] = function(centred)
    return found


def _traces(centred: Floats) -> tuple[float, float]:
    """Return tr S and tr S^2 of the sample covariance, over its smaller side."""
    wide = centred.shape[0] < centred.shape[1]
    gram = (centred @ centred.T if wide else centred.T @ centred) / (len(centred) - 1)
    return float(np.trace(gram)), float(np.sum(gram**2))


def _ratio(centred: Floats) -> float:
    first, second = _traces(centred)
    return first**2 / second


def _unbiased_ratio(centred: Floats) -> float:
    first, second = _traces(centred)
    n = len(centred)
    fourth = float(np.sum(np.sum(centred**2, axis=1) ** 2)) / (n - 1)
    # (tr C)^2 and tr C^2 but for a common factor, which their ratio does not need.
    above = 2 * second + (n**2 - 3 * n + 1) * first**2 - n * fourth
    below = (n - 1) * (n - 2) * second + first**2 - n * fourth
    return above / below if below > 0 else np.nan


def _by_entropy(centred: Floats) -> float:
    variances = np.linalg.svd(centred, compute_uv=False) ** 2
    return float(np.exp(entr(variances / variances.sum()).sum()))
