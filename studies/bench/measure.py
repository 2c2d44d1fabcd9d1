"""Measure the contestants of a case in turns, so that what disturbs one disturbs all."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cases import Case
from .costs import cost, spread
from .process import BenchmarkError, Contestant, Running

__all__ = ["Effort", "measure"]

MOST = 10**8  # presentations of a calibrating run
PREPARE_WITHIN = 300.0  # seconds: stock synapses of the largest network take minutes to compile


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long is measured.

    Parameters
    ----------
    repeats : int
        Pairs of a short and a long run of every contestant.
    seconds : float
        How much longer the long run takes than the short one, about.

    Raises
    ------
    ValueError
        If there is nothing to measure.
    """

    repeats: int = 5
    seconds: float = 0.5

    def __post_init__(self) -> None:
        """Check the fields."""
        if self.repeats < 1 or not 0 < self.seconds <= 60:
            raise ValueError(
                f"Effort: expected at least one repeat and 0 to 60 seconds, got {self.repeats!r} "
                f"and {self.seconds!r}"
            )


class _Entry:
    """A contestant in a case: its process, its two lengths and its times."""

    def __init__(self, process: Running, case: Case, effort: Effort) -> None:
        self.process, self.case, self.effort = process, case, effort
        self.lengths = (case.trials, case.trials)
        self.costs: list[float] = []

    def prepare(self) -> None:
        """Wait for greeting, preparation and the first step, in which this package compiles."""
        for _ in range(3):
            self.process.collect(PREPARE_WITHIN)

    def run(self, presentations: int) -> dict[str, Any]:
        limit = 120 + 100 * self.effort.seconds
        return self.process.ask(limit, do="run", presentations=int(presentations))

    def calibrate(self) -> None:
        """Find lengths whose times differ by the seconds that are wanted.

        And by what a run takes to start, which would otherwise hide the difference.
        """
        first = min((self.run(self.case.trials) for _ in range(2)), key=lambda r: r["seconds"])
        seconds = max(self.effort.seconds, first["seconds"])
        count = 4 * self.case.trials
        while count <= MOST:
            # The shorter of two: what other work of the machine adds would look like length.
            last = min((self.run(count) for _ in range(2)), key=lambda r: r["seconds"])
            more = last["seconds"] - first["seconds"]
            if more > seconds / 4:
                break
            count *= 4
        each = max(more, 1e-9) / max(1, last["presentations"] - first["presentations"])
        wanted = max(2 * self.case.trials, round(seconds / each))
        self.lengths = (max(self.case.trials, wanted // 8), wanted + max(1, wanted // 8))

    def repeat(self) -> None:
        """Take one time; where other work of the machine has hidden the difference, once more."""
        for _ in range(3):
            short, long = (self.run(length) for length in self.lengths)
            found = cost(short, long)
            if found > 0:
                self.costs.append(found)
                return
        raise BenchmarkError(
            f"{self.lengths[1]} presentations take no longer than {self.lengths[0]}; measure for "
            f"more seconds"
        )


def measure(
    case: Case,
    contestants: Sequence[Contestant],
    folder: Path,
    effort: Effort,
    tell: Callable[[str], None] = lambda text: None,
) -> dict[str, dict[str, Any]]:
    """Measure the time of one presentation for every contestant that enters a case.

    All are prepared and warmed up first; then each repeat asks every contestant in turn for a short
    and a long run, in an order that is reversed from repeat to repeat.

    Parameters
    ----------
    case : Case
        What is computed.
    contestants : sequence of Contestant
        Those that do not enter the case are left out.
    folder : path
        Where the inputs are written.
    effort : Effort
        How long.
    tell : callable
        Takes a line on what happens.

    Returns
    -------
    dict
        By name: ``costs``, seconds by repeat, with their ``median``, ``low`` and ``high``; or
        ``problem``, the reason why there are none.
    """
    entering = [contestant for contestant in contestants if contestant.enters(case)]
    problems = {c.name: c.problem for c in entering if c.problem}
    entries: dict[str, _Entry] = {}

    def attempt(name: str, work: Callable[[], None]) -> None:
        """Do it, or go on without the contestant, and keep the reason."""
        try:
            work()
        except (BenchmarkError, ValueError) as error:
            tell(f"{case.name}: {name}: {error}")
            problems[name] = str(error)
            entries.pop(name).process.close()

    with ExitStack() as stack:
        for contestant in entering:
            if not contestant.problem:
                process = Running(contestant, threads=case.threads)
                stack.callback(process.close)
                process.send(do="prepare", case=case.request(folder, device=contestant.device))
                process.send(do="run", presentations=case.trials)
                entries[contestant.name] = _Entry(process, case, effort)
        for name in list(entries):
            attempt(name, entries[name].prepare)
        for name in list(entries):
            attempt(name, entries[name].calibrate)
        for number in range(effort.repeats):
            for name in sorted(entries, reverse=bool(number % 2)):
                attempt(name, entries[name].repeat)
    return {c.name: _result(entries.get(c.name), problems.get(c.name, "")) for c in entering}


def _result(entry: _Entry | None, problem: str) -> dict[str, Any]:
    if entry is None:
        return {"problem": problem}
    return {"costs": entry.costs, **spread(entry.costs)}
