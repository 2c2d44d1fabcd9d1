"""What the segments of a life are fed with: stimuli, noise, and which synapses learn."""

import numpy as np

from ontogeny.data import FrameNoise, Noise, Stimuli
from ontogeny.engine import NOISE_KINDS, Program, draw_labels

from .dynamics import Leaky
from .network import Network
from .plan import Segment
from .schedule import Learning, Phase, Spontaneous

__all__ = ["Feed"]

# Where the counters of numbers that neurons draw begin: phases of one kind, and of all kinds, are
# so many time steps apart.
_APART = 2**36
_KINDS = ("spontaneous", "learning", "test")


class Feed:
    """Turn phases into settings and stimuli of a program.

    Parameters
    ----------
    network : Network
        What lives.
    program : Program
        Where stimuli are stored.
    seed, trials : int
        Those of the life.
    dtype : dtype
        Float type of the program.
    """

    def __init__(
        self, network: Network, program: Program, *, seed: int, trials: int, dtype: np.dtype
    ) -> None:
        self.network, self.program = network, program
        self.seed, self.trials = seed, trials
        dynamics = network.dynamics
        self.leaky = dynamics if isinstance(dynamics, Leaky) else None
        self.real = dtype
        self.banks: dict[int, int] = {}
        self.drawn: int | None = None
        self.orders: dict[tuple[int, int], np.ndarray] = {}

    def segment(self, phase: Phase, segment: Segment) -> tuple[dict[str, float], np.ndarray | None]:
        """Return the settings of a segment, and which stimulus each presentation shows."""
        settings: dict[str, float] = {
            "presentations": segment.presentations,
            **self._plasticity(phase),
            "elapsed": self._elapsed(phase, segment),
        }
        if isinstance(phase, Learning):
            shuffled = self._order(phase, segment)
            order = shuffled[segment.first : segment.first + segment.presentations]
            return settings | self._bank(phase.stimuli), order
        assert isinstance(phase, Spontaneous)  # noqa: S101 - tests have no segments
        if isinstance(phase.noise, FrameNoise):
            settings |= self._frames(phase.noise, segment)
            return settings, np.arange(segment.presentations)
        assert isinstance(phase.noise, Noise)  # noqa: S101 - there are no others
        return settings | self._noise(phase.noise, segment), None

    def test(self, stimuli: Stimuli, first: int, count: int) -> dict[str, float]:
        """Return the settings of a test of `count` stimuli, the first of which is number `first`.

        Every test draws the same numbers, so that what differs between tests is the network.
        """
        steps = first // self.trials * (self.leaky.hold_steps if self.leaky else 1)
        settings: dict[str, float] = {"plastic": 0, "record": 0, "presentations": count}
        settings["elapsed"] = _KINDS.index("test") * _APART + steps
        return settings | self._noise_in_neurons("test") | self._bank(stimuli)

    def _elapsed(self, phase: Phase, segment: Segment) -> int:
        """Return where the counters of numbers that neurons draw begin.

        It follows from the number of the phase among those of its kind, so that lives with and
        without noise draw the same numbers when they learn.
        """
        size = len(phase.stimuli) if isinstance(phase, Learning) else 0
        turns = segment.round * -(-size // self.trials) + segment.first // self.trials
        steps = turns * (self.leaky.hold_steps if self.leaky else 1)
        number = len(_KINDS) * segment.end.ordinal + _KINDS.index(phase.kind)
        return number * _APART + steps

    def _plasticity(self, phase: Phase) -> dict[str, float]:
        """Return which synapses learn in a phase, and the noise of neurons."""
        learns = self.network.rule.learns[phase.kind]
        found: dict[str, float] = {
            "plastic": int("forward" in learns),
            "feedback_plastic": int("feedback" in learns),
        }
        if isinstance(phase, Spontaneous) and self.network.rule.uses("emission"):
            moments = phase.noise.moments()
            assert moments is not None  # noqa: S101 - checked before the life
            found["emission_mean"], found["emission_std"] = moments
        return found | self._noise_in_neurons(phase.kind)

    def _noise_in_neurons(self, kind: str) -> dict[str, float]:
        noise = self.leaky.noise if self.leaky else None
        if noise is None or noise.phases not in ("all", kind):
            return {}
        return {"noise_in_neurons": noise.std}

    def _noise(self, noise: Noise, segment: Segment) -> dict[str, float]:
        """Let the program draw white noise."""
        return {
            "noise": NOISE_KINDS[noise.distribution],
            "noise_mean": float(noise.mean),
            "noise_std": float(noise.std),
            "stream": segment.end.ordinal,
            "first": segment.first,
        }

    def _frames(self, noise: FrameNoise, segment: Segment) -> dict[str, float]:
        """Hand the noise of one segment to the program, in place of that of the last one."""
        count, stream = segment.presentations, 2 * segment.end.ordinal
        rates = noise.frames(
            seed=self.seed,
            stream=stream,
            first=segment.first // self.trials,
            steps=-(-count // self.trials),
            trials=self.trials,
            units=self.network.sizes[0],
        )
        labels = draw_labels(
            seed=self.seed,
            stream=stream + 1,
            first=segment.first,
            count=count,
            classes=self.network.sizes[-1],
        )
        images = rates.reshape(-1, rates.shape[-1])[:count].astype(self.real)
        self.drawn = self.program.add_bank(images, labels, replaces=self.drawn)
        return {"bank": self.drawn, "noise": 0, "scale": 1, "shift": 0}

    def _bank(self, stimuli: Stimuli) -> dict[str, float]:
        """Hand stimuli to the program, once."""
        if id(stimuli) not in self.banks:
            images = stimuli.images.values.reshape(len(stimuli), -1)
            if images.dtype != np.uint8:
                images = images.astype(self.real)
            targets = stimuli.wanted
            if stimuli.targets is not None:
                targets = targets.astype(self.real)
            self.banks[id(stimuli)] = self.program.add_bank(images, targets)
        scales = {"scale": float(stimuli.scale), "shift": float(stimuli.shift)}
        graded = int(stimuli.targets is not None)
        return {"bank": self.banks[id(stimuli)], "noise": 0, "graded": graded, **scales}

    def _order(self, phase: Learning, segment: Segment) -> np.ndarray:
        """Return the order of stimuli in an epoch."""
        key = (segment.end.ordinal, segment.round)
        if key not in self.orders:
            generator = np.random.default_rng([self.seed, 2, *key])
            self.orders = {key: generator.permutation(len(phase.stimuli))}
        return self.orders[key]
