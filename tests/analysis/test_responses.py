import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import batches, evaluate, generalisation_error, responses
from ontogeny.data import (
    Stimuli,
    gaussian_noise,
    join_trajectories,
    open_trajectory,
    write_trajectory,
)
from ontogeny.models import Leaky, Learning, Record, Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import Adam, Backpropagation, NodePerturbation

READOUTS = ["softmax", "linear", "sigmoid"]


def stimuli_of(samples, seed=0, inputs=7, classes=3):
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, samples)
    return Stimuli.from_arrays(random.normal(size=(samples, inputs)), labels, classes=classes)


def grown(readout="softmax", noise=0, epochs=3, seed=0, **network):
    """A life that was tested at birth, after noise, and after every epoch."""
    stimuli, test = stimuli_of(64), stimuli_of(50, seed=1)
    learning = Learning(stimuli, epochs=epochs, test=test)
    phases = [learning] if not noise else [Spontaneous(gaussian_noise(), presentations=noise)]
    described = layered(
        [7, 6, 5, 3], readout=readout, optimiser=Adam(rate=0.02), **{"transfer": "tanh", **network}
    )
    schedule = Schedule(*phases, *([learning] if noise else []))
    record = Record(checkpoints=[noise + 64 * epoch for epoch in range(1, epochs + 1)])
    return simulate(described, schedule, trials=8, seed=seed, record=record, progress=False)


@pytest.fixture(scope="module")
def lives():
    """Two networks of different length, and the two of them joined."""
    alone = {"short": grown(epochs=2), "long": grown(noise=64, epochs=3, seed=1)}
    return SimpleNamespace(**alone, alone=alone, joined=join_trajectories(alone, "condition"))


@pytest.mark.parametrize("readout", READOUTS)
def test_what_the_simulator_tested_is_found_again(readout):
    life, test = grown(readout, rule=Backpropagation()), stimuli_of(50, seed=1)
    tests = life["tests"].to_dataset().swap_dims(test="presentation")
    found = evaluate(life, test).swap_dims(checkpoint="presentation")
    found = found.sel(presentation=tests["presentation"].values)
    assert found.sizes["presentation"] == 4
    assert found["loss"].std() > 0.01
    np.testing.assert_allclose(found["loss"], tests["loss"], rtol=1e-5)
    np.testing.assert_allclose(found["accuracy"], tests["accuracy"], atol=1e-12)
    assert found["loss"].attrs["units"] == tests["loss"].attrs["units"]


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("transfer", ["linear", "relu", "tanh", "sigmoid"])
def test_rates_are_those_of_the_reference(reference, make_network, transfer, readout):
    random = np.random.default_rng(2)
    forward = [random.normal(size=shape) for shape in ((6, 7), (5, 6), (3, 5))]
    biases = [random.normal(size=size) for size in (6, 5, 3)]
    life = make_network(forward, {}, biases=biases, transfer=transfer, readout=readout)
    stimuli = stimuli_of(9)
    network = reference.network.ReferenceNetwork(
        forward, biases, [None] * 3, transfer, readout, "backpropagation", optimiser=None
    )
    rates = network.forward(stimuli.rates())
    found = responses(life, stimuli, checkpoints=0)
    assert list(found) == ["output", "hidden_1", "hidden_2"]
    assert found["hidden_1"].dims == ("sample", "hidden_1_neuron")
    for name, expected in zip(("hidden_1", "hidden_2", "output"), rates[1:], strict=True):
        np.testing.assert_allclose(found[name], expected, rtol=1e-12, atol=1e-15)


def test_a_loss_in_closed_form(make_network):
    # Outputs are the inputs: probabilities 3/4 and 1/4 by drives ln 3 and 0.
    life = make_network([np.eye(2)], {}, readout="softmax")
    stimuli = Stimuli.from_arrays([[np.log(3.0), 0.0]] * 4, [0, 0, 0, 1], classes=2)
    found = evaluate(life, stimuli, checkpoints=-1)
    expected = -(3 * np.log(3 / 4) + np.log(1 / 4)) / 4
    np.testing.assert_allclose(found["loss"], expected, rtol=1e-12)
    assert found["accuracy"] == 0.75
    assert found["loss"].dims == ()


