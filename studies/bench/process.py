"""Contestants of a benchmark as processes."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..threads import VARIABLES
from .cases import Case

__all__ = ["BenchmarkError", "Contestant", "Running", "contestants", "environment_of"]

SERVE = Path(__file__).with_name("serve.py")
#: What would make a BLAS pretend to be on another processor than it is.
DISGUISES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE", "MKL_DEBUG_CPU_TYPE")


class BenchmarkError(RuntimeError):
    """A contestant could not do what it was asked for."""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """Something that can be measured.

    Parameters
    ----------
    name : str
        What it is called in options and results.
    title : str
        What it is called in tables.
    file : path
        The contestant, see `ontogeny.studies.bench.serve`.
    python : path
        What runs it.
    device : str
        For this package: the device.
    optimisers : tuple of str
        The optimisers that it has.
    most_trials : int or None
        The largest number of trials.
    problem : str
        Why it cannot be measured here; empty if it can.
    """

    name: str
    title: str
    file: Path
    python: Path
    device: str = ""
    optimisers: tuple[str, ...] = ("Adam", "SGD")
    most_trials: int | None = None
    problem: str = ""

    def enters(self, case: Case) -> bool:
        """Return whether it can compute a case at all."""
        few_enough = self.most_trials is None or case.trials <= self.most_trials
        return few_enough and case.optimiser in self.optimisers


def contestants(peers: Path | None, environments: Path) -> list[Contestant]:
    """Return this package's devices, plain NumPy, and the peers of a folder.

    Parameters
    ----------
    peers : path or None
        Folder with ``peers.toml``.
    environments : path
        Folder with an environment for each of the peers' requirements.

    Raises
    ------
    FileNotFoundError
        If the folder has no ``peers.toml``.
    """
    here, python = Path(__file__).parent, Path(sys.executable)
    own = [
        Contestant(
            name=device,
            title=f"Ontogeny, {device}",
            file=here / "ontogeny_contestant.py",
            python=python,
            device=device,
            problem=_problem_of(device),
        )
        for device in ("cpp", "numpy")
    ]
    own.append(
        Contestant(
            name="plain-numpy",
            title="NumPy, by hand",
            file=here / "numpy_contestant.py",
            python=python,
        )
    )
    return own + (_peers(peers, environments) if peers is not None else [])


def _problem_of(device: str) -> str:
    from ontogeny.engine import DEVICES

    return DEVICES[device].problem() or ""


def _peers(folder: Path, environments: Path) -> list[Contestant]:
    table = folder / "peers.toml"
    if not table.is_file():
        raise FileNotFoundError(
            f"contestants.peers: expected a folder with peers.toml, got {str(folder)!r}; the "
            f"folder 'benchmarks' of the source has it"
        )
    found = []
    for name, peer in tomllib.loads(table.read_text(encoding="utf-8")).items():
        place = environments / peer["environment"]
        found.append(
            Contestant(
                name=name,
                title=peer["title"],
                file=folder / peer["file"],
                python=place / "bin" / "python",
                optimisers=tuple(peer.get("optimisers", ("Adam", "SGD"))),
                most_trials=peer.get("most_trials"),
                problem=_problem_of_environment(place),
            )
        )
    return found


def _problem_of_environment(place: Path) -> str:
    failure = place / "failure.txt"
    if failure.is_file():
        return f"its environment could not be made: {_last(failure.read_text(encoding='utf-8'))}"
    if not (place / "bin" / "python").exists():
        return f"no environment {place.name!r} in {str(place.parent)!r}; 'make bench' makes it"
    return ""


def _last(text: str) -> str:
    return " ".join(text.split())[-300:] or "no reason was given"


def environment_of(threads: int, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables of every contestant: so many threads, and no disguise."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in DISGUISES and not name.startswith("PYTHON")
    }
    return {**kept, **dict.fromkeys(VARIABLES, str(threads)), **(extra or {})}


def _activated(python: Path) -> dict[str, str]:
    """Return what activating the environment of a Python sets: tools that it starts look there."""
    folder = python.parent
    return {
        "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(folder.parent),
    }


class Running:
    """A contestant's process.

    Parameters
    ----------
    contestant : Contestant
        What runs.
    threads : int
        Of BLAS.
    environment : mapping, optional
        More environment variables.

    Raises
    ------
    BenchmarkError
        From `collect`, if the contestant fails, ends or takes too long.
    """

    def __init__(
        self,
        contestant: Contestant,
        *,
        threads: int = 1,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.contestant = contestant
        # -P: the folder of serve.py is not searched for modules.
        self.process = subprocess.Popen(
            [str(contestant.python), "-P", str(SERVE), str(contestant.file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment_of(threads, {**_activated(contestant.python), **(environment or {})}),
            start_new_session=True,
        )
        self.errors: list[str] = []
        self.lines: queue.Queue[str] = queue.Queue()
        pairs = (
            (self.process.stdout, self.lines.put),
            (self.process.stderr, self._keep_error),
        )
        self.drains = [threading.Thread(target=_drain, args=pair, daemon=True) for pair in pairs]
        for drain in self.drains:
            drain.start()

    def _keep_error(self, line: str) -> None:
        self.errors = [*self.errors[-20:], line]

    def send(self, **request: Any) -> None:
        """Ask for something; `collect` waits for the answer."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # collect tells why
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()

    def collect(self, timeout: float = 300.0) -> dict[str, Any]:
        """Wait for the answer to the oldest request (the first one greets)."""
        try:
            line = self.lines.get(timeout=timeout)
        except queue.Empty:
            self.close()
            raise BenchmarkError(f"no answer within {timeout:g} s") from None
        if not line:
            self.process.wait()
            self.drains[1].join(5)  # what it said last may still be on its way
            said = _last("".join(self.errors))
            raise BenchmarkError(f"ended with status {self.process.returncode}: {said}")
        answer = json.loads(line)
        if "error" in answer:
            raise BenchmarkError(answer["error"])
        return answer

    def ask(self, timeout: float = 300.0, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        self.send(**request)
        return self.collect(timeout)

    def close(self) -> None:
        """End the process, and what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()


def _drain(stream: IO[str] | None, take: Any) -> None:
    assert stream is not None
    with contextlib.suppress(ValueError):  # the stream is closed when the process is ended
        for line in stream:
            take(line)
    take("")


@contextlib.contextmanager
def running(contestant: Contestant, **keywords: Any) -> Iterator[Running]:
    """Keep a contestant's process for the length of a block."""
    process = Running(contestant, **keywords)
    try:
        yield process
    finally:
        process.close()
