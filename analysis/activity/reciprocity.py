"""Whether two neurons that are strongly connected one way are so the other way too."""

from typing import Any

import numpy as np
import xarray as xr

from ..array import Floats
from ..trajectory import group, required_partners
from .strengths import Mask, curveball, matched_strengths, residual

_SHUFFLES = 200
_TAILS = (2.5, 97.5)
_TOLD = {
    "reciprocity": "correlation of forward and feedback weights over pairs connected both ways",
    "control": "the same, strengths of neurons kept and the rest shuffled",
    "control_low": "2.5th percentile of the same, strengths kept and the rest shuffled",
    "control_high": "97.5th percentile of the same, strengths kept and the rest shuffled",
    "specific": "correlation of what strengths of neurons leave of the weights",
    "pairs": "pairs of neurons connected both ways",
    "ratio": "pairs connected both ways, over those expected of independent synapses",
    "ratio_control": "the same, numbers of synapses of each neuron kept",
    "ratio_control_low": "2.5th percentile of the same, numbers of synapses kept",
    "ratio_control_high": "97.5th percentile of the same, numbers of synapses kept",
}


def reciprocity(
    forward: xr.DataTree | xr.DataArray, feedback: xr.DataArray | None = None, *, seed: int = 0
) -> xr.Dataset:
    r"""Measure whether forward and feedback weights of the same pairs of neurons go together.

    The correlation of :math:`W_{ki}` and :math:`B_{ik}` over all pairs of neurons :math:`i` and
    :math:`k` that are connected both ways, and for sparse synapses

    .. math:: \frac{P(i \leftrightarrow k)}{P(i \to k) \, P(k \to i)},

    as connectomics counts them (S. Song et al., PLoS Biology 3:e68, 2005). Weights of 0 are no
    synapses.

    Some neurons have stronger, or more, synapses than others both ways, and from this alone pairs
    go together (F. Z. Hoffmann and J. Triesch, Network Neuroscience 1:31, 2017). So the control
    keeps what is due to neurons: the mean and the scale of the weights of each source and each
    target; what is left is shuffled over synapses, 200 times. As those means are estimated, about
    1/targets + 1/sources of a correlation that is specific to pairs stays in the control.
    `specific` is the correlation of what is left itself. The control of the ratio keeps the number
    of synapses of each source and each target (G. Strona et al., Nature Communications 5:4114,
    2014).

    It differs from `weight_alignment` in three ways: the angle compares the weights of one neuron
    at a time, so that each neuron counts the same, and the correlation all pairs at once, so that
    strong neurons count more; the angle sees a common mean of all weights, which the correlation
    removes; and absent synapses are zeros for the angle, and left out here. The cosine of the
    `matrix` angle is this correlation where both means are 0 and all synapses are there. It is a
    measure of weights, as anatomy has them, not of activity.

    All synapses of a network are known, so the values have no interval of their own; those over
    networks come from `mean_interval`.

    Parameters
    ----------
    forward : xarray.DataTree, or xarray.DataArray, (..., target, source)
        One life, or several joined along leading dims; or forward weights.
    feedback : xarray.DataArray, (..., source, target), optional
        Feedback weights, if `forward` is no life; its last two dims are those of `forward`.
    seed : int
        Seed of the shuffles.

    Returns
    -------
    xarray.Dataset, (..., checkpoint, synapses) for a life, (...) for weights
        `reciprocity`, `control` with `control_low` and `control_high`, between which 95 % of the
        shuffles lie, `specific`, `pairs`, `ratio`, and `ratio_control` with `ratio_control_low`
        and `ratio_control_high`. NaN where there are fewer than 3 such pairs, weights do not
        differ, or a joined life has ended.

    Raises
    ------
    TypeError
        If `forward` is neither, or `feedback` is missing or there twice.
    ValueError
        If no forward synapses have a feedback partner, or dims do not fit.

    See Also
    --------
    ontogeny.analysis.weight_alignment : the angle between the weights of each neuron.

    Examples
    --------
    >>> weights = np.random.default_rng(0).normal(size=(6, 4))
    >>> forward = xr.DataArray(weights, dims=("outputs", "hidden"))
    >>> found = reciprocity(forward, xr.DataArray(weights.T, dims=("hidden", "outputs")))
    >>> round(float(found["reciprocity"]), 6), bool(found["control_high"] < 0.9)
    (1.0, True)
    """
    if isinstance(forward, xr.DataArray):
        if not isinstance(feedback, xr.DataArray):
            raise TypeError(
                f"reciprocity.feedback: expected an xarray.DataArray beside forward weights, got "
                f"{type(feedback).__name__}"
            )
        return _of_weights(forward, feedback, seed)
    if feedback is not None:
        raise TypeError("reciprocity.feedback: expected none beside a life, which has its own")
    weights = group(forward, "weights", "reciprocity")
    pairs = required_partners(weights, "reciprocity")
    found = [_of_weights(weights[name], weights[other], seed) for name, other in pairs.items()]
    labels = {"units": "1", "long_name": "forward synapses"}
    synapses = xr.DataArray(list(pairs), dims="synapses", name="synapses", attrs=labels)
    return xr.concat(found, synapses).transpose(..., "checkpoint", "synapses")


