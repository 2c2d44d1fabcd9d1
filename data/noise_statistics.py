"""Measure the moments and correlations of noise."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from .frames import FrameNoise, sheet_of

__all__ = ["noise_statistics"]

DISTANCES = (1, 2, 4, 8)
LAGS = (1, 2, 5, 10)


def noise_statistics(
    noise: FrameNoise,
    *,
    units: int,
    steps: int = 1000,
    trials: int = 8,
    seed: int = 0,
    distances: Sequence[int] | None = None,
    lags: Sequence[int] | None = None,
) -> xr.Dataset:
    """Measure moments and correlations of noise in independent realisations.

    Each trial is one sample: the spread of what trials give tells the sampling error.

    Parameters
    ----------
    noise : FrameNoise
        What is measured; units lie on its sheet, or on a square where it has none.
    units : int
        Number of units.
    steps, trials : int
        Length and number of the realisations.
    seed : int
        Their seed.
    distances : sequence of int, optional
        Distances along rows and columns at which the correlation in space is measured; by default
        those of 1, 2, 4 and 8 that are smaller than the sheet.
    lags : sequence of int, optional
        Lags in frames at which the correlation in time is measured; by default those of 1, 2, 5
        and 10 that are smaller than `steps`.

    Returns
    -------
    xarray.Dataset
        ``mean`` and ``std`` (trial), ``space`` (trial, distance) and ``time`` (trial, lag), with
        deviations taken from the mean over all trials.

    Raises
    ------
    TypeError
        If the noise has no frames, as white noise.
    ValueError
        If a distance or lag is as large as the sheet or the realisation.

    Examples
    --------
    >>> from ontogeny.data import binary_noise
    >>> found = noise_statistics(binary_noise(0.5), units=100, steps=500, lags=[1])
    >>> round(float(found["mean"].mean()), 2), abs(float(found["time"].mean())) < 0.01
    (0.5, True)
    """
    if not isinstance(noise, FrameNoise):
        raise TypeError(
            f"noise_statistics.noise: expected FrameNoise such as binary_noise() or "
            f"correlated_noise(), got {type(noise).__name__}; white noise has no correlations"
        )
    rows, columns = sheet_of(type(noise).__name__, getattr(noise, "shape", None), units)
    distances = _fitting("distances", distances, DISTANCES, min(rows, columns))
    lags = _fitting("lags", lags, LAGS, steps)
    rates = noise.frames(seed=seed, stream=0, first=0, steps=steps, trials=trials, units=units)
    sheets = np.moveaxis(rates, 1, 0).reshape(trials, steps, rows, columns)
    mean = sheets.mean(axis=(1, 2, 3))
    apart = sheets - mean.mean()
    variance = np.mean(apart**2)
    space = [(_products(apart, 2, far) + _products(apart, 3, far)) / 2 for far in distances]
    time = [_products(apart, 1, late) for late in lags]
    return xr.Dataset(
        {
            "mean": ("trial", mean),
            "std": ("trial", np.sqrt(np.mean(apart**2, axis=(1, 2, 3)))),
            "space": (("trial", "distance"), np.reshape(space, (-1, trials)).T / variance),
            "time": (("trial", "lag"), np.reshape(time, (-1, trials)).T / variance),
        },
        coords={"distance": distances, "lag": lags},
    )


def _fitting(
    what: str, values: Sequence[int] | None, choices: Sequence[int], limit: int
) -> list[int]:
    """Return what was asked for, or the choices below the limit."""
    if values is None:
        return [value for value in choices if value < limit]
    if not len(values) or min(values) < 1 or max(values) >= limit:
        raise ValueError(
            f"noise_statistics.{what}: expected integers from 1 to {limit - 1}, got {list(values)}"
        )
    return list(values)


def _products(apart: npt.NDArray[np.float64], axis: int, shift: int) -> npt.NDArray[np.float64]:
    """Return the mean product of deviations that lie `shift` apart along an axis, (trial,)."""
    size = apart.shape[axis]
    one, other = (np.take(apart, range(*ends), axis) for ends in ((0, size - shift), (shift, size)))
    found: npt.NDArray[np.float64] = np.mean(one * other, axis=(1, 2, 3))
    return found
