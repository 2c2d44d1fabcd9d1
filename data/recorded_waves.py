"""Recorded activity as input: recordings become a noise that networks live on."""

import xarray as xr

from .recorded_process import RecordedWaves
from .recorded_spikes import spikes_of

__all__ = ["RecordedWaves", "recorded_waves"]


def recorded_waves(
    recording: xr.Dataset,
    *,
    bin_width: float = 0.1,
    smoothing: float | None = None,
    control: str | None = None,
    control_seed: int = 0,
    interpolation: str = "linear",
    width: float | None = None,
    scale: str | float = "standard",
    silence: str = "kept",
    shape: tuple[int, int] | None = None,
    margin: float = 0.0,
    name: str | None = None,
) -> RecordedWaves:
    """Describe recorded spikes as input; `RecordedWaves` explains every parameter.

    Parameters
    ----------
    recording : xarray.Dataset
        With positions, as `open_recording` and `recording_of` make it. Its spikes are read.
    bin_width : float
        Seconds that a presentation stands for.
    smoothing : float, optional
        Standard deviation of a Gaussian in seconds.
    control : {None, "times", "shifted", "places", "independent"}
        Spikes shuffled in time, units shifted in time, units shuffled in space, or independent
        noise of equal mean and variance.
    control_seed : int
        Seed of the control.
    interpolation : {"linear", "nearest", "gaussian"}
        How pixels follow from electrodes.
    width : float, optional
        Standard deviation of the Gaussian in micrometres.
    scale : {"standard", "unit", "hertz"} or float
        Mean 0 and standard deviation 1, rates within 0..1, spikes per second, or the spikes per
        second that are shown as 1.
    silence : {"kept", "dropped"}
        Whether bins without any rate are shown.
    shape : tuple of int, optional
        Rows and columns of the input sheet; a square by default.
    margin : float
        Micrometres that the sheet has around the electrodes.
    name : str, optional
        What the recording is called; by default its attribute `name`.

    Returns
    -------
    RecordedWaves
        The description.

    Raises
    ------
    TypeError, ValueError
        If it is no recording, has no positions or spikes, or a parameter cannot be.

    Examples
    --------
    >>> from ontogeny.data import recording_of
    >>> retina = recording_of([[0.1, 0.5], [0.2]], position=[[0, 0], [90, 0]], stop=1.0)
    >>> waves = recorded_waves(retina, shape=(6, 6), control="places", name="two cells")
    >>> waves.title(), waves.pixel_um
    ('recorded waves of two cells, places shuffled', 15.0)
    """
    return RecordedWaves(
        recording=spikes_of("recorded_waves", recording, name),
        bin_width=bin_width,
        smoothing=smoothing,
        control=control,
        control_seed=control_seed,
        interpolation=interpolation,
        width=width,
        scale=scale,
        silence=silence,
        shape=shape,
        margin=margin,
    )