def test_ties_share_the_credit(make_network, reference):
    life = make_network([np.eye(3)], {}, readout="softmax")
    images = [[1.0, 1.0, 0.0], [2.0, 2.0, 2.0], [0.0, 1.0, 0.0]]
    stimuli = Stimuli.from_arrays(images, [0, 1, 0], classes=3)
    found = evaluate(life, stimuli)["accuracy"]
    assert float(found[0]) == pytest.approx((1 / 2 + 1 / 3 + 0) / 3)
    assert float(found[0]) == pytest.approx(reference.measures.accuracy(images, [0, 1, 0]))


def test_real_targets_have_a_loss_and_no_accuracy(make_network):
    life = make_network([np.eye(2)], {}, readout="linear")
    stimuli = Stimuli.from_arrays([[1.0, 2.0]], targets=[[0.0, 0.0]])
    found = evaluate(life, stimuli)
    assert float(found["loss"][0]) == 2.5
    assert np.isnan(found["accuracy"]).all()
    assert found["loss"].attrs["units"] == "1"


def test_parts_give_what_the_whole_gives(lives, monkeypatch):
    stimuli = stimuli_of(50, seed=4)
    whole, rates = evaluate(lives.joined, stimuli), responses(lives.joined, stimuli)
    monkeypatch.setattr(batches, "_ENTRIES", 7 * 16)
    xr.testing.assert_allclose(evaluate(lives.joined, stimuli), whole, rtol=1e-6)
    xr.testing.assert_allclose(responses(lives.joined, stimuli), rates, rtol=1e-12)


def test_many_stimuli_need_little_memory(make_network):
    random = np.random.default_rng(0)
    life = make_network([random.normal(size=(50, 400)), random.normal(size=(3, 50))], {})
    images = random.integers(0, 255, (100_000, 400)).astype(np.uint8)
    stimuli = Stimuli.from_arrays(images, np.zeros(len(images), int), classes=3)
    tracemalloc.start()
    evaluate(life, stimuli)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.8 * 8 * images.size


def test_joined_lives_are_measured_one_by_one(lives):
    stimuli = stimuli_of(20, seed=3)
    before = lives.joined.copy(deep=True)
    found = evaluate(lives.joined, stimuli)
    assert found["loss"].dims == ("condition", "checkpoint")
    for label, life in lives.alone.items():
        one = found.sel(condition=label)
        count = life["weights"].sizes["checkpoint"]
        expected = evaluate(life, stimuli)
        np.testing.assert_array_equal(one["loss"][:count], expected["loss"])
        np.testing.assert_array_equal(one["accuracy"][:count], expected["accuracy"])
        assert one["loss"][count:].isnull().all() and one["accuracy"][count:].isnull().all()
    xr.testing.assert_identical(lives.joined, before)


@pytest.mark.parametrize(
    ("checkpoints", "plain"),
    [
        (None, slice(None)),
        (0, 0),
        (-1, -1),
        (slice(-3, None), slice(-3, None)),
        ([0, -1], [0, -1]),
        ([-1], [-1]),
        (np.array([1, 2]), [1, 2]),
    ],
)
def test_checkpoints_are_each_lifes_own(lives, checkpoints, plain):
    stimuli = stimuli_of(20, seed=3)
    found = evaluate(lives.joined, stimuli, checkpoints=checkpoints)
    for label, life in lives.alone.items():
        expected = evaluate(life, stimuli).isel(checkpoint=plain)
        xr.testing.assert_identical(evaluate(life, stimuli, checkpoints=checkpoints), expected)
        own = found.sel(condition=label).dropna("checkpoint") if plain == slice(None) else found
        own = own if plain == slice(None) else own.sel(condition=label)
        np.testing.assert_array_equal(own["loss"], expected["loss"])
        np.testing.assert_array_equal(own["presentation"], expected["presentation"])


def test_lives_without_the_checkpoint_are_nan(lives):
    count = {name: life["weights"].sizes["checkpoint"] for name, life in lives.alone.items()}
    assert count["short"] < count["long"]
    stimuli = stimuli_of(5)
    found = evaluate(lives.joined, stimuli, checkpoints=[0, count["short"]])
    assert found["loss"].isnull().values.tolist() == [[False, True], [False, False]]
    slices = evaluate(lives.joined, stimuli, checkpoints=slice(-1, count["short"]))
    assert slices["loss"].isnull().values.tolist() == [[False], [True]]


def test_a_life_at_one_checkpoint(lives):
    weights = lives.long["weights"].to_dataset().isel(checkpoint=2)
    cut = xr.DataTree.from_dict({"/weights": weights})
    cut.attrs = lives.long.attrs
    stimuli = stimuli_of(5)
    expected = evaluate(lives.long, stimuli, checkpoints=2)
    xr.testing.assert_identical(evaluate(cut, stimuli), expected)


