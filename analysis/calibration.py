"""Whether networks are as sure as they are right."""

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli

from . import probabilities
from .batches import check_stimuli, targets_of
from .checkpoints import Checkpoints, select
from .confidence import check_softmax
from .responses import passes
from .scores import credits
from .trajectory import group


def calibration_error(
    life: xr.DataTree, stimuli: Stimuli, *, bins: int = 10, checkpoints: Checkpoints = None
) -> xr.Dataset:
    r"""
    Measure how far accuracy is from confidence.

    Stimuli are put into bins by their confidence, the largest probability. With the number
    :math:`n_b`, accuracy :math:`a_b` and mean confidence :math:`c_b` of each bin,

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{n} \, | a_b - m_b |

    where :math:`m_b` is the centre of the bin (J. Cheon and S.-B. Paik, arXiv:2412.17411, as their
    code computes it) or, in the usual formula, :math:`c_b` (C. Guo, G. Pleiss, Y. Sun and K. Q.
    Weinberger, ICML 2017). The largest :math:`| a_b - c_b |` is the maximum calibration error.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks with a softmax readout.
    stimuli : Stimuli
        Stimuli with labels.
    bins : int
        Number of bins, equally wide.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.Dataset, (..., checkpoint)
        `ece` (with centres of bins), `ece_mean_confidence` and `mce`: fractions, 0 to 1. NaN where
        a joined life has no such checkpoint.

    Raises
    ------
    TypeError
        If `life`, `stimuli` or `checkpoints` are something else.
    ValueError
        If `bins` is no positive integer, stimuli do not fit or have no labels, there is no such
        checkpoint, the life does not tell its network, neurons are leaky, or the readout is not
        softmax.

    See Also
    --------
    calibration_curve : accuracy and confidence of the bins.
    """
    curve = _curve(life, stimuli, bins, checkpoints, "calibration_error")
    gap = abs(curve["accuracy"] - curve["confidence"])
    errors = {
        "ece": (
            _expected(curve, curve["bin"]),
            "expected calibration error, by centres of bins",
        ),
        "ece_mean_confidence": (
            _expected(curve, curve["confidence"]),
            "expected calibration error, by mean confidence",
        ),
        "mce": (gap.max("bin"), "maximum calibration error"),
    }
    result = xr.Dataset({name: values for name, (values, _) in errors.items()})
    for name, (_, long_name) in errors.items():
        result[name].attrs = {"units": "1", "long_name": long_name}
    return result


def calibration_curve(
    life: xr.DataTree, stimuli: Stimuli, *, bins: int = 10, checkpoints: Checkpoints = None
) -> xr.Dataset:
    """
    Compute accuracy and mean confidence by bins of confidence.

    Bins are equally wide and closed on the right, as those of C. Guo, G. Pleiss, Y. Sun and K. Q.
    Weinberger, ICML 2017, figure 1.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks with a softmax readout.
    stimuli : Stimuli
        Stimuli with labels.
    bins : int
        Number of bins, equally wide.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.Dataset, (..., checkpoint, bin)
        `accuracy` and `confidence` (NaN for empty bins) and `size`, the share of stimuli in the
        bin; `bin` is its centre.

    Raises
    ------
    TypeError, ValueError
        As `calibration_error` does.

    See Also
    --------
    calibration_error : one number of it.
    """
    return _curve(life, stimuli, bins, checkpoints, "calibration_curve")


def _curve(
    life: xr.DataTree, stimuli: Stimuli, bins: int, checkpoints: Checkpoints, where: str
) -> xr.Dataset:
    if not isinstance(bins, int | np.integer) or isinstance(bins, bool) or bins < 1:
        raise ValueError(f"{where}.bins: expected a positive integer, got {bins!r}")
    weights = group(life, "weights", where)
    check_stimuli(weights, stimuli, where)
    if stimuli.targets is not None:
        raise ValueError(f"{where}.stimuli: expected stimuli with labels, got real targets")
    selection = select(weights, checkpoints, where)
    sums = selection.empty({"what": 3, "bin": bins})
    for index, rows, layers, rates, drives in passes(life, stimuli, selection, where):
        check_softmax(layers, where)
        if rows.start == 0:
            sums[index] = 0.0
        correct = credits(drives[-1], targets_of(stimuli, rows))
        sums[index] += probabilities.reliability(rates[-1].max(axis=1), correct, bins)
    size, sure, right = np.moveaxis(sums, -2, 0)
    with np.errstate(invalid="ignore"):
        columns = {
            "accuracy": (right / size, "accuracy"),
            "confidence": (sure / size, "mean confidence"),
            "size": (size / len(stimuli), "share of stimuli"),
        }
    result = selection.dataset(
        {
            name: (("bin",), values, {"units": "1", "long_name": long_name})
            for name, (values, long_name) in columns.items()
        }
    ).assign_coords(bin=(np.arange(bins) + 0.5) / bins)
    result["bin"].attrs = {"units": "1", "long_name": "confidence, centre of the bin"}
    return result


def _expected(curve: xr.Dataset, expected: xr.DataArray) -> xr.DataArray:
    return xr.apply_ufunc(
        probabilities.expected_calibration_error,
        curve["size"],
        curve["accuracy"],
        expected,
        input_core_dims=[["bin"]] * 3,
    )
