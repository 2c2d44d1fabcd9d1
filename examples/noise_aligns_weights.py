"""Does random noise alone, without a single stimulus, align forward weights with random feedback?

Cheon J, Lee SW, Paik SB (2024). Pretraining with random noise for fast and robust learning without
weight transport. NeurIPS 37, figure 1. Chance is 90 degrees; backpropagation, which never reads the
feedback weights, is the control.

    python examples/noise_aligns_weights.py --presentations 512000
"""

import argparse

from ontogeny.analysis import weight_alignment
from ontogeny.data import gaussian_noise
from ontogeny.models import Record, Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import Backpropagation, FeedbackAlignment

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--presentations", type=int, default=512_000, help="noise patterns to live on")
presentations = parser.parse_args().presentations

schedule = Schedule(Spontaneous(gaussian_noise(), presentations=presentations))
angles = {}
for rule in (FeedbackAlignment(), Backpropagation()):
    network = layered([784, 100, 10], rule=rule)
    life = simulate(network, schedule, record=Record(checkpoints=8))
    angles[type(rule).__name__] = weight_alignment(life).sel(synapses="forward_2")

print(f"{'presentations':>13}  " + "  ".join(angles))
for checkpoint, presentation in enumerate(life["weights"]["presentation"].values):
    row = [f"{float(angle[checkpoint]):{len(name)}.1f}" for name, angle in angles.items()]
    print(f"{presentation:13,}  " + "  ".join(row))
