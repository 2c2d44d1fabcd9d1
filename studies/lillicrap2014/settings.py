"""The numbers of the study."""

from dataclasses import dataclass

__all__ = ["QUICK", "SEARCH_SEED", "SETTINGS", "Settings"]

#: Seed of the first network of a search; those that are reported never judge a setting.
SEARCH_SEED = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All numbers of the study.

    Parameters
    ----------
    networks : int
        Networks in every condition, paired by seed: they share task, initial weights, feedback
        and the order of examples. The paper has 20 in figures 2 and 4.
    seed : int
        Seed of the first network; the others follow on.
    device : str
        What simulates.
    networks_mnist : int
        Networks that learn digits: at most so many.
    search_networks : int
        Networks that a setting is searched with where the paper says that it was; one for digits.
    linear_examples : int
        Examples of task 1.
    omega_examples : int
        Examples of figure 4.
    omegas : tuple of float
        Largest weights at birth in figure 4.
    nonlinear_examples, nonlinear_epochs : int
        Examples of task 3, and how often each is presented.
    tested : int
        Examples that errors and angles are measured on, never learned from.
    mnist : str
        Data set of digits.
    mnist_size : int
        Training digits.
    mnist_hidden : int
        Hidden neurons that learn digits.
    mnist_epochs, search_epochs : int
        Epochs of learning digits, and of the search before.
    fields : int
        Hidden neurons whose receptive fields are compared.
    grid : int
        Starts of the network of figure 3 along each axis, from -2 to 2.
    flow_time : int
        How long it is followed, in presentations times rate.
    theory_steps : tuple of int
        Numbers of steps that the same time is divided into, each twice the one before.
    theory_batches : int
        Whole batches that networks learn from zero weights.
    """

    networks: int = 10
    seed: int = 0
    device: str = "cpp"
    networks_mnist: int = 3
    search_networks: int = 3
    linear_examples: int = 2_000
    omega_examples: int = 20_000
    omegas: tuple[float, ...] = (1e-4, 1e-3, 0.01, 0.05, 0.1, 0.125, 0.15, 0.2, 0.25)
    nonlinear_examples: int = 100_000
    nonlinear_epochs: int = 4
    tested: int = 1_000
    mnist: str = "mnist"
    mnist_size: int = 60_000
    mnist_hidden: int = 1_000
    mnist_epochs: int = 10
    search_epochs: int = 2
    fields: int = 100
    grid: int = 9
    flow_time: int = 10
    theory_steps: tuple[int, ...] = (16, 32, 64, 128, 256)
    theory_batches: int = 200

    @property
    def seeds(self) -> list[int]:
        """Seeds of the networks, the same in all conditions."""
        return [self.seed + number for number in range(self.networks)]

    @property
    def mnist_seeds(self) -> list[int]:
        """Seeds of the networks that learn digits."""
        return self.seeds[: self.networks_mnist]

    @property
    def search_seeds(self) -> list[int]:
        """Seeds of the networks that settings are searched with."""
        return [SEARCH_SEED + number for number in range(self.search_networks)]


SETTINGS = Settings()

#: Two networks that live shortly: proves that everything works, and nothing else.
QUICK = Settings(
    networks=2,
    device="numpy",
    networks_mnist=2,
    search_networks=1,
    linear_examples=100,
    omega_examples=100,
    omegas=(1e-4, 0.25),
    nonlinear_examples=50,
    nonlinear_epochs=2,
    tested=50,
    mnist="mnist-5k",
    mnist_size=100,
    mnist_hidden=20,
    mnist_epochs=1,
    search_epochs=1,
    fields=4,
    grid=3,
    flow_time=1,
    theory_steps=(8, 16),
    theory_batches=40,
)
