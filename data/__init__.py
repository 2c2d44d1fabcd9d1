"""Stimuli, noise, and the trajectory format with its files."""

if __name__ != "ontogeny.data":
    raise ImportError("import ontogeny.data; the folder is not a package of its own")

from .checks import check_trajectory
from .images import load_images
from .join import join_trajectories
from .noise import Noise, gaussian_noise, uniform_noise
from .origins import load_origin
from .schema import PHASES, SCHEMA, SCHEMA_VERSION
from .stimuli import IMAGE_DIMS, TARGET_DIMS, ImageSet, Stimuli
from .teachers import TeacherSet, linear_teacher, nonlinear_teacher
from .trajectory import open_trajectory, write_trajectory

__all__ = [
    "IMAGE_DIMS",
    "PHASES",
    "SCHEMA",
    "SCHEMA_VERSION",
    "TARGET_DIMS",
    "ImageSet",
    "Noise",
    "Stimuli",
    "TeacherSet",
    "check_trajectory",
    "gaussian_noise",
    "join_trajectories",
    "linear_teacher",
    "load_images",
    "load_origin",
    "nonlinear_teacher",
    "open_trajectory",
    "uniform_noise",
    "write_trajectory",
]
