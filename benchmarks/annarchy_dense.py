"""Contestant: ANNarchy with dense projections, rate-coded, float32.

Everything in ANNarchy reads what was there one step before, so that a presentation takes one step
for each stage: stimulus, every layer, normalisation of the outputs, every feedback layer. Stimuli
are held for that long, and synapses are updated in the last step only (`enable_learning`).
"""

import tempfile
from importlib.metadata import version

import ANNarchy as ann
import numpy as np

FLAGS = "-march=native -O3 -ffast-math"


def versions():
    """Return the versions that matter."""
    return {"ANNarchy": version("ANNarchy"), "numpy": np.__version__}


def _plastic(rate):
    return ann.Synapse(
        parameters={"eta": ann.Parameter(rate, locality="global")},
        equations=["w -= eta * pre.r * post.delta"],
    )


class Contestant:
    """A network that runs on from run to run."""

    def __init__(self, case, images, labels, weights):
        ann.setup(dt=1.0, dtype=ann.float32, num_threads=case.threads, suppress_warnings=True)
        self.case, self.random = case, np.random.default_rng(case.seed)
        self.images = images.astype(np.float32) * np.float32(case.scale)
        self.labels = labels
        self.classes = np.eye(case.sizes[-1], dtype=np.float32)
        self.order = np.arange(0)
        self.last = len(case.sizes) - 1
        self.stages = 2 * self.last + 1
        self.network = ann.Network(dt=1.0, seed=case.seed)
        self._build(weights)
        self.scratch = tempfile.TemporaryDirectory(prefix="bench-annarchy-")
        self.network.compile(directory=self.scratch.name, compiler_flags=FLAGS, silent=True)
        for projection in self.plastic.values():
            projection.enable_learning(period=self.stages, offset=self.stages - 1)

    def _build(self, weights):
        connect, sizes = self._connect, self.case.sizes
        first = np.zeros((1, sizes[0]), np.float32)
        self.inputs = self.network.create(ann.TimedArray(rates=first, schedule=self.stages))
        target = np.zeros((1, sizes[-1]), np.float32)
        self.targets = self.network.create(ann.TimedArray(rates=target, schedule=self.stages))
        one = self.network.create(ann.TimedArray(rates=np.ones((1, 1), np.float32)))
        groups, self.plastic = [self.inputs], {}
        for layer in range(1, self.last + 1):
            neuron = _outputs() if layer == self.last else _hidden()
            groups.append(self.network.create(geometry=sizes[layer], neuron=neuron))
            rule = _plastic(self.case.rate)
            matrix, bias = weights[f"forward_{layer}"], weights[f"bias_{layer}"][:, None]
            forward = connect(groups[-2], groups[-1], "exc", rule, matrix)
            self.plastic[f"forward_{layer}"] = forward
            self.plastic[f"bias_{layer}"] = connect(one, groups[-1], "bias", rule, bias)
        connect(self.targets, groups[-1], "teach", None, self.classes)
        back = ann.Synapse(psp="w * pre.delta")
        for layer in range(2, self.last + 1):
            matrix = weights[f"feedback_{layer}"]
            connect(groups[layer], groups[layer - 1], "feedback", back, matrix)

    def _connect(self, source, target, name, synapse, matrix):
        made = self.network.connect(source, target, target=name, synapse=synapse)
        made.from_matrix(np.ascontiguousarray(matrix), storage_format="dense")
        return made

    def run(self, presentations):
        """Present stimuli or noise; return how many."""
        done = 0
        while done < presentations:
            # All stimuli of a run lie in memory: in parts, so that they do not grow with it.
            count = min(4096, presentations - done)
            self._present(count)
            self.network.simulate(float(self.stages * count))
            done += count
        return done

    def _present(self, count):
        if self.case.phase == "noise":
            shape = (count, self.case.sizes[0])
            rates = self.random.standard_normal(shape, dtype=np.float32)
            labels = self.random.integers(0, self.case.sizes[-1], count)
        else:
            while len(self.order) < count:
                more = self.random.permutation(len(self.images))
                self.order = np.concatenate([self.order, more])
            chosen, self.order = self.order[:count], self.order[count:]
            rates, labels = self.images[chosen], self.labels[chosen]
        for group, values in ((self.inputs, rates), (self.targets, self.classes[labels])):
            group.update(values, schedule=self.stages)

    def weights(self):
        """Return the plastic weights and biases."""
        found = {}
        for name, projection in self.plastic.items():
            matrix = np.array(projection.connectivity_matrix())
            found[name] = matrix[:, 0] if name.startswith("bias") else matrix
        return found


def _hidden():
    return ann.Neuron(
        equations=[
            "drive = sum(exc) + sum(bias)",
            "r = if drive > 0.0: drive else: 0.0",
            "delta = if drive > 0.0: sum(feedback) else: 0.0",
        ]
    )


def _outputs():
    return ann.Neuron(
        equations=[
            "r = exp(sum(exc) + sum(bias))",
            "delta = r / norm1(r) - sum(teach)",
        ]
    )
