from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Schedule, Spontaneous, Test


def make_stimuli(count=6):
    return Stimuli(
        images=xr.DataArray(np.zeros((count, 2, 2), np.uint8), dims=("sample", "row", "column")),
        labels=xr.DataArray(np.arange(count) % 3, dims="sample"),
        classes=3,
        name="blank",
    )


STIMULI = make_stimuli()
NOISE = gaussian_noise()
COUNTS = [0, -1, 2.0, 2.5, True, "2", None, np.nan]


def test_phases_keep_what_they_are_given():
    phase = Learning(STIMULI, epochs=3, test=STIMULI)
    assert (phase.stimuli, phase.epochs, phase.test, phase.kind) == (
        STIMULI,
        3,
        STIMULI,
        "learning",
    )
    phase = Spontaneous(NOISE, presentations=7)
    assert (phase.noise, phase.presentations, phase.test, phase.kind) == (
        NOISE,
        7,
        None,
        "spontaneous",
    )
    assert (Test(STIMULI).stimuli, Test(STIMULI).kind) == (STIMULI, "test")


def test_schedule_keeps_the_order_of_its_phases():
    phases = (Test(STIMULI), Spontaneous(NOISE, presentations=7), Learning(STIMULI, epochs=1))
    assert Schedule(*phases).phases == phases
    assert Schedule(*phases) == Schedule(*phases) != Schedule(*phases[::-1])


@pytest.mark.parametrize("count", [1, np.int64(1), np.uint16(300), 10**12])
def test_counts_are_positive_integers(count):
    assert Spontaneous(NOISE, presentations=count).presentations == count
    assert Learning(STIMULI, epochs=count).epochs == count


@pytest.mark.parametrize("count", COUNTS)
def test_presentations_must_be_a_positive_integer(count):
    with pytest.raises(
        ValueError, match=r"^Spontaneous\.presentations: expected a positive integer, got "
    ):
        Spontaneous(NOISE, presentations=count)


@pytest.mark.parametrize("count", COUNTS)
def test_epochs_must_be_a_positive_integer(count):
    with pytest.raises(ValueError, match=r"^Learning\.epochs: expected a positive integer, got "):
        Learning(STIMULI, epochs=count)


def test_wording_shows_the_value():
    with pytest.raises(ValueError, match=r"got '2'$"):
        Learning(STIMULI, epochs="2")


@pytest.mark.parametrize(
    "noise",
    [None, 1.0, "gaussian", gaussian_noise, STIMULI],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_noise_must_be_noise(noise):
    with pytest.raises(
        TypeError,
        match=r"^Spontaneous\.noise: expected a noise such as gaussian_noise\(\), got ",
    ):
        Spontaneous(noise, presentations=1)


@pytest.mark.parametrize(
    ("where", "make"),
    [
        ("Learning.stimuli", lambda value: Learning(value, epochs=1)),
        ("Learning.test", lambda value: Learning(STIMULI, epochs=1, test=value)),
        ("Spontaneous.test", lambda value: Spontaneous(NOISE, presentations=1, test=value)),
        ("Test.stimuli", Test),
    ],
)
@pytest.mark.parametrize("value", [NOISE, np.zeros((2, 4)), "mnist-5k", False], ids=repr)
def test_stimuli_must_be_stimuli(where, make, value):
    with pytest.raises(
        TypeError,
        match=rf"^{where}: expected Stimuli, such as load_images\('mnist-5k'\)\.train, got ",
    ):
        make(value)


@pytest.mark.parametrize("make", [lambda: Learning(None, epochs=1), lambda: Test(None)])
def test_only_tests_of_a_phase_may_be_absent(make):
    with pytest.raises(
        TypeError, match=r"\.stimuli: expected Stimuli, .* got NoneType; Stimuli\.from_arrays"
    ):
        make()


def test_counts_and_tests_are_given_by_name():
    for make in (lambda: Learning(STIMULI, 3), lambda: Spontaneous(NOISE, 3)):
        with pytest.raises(TypeError, match="positional"):
            make()


def test_schedule_needs_a_phase():
    with pytest.raises(
        ValueError, match=r"^Schedule\.phases: expected at least one phase, got none$"
    ):
        Schedule()


@pytest.mark.parametrize("phase", [STIMULI, None, [Test(STIMULI)], Learning], ids=repr)
def test_schedule_names_the_position_of_what_is_no_phase(phase):
    with pytest.raises(
        TypeError,
        match=r"^Schedule\.phases: expected Spontaneous, Learning or Test at position 1, got ",
    ):
        Schedule(Test(STIMULI), phase)


@pytest.mark.parametrize(
    "description", [Test(STIMULI), Spontaneous(NOISE, presentations=1), Schedule(Test(STIMULI))]
)
def test_are_frozen(description):
    with pytest.raises(FrozenInstanceError):
        description.phases = ()
