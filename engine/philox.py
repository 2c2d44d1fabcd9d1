"""Noise without state: a function of seed, stream, presentation and unit.

The generator is Philox4x64-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as
easy as 1, 2, 3", SC11), keyed by ``(seed, stream)``. Presentation `p` owns the blocks
``p*b ... (p + 1)*b - 1``, where ``b`` is what one presentation needs, so the numbers do not depend
on how presentations are grouped into trials, steps or segments. Every 64-bit word gives two 32-bit
uniforms and, by the method of Box and Muller (1958), two normal deviates. ``include/noise.h``
draws the same numbers in C++, ``include/cuda_noise.h`` on GPUs; they agree to rounding.
"""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

__all__ = ["NOISE_KINDS", "draw_labels", "draw_noise"]

#: Distributions by name, with the number that generated code knows them by.
NOISE_KINDS = {"gaussian": 1, "uniform": 2}

_WORDS = 4  # 64-bit words in a block
_PAIRS = 8192  # pairs of numbers that are computed at a time


def _words(seed: int, stream: int, first: int, count: int, blocks: int) -> np.ndarray:
    """Return the words of presentations `first`..., (presentation, word)."""
    # NumPy moves the counter before it produces a block.
    counter = (first * blocks - 1) % 2**256
    generator = np.random.Philox(counter=counter, key=seed + (stream << 64))
    return generator.random_raw(count * blocks * _WORDS).reshape(count, blocks * _WORDS)


def draw_noise(
    kind: int,
    *,
    seed: int,
    stream: int,
    first: int,
    count: int,
    units: int,
    mean: float = 0.0,
    std: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> np.ndarray:
    """Draw the noise of consecutive presentations.

    Parameters
    ----------
    kind : int
        A value of `NOISE_KINDS`.
    seed, stream : int
        Key of the generator, each within 0..2**64 - 1.
    first, count : int
        The presentations ``first ... first + count - 1``.
    units : int
        Size of the input population.
    mean, std : float
        Mean and standard deviation.
    dtype : dtype
        Float type in which the numbers are computed.

    Returns
    -------
    ndarray
        Rates, (presentation, unit).

    Examples
    --------
    >>> noise = draw_noise(1, seed=0, stream=0, first=0, count=4, units=3)
    >>> later = draw_noise(1, seed=0, stream=0, first=2, count=2, units=3)
    >>> bool((noise[2:] == later).all())
    True
    """
    real: Any = np.dtype(dtype).type
    half = (units + 1) // 2
    words = _words(seed, stream, first, count, -(-half // _WORDS))[:, :half]
    result = np.empty((count, 2 * half), dtype)
    if count and half:
        # Some presentations at a time: what is made on the way then stays in the cache.
        some = max(1, _PAIRS // half)
        for begin in range(0, count, some):
            _fill(kind, words[begin : begin + some], result[begin : begin + some], half)
    if std != 1:
        result *= real(std)
    if mean != 0:
        result += real(mean)
    return result[:, :units]


def _fill(kind: int, words: np.ndarray, result: np.ndarray, half: int) -> None:
    """Turn words into two standard deviates each."""
    real: Any = result.dtype.type
    step = real(2.0**-32)
    one, two = (words >> np.uint64(32)).astype(real), words.astype(np.uint32).astype(real)
    for uniform in (one, two):
        uniform *= step
        uniform += step / real(2)
    if kind == NOISE_KINDS["gaussian"]:
        np.log(one, out=one)
        one *= real(-2)
        np.sqrt(one, out=one)
        two *= real(2 * np.pi)
        np.multiply(one, np.cos(two), out=result[:, :half])
        np.multiply(one, np.sin(two, out=two), out=result[:, half:])
    else:
        width = real(np.sqrt(12.0))
        for uniform, into in ((one, result[:, :half]), (two, result[:, half:])):
            uniform -= real(0.5)
            np.multiply(uniform, width, out=into)


def draw_labels(*, seed: int, stream: int, first: int, count: int, classes: int) -> np.ndarray:
    """Draw uniform class labels, one for each presentation.

    Returns
    -------
    ndarray of int
        Labels in ``0 ... classes - 1``, (presentation,).
    """
    words = _words(seed, stream, first, count, 1)[:, 0]
    return ((words >> np.uint64(32)) * np.uint64(classes) >> np.uint64(32)).astype(np.int64)
