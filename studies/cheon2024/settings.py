"""The numbers of the study; what the paper does not state is inferred, and said to be."""

from dataclasses import dataclass

__all__ = ["INFERRED", "QUICK", "SETTINGS", "Settings"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All numbers of the study.

    Parameters
    ----------
    networks : int
        Networks in every condition, paired by seed: they share initial weights, feedback, noise
        and the order of stimuli. The paper has 10.
    seed : int
        Seed of the first network; the others follow on.
    device : str
        What simulates.
    data : str
        Data set of figures 1, 2, 4, 5.
    hidden : int
        Neurons of every hidden population; the paper states 100 for one hidden population.
    rate : float
        Learning rate of Adam, in all phases.
    trials : int
        Presentations in one step.
    noise : int
        Noise patterns before learning.
    lengths : tuple of int
        Lengths of pretraining that are compared, the longest last; `noise` is one of them.
    training_size, epochs : int
        Stimuli and epochs of learning in figure 2.
    rates : tuple of float
        Learning rates of pretraining that are mapped.
    means, stds : tuple of float
        Means and standard deviations of the noises of figure 1f.
    depths : tuple of int
        Numbers of weight matrices in figure 3 and figure 4h.
    epochs_deep : int
        Epochs of figure 3, for sets of `training_size`; smaller sets are presented as often.
    sizes : tuple of int
        Training sets of figure 4f; the last one is that of figures 4e, g and h.
    epochs_small : tuple of int
        Epochs of learning from each of these.
    data_sets : tuple of str
        Data sets of table 1.
    networks_few : int
        Networks of panels with many conditions: 1f, the map of rates and lengths, and table 1,
        where the paper has 3 trials too.
    snapshots : tuple of int
        Lengths of pretraining at which meta-loss is measured.
    tasks : tuple of str
        Tasks of figure 6.
    task_size, task_epochs, task_test_size : int
        Training stimuli of a task, epochs of adaptation, and test stimuli.
    shifts : tuple of int
        Largest shifts of figure 5, in pixels.
    turns : tuple of float
        Largest angles of figure 5, in degrees.
    scalings : tuple of float
        Largest changes of scale of figure 5: 0.1 is 0.9 to 1.1.
    other_digits : tuple of str
        Data sets of other digits.
    test_size : int
        Test stimuli, drawn from the test set in equal shares of classes; all where it has no more.
    """

    networks: int = 10
    seed: int = 0
    device: str = "cpp"
    data: str = "mnist"
    hidden: int = 100
    rate: float = 1e-4
    trials: int = 64
    noise: int = 512_000
    lengths: tuple[int, ...] = (64_000, 128_000, 256_000, 512_000, 1_024_000, 2_048_000)
    training_size: int = 5_000
    epochs: int = 100
    rates: tuple[float, ...] = (3e-5, 1e-4, 3e-4, 1e-3)
    means: tuple[float, ...] = (-1.0, 0.0, 1.0)
    stds: tuple[float, ...] = (0.25, 1.0, 2.0)
    depths: tuple[int, ...] = (2, 3, 5)
    epochs_deep: int = 100
    sizes: tuple[int, ...] = (100, 200, 400, 800, 1_600)
    epochs_small: tuple[int, ...] = (800, 600, 500, 400, 300)
    data_sets: tuple[str, ...] = ("mnist", "fashion-mnist", "kmnist-10k", "cifar-10-4k")
    networks_few: int = 3
    snapshots: tuple[int, ...] = (0, 64_000, 128_000, 256_000, 384_000, 512_000)
    tasks: tuple[str, ...] = ("mnist", "fashion-mnist", "kmnist-10k")
    task_size: int = 640
    task_epochs: int = 10
    task_test_size: int = 2_000
    shifts: tuple[int, ...] = (2, 4, 6)
    turns: tuple[float, ...] = (15.0, 30.0, 45.0)
    scalings: tuple[float, ...] = (0.1, 0.25, 0.4)
    other_digits: tuple[str, ...] = ("usps",)
    test_size: int = 10_000

    def __post_init__(self) -> None:
        """Check what panels rely on."""
        if self.noise not in self.lengths:
            raise ValueError(
                f"Settings.lengths: expected {self.noise}, the length of pretraining, among them, "
                f"got {self.lengths}"
            )

    def epochs_of(self, size: int) -> int:
        """Return the epochs of learning from so many stimuli of `sizes`."""
        return dict(zip(self.sizes, self.epochs_small, strict=True))[size]

    @property
    def seeds(self) -> list[int]:
        """Seeds of the networks, the same in all conditions."""
        return [self.seed + number for number in range(self.networks)]

    @property
    def few_seeds(self) -> list[int]:
        """Seeds of the networks of panels with many conditions."""
        return self.seeds[: self.networks_few]


SETTINGS = Settings()

#: Two networks that live shortly, on digits that are embedded: proves that all works.
QUICK = Settings(
    networks=2,
    device="numpy",
    data="mnist-5k",
    hidden=30,
    rate=1e-3,
    noise=6_400,
    lengths=(3_200, 6_400, 12_800),
    training_size=320,
    epochs=2,
    rates=(1e-4, 1e-3),
    means=(0.0, 1.0),
    stds=(1.0,),
    depths=(2, 3),
    sizes=(64, 128),
    epochs_small=(2, 2),
    epochs_deep=2,
    data_sets=("mnist-5k",),
    networks_few=2,
    snapshots=(0, 6_400),
    tasks=("mnist-5k",),
    task_size=64,
    task_epochs=2,
    task_test_size=200,
    other_digits=(),
    test_size=200,
)

#: What the main text of the paper leaves open, by the name that claims use; of the full study.
INFERRED = {
    "optimiser": f"Adam, rate {SETTINGS.rate:g}, betas 0.9 and 0.999, batches of {SETTINGS.trials}",
    "noise": f"{SETTINGS.noise:,} noise patterns ({SETTINGS.noise // SETTINGS.trials:,} steps)",
    "weights": "He normal initial weights, biases 0, feedback of the same distribution, no batch "
    "normalisation",
    "data": f"{SETTINGS.training_size:,} training images, the same for all networks, "
    f"{SETTINGS.epochs} epochs, {SETTINGS.test_size:,} test images",
    "pixels": "pixels divided by 255, without standardisation",
    "reset": "the optimiser starts afresh in every phase",
}
