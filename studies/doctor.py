"""What works on this machine, and how to mend the rest."""

import os
import platform
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from rich import box
from rich.table import Table

__all__ = ["Finding", "diagnosis", "diagnosis_table", "works"]

PACKAGES = ("ontogeny", "brian2", "numpy", "scipy", "xarray", "netCDF4", "matplotlib")
BIOLOGY = ("h5py", "pynwb", "hdmf-zarr", "neo", "rsatoolbox", "pynapple")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of a diagnosis.

    Parameters
    ----------
    what : str
        What was looked at.
    good : bool or None
        Whether it works; None for a plain statement.
    detail : str
        Version, or the reason and the cure.

    Raises
    ------
    ValueError
        If there is nothing to say.
    """

    what: str
    good: bool | None
    detail: str

    def __post_init__(self) -> None:
        """Check that there is something to say."""
        if not self.what or not self.detail:
            raise ValueError(
                f"Finding: expected what and detail, got {self.what!r}, {self.detail!r}"
            )


def diagnosis(*, run: bool = False) -> list[Finding]:
    """Look at the versions, the compiler, BLAS and every device.

    Parameters
    ----------
    run : bool
        Simulate a tiny life on every device.

    Returns
    -------
    list of Finding
        Those of devices have names that begin with "device".
    """
    found = [Finding(what="python", good=None, detail=platform.python_version())]
    found += [_package(name) for name in PACKAGES]
    found += [_package(name, extra="biology") for name in BIOLOGY]
    # As engine.build takes it; the doctor must speak where the engine cannot be imported.
    compiler = shlex.split(os.environ.get("CXX", "g++"))[0]
    found += [_tool(compiler), _tool("make"), _numpy_blas(), _cpp_blas()]
    return found + _devices(run)


def works(findings: list[Finding], device: str = "numpy") -> bool:
    """Return whether a device is among the findings and works.

    Examples
    --------
    >>> works([Finding(what="device numpy", good=True, detail="works")])
    True
    """
    return any(finding.what == f"device {device}" and finding.good for finding in findings)


def diagnosis_table(findings: list[Finding]) -> Table:
    """Lay out a diagnosis.

    Parameters
    ----------
    findings : list of Finding
        What `diagnosis` returns.
    """
    table = Table("what", "", "detail", title="Ontogeny on this machine", box=box.SIMPLE_HEAD)
    for finding in findings:
        mark = {True: "[green]ok[/]", False: "[red]no[/]", None: ""}[finding.good]
        table.add_row(finding.what, mark, finding.detail.replace("[", r"\["))
    return table


def _package(name: str, extra: str = "") -> Finding:
    try:
        return Finding(what=name, good=None, detail=version(name))
    except PackageNotFoundError:
        if extra:
            cure = f'none, only recordings need it: pip install ".[{extra}]" in the checkout'
            return Finding(what=name, good=None, detail=cure)
        cure = f"not installed; run: pip install {name}"
        return Finding(what=name, good=False, detail=cure)


def _tool(name: str) -> Finding:
    path = shutil.which(name)
    if path is None:
        cure = "not found; only device cpp needs it (apt-get install g++ make, or conda)"
        return Finding(what=name, good=False, detail=cure)
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    first = next(iter(said.stdout.splitlines()), path)
    return Finding(what=name, good=said.returncode == 0, detail=first)


def _numpy_blas() -> Finding:
    what = "BLAS of numpy"
    try:
        import numpy as np

        configuration = np.show_config(mode="dicts") or {}
        blas = configuration.get("Build Dependencies", {}).get("blas", {})
    except ImportError as error:
        return Finding(what=what, good=False, detail=_one_line(error))
    named = f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()
    return Finding(what=what, good=bool(blas.get("found", False)), detail=named)


def _cpp_blas() -> Finding:
    what = "BLAS of device cpp"
    try:
        from ontogeny.engine.blas import find_blas

        blas = find_blas()
    except ImportError as error:
        return Finding(what=what, good=False, detail=_one_line(error))
    except ValueError as error:
        return Finding(what=what, good=False, detail=str(error))
    if blas is None:
        cure = "none, plain loops instead; for speed: pip install scipy-openblas32"
        return Finding(what=what, good=None, detail=cure)
    return Finding(what=what, good=True, detail=blas.name)


def _devices(run: bool) -> list[Finding]:
    try:
        import brian2  # noqa: F401 - some devices need it only for structures that are new

        from ontogeny.engine import DEVICES
    except Exception as error:  # noqa: BLE001 - whatever keeps Brian2 from importing is the finding
        cure = f"Brian2 cannot be imported ({_one_line(error)}); run: pip install -U brian2 numpy"
        return [Finding(what="device numpy", good=False, detail=cure)]
    found = []
    for name, device in DEVICES.items():
        problem = device.problem()
        if not problem and run:
            problem = _trial_run(name, device.most_trials)
        detail = problem or (f"ran a life; {device.summary}" if run else device.summary)
        found.append(Finding(what=f"device {name}", good=not problem, detail=detail))
    return found + _choices()


def _choices() -> list[Finding]:
    """List what else `ontogeny run` can be given by name."""
    from ontogeny.data.images import NAMES

    from .rules import rules

    return [
        Finding(what="rules", good=None, detail=", ".join(rules())),
        Finding(what="data sets", good=None, detail=", ".join(NAMES)),
        Finding(what="recordings", good=None, detail=_recordings()),
    ]


def _recordings() -> str:
    """Say how many recordings of retinal waves lie on this machine."""
    from ontogeny.data.recordings.collection import found_recordings, recording_names

    names = recording_names()
    there = found_recordings()
    rest = "" if len(there) == len(names) else "; load_recording() downloads the rest"
    return f"{len(there)} of {len(names)} found{rest}"


def _trial_run(device: str, most_trials: int | None) -> str:
    """Simulate a tiny life; return what went wrong."""
    from ontogeny.data import gaussian_noise
    from ontogeny.models import Schedule, Spontaneous, layered, simulate

    trials = min(8, most_trials or 8)
    schedule = Schedule(Spontaneous(gaussian_noise(), presentations=4 * trials))
    try:
        simulate(layered([6, 5, 4]), schedule, device=device, trials=trials, progress=False)
    except Exception as error:  # noqa: BLE001 - the doctor reports what it finds, and goes on
        return f"a tiny life failed: {_one_line(error)}"
    return ""


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__
