"""Compare leaky networks, whose signals all flow at once, with static ones on digits.

784-100-10 networks learn the embedded digits with feedback alignment: static; leaky, learning at
the end of each digit; leaky, learning at all times, also while the neurons still follow the last
change of digits. Networks of one seed have the same weights at birth and the same order of digits.

Run ``python -m ontogeny.studies.leaky_digits --networks 3 --device cpp``.
"""

import argparse
from typing import Any

import xarray as xr
from rich.console import Console
from rich.table import Table

from ontogeny.data import load_images
from ontogeny.plasticity import SGD, FeedbackAlignment

__all__ = ["CONDITIONS", "leaky_digits", "live", "report"]

MEMBRANE, DT = 0.010, 1 / 512
#: How neurons live: by name, the learning of `Leaky`, or None for a static network.
CONDITIONS = {"static": None, "leaky, gated": "gated", "leaky, continuous": "continuous"}


def live(
    learning: str | None,
    seed: int,
    *,
    device: str = "cpp",
    epochs: int = 10,
    hold: float = 0.2,
    rate: float = 0.1,
    digits: int | None = None,
) -> xr.DataTree:
    """Let one network learn the embedded digits.

    Parameters
    ----------
    learning : {"gated", "continuous"} or None
        Of leaky neurons; None for a static network.
    seed : int
        Its seed.
    device : str
        Where it runs.
    epochs : int
        How often it sees all digits.
    hold : float
        How long a leaky network sees a digit, s.
    rate : float
        Learning rate of a whole digit.
    digits : int, optional
        Train and test with this many; by default with all.

    Returns
    -------
    xarray.DataTree
        The life, with a test after each epoch.
    """
    from ontogeny.models import Leaky, Learning, Schedule, Static, layered, simulate

    images = load_images("mnist-5k")
    train, test = images.train, images.test
    if digits is not None:
        train = train.sample(min(digits, len(train)), seed=0)
        test = test.sample(min(digits, len(test)), seed=0)
    dynamics: Any = Static()
    if learning is not None:
        dynamics = Leaky(membrane=MEMBRANE, hold=hold, learning=learning, dt=DT)
    network = layered(
        [784, 100, 10], rule=FeedbackAlignment(), optimiser=SGD(rate=rate), dynamics=dynamics
    )
    schedule = Schedule(Learning(train, epochs=epochs, test=test))
    return simulate(network, schedule, device=device, trials=64, seed=seed, progress=False)


def leaky_digits(*, networks: int = 3, seed: int = 0, **options: Any) -> xr.DataArray:
    """Let paired networks learn the embedded digits in every condition.

    Parameters
    ----------
    networks : int
        Number of paired networks.
    seed : int
        Seed of the first; the others follow.
    **options
        Those of `live`.

    Returns
    -------
    xarray.DataArray
        Final test accuracy over ``condition`` and ``network`` (its seed).
    """
    seeds = list(range(seed, seed + networks))
    found = [
        [
            float(live(learning, number, **options)["tests"].to_dataset()["accuracy"][-1])
            for number in seeds
        ]
        for learning in CONDITIONS.values()
    ]
    return xr.DataArray(
        found,
        dims=("condition", "network"),
        coords={"condition": list(CONDITIONS), "network": seeds},
    )


def report(accuracy: xr.DataArray) -> Table:
    """Return the table: mean and range over networks, of accuracy and of the paired difference."""
    table = Table(title="Embedded digits, mean (range) over networks")
    for column in ("condition", "final test accuracy, %", "minus static, percentage points"):
        table.add_column(column)
    difference = accuracy - accuracy.sel(condition="static")
    for condition in accuracy["condition"].values:
        cells = []
        for values, sign in ((accuracy, ""), (difference, "+")):
            numbers = 100 * values.sel(condition=condition).values
            mean, low, high = (
                f"{number:{sign}.1f}" for number in (numbers.mean(), numbers.min(), numbers.max())
            )
            cells.append(f"{mean} ({low} to {high})")
        table.add_row(str(condition), *cells)
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=3, help="number of networks")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first network")
    parser.add_argument("--device", default="cpp", help="where they run")
    parser.add_argument("--epochs", type=int, default=10, help="how often they see all digits")
    parser.add_argument("--hold", type=float, default=0.2, help="how long they see a digit, s")
    parser.add_argument("--rate", type=float, default=0.1, help="learning rate of a whole digit")
    found = leaky_digits(**vars(parser.parse_args()))
    Console(width=110).print(report(found))


if __name__ == "__main__":
    main()
