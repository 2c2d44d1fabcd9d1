"""Feedback alignment as stock Brian2 `Synapses`, in the fastest form that we know.

Rates, slopes and errors are state variables, computed once per neuron; sums over synapses are
summed variables; constants have the type of the weights, so that no loop computes in double.
"""

import numpy as np
from brian2 import (
    Network,
    NeuronGroup,
    Synapses,
    TimedArray,
    defaultclock,
    linked_var,
    prefs,
    second,
)

STEP = 1 / 1024  # seconds: a binary fraction, so that clocks stay exact
FORWARD, READOUT, FEEDBACK, UPDATE = 100, 200, 300, 400  # order within a step


class Brian2Network:
    """A network with one trial for the active device.

    Attributes
    ----------
    network : brian2.Network
        Everything.
    plastic : dict
        Variables by name: weights, (source, target) row-major, and biases.
    """

    def __init__(self, case, images, labels, weights):
        prefs.core.default_float_dtype = np.float32
        defaultclock.dt = STEP * second
        self.case, self.plastic, self.objects = case, {}, []
        self._populations(images, labels, weights)
        for layer in range(1, len(case.sizes)):
            self._forward(layer, weights)
            self._feedback(layer, weights)
        self.network = Network(*self.objects, name="network")

    def _populations(self, images, labels, weights):
        sizes, case = self.case.sizes, self.case
        self.trial = self._group(1, "total : 1\nlabel : 1\nsample : 1\nplace : 1", "trial")
        inputs = self._group(sizes[0], "r : 1\nsample : 1 (linked)", "inputs")
        inputs.sample = linked_var(self.trial, "sample", index=np.zeros(sizes[0], int))
        if case.phase == "noise":
            self._each_step(self.trial, f"label = floor({sizes[-1]}*rand())", 0)
            self._each_step(inputs, "r = randn()", 1)
        else:
            order = np.random.default_rng(case.seed).permutation(len(images))
            one = 1 * second  # arrays are read by index
            self.trial.namespace["order"] = TimedArray(order.astype(np.float32), dt=one)
            self.trial.namespace["labels"] = TimedArray(labels.astype(np.float32), dt=one)
            scaled = images.astype(np.float32) * np.float32(case.scale)
            inputs.namespace["images"] = TimedArray(scaled, dt=one)
            code = f"""sample = order(place*second)
                       label = labels(sample*second)
                       place = (place + 1) % {len(images)}"""
            self._each_step(self.trial, code, 0)
            self._each_step(inputs, "r = images(sample*second, i)", 1)
        self.groups = [inputs]
        for layer, size in enumerate(sizes[1:], start=1):
            last = layer == len(sizes) - 1
            self.groups.append(self._outputs(size) if last else self._hidden(layer, size))
            self.groups[-1].b = weights[f"bias_{layer}"]
            self.groups[-1].rate = case.rate
            self.plastic[f"bias_{layer}"] = self.groups[-1].variables["b"]

    def _hidden(self, layer, size):
        model = "current : 1\nb : 1\nr : 1\nslope : 1\nfeedback : 1\ndelta : 1\nrate : 1 (shared)"
        group = self._group(size, model, f"hidden_{layer}")
        code = "slope = int(current + b > 0)\nr = slope*(current + b)"
        self._each_step(group, code, FORWARD + 2 * layer + 1)
        self._each_step(group, "delta = feedback*slope", FEEDBACK - 2 * layer + 1)
        self._each_step(group, "b -= rate*delta", UPDATE)
        return group

    def _outputs(self, size):
        model = """current : 1
                   b : 1
                   power : 1
                   delta : 1
                   total : 1 (linked)
                   label : 1 (linked)
                   rate : 1 (shared)"""
        group = self._group(size, model, "outputs")
        for name in ("total", "label"):
            setattr(group, name, linked_var(self.trial, name, index=np.zeros(size, int)))
        self._each_step(group, "power = exp(current + b)", READOUT)
        pool = Synapses(group, self.trial, "total_post = power_pre : 1 (summed)", name="pool")
        pool.connect()
        pool.summed_updaters["total_post"].order = READOUT + 1
        self.objects.append(pool)
        self._each_step(group, "delta = power/total - int(i == label)", READOUT + 2)
        self._each_step(group, "b -= rate*delta", UPDATE)
        return group

    def _forward(self, layer, weights):
        model = "w : 1\neta : 1 (shared)\ncurrent_post = w*r_pre : 1 (summed)"
        made = Synapses(self.groups[layer - 1], self.groups[layer], model, name=f"forward_{layer}")
        made.connect()
        made.w, made.eta = weights[f"forward_{layer}"].T.ravel(), self.case.rate
        made.summed_updaters["current_post"].order = FORWARD + 2 * layer
        self._each_step(made, "w -= eta*r_pre*delta_post", UPDATE)
        self.plastic[f"forward_{layer}"] = made.variables["w"]
        self.objects.append(made)

    def _feedback(self, layer, weights):
        if layer == 1:
            return
        model = "w : 1\nfeedback_post = w*delta_pre : 1 (summed)"
        made = Synapses(self.groups[layer], self.groups[layer - 1], model, name=f"feedback_{layer}")
        made.connect()
        made.w = weights[f"feedback_{layer}"].T.ravel()
        made.summed_updaters["feedback_post"].order = FEEDBACK - 2 * (layer - 1)
        self.objects.append(made)

    def _group(self, size, model, name):
        group = NeuronGroup(size, model, name=name)
        self.objects.append(group)
        return group

    @staticmethod
    def _each_step(group, code, order):
        group.run_regularly(code, when="groups", order=order)

    def shaped(self, values):
        """Return plastic weights as (target, source), biases as they are."""
        found = {}
        for name, flat in values.items():
            layer = int(name.split("_")[1])
            shape = self.case.sizes[layer - 1], self.case.sizes[layer]
            flat = np.asarray(flat)
            found[name] = flat.reshape(shape).T if name.startswith("forward") else flat
        return found
