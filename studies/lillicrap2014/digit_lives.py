"""Lives that learn digits, which two panels share."""

from typing import Any

from ..recipe import Recipe
from .lives import learning, marks, mnist_task
from .networks import PLAIN, RULES, digits
from .settings import SEARCH_SEED, Settings

__all__ = [
    "BETA",
    "BETAS",
    "CONDITIONS",
    "INFERRED",
    "OMEGA",
    "OMEGAS",
    "digit_lives",
    "search_lives",
]

#: Largest forward and feedback weights at birth that are searched, and those that were found.
OMEGAS = (0.03, 0.1, 0.3, 1.0)
BETAS = (0.3, 1.0, 3.0, 10.0)
OMEGA, BETA = 0.3, 3.0
_SHARES = (0.001, 0.005, 0.02, 0.1, 0.4, 1)

#: Rule, and density of W and B, by name.
CONDITIONS = {
    "BP": (PLAIN["BP"], 1.0),
    "FA": (PLAIN["FA"], 1.0),
    "sparse FA": (PLAIN["FA"], 0.5),
    "shallow": (PLAIN["shallow"], 1.0),
    "BP, slope": (RULES["BP"], 1.0),
    "FA, slope": (RULES["FA"], 1.0),
}
INFERRED = (
    "one example at a time, 10 epochs (the axis of figure 2a suggests about 30), all networks as "
    "long",
    f"weights between -{OMEGA:g} and {OMEGA:g}, feedback between -{BETA:g} and {BETA:g}: found by "
    f"the search of row B2s",
    "biases 0 at birth; pixels between 0 and 1",
    "e = y* - y teaches the outputs, as the paper writes its updates; the gradient of the squared "
    "error, e times the slope of the outputs, is measured beside it (row B2g)",
    "no weight decay: that of the paper, 1e-6, times the rate of 1e-3 is less than the last bit of "
    "a weight in float32, and would change nothing",
)


def digit_lives(settings: Settings, conditions: tuple[str, ...]) -> dict[tuple[Any, ...], Recipe]:
    """Describe lives that learn digits: (condition, seed).

    Parameters
    ----------
    settings : Settings
        The numbers.
    conditions : tuple of str
        Names of `CONDITIONS`.
    """
    train, test = mnist_task(settings)
    total = len(train) * settings.mnist_epochs
    found: dict[tuple[Any, ...], Recipe] = {}
    for name in conditions:
        rule, density = CONDITIONS[name]
        network = digits(rule, settings.mnist_hidden, omega=OMEGA, beta=BETA, density=density)
        for seed in settings.mnist_seeds:
            found[name, seed] = learning(
                settings,
                f"digits, {name}",
                network,
                train,
                seed,
                epochs=settings.mnist_epochs,
                test=test,
                dtype="float32",
                checkpoints=marks(_SHARES, total),
            )
    return found


def search_lives(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives of the search, of one network: ("search", "omega" or "beta", value, seed).

    Forward weights are judged by the test error of backpropagation, as in the paper, and feedback
    weights, with the forward weights that were found, by that of feedback alignment.
    """
    train, test = mnist_task(settings)
    tried = [("omega", value, "BP", value, BETA) for value in OMEGAS]
    tried += [("beta", value, "FA", OMEGA, value) for value in BETAS]
    return {
        ("search", what, value, SEARCH_SEED): learning(
            settings,
            f"digits, {rule}, {what} {value:g}",
            digits(PLAIN[rule], settings.mnist_hidden, omega=omega, beta=beta),
            train,
            SEARCH_SEED,
            epochs=settings.search_epochs,
            test=test,
            dtype="float32",
        )
        for what, value, rule, omega, beta in tried
    }
