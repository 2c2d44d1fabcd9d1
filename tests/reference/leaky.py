"""Networks in continuous time, plain NumPy: leaky rates, phaseless alignment, stochastic spikes.

All that happens in one step of ``dt`` follows from the values at its start (synchronous), so a
signal needs one step for each layer. The state persists from one presentation to the next. It
starts with drives, noises, traces, apical signals and errors at 0 and rates at f(0). Random numbers
are never drawn here: the caller gives them.
"""

import numpy as np
from network import READOUTS, TRANSFERS
from rules import ReferenceLearner, _kept

SOLVERS = ("exact", "exponential_euler", "euler")


def gain(dt, tau, solver="exact"):
    """Return g of ``y <- y + g (input - y)``, one step of ``tau dy/dt = -y + input``.

    ``g = 1 - exp(-dt/tau)`` is exact for an input that rests during dt (exponential Euler is the
    same here), ``g = dt/tau`` is Euler's; tau = 0 means that y is the input.
    """
    if solver not in SOLVERS:
        raise ValueError(f"gain: expected one of {SOLVERS}, got {solver!r}")
    if tau == 0:
        return 1.0
    return dt / tau if solver == "euler" else -np.expm1(-dt / tau)


class ReferenceLeaky(ReferenceLearner):
    """A layered network of leaky units with forward and feedback signals at the same time.

    One step, in this order:

    1. inputs and targets are set by `begin` and held for ``hold`` steps
    2. ``current_l = r_(l-1) W_l^T + b_l`` of the rates at the start of the step
    3. feedback of the errors at the start, by the rule (`ReferenceLearner.teaching`);
       ``tau_feedback d(apical_l)/dt = -apical_l + feedback_l``, hidden layers
    4. ``xi_l <- a xi_l + noise_std sqrt(1 - a^2) n``, a = exp(-dt/tau_noise): Ornstein & Uhlenbeck
       1930 (exact step); then ``tau_l d(drive_l)/dt = -drive_l + current_l + xi_l``
    5. ``r_l = f(drive_l)``; ``delta_L = error * share``, ``delta_l = apical_l f'(drive_l)``, where
       share is 1/(active trials), 0 in silent trials
    6. ``tau_trace d(trace_l)/dt = -trace_l + r_l`` (exact), the inputs too
    7. in steps closed, ..., hold - 1 of a presentation ``g_l = sum over trials of delta_l pre^T``,
       pre being the new rate, or the trace if there are traces; the optimiser's rate (and
       Kolen-Pollack's decay) is multiplied by 1/(hold - closed)

    Parameters
    ----------
    weights, ..., optimiser, **rest : those of `ReferenceLearner`; not for node_perturbation
    trials : number of trials, each with a state of its own
    dt, tau_feedback, tau_noise, tau_trace : times in one unit; tau_trace None for no traces
    tau : one time for all layers or ``[tau_1, ..., tau_L]``
    hold : steps of a presentation
    closed : the first step with plasticity; hold - 1 ("gated", the default) to 0 ("continuous")
    noise_std : sigma for all layers or ``[sigma_1, ..., sigma_L]``; 0 for no noise
    solver : "exact", "exponential_euler" or "euler", of drives and apical signals
    """

    def __init__(
        self, weights, biases, feedback, transfer, readout, rule, optimiser, *, trials, dt, tau,
        hold, closed=None, tau_feedback=0.0, tau_trace=None, noise_std=0.0, tau_noise=1.0,
        solver="exact", **rest,
    ):  # fmt: skip
        super().__init__(weights, biases, feedback, transfer, readout, rule, optimiser, **rest)
        if rule == "node_perturbation":
            raise ValueError("ReferenceLeaky: node_perturbation needs a second, static pass")
        sizes = [self.weights[0].shape[1]] + [len(w) for w in self.weights]
        layers = len(self.weights)
        self.dt, self.hold, self.solver = dt, hold, solver
        self.closed = hold - 1 if closed is None else closed
        self.tau = np.broadcast_to(tau, layers)
        self.tau_feedback, self.tau_trace, self.tau_noise = tau_feedback, tau_trace, tau_noise
        self.noise_std = np.broadcast_to(noise_std, layers)
        blank = [np.zeros((trials, size)) for size in sizes]
        self.drives, self.noises, self.deltas_now = blank[1:], blank[1:], blank[1:]
        self.apical, self.traces = blank[1:-1], blank[:]
        self.rates = blank[:1] + self._rates()

    def _rates(self):
        *hidden, output = self.drives
        rates = [TRANSFERS[self.transfer][0](drive) for drive in hidden]
        return [*rates, READOUTS[self.readout](output)]

    def begin(self, x, t, active=None):
        """Set the inputs and targets of a presentation; ``active`` are the trials that count."""
        active = np.ones(len(x)) if active is None else np.asarray(active, float)
        self.rates = [np.asarray(x, float), *self.rates[1:]]
        self.target = np.asarray(t, float)
        self.share = (active / active.sum())[:, None]
        self.position = 0

    def present(self, x, t, *, active=None, steps=(), **arguments):
        """Live through one presentation; ``steps`` lists the arguments of each `advance`."""
        self.begin(x, t, active)
        for step in range(self.hold):
            self.advance(**(steps[step] if steps else {}), **arguments)

    def advance(self, *, normals=None, uniforms=None, draws=None, learning=True):
        """Advance by dt.

        Parameters
        ----------
        normals : ``[n_1, ..., n_L]`` ~ N(0, 1), (trials, units), of the noise; None where no noise
        uniforms : the spikes' draws, see `ReferenceSpiking`
        draws : of batch-random sign-symmetry
        learning : False where the phase has no plasticity
        """
        self.set_feedback(draws)
        layers = zip(self.sent()[:-1], self.weights, self.biases, strict=True)
        currents = [s @ w.T + (0 if b is None else b) for s, w, b in layers]
        now, target = self.deltas_now, self.target * self.share
        feedback = [
            self.teaching(layer, now[layer], now[-1], target) for layer in range(1, len(now))
        ]
        self.apical = self._followed(self.apical, feedback, self.tau_feedback)
        self.noises = self._noises(normals)
        inputs = [c + xi for c, xi in zip(currents, self.noises, strict=True)]
        self.drives = self._followed(self.drives, inputs, self.tau)
        self.old_rates, self.rates = self.rates, [self.rates[0], *self._rates()]
        self.emit(uniforms)
        slope = TRANSFERS[self.transfer][1]
        awake = self.share > 0  # what is on its way when a trial falls silent is not learned from
        hidden = [a * slope(v) * awake for a, v in zip(self.apical, self.drives[:-1], strict=True)]
        self.deltas_now = [*hidden, self.output_error(uniforms) * self.share]
        if learning and self.position >= self.closed:
            self.learn(self.presynaptic(), self.deltas_now, 1 / (self.hold - self.closed))
        self.position += 1

    def _followed(self, values, inputs, tau):
        taus = np.broadcast_to(tau, len(values))
        return [
            value + gain(self.dt, tau, self.solver) * (towards - value)
            for value, towards, tau in zip(values, inputs, taus, strict=True)
        ]

    def _noises(self, normals):
        kept = np.exp(-self.dt / self.tau_noise)
        fresh = self.noise_std * np.sqrt(1 - kept**2)
        return [
            xi if std == 0 else kept * xi + std * normals[layer]
            for layer, (xi, std) in enumerate(zip(self.noises, fresh, strict=True))
        ]

    def sent(self):
        """Return what populations send upwards at the start of a step: their rates."""
        return self.rates

    def presynaptic(self):
        """Return the presynaptic factors of plasticity at the end of a step."""
        return self.rates if self.tau_trace is None else self.traces

    def emit(self, uniforms):
        """Let the traces follow the rates."""
        if self.tau_trace is not None:
            self._trace(self.rates)

    def _trace(self, signals):
        follow = gain(self.dt, self.tau_trace)
        self.traces = [y + follow * (s - y) for y, s in zip(self.traces, signals, strict=True)]

    def output_error(self, uniforms):
        """Return the derivative of the loss by the output drive, without share."""
        return self._error(self.rates[-1], self.target)


