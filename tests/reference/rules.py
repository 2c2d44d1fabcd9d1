"""Every rule of learning without weight transport in plain NumPy: the oracle of the tests.

Written from the formulas of the papers, importing nothing of the toolkit. Notation of
``network.py``: rows are trials, ``o_l = r_(l-1) W_l^T + b_l``, the error is prediction minus target
and f' is the slope of the hidden transfer. ``B_(l+1)`` is stored as (lower, upper). The output
layer always has ``delta_L = e`` (times r (1 - r) for the sigmoid readout), except in node
perturbation; hidden layers have

==============================  ===================================================================
rule                            teaching signal of hidden layer l, and its source
==============================  ===================================================================
shallow                         none; hidden weights and biases rest
backpropagation                 ``(W_(l+1)^T delta_(l+1)) f'``
feedback_alignment              ``(B_(l+1) delta_(l+1)) f'``; Lillicrap et al. 2016
direct_feedback_alignment       ``(B_(l+1) delta_L) f'``, B (lower, outputs); Nokland 2016
direct_random_target_projection ``(B_(l+1) target) f'``, B (lower, outputs); Frenkel et al. 2021
sign_symmetry                   as feedback_alignment, ``B = |M| sign(W^T)``; Liao et al. 2016
kolen_pollack                   as feedback_alignment, B learns like W; Akrout et al. 2019
weight_mirror                   as feedback_alignment, B learns in `mirror`; Akrout et al. 2019
node_perturbation               ``(L_perturbed - L) xi_l / std^2``, output too; Werfel et al. 2005
pseudo_backpropagation          ``(W_(l+1)^+ delta_(l+1)) f'``; Lillicrap et al. 2014
==============================  ===================================================================

The caller gives all random numbers.
"""

import copy

import numpy as np
from network import READOUTS, TRANSFERS, ReferenceNetwork, _copies

PARAMETERS = {
    "shallow": {},
    "backpropagation": {},
    "feedback_alignment": {},
    "direct_feedback_alignment": {},
    "direct_random_target_projection": {},
    "sign_symmetry": {"magnitude": "uniform", "scale": 1.0},
    "kolen_pollack": {"decay": 0.0},
    "weight_mirror": {"rate": 0.01, "decay": 0.0},
    "node_perturbation": {"std": 1e-3, "outputs": True},
    "pseudo_backpropagation": {},
}
MAGNITUDES = ("uniform", "batch-random", "fixed-random")


