"""Contestant: feedback alignment as the field writes it in PyTorch.

A `torch.autograd.Function` sends errors back through fixed weights; `torch.optim` does the rest.
"""

import numpy as np
import torch
from torch.nn import functional

torch.set_flush_denormal(True)


def versions():
    """Return the versions that matter."""
    return {"torch": torch.__version__, "numpy": np.__version__}


class FeedbackLinear(torch.autograd.Function):
    """A linear layer whose errors travel down through `feedback`."""

    @staticmethod
    def forward(ctx, inputs, weight, bias, feedback):
        """Return the drives."""
        ctx.save_for_backward(inputs, feedback)
        return functional.linear(inputs, weight, bias)

    @staticmethod
    def backward(ctx, delta):
        """Return the errors below and the gradients."""
        inputs, feedback = ctx.saved_tensors
        below = delta.mm(feedback.t()) if ctx.needs_input_grad[0] else None
        return below, delta.t().mm(inputs), delta.sum(0), None


class Network(torch.nn.Module):
    """Layers with their fixed feedback weights."""

    def __init__(self, depth, weights):
        super().__init__()
        tensors = {name: torch.from_numpy(w.astype(np.float32)) for name, w in weights.items()}
        numbers = range(1, depth + 1)
        parameters = torch.nn.ParameterList
        self.weights = parameters([tensors[f"forward_{k}"] for k in numbers])
        self.biases = parameters([tensors[f"bias_{k}"] for k in numbers])
        self.feedback = [tensors.get(f"feedback_{k}") for k in numbers]

    def forward(self, rates):
        """Return the drives of the outputs."""
        layers = list(zip(self.weights, self.biases, self.feedback, strict=True))
        for weight, bias, feedback in layers[:-1]:
            rates = torch.relu(FeedbackLinear.apply(rates, weight, bias, feedback))
        return FeedbackLinear.apply(rates, *layers[-1])


class Contestant:
    """A network, its optimiser and its loss."""

    def __init__(self, case, images, labels, weights):
        torch.set_num_threads(case.threads)
        torch.manual_seed(case.seed)
        self.case, self.trials = case, case.trials
        self.images = torch.from_numpy(images).float() * case.scale
        self.labels = torch.from_numpy(labels.astype(np.int64))
        self.network = Network(len(case.sizes) - 1, weights)
        optimiser = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam}[case.optimiser]
        self.optimiser = optimiser(self.network.parameters(), lr=case.rate)
        self.batches = iter(())

    def run(self, presentations):
        """Present stimuli or noise; return how many."""
        steps = max(1, presentations // self.trials)
        present = self._noise if self.case.phase == "noise" else self._stimuli
        for _ in range(steps):
            rates, targets = present()
            self.optimiser.zero_grad()
            functional.cross_entropy(self.network(rates), targets).backward()
            self.optimiser.step()
        return steps * self.trials

    def weights(self):
        """Return the plastic weights and biases."""
        found = {}
        for k in range(1, len(self.case.sizes)):
            found[f"forward_{k}"] = self.network.weights[k - 1].detach().numpy()
            found[f"bias_{k}"] = self.network.biases[k - 1].detach().numpy()
        return found

    def _noise(self):
        sizes = self.case.sizes
        return torch.randn(self.trials, sizes[0]), torch.randint(sizes[-1], (self.trials,))

    def _stimuli(self):
        chosen = next(self.batches, None)
        if chosen is None or len(chosen) < self.trials:
            self.batches = iter(torch.randperm(len(self.images)).split(self.trials))
            chosen = next(self.batches)
        return self.images[chosen], self.labels[chosen]
