"""Does noise pretraining do what an independent implementation found? Table A.7 of the first study.

784-100-10 networks live through Gaussian noise with random labels. Loss on noise that they have
not seen, alignment of forward with feedback weights, and effective ranks are compared with the
values of an independent NumPy implementation (one or two seeds).

Run ``python -m ontogeny.studies.sanity --networks 5 --device cpp``.
"""

import argparse

import numpy as np
import xarray as xr
from rich.console import Console
from rich.table import Table

from ontogeny.analysis import effective_rank, weight_alignment
from ontogeny.data import gaussian_noise
from ontogeny.plasticity import Adam, Backpropagation, FeedbackAlignment, Rule

__all__ = ["ITERATIONS", "STATED", "live", "report", "sanity"]

TRIALS = 64
ITERATIONS = (0, 2000, 4000, 8000)
#: Stated values of feedback alignment: iteration -> measure -> value.
STATED = {
    2000: {
        "loss": 2.63,
        "neuron_angle": 84.4,
        "matrix_angle": 84.7,
        "rank_1": 97.5,
        "rank_2": 9.78,
    },
    4000: {
        "loss": 2.46,
        "neuron_angle": 77.7,
        "matrix_angle": 78.4,
        "rank_1": 96.1,
        "rank_2": 9.59,
    },
    8000: {
        "loss": 2.37,
        "neuron_angle": 69.7,
        "matrix_angle": 72.0,
        "rank_1": 94.2,
        "rank_2": 9.09,
    },
}


def live(rule: Rule, seed: int, device: str) -> xr.Dataset:
    """Let one network live through noise.

    Parameters
    ----------
    rule : Rule
        Its learning rule.
    seed : int
        Its seed.
    device : str
        Where it runs.

    Returns
    -------
    xarray.Dataset
        ``loss``, ``neuron_angle``, ``matrix_angle``, ``rank_1``, ``rank_2`` over ``iteration``.
    """
    from ontogeny.models import Record, Schedule, Spontaneous, layered, simulate

    fresh = gaussian_noise().stimuli(1000, units=784, classes=10, seed=100_000 + seed)
    marks = [TRIALS * iteration for iteration in ITERATIONS[1:]]
    phase = Spontaneous(gaussian_noise(), presentations=marks[-1], test=fresh)
    life = simulate(
        layered([784, 100, 10], rule=rule, optimiser=Adam(rate=1e-4)),
        Schedule(phase),
        device=device,
        trials=TRIALS,
        seed=seed,
        record=Record(checkpoints=marks),
        progress=False,
    )
    ranks = effective_rank(life)
    measures = {
        "loss": life["tests"]["loss"].values,
        "neuron_angle": weight_alignment(life).values[:, 0],
        "matrix_angle": weight_alignment(life, matrix=True).values[:, 0],
        "rank_1": ranks.values[:, 0],
        "rank_2": ranks.values[:, 1],
    }
    return xr.Dataset(
        {name: ("iteration", np.asarray(values, float)) for name, values in measures.items()},
        coords={"iteration": list(ITERATIONS)},
    )


def sanity(*, networks: int = 5, seed: int = 0, device: str = "cpp") -> xr.Dataset:
    """Repeat the sanity table for feedback alignment and the backpropagation control.

    Parameters
    ----------
    networks : int
        Number of paired networks.
    seed : int
        Seed of the first; the others follow.
    device : str
        Where they run.

    Returns
    -------
    xarray.Dataset
        Measures over ``rule``, ``network`` (its seed) and ``iteration``.
    """
    seeds = list(range(seed, seed + networks))
    rules = {"feedback alignment": FeedbackAlignment(), "backpropagation": Backpropagation()}
    by_rule = [
        xr.concat([live(rule, number, device) for number in seeds], dim="network")
        for rule in rules.values()
    ]
    return xr.concat(by_rule, dim="rule").assign_coords(network=seeds, rule=list(rules))


def report(found: xr.Dataset) -> Table:
    """Return the table: mean and range over networks, and the stated value where there is one."""
    table = Table(title="Noise pretraining, mean (range) over networks; stated value in brackets")
    for column in ("rule", "iteration", *found.data_vars):
        table.add_column(str(column))
    for rule in found["rule"].values:
        for iteration in found["iteration"].values:
            cells = []
            for name in found.data_vars:
                values = found[name].sel(rule=rule, iteration=iteration).values
                cell = f"{values.mean():.2f} ({values.min():.2f}-{values.max():.2f})"
                stated = STATED.get(int(iteration), {}).get(str(name))
                if stated is not None and rule == "feedback alignment":
                    cell += f" [{stated:g}]"
                cells.append(cell)
            table.add_row(str(rule), str(iteration), *cells)
    return table


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=5, help="number of networks")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first network")
    parser.add_argument("--device", default="cpp", help="where they run")
    given = parser.parse_args()
    found = sanity(networks=given.networks, seed=given.seed, device=given.device)
    Console(width=150).print(report(found))


if __name__ == "__main__":
    main()
