"""What all tests share: the independent reference, loaded by path, and a private build cache."""

import fcntl
import importlib.util
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

# Processes in the background are made to ignore Ctrl-C, and Brian2 keeps what it finds when it is
# imported; tests send interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def load_reference(name: str) -> ModuleType:
    key = f"ontogeny_reference_{name}"
    if key not in sys.modules:
        path = Path(__file__).parent / "reference" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(key, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        # references import each other by their plain names
        sys.path.insert(0, str(path.parent))
        try:
            spec.loader.exec_module(module)
        finally:
            sys.path.remove(str(path.parent))
        sys.modules[key] = module
    return sys.modules[key]


@pytest.fixture(scope="session")
def reference() -> SimpleNamespace:
    """Plain NumPy oracles that share no code with the package."""
    names = (
        "network",
        "measures",
        "philox",
        "rules",
        "leaky",
        "spikes",
        "recorded",
        "representations",
    )
    return SimpleNamespace(**{name: load_reference(name) for name in names})


@pytest.fixture(scope="session")
def recordings() -> ModuleType:
    """Recordings for tests, made and real ones."""
    return load_reference("recordings")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all processes of this test run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def once(shared_folder: Path) -> Callable[[str, Callable[[Path], None]], Path]:
    """Fill a folder once in a test run; other processes wait, and find it."""

    def fill(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared_folder / name, shared_folder / f"{name}.done"
        with open(shared_folder / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                # What another process could not finish: it has told why.
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return fill


@pytest.fixture(scope="session", autouse=True)
def private_cache(shared_folder: Path) -> None:
    """Compile into a folder of this test run: what a test builds is built by this code, once."""
    patch = pytest.MonkeyPatch()
    patch.setenv("ONTOGENY_CACHE", str(shared_folder / "build-cache"))
    yield
    patch.undo()
