"""How neurons follow their inputs in time."""

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

from ontogeny.plasticity import Rule

__all__ = ["SOLVERS", "Dynamics", "Leaky", "NeuronNoise", "Spiking", "Static", "seconds"]

#: Solvers of the membrane equation: names of Brian2's state updaters.
SOLVERS = ("exact", "euler", "exponential_euler")


def seconds(where: str, value: Any, *, zero: bool = False) -> float:
    """Return a time in seconds: of a Brian2 quantity, or of a number of seconds.

    Raises
    ------
    ValueError
        If it is no finite time above 0, or 0 where that means something.
    """
    wanted = "a time of at least 0*ms" if zero else "a time above 0*ms"
    dimension = getattr(value, "dim", None)
    # Told by its text, since importing Brian2 takes seconds.
    number = isinstance(value, Real) or getattr(value, "shape", None) == ()
    if isinstance(value, bool) or not number or (dimension is not None and str(dimension) != "s"):
        raise ValueError(f"{where}: expected {wanted}, such as 10*ms, got {value!r}")
    time = float(value)
    if not math.isfinite(time) or time < 0 or (time == 0 and not zero):
        raise ValueError(f"{where}: expected {wanted}, got {value!r}")
    return time


def _positive(where: str, value: Any, *, most: float = math.inf) -> float:
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 < value <= most:
        bound = "" if most == math.inf else f", at most {most}"
        raise ValueError(f"{where}: expected a finite number above 0{bound}, got {value!r}")
    return float(value)


@dataclass(frozen=True, kw_only=True)
class Dynamics:
    """Base of the dynamics; use `Static` or `Leaky`."""

    in_time: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class Static(Dynamics):
    """Neurons are always at their steady state: one step presents one stimulus."""


@dataclass(frozen=True, kw_only=True)
class NeuronNoise:
    r"""Ornstein-Uhlenbeck noise in the drive of every hidden and output neuron.

    .. math:: \tau \, d\xi = -\xi \, dt + \sigma \sqrt{2 \tau} \, dW

    by its exact transition over a time step. It begins at 0; after some :math:`\tau` it has mean 0,
    standard deviation :math:`\sigma` and correlation :math:`e^{-\Delta t/\tau}` (Uhlenbeck &
    Ornstein 1930).

    Parameters
    ----------
    std : float
        Standard deviation :math:`\sigma`.
    time_constant : Quantity
        :math:`\tau`.
    phases : {"all", "spontaneous"}
        Which phases it acts in; elsewhere, and in tests, it is 0.
    """

    std: float
    time_constant: Any
    phases: str = "all"

    def __post_init__(self) -> None:
        """Check the fields."""
        object.__setattr__(self, "std", _positive("NeuronNoise.std", self.std))
        time = seconds("NeuronNoise.time_constant", self.time_constant)
        object.__setattr__(self, "time_constant", time)
        if self.phases not in ("all", "spontaneous"):
            raise ValueError(
                f"NeuronNoise.phases: expected 'all' or 'spontaneous', got {self.phases!r}"
            )


@dataclass(frozen=True, kw_only=True)
class Spiking:
    r"""Neurons that spike at random, with a probability given by their rate.

    In every time step a hidden or output neuron spikes with probability :math:`r`, its rate, which
    must lie between 0 and 1. What it sends, and what its synapses take for its rate, is the trace
    of its spikes, :math:`\tau\,\dot s = -s + \mathrm{spike}`, whose mean is :math:`r`. Errors of
    outputs are spikes too: of neurons that are active without an error, with probability
    :math:`r_0 + k e`, whose trace, less :math:`r_0` and over :math:`k`, is the error that synapses
    receive: negative errors are pauses (Lillicrap et al. 2016, who refer to climbing fibres; they
    do not publish the details, which are ours).

    Parameters
    ----------
    trace : Quantity
        Time constant :math:`\tau` of the traces.
    tonic_rate : float
        :math:`r_0`, the probability of a spike without an error.
    gain : float
        :math:`k`; an error of 1 and of -1 must keep the probability between 0 and 1.
    """

    trace: Any
    tonic_rate: float = 0.5
    gain: float = 0.5

    def __post_init__(self) -> None:
        """Check the fields."""
        object.__setattr__(self, "trace", seconds("Spiking.trace", self.trace))
        for name in ("tonic_rate", "gain"):
            object.__setattr__(self, name, _positive(f"Spiking.{name}", getattr(self, name)))
        if self.tonic_rate - self.gain < 0 or self.tonic_rate + self.gain > 1:
            raise ValueError(
                f"Spiking.gain: expected tonic_rate - gain and tonic_rate + gain between 0 and 1, "
                f"got {self.tonic_rate - self.gain:g} and {self.tonic_rate + self.gain:g}"
            )


