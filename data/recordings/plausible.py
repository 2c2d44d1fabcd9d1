"""Warnings of recordings whose units of time or length are hardly those that are expected."""

import warnings

import numpy as np
import numpy.typing as npt

__all__ = ["warn_of_rate", "warn_of_size"]

# Recordings of retinal waves have 0.14 Hz at least, and arrays of 490 um; a thousandth of the
# rates of busier cells, and of a millimetre, lies below these.
_SLOWEST = 0.001
_SMALLEST = 5.0
_CALLS = 4  # to the line that asks for a recording, where it is made by recording_of()


def warn_of_rate(where: str, spikes: int, units: int, duration: float) -> None:
    """Warn of times that are so far apart that they are hardly seconds.

    Parameters
    ----------
    where : str
        The function that makes the recording, for the message.
    spikes, units : int
        How many there are.
    duration : float
        How long the recording lasts, in what are taken for seconds.
    """
    if not spikes or not duration > 0:
        return
    rate = spikes / units / duration
    if rate < _SLOWEST:
        warnings.warn(
            f"{where}.times: expected seconds, got a mean rate of {rate:.2g} Hz over {units} "
            "units; are times in milliseconds? open_recording(..., time_unit='ms') reads such "
            "tables and arrays, and recording_of() takes times / 1000",
            stacklevel=_CALLS,
        )


def warn_of_size(where: str, position: npt.NDArray[np.float64]) -> None:
    """Warn of electrodes that are so near each other that places are hardly micrometres.

    Parameters
    ----------
    where : str
        The function that makes the recording, for the message.
    position : numpy.ndarray, (unit, axis)
        Places, in what are taken for micrometres.
    """
    extent = float(np.ptp(position, axis=0).max()) if len(position) else 0.0
    if 0 < extent < _SMALLEST:
        warnings.warn(
            f"{where}.position: expected micrometres, got units within {extent:.3g} um; are "
            "positions in millimetres? multiply them by 1000",
            stacklevel=_CALLS,
        )
