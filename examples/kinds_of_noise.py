"""How correlated is each kind of noise, in space and in time?

Correlations are measured in independent realisations; after ± stands the standard error.

    python examples/kinds_of_noise.py --steps 1000 --trials 16
"""

import argparse

from ontogeny.data import (
    binary_noise,
    correlated_noise,
    noise_statistics,
    ornstein_uhlenbeck_noise,
    retinal_waves,
    sparse_noise,
)

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--trials", type=int, default=16)
options = parser.parse_args()

print("noise on 28 x 28 units | mean | std | 1 apart | 2 | 4 | 1 frame later | 5 | 10")
for noise in (
    correlated_noise(length=2),
    ornstein_uhlenbeck_noise(time_constant=10),
    correlated_noise(length=2, time_constant=10),
    binary_noise(0.2),
    sparse_noise(0.05),
    retinal_waves(),
):
    size = {"steps": options.steps, "trials": options.trials, "units": 784}
    found = noise_statistics(noise, distances=(1, 2, 4), lags=(1, 5, 10), **size)
    columns = [found["mean"], found["std"], *found["space"].T, *found["time"].T]
    # Mean and standard error over independent trials.
    error = options.trials**0.5
    numbers = [f"{float(c.mean()):.3f} ± {float(c.std(ddof=1)) / error:.3f}" for c in columns]
    print(" | ".join([noise.title(), *numbers]))
