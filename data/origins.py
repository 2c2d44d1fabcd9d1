"""Make stimuli again from where they came."""

from collections.abc import Mapping
from typing import Any

from .images import ImageSet, load_images
from .stimuli import Stimuli
from .teachers import TEACHERS, TeacherSet


def load_origin(origin: Mapping[str, Any]) -> Stimuli:
    """Load, or make, stimuli again from where they came.

    Parameters
    ----------
    origin : mapping
        The attribute `origin` of stimuli, which may have gone through JSON.

    Returns
    -------
    Stimuli
        What `load_images`, or a teacher, and `Stimuli.sample` make now.

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
        samples = [(int(n), int(seed)) for n, seed in origin["samples"]]
    except (KeyError, TypeError) as error:
        raise ValueError(
            f"load_origin.origin: expected set and normalisation, or teacher and parameters, then "
            f"part and samples, got {origin!r}"
        ) from error
    for n, seed in samples:
        stimuli = stimuli.sample(n, seed=seed)
    return stimuli


def _made(origin: Mapping[str, Any]) -> ImageSet | TeacherSet:
    if "teacher" in origin:
        return TEACHERS[origin["teacher"]](**origin["parameters"])
    return load_images(origin["set"], origin["normalisation"])
