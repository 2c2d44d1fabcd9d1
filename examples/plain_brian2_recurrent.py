"""Two recurrent networks start almost alike: does the difference grow, and from which gain on?

With random weights of standard deviation gain/sqrt(n), activity dies out below a gain of 1 and is
chaotic above (Sompolinsky, Crisanti & Sommers 1988, Physical Review Letters 61:259). This is plain
Brian2 with the engine alone: the two networks are two trials, which share all weights.

    python examples/plain_brian2_recurrent.py --units 400 --duration 1000
"""

import argparse

import numpy as np
from brian2 import Network, NeuronGroup, ms

from ontogeny.engine import DenseProjection, Propagate

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--units", type=int, default=400, help="neurons of a network")
parser.add_argument("--duration", type=float, default=1000, help="simulated time in milliseconds")
arguments = parser.parse_args()

generator = np.random.default_rng(0)
connections = generator.standard_normal(arguments.units**2) / np.sqrt(arguments.units)
start = generator.standard_normal(arguments.units)
equations = """dx/dt = (-x + drive)/(10*ms) : 1
               drive : 1"""

for gain in (0.5, 1.5, 3.0):
    neurons = NeuronGroup(2 * arguments.units, equations, method="euler")
    propagate = Propagate("w*tanh(x_pre)", into="drive_post", order=-1)
    recurrent = DenseProjection(neurons, neurons, operations=[propagate], trials=2)
    recurrent.w = gain * connections
    neurons.x = np.concatenate([start, start + 1e-6])
    Network(neurons, recurrent).run(arguments.duration * ms)
    one, two = np.asarray(neurons.x).reshape(2, arguments.units)
    print(f"gain {gain}: activity {one.std():.1e}, difference {np.abs(one - two).max():.1e}")
