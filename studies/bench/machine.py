"""Facts of the machine that a benchmark ran on."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..threads import processors
from .process import environment_of

__all__ = ["caches", "machine", "measured_roofline"]

CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def machine() -> dict[str, Any]:
    """Return processor, cores, caches, memory, system, compiler and the load at the start."""
    return {
        "processor": _processor(),
        "cores": processors(),
        "caches": caches(),
        "memory_bytes": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "compiler": _compiler(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else [],
    }


def caches() -> dict[str, int]:
    """Return the bytes of the caches that one core sees; empty where the system does not tell.

    Examples
    --------
    >>> all(size > 0 for size in caches().values())
    True
    """
    found = {}
    for index in sorted(CACHES.glob("index*")):
        level, kind, size = (_text(index / name) for name in ("level", "type", "size"))
        if kind != "Instruction" and size[:-1].isdigit():
            found[f"L{level}"] = int(size[:-1]) * {"K": 1 << 10, "M": 1 << 20}.get(size[-1], 1)
    return found


def measured_roofline(threads: int = 1) -> dict[str, Any]:
    """Measure peak and bandwidths in a process of its own, as contestants run.

    Raises
    ------
    RuntimeError
        If that fails.
    """
    script = Path(__file__).with_name("roofline.py")
    done = subprocess.run(
        [sys.executable, "-P", str(script), json.dumps(caches())],
        capture_output=True,
        text=True,
        env=environment_of(threads),
    )
    if done.returncode:
        raise RuntimeError(f"bench.roofline: expected a result, got {done.stderr[-300:]}")
    return json.loads(done.stdout)


def _processor() -> str:
    for line in _text(Path("/proc/cpuinfo")).splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _compiler() -> str:
    from ontogeny.engine.compiler import compiler

    try:
        done = subprocess.run([*compiler(), "--version"], capture_output=True, text=True)
    except OSError:
        return "none"
    return next(iter(done.stdout.splitlines()), "unknown")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
