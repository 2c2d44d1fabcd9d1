"""The parts of a benchmark beside speed: start-up, memory, and how cost grows."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.data import load_images

from .cases import Case, write_inputs
from .memory import MemoryWatch
from .process import BenchmarkError, Contestant, Running, running

__all__ = [
    "measure_lengths",
    "measure_memory",
    "measure_start",
    "scaling_cases",
    "training_images",
]

DIGITS = 60_000
LIMIT = 600.0


def _attempt(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return work()
    except BenchmarkError as error:
        return {"problem": str(error)}


def measure_start(
    case: Case, contestants: Sequence[Contestant], folder: Path
) -> dict[str, dict[str, Any]]:
    """Measure what a fresh process takes to import, to prepare and to do its first step.

    Parameters
    ----------
    case : Case
        The network.
    contestants : sequence of Contestant
        This package's compiled device is measured twice: with an empty and with a filled build
        cache.
    folder : path
        Where inputs, and that cache, are written.

    Returns
    -------
    dict
        By name, ``NAME (cold)`` and ``NAME (cached)`` for the compiled device: ``import``,
        ``prepare`` and ``first_step``, in seconds, or ``problem``.
    """
    found = {}
    for contestant in contestants:
        if contestant.problem or not contestant.enters(case):
            continue
        if contestant.device != "cpp":
            found[contestant.name] = _attempt(partial(_start, contestant, case, folder, {}))
            continue
        with tempfile.TemporaryDirectory(dir=folder) as cache:
            for state in ("cold", "cached"):
                extra = {"ONTOGENY_CACHE": cache}
                found[f"{contestant.name} ({state})"] = _attempt(
                    partial(_start, contestant, case, folder, extra)
                )
    return found


def _start(
    contestant: Contestant, case: Case, folder: Path, environment: dict[str, str]
) -> dict[str, Any]:
    with running(contestant, threads=case.threads, environment=environment) as process:
        greeting = process.collect(LIMIT)
        request = case.request(folder, device=contestant.device)
        prepared = process.ask(LIMIT, do="prepare", case=request)
        first = process.ask(LIMIT, do="run", presentations=case.trials)
    return {
        "import": greeting["import_seconds"],
        "prepare": prepared["seconds"],
        "first_step": first["seconds"],
    }


def training_images(units: int, classes: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Return as many uint8 images as MNIST has, and what they are.

    MNIST itself where it lies on this machine; nothing is downloaded.
    """
    if units == 784 and _has_mnist():
        train = load_images("mnist").train
        return train.images.values.reshape(DIGITS, units), train.wanted, "MNIST"
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (DIGITS, units), dtype=np.uint8)
    images *= generator.random((DIGITS, units), dtype=np.float32) < 0.2
    return images, generator.integers(0, classes, DIGITS), "synthetic images"


def _has_mnist() -> bool:
    folder = os.environ.get("ONTOGENY_DATA")
    return bool(folder) and any(Path(folder or "").glob("**/train-images*"))


def measure_memory(
    case: Case, contestants: Sequence[Contestant], folder: Path, epochs: Sequence[int] = (1, 10)
) -> dict[str, Any]:
    """Measure the peak memory of learning 60 000 images.

    Parameters
    ----------
    case : Case
        A case of the data phase.
    contestants : sequence of Contestant
        Who.
    folder : path
        Where inputs are written.
    epochs : sequence of int
        How often the images are presented; each is a process of its own.

    Returns
    -------
    dict
        ``images``, what they are, and ``peaks``: by name the bytes by epochs, or ``problem``.
    """
    images, labels, what = training_images(case.sizes[0], case.sizes[-1])
    stimuli = folder / "training.npz"
    np.savez(stimuli, images=images, labels=labels)
    peaks: dict[str, Any] = {}
    for contestant in contestants:
        if contestant.problem or not contestant.enters(case):
            continue
        request = {
            **asdict(case),
            "device": contestant.device,
            "stimuli": str(stimuli),
            "weights": str(write_inputs(case, folder)["weights"]),
        }
        peaks[contestant.name] = _attempt(
            partial(_peaks, contestant, case, request, len(images), epochs)
        )
    return {"images": what, "peaks": peaks}


def _peaks(
    contestant: Contestant, case: Case, request: dict[str, Any], count: int, epochs: Sequence[int]
) -> dict[str, Any]:
    return {str(n): _peak(contestant, case, request, n * count) for n in epochs}


def _peak(contestant: Contestant, case: Case, request: dict[str, Any], presentations: int) -> int:
    with running(contestant, threads=case.threads) as process:
        process.collect(LIMIT)
        with MemoryWatch(process.process.pid) as watch:
            _run(process, request, presentations)
        return watch.peak


def _run(process: Running, request: dict[str, Any], presentations: int) -> None:
    process.ask(LIMIT, do="prepare", case=request)
    process.ask(LIMIT, do="run", presentations=presentations)


def measure_lengths(
    case: Case, contestants: Sequence[Contestant], folder: Path, lengths: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """Measure whole runs of several lengths, start and end included.

    Returns
    -------
    dict
        By name: seconds a presentation by length, after one step to warm up; or ``problem``.
    """

    def times(contestant: Contestant) -> dict[str, Any]:
        with running(contestant, threads=case.threads) as process:
            process.collect(LIMIT)
            request = case.request(folder, device=contestant.device)
            process.ask(LIMIT, do="prepare", case=request)
            process.ask(LIMIT, do="run", presentations=case.trials)
            found = {}
            for length in lengths:
                done = process.ask(LIMIT, do="run", presentations=length)
                found[str(length)] = done["seconds"] / done["presentations"]
            return found

    entering = [c for c in contestants if not c.problem and c.enters(case)]
    return {c.name: _attempt(partial(times, c)) for c in entering}


def scaling_cases(threads: int = 1) -> dict[str, dict[int, Case]]:
    """Return cases along width, depth and trials, noise under Adam: what grows -> value -> case."""

    def case(sizes: tuple[int, ...], trials: int = 64) -> Case:
        return Case(sizes=sizes, trials=trials, phase="noise", optimiser="Adam", threads=threads)

    return {
        "width": {n: case((784, n, 10)) for n in (50, 100, 200, 400, 800, 1600)},
        "depth": {n: case((784, *(256,) * n, 10)) for n in (1, 2, 4, 8)},
        "trials": {n: case((784, 100, 10), n) for n in (1, 4, 16, 64, 256)},
    }
