"""Contestant: stock Brian2 `Synapses` in runtime mode with Cython."""

import brian2
import numpy as np
from brian2_network import STEP, Brian2Network


def versions():
    """Return the versions that matter."""
    return {"brian2": brian2.__version__, "numpy": np.__version__}


class Contestant:
    """A network that runs on from run to run."""

    def __init__(self, case, images, labels, weights):
        brian2.prefs.codegen.target = "cython"
        self.built = Brian2Network(case, images, labels, weights)

    def run(self, presentations):
        """Run so many steps of one presentation; return their number."""
        self.built.network.run(presentations * STEP * brian2.second, namespace={})
        return presentations

    def weights(self):
        """Return the plastic weights and biases."""
        plastic = self.built.plastic
        return self.built.shaped({name: v.get_value() for name, v in plastic.items()})
