"""Networks in Brian2's runtime mode, as NumPy code."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from brian2.core.network import Network
from brian2.devices.device import RuntimeDevice
from brian2.units import second
from numpy.typing import DTypeLike
from threadpoolctl import ThreadpoolController

from .activation import activated
from .program import Parts, Program

__all__ = ["RuntimeProgram"]

_PREFERENCES = {"codegen.target": "numpy"}


@contextmanager
def _cheap_collection() -> Iterator[None]:
    """Spare what exists from the full garbage collection that Brian2 starts every run with.

    It takes 0.1 s, as long as a short segment.
    """
    if gc.get_freeze_count():  # somebody else froze what thawing would thaw too
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class RuntimeProgram(Program):
    """A network in Brian2's runtime mode.

    Parameters
    ----------
    make : callable
        Makes the network's parts, once; takes no argument.
    dtype : dtype
        Float type.
    threads : int
        Threads of a matrix product.
    """

    def __init__(self, make: Callable[[], Parts], *, dtype: DTypeLike, threads: int = 1) -> None:
        self.device, self.dtype, self.threads = RuntimeDevice(), dtype, threads
        with self._activated():
            parts = make()
            self.network = Network(*parts.objects, name="life")
        self.settings, self.source = parts.settings, parts.source
        self.arrays = {key: group.variables[name] for key, (group, name) in parts.state.items()}
        self.variables = self.arrays
        carried = [name for group, name in parts.state.values() if group is parts.settings]
        self.scalars = {
            name: kind
            for name, kind in parts.settings.names.items()
            if name not in (*carried, "steps")
        }
        self.blas = ThreadpoolController()

    def _activated(self) -> Any:
        return activated(self.device, _PREFERENCES, self.dtype)

    def add_bank(
        self, images: np.ndarray, targets: np.ndarray, *, replaces: int | None = None
    ) -> int:
        """Keep a reference to the stimuli."""
        banks = self.source.banks
        number = len(banks) if replaces is None else replaces
        banks[number : number + 1] = [(images, targets)]
        return number

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
        for key, variable in self.arrays.items():
            variable.get_value()[:] = state[key]
        self.source.order_of_bank = np.zeros(0, np.int64) if order is None else order
        self.network.t_ = 0.0
        clock = self.settings.clock
        with (
            self._activated(),
            self.blas.limit(limits=self.threads, user_api="blas"),
            # Overflow and invalid values are found, and named, in the state after the segment.
            np.errstate(all="ignore"),
            _cheap_collection(),
        ):
            self.network.run(steps * clock.dt_ * second, namespace={})
        self._check_end(steps, int(clock.variables["timestep"].get_value()[0]))
        return {key: variable.get_value().copy() for key, variable in self.arrays.items()}

    def recorded(self) -> tuple[np.ndarray, np.ndarray]:
        """Join what the source kept."""
        frames, self.source.recorded = self.source.recorded, []
        if not frames:
            return np.zeros((0, self.source.units)), np.zeros((0, self.source.classes))
        return np.concatenate([f[0] for f in frames]), np.concatenate([f[1] for f in frames])

    def close(self) -> None:
        """Nothing is temporary here."""