def _of_weights(forward: xr.DataArray, feedback: xr.DataArray, seed: int) -> xr.Dataset:
    if forward.ndim < 2 or set(feedback.dims[-2:]) != set(forward.dims[-2:]):
        raise ValueError(
            f"reciprocity.feedback: expected (..., source, target) of forward weights "
            f"{list(forward.dims)}, got {list(feedback.dims)}"
        )
    target, source = forward.dims[-2:]
    columns = xr.apply_ufunc(
        _measured,
        forward,
        feedback,
        input_core_dims=[[target, source]] * 2,
        output_core_dims=[[]] * len(_TOLD),
        vectorize=True,
        # The synapses that there are stay the same through a life, and so does their control.
        kwargs={"seed": seed, "known": {}},
    )
    result = xr.Dataset(dict(zip(_TOLD, columns, strict=True)))
    for name, long_name in _TOLD.items():
        result[name].attrs = {"units": "1", "long_name": long_name}
    return result


def _measured(
    forward: Floats, feedback: Floats, *, seed: int, known: dict[bytes, tuple[float, ...]]
) -> tuple[Any, ...]:
    if not (np.isfinite(forward).all() and np.isfinite(feedback).all()):
        return (np.nan,) * len(_TOLD)
    there, back = forward != 0, feedback != 0
    both = there & back
    generator = np.random.default_rng(seed)
    value = _correlation(forward[both], feedback[both])
    shuffled = [
        _correlation(drawn[both], feedback[both])
        for drawn in matched_strengths(forward, there, generator, _SHUFFLES)
    ]
    left, left_back = residual(forward, there).left, residual(feedback, back).left
    specific = _correlation(left[both], left_back[both])
    key = np.packbits([there, back]).tobytes()
    if key not in known:
        known[key] = _ratios(there, back, np.random.default_rng([seed, 1]))
    return (value, *_control(shuffled), specific, float(both.sum()), *known[key])


def _correlation(a: Floats, b: Floats) -> float:
    if len(a) < 3:
        return np.nan
    a, b = a - a.mean(), b - b.mean()
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / size) if size > 0 else np.nan


def _control(values: list[float]) -> tuple[float, float, float]:
    if not np.isfinite(values).all():
        return np.nan, np.nan, np.nan
    low, high = np.percentile(values, _TAILS)
    return float(np.mean(values)), float(low), float(high)


def _ratios(there: Mask, back: Mask, generator: np.random.Generator) -> tuple[float, ...]:
    expected = there.mean() * back.mean()
    if not expected:
        return (np.nan,) * 4
    ratio = float((there & back).mean() / expected)
    if there.all() or back.all():
        return ratio, ratio, ratio, ratio
    drawn = curveball(there, generator, _SHUFFLES)
    return ratio, *_control([float((other & back).mean() / expected) for other in drawn])
