"""Kinds of noise by name."""

from collections.abc import Callable

from ontogeny.data import (
    FrameNoise,
    Noise,
    binary_noise,
    correlated_noise,
    gaussian_noise,
    ornstein_uhlenbeck_noise,
    retinal_waves,
    sparse_noise,
    uniform_noise,
)

__all__ = ["find_noise"]

_NOISES: dict[str, Callable[[], Noise | FrameNoise]] = {
    "gaussian": gaussian_noise,
    "uniform": uniform_noise,
    "correlated": correlated_noise,
    "ornstein-uhlenbeck": ornstein_uhlenbeck_noise,
    "binary": binary_noise,
    "sparse": sparse_noise,
    "retinal-waves": retinal_waves,
}


def find_noise(name: str) -> Noise | FrameNoise:
    """Return a noise by name, with its default parameters.

    Raises
    ------
    ValueError
        If there is no such noise; names the choices.

    Examples
    --------
    >>> find_noise("binary")
    BinaryNoise(probability=0.5, low=0.0, high=1.0)
    """
    if name not in _NOISES:
        raise ValueError(f"noise: expected one of {', '.join(_NOISES)}, got {name!r}")
    return _NOISES[name]()
