"""Make stimuli again from where they came."""

from collections.abc import Mapping
from typing import Any

from .image_set import ImageSet
from .images import load_images
from .stimuli import Stimuli
from .teachers import TEACHERS, TeacherSet
from .transforms import TRANSFORMS


def load_origin(origin: Mapping[str, Any]) -> Stimuli:
    """Load, or make, stimuli again from where they came.

    Parameters
    ----------
    origin : mapping
        The attribute `origin` of stimuli, which may have gone through JSON.

    Returns
    -------
    Stimuli
        What `load_images`, or a teacher, and then `Stimuli.sample`, `translated`, `rotated`,
        `scaled`, `resized` and `grey` make now.

    Raises
    ------
    FileNotFoundError
        If the data set is nowhere to be found.
    ValueError
        If there is no such origin.

    Examples
    --------
    >>> few = load_images("mnist-5k").train.sample(100, seed=7)
    >>> load_origin(few.origin).name
    'mnist-5k train, 100 of 4000 (seed 7)'
    """
    try:
        loaded = _made(origin)
        stimuli = {"train": loaded.train, "test": loaded.test}[origin["part"]]
        for step in origin["steps"]:
            parameters = {name: value for name, value in step.items() if name != "step"}
            stimuli = TRANSFORMS[step["step"]](stimuli, **parameters)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f"load_origin.origin: expected set and normalisation, or teacher and parameters, then "
            f"part and steps ({', '.join(TRANSFORMS)}), got {origin!r}"
        ) from error
    return stimuli


def _made(origin: Mapping[str, Any]) -> ImageSet | TeacherSet:
    if "teacher" in origin:
        return TEACHERS[origin["teacher"]](**origin["parameters"])
    return load_images(origin["set"], origin["normalisation"])
