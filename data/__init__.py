"""Stimuli, noise, and the trajectory format with its files."""

if __name__ != "ontogeny.data":
    raise ImportError("import ontogeny.data; the folder is not a package of its own")

from .checks import check_trajectory
from .fields import CorrelatedNoise, correlated_noise, ornstein_uhlenbeck_noise
from .frames import FrameNoise
from .image_set import ImageSet
from .images import load_images
from .join import join_trajectories
from .noise import Noise, NoiseProcess, gaussian_noise, uniform_noise
from .noise_statistics import noise_statistics
from .origins import load_origin
from .recorded_waves import RecordedWaves, recorded_waves
from .recordings import (
    load_recording,
    open_events,
    open_recording,
    recording_names,
    recording_of,
    select_units,
    spike_counts,
    spike_trains,
    write_nwb,
)
from .references import Reference, it_images, it_rdms, references
from .schema import PHASES, SCHEMA, SCHEMA_VERSION
from .sparks import BinaryNoise, SparseNoise, binary_noise, sparse_noise
from .stimuli import Stimuli
from .stimuli_checks import COLOUR_DIMS, IMAGE_DIMS, TARGET_DIMS
from .teachers import TeacherSet, linear_teacher, nonlinear_teacher
from .trajectory import open_trajectory, write_trajectory
from .transforms import grey, resized, rotated, scaled, translated
from .wave_fit import fit_retinal_waves, wave_fit
from .waves import RetinalWaves, retinal_waves

__all__ = [
    "BinaryNoise",
    "COLOUR_DIMS",
    "CorrelatedNoise",
    "FrameNoise",
    "IMAGE_DIMS",
    "ImageSet",
    "Noise",
    "NoiseProcess",
    "PHASES",
    "RecordedWaves",
    "Reference",
    "RetinalWaves",
    "SCHEMA",
    "SCHEMA_VERSION",
    "SparseNoise",
    "Stimuli",
    "TARGET_DIMS",
    "TeacherSet",
    "binary_noise",
    "check_trajectory",
    "correlated_noise",
    "fit_retinal_waves",
    "gaussian_noise",
    "grey",
    "it_images",
    "it_rdms",
    "join_trajectories",
    "linear_teacher",
    "load_images",
    "load_origin",
    "load_recording",
    "noise_statistics",
    "nonlinear_teacher",
    "open_events",
    "open_recording",
    "open_trajectory",
    "ornstein_uhlenbeck_noise",
    "recorded_waves",
    "recording_names",
    "recording_of",
    "references",
    "resized",
    "retinal_waves",
    "rotated",
    "scaled",
    "select_units",
    "sparse_noise",
    "spike_counts",
    "spike_trains",
    "translated",
    "uniform_noise",
    "wave_fit",
    "write_nwb",
    "write_trajectory",
]
