"""Compile generated projects once per content."""

import contextlib
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["build", "cache_folder", "compiler"]


def cache_folder() -> Path:
    """Return the folder of compiled structures (``$ONTOGENY_CACHE`` or the user's cache)."""
    given = os.environ.get("ONTOGENY_CACHE")
    if given:
        return Path(given) / "builds"
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "ontogeny" / "builds"


def compiler() -> list[str]:
    """Return the command of the C++ compiler, as make takes it from ``$CXX``: g++ by default."""
    return shlex.split(os.environ.get("CXX", "g++"))


def _key(project: Path) -> str:
    """Hash everything that decides what the compiler makes of a project."""
    digest = hashlib.sha256()
    include = Path(__file__).parent / "include"
    sources = [(p.relative_to(project), p) for p in project.rglob("*") if p.is_file()]
    sources += [(Path("include") / p.name, p) for p in include.iterdir()]
    for name, path in sorted(sources):
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    version = subprocess.run([*compiler(), "--version"], capture_output=True, text=True)
    digest.update(version.stdout.encode())
    # -march=native makes a program that only this processor is known to run.
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        features = [line for line in lines if line.startswith(("flags", "Features"))]
        digest.update("".join(features[:1]).encode())
    digest.update(sys.platform.encode())
    return digest.hexdigest()[:32]


def build(device: Any) -> Path:
    """Return the folder of the compiled program, compiling only what was never compiled before.

    Parameters
    ----------
    device : StandaloneDevice
        Holds the network; its source is generated here.

    Raises
    ------
    RuntimeError
        If the compiler fails; holds the end of its output.
    """
    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"engine.build: expected a folder for compiled programs that can be made, got "
            f"{str(cache)!r} ({error.strerror}); set ONTOGENY_CACHE to another one"
        ) from error
    project = Path(tempfile.mkdtemp(prefix="build-", dir=cache))
    try:
        device.build(directory=str(project), compile=False, run=False)
        target = cache / _key(project)
        if not _is_whole(target):
            _compile(project, device.make_command())
            shutil.rmtree(target, ignore_errors=True)
            # Atomic: another process may have finished the same structure meanwhile.
            with contextlib.suppress(OSError):
                os.replace(project, target)
        return target
    finally:
        shutil.rmtree(project, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Say whether an entry holds a program; a damaged one is built again."""
    program = folder / "main"
    return program.is_file() and program.stat().st_size > 0 and os.access(program, os.X_OK)


def _compile(project: Path, command: list[str]) -> None:
    # The folder is new, so dependencies of earlier builds, which take a third of the time to list,
    # cannot matter.
    (project / "make.deps").touch()
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"engine.build: the compiler failed in a project that Brian2 generated; "
            f"'ontogeny doctor' checks the compiler. Its output ends: {done.stderr[-2000:]}"
        )
