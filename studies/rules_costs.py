"""What a presentation costs under each rule, measured by turns in one process."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Record, Schedule, Spontaneous, simulate

from .bench.costs import cost, paired_ratios, spread
from .rules_cases import TRIALS, Entry

__all__ = ["measured_costs"]

SHORT = 2 * TRIALS  # presentations of the short life
MOST = 10**6  # presentations of a calibrating life


class _Timed:
    """A rule in one kind of phase: its two lengths and its times."""

    def __init__(self, entry: Entry, stimuli: Stimuli, device: str, *, noise: bool) -> None:
        self.network = entry.network(rate=1e-4)
        self.stimuli, self.device, self.noise = stimuli, device, noise
        self.long = 2 * SHORT
        self.costs: list[float] = []

    def run(self, presentations: int) -> dict[str, Any]:
        phase: Spontaneous | Learning
        if self.noise:
            phase = Spontaneous(gaussian_noise(), presentations=presentations)
        else:
            # One epoch, however long: what an epoch takes to start is no cost of the rule.
            phase = Learning(_repeated(self.stimuli, presentations), epochs=1)
        start = time.perf_counter()
        simulate(
            self.network,
            Schedule(phase),
            device=self.device,
            trials=TRIALS,
            record=Record(checkpoints=1),
            progress=False,
        )
        return {"seconds": time.perf_counter() - start, "presentations": presentations}

    def calibrate(self, seconds: float) -> None:
        """Find how many presentations more take so many seconds."""
        self.run(SHORT)  # compiles
        short = min(self.run(SHORT)["seconds"] for _ in range(2))
        more = 8 * SHORT
        while more < MOST:
            taken = min(self.run(SHORT + more)["seconds"] for _ in range(2)) - short
            if taken > seconds / 4:
                more = max(1, round(more * seconds / taken / TRIALS)) * TRIALS
                break
            more *= 4
        self.long = SHORT + more

    def repeat(self) -> None:
        """Take one time; where other work of the machine has hidden the difference, once more."""
        for _ in range(5):
            found = cost(self.run(SHORT), self.run(self.long))
            if found > 0:
                self.costs.append(found)
                return
        raise RuntimeError(
            f"rules.seconds: expected a longer life to take longer, got {self.long} presentations "
            f"that take no longer than {SHORT}; measure for more seconds"
        )


def _repeated(stimuli: Stimuli, count: int) -> Stimuli:
    """Return so many stimuli: the given ones again and again."""
    chosen = np.arange(count) % len(stimuli)
    return Stimuli.from_arrays(
        stimuli.images.values[chosen],
        stimuli.wanted[chosen],
        classes=stimuli.classes,
        name=stimuli.name,
        scale=stimuli.scale,
        shift=stimuli.shift,
    )


def measured_costs(
    compared: Sequence[Entry],
    stimuli: Stimuli,
    *,
    device: str,
    repeats: int,
    seconds: float,
    tell: Callable[[str], None],
) -> dict[str, dict[str, Any]]:
    """Measure the time of a presentation under each rule, and its ratio to that of the first.

    Every repeat asks all rules in turn for a short and a long life, in an order that is reversed
    from repeat to repeat; the time of a presentation is the difference of the two over the
    difference of their presentations. Ratios are taken within repeats.

    Parameters
    ----------
    compared : sequence of Entry
        What is measured; the first is the reference.
    stimuli : Stimuli
        What is presented.
    device : str
        Where lives run.
    repeats : int
        How many times.
    seconds : float
        How much longer a long life takes than a short one, about.
    tell : callable
        Takes a line on what happens.

    Returns
    -------
    dict
        By name of the entry: ``seconds`` and ``ratio``, each a median with quartiles; and
        ``noise_seconds`` and ``noise_ratio`` for rules that live through noise.

    Raises
    ------
    RuntimeError
        If times cannot be told from the time that a life takes to start.
    """
    timed = {(entry.name, ""): _Timed(entry, stimuli, device, noise=False) for entry in compared}
    for entry in compared:
        if entry.mirrors:
            timed[entry.name, "noise_"] = _Timed(entry, stimuli, device, noise=True)
    for (name, _), one in timed.items():
        tell(f"costs: {name}")
        one.calibrate(seconds)
    for number in range(repeats):
        tell(f"costs: repeat {number + 1} of {repeats}")
        for key in sorted(timed, reverse=bool(number % 2)):
            timed[key].repeat()
    reference = timed[compared[0].name, ""].costs
    found: dict[str, dict[str, Any]] = {entry.name: {} for entry in compared}
    for (name, kind), one in timed.items():
        found[name][f"{kind}seconds"] = spread(one.costs)
        found[name][f"{kind}ratio"] = paired_ratios(one.costs, reference)
    return found
