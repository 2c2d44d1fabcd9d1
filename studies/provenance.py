"""Which code it was: the digest of the package as it is installed."""

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path

__all__ = ["LAYERS", "source_digest"]

#: Layers whose code decides a life and its measures.
LAYERS = ("engine", "plasticity", "models", "data", "analysis")
_SUFFIXES = {".py", ".cpp", ".h", ".cu", ".cuh", ".npz"}


@cache
def source_digest() -> str:
    """Return the first 16 digits of the SHA-256 of everything that decides a life.

    The version of the package tells releases apart; this tells checkouts apart, too.

    Examples
    --------
    >>> len(source_digest())
    16
    """
    digest = hashlib.sha256()
    for layer in LAYERS:
        folder = Path(str(import_module(f"ontogeny.{layer}").__file__)).parent
        for path in sorted(folder.rglob("*")):
            if path.suffix in _SUFFIXES and path.is_file():
                digest.update(f"{layer}/{path.relative_to(folder).as_posix()}".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
