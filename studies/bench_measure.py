"""Measure the contestants of a case in turns, so that what disturbs one disturbs all."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bench_cases import Case
from .bench_process import BenchmarkError, Contestant, Running
from .bench_statistics import cost, spread

__all__ = ["Effort", "measure"]

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

    def run(self, presentations: int) -> dict[str, Any]:
        limit = 60 + 100 * self.effort.seconds
        return self.process.ask(limit, do="run", presentations=int(presentations))

    def calibrate(self) -> None:
        """Find lengths whose times differ by the seconds that are wanted."""
        first = self.run(self.case.trials)
        count = 4 * self.case.trials
        while True:
            last = self.run(count)
            more = max(last["seconds"] - first["seconds"], 1e-9)
            if more > self.effort.seconds / 8 or count > 10**8:
                break
            count *= 4
        each = more / max(1, last["presentations"] - first["presentations"])
        wanted = max(2 * self.case.trials, round(self.effort.seconds / each))
        self.lengths = (max(self.case.trials, wanted // 8), wanted + max(1, wanted // 8))

    def repeat(self) -> None:
        short, long = (self.run(length) for length in self.lengths)
        self.costs.append(cost(short, long))


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
    found: dict[str, dict[str, Any]] = {}
    entries: dict[str, _Entry] = {}

    def attempt(name: str, work: Callable[[], Any]) -> Any:
        """Do it, or report the contestant with its reason and go on without it."""
        try:
            return work()
        except (BenchmarkError, ValueError) as error:
            tell(f"{case.name}: {name}: {error}")
            found[name] = {"problem": str(error)}
            entries.pop(name, None)
        return None

    with ExitStack() as stack:
        for contestant in contestants:
            if not contestant.enters(case):
                continue
            if contestant.problem:
                found[contestant.name] = {"problem": contestant.problem}
                continue
            process = Running(contestant, threads=case.threads)
            stack.callback(process.close)
            process.send(do="prepare", case=case.request(folder, device=contestant.device))
            process.send(do="run", presentations=case.trials)
            entries[contestant.name] = _Entry(process, case, effort)
        for name, entry in list(entries.items()):
            # Greeting, preparation and the first step, in which this package compiles.
            for _ in range(3):
                if name in entries:
                    attempt(name, lambda entry=entry: entry.process.collect(PREPARE_WITHIN))
        for name, entry in list(entries.items()):
            attempt(name, entry.calibrate)
        for number in range(effort.repeats):
            for name in sorted(entries, reverse=bool(number % 2)):
                attempt(name, entries[name].repeat)
        for name, entry in entries.items():
            found[name] = {"costs": entry.costs, **spread(entry.costs)}
    return found
