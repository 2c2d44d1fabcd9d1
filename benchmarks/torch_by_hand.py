"""Contestant: feedback alignment in PyTorch without autograd, written by hand.

No gradients are traced; every buffer is made once; products write into them; SGD is part of the
product (`addmm_`, `addr_`); Adam goes over all parameters at once, in place; with one trial
products take vectors; numbers too small for normal floats are flushed to 0.
"""

import numpy as np
import torch

torch.set_grad_enabled(False)
torch.set_flush_denormal(True)


def versions():
    """Return the versions that matter."""
    return {"torch": torch.__version__, "numpy": np.__version__}


class Contestant:
    """A network with its buffers; weights are views of one flat tensor."""

    def __init__(self, case, images, labels, weights):
        torch.set_num_threads(case.threads)
        torch.manual_seed(case.seed)
        self.case, self.trials = case, case.trials
        self.layers = range(1, len(case.sizes))
        # As float32 from the start: faster than a conversion of every batch.
        self.images = torch.from_numpy(images).float() * case.scale
        self.labels = torch.from_numpy(labels.astype(np.int64))
        self.parameters, self.w, self.b = self._flat(case.sizes)
        self.gradient, self.gw, self.gb = self._flat(case.sizes)
        for k in self.layers:
            self.w[k - 1].copy_(torch.from_numpy(weights[f"forward_{k}"]))
            self.b[k - 1].copy_(torch.from_numpy(weights[f"bias_{k}"]))
        made = [weights[f"feedback_{k}"] for k in self.layers if k > 1]
        self.feedback = [torch.from_numpy(w.astype(np.float32)) for w in made]
        self.r = [torch.zeros(self.trials, n) for n in case.sizes]
        self.delta = [torch.zeros(self.trials, n) for n in case.sizes]
        self.first_r, self.first_delta = [r[0] for r in self.r], [d[0] for d in self.delta]
        self.targets = torch.zeros(self.trials, 1, dtype=torch.int64)
        self.minus_one = torch.full((self.trials, 1), -1.0)
        self.batches = iter(())
        self.mean, self.square, self.root = (torch.zeros_like(self.parameters) for _ in range(3))
        self.count = 0
        step = self._step_of_one if self.trials == 1 else self._step_of_many
        self.step, self.adam = step, case.optimiser == "Adam"

    @staticmethod
    def _flat(sizes):
        pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
        flat = torch.zeros(sum(above * (below + 1) for above, below in pairs))
        weights, biases, start = [], [], 0
        for above, below in pairs:
            weights.append(flat[start : start + above * below].view(above, below))
            start += above * below
            biases.append(flat[start : start + above])
            start += above
        return flat, weights, biases

    def run(self, presentations):
        """Present stimuli or noise; return how many."""
        steps = max(1, presentations // self.trials)
        present = self._noise if self.case.phase == "noise" else self._stimuli
        for _ in range(steps):
            present()
            self.step()
        return steps * self.trials

    def weights(self):
        """Return the plastic weights and biases."""
        found = {f"forward_{k}": self.w[k - 1].numpy() for k in self.layers}
        return found | {f"bias_{k}": self.b[k - 1].numpy() for k in self.layers}

    def _noise(self):
        self.r[0].normal_()
        self.targets.random_(self.case.sizes[-1])

    def _stimuli(self):
        chosen = next(self.batches, None)
        if chosen is None or len(chosen) < self.trials:
            self.batches = iter(torch.randperm(len(self.images)).split(self.trials))
            chosen = next(self.batches)
        torch.index_select(self.images, 0, chosen, out=self.r[0])
        torch.index_select(self.labels, 0, chosen, out=self.targets[:, 0])

    def _step_of_many(self):
        case, r, delta = self.case, self.r, self.delta
        for k in self.layers:
            torch.addmm(self.b[k - 1], r[k - 1], self.w[k - 1].t(), out=r[k])
            if k < len(self.layers):
                r[k].relu_()
        torch.softmax(r[-1], 1, out=delta[-1])
        delta[-1].scatter_add_(1, self.targets, self.minus_one).mul_(1 / self.trials)
        for k in reversed(self.layers):
            if k > 1:
                torch.mm(delta[k], self.feedback[k - 2].t(), out=delta[k - 1])
                self._gate(k - 1)
            if self.adam:
                torch.mm(delta[k].t(), r[k - 1], out=self.gw[k - 1])
                torch.sum(delta[k], 0, out=self.gb[k - 1])
            else:
                self.w[k - 1].addmm_(delta[k].t(), r[k - 1], alpha=-case.rate)
                self.b[k - 1].sub_(delta[k].sum(0), alpha=case.rate)
        if self.adam:
            self._adam()

    def _step_of_one(self):
        case, r, delta = self.case, self.first_r, self.first_delta
        for k in self.layers:
            torch.addmv(self.b[k - 1], self.w[k - 1], r[k - 1], out=r[k])
            if k < len(self.layers):
                r[k].relu_()
        torch.softmax(r[-1], 0, out=delta[-1])
        delta[-1].scatter_add_(0, self.targets[0], self.minus_one[0])
        for k in reversed(self.layers):
            if k > 1:
                torch.mv(self.feedback[k - 2], delta[k], out=delta[k - 1])
                self._gate(k - 1)
            if self.adam:
                torch.outer(delta[k], r[k - 1], out=self.gw[k - 1])
                self.gb[k - 1].copy_(delta[k])
            else:
                self.w[k - 1].addr_(delta[k], r[k - 1], alpha=-case.rate)
                self.b[k - 1].sub_(delta[k], alpha=case.rate)
        if self.adam:
            self._adam()

    def _gate(self, k):
        # What autograd itself calls for relu: one pass instead of a comparison and a product.
        torch.ops.aten.threshold_backward.grad_input(
            self.delta[k], self.r[k], 0, grad_input=self.delta[k]
        )

    def _adam(self, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.count += 1
        correction = (1 - beta2**self.count) ** 0.5
        self.mean.lerp_(self.gradient, 1 - beta1)
        self.square.mul_(beta2).addcmul_(self.gradient, self.gradient, value=1 - beta2)
        torch.sqrt(self.square, out=self.root).add_(epsilon * correction)
        step = self.case.rate * correction / (1 - beta1**self.count)
        self.parameters.addcdiv_(self.mean, self.root, value=-step)
