"""Compile the structure of a network once, and find it again."""

import functools
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import cache
from .compiled import CompiledProgram
from .program import Parts

__all__ = ["Toolchain", "load_compiled"]

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """How a device makes a program of a network.

    Parameters
    ----------
    name : str
        Name of the device.
    identity : callable
        Returns what decides, beside the generated source, what comes out: compiler, processor,
        libraries.
    generate : callable
        Takes a function that makes the network's parts from a class of projections, the float
        type, and a folder; writes the source there and returns the manifest for
        `CompiledProgram`. Only this needs Brian2.
    compile : callable
        Takes the folder and makes the program ``main`` in it.
    """

    name: str
    identity: Callable[[], str]
    generate: Callable[[Callable[[Any], Parts], str, Path], dict[str, Any]]
    compile: Callable[[Path], None]


def load_compiled(
    toolchain: Toolchain,
    structure: Mapping[str, Any],
    make: Callable[[Any], Parts],
    *,
    dtype: str,
    threads: int = 1,
) -> CompiledProgram:
    """Return the program of a structure, compiling only what was never compiled before.

    Parameters
    ----------
    toolchain : Toolchain
        Makes the program.
    structure : mapping
        Everything, as JSON, that decides which parts `make` returns; ``title`` names it for people.
    make : callable
        Makes the network's parts from a class of projections; called only if the structure is new.
    dtype : str
        Float type.
    threads : int
        Threads of a matrix product.

    Raises
    ------
    OSError
        If there is no folder for compiled programs.
    RuntimeError
        If the compiler fails; holds the end of its output.
    """
    key = _structure_key(toolchain, structure, dtype)
    for _ in range(3):  # a program may be removed between being found and being used
        manifest = cache.find_structure(key)
        if manifest is None:
            with cache.locked(key):
                # Another process may have built it meanwhile.
                manifest = cache.find_structure(key) or _build(toolchain, structure, make, dtype)
                cache.write_structure(key, manifest)
            cache.trim()
        try:
            folder = cache.cache_folder() / "builds" / manifest["program"]
            return CompiledProgram(folder, manifest, threads=threads)
        except FileNotFoundError:
            continue
    raise OSError(
        f"engine.build: expected room for a program in the cache, got one that is removed at once; "
        f"raise ONTOGENY_CACHE_BYTES, now {cache.most_bytes()}"
    )


def _structure_key(toolchain: Toolchain, structure: Mapping[str, Any], dtype: str) -> str:
    """Hash everything that decides a program, without generating its source."""
    decides = {
        "structure": structure,
        "dtype": dtype,
        "device": toolchain.name,
        "identity": toolchain.identity(),
        "brian2": version("brian2"),
        "numpy": version("numpy"),
        "sources": _sources(),
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:32]


@functools.cache
def _sources() -> str:
    """Hash this package's own files, and where they lie, since programs include some of them."""
    digest = hashlib.sha256(str(_PACKAGE).encode())
    for path in sorted(
        p for p in _PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts
    ):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _build(
    toolchain: Toolchain, structure: Mapping[str, Any], make: Callable[[Any], Parts], dtype: str
) -> dict[str, Any]:
    """Generate the source, compile it unless the same source was compiled before."""
    builds = cache.cache_folder() / "builds"
    project = Path(tempfile.mkdtemp(prefix=cache.BUILDING, dir=builds))
    try:
        manifest = toolchain.generate(make, dtype, project)
        name = _content_key(toolchain, project)
        with cache.locked(name):
            if not cache.is_whole(builds / name):
                toolchain.compile(project)
                for path in project.rglob("*.o"):
                    path.unlink()
                cache.seal(project)
                shutil.rmtree(builds / name, ignore_errors=True)
                os.replace(project, builds / name)
        return {**manifest, "program": name, "title": structure.get("title", "")}
    finally:
        shutil.rmtree(project, ignore_errors=True)


def _content_key(toolchain: Toolchain, project: Path) -> str:
    """Hash everything that decides what the compiler makes of a project."""
    digest = hashlib.sha256(toolchain.identity().encode())
    include = _PACKAGE / "include"
    sources = [(p.relative_to(project), p) for p in project.rglob("*") if p.is_file()]
    sources += [(Path("include") / p.name, p) for p in include.iterdir()]
    for name, path in sorted(sources):
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:32]
