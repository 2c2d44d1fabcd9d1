"""Set lives beside recordings and published measurements."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import xarray as xr

from ontogeny.data import NoiseProcess, Stimuli, load_images
from ontogeny.data.frames import sheet_of
from ontogeny.data.recorded_waves import RecordedWaves
from ontogeny.data.recordings import open_recording

from ..batches import check_stimuli
from ..trajectory import group
from .estimates import GROUPS
from .given import check_numbers, check_used, noise_given, with_input
from .it_rdm import it_rdm_comparison
from .networks import Lived, networks_of
from .noise_of_life import noise_of_life
from .recording import recording_comparison
from .v1_development import v1_development_comparison
from .v1v2 import v1v2_comparison
from .waves import retinal_waves_comparison

__all__ = ["COMPARISONS", "Recordings", "compare"]

#: References by name; anything else is a recording.
COMPARISONS = ("retinal-waves", "v1-development", "it-rdm", "v1v2")
#: Recordings as `compare` takes them.
Recordings = xr.Dataset | str | os.PathLike | Sequence[xr.Dataset | str | os.PathLike]
_SPACING = 25.0


def compare(
    life: xr.DataTree,
    reference: str | os.PathLike | xr.Dataset,
    *,
    stimuli: Stimuli | None = None,
    noise: NoiseProcess | None = None,
    noise_recording: xr.Dataset | str | os.PathLike | None = None,
    recording: Recordings | None = None,
    checkpoints: Mapping[str, int] | None = None,
    spacing: float | None = None,
    input_noise_std: float = 0.5,
    bin_width: float = 0.1,
    seed: int = 0,
) -> xr.Dataset:
    """
    Set a life beside a recording, or beside published measurements.

    ==================  ============================================================================
    reference           what is compared
    ==================  ============================================================================
    ``retinal-waves``   correlation index and correlation of the life's spontaneous input by
                        distance, with Demas, Eglen & Wong (2003) and recordings of waves
    ``v1-development``  spontaneous and evoked activity of hidden populations along the life, with
                        the directions that Berkes et al. (2011), Siegel et al. (2012) and Traegenap
                        et al. (2025) found in cortex
    ``it-rdm``          dissimilarities of 92 images in hidden populations, with those in inferior
                        temporal cortex of monkey and human (Kriegeskorte et al. 2008)
    ``v1v2``            noise correlation and participation ratio of hidden populations, with V1 and
                        V2 (Semedo et al. 2019)
    a recording         correlations, sparseness, dimensionality and events of its spikes, with
                        those of the life's input and hidden populations
    ==================  ============================================================================

    What a life did is computed from its stored weights, in static networks. Every number has an
    interval of 95 % and a control: mostly the same network at birth, and a surrogate without
    what neurons share. Intervals are over networks (`mean_interval`) where lives are joined along
    ``network``, and otherwise come from the jackknife over groups of samples: resampling with
    repeats would make patterns more alike than they are, and bias what is measured here.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along ``network``.
    reference : str, path or xarray.Dataset
        One of the names above; or a recording, or a file that `open_recording` opens.
    stimuli : Stimuli, optional
        What evokes activity (``v1-development``, ``v1v2``); by default the test digits of
        ``mnist-5k``, which are part of the package.
    noise : Noise or FrameNoise, optional
        Spontaneous input; by default that of the life's first spontaneous phase, drawn anew.
        Another one than the life's is told in the attributes `input` and `caution`.
    noise_recording : xarray.Dataset, str or path, optional
        The recording that a life on recorded waves saw, as `noise_of_life` takes it; recordings
        that `load_recording` knows are found without it. Its spikes are verified.
    recording : xarray.Dataset, path or sequence of them, optional
        Recordings that ``retinal-waves`` compares with, in place of the published numbers; other
        references have none.
    checkpoints : mapping of str to int, optional
        Stages of the life by name, positions among its checkpoints: ``birth`` and at least one
        other.
        By default ``birth``, ``after noise`` (the end of the first spontaneous phase) and ``end``.
    spacing : float, optional
        Micrometres between neighbouring inputs: how large the input sheet would be in a retina. By
        default that of recorded waves, where they were the input, and otherwise 25, with which
        28 x 28 inputs cover 0.7 x 0.7 mm.
    input_noise_std : float
        Standard deviation of the noise that ``v1v2`` adds to inputs, unit "1".
    bin_width : float
        Seconds of a bin of spikes of recordings, wherever numbers depend on it.
    seed : int
        Seed of what is drawn; seeds of lives are added to it.

    Returns
    -------
    xarray.Dataset, (quantity)
        `value` with `low` and `high`, `control`, `surrogate` and `reference`, each with its
        interval, and `published`, NaN where there is none; coords `measure`, `population`,
        `stage`, `unit` and `note`. Curves for `plot_comparison`. Attributes tell the citation,
        what controls are, what intervals are, seeds, and, as `caution`, what cannot be concluded.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If the life cannot answer: neurons are leaky, weights or weights at birth were not stored,
        there was no spontaneous phase and no noise is given, networks did not live alike, or
        stimuli or sizes do not fit.
    FileNotFoundError
        If there is no such recording.

    See Also
    --------
    noise_of_life : the noise that is drawn anew.

    Examples
    --------
    How far a network's spontaneous input is from that of a retina::

        found = compare(life, "retinal-waves")
        found[["value", "low", "high", "reference"]].to_dataframe()
    """
    where = "compare"
    check_numbers(spacing=spacing, input_noise_std=input_noise_std, bin_width=bin_width)
    name = reference if isinstance(reference, str) and reference in COMPARISONS else ""
    check_used(name, recording, noise, noise_recording)
    with ExitStack() as files:
        recorded = None if name else _opened(reference, f"{where}.reference", files)
        lives = networks_of(life, where, checkpoints)
        if name == "it-rdm":
            return it_rdm_comparison(lives, seed=seed)
        if name == "v1v2":
            shown = _stimuli(life, stimuli, where)
            return v1v2_comparison(lives, shown, input_noise_std=input_noise_std, seed=seed)
        if noise is None:
            presented = noise_of_life(life, recording=noise_recording)
        else:
            presented = noise_given(noise, where)
        if name == "v1-development":
            shown = _stimuli(life, stimuli, where)
            found = v1_development_comparison(lives, presented, shown, seed=seed)
            return with_input(found, life, presented)
        options: dict[str, Any] = {"spacing": _spacing(spacing, presented, lives[0]), "seed": seed}
        options["bin_width"] = bin_width
        if recorded is not None:
            found = recording_comparison(lives, presented, recorded, **options)
        else:
            beside = _several(recording, f"{where}.recording", files)
            found = retinal_waves_comparison(lives, presented, recordings=beside, **options)
        return with_input(found, life, presented)


def _opened(recording: Any, where: str, files: ExitStack) -> xr.Dataset:
    if isinstance(recording, xr.Dataset):
        return recording
    if not isinstance(recording, str | os.PathLike):
        raise TypeError(
            f"{where}: expected one of {', '.join(COMPARISONS)}, a recording or the path of one, "
            f"got {type(recording).__name__}"
        )
    if not os.path.exists(recording):
        raise FileNotFoundError(
            f"{where}: expected one of {', '.join(COMPARISONS)}, or a file with a recording, got "
            f"{os.fspath(recording)!r}, which is not there"
        )
    opened = open_recording(os.fspath(recording))
    files.callback(opened.close)
    return opened


def _several(recordings: Recordings | None, where: str, files: ExitStack) -> list[xr.Dataset]:
    if recordings is None:
        return []
    if isinstance(recordings, xr.Dataset | str | os.PathLike):
        recordings = [recordings]
    return [_opened(recording, where, files) for recording in recordings]


def _stimuli(life: xr.DataTree, stimuli: Stimuli | None, where: str) -> Stimuli:
    if stimuli is None:
        stimuli = load_images("mnist-5k").test
    check_stimuli(group(life, "weights", where), stimuli, where, outputs=False)
    if len(stimuli) < GROUPS:
        raise ValueError(
            f"{where}.stimuli: expected at least {GROUPS}, groups of which are left out for the "
            f"interval, got {len(stimuli)}"
        )
    return stimuli


def _spacing(spacing: float | None, noise: NoiseProcess, lived: Lived) -> float:
    if spacing is not None:
        return float(spacing)
    if not isinstance(noise, RecordedWaves):
        return _SPACING
    shape = sheet_of("compare.noise", noise.shape, lived.inputs)
    return replace(noise, shape=shape).pixel_um
