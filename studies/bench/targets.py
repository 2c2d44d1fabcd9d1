"""What a benchmark is meant to show, and whether it does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .costs import paired_ratios

__all__ = ["TARGETS", "Target", "outcomes"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """At most so much of another contestant's time, in the same repeat of the same case.

    Parameters
    ----------
    who, reference : str
        Names of contestants.
    cases : str
        How the names of cases begin: network and trials; every phase counts.
    optimiser : str
        The optimiser of the cases.
    most : float
        The largest ratio.
    """

    who: str
    reference: str
    cases: str
    optimiser: str
    most: float

    def matching(self, results: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the cases that both took part in."""
        for name, measured in results.get("speed", {}).items():
            fits = name.startswith(f"{self.cases}/") and name.endswith(f"/{self.optimiser}")
            if fits and {self.who, self.reference} <= measured["contestants"].keys():
                yield name, measured["contestants"]


TARGETS = (
    Target(
        who="cpp", reference="torch-by-hand", cases="784-100-10/64", optimiser="Adam", most=1 / 3
    ),
    Target(
        who="cpp", reference="torch-by-hand", cases="784-1000-10/64", optimiser="Adam", most=1 / 2
    ),
    Target(who="cpp", reference="torch-by-hand", cases="784-100-10/1", optimiser="SGD", most=1 / 9),
    Target(
        who="cpp", reference="brian2-standalone", cases="784-100-10/1", optimiser="SGD", most=1 / 5
    ),
    Target(who="numpy", reference="torch-by-hand", cases="784-100-10/64", optimiser="Adam", most=1),
)


def outcomes(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare what was measured with the targets.

    Parameters
    ----------
    results : dict
        What `run_bench` returns.

    Returns
    -------
    list of dict
        For every target and case: ``target``, ``case``, and ``ratio`` (median, low, high of paired
        ratios) with ``met``; or ``problem``, where one of both has no times.
    """
    found: list[dict[str, Any]] = []
    for target in TARGETS:
        for name, contestants in target.matching(results):
            outcome: dict[str, Any] = {"target": target, "case": name}
            pair = [contestants.get(key, {}) for key in (target.who, target.reference)]
            if all("costs" in times for times in pair):
                ratio = paired_ratios(pair[0]["costs"], pair[1]["costs"])
                outcome |= {"ratio": ratio, "met": ratio["median"] <= target.most}
            else:
                reasons = [times.get("problem", "not measured") for times in pair]
                outcome["problem"] = next(
                    reason
                    for reason, times in zip(reasons, pair, strict=True)
                    if "costs" not in times
                )
            found.append(outcome)
    return found
