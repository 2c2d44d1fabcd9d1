"""Phases of a life, and their order."""

import math
from dataclasses import KW_ONLY, dataclass
from numbers import Real
from typing import Any, ClassVar

import numpy as np

from ontogeny.data import FrameNoise, ImageSet, Noise, Stimuli, TeacherSet

__all__ = ["Learning", "LossBelow", "Phase", "Schedule", "Spontaneous", "Test"]


_MOST = 10**15  # presentations: more than any machine will see, and exact in every arithmetic


def _check_count(where: str, value: Any) -> None:
    integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not integer or value < 1:
        raise ValueError(f"{where}: expected a positive integer, got {value!r}")
    if value > _MOST:
        raise ValueError(f"{where}: expected at most {_MOST:.0e}, got {value!r}")


def _check_stimuli(where: str, value: Any, *, optional: bool = False) -> None:
    if not (isinstance(value, Stimuli) or (optional and value is None)):
        cure = "Stimuli.from_arrays(images, labels) makes them from arrays"
        if isinstance(value, ImageSet | TeacherSet):
            cure = "a data set has .train and .test"
        raise TypeError(
            f"{where}: expected Stimuli, such as load_images('mnist-5k').train, got "
            f"{type(value).__name__}; {cure}"
        )


@dataclass(frozen=True)
class Phase:
    """Base of the phases; use `Spontaneous`, `Learning` or `Test`."""

    kind: ClassVar[str]


@dataclass(frozen=True)
class LossBelow:
    """Stop a spontaneous phase when its mean loss falls below a value.

    The mean is taken over one window after another, from the beginning of the phase. Every noise
    pattern is fresh, so this is the loss on noise that the network has not seen.

    Parameters
    ----------
    value : float
        The phase ends with the first window whose mean loss is smaller.
    window : int
        Presentations of a window, rounded up to whole steps.

    Raises
    ------
    ValueError
        If the value is no positive, finite number, or the window no positive integer.

    Examples
    --------
    >>> LossBelow(2.35)
    LossBelow(value=2.35, window=6400)
    """

    value: float
    _: KW_ONLY
    window: int = 6_400

    def __post_init__(self) -> None:
        """Check the fields."""
        number = isinstance(self.value, Real) and not isinstance(self.value, bool)
        if not number or not math.isfinite(self.value) or self.value <= 0:
            raise ValueError(
                f"LossBelow.value: expected a positive, finite number, got {self.value!r}"
            )
        object.__setattr__(self, "value", float(self.value))
        _check_count("LossBelow.window", self.window)
        object.__setattr__(self, "window", int(self.window))


@dataclass(frozen=True)
class Spontaneous(Phase):
    """Let the network live on its own noise: fresh in every presentation, with random labels.

    Parameters
    ----------
    noise : Noise or FrameNoise
        What the inputs do, such as ``gaussian_noise()`` or ``retinal_waves()``; labels are uniform
        and independent of it. Noise with a course in time runs along the steps of each trial.
    presentations : int
        How many noise patterns are presented; with `until`, at most.
    until : LossBelow, optional
        Ends the phase, with a checkpoint, when it is fulfilled.
    test : Stimuli, optional
        Evaluated, without plasticity, before the phase and at its checkpoints.

    References
    ----------
    Cheon J, Lee SW, Paik SB (2024). Pretraining with random noise for fast and robust learning
    without weight transport. NeurIPS 37, Algorithm 1.
    """

    kind: ClassVar[str] = "spontaneous"
    noise: Noise | FrameNoise
    _: KW_ONLY
    presentations: int
    until: LossBelow | None = None
    test: Stimuli | None = None

    def __post_init__(self) -> None:
        """Check the fields."""
        if not (self.until is None or isinstance(self.until, LossBelow)):
            raise TypeError(
                f"Spontaneous.until: expected a criterion such as LossBelow(2.35), got "
                f"{self.until!r}"
            )
        if not isinstance(self.noise, Noise | FrameNoise):
            raise TypeError(
                f"Spontaneous.noise: expected a noise such as gaussian_noise(), got {self.noise!r}"
            )
        _check_count("Spontaneous.presentations", self.presentations)
        _check_stimuli("Spontaneous.test", self.test, optional=True)


@dataclass(frozen=True)
class Learning(Phase):
    """Let the network learn from stimuli, in a new random order every epoch.

    The optimiser starts afresh. A last step that has fewer stimuli than trials averages over those
    it has.

    Parameters
    ----------
    stimuli : Stimuli
        What is presented.
    epochs : int
        How many times each stimulus is presented.
    test : Stimuli, optional
        Evaluated, without plasticity, before the first epoch and after each.
    """

    kind: ClassVar[str] = "learning"
    stimuli: Stimuli
    _: KW_ONLY
    epochs: int
    test: Stimuli | None = None

    def __post_init__(self) -> None:
        """Check the fields."""
        _check_stimuli("Learning.stimuli", self.stimuli)
        _check_count("Learning.epochs", self.epochs)
        _check_stimuli("Learning.test", self.test, optional=True)


@dataclass(frozen=True)
class Test(Phase):
    """Evaluate the network once, without plasticity.

    Parameters
    ----------
    stimuli : Stimuli
        What is presented.
    """

    __test__: ClassVar[bool] = False  # pytest would take the name for a test class
    kind: ClassVar[str] = "test"
    stimuli: Stimuli

    def __post_init__(self) -> None:
        """Check the fields."""
        _check_stimuli("Test.stimuli", self.stimuli)


@dataclass(frozen=True, init=False)
class Schedule:
    """The phases of a life in order.

    Parameters
    ----------
    *phases : Phase
        `Spontaneous`, `Learning` and `Test` in any number and order.

    Raises
    ------
    TypeError
        If something else than a phase is given.
    ValueError
        If there is none.
    """

    phases: tuple[Phase, ...]

    def __init__(self, *phases: Phase) -> None:
        for number, phase in enumerate(phases):
            if not isinstance(phase, Spontaneous | Learning | Test):
                raise TypeError(
                    f"Schedule.phases: expected Spontaneous, Learning or Test at position "
                    f"{number}, got {phase!r}; phases are given one by one, in no list"
                )
        if not phases:
            raise ValueError("Schedule.phases: expected at least one phase, got none")
        object.__setattr__(self, "phases", phases)
