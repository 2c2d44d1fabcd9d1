"""Contestant: feedback alignment in plain NumPy, written for one network and for speed.

float32, every buffer made once, ``out=`` everywhere, Adam in place over all parameters at once.
"""

from typing import Any

import numpy as np

__all__ = ["Contestant", "versions"]


def versions() -> dict[str, str]:
    """Return the versions that matter."""
    return {"numpy": np.__version__}


class Contestant:
    """A network with its buffers; weights are views of one flat array.

    Parameters
    ----------
    case : namespace
        What is computed: see `ontogeny.studies.bench.cases.Case`.
    images : ndarray of uint8, (stimulus, unit)
        What the data phase presents.
    labels : ndarray of int, (stimulus,)
        Their classes.
    weights : dict of ndarray
        ``forward_1``, ``bias_1``, ``feedback_2``, ... at birth, (target, source).
    """

    def __init__(
        self, case: Any, images: np.ndarray, labels: np.ndarray, weights: dict[str, np.ndarray]
    ) -> None:
        self.case, self.trials = case, case.trials
        self.random = np.random.default_rng(case.seed)
        self.images = images.astype(np.float32) * np.float32(case.scale)
        self.labels = labels.astype(np.int64)
        self.layers = range(1, len(case.sizes))
        self.parameters, (self.w, self.b) = self._flat(case.sizes)
        self.gradient, (self.gw, self.gb) = self._flat(case.sizes)
        self.moments = [np.zeros_like(self.parameters) for _ in range(2)]
        self.scratch = [np.zeros_like(self.parameters) for _ in range(2)]
        for k in self.layers:
            self.w[k - 1][...], self.b[k - 1][...] = weights[f"forward_{k}"], weights[f"bias_{k}"]
        last = len(case.sizes) - 1
        self.feedback = [weights[f"feedback_{k}"].astype(np.float32) for k in range(2, last + 1)]
        self.r = [np.zeros((self.trials, n), np.float32) for n in case.sizes]
        self.delta = [np.zeros((self.trials, n), np.float32) for n in case.sizes]
        self.slope = [np.zeros((self.trials, n), np.bool_) for n in case.sizes]
        self.rows = np.arange(self.trials)
        self.one_by_one = np.ones(self.trials, np.float32)
        self.count, self.place = 0, len(self.images)
        self.order = np.arange(0)

    @staticmethod
    def _flat(sizes: list[int]) -> tuple[np.ndarray, tuple[list[np.ndarray], list[np.ndarray]]]:
        pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
        flat = np.zeros(sum(above * (below + 1) for above, below in pairs), np.float32)
        weights, biases, start = [], [], 0
        for above, below in pairs:
            weights.append(flat[start : start + above * below].reshape(above, below))
            start += above * below
            biases.append(flat[start : start + above])
            start += above
        return flat, (weights, biases)

    def run(self, presentations: int) -> int:
        """Present stimuli or noise; return how many."""
        steps = max(1, presentations // self.trials)
        for _ in range(steps):
            self._present()
            self._step()
        return steps * self.trials

    def weights(self) -> dict[str, np.ndarray]:
        """Return the plastic weights and biases."""
        found = {f"forward_{k}": self.w[k - 1] for k in self.layers}
        return found | {f"bias_{k}": self.b[k - 1] for k in self.layers}

    def _present(self) -> None:
        if self.case.phase == "noise":
            self.random.standard_normal(dtype=np.float32, out=self.r[0])
            self.targets = self.random.integers(0, self.case.sizes[-1], self.trials)
            return
        if self.place + self.trials > len(self.images):
            self.order, self.place = self.random.permutation(len(self.images)), 0
        chosen = self.order[self.place : self.place + self.trials]
        self.place += self.trials
        np.take(self.images, chosen, axis=0, out=self.r[0], mode="clip")
        self.targets = self.labels[chosen]

    def _step(self) -> None:
        self._forward()
        delta = self.delta[-1]
        delta[self.rows, self.targets] -= 1
        delta *= np.float32(1 / self.trials)
        for k in reversed(self.layers):
            if k > 1:
                below = self.delta[k - 1]
                np.matmul(self.delta[k], self.feedback[k - 2].T, out=below)
                np.multiply(below, self.slope[k - 1], out=below)
            if self.trials == 1:  # an outer product is no work for BLAS
                np.multiply(self.delta[k].T, self.r[k - 1], out=self.gw[k - 1])
            else:
                np.matmul(self.delta[k].T, self.r[k - 1], out=self.gw[k - 1])
            np.matmul(self.one_by_one, self.delta[k], out=self.gb[k - 1])
        self._adam() if self.case.optimiser == "Adam" else self._sgd()

    def _forward(self) -> None:
        for k in self.layers:
            drive = self.r[k]
            np.matmul(self.r[k - 1], self.w[k - 1].T, out=drive)
            drive += self.b[k - 1]
            if k < len(self.layers):
                np.greater(drive, 0, out=self.slope[k])
                np.maximum(drive, 0, out=drive)
        rates = self.delta[-1]
        np.subtract(drive, drive.max(axis=1, keepdims=True), out=rates)
        np.exp(rates, out=rates)
        rates /= rates.sum(axis=1, keepdims=True)

    def _sgd(self) -> None:
        self.gradient *= np.float32(self.case.rate)
        self.parameters -= self.gradient

    def _adam(self, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        self.count += 1
        (mean, square), (first, second), g = self.moments, self.scratch, self.gradient
        np.multiply(g, np.float32(1 - beta1), out=first)
        mean *= np.float32(beta1)
        mean += first
        g *= g
        g *= np.float32(1 - beta2)
        square *= np.float32(beta2)
        square += g
        # The corrections of both moments are moved into the rate and epsilon: two passes fewer.
        correction = (1 - beta2**self.count) ** 0.5
        np.sqrt(square, out=second)
        second += np.float32(epsilon * correction)
        np.divide(mean, second, out=second)
        second *= np.float32(self.case.rate * correction / (1 - beta1**self.count))
        self.parameters -= second
