"""What ``ontogeny bench`` is asked for, and what it shows."""

from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from .cases import find_cases, full_cases, quick_cases
from .measure import Effort
from .process import Contestant, contestants
from .run import PARTS, Bench
from .targets import outcomes

__all__ = ["chosen_bench", "results_tables"]

PEERS = Path("benchmarks")
SECONDS = 0.3


def chosen_bench(
    *,
    cases: str | None = None,
    quick: bool = False,
    parts: str | None = None,
    contestants: str | None = None,
    repeats: int | None = None,
    seconds: float = SECONDS,
    threads: int = 1,
    peers: Path | None = None,
    environments: Path = Path(".bench"),
    write: Path | None = None,
) -> Bench:
    """Turn the options of ``ontogeny bench`` into what is measured.

    Parameters
    ----------
    cases, quick, parts, contestants, repeats, seconds, threads, peers, environments, write
        The options of the command, lists as text with commas.

    Returns
    -------
    Bench
        Ready to run.

    Raises
    ------
    ValueError, FileNotFoundError, NotADirectoryError
        If something is unknown or not there; before anything is measured.
    """
    if threads < 1:
        raise ValueError(f"bench.threads: expected a positive integer, got {threads!r}")
    if write is not None and not write.is_dir():
        raise NotADirectoryError(
            f"bench.write: expected a folder that exists, got {str(write)!r}; make it first"
        )
    if cases is not None:
        chosen = find_cases(cases.split(","), threads)
    else:
        chosen = quick_cases(threads) if quick else full_cases(threads)
    default = ["speed"] if quick or cases is not None else list(PARTS)
    return Bench(
        cases=chosen,
        contestants=_contestants(contestants, peers, environments),
        parts=parts.split(",") if parts is not None else default,
        effort=Effort(repeats=repeats or (3 if quick else 5), seconds=seconds),
        threads=threads,
        command=_command(
            cases=cases,
            quick=quick,
            parts=parts,
            contestants=contestants,
            repeats=repeats,
            seconds=None if seconds == SECONDS else seconds,
            threads=None if threads == 1 else threads,
            write=write,
        ),
    )


def _contestants(names: str | None, peers: Path | None, environments: Path) -> list[Contestant]:
    here = PEERS if (PEERS / "peers.toml").is_file() else None
    known = contestants(peers if peers is not None else here, environments.absolute())
    if names is None:
        return known
    by_name = {contestant.name: contestant for contestant in known}
    unknown = [name for name in names.split(",") if name not in by_name]
    if unknown:
        cure = "" if peers or here else "; --peers names the folder of the others ('benchmarks')"
        raise ValueError(
            f"bench.contestants: expected some of {', '.join(by_name)}, got {unknown[0]!r}{cure}"
        )
    return [by_name[name] for name in names.split(",")]


def _command(**options: Any) -> str:
    """Return the command that makes the same again."""
    words = ["ontogeny bench"]
    for name, value in options.items():
        if value is True:
            words.append(f"--{name}")
        elif value not in (None, False):
            words.append(f"--{name} {value}")
    return " ".join(words)


def results_tables(results: dict[str, Any]) -> list[Table]:
    """Lay out times by case, and targets, for the terminal.

    Parameters
    ----------
    results : dict
        What `ontogeny.studies.bench.run.run_bench` returns.
    """
    titles = {name: found["title"] for name, found in results["contestants"].items()}
    tables = []
    for case, measured in results.get("speed", {}).items():
        floor = measured["floor"]["floor"]
        table = Table(
            *("contestant", "µs a presentation", "quartiles", "over the floor"),
            title=f"{case}: floor {1e6 * floor:.3g} µs",
            title_justify="left",
            box=box.SIMPLE_HEAD,
        )
        for name, times in measured["contestants"].items():
            if "problem" in times:
                table.add_row(titles[name], "failed", times["problem"].replace("[", r"\["), "")
                continue
            low, median, high = (1e6 * times[key] for key in ("low", "median", "high"))
            quartiles = f"{low:.3g} to {high:.3g}"
            table.add_row(titles[name], f"{median:.3g}", quartiles, f"{median / 1e6 / floor:.1f}")
        tables.append(table)
    found = outcomes(results)
    return [*tables, _targets(found, titles)] if found else tables


def _targets(found: list[dict[str, Any]], titles: dict[str, str]) -> Table:
    table = Table(
        *("case", "times of", "at most", "ratio", ""),
        title="Targets: medians of paired ratios",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for outcome in found:
        target = outcome["target"]
        pair = " / ".join(titles.get(name, name) for name in (target.who, target.reference))
        ratio = f"{outcome['ratio']['median']:.3g}" if "ratio" in outcome else "not measured"
        met = {True: "met", False: "missed", None: ""}[outcome.get("met")]
        table.add_row(outcome["case"], pair, f"{target.most:.3g}", ratio, met)
    return table
