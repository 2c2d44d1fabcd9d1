"""The C++ compiler."""

import functools
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["compile_project", "compiler", "compiler_identity", "compiler_problem"]

# By these a make tells those that it starts what it was told itself.
_MAKE = ("MAKEFLAGS", "MFLAGS", "GNUMAKEFLAGS", "MAKELEVEL")


def compiler() -> list[str]:
    """Return the command of the C++ compiler, as make takes it from ``$CXX``: g++ by default."""
    return shlex.split(os.environ.get("CXX", "g++"))


def compiler_problem() -> str:
    """Return what keeps programs from being compiled here, with the cure; "" if nothing."""
    missing = [tool for tool in (compiler()[0], "make") if shutil.which(tool) is None]
    if not missing:
        return ""
    return (
        f"{' and '.join(missing)} not found; install a C++ compiler and make "
        f"(Debian and Ubuntu: apt-get install g++ make; conda: conda install cxx-compiler make)"
    )


def compiler_identity() -> str:
    """Return what decides, beside the source, what the compiler makes of it."""
    return _identity(tuple(compiler()))


@functools.cache
def _identity(command: tuple[str, ...]) -> str:
    said = subprocess.run([*command, "--version"], capture_output=True, text=True)
    parts = [" ".join(command), said.stdout, sys.platform]
    # -march=native makes a program that only this processor is known to run.
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        parts += [line for line in lines if line.startswith(("flags", "Features"))][:1]
    except OSError:
        pass
    return "\n".join(parts)


def compile_project(project: Path, command: Sequence[str] = ()) -> None:
    """Compile a project that Brian2 generated.

    Parameters
    ----------
    project : pathlib.Path
        Its folder.
    command : sequence of str
        What is run there; make with all processors by default.

    Raises
    ------
    RuntimeError
        If the compiler fails; holds the end of its output.
    """
    # The folder is new, so dependencies of earlier builds, which take a third of the time to list,
    # cannot matter.
    (project / "make.deps").touch()
    done = subprocess.run(
        command or ["make", f"-j{os.cpu_count() or 1}"],
        cwd=project,
        # Where `make CXXFLAGS=...` has started this process, its flags are for other files.
        env={name: value for name, value in os.environ.items() if name not in _MAKE},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(
            f"engine.build: the compiler failed in a project that Brian2 generated; "
            f"'ontogeny doctor' checks the compiler. Its output ends: {done.stderr[-2000:]}"
        )
