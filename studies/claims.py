"""Claims of a paper, and what computes the verdict on them."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.analysis import mean_interval, one_sample, paired_contrast, unpaired_contrast

__all__ = [
    "VERDICTS",
    "Claim",
    "Comparison",
    "Outcome",
    "TestResult",
    "against",
    "differs",
    "near",
    "not_run",
    "same",
]

#: From good to bad; what was not run says nothing.
VERDICTS = ("reproduced", "direction only", "not reproduced", "not run")
DIRECTIONS = ("greater", "less")
_ABSENT = ("equal", "not greater")
_DIFFERENT = "different"
_REPRODUCED, _DIRECTION, _NOT, _NOT_RUN = VERDICTS
_FEW = "expected at least 2 networks"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement of a paper: one row of its scorecard.

    Parameters
    ----------
    id : str
        Such as ``"A6"``.
    claim : str
        What the paper says.
    published : str
        Its number or test, ``"not published"`` where there is none.
    inferred : tuple of str
        Settings that the paper does not state, with the values here.
    note : str
        What else a reader must know.
    """

    id: str
    claim: str
    published: str = "not published"
    inferred: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """The result of a statistical test.

    Parameters
    ----------
    test : str
        Its name.
    paired : bool
        Networks of one seed are compared with each other.
    n : int
        Networks, or other units, in each group.
    statistic, p_value : float or None
        None where they are not defined.
    """

    __test__ = False  # pytest would take the name for a test class
    test: str
    paired: bool
    n: int
    statistic: float | None
    p_value: float | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One number beside what was claimed of it.

    Parameters
    ----------
    label : str
        What is compared.
    verdict : str
        One of `VERDICTS`.
    rule : str
        How the verdict follows.
    value : float or None
        Our number, the mean over networks.
    unit : str
        Its unit.
    interval : tuple of float, or None
        95 % t interval of the mean over networks.
    effect_size : tuple of (str, float), or None
        Name and value.
    tests : tuple of TestResult
        The paper's own test first.
    """

    label: str
    verdict: str
    rule: str
    value: float | None = None
    unit: str = ""
    interval: tuple[float, float] | None = None
    effect_size: tuple[str, float] | None = None
    tests: tuple[TestResult, ...] = ()

    def __post_init__(self) -> None:
        """Check the verdict."""
        if self.verdict not in VERDICTS:
            raise ValueError(
                f"Comparison.verdict: expected one of {VERDICTS}, got {self.verdict!r}"
            )

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        size, interval = self.effect_size, self.interval
        if interval is not None and not all(map(math.isfinite, interval)):
            interval = None
        return {
            "label": self.label,
            "value": _finite(self.value),
            "unit": self.unit,
            "interval": None if interval is None else list(interval),
            "effect_size": None if size is None else {"name": size[0], "value": _finite(size[1])},
            "tests": [
                asdict(test)
                | {"statistic": _finite(test.statistic), "p_value": _finite(test.p_value)}
                for test in self.tests
            ],
            "verdict": self.verdict,
            "rule": self.rule,
        }


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A claim with the comparisons that were made.

    Parameters
    ----------
    claim : Claim
        The statement.
    comparisons : tuple of Comparison
        The most important one first.

    Examples
    --------
    >>> Outcome(claim=Claim(id="A0", claim="more"), comparisons=(not_run("no data"),)).verdict
    'not run'
    """

    claim: Claim
    comparisons: tuple[Comparison, ...]

    @property
    def verdict(self) -> str:
        """The worst of the comparisons that were run."""
        run = [one.verdict for one in self.comparisons if one.verdict != _NOT_RUN]
        return max(run, key=VERDICTS.index, default=_NOT_RUN)

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold: the first comparison's numbers, and all of them as parts."""
        parts = [one.as_json() for one in self.comparisons]
        first = parts[0]
        rule = first["rule"]
        if len(parts) > 1:
            rule = f"the worst of {len(parts)} parts, as far as they were run; first: {rule}"
        return {
            **asdict(self.claim),
            "inferred": list(self.claim.inferred),
            **{key: first[key] for key in ("value", "unit", "interval", "effect_size", "tests")},
            "verdict": self.verdict,
            "rule": rule,
            "parts": parts,
        }


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
    _check_direction("differs", expected)
    a, b = xr.align(a, b, join="exact")
    a, b = a.astype(float), b.astype(float)
    rule = (
        f"reproduced: mean difference {_sign(expected)} 0 and both t tests P < {alpha:g}; "
        f"direction only: mean difference {_sign(expected)} 0"
    )
    if expected == _DIFFERENT:
        rule = f"reproduced: both t tests P < {alpha:g}; else not"
    difference = a.values - b.values
    value = float(difference.mean())
    if len(difference) < 2:
        return _too_few(label, rule, value, unit)
    if not math.isfinite(value):
        return _undefined(label, rule, difference, unit)
    tests, effect_size = _contrasted(a, b)
    return Comparison(
        label=label,
        verdict=_directed(value, expected, tests, alpha),
        rule=rule,
        value=value,
        unit=unit,
        interval=_interval(difference),
        effect_size=effect_size,
        tests=tests,
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
    difference = a.values - b.values
    value = float(difference.mean())
    if len(difference) < 2:
        return _too_few(label, rule, value, unit)
    if not math.isfinite(value):
        return _undefined(label, rule, difference, unit)
    tests, effect_size = _contrasted(a, b)
    two_sample, paired = (test.p_value is not None and test.p_value >= alpha for test in tests)
    verdict = _REPRODUCED if two_sample and paired else _DIRECTION if two_sample else _NOT
    return Comparison(
        label=label,
        verdict=verdict,
        rule=rule,
        value=value,
        unit=unit,
        interval=_interval(difference),
        effect_size=effect_size,
        tests=tests,
    )


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
    choices = (*DIRECTIONS, _DIFFERENT, *_ABSENT)
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
    value = float(x.mean())
    if len(x) < 2:
        return _too_few(label, rule, value, unit)
    if not math.isfinite(value):
        return _undefined(label, rule, x, unit)
    found = one_sample(xr.DataArray(x, dims="value"), constant, "value", test=test)
    tests = (_result(names[test], False, found),)
    p_value = tests[0].p_value
    if expected in _ABSENT:
        absent = p_value is not None and p_value >= alpha
        below = expected == "not greater" and value <= constant
        verdict = _REPRODUCED if absent or below else _NOT
    else:
        # Wilcoxon's test is one of the median.
        middle = value if test == "t" else float(np.median(x))
        verdict = _directed(middle - constant, expected, tests, alpha)
    return Comparison(
        label=label,
        verdict=verdict,
        rule=rule,
        value=value,
        unit=unit,
        interval=_interval(x),
        effect_size=(
            "Cohen's d" if test == "t" else "rank-biserial correlation",
            float(found["effect_size"]),
        ),
        tests=tests,
    )


def near(
    label: str, values: xr.DataArray, published: float, *, tolerance: float, unit: str = ""
) -> Comparison:
    """Compare a mean over networks with a published number.

    Parameters
    ----------
    label : str
        What is compared.
    values : xarray.DataArray, (network,)
        The measure.
    published : float
        The number.
    tolerance : float
        How far away the mean may be.
    unit : str
        Of the measure.

    Returns
    -------
    Comparison
        Reproduced: the mean is within the tolerance; direction only: the published number is
        within the mean's interval, which is wide.
    """
    x = np.asarray(values, float).reshape(-1)
    value = float(x.mean())
    rule = (
        f"reproduced: the mean of {len(x)} is within {tolerance:g} of {published:g}; direction "
        f"only: {published:g} is within its 95 % interval; else not"
    )
    if not math.isfinite(value):
        return _undefined(label, rule, x, unit)
    interval = _interval(x)
    inside = interval is not None and interval[0] <= published <= interval[1]
    close = abs(value - published) <= tolerance
    return Comparison(
        label=label,
        verdict=_REPRODUCED if close else _DIRECTION if inside else _NOT,
        rule=rule,
        value=value,
        unit=unit,
        interval=interval,
    )


def not_run(reason: str) -> Comparison:
    """Say why a claim was not looked at."""
    return Comparison(label=reason, verdict=_NOT_RUN, rule="not run")


def _interval(values: np.ndarray) -> tuple[float, float] | None:
    """Return the 95 % t interval of a mean; None where the values tell no spread."""
    found = mean_interval(xr.DataArray(values, dims="value"), "value")
    low, high = float(found["low"]), float(found["high"])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _contrasted(
    a: xr.DataArray, b: xr.DataArray
) -> tuple[tuple[TestResult, ...], tuple[str, float]]:
    """Return the two-sample and the paired t test, and the effect size of the latter."""
    dim = str(a.dims[0])
    paired = paired_contrast(a, b, dim)
    tests = (
        _result("two-sample t test", False, unpaired_contrast(a, b, dim)),
        _result("paired t test", True, paired),
    )
    return tests, ("Cohen's d_z", float(paired["effect_size"]))


def _directed(value: float, expected: str, tests: Sequence[TestResult], alpha: float) -> str:
    clear = all(test.p_value is not None and test.p_value < alpha for test in tests)
    if expected == _DIFFERENT:
        return _REPRODUCED if clear else _NOT
    if not (value > 0 if expected == "greater" else value < 0):
        return _NOT
    return _REPRODUCED if clear else _DIRECTION


def _result(name: str, paired: bool, found: xr.Dataset) -> TestResult:
    return TestResult(
        test=name,
        paired=paired,
        n=int(found["n_a"] if "n_a" in found else found["n"]),
        statistic=_finite(float(found["statistic"])),
        p_value=_finite(float(found["p_value"])),
    )


def _too_few(label: str, rule: str, value: float, unit: str) -> Comparison:
    return Comparison(
        label=f"{label} ({_FEW})", verdict=_NOT_RUN, rule=rule, value=value, unit=unit
    )


def _undefined(label: str, rule: str, values: np.ndarray, unit: str) -> Comparison:
    """Reproduce nothing where the measure of a network is no number: tests would leave it out."""
    failed = int((~np.isfinite(values)).sum())
    text = f"{label} (not defined in {failed} of {len(values)})"
    return Comparison(label=text, verdict=_NOT, rule=rule, unit=unit)


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _sign(expected: str) -> str:
    return ">" if expected == "greater" else "<"


def _check_direction(where: str, expected: str) -> None:
    choices = (*DIRECTIONS, _DIFFERENT)
    if expected not in choices:
        raise ValueError(f"{where}.expected: expected one of {choices}, got {expected!r}")
