"""Comparisons by statistical tests."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from ontogeny.analysis import gap_closed, one_sample

from .claims import VERDICTS, Comparison, TestResult
from .verdicts import DIFFERENT, DIRECTIONS, Tested, absent, contrasted, directed, judged, result

__all__ = ["against", "differs", "not_run", "same", "share_of_gap"]

_ABSENT = ("equal", "not greater")
_REPRODUCED, _DIRECTION, _NOT, _NOT_RUN = VERDICTS


def differs(
    label: str,
    a: xr.DataArray,
    b: xr.DataArray,
    *,
    expected: str,
    alpha: float = 0.001,
    unit: str = "",
) -> Comparison:
    """Compare a measure of the same networks in two conditions.

    Parameters
    ----------
    label : str
        What is compared.
    a, b : xarray.DataArray, (network,)
        The measure; networks have equal labels.
    expected : {"greater", "less", "different"}
        What is claimed of a beside b.
    alpha : float
        The level that the paper states.
    unit : str
        Of the measure.

    Returns
    -------
    Comparison
        The mean difference a - b with its interval, Cohen's d_z, the two-sample t test (as papers
        have it) and the paired one. Reproduced: the difference has the claimed sign and both tests
        have P < alpha; direction only: it has the claimed sign. What is only to be different has no
        sign: reproduced where both tests have P < alpha, or else not.

    Raises
    ------
    ValueError
        If networks differ, or `expected` is unknown.
    """
    choices = (*DIRECTIONS, DIFFERENT)
    if expected not in choices:
        raise ValueError(f"differs.expected: expected one of {choices}, got {expected!r}")
    a, b = xr.align(a, b, join="exact")
    a, b = a.astype(float), b.astype(float)
    sign = ">" if expected == "greater" else "<"
    rule = (
        f"reproduced: mean difference {sign} 0 and both t tests P < {alpha:g}; "
        f"direction only: mean difference {sign} 0"
    )
    if expected == DIFFERENT:
        rule = f"reproduced: both t tests P < {alpha:g}; else not"
    return judged(
        label,
        rule,
        a.values - b.values,
        lambda: contrasted(a, b),
        lambda value, tests: directed(value, expected, tests, alpha),
        unit,
    )


def same(
    label: str, a: xr.DataArray, b: xr.DataArray, *, alpha: float = 0.05, unit: str = ""
) -> Comparison:
    """Compare two conditions between which the paper finds no significant difference.

    Parameters
    ----------
    label, a, b, unit
        As in `differs`.
    alpha : float
        The level.

    Returns
    -------
    Comparison
        Reproduced: both t tests have P >= alpha; direction only: the two-sample one has, that of
        the papers, and the paired one finds a difference. It is no proof of equality, whence the
        interval.
    """
    a, b = xr.align(a, b, join="exact")
    a, b = a.astype(float), b.astype(float)
    rule = (
        f"reproduced: both t tests P >= {alpha:g} (which proves no equality); direction only: the "
        f"two-sample one; else not"
    )

    def verdict(value: float, tests: Sequence[TestResult]) -> str:
        two_sample, paired = (absent(test, alpha) for test in tests)
        return _REPRODUCED if two_sample and paired else _DIRECTION if two_sample else _NOT

    return judged(label, rule, a.values - b.values, lambda: contrasted(a, b), verdict, unit)


def against(
    label: str,
    values: xr.DataArray | np.ndarray,
    constant: float,
    *,
    expected: str,
    alpha: float = 0.05,
    test: str = "t",
    unit: str = "",
) -> Comparison:
    """Compare values with a constant.

    Parameters
    ----------
    label : str
        What is compared.
    values : array, one dim
        Networks, neurons or readouts.
    constant : float
        Such as 90 degrees, or chance.
    expected : {"greater", "less", "different", "equal", "not greater"}
        What is claimed of the values.
    alpha : float
        The level.
    test : {"t", "wilcoxon"}
        One-sample t test, or Wilcoxon's signed-rank test.
    unit : str
        Of the values.

    Returns
    -------
    Comparison
        The mean with its interval. Reproduced: P < alpha with the claimed sign (for ``"equal"``:
        P >= alpha; for ``"not greater"``: P >= alpha, or a smaller mean); direction only: the
        claimed sign, which ``"different"`` does not have.
    """
    choices = (*DIRECTIONS, DIFFERENT, *_ABSENT)
    if expected not in choices:
        raise ValueError(f"against.expected: expected one of {choices}, got {expected!r}")
    x = np.asarray(values, float).reshape(-1)
    names = {"t": "one-sample t test", "wilcoxon": "Wilcoxon signed-rank test"}
    if test not in names:
        raise ValueError(f"against.test: expected one of {tuple(names)}, got {test!r}")
    rule = f"reproduced: {expected} {constant:g} by the {names[test]}, P < {alpha:g}"
    if expected in _ABSENT:
        rule = f"reproduced: {names[test]} P >= {alpha:g} (which proves no equality); else not"
    if expected == "not greater":
        rule = f"reproduced: at most {constant:g}, or {names[test]} P >= {alpha:g}; else not"

    def tested() -> Tested:
        found = one_sample(xr.DataArray(x, dims="value"), constant, "value", test=test)
        name = "Cohen's d" if test == "t" else "rank-biserial correlation"
        return (result(names[test], False, found),), (name, float(found["effect_size"]))

    def verdict(value: float, tests: Sequence[TestResult]) -> str:
        if expected in _ABSENT:
            below = expected == "not greater" and value <= constant
            return _REPRODUCED if absent(tests[0], alpha) or below else _NOT
        # Wilcoxon's test is one of the median.
        middle = value if test == "t" else float(np.median(x))
        return directed(middle - constant, expected, tests, alpha)

    return judged(label, rule, x, tested, verdict, unit)


def share_of_gap(
    label: str,
    treated: xr.DataArray,
    baseline: xr.DataArray,
    reference: xr.DataArray,
    *,
    alpha: float,
) -> Comparison:
    """Ask whether a treatment closes a part of a gap, network by network.

    Parameters
    ----------
    label : str
        What is compared.
    treated, baseline, reference : xarray.DataArray, (network,)
        As in `gap_closed`; what is better is larger.
    alpha : float
        The level.

    Returns
    -------
    Comparison
        The share against 0. Not run where the reference is not better than the baseline in every
        network: there is no gap then, and a share of it would have the wrong sign.
    """
    gap = reference.values - baseline.values
    without = int((~(gap > 0)).sum())
    if without:
        return not_run(
            f"{label}: there is no gap in {without} of {gap.size} networks, where the reference "
            f"is not better than the baseline"
        )
    share = gap_closed(treated, baseline, reference)
    return against(label, share, 0.0, expected="greater", alpha=alpha)


def not_run(reason: str) -> Comparison:
    """Say why a claim was not looked at."""
    return Comparison(label=reason, verdict=_NOT_RUN, rule="not run")
