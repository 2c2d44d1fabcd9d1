"""Time a recurrent rate network in plain Brian2: dense projections beside stock synapses.

python benchmarks/engine_alone.py --units 1000 --steps 1000
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time

import brian2 as b2
import numpy as np

from ontogeny.engine import DenseProjection, Propagate

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
EQUATIONS = """dx/dt = (-x + drive)/(10*ms) : 1
               r = tanh(x) : 1 (constant over dt)
               drive : 1"""


def network(kind: str, units: int) -> b2.Network:
    """Make the network with one kind of synapses."""
    generator = np.random.default_rng(0)
    weights = generator.standard_normal((units, units)) * 1.5 / np.sqrt(units)
    rates = b2.NeuronGroup(units, EQUATIONS, method="euler")
    rates.x = generator.standard_normal(units)
    if kind == "dense":
        synapses = DenseProjection(
            rates, rates, operations=[Propagate("w*r_pre", into="drive_post")]
        )
    else:
        synapses = b2.Synapses(rates, rates, "w : 1\ndrive_post = w*r_pre : 1 (summed)")
        synapses.connect()
    synapses.w = weights.ravel()
    return b2.Network(rates, synapses)


def measure(kind: str, target: str, units: int, steps: int) -> float:
    """Return seconds, without building."""
    b2.defaultclock.dt = 1 * b2.ms
    duration = steps * b2.defaultclock.dt
    if target == "cpp_standalone":
        with tempfile.TemporaryDirectory() as folder:
            b2.set_device(target, build_on_run=False)
            network(kind, units).run(duration)
            b2.device.build(directory=folder, run=False, with_output=False)
            begin = time.perf_counter()
            command = ["./main", "--results_dir", f"{folder}/results/"]
            subprocess.run(command, cwd=folder, check=True)
            return time.perf_counter() - begin
    b2.prefs.codegen.target = target
    built = network(kind, units)
    built.run(b2.defaultclock.dt)
    begin = time.perf_counter()
    built.run(duration)
    return time.perf_counter() - begin


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--units", type=int, default=1000)
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--repeats", type=int, default=5, help="runs of each, by turns")
parser.add_argument("--one", nargs=2, metavar=("KIND", "TARGET"), help=argparse.SUPPRESS)
given = parser.parse_args()
if given.one:
    print(measure(*given.one, given.units, given.steps))
    sys.exit()
for target in ("numpy", "cython", "cpp_standalone"):
    seconds: dict[str, list[float]] = {"stock": [], "dense": []}
    for repeat in range(given.repeats):
        for kind, found in list(seconds.items())[:: 1 - 2 * (repeat % 2)]:
            sizes = ["--units", str(given.units), "--steps", str(given.steps)]
            command = [sys.executable, __file__, *sizes, "--one", kind, target]
            said = subprocess.run(
                command,
                check=True,
                capture_output=True,
                text=True,
                env={**os.environ, **ONE_THREAD},
            ).stdout
            found.append(float(said.split()[-1]))
    ratio = np.median(np.divide(seconds["stock"], seconds["dense"]))
    times = ", ".join(f"{kind} {np.median(found):.3f} s" for kind, found in seconds.items())
    print(f"{target}: {times}, ratio {ratio:.1f}")
