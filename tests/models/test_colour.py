"""Lives on images in colour: units are rows times columns times channels, and nothing else."""

import importlib

import numpy as np
import pytest

from ontogeny.data import Stimuli, check_trajectory, grey, translated
from ontogeny.engine import DEVICES
from ontogeny.models import Learning, Schedule, Test, layered, simulate
from ontogeny.models.interrupts import StopLife
from ontogeny.plasticity import SGD

describe = importlib.import_module("ontogeny.models.description").describe
resume = importlib.import_module("ontogeny.models.resuming").resume
SHAPE = (4, 3, 3)


def on_devices(*names):
    """Mark devices that cannot work here as skipped, with the reason."""
    problems = {name: DEVICES[name].problem() for name in names}
    return [
        pytest.param(
            name,
            marks=[
                *([pytest.mark.compiler] if name == "cpp" else []),
                pytest.mark.skipif(bool(problems[name]), reason=problems[name] or "works"),
            ],
        )
        for name in names
    ]


def coloured(count=40, seed=0):
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    images = generator.integers(0, 100, (count, *SHAPE), dtype=np.uint8)
    for channel in range(3):
        images[labels == channel, ..., channel] += 150
    return Stimuli.from_arrays(images, labels, scale=1 / 255, shift=-0.5)


def live(stimuli, device, **options):
    network = layered([stimuli.units, 7, 3], optimiser=SGD(rate=0.2))
    schedule = Schedule(Learning(stimuli, epochs=6, test=stimuli))
    return simulate(network, schedule, device=device, trials=8, progress=False, **options)


@pytest.mark.parametrize("device", on_devices("numpy", "cpp"))
def test_a_life_on_colours_is_one_on_their_units(device):
    stimuli = coloured()
    flat = Stimuli.from_arrays(
        stimuli.images.values.reshape(40, -1), stimuli.labels.values, scale=1 / 255, shift=-0.5
    )
    seen, same = live(stimuli, device), live(flat, device)
    check_trajectory(seen)
    for group in ("progress", "weights", "tests"):
        assert seen[group].to_dataset().equals(same[group].to_dataset())
    # Which channel is bright tells the class.
    assert float(seen["tests"]["accuracy"][-1]) > 0.9


@pytest.mark.parametrize("device", on_devices("numpy", "cpp"))
def test_a_life_on_colours_is_resumed_from_the_store_alone(device, tmp_path):
    stimuli = coloured()
    whole = live(stimuli, device)

    def stop(done, total, phase):
        if done >= total // 2:
            raise StopLife

    network = layered([stimuli.units, 7, 3], optimiser=SGD(rate=0.2))
    schedule = Schedule(Learning(stimuli, epochs=6, test=stimuli))
    store = tmp_path / "life.nc"
    with pytest.raises(StopLife):
        simulate(network, schedule, device=device, trials=8, progress=stop, store=store)
    assert (
        resume(store, progress=False)["weights"].to_dataset().equals(whole["weights"].to_dataset())
    )


def test_a_network_of_another_size_is_told_all_three_numbers():
    with pytest.raises(ValueError, match=r"got 4 x 3 x 3 = 36; make the network's first size 36"):
        simulate(layered([12, 7, 3]), Schedule(Test(coloured())), progress=False)


def test_description_tells_colours_from_grey_and_shifted_ones():
    stimuli = coloured()
    hashes = {
        describe(made)["sha256"] for made in (stimuli, grey(stimuli), translated(stimuli, pixels=1))
    }
    assert len(hashes) == 3
    flat = stimuli.images.values.reshape(40, 12, 3)
    assert describe(Stimuli.from_arrays(flat, stimuli.labels))["sha256"] not in hashes
