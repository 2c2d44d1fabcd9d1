import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import final_accuracy, learning_speed


def life_of_tests(phase, phase_index, epoch, accuracy):
    """A life of which only the tests are known."""
    columns = {"phase": phase, "phase_index": phase_index, "epoch": epoch, "accuracy": accuracy}
    tests = xr.Dataset({name: ("test", values) for name, values in columns.items()})
    return xr.DataTree.from_dict({"/tests": tests})


@pytest.fixture
def two_phases():
    """Two learning phases with a test phase between and after them."""
    return life_of_tests(
        phase=[1, 1, 1, 2, 1, 1, 1, 2],
        phase_index=[0, 0, 0, 1, 2, 2, 2, 3],
        epoch=[0, 1, 2, 0, 0, 1, 2, 0],
        accuracy=[0.1, 0.2, 0.4, 0.99, 0.5, 0.6, 0.8, 0.01],
    )


def test_mean_over_epochs_without_the_first_test(life):
    speed = learning_speed(life)
    assert speed.dims == ()
    assert speed.attrs == {
        "units": "1",
        "long_name": "mean test accuracy over the epochs of learning",
    }
    np.testing.assert_allclose(speed, life["tests"]["accuracy"][1:].mean())


def test_last_test(life):
    accuracy = final_accuracy(life)
    assert accuracy.dims == ()
    assert set(accuracy.attrs) == {"units", "long_name"}
    assert accuracy == life["tests"]["accuracy"][-1]


def test_last_learning_phase_is_the_default(two_phases):
    assert learning_speed(two_phases) == pytest.approx(0.7)
    assert final_accuracy(two_phases) == 0.8


def test_phase_by_its_index(two_phases):
    assert learning_speed(two_phases, phase_index=0) == pytest.approx(0.3)
    assert final_accuracy(two_phases, phase_index=0) == 0.4


@pytest.mark.filterwarnings("error")
def test_conditions_have_their_own_learning_phase(joined, make_life):
    before = joined.copy(deep=True)
    speed, accuracy = learning_speed(joined), final_accuracy(joined)
    assert speed.dims == accuracy.dims == ("condition", "network")
    for condition, noise, rate in (("plain", 0, 0.4), ("noise", 400, 0.8)):
        for network in range(3):
            life = make_life(noise=noise, rate=rate + network / 10, seed=network)
            element = {"condition": condition, "network": network}
            np.testing.assert_allclose(speed.sel(element), learning_speed(life))
            np.testing.assert_allclose(accuracy.sel(element), final_accuracy(life))
    xr.testing.assert_identical(joined, before)


def test_padding_is_left_out_and_lives_of_unequal_length_are_warned_of(make_life, join):
    short, long = make_life(epochs=2), make_life(epochs=5)
    joined = join([short, long], "network", [0, 1])
    with pytest.warns(UserWarning, match=r"equal numbers of tests, got 2 to 5"):
        speed = learning_speed(joined)
    np.testing.assert_allclose(speed, [learning_speed(short), learning_speed(long)])
    expected = [final_accuracy(short), final_accuracy(long)]
    np.testing.assert_allclose(final_accuracy(joined), expected)


def test_failed_networks_stay_nan():
    life = life_of_tests([1, 1, 1], [0, 0, 0], [0, 1, 2], [0.1, 0.5, np.nan])
    assert np.isnan(learning_speed(life))
    assert np.isnan(final_accuracy(life))


def test_lives_that_were_not_tested_are_nan(make_life, join):
    first = make_life()
    second = first.copy(deep=True)
    second["tests"]["phase"][:] = 2
    joined = join([first, second], "network", [0, 1])
    with pytest.warns(UserWarning, match=r"got 0 to 3"):
        assert learning_speed(joined).isnull().values.tolist() == [False, True]
    assert final_accuracy(joined).isnull().values.tolist() == [False, True]


@pytest.mark.parametrize("measure", [learning_speed, final_accuracy])
def test_nothing_was_tested(make_life, measure):
    message = rf"{measure.__name__}.life: expected a trajectory with a group 'tests'.*test=\.\.\."
    with pytest.raises(ValueError, match=message):
        measure(make_life(tests=False))


@pytest.mark.parametrize("measure", [learning_speed, final_accuracy])
def test_no_epoch_was_tested(measure):
    life = life_of_tests([1], [0], [0], [0.1])
    with pytest.raises(ValueError, match=r"expected tests after the epochs of a learning phase"):
        measure(life)


def test_no_such_phase(two_phases):
    message = r"learning phase 7, got none; learning phases with tests are \[0, 2\]"
    with pytest.raises(ValueError, match=message):
        learning_speed(two_phases, phase_index=7)
    with pytest.raises(ValueError, match=r"learning phase 1"):
        learning_speed(two_phases, phase_index=1)
