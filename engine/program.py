"""Run a built network segment by segment: state in, state out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

__all__ = ["STEP", "Array", "Parts", "Program"]

#: Duration of one step in seconds, where nothing else is asked for. A binary fraction: times are
#: exact multiples of it. A program takes the duration from its network's clock.
STEP = 1 / 1024


class Array(Protocol):
    """What is known of an array that segments hand on."""

    @property
    def size(self) -> int:
        """How many numbers there are."""

    @property
    def dtype(self) -> Any:
        """Their type."""


class Parts(Protocol):
    """A network as Brian2 objects, ready to become a program.

    Attributes
    ----------
    objects : list of BrianObject
        Everything that the network holds.
    settings : Settings
        Its scalars; must hold the name ``steps``. Their clock is the network's.
    source : Source
        Where stimuli come from.
    state : dict
        What a segment hands to the next: name -> (group, variable).
    """

    objects: list[Any]
    settings: Any
    source: Any
    state: dict[str, tuple[Any, str]]


class Program(ABC):
    """A network that is ready to run.

    Attributes
    ----------
    scalars : dict
        Kind (`int` or `float`) of every scalar that a segment needs, ``steps`` and what is carried
        from segment to segment excepted.
    variables : dict of Array
        Size and type of every array that is carried from one segment to the next.
    """

    scalars: Mapping[str, type]
    variables: Mapping[str, Array]

    @abstractmethod
    def add_bank(
        self, images: np.ndarray, targets: np.ndarray, *, replaces: int | None = None
    ) -> int:
        """Store stimuli for later segments.

        Parameters
        ----------
        images : ndarray
            (stimulus, unit), uint8 or the float type of the program.
        targets : ndarray
            Categories, (stimulus,) of int, which are presented one-hot; or what every output should
            be, (stimulus, output) of the float type, with the setting ``graded``.
        replaces : int, optional
            Number of a bank that is needed no more, and whose number these stimuli get.

        Returns
        -------
        int
            The bank's number, for the setting ``bank``.
        """

    @abstractmethod
    def run(
        self,
        steps: int,
        settings: Mapping[str, float],
        state: Mapping[str, np.ndarray],
        order: np.ndarray | None = None,
    ) -> dict[str, np.ndarray]:
        """Run one segment.

        Parameters
        ----------
        steps : int
            Number of steps.
        settings : mapping
            Value of every scalar.
        state : mapping
            Value of every state array, flat.
        order : ndarray of int, optional
            Which stimulus of the bank each presentation shows.

        Returns
        -------
        dict of ndarray
            The state after the segment, flat.
        """

    @abstractmethod
    def recorded(self) -> tuple[np.ndarray, np.ndarray]:
        """Return and forget rates and targets of the recorded presentations since the last call."""

    @abstractmethod
    def close(self) -> None:
        """Remove everything temporary."""

    @staticmethod
    def _check_end(steps: int, done: int) -> None:
        """Refuse the state of a segment that something stopped before its end."""
        if done != steps:
            raise RuntimeError(f"Program.run: expected {steps} steps, got {done}; it was stopped")

    def _check(self, settings: Mapping[str, float]) -> None:
        unset = set(self.scalars) - set(settings)
        if unset:
            raise ValueError(f"Program.run: expected values for {sorted(unset)}, got none")
