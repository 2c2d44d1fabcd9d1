"""Measure this package beside others that compute the same: ``ontogeny bench``."""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ontogeny.data.files import write_text

from .cases import Case
from .machine import machine, measured_roofline
from .measure import Effort, measure
from .parts import measure_lengths, measure_memory, measure_start, scaling_cases
from .process import BenchmarkError, Contestant, Running
from .roofline import floor_seconds

__all__ = ["PARTS", "Bench", "run_bench", "write_results"]

PARTS = ("speed", "start", "memory", "scaling")
SCALING = ("cpp", "numpy", "plain-numpy", "torch-by-hand")
LENGTHS = (640, 6_400, 64_000, 640_000)

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What is measured.

    Parameters
    ----------
    cases : sequence of Case
        For the part ``speed``; the first one's network also for start-up.
    contestants : sequence of Contestant
        Who takes part.
    parts : sequence of str
        Some of `PARTS`.
    effort : Effort
        How long speed is measured; growth gets half of it.
    threads : int
        Of BLAS.
    command : str
        What was typed, for the page.

    Raises
    ------
    ValueError
        If a part is unknown, or nobody takes part.
    """

    cases: Sequence[Case]
    contestants: Sequence[Contestant]
    parts: Sequence[str] = PARTS
    effort: Effort = field(default_factory=Effort)
    threads: int = 1
    command: str = "ontogeny bench"

    def __post_init__(self) -> None:
        """Check the fields."""
        unknown = [part for part in self.parts if part not in PARTS]
        if unknown or not self.parts:
            raise ValueError(f"Bench.parts: expected some of {', '.join(PARTS)}, got {unknown}")
        if not self.contestants or not self.cases:
            raise ValueError("Bench.contestants: expected at least one, and a case, got none")


def run_bench(bench: Bench, tell: Tell = lambda text: None) -> dict[str, Any]:
    """Measure everything that is asked for, in one run.

    Parameters
    ----------
    bench : Bench
        What.
    tell : callable
        Takes a line on what happens.

    Returns
    -------
    dict
        The results as they are written to JSON.
    """
    begin = time.time()
    versions, contestants = _greeted(bench, tell)
    results: dict[str, Any] = {
        "command": bench.command,
        "date": time.strftime("%Y-%m-%d", time.gmtime(begin)),
        "machine": machine(),
        "threads": bench.threads,
        "effort": asdict(bench.effort),
        "contestants": {
            c.name: {"title": c.title, "versions": versions[c.name], "problem": c.problem}
            for c in contestants
        },
    }
    tell("peak and bandwidth of this machine")
    results["roofline"] = measured_roofline(bench.threads)
    with tempfile.TemporaryDirectory(prefix="ontogeny-bench-") as name:
        for part in (part for part in PARTS if part in bench.parts):
            results[part] = _MEASURES[part](bench, contestants, results, Path(name), tell)
    results["seconds"] = time.time() - begin
    return results


def _greeted(bench: Bench, tell: Tell) -> tuple[dict[str, Any], list[Contestant]]:
    """Start everyone once; who does not greet takes part with the reason why."""
    versions: dict[str, Any] = {}
    found = []
    for contestant in bench.contestants:
        versions[contestant.name] = {}
        if not contestant.problem:
            process = Running(contestant, threads=bench.threads)
            try:
                versions[contestant.name] = process.collect()["versions"]
            except BenchmarkError as error:
                contestant = replace(contestant, problem=str(error))
            finally:
                process.close()
        if contestant.problem:
            tell(f"{contestant.name} cannot be measured: {contestant.problem}")
        found.append(contestant)
    return versions, found


def _speed(
    bench: Bench, contestants: list[Contestant], results: dict, folder: Path, tell: Tell
) -> dict[str, Any]:
    found = {}
    for number, case in enumerate(bench.cases, start=1):
        tell(f"speed {number} of {len(bench.cases)}: {case.name}")
        found[case.name] = _measured(case, contestants, results, folder, bench.effort, tell)
    return found


def _measured(
    case: Case,
    contestants: list[Contestant],
    results: dict,
    folder: Path,
    effort: Effort,
    tell: Tell,
) -> dict[str, Any]:
    return {
        "case": {**asdict(case), "sizes": list(case.sizes)},
        "floor": floor_seconds(case, results["roofline"]),
        "contestants": measure(case, contestants, folder, effort, tell),
    }


def _first(bench: Bench, *, trials: int, phase: str, optimiser: str) -> Case:
    return replace(bench.cases[0], trials=trials, phase=phase, optimiser=optimiser)


def _start(
    bench: Bench, contestants: list[Contestant], results: dict, folder: Path, tell: Tell
) -> dict[str, Any]:
    found = {}
    for case in (
        _first(bench, trials=64, phase="noise", optimiser="Adam"),
        _first(bench, trials=1, phase="noise", optimiser="SGD"),
    ):
        tell(f"start-up: {case.name}")
        found[case.name] = measure_start(case, contestants, folder)
    return found


def _memory(
    bench: Bench, contestants: list[Contestant], results: dict, folder: Path, tell: Tell
) -> dict[str, Any]:
    case = _first(bench, trials=64, phase="data", optimiser="Adam")
    tell(f"memory: {case.name}")
    return {"case": case.name, **measure_memory(case, contestants, folder)}


def _scaling(
    bench: Bench, contestants: list[Contestant], results: dict, folder: Path, tell: Tell
) -> dict[str, Any]:
    few = [contestant for contestant in contestants if contestant.name in SCALING]
    effort = replace(
        bench.effort,
        repeats=max(1, bench.effort.repeats // 2 + 1),
        seconds=bench.effort.seconds / 2,
    )
    found: dict[str, Any] = {}
    for what, cases in scaling_cases(bench.threads).items():
        for value, case in cases.items():
            tell(f"growth with {what}: {case.name}")
            one = _measured(case, few, results, folder, effort, tell)
            found.setdefault(what, {})[str(value)] = one
    case = _first(bench, trials=64, phase="noise", optimiser="Adam")
    tell(f"growth with length: {case.name}")
    found["length"] = measure_lengths(case, few, folder, LENGTHS)
    return found


_MEASURES: dict[str, Callable[..., dict[str, Any]]] = {
    "speed": _speed,
    "start": _start,
    "memory": _memory,
    "scaling": _scaling,
}


def write_results(results: dict[str, Any], folder: Path) -> list[Path]:
    """Write ``performance.md``, ``performance.svg`` and ``performance.json``, each whole.

    Parameters
    ----------
    results : dict
        What `run_bench` returns.
    folder : path
        Where; must exist.

    Raises
    ------
    NotADirectoryError
        If it does not.
    """
    from .figure import figure
    from .page import page

    if not folder.is_dir():
        raise NotADirectoryError(
            f"write_results.folder: expected a folder that exists, got {str(folder)!r}"
        )
    contents = {
        "performance.json": json.dumps(results, indent=1) + "\n",
        "performance.svg": figure(results),
        "performance.md": page(results),
    }
    for name, text in contents.items():
        write_text(folder / name, text)
    return [folder / name for name in contents]
