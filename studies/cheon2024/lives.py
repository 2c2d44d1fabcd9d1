"""The lives that the panels share: noise, and learning with and without noise before it."""

from functools import cache

from ontogeny.data import FrameNoise, Noise, Stimuli, gaussian_noise, load_images
from ontogeny.models import Learning, Network, Record, Schedule, Spontaneous, layered
from ontogeny.plasticity import Adam, Backpropagation, FeedbackAlignment, Rule

from ..recipe import Branch, Recipe
from .settings import Settings

__all__ = [
    "CONDITIONS",
    "RULES",
    "images_of",
    "learning",
    "network_of",
    "noise_life",
    "noise_lives",
    "pretrained",
    "sizes_of",
]

RULES: dict[str, Rule] = {"BP": Backpropagation(), "FA": FeedbackAlignment()}
#: Conditions that the paper compares everywhere, and one that it only mentions.
CONDITIONS = ("BP", "FA", "FA, noise", "BP, noise")
# The subset of stimuli belongs to the task and not to a network.
_SUBSET_SEED = 0


@cache
def images_of(name: str, part: str, size: int | None = None) -> Stimuli:
    """Return a data set's training or test stimuli, or so many of them.

    Parameters
    ----------
    name : str
        Data set.
    part : {"train", "test"}
        Which half.
    size : int, optional
        Draw so many, in equal shares of classes; all where there are no more.
    """
    stimuli = getattr(_loaded(name), part)
    if size is None or size >= len(stimuli):
        return stimuli
    return stimuli.sample(size, seed=_SUBSET_SEED)


@cache
def _loaded(name: str):  # type: ignore[no-untyped-def]
    return load_images(name)


def sizes_of(settings: Settings, data: str, depth: int = 2) -> tuple[int, ...]:
    """Return the sizes of a network with so many weight matrices for a data set."""
    train = images_of(data, "train")
    return (train.units, *(settings.hidden,) * (depth - 1), train.outputs)


def network_of(settings: Settings, rule: str, sizes: tuple[int, ...]) -> Network:
    """Return a network under a rule of `RULES`."""
    return layered(sizes, rule=RULES[rule], optimiser=Adam(rate=settings.rate))


def noise_life(
    settings: Settings,
    rule: str,
    sizes: tuple[int, ...],
    seed: int,
    *,
    presentations: int | None = None,
    checkpoints: tuple[int, ...] | int | None = None,
    noise: Noise | FrameNoise | None = None,
    rate: float | None = None,
) -> Recipe:
    """Describe a life through noise: Algorithm 1 of the paper.

    Parameters
    ----------
    settings : Settings
        The numbers.
    rule : str
        A name of `RULES`.
    sizes : tuple of int
        Of the populations.
    seed : int
        Of the network.
    presentations : int, optional
        Length; that of the settings by default.
    checkpoints : tuple of int or int, optional
        As in `Record`; the lengths, snapshots and 16 regular ones up to the end by default.
    noise : Noise, optional
        White Gaussian noise of mean 0 and standard deviation 1 by default.
    rate : float, optional
        Learning rate, if not that of the settings.
    """
    length = settings.noise if presentations is None else presentations
    if checkpoints is None:
        regular = {length * k // 16 for k in range(1, 17)}
        marks = {*settings.lengths, *settings.snapshots, *regular, length // 64}
        checkpoints = tuple(sorted(mark for mark in marks if 0 < mark <= length))
    optimiser = Adam(rate=settings.rate if rate is None else rate)
    noise = gaussian_noise() if noise is None else noise
    return Recipe(
        label=f"{rule} on noise, {'-'.join(map(str, sizes))}, network {seed}",
        network=layered(sizes, rule=RULES[rule], optimiser=optimiser),
        schedule=Schedule(Spontaneous(noise, presentations=length)),
        seed=seed,
        trials=settings.trials,
        device=settings.device,
        record=Record(checkpoints=checkpoints),
    )


def noise_lives(settings: Settings, rules: tuple[str, ...]) -> dict[tuple, Recipe]:
    """Return the lives through noise of the standard length, by rule and seed."""
    sizes = sizes_of(settings, settings.data)
    return {
        (rule, seed): noise_life(settings, rule, sizes, seed)
        for rule in rules
        for seed in settings.seeds
    }


def pretrained(
    settings: Settings, rule: str, sizes: tuple[int, ...], seed: int, *, feedback: str = "kept"
) -> Branch:
    """Describe a birth with the weights that noise has left."""
    return Branch(
        life=noise_life(settings, rule, sizes, seed),
        presentation=settings.noise,
        feedback=feedback,
    )


def learning(
    settings: Settings,
    condition: str,
    data: str,
    sizes: tuple[int, ...],
    seed: int,
    *,
    size: int | None = None,
    epochs: int | None = None,
    tested: bool = True,
    checkpoints: int | tuple[int, ...] = 1,
    birth: Branch | None = None,
) -> Recipe:
    """Describe a life that learns from data, with or without noise before.

    Parameters
    ----------
    settings : Settings
        The numbers.
    condition : str
        One of `CONDITIONS`, or a rule with a birth of its own.
    data : str
        Data set.
    sizes : tuple of int
        Of the populations.
    seed : int
        Of the network.
    size, epochs : int, optional
        Training stimuli and epochs; those of figure 2 by default.
    tested : bool
        Test after every epoch.
    checkpoints : int or tuple of int
        As in `Record`.
    birth : Branch, optional
        In place of the condition's.
    """
    rule, _, before = condition.partition(", ")
    if birth is None and before == "noise":
        birth = pretrained(settings, rule, sizes, seed)
    train = images_of(data, "train", settings.training_size if size is None else size)
    test = images_of(data, "test", settings.test_size) if tested else None
    phase = Learning(train, epochs=settings.epochs if epochs is None else epochs, test=test)
    return Recipe(
        label=f"{condition}: {data}, {len(train)} images, {'-'.join(map(str, sizes))}, "
        f"network {seed}",
        network=network_of(settings, rule, sizes),
        schedule=Schedule(phase),
        seed=seed,
        trials=settings.trials,
        device=settings.device,
        record=Record(checkpoints=checkpoints),
        birth=birth,
    )