class ReferencePAL(ReferenceLeaky):
    """Phaseless alignment learning: feedback learns from the noise while forward weights learn.

    After step 5, with the noise xi of the hidden layers (Max et al. 2024, arXiv:2212.10249):
    ``hp <- hp + (r_new - r_old) - (dt/tau_highpass) hp`` of every population above a hidden one,
    and ``B_(l+1) <- B_(l+1) + dt rate (mean over active trials of xi_l hp_(l+1)^T - alpha
    B_(l+1))``, in every step with learning, whether or not the forward synapses learn in it.
    Errors travel through the B of the start of the step.

    Parameters
    ----------
    *network : weights, biases, feedback, transfer and readout
    optimiser, **rest : those of `ReferenceLeaky`, without the rule
    rate, alpha, tau_highpass : of the feedback weights; the rate is per unit of time
    """

    def __init__(self, *network, optimiser, rate, alpha, tau_highpass, **rest):
        super().__init__(*network, "feedback_alignment", optimiser, **rest)
        self.rate, self.alpha, self.tau_highpass = rate, alpha, tau_highpass
        self.highpass = [np.zeros_like(drive) for drive in self.drives]

    def advance(self, *, learning=True, **arguments):
        """Advance by dt, feedback weights included."""
        super().advance(learning=learning, **arguments)
        old_and_new = zip(self.highpass, self.old_rates[1:], self.rates[1:], strict=True)
        leak = self.dt / self.tau_highpass
        self.highpass = [hp + (new - old) - leak * hp for hp, old, new in old_and_new]
        for layer in range(1, len(self.weights) if learning else 0):
            xi, hp = self.noises[layer - 1] * self.share, self.highpass[layer]
            change = self.rate * (xi.T @ hp - self.alpha * self.feedback[layer])
            change = _kept(change, self.feedback_masks[layer])
            self.feedback[layer] = self.feedback[layer] + self.dt * change


