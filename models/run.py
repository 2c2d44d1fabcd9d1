"""The state of a simulation between its segments."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli
from ontogeny.engine import NOISE_KINDS, Device

from .life import Life
from .plan import Evaluation, Place, Segment, steps_per_segment
from .schedule import Learning, Spontaneous
from .structure import structure

__all__ = ["DivergenceError", "Run"]


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
    threads : int
        Threads of a matrix product.
    """

    def __init__(
        self, life: Life, target: Device, birth: dict[str, np.ndarray], *, threads: int = 1
    ) -> None:
        self.life = life
        self.trials, self.seed = life.attributes["trials"], life.attributes["seed"]
        self.dtype = np.dtype(life.attributes["dtype"])
        self.network = life.network
        self.program = target.load(
            structure(self.network, self.trials),
            self._make,
            dtype=life.attributes["dtype"],
            threads=threads,
        )
        self.step_cost = target.step_cost
        self.weights = dict(birth)
        self.state = {
            key: np.zeros(variable.size, variable.dtype)
            for key, variable in self.program.variables.items()
        }
        for name, values in self.weights.items():
            if f"{name}.w" in self.state:
                # The engine keeps (source, target), so that one source's weights lie together.
                self.state[f"{name}.w"] = np.ascontiguousarray(values.T).reshape(-1)
        self.banks: dict[int, int] = {}
        self.orders: dict[tuple[int, int], np.ndarray] = {}
        self.loss_sum = self.hits = 0.0
        self.seen = 0
        self.begun = False

    def _make(self, projection: Callable[..., Any]) -> Any:
        """Build the network; only where its program is not in the cache."""
        from .builder import build

        return build(self.network, self.trials, projection=projection)

    def perform(self, part: Segment | Evaluation) -> None:
        """Do one part of the plan."""
        if not self.begun:
            self.begun = True
            birth = Place(phase_index=0, ordinal=0, epoch=0, total=0)
            self.life.checkpoint(birth, self.weights, np.nan, np.nan)
        if isinstance(part, Evaluation):
            self._evaluate(part)
        else:
            self._live(part)

    def _live(self, segment: Segment) -> None:
        """Run plastic presentations."""
        phase = self.life.schedule.phases[segment.end.phase_index]
        if segment.reset:
            self._forget_moments()
        order = None
        settings: dict[str, float] = {"plastic": 1, "record": int(self.life.record.activity)}
        settings["presentations"] = segment.presentations
        if isinstance(phase, Spontaneous):
            settings |= self._noise(phase, segment)
        elif isinstance(phase, Learning):
            settings |= self._bank(phase.stimuli)
            shuffled = self._order(phase, segment)
            order = shuffled[segment.first : segment.first + segment.presentations]
        loss, hits = self._run(settings, order)
        self._check(segment.end, loss, segment.presentations)
        self.loss_sum, self.hits = self.loss_sum + loss, self.hits + hits
        self.seen += segment.presentations
        if self.life.record.activity:
            self.life.activity.append((segment.end.phase_index, *self.program.recorded()))
        if segment.checkpoint:
            self._gather_weights()
            means = self.loss_sum / self.seen, self.hits / self.seen
            self.life.checkpoint(segment.end, self.weights, *means)
            self.loss_sum = self.hits = 0.0
            self.seen = 0

    def _evaluate(self, evaluation: Evaluation) -> None:
        """Run a test, segment by segment."""
        stimuli = evaluation.stimuli
        longest = steps_per_segment(self.network, self.trials, self.step_cost) * self.trials
        everything = np.arange(len(stimuli))
        total_loss = total_hits = 0.0
        for first in range(0, len(stimuli), longest):
            order = everything[first : first + longest]
            settings = {"plastic": 0, "record": 0, "presentations": len(order)}
            loss, hits = self._run(settings | self._bank(stimuli), order)
            total_loss, total_hits = total_loss + loss, total_hits + hits
        self._check(evaluation.place, total_loss, 0)
        size = len(stimuli)
        self.life.test(evaluation.place, total_loss / size, total_hits / size, size)

    def _run(self, settings: Mapping[str, float], order: np.ndarray | None) -> tuple[float, float]:
        """Run one segment and return the sums of loss and hits."""
        values = {
            **dict.fromkeys(self.program.scalars, 0),
            **self.network.rule.parameters,
            **self.network.optimiser.parameters,
            "seed": int(self.seed),
            **settings,
        }
        sums = {f"trial.{name}": np.zeros(self.trials) for name in ("loss_sum", "hits")}
        steps = -(-int(settings["presentations"]) // self.trials)
        self.state = self.program.run(steps, values, {**self.state, **sums}, order)
        loss, hits = self.state["trial.loss_sum"].sum(), self.state["trial.hits"].sum()
        return float(loss), float(hits)

    def _noise(self, phase: Spontaneous, segment: Segment) -> dict[str, float]:
        return {
            "noise": NOISE_KINDS[phase.noise.distribution],
            "noise_mean": float(phase.noise.mean),
            "noise_std": float(phase.noise.std),
            "stream": segment.end.ordinal,
            "first": segment.first,
        }

    def _bank(self, stimuli: Stimuli) -> dict[str, float]:
        """Hand stimuli to the program, once."""
        if id(stimuli) not in self.banks:
            images = stimuli.images.values.reshape(len(stimuli), -1)
            if images.dtype != np.uint8:
                images = images.astype(self.dtype)
            self.banks[id(stimuli)] = self.program.add_bank(images, stimuli.labels.values)
        scales = {"scale": float(stimuli.scale), "shift": float(stimuli.shift)}
        return {"bank": self.banks[id(stimuli)], "noise": 0, **scales}

    def _order(self, phase: Learning, segment: Segment) -> np.ndarray:
        """Return the order of stimuli in an epoch."""
        key = (segment.end.ordinal, segment.round)
        if key not in self.orders:
            generator = np.random.default_rng([self.seed, 2, *key])
            self.orders = {key: generator.permutation(len(phase.stimuli))}
        return self.orders[key]

    def _forget_moments(self) -> None:
        for key in self.state:
            if not key.endswith(".w"):
                self.state[key] = np.zeros_like(self.state[key])

    def _gather_weights(self) -> None:
        for name, values in self.weights.items():
            if f"{name}.w" in self.state:
                shape = values.shape[::-1]
                self.weights[name] = self.state[f"{name}.w"].reshape(shape).T

    def _check(self, place: Place, loss: float, presentations: int) -> None:
        """Stop where something ceased to be finite."""
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
        kept = self.life.progress[-1]["presentation"]
        raise DivergenceError(
            f"simulate: expected finite numbers, got NaN or infinity in {what} {when} (phase "
            f"{place.phase_index}); lower the learning rate of {self.network.optimiser}, or make "
            f"rates and weights smaller. The life is kept up to presentation {kept}",
            self.life.tree("diverged"),
        )
