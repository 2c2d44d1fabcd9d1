"""Serve one contestant of a benchmark: JSON lines in, JSON lines out.

Run as ``python -P serve.py CONTESTANT.py`` by the Python of the contestant's environment, in
which this package need not be installed: only the standard library and NumPy are used here.

=============================================  ===================================================
request                                        answer
=============================================  ===================================================
(at the start)                                 ``{"import_seconds": ..., "versions": {...}}``
``{"do": "prepare", "case": {...}}``           ``{"seconds": ...}``
``{"do": "run", "presentations": N}``          ``{"seconds": ..., "presentations": M}``, M near N
``{"do": "weights", "path": "new.npz"}``       ``{"seconds": ...}``
=============================================  ===================================================

Anything that fails is answered by ``{"error": "..."}``. A contestant is a file with a function
``versions()`` and a class ``Contestant(case, images, labels, weights)`` with the methods
``run(presentations)``, which returns how many it did, and ``weights()``.
"""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, TextIO

__all__ = ["Server", "load"]


def load(path: str) -> ModuleType:
    """Import a contestant by its file; files beside it can be imported by name."""
    sys.path.append(str(Path(path).resolve().parent))
    spec = importlib.util.spec_from_file_location(f"contestant_{Path(path).stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"serve.load: expected a Python file, got {path!r}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Server:
    """Answer requests about one contestant.

    Parameters
    ----------
    module : module
        The contestant's file.
    """

    def __init__(self, module: Any) -> None:
        self.module = module
        self.contestant: Any = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request says; what goes wrong is the answer."""
        try:
            begin = time.perf_counter()
            more = self._work(request["do"])(request) or {}
            return {"seconds": time.perf_counter() - begin, **more}
        except Exception as error:  # noqa: BLE001 - whatever a contestant raises is its result
            text = " ".join(str(error).split())
            return {"error": f"{type(error).__name__}: {text[-500:]}"}

    def _work(self, name: str) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
        known = {"prepare": self._prepare, "run": self._run, "weights": self._weights}
        if name not in known:
            raise ValueError(f"Server.do: expected one of {', '.join(known)}, got {name!r}")
        return known[name]

    def _prepare(self, request: dict[str, Any]) -> None:
        import numpy as np

        case = SimpleNamespace(**request["case"])
        stimuli, weights = np.load(case.stimuli), np.load(case.weights)
        self.contestant = self.module.Contestant(
            case, stimuli["images"], stimuli["labels"], {name: weights[name] for name in weights}
        )

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        begin = time.perf_counter()
        done = self.contestant.run(request["presentations"])
        return {"presentations": done, "seconds": time.perf_counter() - begin}

    def _weights(self, request: dict[str, Any]) -> None:
        import numpy as np

        np.savez(request["path"], **self.contestant.weights())


def _serve(path: str, requests: TextIO, answers: TextIO) -> None:
    def say(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    begin = time.perf_counter()
    try:
        server = Server(load(path))
        seconds = time.perf_counter() - begin
        say({"import_seconds": seconds, "versions": server.module.versions()})
    except Exception as error:  # noqa: BLE001 - as above
        say({"error": f"{type(error).__name__}: {error}"})
        return
    for line in requests:
        say(server.answer(json.loads(line)))


if __name__ == "__main__":
    # Answers go where the output went; whatever the contestant prints joins the error stream.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _serve(sys.argv[1], sys.stdin, channel)
