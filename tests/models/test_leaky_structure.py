"""What of leaky dynamics decides the program, and what is an input of it."""

import dataclasses

import pytest

from ontogeny.models import Leaky, NeuronNoise, Spiking, Static, layered
from ontogeny.models.structure import structure

NOISE = NeuronNoise(std=0.3, time_constant=0.02)
BASE = Leaky(feedback=0.005, trace=0.005, noise=NOISE, spiking=Spiking(trace=0.005))


def structure_of(dynamics, membrane=None):
    network = layered(
        [3, 4, 2],
        transfer="sigmoid",
        dynamics=dynamics,
        membrane=membrane,
    )
    return structure(network, 4)


@pytest.mark.parametrize(
    "options",
    [
        {"membrane": 0.02},
        {"hold": 0.5},
        {"feedback": 0.001},
        {"trace": 0.001},
        {"highpass": 0.5},
        {"learning": "continuous"},
        {"window": 0.05},
        {"noise": NeuronNoise(std=2.0, time_constant=0.5, phases="spontaneous")},
        {"spiking": Spiking(trace=0.01, tonic_rate=0.3, gain=0.1)},
    ],
    ids=str,
)
def test_other_values_do_not_compile_again(options):
    assert structure_of(dataclasses.replace(BASE, **options)) == structure_of(BASE)
    assert structure_of(BASE, membrane=[0.02, 0.03]) == structure_of(BASE)


@pytest.mark.parametrize(
    "options",
    [
        {"solver": "euler"},
        {"dt": 1 / 2048},
        {"noise": None},
        {"spiking": None},
        {"feedback": 0},
        {"trace": 0},
    ],
    ids=str,
)
def test_other_equations_and_time_steps_do(options):
    assert structure_of(dataclasses.replace(BASE, **options)) != structure_of(BASE)
    assert structure_of(Static()) != structure_of(BASE)
