"""Does a life on noise make later learning from few stimuli faster, and close to backpropagation?

Cheon J, Lee SW, Paik SB (2024). Pretraining with random noise for fast and robust learning without
weight transport. NeurIPS 37, figure 2. Learning speed is the mean test accuracy over the epochs.

    python examples/pretraining_speeds_learning.py --presentations 512000 --epochs 30
"""

import argparse

from ontogeny.analysis import final_accuracy, gap_closed, learning_speed
from ontogeny.data import gaussian_noise, join_trajectories, load_images
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import Backpropagation, FeedbackAlignment

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--presentations", type=int, default=512_000, help="noise patterns to live on")
parser.add_argument("--epochs", type=int, default=30, help="passes through the stimuli")
arguments = parser.parse_args()

images = load_images("mnist-5k")
noise = Spontaneous(gaussian_noise(), presentations=arguments.presentations)
learning = Learning(images.train, epochs=arguments.epochs, test=images.test)
conditions = {
    "feedback alignment": (FeedbackAlignment(), Schedule(learning)),
    "feedback alignment after noise": (FeedbackAlignment(), Schedule(noise, learning)),
    "backpropagation": (Backpropagation(), Schedule(learning)),
}
lives = {
    name: simulate(layered([784, 100, 10], rule=rule), schedule, record=Record(checkpoints=2))
    for name, (rule, schedule) in conditions.items()
}
joined = join_trajectories(lives, dim="condition")
speed, accuracy = learning_speed(joined), final_accuracy(joined)
for name in lives:
    values = (float(measure.sel(condition=name)) for measure in (speed, accuracy))
    print("{:>30}: learning speed {:.3f}, final accuracy {:.3f}".format(name, *values))
baseline, treated, reference = (speed.sel(condition=name, drop=True) for name in lives)
print(f"noise closes {float(gap_closed(treated, baseline, reference)):.0%} of the gap in speed")
