"""The IDX format of the MNIST family: bytes in a file, plain or gzip-compressed."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 0x08

LARGEST = 1 << 26  # bytes; the largest official file has 47 040 016


def read_payload(path: Path, limit: int = LARGEST) -> bytes:
    """Read a file and unpack it where it is gzip-compressed.

    Parameters
    ----------
    path : pathlib.Path
        File, compressed or not; its first two bytes decide, not its name.
    limit : int
        Most bytes that the unpacked content may have; no more are ever read.

    Returns
    -------
    bytes
        The unpacked content.

    Raises
    ------
    ValueError
        If the file is compressed and truncated or damaged, or its content is too large.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
            file.seek(0)
            content = (gzip.GzipFile(fileobj=file) if packed else file).read(limit + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(
            f"read_payload.path: expected a whole gzip file, got a truncated or damaged one at "
            f"{str(path)!r} ({error})"
        ) from error
    if len(content) > limit:
        raise ValueError(
            f"read_payload.path: expected content of at most {limit} bytes, got more in "
            f"{str(path)!r}"
        )
    return content


def parse_idx(payload: bytes) -> npt.NDArray[np.uint8]:
    """Interpret bytes in IDX format as an array.

    The header is two zero bytes, the type, the number of dims, and one big-endian unsigned
    32-bit length per dim (LeCun, Cortes & Burges, "The MNIST database of handwritten digits").

    Parameters
    ----------
    payload : bytes
        Unpacked content of a file.

    Returns
    -------
    numpy.ndarray of uint8
        A read-only view of the payload, nothing is copied.

    Raises
    ------
    ValueError
        If the header is none of IDX with unsigned bytes, or its lengths do not fit the content.

    Examples
    --------
    >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    array([5, 0, 4], dtype=uint8)
    """
    if len(payload) < 4 or payload[:3] != bytes([0, 0, UNSIGNED_BYTE]):
        raise ValueError(
            f"parse_idx.payload: expected an IDX header of unsigned bytes (00 00 08), "
            f"got {payload[:3].hex(' ')!r}"
        )
    dims = payload[3]
    start = 4 + 4 * dims
    lengths = np.frombuffer(payload[4:start][: (len(payload) - 4) // 4 * 4], dtype=">u4")
    shape = tuple(int(length) for length in lengths)
    if len(shape) != dims or len(payload) != start + math.prod(shape):
        raise ValueError(
            f"parse_idx.payload: expected {dims} lengths and their product of bytes, "
            f"got lengths {shape} and {len(payload) - start} bytes"
        )
    return np.frombuffer(payload, dtype=np.uint8, offset=start).reshape(shape)