@dataclass(frozen=True, kw_only=True)
class Leaky(Dynamics):
    r"""Neurons follow their inputs with a time constant; all signals flow at once.

    .. math:: \tau_l \frac{d o_l}{dt} = -o_l + W_l r_{l-1} + b_l + \xi_l, \qquad r_l = f(o_l)

    Each stimulus is held for a time. Forward and feedback signals are present together, in every
    time step, without phases; states go on from one stimulus to the next.

    Parameters
    ----------
    membrane : Quantity
        Time constant :math:`\tau_l` of populations that have none of their own.
    hold : Quantity
        How long a stimulus is held, rounded to whole time steps.
    feedback : Quantity
        Time constant of the compartment that sums the feedback; 0 for none.
    trace : Quantity
        Synapses take a presynaptic rate that is low-pass filtered by this; 0 for none.
    highpass : Quantity
        Time constant of the high-pass filtered rates, for rules that read them.
    learning : {"gated", "continuous"}
        Synapses change at the end of each stimulus, or at all times. A whole stimulus has the
        optimiser's learning rate in both cases.
    window : Quantity, optional
        Gated learning takes place in this last part of a stimulus; by default in one time step,
        which is one update of the optimiser for each stimulus.
    solver : {"exact", "euler", "exponential_euler"}
        How Brian2 solves the equations; "exact" is so for inputs that are constant in a step.
    noise : NeuronNoise, optional
        Noise in the drive of hidden and output neurons.
    spiking : Spiking, optional
        Hidden and output neurons spike.
    dt : Quantity
        Time step, a binary fraction of a second (1/1024 s by default), so that times are exact.

    Raises
    ------
    ValueError
        If a time is no time, does not fit the time step, or a name is unknown.

    Examples
    --------
    >>> Leaky(membrane=0.01, hold=0.2).hold_steps
    205
    """

    in_time: ClassVar[bool] = True
    membrane: Any = 0.01
    hold: Any = 0.2
    feedback: Any = 0.0
    trace: Any = 0.0
    highpass: Any = 0.01
    learning: str = "gated"
    window: Any = None
    solver: str = "exact"
    noise: NeuronNoise | None = None
    spiking: Spiking | None = None
    dt: Any = 1 / 1024

    def __post_init__(self) -> None:
        """Check the fields, and turn times into seconds."""
        for name in ("membrane", "hold", "feedback", "trace", "highpass", "dt"):
            zero = name in ("feedback", "trace")
            time = seconds(f"Leaky.{name}", getattr(self, name), zero=zero)
            object.__setattr__(self, name, time)
        for name, choices in (("learning", ("gated", "continuous")), ("solver", SOLVERS)):
            if getattr(self, name) not in choices:
                raise ValueError(
                    f"Leaky.{name}: expected one of {', '.join(choices)}, "
                    f"got {getattr(self, name)!r}"
                )
        for name, kind in (("noise", NeuronNoise), ("spiking", Spiking)):
            value = getattr(self, name)
            if not (value is None or isinstance(value, kind)):
                raise TypeError(f"Leaky.{name}: expected {kind.__name__} or None, got {value!r}")
        self._check_steps()

    def _check_steps(self) -> None:
        if math.frexp(self.dt)[0] != 0.5 or self.dt > 1:
            raise ValueError(
                f"Leaky.dt: expected a binary fraction of a second, such as 1/1024*second, got "
                f"{self.dt!r} s: multiples of others are not exact, and clocks drift"
            )
        if self.highpass < self.dt:
            raise ValueError(
                f"Leaky.highpass: expected at least one time step of {self.dt} s, got "
                f"{self.highpass} s, which it cannot follow; make dt smaller"
            )
        self.check_solver("Leaky.membrane", self.membrane)
        if self.feedback:
            self.check_solver("Leaky.feedback", self.feedback)
        if self.hold < self.dt:
            raise ValueError(
                f"Leaky.hold: expected at least one time step of {self.dt} s, got {self.hold} s"
            )
        if self.window is None:
            return
        window = seconds("Leaky.window", self.window)
        object.__setattr__(self, "window", window)
        if self.learning != "gated" or not self.dt <= window <= self.hold:
            raise ValueError(
                f"Leaky.window: expected a time between dt = {self.dt} s and hold = {self.hold} s, "
                f"with gated learning, got {window} s and {self.learning} learning"
            )

    def check_solver(self, where: str, time: float) -> None:
        """Refuse a time constant that the solver cannot follow.

        Raises
        ------
        ValueError
            Begins with `where`, the name of the time constant.
        """
        if self.solver == "euler" and time < self.dt:
            raise ValueError(
                f"{where}: expected at least one time step of {self.dt} s with the solver 'euler', "
                f"got {time} s; make dt smaller or use solver='exact'"
            )

    @property
    def hold_steps(self) -> int:
        """Time steps of a stimulus."""
        return max(1, round(self.hold / self.dt))

    @property
    def learning_steps(self) -> int:
        """Time steps of a stimulus in which synapses change."""
        if self.learning == "continuous":
            return self.hold_steps
        return 1 if self.window is None else min(self.hold_steps, round(self.window / self.dt))

    def equations(self, *, hidden: bool) -> list[str]:
        """Return the differential equations of a population, as Brian2 writes them.

        Parameters
        ----------
        hidden : bool
            The population is a hidden one, which receives feedback.
        """
        noise = " + noise" if self.noise else ""
        lines = [f"ddrive/dt = (current + bias{noise} - drive)/tau : 1"]
        if self.noise:
            lines.append("dnoise/dt = -noise/tau_noise + std*sqrt(2/tau_noise)*xi : 1")
        if self.feedback and hidden:
            lines.append("dapical/dt = (feedback - apical)/tau_feedback : 1")
        if self.trace:
            lines.append("dfiltered/dt = (r - filtered)/tau_trace : 1")
        if self.spiking:
            lines += ["spike = int(rand() < r) : 1", "dsent/dt = (spike - sent)/tau_spikes : 1"]
        return lines

    def values(self, membrane: float, *, hidden: bool) -> list[str]:
        """Return the time constants of a population, and how stimuli are presented.

        Parameters
        ----------
        membrane : float
            Its time constant, s.
        hidden : bool
            The population is a hidden one, which receives feedback.
        """
        lines = [f"tau = {membrane!r} s"]
        if self.noise:
            lines.append(f"tau_noise = {self.noise.time_constant!r} s, std = {self.noise.std!r}")
        named = {"tau_feedback": self.feedback if hidden else 0.0, "tau_trace": self.trace}
        named["tau_spikes"] = self.spiking.trace if self.spiking else 0
        return lines + [f"{name} = {time!r} s" for name, time in named.items() if time]

    def told(self, rule: Rule, *, values: bool) -> list[str]:
        """Return what time makes of the equations of a rule and a readout.

        Parameters
        ----------
        rule : Rule
            The network's rule.
        values : bool
            Tell how long things last too.
        """
        lines = []
        if self.spiking:
            lines += [
                "r that synapses carry, and compare with targets, is sent : 1 (inputs: r)",
                "error_spike = int(rand() < tonic_rate + error_gain*error) : 1 (outputs)",
                "derror_filtered/dt = (error_spike - error_filtered)/tau_spikes : 1 (outputs)",
                "delta = (error_filtered - tonic_rate)/error_gain*share : 1 (outputs)",
            ]
        if self.trace:
            lines.append("r in g is filtered : 1 (filters what is carried)")
        if self.feedback:
            lines.append("feedback in delta is apical : 1")
        if rule.uses("highpass"):
            lines.append("highpass += r - before - step/tau_highpass*highpass : 1 (outputs: drive)")
        lines.append(f"solver = {self.solver}")
        if not values:
            return lines
        if rule.uses("highpass"):
            lines.append(f"tau_highpass = {self.highpass!r} s")
        if self.spiking:
            rates = f"tonic_rate = {self.spiking.tonic_rate!r}, error_gain = {self.spiking.gain!r}"
            lines.append(rates)
        return [
            *lines,
            f"a presentation lasts {self.hold_steps} steps of {self.dt!r} s",
            f"synapses change in the last {self.learning_steps} of them",
        ]
