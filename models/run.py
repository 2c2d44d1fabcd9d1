"""The state of a simulation between its segments."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.engine import Device

from .constants import constants, rest
from .feed import Feed
from .life import Life
from .plan import (
    Evaluation,
    Place,
    Segment,
    plan,
    presentations_of,
    steps_per_segment,
    total_presentations,
)
from .structure import structure

__all__ = ["DivergenceError", "NotFinite", "Run"]


class DivergenceError(FloatingPointError):
    """A network's weights, or its loss, ceased to be finite numbers.

    Parameters
    ----------
    message : str
        Where it happened, and the cure.
    life : xarray.DataTree
        The life up to the last good checkpoint.
    """

    def __init__(self, message: str, life: xr.DataTree) -> None:
        super().__init__(message)
        self.life = life

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error travel between processes."""
        return type(self), (str(self), self.life)


# What a checkpoint keeps of a run beside its arrays.
_NUMBERS = ("done", "total", "loss_sum", "hits", "seen", "window_loss", "window_seen")


class NotFinite(Exception):
    """Something ceased to be a finite number; says what, where, and the cure."""


class Run:
    """A simulation that goes from segment to segment.

    Parameters
    ----------
    life : Life
        What is simulated, and where the record goes.
    target : Device
        Where.
    birth : dict of ndarray
        Weights at birth, (target, source).
    """

    def __init__(self, life: Life, target: Device, birth: dict[str, np.ndarray]) -> None:
        self.life = life
        self.trials, self.seed = life.attributes["trials"], life.attributes["seed"]
        self.dtype = np.dtype(life.attributes["dtype"])
        self.network = life.network
        self.program = target.load(
            structure(self.network, self.trials),
            self._make,
            dtype=life.attributes["dtype"],
            threads=life.attributes["threads"],
        )
        self.step_cost = target.step_cost
        self.weights = dict(birth)
        self.state = {
            key: np.zeros(variable.size, variable.dtype)
            for key, variable in self.program.variables.items()
        }
        masks = self.network.masks(self.seed)
        self.constants = constants(self.network, birth, masks)
        given = {f"{name}.w": values for name, values in self.weights.items()}
        given |= {f"{name}.mask": values.astype(self.dtype) for name, values in masks.items()}
        for name, values in given.items():
            if name in self.state:
                # The engine keeps (source, target), so that one source's weights lie together.
                self.state[name] = np.ascontiguousarray(values.T).reshape(-1)
        self._come_to_rest()
        self.feed = Feed(
            self.network, self.program, seed=self.seed, trials=self.trials, dtype=self.dtype
        )
        self.loss_sum = self.hits = 0.0
        self.seen = 0
        self.window_loss, self.window_seen = 0.0, 0
        # Position: parts of the plan that are done, and how long phases with a criterion became.
        self.done = self.total = 0
        self.ends: dict[int, int] = {}

    def remaining(self) -> Iterator[Segment | Evaluation]:
        """Return the parts of the plan that are to be performed, one by one."""
        life = self.life
        parts = plan(
            life.schedule, life.network, life.record, self.trials, self.ends, self.step_cost
        )
        total = 0
        for part in islice(parts, self.done):
            total = (part.end if isinstance(part, Segment) else part.place).total
        if total != self.total:
            raise ValueError(
                f"simulate.resume: expected {self.done} parts of the plan to end at presentation "
                f"{self.total}, got {total}; another version has cut the life: resume with it, or "
                f"remove the folder of parts to begin afresh"
            )
        return parts

    @property
    def expected(self) -> int:
        """Presentations of the whole life, as far as that is known: phases may end early."""
        phases = self.life.schedule.phases
        spared = sum(presentations_of(phases[index]) - end for index, end in self.ends.items())
        return total_presentations(self.life.schedule) - spared

    def _make(self, projection: Callable[..., Any]) -> Any:
        """Build the network; only where its program is not in the cache."""
        from .builder import build

        return build(self.network, self.trials, projection=projection)

    def perform(self, part: Segment | Evaluation) -> None:
        """Do one part of the plan."""
        if not self.done:
            birth = Place(phase_index=0, ordinal=0, epoch=0, total=0)
            self.life.checkpoint(birth, self.weights, np.nan, np.nan)
        if isinstance(part, Evaluation):
            self._evaluate(part)
            self.total = part.place.total
        else:
            self._live(part)
            self.total = part.end.total
        self.done += 1

    def capture(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return everything that `restore` needs between two parts: arrays, and what JSON holds."""
        arrays = {f"state/{key}": values for key, values in self.state.items()}
        # Weights that the program does not carry.
        arrays |= {
            f"weights/{name}": values
            for name, values in self.weights.items()
            if f"{name}.w" not in self.state
        }
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        return arrays, {**numbers, "ends": [list(item) for item in self.ends.items()]}

    def restore(self, arrays: Mapping[str, np.ndarray], numbers: Mapping[str, Any]) -> None:
        """Go on where `capture` was called.

        Raises
        ------
        ValueError
            If arrays do not fit the program.
        """
        for prefix, mine in (("state", self.state), ("weights", self.weights)):
            for key, values in mine.items():
                if prefix == "weights" and f"{key}.w" in self.state:
                    continue
                found = arrays.get(f"{prefix}/{key}")
                if found is None or (found.shape, found.dtype) != (values.shape, values.dtype):
                    got = "none" if found is None else f"{found.dtype} {found.shape}"
                    raise ValueError(
                        f"simulate.resume: expected {prefix} {key!r} of {values.dtype} "
                        f"{values.shape} in the checkpoint, got {got}; it was written by another "
                        f"version: remove the folder of parts to begin afresh"
                    )
                mine[key] = found
        for name in _NUMBERS:
            setattr(self, name, numbers[name])
        self.ends.clear()
        self.ends.update((int(index), int(end)) for index, end in numbers["ends"])

    def _live(self, segment: Segment) -> None:
        """Run plastic presentations."""
        phase = self.life.schedule.phases[segment.end.phase_index]
        if segment.reset:
            self._forget_moments()
        settings, order = self.feed.segment(phase, segment)
        settings["record"] = int(self.life.record.activity)
        loss, hits = self._run(settings, order)
        self._check(segment.end, loss, segment.presentations)
        self.loss_sum, self.hits = self.loss_sum + loss, self.hits + hits
        self.seen += segment.presentations
        if self.life.record.activity:
            self.life.activity.append((segment.end.phase_index, *self.program.recorded()))
        if self._is_over(phase, segment, loss) or segment.checkpoint:
            self._gather_weights()
            accuracy = self.hits / self.seen
            if settings.get("graded"):
                accuracy = np.nan
            self.life.checkpoint(segment.end, self.weights, self.loss_sum / self.seen, accuracy)
            self.loss_sum = self.hits = 0.0
            self.seen = 0

    def _is_over(self, phase: Any, segment: Segment, loss: float) -> bool:
        """Say whether the criterion of a phase is fulfilled at the end of a segment."""
        if segment.first == 0:
            self.window_loss, self.window_seen = 0.0, 0
        self.window_loss += loss
        self.window_seen += segment.presentations
        if not segment.window:
            return False
        mean = self.window_loss / self.window_seen
        self.window_loss, self.window_seen = 0.0, 0
        if mean >= phase.until.value:
            return False
        self.ends[segment.end.phase_index] = segment.done
        return True

    def _evaluate(self, evaluation: Evaluation) -> None:
        """Run a test, segment by segment."""
        stimuli = evaluation.stimuli
        longest = steps_per_segment(self.network, self.trials, self.step_cost) * self.trials
        everything = np.arange(len(stimuli))
        total_loss = total_hits = 0.0
        # Neurons that live in time are tested from rest, and go on afterwards where they were.
        moving = self._moving()
        self._come_to_rest()
        for first in range(0, len(stimuli), longest):
            order = everything[first : first + longest]
            loss, hits = self._run(self.feed.test(stimuli, first, len(order)), order)
            total_loss, total_hits = total_loss + loss, total_hits + hits
        self.state |= moving
        self._check(evaluation.place, total_loss, 0)
        size = len(stimuli)
        accuracy = total_hits / size if stimuli.targets is None else np.nan
        self.life.test(evaluation.place, total_loss / size, accuracy, size)

    def _run(self, settings: Mapping[str, float], order: np.ndarray | None) -> tuple[float, float]:
        """Run one segment and return the sums of loss and hits."""
        values = {
            **dict.fromkeys(self.program.scalars, 0),
            **self.constants,
            "seed": int(self.seed),
            **settings,
        }
        values = {name: values[name] for name in self.program.scalars}
        sums = {f"trial.{name}": np.zeros(self.trials) for name in ("loss_sum", "hits")}
        steps = -(-int(settings["presentations"]) // self.trials) * int(self.constants["hold"])
        self.state = self.program.run(steps, values, {**self.state, **sums}, order)
        loss, hits = self.state["trial.loss_sum"].sum(), self.state["trial.hits"].sum()
        return float(loss), float(hits)

    def _moving(self) -> dict[str, np.ndarray]:
        """Return the state of neurons: what belongs to no synapse and no trial."""
        populations = {population.name for population in self.network.populations}
        return {key: v for key, v in self.state.items() if key.split(".")[0] in populations}

    def _come_to_rest(self) -> None:
        """Let neurons be as they are before any input."""
        values = rest(self.network)
        for key, found in self._moving().items():
            self.state[key] = np.full_like(found, values.get(key, 0))

    def _forget_moments(self) -> None:
        for key, values in self.state.items():
            if key.split(".")[1] in (*self.network.optimiser.moments, "count"):
                self.state[key] = np.zeros_like(values)

    def _gather_weights(self) -> None:
        for name, values in self.weights.items():
            if f"{name}.w" in self.state:
                shape = values.shape[::-1]
                self.weights[name] = self.state[f"{name}.w"].reshape(shape).T

    def _check(self, place: Place, loss: float, presentations: int) -> None:
        """Stop where something ceased to be finite.

        Raises
        ------
        NotFinite
            Names what, and the cure.
        """
        bad = {
            key.split(".")[0]: None
            for key, values in self.state.items()
            if not key.startswith("trial.") and not np.isfinite(values).all()
        }
        if not bad and np.isfinite(loss):
            return
        what = f"weights or moments of {', '.join(bad)}" if bad else "the loss"
        when = f"between presentations {place.total - presentations} and {place.total}"
        if not presentations:
            when = f"in a test after presentation {place.total}"
        raise NotFinite(
            f"simulate: expected finite numbers, got NaN or infinity in {what} {when} (phase "
            f"{place.phase_index}); lower the learning rate of {self.network.optimiser}, or make "
            f"rates and weights smaller. The life is kept up to presentation {self.life.kept}"
        )
