"""What the parameters of recorded waves may be."""

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from .frames import checked_shape
from .noise import finite_number
from .recorded_bins import CONTROLS, placed
from .recorded_sheet import INTERPOLATIONS, pixel_size
from .recorded_spikes import RecordedSpikes

if TYPE_CHECKING:
    from .recorded_process import RecordedWaves

__all__ = ["SCALES", "checked", "checked_scale", "positive"]

SCALES = ("standard", "unit", "hertz")
_CHOICES: dict[str, tuple[str | None, ...]] = {
    "control": CONTROLS,
    "interpolation": INTERPOLATIONS,
    "silence": ("kept", "dropped"),
}


def checked(waves: "RecordedWaves") -> dict[str, Any]:
    """Return the fields as the types that they have, if they can be.

    Raises
    ------
    TypeError, ValueError
        If one cannot be, or they do not go with each other.
    """
    recording = waves.recording
    if not isinstance(recording, RecordedSpikes):
        raise TypeError(
            f"RecordedWaves.recording: expected RecordedSpikes, got "
            f"{type(recording).__name__}; recorded_waves() makes them of recordings"
        )
    for what, known in _CHOICES.items():
        if getattr(waves, what) not in known:
            raise ValueError(
                f"RecordedWaves.{what}: expected one of {known}, got {getattr(waves, what)!r}"
            )
    found: dict[str, Any] = {"scale": checked_scale("RecordedWaves", waves.scale)}
    for what in ("bin_width", "smoothing", "width"):
        value = getattr(waves, what)
        if what == "bin_width" or value is not None:
            found[what] = positive(f"RecordedWaves.{what}", value)
    if (waves.width is None) == (waves.interpolation == "gaussian"):
        raise ValueError(
            f"RecordedWaves.width: expected micrometres for interpolation 'gaussian', and None "
            f"for others, got {waves.width!r} for {waves.interpolation!r}"
        )
    found["control_seed"] = _seed(waves.control_seed)
    found["margin"] = finite_number("RecordedWaves.margin", waves.margin)
    found["shape"] = checked_shape("RecordedWaves", waves.shape)
    _check_extent(recording, found)
    return found


def checked_scale(where: str, scale: Any) -> str | float:
    """Return a scale, if it can be one.

    Raises
    ------
    ValueError
        If it is neither a name nor a positive number.
    """
    if isinstance(scale, str) or not isinstance(scale, Real):
        if scale not in SCALES:
            raise ValueError(f"{where}.scale: expected one of {SCALES}, got {scale!r}")
        return str(scale)
    return positive(f"{where}.scale", scale)


def positive(where: str, value: Any) -> float:
    """Return a positive number as float.

    Raises
    ------
    ValueError
        If it is none.
    """
    number = finite_number(where, value, low=0)
    if not number:
        raise ValueError(f"{where}: expected a number > 0, got {value!r}")
    return number


def _seed(seed: Any) -> int:
    integer = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not integer or not 0 <= seed < 2**64:
        raise ValueError(
            f"RecordedWaves.control_seed: expected an integer from 0 to 2**64 - 1, got {seed!r}"
        )
    return int(seed)


def _check_extent(recording: RecordedSpikes, found: dict[str, Any]) -> None:
    """Refuse bins, smoothing or pixels that the recording does not have."""
    lasts = recording.stop - recording.start
    if not len(placed(recording, found["bin_width"])[1]):
        raise ValueError(
            f"RecordedWaves.bin_width: expected bins of which a whole one has a spike, got "
            f"{found['bin_width']:g}, of which only the rest of the recording has any"
        )
    if found.get("smoothing", 0.0) > lasts:
        raise ValueError(
            f"RecordedWaves.smoothing: expected at most the {lasts:g} s that the recording lasts, "
            f"got {found['smoothing']:g}"
        )
    pixel_size(recording.positions, found["shape"] or (1, 1), found["margin"])
