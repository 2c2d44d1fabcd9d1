"""What comparisons have in common: tests, intervals, and the verdicts that follow from them."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr

from ontogeny.analysis import mean_interval, paired_contrast, unpaired_contrast

from .claims import VERDICTS, Comparison, TestResult, finite_or_none

__all__ = [
    "DIFFERENT",
    "DIRECTIONS",
    "Tested",
    "absent",
    "contrasted",
    "directed",
    "interval_of",
    "judged",
    "not_defined",
    "result",
    "too_few",
]

#: Tests, and name and value of an effect size.
Tested = tuple[tuple[TestResult, ...], tuple[str, float]]
DIRECTIONS = ("greater", "less")
DIFFERENT = "different"
_REPRODUCED, _DIRECTION, _NOT, _NOT_RUN = VERDICTS


def judged(
    label: str,
    rule: str,
    values: np.ndarray,
    tested: Callable[[], Tested],
    verdict: Callable[[float, Sequence[TestResult]], str],
    unit: str,
) -> Comparison:
    """Compare, unless there are too few values, or some of them are no numbers.

    Parameters
    ----------
    label, rule, unit : str
        As in `Comparison`.
    values : numpy.ndarray, (network,)
        What the mean is taken of.
    tested : callable
        Returns the tests, and name and value of the effect size.
    verdict : callable
        Takes the mean and the tests.
    """
    value = float(values.mean())
    if len(values) < 2:
        return too_few(label, rule, value, unit)
    if not math.isfinite(value):
        return not_defined(label, rule, values, unit)
    tests, effect_size = tested()
    return Comparison(
        label=label,
        verdict=verdict(value, tests),
        rule=rule,
        value=value,
        unit=unit,
        interval=interval_of(values),
        effect_size=effect_size,
        tests=tests,
    )


def contrasted(a: xr.DataArray, b: xr.DataArray) -> Tested:
    """Return the two-sample and the paired t test, and the effect size of the latter."""
    dim = str(a.dims[0])
    paired = paired_contrast(a, b, dim)
    tests = (
        result("two-sample t test", False, unpaired_contrast(a, b, dim)),
        result("paired t test", True, paired),
    )
    return tests, ("Cohen's d_z", float(paired["effect_size"]))


def directed(value: float, expected: str, tests: Sequence[TestResult], alpha: float) -> str:
    """Return the verdict on a value that is claimed to lie on one side of 0, or beside it."""
    clear = all(test.p_value is not None and test.p_value < alpha for test in tests)
    if expected == DIFFERENT:
        return _REPRODUCED if clear else _NOT
    if not (value > 0 if expected == "greater" else value < 0):
        return _NOT
    return _REPRODUCED if clear else _DIRECTION


def absent(test: TestResult, alpha: float) -> bool:
    """Tell whether a test finds nothing; what is not defined has found nothing out."""
    return test.p_value is not None and test.p_value >= alpha


def result(name: str, paired: bool, found: xr.Dataset) -> TestResult:
    """Return what a test of the analysis has found."""
    return TestResult(
        test=name,
        paired=paired,
        n=int(found["n_a"] if "n_a" in found else found["n"]),
        statistic=finite_or_none(float(found["statistic"])),
        p_value=finite_or_none(float(found["p_value"])),
    )


def too_few(label: str, rule: str, value: float, unit: str) -> Comparison:
    """Prove nothing by one network."""
    return Comparison(
        label=f"{label} (expected at least 2 networks)",
        verdict=_NOT_RUN,
        rule=rule,
        value=value,
        unit=unit,
    )


def not_defined(label: str, rule: str, values: np.ndarray, unit: str) -> Comparison:
    """Reproduce nothing where the measure of a network is no number: tests would leave it out."""
    failed = int((~np.isfinite(values)).sum())
    text = f"{label} (not defined in {failed} of {len(values)})"
    return Comparison(label=text, verdict=_NOT, rule=rule, unit=unit)


def interval_of(values: np.ndarray) -> tuple[float, float] | None:
    """Return the 95 % t interval of a mean; None where the values tell no spread."""
    found = mean_interval(xr.DataArray(values, dims="value"), "value")
    low, high = float(found["low"]), float(found["high"])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None
