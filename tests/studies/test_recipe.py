"""Lives are told apart by what decides them, and by nothing else."""

from dataclasses import replace

import pytest

from ontogeny.data import gaussian_noise, load_images
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered
from ontogeny.plasticity import Adam, Backpropagation
from ontogeny.studies.recipe import Branch, Recipe, with_ancestors


@pytest.fixture
def noise():
    return Recipe(
        label="noise",
        network=layered([784, 10, 10]),
        schedule=Schedule(Spontaneous(gaussian_noise(), presentations=640)),
        device="numpy",
    )


def digits(seed=0):
    return load_images("mnist-5k").train.sample(64, seed=seed)


def test_label_does_not_count(noise):
    assert replace(noise, label="another").digest == noise.digest


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": 1},
        {"trials": 32},
        {"device": "cpp"},
        {"dtype": "float64"},
        {"record": Record(checkpoints=3)},
        {"network": layered([784, 11, 10])},
        {"network": layered([784, 10, 10], rule=Backpropagation())},
        {"network": layered([784, 10, 10], optimiser=Adam(rate=2e-4))},
        {"schedule": Schedule(Spontaneous(gaussian_noise(), presentations=704))},
        {"schedule": Schedule(Spontaneous(gaussian_noise(std=2.0), presentations=640))},
    ],
)
def test_everything_else_counts(noise, changed):
    assert replace(noise, **changed).digest != noise.digest


def test_stimuli_count_by_their_pixels(noise):
    lives = [replace(noise, schedule=Schedule(Learning(digits(seed), epochs=1))) for seed in (0, 1)]
    again = replace(noise, schedule=Schedule(Learning(digits(), epochs=1)))
    assert lives[0].digest == again.digest
    assert lives[0].digest != lives[1].digest


def test_births_count(noise):
    child = replace(noise, schedule=Schedule(Learning(digits(), epochs=1)))
    branches = [
        None,
        Branch(life=noise),
        Branch(life=noise, presentation=64),
        Branch(life=noise, feedback="shuffled"),
        Branch(life=replace(noise, seed=1)),
    ]
    digests = {replace(child, birth=birth).digest for birth in branches}
    assert len(digests) == len(branches)


def test_ancestors_come_first(noise):
    middle = replace(noise, label="middle", birth=Branch(life=noise))
    last = replace(noise, label="last", birth=Branch(life=middle))
    assert [one.label for one in with_ancestors(last)] == ["noise", "middle", "last"]


def test_what_cannot_be_is_refused(noise):
    with pytest.raises(TypeError, match=r"Recipe\.network: expected a Network, got 3"):
        replace(noise, network=3)
    with pytest.raises(TypeError, match=r"Branch\.life: expected a Recipe, got 'life'"):
        Branch(life="life")
    with pytest.raises(ValueError, match=r"Branch\.feedback: expected one of .*, got 'lost'"):
        Branch(life=noise, feedback="lost")
