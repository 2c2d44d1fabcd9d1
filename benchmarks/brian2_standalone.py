"""Contestant: stock Brian2 `Synapses` in C++ standalone mode."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import brian2
import numpy as np
from brian2_network import STEP, Brian2Network


def versions():
    """Return the versions that matter."""
    return {"brian2": brian2.__version__, "numpy": np.__version__}


class Contestant:
    """A network as a program; every run starts it, with the weights at birth.

    The generated program has its duration written into it; it is made to read the duration from the
    environment instead, so that one build serves all lengths.
    """

    def __init__(self, case, images, labels, weights):
        self.scratch = tempfile.TemporaryDirectory(prefix="bench-brian2-")
        self.folder = Path(self.scratch.name)
        brian2.set_device("cpp_standalone", build_on_run=False)
        built = self.built = Brian2Network(case, images, labels, weights)
        built.network.run(STEP * brian2.second, namespace={})
        self.device = brian2.get_device()
        self.device.build(directory=str(self.folder), compile=False, run=False)
        source = self.folder / "main.cpp"
        text, count = re.subn(
            r"network\.run\([^,]+,", 'network.run(atof(getenv("DURATION")),', source.read_text()
        )
        if count != 1:
            raise RuntimeError(f"expected one run in the generated program, got {count}")
        source.write_text(text)
        command = ["make", f"-j{os.cpu_count() or 1}"]
        made = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if made.returncode:
            raise RuntimeError(f"make failed: {made.stderr[-300:]}")

    def run(self, presentations):
        """Run so many steps of one presentation; return their number."""
        environment = {**os.environ, "DURATION": repr(presentations * STEP)}
        subprocess.run(
            ["./main", "--results_dir", f"{self.folder}/results/"],
            cwd=self.folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return presentations

    def weights(self):
        """Return the plastic weights and biases."""
        found = {}
        for name, variable in self.built.plastic.items():
            path = self.folder / "results" / Path(self.device.get_array_filename(variable)).name
            found[name] = np.fromfile(path, variable.dtype)
        return self.built.shaped(found)
