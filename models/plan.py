"""Cut a schedule into segments."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ontogeny.data import FrameNoise, Stimuli

from .dynamics import Leaky
from .network import Network
from .record import Record
from .schedule import Learning, Phase, Schedule, Spontaneous, Test

__all__ = [
    "Evaluation",
    "Place",
    "Segment",
    "checkpoint_presentations",
    "plan",
    "presentations_of",
    "steps_per_segment",
    "total_presentations",
    "window_of",
]

# Multiplications and additions of a segment: some seconds of work on one core.
_OPERATIONS_PER_SEGMENT = 1e11
# Rates of a segment that are made before it runs, as doubles.
_BYTES_PER_SEGMENT = 2**26
#: What a step takes beside its products, in multiplications and additions, where nothing is known.
STEP_COST = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a life something happens.

    Attributes
    ----------
    phase_index : int
        Position of the phase in the schedule.
    ordinal : int
        How many phases of the same kind came before; noise and the order of stimuli follow from it,
        so that learning is paired between lives with and without a noise phase.
    epoch : int
        Completed epochs of the phase.
    total : int
        Plastic presentations since birth.
    """

    phase_index: int
    ordinal: int
    epoch: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch of plastic presentations.

    Attributes
    ----------
    end : Place
        Where the network is afterwards.
    round : int
        The epoch that runs, from 0.
    first : int
        First presentation, counted in the phase (noise) or in the epoch (stimuli).
    presentations : int
        Their number.
    reset : bool
        The optimiser starts afresh.
    checkpoint : bool
        The weights are stored afterwards.
    window : bool
        A window of the phase's criterion ends here: whoever lives through the segment says whether
        the phase is over.
    """

    end: Place
    round: int
    first: int
    presentations: int
    reset: bool
    checkpoint: bool
    window: bool = False

    @property
    def done(self) -> int:
        """Presentations of the round so far."""
        return self.first + self.presentations


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """A test without plasticity.

    Attributes
    ----------
    place : Place
        When.
    stimuli : Stimuli
        With what.
    """

    place: Place
    stimuli: Stimuli


def steps_per_segment(network: Network, trials: int, step_cost: int = STEP_COST) -> int:
    """Return how many steps a segment may have, each with all trials: one stimulus each.

    It follows from the structure and the device alone, never from measured speed: the segments of a
    life are the same on every machine.

    Parameters
    ----------
    network : Network
        What lives.
    trials : int
        Presentations in a step.
    step_cost : int
        What a step takes beside its products, in multiplications and additions.
    """
    sizes = network.sizes
    synapses = sum(a * b for a, b in zip(sizes[:-1], sizes[1:], strict=True))
    cost = 6 * trials * synapses + step_cost
    if isinstance(network.dynamics, Leaky):
        cost *= network.dynamics.hold_steps
    return max(16, int(_OPERATIONS_PER_SEGMENT / cost))


def _longest(phase: Phase, network: Network, trials: int, step_cost: int) -> int:
    """Return how many presentations a segment of a phase may have, in whole steps."""
    steps = steps_per_segment(network, trials, step_cost)
    if isinstance(phase, Spontaneous) and isinstance(phase.noise, FrameNoise):
        bytes_of_a_step = 8 * trials * network.sizes[0]
        steps = max(1, min(steps, _BYTES_PER_SEGMENT // bytes_of_a_step))
    return steps * trials


def presentations_of(phase: Phase) -> int:
    """Return how many plastic presentations a phase has; with a criterion, at most."""
    if isinstance(phase, Spontaneous):
        return int(phase.presentations)
    if isinstance(phase, Learning):
        return len(phase.stimuli) * int(phase.epochs)
    return 0


def total_presentations(schedule: Schedule) -> int:
    """Return how many plastic presentations a life has; with criteria, at most."""
    return sum(presentations_of(phase) for phase in schedule.phases)


def window_of(phase: Phase, trials: int) -> int:
    """Return the window of a phase's criterion in whole steps, 0 where there is none."""
    until = getattr(phase, "until", None)
    return 0 if until is None else -(-until.window // trials) * trials


def _round_up(points: np.ndarray, phase: Phase, trials: int) -> np.ndarray:
    """Move presentations of a phase to the end of the step that they fall in."""
    size = len(phase.stimuli) if isinstance(phase, Learning) else presentations_of(phase)
    done, rest = np.divmod(points, size)
    return done * size + np.minimum(-(-rest // trials) * trials, size)


def checkpoint_presentations(schedule: Schedule, record: Record, trials: int) -> list[np.ndarray]:
    """Return the checkpoints of every phase, in presentations of the phase, rising.

    Phases with a criterion are taken as if it were never fulfilled.

    Raises
    ------
    ValueError
        If a given checkpoint lies beyond the life.
    """
    given, total = record.checkpoints, total_presentations(schedule)
    if isinstance(given, tuple):
        beyond = [int(point) for point in given if point > total]
        if beyond:
            raise ValueError(
                f"Record.checkpoints: expected at most {total} presentations, the length of "
                f"this life, got {beyond}"
            )
    found, birth = [], 0
    for phase in schedule.phases:
        found.append(_checkpoints(phase, birth, record, trials))
        birth += presentations_of(phase)
    return found


def _checkpoints(phase: Phase, birth: int, record: Record, trials: int) -> np.ndarray:
    """Return the checkpoints of a phase that begins `birth` presentations after birth."""
    given, total = record.checkpoints, presentations_of(phase)
    if not total:
        return np.zeros(0, np.int64)
    if isinstance(given, int):
        points = np.geomspace(total, min(trials, total), given)
    elif isinstance(given, tuple):
        inside = np.asarray([p - birth for p in given if birth < p <= birth + total])
        points = np.append(inside, total)
    rounded = _round_up(np.floor(points + 0.5).astype(np.int64), phase, trials)
    return np.unique(np.append(rounded, total))


def plan(
    schedule: Schedule,
    network: Network,
    record: Record,
    trials: int,
    ends: Mapping[int, int] | None = None,
    step_cost: int = STEP_COST,
) -> Iterator[Segment | Evaluation]:
    """Cut a schedule into segments and evaluations, in order.

    Segments end at checkpoints, tests, epochs and windows, and after at most `steps_per_segment`
    steps; where noise is made before a segment runs, its rates take 64 MB at most. How they are
    cut does not change what happens.

    Parameters
    ----------
    schedule, network, record, trials
        As in `simulate`.
    ends : mapping, optional
        Position of a phase -> presentations after which its criterion was fulfilled. It is read
        whenever the next part is asked for, so that it may grow meanwhile; the same `ends` give the
        same parts again.
    """
    checkpoint_presentations(schedule, record, trials)  # refuses what lies beyond the life
    ends = {} if ends is None else ends
    total = 0
    seen: dict[str, int] = {}
    for index, phase in enumerate(schedule.phases):
        ordinal = seen.get(phase.kind, 0)
        seen[phase.kind] = ordinal + 1
        start = Place(phase_index=index, ordinal=ordinal, epoch=0, total=total)
        if isinstance(phase, Test):
            yield Evaluation(place=start, stimuli=phase.stimuli)
            continue
        test = getattr(phase, "test", None)
        if test is not None:
            yield Evaluation(place=start, stimuli=test)
        checkpoints = _checkpoints(phase, total, record, trials)
        longest = _longest(phase, network, trials, step_cost)
        for segment in _segments(phase, start, checkpoints, longest, window_of(phase, trials)):
            yield segment
            over = segment.window and ends.get(index) == segment.done
            if test is not None and (over or _is_tested(phase, segment)):
                yield Evaluation(place=segment.end, stimuli=test)
            if over:
                break
        total = segment.end.total


def _is_tested(phase: Phase, segment: Segment) -> bool:
    """Say whether a test follows: after epochs where there are any, else after checkpoints."""
    if isinstance(phase, Learning):
        return segment.end.epoch == segment.round + 1
    return segment.checkpoint


def _segments(
    phase: Phase, start: Place, checkpoints: np.ndarray, longest: int, window: int
) -> Iterator[Segment]:
    """Cut one phase."""
    rounds = int(phase.epochs) if isinstance(phase, Learning) else 1
    size = presentations_of(phase) // rounds
    marks = set(checkpoints.tolist())
    for number in range(rounds):
        begin = number * size
        inside = checkpoints[(checkpoints > begin) & (checkpoints < begin + size)] - begin
        first = 0
        for cut in _cuts(size, inside.tolist(), longest, window):
            completed = number + (cut == size) if isinstance(phase, Learning) else 0
            yield Segment(
                end=Place(
                    phase_index=start.phase_index,
                    ordinal=start.ordinal,
                    epoch=completed,
                    total=start.total + begin + cut,
                ),
                round=number,
                first=first,
                presentations=cut - first,
                reset=number == 0 and first == 0,
                checkpoint=begin + cut in marks,
                window=bool(window) and cut % window == 0,
            )
            first = cut


def _cuts(size: int, points: list[int], longest: int, window: int) -> Iterator[int]:
    """Return where a round is cut, rising; one at a time, since a life may be very long."""
    strides = [range(step, size, step) for step in (longest, window) if step]
    for cut, _ in groupby(heapq.merge(points, *strides, [size])):
        yield cut