def test_stored_files_are_read_as_lives_in_memory(lives, tmp_path):
    write_trajectory(lives.joined, tmp_path / "life.nc")
    stimuli = stimuli_of(9)
    with open_trajectory(tmp_path / "life.nc") as stored:
        found = evaluate(stored, stimuli, checkpoints=[0, -1])
    xr.testing.assert_equal(found, evaluate(lives.joined, stimuli, checkpoints=[0, -1]))


def test_double_weights_are_multiplied_in_double_precision(make_network):
    # 1 + 1e-9 is 1 in single precision.
    life = make_network([np.array([[1 + 1e-9]])], {})
    stimuli = Stimuli.from_arrays([[1.0]], targets=[[1.0]])
    assert float(evaluate(life, stimuli)["loss"][0]) == pytest.approx(0.5e-18, rel=1e-6)


def test_rules_that_perturb_are_measured_too():
    life = grown(rule=NodePerturbation(), epochs=1)
    stimuli = stimuli_of(50, seed=1)
    found = evaluate(life, stimuli, checkpoints=-1)["loss"]
    np.testing.assert_allclose(found, life["tests"]["loss"][-1], rtol=1e-5)


def test_leaky_networks_are_refused():
    stimuli = stimuli_of(2)
    network = layered([7, 4, 3], dynamics=Leaky(membrane=0.01, hold=0.05))
    life = simulate(network, Schedule(Learning(stimuli, epochs=1)), trials=2, progress=False)
    for measure in (evaluate, responses):
        match = rf"{measure.__name__}.life: expected static networks.*got Leaky dynamics"
        with pytest.raises(ValueError, match=match):
            measure(life, stimuli)


def test_stimuli_that_do_not_fit(lives):
    with pytest.raises(ValueError, match=r"evaluate.stimuli: expected rates of 7 inputs, got 6"):
        evaluate(lives.short, stimuli_of(5, inputs=6))
    with pytest.raises(ValueError, match=r"evaluate.stimuli: expected targets of 3 outputs, got 4"):
        evaluate(lives.short, stimuli_of(5, classes=4))
    with pytest.raises(TypeError, match=r"responses.stimuli: expected Stimuli, got list"):
        responses(lives.short, [])
    assert responses(lives.short, stimuli_of(5, classes=4), checkpoints=0).sizes["outputs"] == 3


@pytest.mark.parametrize("checkpoints", [99, [99], slice(5, 5), [-99]])
def test_checkpoints_that_no_life_has(lives, checkpoints):
    match = r"evaluate.checkpoints: expected positions of checkpoints, got .*; the life has"
    with pytest.raises(ValueError, match=match):
        evaluate(lives.joined, stimuli_of(5), checkpoints=checkpoints)


@pytest.mark.parametrize("checkpoints", [1.5, "last", [[0]], [True]])
def test_checkpoints_of_another_kind(lives, checkpoints):
    with pytest.raises(TypeError, match=r"evaluate.checkpoints: expected an integer, a slice"):
        evaluate(lives.short, stimuli_of(5), checkpoints=checkpoints)


def test_generalisation_error_is_the_gap(lives):
    train, test = stimuli_of(64), stimuli_of(50, seed=1)
    found = generalisation_error(lives.joined, train, test, checkpoints=[0, -1])
    learned, new = (evaluate(lives.joined, part, checkpoints=[0, -1]) for part in (train, test))
    np.testing.assert_allclose(found["error"], np.abs(learned["accuracy"] - new["accuracy"]))
    np.testing.assert_allclose(found["loss"], new["loss"] - learned["loss"])
    assert (found["loss"].isel(checkpoint=-1) > 0).all()
    assert "presentation" in found.coords
    assert found["loss"].attrs["units"] == "nat"


def test_generalisation_error_in_closed_form(make_network):
    life = make_network([np.eye(2)], {}, readout="softmax")
    train = Stimuli.from_arrays([[1.0, 0.0]] * 4, [0, 0, 0, 0], classes=2)
    test = Stimuli.from_arrays([[1.0, 0.0]] * 4, [0, 1, 1, 1], classes=2)
    found = generalisation_error(life, train, test, checkpoints=0)
    assert found["error"] == 0.75
    # Each wrong sample costs one nat more than a right one.
    np.testing.assert_allclose(found["loss"], 0.75)
    assert generalisation_error(life, test, train, checkpoints=0)["error"] == 0.75
