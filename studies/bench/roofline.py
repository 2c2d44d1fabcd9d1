"""What this machine can do at most: a contestant that computes nothing else.

Run as ``python -P roofline.py``; prints one JSON object.
"""

import ctypes
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["bandwidths", "floor_seconds", "gemm_peak", "roofline"]

MATRIX = 1536


def _best(work: Callable[[], Any], seconds: float) -> float:
    """Return the shortest time of some calls, in all of about so many seconds."""
    work()
    best, end = np.inf, time.perf_counter() + seconds
    while True:
        begin = time.perf_counter()
        work()
        now = time.perf_counter()
        best = min(best, now - begin)
        if now > end:
            return float(best)


def gemm_peak(seconds: float = 0.5) -> tuple[float, str]:
    """Measure multiplications and additions a second of a large float32 product.

    Through the BLAS of device ``cpp`` (scipy-openblas32) where it is installed, otherwise NumPy's.

    Returns
    -------
    float
        1/s.
    str
        Which BLAS it was.
    """
    n = MATRIX
    generator = np.random.default_rng(0)
    a, b = (generator.standard_normal((n, n), dtype=np.float32) for _ in range(2))
    c = np.zeros((n, n), np.float32)
    try:
        import scipy_openblas32 as openblas

        folder = Path(openblas.get_lib_dir())
        path = next(folder.glob(f"lib{openblas.get_library()}.*"))
        sgemm = ctypes.CDLL(str(path)).scipy_cblas_sgemm
    except (ImportError, StopIteration, OSError, AttributeError):
        best = _best(lambda: np.matmul(a, b, out=c), seconds)
        return 2 * n**3 / best, "BLAS of NumPy"
    pointers = [x.ctypes.data_as(ctypes.c_void_p) for x in (a, b, c)]
    one, zero, size = ctypes.c_float(1), ctypes.c_float(0), ctypes.c_int(n)
    row_major, plain = ctypes.c_int(101), ctypes.c_int(111)

    def product() -> None:
        sgemm(
            *(row_major, plain, plain, size, size, size, one, pointers[0], size),
            *(pointers[1], size, zero, pointers[2], size),
        )

    best = _best(product, seconds)
    # A spoiled call would be fast: the result is compared with NumPy's.
    if not np.allclose(c[:4], a[:4] @ b, atol=1e-2):
        raise RuntimeError("roofline.gemm_peak: expected the product of NumPy, got another")
    return 2 * n**3 / best, "scipy-openblas32"


def bandwidths(sizes: dict[str, int], seconds: float = 0.3) -> dict[str, float]:
    """Measure bytes a second of the sum of two arrays into a third (float32).

    Every byte that is read or written counts once, as in STREAM (McCalpin 1995).

    Parameters
    ----------
    sizes : dict of int
        Bytes of the three arrays together, by what they fit into.
    seconds : float
        How long each is measured.
    """
    found = {}
    for name, size in sizes.items():
        count = max(256, size // 12)
        a, b, c = (np.ones(count, np.float32) for _ in range(3))

        def add(a: Any = a, b: Any = b, c: Any = c) -> None:
            np.add(a, b, out=c)

        found[name] = 12 * count / _best(add, seconds)
    return found


def roofline(caches: dict[str, int]) -> dict[str, Any]:
    """Measure the peak and the bandwidths.

    Parameters
    ----------
    caches : dict of int
        Bytes of ``L2`` and ``L3``; those that are missing or 0 are guessed.
    """
    second = caches.get("L2") or 1 << 20
    third = max(caches.get("L3") or 32 << 20, 2 * second)
    sizes = {"L2": second // 2, "L3": (second + third) // 4, "memory": min(4 * third, 1 << 30)}
    peak, blas = gemm_peak()
    return {
        "operations_per_second": peak,
        "blas": blas,
        "bytes_per_second": bandwidths(sizes),
        "bytes_measured": sizes,
        "caches": {"L2": second, "L3": third},
    }


def floor_seconds(case: Any, roof: dict[str, Any]) -> dict[str, float]:
    """Return the least time of a presentation: products at the peak, weights at the bandwidth.

    One after the other, as the update needs the finished products; the bandwidth is that of the
    smallest cache into which all weights and moments fit. Noise, transfer functions and readout
    cost nothing here.

    Parameters
    ----------
    case : Case
        What is computed.
    roof : dict
        What `roofline` returns.

    Returns
    -------
    dict of float
        ``products``, ``weights`` and their sum ``floor``, in seconds.
    """
    fits = [name for name in ("L2", "L3") if case.resident_bytes <= roof["caches"][name]]
    place = fits[0] if fits else "memory"
    products = case.operations / roof["operations_per_second"]
    weights = case.bytes_per_step / roof["bytes_per_second"][place] / case.trials
    return {"products": products, "weights": weights, "floor": products + weights}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(roofline(json.loads(sys.argv[1]))) + "\n")
