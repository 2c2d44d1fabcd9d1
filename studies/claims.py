"""Claims of a paper, and what became of them, as frozen descriptions."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

__all__ = [
    "VERDICTS",
    "Claim",
    "Comparison",
    "Outcome",
    "TestResult",
    "finite_or_none",
    "verdict_of",
]

#: From good to bad; what was not run says nothing.
VERDICTS = ("reproduced", "direction only", "not reproduced", "not run")
_NOT_RUN = VERDICTS[-1]


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
    essential : bool
        The claim is about this: where no comparison of this kind was run, the claim was not.
    """

    label: str
    verdict: str
    rule: str
    value: float | None = None
    unit: str = ""
    interval: tuple[float, float] | None = None
    effect_size: tuple[str, float] | None = None
    tests: tuple[TestResult, ...] = ()
    essential: bool = False

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
            "value": finite_or_none(self.value),
            "unit": self.unit,
            "interval": None if interval is None else list(interval),
            "effect_size": None
            if size is None
            else {"name": size[0], "value": finite_or_none(size[1])},
            "tests": [
                asdict(test)
                | {
                    "statistic": finite_or_none(test.statistic),
                    "p_value": finite_or_none(test.p_value),
                }
                for test in self.tests
            ],
            "verdict": self.verdict,
            "rule": self.rule,
            "essential": self.essential,
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
    >>> half, none = (
    ...     Comparison(label="", verdict=name, rule="") for name in ("direction only", "not run")
    ... )
    >>> Outcome(claim=Claim(id="A0", claim="more"), comparisons=(half, none)).verdict
    'direction only'
    """

    claim: Claim
    comparisons: tuple[Comparison, ...]

    @property
    def verdict(self) -> str:
        """The worst of the comparisons that were run, as far as what is essential was."""
        return verdict_of([(one.verdict, one.essential) for one in self.comparisons])

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold: the first comparison's numbers, and all of them as parts."""
        parts = [one.as_json() for one in self.comparisons]
        first = parts[0]
        rule = first["rule"]
        if len(parts) > 1:
            essential = sum(part["essential"] for part in parts)
            needed = f", if any of the {essential} that the claim is about was" if essential else ""
            text = f"the worst of {len(parts)} parts, as far as they were run{needed}"
            rule = f"{text}; first: {rule}"
        return {
            **asdict(self.claim),
            "inferred": list(self.claim.inferred),
            **{key: first[key] for key in ("value", "unit", "interval", "effect_size", "tests")},
            "verdict": self.verdict,
            "rule": rule,
            "parts": parts,
        }


def verdict_of(parts: Sequence[tuple[str, bool]]) -> str:
    """Return the verdict of a claim.

    Parameters
    ----------
    parts : sequence of (str, bool)
        Verdict of each comparison, and whether it is essential.

    Returns
    -------
    str
        The worst of those that were run; ``"not run"`` where there are essential ones, and none of
        them was run.

    Examples
    --------
    >>> verdict_of([("not run", True), ("reproduced", False)])
    'not run'
    >>> verdict_of([("not run", False), ("reproduced", False)])
    'reproduced'
    """
    essential = [verdict for verdict, is_essential in parts if is_essential]
    if essential and set(essential) == {_NOT_RUN}:
        return _NOT_RUN
    run = [verdict for verdict, _ in parts if verdict != _NOT_RUN]
    return max(run, key=VERDICTS.index, default=_NOT_RUN)


def finite_or_none(value: float | None) -> float | None:
    """Return a number that JSON can hold."""
    return None if value is None or not math.isfinite(value) else float(value)
