"""How far a life is from the laws of the supplement; E = T - W A, and y = W A x."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ontogeny.analysis.array import angle

__all__ = [
    "PAIR_RATE",
    "conserved",
    "drifts",
    "extrapolated",
    "gauss_newton",
    "lyapunov",
    "parallel_signals",
]

#: Rate of the lives with a single pair.
PAIR_RATE = 0.05
# So small are numbers whose logarithm cannot be taken.
_FLOOR = 1e-300


def conserved(a: np.ndarray, w: np.ndarray, b: np.ndarray, sign: int = 1) -> np.ndarray:
    """Return B W + W' B' - sign A A'."""
    return np.asarray(b @ w + (b @ w).T - sign * a @ a.T)


def extrapolated(values: list[np.ndarray]) -> np.ndarray:
    """Return the limit of values each of which belongs to half the step of the one before.

    Examples
    --------
    >>> float(extrapolated([np.array(1.5), np.array(1.25)]))
    1.0
    """
    table = list(values)
    for order in range(1, len(table)):
        table = [
            (2**order * finer - coarser) / (2**order - 1)
            for coarser, finer in zip(table[:-1], table[1:], strict=True)
        ]
    return table[0]


def _log(value: Any) -> float:
    return float(np.log10(max(float(value), _FLOOR)))


def drifts(ends: Sequence[tuple[np.ndarray, ...]]) -> dict[str, float]:
    """Measure how far the conserved matrix drifts, and that with the other sign, at steps of 0."""
    found = {}
    for name, sign in (("drift", 1), ("other", -1)):
        changes = [
            conserved(a[-1], w[-1], b, sign) - conserved(a[0], w[0], b, sign) for a, w, b in ends
        ]
        found[name] = _log(np.abs(extrapolated(changes)).max())
    return found


def lyapunov(a: np.ndarray, w: np.ndarray, b: np.ndarray, task: np.ndarray) -> dict[str, float]:
    """Measure the largest rise of |B E|^2 between checkpoints, and the error that is left."""
    errors = task - w @ a
    values = np.linalg.norm(b @ errors, axis=(1, 2)) ** 2
    left = np.linalg.norm(errors[-1]) / np.linalg.norm(errors[0])
    return {"rise": float(np.diff(values).max() / values[0]), "left": _log(left)}


def gauss_newton(a: np.ndarray, w: np.ndarray, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Compare the changes of hidden rates with steps of Gauss and Newton."""
    distances, cosines = [], []
    # Birth comes first, then pairs of checkpoints before and after a step.
    for before in range(1, len(a) - 1, 2):
        e = y - w[before] @ a[before] @ x
        wanted = np.linalg.lstsq(w[before], e, rcond=None)[0]
        found = (a[before + 1] - a[before]) @ x / PAIR_RATE
        distances.append(np.linalg.norm(found - wanted) / np.linalg.norm(wanted))
        sent = w[before].T @ e
        cosines.append(wanted @ sent / np.linalg.norm(wanted) / np.linalg.norm(sent))
    return {"newton": _log(max(distances)), "cosine": float(min(cosines))}


def parallel_signals(
    a: np.ndarray, w: np.ndarray, b: np.ndarray, x: np.ndarray, y: np.ndarray, times: np.ndarray
) -> dict[str, float]:
    """Compare teaching signals with those of pseudo-backpropagation, rates with the theorem."""
    scalars = _scalars(float(np.sum((b @ y) ** 2)), int(times[-1]))
    angles, distances = [], []
    for number, time in enumerate(times):
        distances.append(np.abs(a[number] @ x - scalars[int(time)] * (b @ y)).max())
        if time > 1:
            e = y - w[number] @ a[number] @ x
            angles.append(angle(b @ e, np.linalg.pinv(w[number], rcond=1e-9) @ e))
    return {"parallel": float(max(angles)), "scalars": _log(max(distances))}


def _scalars(size: float, steps: int) -> list[float]:
    """Return the hidden scalar s_h of theorem 2 after every step."""
    hidden, output, found = 0.0, 0.0, [0.0]
    for _ in range(steps):
        rest = 1 - output * hidden * size
        hidden, output = hidden + PAIR_RATE * rest, output + PAIR_RATE * rest * hidden
        found.append(hidden)
    return found