class ReferenceLearner(ReferenceNetwork):
    """A layered network that learns by any of the rules.

    Parameters
    ----------
    weights, biases, feedback, transfer, readout, optimiser : as `ReferenceNetwork` has them;
        ``feedback`` of the direct rules is (lower, outputs)
    rule : a key of PARAMETERS
    forward_masks, feedback_masks : lists of 0/1 arrays, or None for synapses that all exist; what
        is masked is 0 for ever. Backpropagation ignores the feedback masks: it is the exact oracle
    **parameters : those of the rule, as PARAMETERS lists them with their defaults. sign_symmetry:
        ``magnitude`` "uniform" (|B| = scale), "batch-random" (|B| = |draw| times the root mean
        square of the existing B at birth) or "fixed-random" (|B| = |B at birth|). kolen_pollack:
        ``decay`` a step. weight_mirror: ``rate`` and ``decay`` of `mirror`. node_perturbation:
        ``std`` of xi; with ``outputs=False`` outputs have no xi and learn from their own error
    """

    rules = tuple(PARAMETERS)

    def __init__(
        self,
        weights,
        biases,
        feedback,
        transfer,
        readout,
        rule,
        optimiser,
        *,
        forward_masks=None,
        feedback_masks=None,
        **parameters,
    ):
        super().__init__(weights, biases, feedback, transfer, readout, rule, optimiser)
        self.parameters = PARAMETERS[rule] | parameters
        if unknown := set(self.parameters) - set(PARAMETERS[rule]):
            raise ValueError(f"ReferenceLearner: {rule} has no {sorted(unknown)}")
        if self.parameters.get("magnitude", "uniform") not in MAGNITUDES:
            raise ValueError(f"ReferenceLearner: magnitude is one of {MAGNITUDES}")
        count = len(self.weights)
        self.forward_masks = _copies(forward_masks, count, np.float64)
        self.feedback_masks = _copies(feedback_masks, count, np.float64)
        self.weights = _all_kept(self.weights, self.forward_masks)
        self.feedback = _all_kept(self.feedback, self.feedback_masks)
        self.birth = [None if b is None else b.copy() for b in self.feedback]
        # synapses of the feedback path that learn have moments and a counter of their own
        self.feedback_optimiser = copy.deepcopy(optimiser)
        self.feedback_optimiser.reset()

    def step(self, x, t, *, active=None, xi=None, draws=None):
        """Update everything at once from the values before the step; return the mean loss there.

        Parameters
        ----------
        x, t : (trials, inputs) rates and (trials, outputs) targets
        active : (trials,) booleans; silent trials count for nothing. None for all
        xi : node_perturbation's noise ``[xi_1, ..., xi_L]``, each (trials, units)
        draws : batch-random magnitudes before scaling, ``[None, N_2, ..., N_L]`` shaped as B
        """
        rows = np.ones(len(x), bool) if active is None else np.asarray(active, bool)
        x, t = np.asarray(x, float)[rows], np.asarray(t, float)[rows]
        drives, rates = self._pass(x)
        losses = self._losses(drives[-1], rates[-1], t)
        if self.rule == "node_perturbation":
            deltas = self.perturbed_deltas(x, t, [noise[rows] for noise in xi])
        else:
            self.set_feedback(draws)
            deltas = self._deltas(drives, rates, t)
        self.learn(rates, [delta / len(x) for delta in deltas])
        return float(losses.mean())

    def set_feedback(self, draws=None):
        """Set B from the present W where the rule says so: sign-symmetry, the pseudoinverse."""
        for layer in range(1, len(self.weights)):
            if self.rule == "pseudo_backpropagation":
                new = np.linalg.pinv(self.weights[layer])
            elif self.rule == "sign_symmetry":
                mask = self.forward_masks[layer]
                # a weight of zero counts as positive
                signs = np.where(self.weights[layer].T >= 0, 1.0, -1.0)
                new = self._magnitude(layer, draws) * signs
                # a forward synapse that is not there has no sign
                new = _kept(new, None if mask is None else mask.T)
            else:
                return
            self.feedback[layer] = _kept(new, self.feedback_masks[layer])

    def _magnitude(self, layer, draws):
        if self.parameters["magnitude"] == "uniform":
            return self.parameters["scale"]
        if self.parameters["magnitude"] == "fixed-random":
            return np.abs(self.birth[layer])
        mask = self.feedback_masks[layer]
        existing = self.birth[layer] if mask is None else self.birth[layer][mask > 0]
        return np.abs(draws[layer]) * np.sqrt(np.mean(existing**2))

    def teaching(self, layer, above, output, t):
        """Return the feedback that reaches the population below the synapses ``layer`` (from 0).

        ``above`` is the delta of the layer, ``output`` that of the last one; f' is not yet in.
        """
        if self.rule == "shallow":
            return np.zeros((len(t), self.weights[layer].shape[1]))
        if self.rule == "backpropagation":
            return above @ self.weights[layer]
        if self.rule == "direct_feedback_alignment":
            return output @ self.feedback[layer].T
        if self.rule == "direct_random_target_projection":
            return t @ self.feedback[layer].T
        return above @ self.feedback[layer].T

    def _deltas(self, drives, rates, t):
        if self.rule == "node_perturbation":
            raise ValueError("ReferenceLearner: node_perturbation has perturbed_deltas(x, t, xi)")
        slope = TRANSFERS[self.transfer][1]
        deltas = [self._error(rates[-1], t)]
        for upper in range(len(self.weights) - 1, 0, -1):
            feedback = self.teaching(upper, deltas[0], deltas[-1], t)
            deltas.insert(0, feedback * slope(drives[upper - 1]))
        return deltas

    def perturbed_deltas(self, x, t, xi):
        """Return ``(L_perturbed - L) xi_l / std^2`` of all layers, each trial with its own loss.

        A second pass adds ``xi_l`` to every drive, also to that of the outputs, and carries on with
        the perturbed rates. No slope enters: the product estimates the derivative by the drive.
        """
        drives, rates = self._pass(x)
        if not self.parameters["outputs"]:
            xi = [*xi[:-1], np.zeros_like(drives[-1])]
        losses = self._losses(drives[-1], rates[-1], t)
        rate, last = x, len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            drive = rate @ weight.T + (0 if bias is None else bias) + xi[layer]
            transfer = READOUTS[self.readout] if layer == last else TRANSFERS[self.transfer][0]
            rate = transfer(drive)
        change = self._losses(drive, rate, t) - losses
        deltas = [change[:, None] * noise / self.parameters["std"] ** 2 for noise in xi]
        return deltas if self.parameters["outputs"] else [*deltas[:-1], self._error(rates[-1], t)]

    def learn(self, pre, deltas, pace=1.0):
        """Change weights, biases and, if they learn, feedback weights, all from old values.

        ``g_l = sum over trials of delta_l pre_(l-1)^T`` (deltas carry 1/trials). ``pre`` starts at
        the inputs. ``pace`` multiplies the learning rate and Kolen-Pollack's decay.

        Kolen-Pollack: ``W <- (1 - decay) W - step(g)``, ``B <- (1 - decay) B - step(g^T)``; biases
        have no decay.
        """
        products = [d.T @ p for p, d in zip(pre[: len(deltas)], deltas, strict=True)]
        sums = [d.sum(axis=0) for d in deltas]
        biases = [None if b is None else g for b, g in zip(self.biases, sums, strict=True)]
        forward = _all_kept(products, self.forward_masks)
        first = len(deltas) - 1 if self.rule == "shallow" else 0
        old_weights, old_feedback = self.weights[:], self.feedback[1:]
        gradients = list(zip(forward, biases, strict=True))[first:]
        self.weights[first:], self.biases[first:] = _moved(
            self.optimiser, self.weights[first:], self.biases[first:], gradients, pace
        )
        if self.rule == "kolen_pollack":
            backward = _all_kept([g.T for g in products[1:]], self.feedback_masks[1:])
            none = [None] * len(backward)
            self.feedback[1:], _ = _moved(
                self.feedback_optimiser, old_feedback, none, [(g, None) for g in backward], pace
            )
            loss = pace * self.parameters["decay"]
            self.weights = [w - loss * o for w, o in zip(self.weights, old_weights, strict=True)]
            pairs = zip(self.feedback[1:], old_feedback, strict=True)
            self.feedback[1:] = [b - loss * o for b, o in pairs]

    def mirror(self, noise, mean=0.0):
        """Teach the feedback of a weight mirror by one batch of noise; forward weights rest.

        Every hidden population emits ``x``; the one above answers ``y = f(W x + b)``, outputs with
        the drive itself; ``B += rate (mean over trials of (x - mean) y^T - decay B)``. With linear
        units and white noise B goes to ``std^2 W^T / decay`` (Akrout et al. 2019, eq. 7, which has
        no decay; this one bounds the norm).

        Parameters
        ----------
        noise : ``[x_1, ..., x_(L-1)]``, each (trials, units), of the hidden populations
        mean : the mean of the noise
        """
        last = len(self.weights) - 1
        for layer, x in enumerate(noise, start=1):
            bias = 0 if self.biases[layer] is None else self.biases[layer]
            y = x @ self.weights[layer].T + bias
            if layer < last:
                y = TRANSFERS[self.transfer][0](y)
            change = (x - mean).T @ y / len(x) - self.parameters["decay"] * self.feedback[layer]
            change = _kept(change, self.feedback_masks[layer])
            self.feedback[layer] = self.feedback[layer] + self.parameters["rate"] * change


def _kept(array, mask):
    return array if mask is None or array is None else array * mask


def _all_kept(arrays, masks):
    return [_kept(array, mask) for array, mask in zip(arrays, masks, strict=True)]


def _moved(optimiser, weights, biases, gradients, pace):
    # the optimiser changes lists in place: these are copies
    weights, biases, rate = list(weights), list(biases), optimiser.rate
    optimiser.rate = pace * rate
    optimiser.update(weights, biases, gradients)
    optimiser.rate = rate
    return weights, biases
