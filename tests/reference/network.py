"""Feedback alignment and backpropagation in plain NumPy: the oracle of the tests.

Written from the formulas alone, importing nothing of the toolkit. Rows are trials. Layer ``l`` has
the drive ``o_l = r_(l-1) W_l^T + b_l`` and the rate ``r_l = f(o_l)``; the error is prediction minus
target, so parameters move against the gradients. Lists over layers start at layer 1, lists over
populations at the inputs.

Sources: Lillicrap et al. 2016, Nature Communications 7:13276; Cheon, Lee & Paik 2024, NeurIPS 37;
Kingma & Ba 2015, arXiv:1412.6980.
"""

import numpy as np


def sigmoid(drive):
    # 1 / (1 + exp(-o)), in a form that does not overflow
    return 0.5 * (1 + np.tanh(0.5 * drive))


def softmax(drive):
    powers = np.exp(drive - drive.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def log_softmax(drive):
    shifted = drive - drive.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


TRANSFERS = {
    "linear": (lambda o: o, lambda o: np.ones_like(o)),
    "relu": (lambda o: np.maximum(o, 0), lambda o: (o > 0).astype(o.dtype)),
    "tanh": (np.tanh, lambda o: 1 - np.tanh(o) ** 2),
    "sigmoid": (sigmoid, lambda o: sigmoid(o) * (1 - sigmoid(o))),
}
READOUTS = {"softmax": softmax, "linear": lambda o: o, "sigmoid": sigmoid}
RULES = ("feedback_alignment", "backpropagation")


class ReferenceSGD:
    """Gradient descent with momentum and decay.

    ``v <- momentum v + g + weight_decay w;  w <- w - rate v``, v = 0 at the start.
    """

    def __init__(self, rate, momentum=0.0, weight_decay=0.0, decay_biases=False):
        self.rate = rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.decay_biases = decay_biases
        self.reset()

    def reset(self):
        self.weight_velocities = None
        self.bias_velocities = None

    def update(self, weights, biases, gradients):
        """Change the lists ``weights`` and ``biases`` by one step along ``[(dW, db), ...]``."""
        if self.weight_velocities is None:
            self.weight_velocities = [np.zeros_like(w) for w in weights]
            self.bias_velocities = [None if b is None else np.zeros_like(b) for b in biases]
        bias_decay = self.weight_decay if self.decay_biases else 0.0
        for layer, (weight_gradient, bias_gradient) in enumerate(gradients):
            weights[layer], self.weight_velocities[layer] = self._moved(
                weights[layer], self.weight_velocities[layer], weight_gradient, self.weight_decay
            )
            if biases[layer] is not None:
                biases[layer], self.bias_velocities[layer] = self._moved(
                    biases[layer], self.bias_velocities[layer], bias_gradient, bias_decay
                )

    def _moved(self, parameter, velocity, gradient, decay):
        velocity = self.momentum * velocity + gradient + decay * parameter
        return parameter - self.rate * velocity, velocity


class ReferenceAdam:
    """Adam with bias correction (Kingma & Ba 2015, algorithm 1).

    ``m <- beta1 m + (1 - beta1) g``, ``v <- beta2 v + (1 - beta2) g^2``,
    ``w <- w - rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)`` with t = 1 at the
    first step; the decay ``weight_decay w`` is added to the gradient of weights, not of biases.
    """

    def __init__(self, rate=1e-4, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.reset()

    def reset(self):
        self.count = 0
        self.weight_means = None
        self.weight_squares = None
        self.bias_means = None
        self.bias_squares = None

    def update(self, weights, biases, gradients):
        """Change the lists ``weights`` and ``biases`` by one step along ``[(dW, db), ...]``."""
        if self.count == 0:
            self.weight_means = [np.zeros_like(w) for w in weights]
            self.weight_squares = [np.zeros_like(w) for w in weights]
            self.bias_means = [None if b is None else np.zeros_like(b) for b in biases]
            self.bias_squares = [None if b is None else np.zeros_like(b) for b in biases]
        self.count += 1
        for layer, (weight_gradient, bias_gradient) in enumerate(gradients):
            decayed = weight_gradient + self.weight_decay * weights[layer]
            weights[layer], self.weight_means[layer], self.weight_squares[layer] = self._moved(
                weights[layer], self.weight_means[layer], self.weight_squares[layer], decayed
            )
            if biases[layer] is not None:
                biases[layer], self.bias_means[layer], self.bias_squares[layer] = self._moved(
                    biases[layer], self.bias_means[layer], self.bias_squares[layer], bias_gradient
                )

    def _moved(self, parameter, mean, square, gradient):
        mean = self.beta1 * mean + (1 - self.beta1) * gradient
        square = self.beta2 * square + (1 - self.beta2) * gradient**2
        corrected_mean = mean / (1 - self.beta1**self.count)
        corrected_square = square / (1 - self.beta2**self.count)
        step = self.rate * corrected_mean / (np.sqrt(corrected_square) + self.epsilon)
        return parameter - step, mean, square


class ReferenceNetwork:
    """A layered network, its loss and its plasticity.

    Parameters
    ----------
    weights : list of (target, source) arrays, one for each layer
    biases : list of (target,) arrays or None, one for each layer; or None for no biases at all
    feedback : list of None for layer 1 and (lower, upper) arrays B for the layers above it, with
        ``delta_lower = (B delta_upper) * f'(o_lower)``; None where the rule does not need it
    transfer : "linear", "relu", "tanh" or "sigmoid", of the hidden layers
    readout : "softmax" (cross-entropy), "linear" or "sigmoid" (both half the squared error)
    rule : "feedback_alignment" or "backpropagation" (B is then W^T as it is before the update)
    optimiser : ReferenceSGD or ReferenceAdam
    dtype : float64 unless speed matters more
    """

    rules = RULES

    def __init__(
        self, weights, biases, feedback, transfer, readout, rule, optimiser, dtype=np.float64
    ):
        for name, choices in ((transfer, TRANSFERS), (readout, READOUTS), (rule, self.rules)):
            if name not in choices:
                raise ValueError(f"ReferenceNetwork: expected one of {list(choices)}, got {name!r}")
        count = len(weights)
        # copies: the caller's arrays stay as they are
        self.weights = [np.array(w, dtype=dtype) for w in weights]
        self.biases = _copies(biases, count, dtype)
        self.feedback = _copies(feedback, count, dtype)
        self.transfer = transfer
        self.readout = readout
        self.rule = rule
        self.optimiser = optimiser

    def drives(self, x):
        """Return the drives ``[o_1, ..., o_L]``, each (trials, units)."""
        return self._pass(x)[0]

    def forward(self, x):
        """Return the rates of all populations ``[x, r_1, ..., r_L]``, each (trials, units)."""
        return self._pass(x)[1]

    def _pass(self, x):
        transfer = TRANSFERS[self.transfer][0]
        last = len(self.weights) - 1
        drives, rates = [], [np.asarray(x, dtype=self.weights[0].dtype)]
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            drive = rates[layer] @ weight.T
            if bias is not None:
                drive = drive + bias
            drives.append(drive)
            rates.append(READOUTS[self.readout](drive) if layer == last else transfer(drive))
        return drives, rates

    def loss(self, x, t):
        """Return the mean loss over the trials; ``t`` is (trials, outputs)."""
        drives, rates = self._pass(x)
        return self._loss(drives[-1], rates[-1], np.asarray(t))

    def _loss(self, drive, rate, t):
        return float(self._losses(drive, rate, t).mean())

    def _losses(self, drive, rate, t):
        if self.readout == "softmax":
            return -(t * log_softmax(drive)).sum(axis=1)
        return 0.5 * ((rate - t) ** 2).sum(axis=1)

    def deltas(self, x, t):
        """Return the teaching signals ``[delta_1, ..., delta_L]``, each (trials, units)."""
        drives, rates = self._pass(x)
        return self._deltas(drives, rates, np.asarray(t, dtype=rates[0].dtype))

    def _error(self, rate, t):
        # the derivative of the loss by the output drive
        error = rate - t
        return error * rate * (1 - rate) if self.readout == "sigmoid" else error

    def _deltas(self, drives, rates, t):
        slope = TRANSFERS[self.transfer][1]
        deltas = [self._error(rates[-1], t)]
        for upper in range(len(self.weights) - 1, 0, -1):
            matrix = self.weights[upper].T
            if self.rule == "feedback_alignment":
                matrix = self.feedback[upper]
            deltas.insert(0, (deltas[0] @ matrix.T) * slope(drives[upper - 1]))
        return deltas

    def gradients(self, x, t):
        """Return ``[(dW, db), ...]``: means over the trials of delta r^T and of delta.

        ``db`` is None where the layer has no bias.
        """
        drives, rates = self._pass(x)
        return self._gradients(drives, rates, np.asarray(t, dtype=rates[0].dtype))

    def _gradients(self, drives, rates, t):
        trials = len(rates[0])
        gradients = []
        for layer, delta in enumerate(self._deltas(drives, rates, t)):
            weight_gradient = delta.T @ rates[layer] / trials
            bias_gradient = None if self.biases[layer] is None else delta.sum(axis=0) / trials
            gradients.append((weight_gradient, bias_gradient))
        return gradients

    def step(self, x, t):
        """Update all layers at once; return the loss before the update."""
        drives, rates = self._pass(x)
        t = np.asarray(t, dtype=rates[0].dtype)
        gradients = self._gradients(drives, rates, t)
        self.optimiser.update(self.weights, self.biases, gradients)
        return self._loss(drives[-1], rates[-1], t)


def _copies(arrays, count, dtype):
    if arrays is None:
        return [None] * count
    if len(arrays) != count:
        raise ValueError(f"ReferenceNetwork: expected {count} entries, got {len(arrays)}")
    return [None if a is None else np.array(a, dtype=dtype) for a in arrays]
