"""What a presentation costs under each rule, measured by turns in one process."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Record, Schedule, Spontaneous, simulate

from .bench_statistics import cost, paired_ratios, spread
from .rules_cases import TRIALS, Entry

__all__ = ["measured_costs"]

#: Stimuli of a timed epoch: whole steps.
BANK = 640
MOST = 4096  # epochs of a calibrating run


class _Timed:
    """A rule in one kind of phase: its two lengths and its times."""

    def __init__(self, entry: Entry, stimuli: Stimuli, device: str, *, noise: bool) -> None:
        self.network = entry.network(rate=1e-4)
        self.stimuli, self.device, self.noise = stimuli, device, noise
        self.more = 1
        self.costs: list[float] = []

    def run(self, epochs: int) -> dict[str, Any]:
        count = len(self.stimuli) * epochs
        phase: Spontaneous | Learning = Learning(self.stimuli, epochs=epochs)
        if self.noise:
            phase = Spontaneous(gaussian_noise(), presentations=count)
        start = time.perf_counter()
        simulate(
            self.network,
            Schedule(phase),
            device=self.device,
            trials=TRIALS,
            record=Record(checkpoints=1),
            progress=False,
        )
        return {"seconds": time.perf_counter() - start, "presentations": count}

    def calibrate(self, seconds: float) -> None:
        """Find how many epochs more take so many seconds."""
        self.run(1)  # compiles
        short = min(self.run(1)["seconds"] for _ in range(2))
        self.more = 4
        while self.more < MOST:
            taken = min(self.run(1 + self.more)["seconds"] for _ in range(2)) - short
            if taken > seconds / 4:
                self.more = max(1, round(self.more * seconds / taken))
                return
            self.more *= 4

    def repeat(self) -> None:
        """Take one time; where other work of the machine has hidden the difference, once more."""
        for _ in range(5):
            found = cost(self.run(1), self.run(1 + self.more))
            if found > 0:
                self.costs.append(found)
                return
        raise RuntimeError(
            f"rules.seconds: expected a longer life to take longer, got {1 + self.more} epochs "
            f"that take no longer than one; measure again where less else is running"
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
    bank = stimuli.sample(min(BANK, len(stimuli) // TRIALS * TRIALS), seed=0)
    timed = {(entry.name, ""): _Timed(entry, bank, device, noise=False) for entry in compared}
    for entry in compared:
        if entry.mirrors:
            timed[entry.name, "noise_"] = _Timed(entry, bank, device, noise=True)
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
