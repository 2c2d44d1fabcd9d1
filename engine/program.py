"""Run a built network segment by segment: state in, state out."""

import gc
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from brian2.core.network import Network
from brian2.units import second

from .settings import Settings
from .source import Source

__all__ = ["STEP", "Program", "RuntimeProgram"]

#: Duration of one step in seconds. A binary fraction: times are exact multiples of it.
STEP = 1 / 1024


@contextmanager
def _cheap_collection() -> Iterator[None]:
    """Spare what exists from the full garbage collection that Brian2 starts every run with.

    It takes 0.1 s, as long as a short segment.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class Program(ABC):
    """A network that is ready to run.

    Parameters
    ----------
    objects : sequence of BrianObject
        Everything that the network holds.
    device : brian2.devices.device.Device
        The device that they were made for.
    settings : Settings
        Its scalars; must hold the name ``steps``.
    source : Source
        Where stimuli come from.
    state : mapping from str to (Group, str)
        The arrays that are carried from one segment to the next, as (group, variable).
    """

    def __init__(
        self,
        objects: Sequence[Any],
        *,
        device: Any,
        settings: Settings,
        source: Source,
        state: Mapping[str, tuple[Any, str]],
    ) -> None:
        self.device = device
        self.network = Network(*objects, name="life")
        self.clock = settings.clock
        self.settings = settings
        self.source = source
        self.variables = {key: group.variables[name] for key, (group, name) in state.items()}

    @abstractmethod
    def add_bank(self, images: np.ndarray, labels: np.ndarray) -> int:
        """Store stimuli for later segments.

        Parameters
        ----------
        images : ndarray
            (stimulus, unit), uint8 or the float type of the program.
        labels : ndarray of int
            (stimulus,).

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
        carried = {v.name for v in self.variables.values() if v.owner.name == self.settings.name}
        unset = set(self.settings.names) - set(settings) - carried - {"steps"}
        if unset:
            raise ValueError(f"Program.run: expected values for {sorted(unset)}, got none")


class RuntimeProgram(Program):
    """A network in Brian2's runtime mode."""

    def add_bank(self, images: np.ndarray, labels: np.ndarray) -> int:
        """Keep a reference to the stimuli."""
        self.source.banks.append((images, labels))
        return len(self.source.banks) - 1

    def run(
        self,
        steps: int,
        settings: Mapping[str, float],
        state: Mapping[str, np.ndarray],
        order: np.ndarray | None = None,
    ) -> dict[str, np.ndarray]:
        """Run one segment in this process."""
        self._check(settings)
        for key, value in settings.items():
            self.settings.variables[key].get_value()[0] = value
        for key, variable in self.variables.items():
            variable.get_value()[:] = state[key]
        self.source.order_of_bank = np.zeros(0, np.int64) if order is None else order
        self.network.t_ = 0.0
        # Overflow and invalid values are found, and named, in the state after the segment.
        with np.errstate(all="ignore"), _cheap_collection():
            self.network.run(steps * STEP * second, namespace={})
        self._check_end(steps, int(self.clock.variables["timestep"].get_value()[0]))
        return {key: variable.get_value().copy() for key, variable in self.variables.items()}

    def recorded(self) -> tuple[np.ndarray, np.ndarray]:
        """Join what the source kept."""
        frames, self.source.recorded = self.source.recorded, []
        if not frames:
            return np.zeros((0, self.source.units)), np.zeros((0, self.source.classes))
        return np.concatenate([f[0] for f in frames]), np.concatenate([f[1] for f in frames])

    def close(self) -> None:
        """Nothing is temporary here."""
