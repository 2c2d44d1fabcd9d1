"""What `ontogeny rules` compares: every rule, in one network and through one schedule."""

from dataclasses import dataclass, field, fields

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import (
    Dynamics,
    Leaky,
    Learning,
    Network,
    NeuronNoise,
    Schedule,
    Spontaneous,
    Static,
    layered,
)
from ontogeny.plasticity import Adam, FeedbackAlignment, Rule, SignSymmetry

from .rules import rules

__all__ = ["LEAKY", "SIZES", "TRANSFER", "TRIALS", "Entry", "entries", "parts"]

SIZES = (784, 100, 10)
#: Some of the rules were published for saturating neurons, and none needs others.
TRANSFER = "tanh"
TRIALS = 64
#: Length of the first mirroring, in epochs; afterwards a noise pattern for each stimulus.
MIRRORING = 8

#: A stimulus is held for more than six membrane time constants: 64 time steps.
LEAKY = Leaky(
    membrane=0.01,
    hold=0.0625,
    highpass=0.01,
    noise=NeuronNoise(std=0.1, time_constant=0.01),
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A rule, and the dynamics that it is tried in.

    Parameters
    ----------
    rule : Rule
        The rule.
    dynamics : Dynamics
        Of its neurons.

    Examples
    --------
    >>> Entry(rule=SignSymmetry(magnitude="fixed-random")).name
    'SignSymmetry(magnitude="fixed-random")'
    """

    rule: Rule
    dynamics: Dynamics = field(default_factory=Static)

    @property
    def name(self) -> str:
        """The rule as it is written in Python, and whether its neurons are leaky."""
        given = [
            f'{item.name}="{value}"' if isinstance(value, str) else f"{item.name}={value}"
            for item in fields(self.rule)
            if isinstance(value := getattr(self.rule, item.name), str) or value != item.default
        ]
        call = f"({', '.join(given)})" if given else ""
        return f"{type(self.rule).__name__}{call}{', leaky' if self.dynamics.in_time else ''}"

    @property
    def mirrors(self) -> bool:
        """Whether the rule has to live through noise before it learns, and between epochs."""
        return self.rule.uses("emission")

    def network(self, rate: float) -> Network:
        """Return the network that lives, with this learning rate."""
        return layered(
            SIZES,
            rule=self.rule,
            optimiser=Adam(rate=rate),
            transfer=TRANSFER,
            dynamics=self.dynamics,
        )

    def schedule(self, train: Stimuli, test: Stimuli, epochs: int) -> Schedule:
        """Return what it lives through: phases of one epoch, the last of them tested."""
        noise = gaussian_noise()
        phases: list[Spontaneous | Learning] = []
        for epoch in range(epochs):
            if self.mirrors:
                length = len(train) * (1 if epoch else MIRRORING)
                phases.append(Spontaneous(noise, presentations=length))
            last = epoch == epochs - 1
            phases.append(Learning(train, epochs=1, test=test if last else None))
        return Schedule(*phases)


def entries() -> list[Entry]:
    """Return everything that is compared: feedback alignment first, leaky networks last."""
    found: list[Rule] = [FeedbackAlignment()]
    for kind in rules().values():
        if kind is SignSymmetry:
            magnitudes = ("uniform", "batch-random", "fixed-random")
            found += [SignSymmetry(magnitude=name) for name in magnitudes]
        elif kind is not FeedbackAlignment:
            found.append(kind())
    in_time = [rule for rule in found if rule.needs_time]
    static = [Entry(rule=rule) for rule in found if not rule.needs_time]
    leaky = [Entry(rule=rule, dynamics=LEAKY) for rule in (FeedbackAlignment(), *in_time)]
    return [*static, *leaky]


def parts(stimuli: Stimuli, share: float = 0.8) -> tuple[Stimuli, Stimuli]:
    """Divide stimuli in two: to learn from, and to choose a rate by.

    Parameters
    ----------
    stimuli : Stimuli
        With labels.
    share : float
        Of those to learn from.
    """
    mixed = stimuli.sample(len(stimuli), seed=0)
    cut = round(share * len(mixed))

    def part(chosen: slice) -> Stimuli:
        return Stimuli(
            images=mixed.images.isel(sample=chosen),
            labels=None if mixed.labels is None else mixed.labels.isel(sample=chosen),
            classes=mixed.classes,
            name=mixed.name,
            scale=mixed.scale,
            shift=mixed.shift,
        )

    return part(slice(None, cut)), part(slice(cut, None))
