"""Correlation of spike trains that does not depend on how many spikes they have."""

import numpy as np
import xarray as xr

from .coincidences import tiling
from .pairs import pair_dataset, positions_of, trains_of, unit_pairs

__all__ = ["spike_time_tiling"]


def spike_time_tiling(recording: xr.Dataset, *, window: float = 0.05) -> xr.Dataset:
    r"""
    Compute the spike-time tiling coefficient of all pairs of units of a recording.

    .. math:: \mathrm{STTC} = \frac12 \left( \frac{P_A - T_B}{1 - P_A T_B}
                                           + \frac{P_B - T_A}{1 - P_B T_A} \right)

    with the share :math:`P_A` of the spikes of A that have a spike of B at most a window away, and
    the share :math:`T_A` of the recording's time that is at most a window from a spike of A. A half
    is 1 where its quotient is 0/0. Source: C. S. Cutts and S. J. Eglen, Journal of Neuroscience
    34:14288, 2014. Chance is 0, identical trains have 1; unlike the correlation index it does not
    rise when rates fall.

    Windows are exact and memory grows with the number of spikes. Elephant 1.2 has the same measure
    with a window that widens with the time (by a relative tolerance of 1e-5 of it, 10 ms after
    1000 s), from a matrix of all pairs of spikes; on short recordings the two agree.

    Parameters
    ----------
    recording : xarray.Dataset
        Spikes of at least two units, such as `recording_of` makes, with `start` and `stop`.
    window : float
        How far apart spikes may be to come together, in seconds.

    Returns
    -------
    xarray.Dataset, (pair)
        `spike_time_tiling`, -1 to 1, NaN where a unit has no spikes; `distance` in micrometres
        where positions are known; and the names `unit_1` and `unit_2`.

    Warns
    -----
    UserWarning
        If the window is longer than a second.

    Raises
    ------
    TypeError
        If it is no dataset.
    ValueError
        If this is no recording of at least two units, or the window has no width.

    Examples
    --------
    >>> from ontogeny.data.recordings import recording_of
    >>> recording = recording_of([[0.2, 0.7], [0.2, 0.7], [0.4]], start=0.0, stop=1.0)
    >>> spike_time_tiling(recording)["spike_time_tiling"].values.round(3).tolist()
    [1.0, -0.15, -0.15]
    """
    trains = trains_of(recording, window, "spike_time_tiling")
    start, stop = (float(recording.attrs[name]) for name in ("start", "stop"))
    pairs = zip(*unit_pairs(len(trains)), strict=True)
    values = np.array([tiling(trains[i], trains[j], window, start, stop) for i, j in pairs])
    attrs = {"units": "1", "long_name": "spike-time tiling coefficient", "window": float(window)}
    return pair_dataset(
        {"spike_time_tiling": ("pair", values, attrs)},
        recording["unit"].values,
        positions_of(recording),
    )