class ReferenceSpiking(ReferenceLeaky):
    """Stochastic spikes in place of rates, errors around a tonic rate, no separate phases.

    After step 5 (Lillicrap et al. 2016; the details are ours): a unit spikes, ``s = (u < r)``, with
    the probability of its rate, which must lie in [0, 1]; ``tau_trace d(tr)/dt = -tr + s`` (exact)
    is what it sends upwards (from the next step on) and what plasticity knows of it. The error e of
    an output compares its trace with the target; its error unit spikes with ``p = r0 + k e``
    clipped to [0, 1], the trace of these spikes (r0 at the start) is read as ``(trace - r0)/k`` and
    is, times share, the delta of the output, in feedback and in plasticity.

    Parameters
    ----------
    *network, **rest : those of `ReferenceLeaky`, with a ``tau_trace``
    tonic, slope : r0 and k
    spiking_inputs : False where inputs send their held rates and spike not
    error_of : "trace" or "rate", what is compared with the target
    """

    def __init__(self, *network, tonic, slope, spiking_inputs=True, error_of="trace", **rest):
        super().__init__(*network, **rest)
        self.tonic, self.slope = tonic, slope
        self.spiking_inputs, self.error_of = spiking_inputs, error_of
        self.error_trace = np.full_like(self.drives[-1], tonic)

    def sent(self):
        """Return the traces, or the rates of inputs that do not spike."""
        return self.traces if self.spiking_inputs else [self.rates[0], *self.traces[1:]]

    def presynaptic(self):
        """Return the same signals."""
        return self.sent()

    def emit(self, uniforms):
        """Spike; ``uniforms`` is ``[u_0, u_1, ..., u_L, u_error]`` ~ U(0, 1), (trials, units)."""
        pairs = zip(uniforms[:-1], self.rates, strict=True)
        self.spikes = [np.zeros_like(r) if u is None else (u < r) * 1.0 for u, r in pairs]
        self._trace(self.spikes)

    def output_error(self, uniforms):
        """Return the error that the trace of the error spikes carries."""
        seen = self.traces[-1] if self.error_of == "trace" else self.rates[-1]
        # the slope of a sigmoid readout is that of the rate
        error = seen - self.target
        if self.readout == "sigmoid":
            error = error * self.rates[-1] * (1 - self.rates[-1])
        probability = np.clip(self.tonic + self.slope * error, 0, 1)
        spikes = (uniforms[-1] < probability) * 1.0
        follow = gain(self.dt, self.tau_trace)
        self.error_trace = self.error_trace + follow * (spikes - self.error_trace)
        return (self.error_trace - self.tonic) / self.slope
