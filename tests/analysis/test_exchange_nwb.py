"""Lives as NWB files: valid, readable by others, with the right numbers."""

import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pytest

from ontogeny.analysis import evaluate, responses
from ontogeny.analysis.exchange import to_nwb
from ontogeny.data import join_trajectories, open_trajectory, write_trajectory
from ontogeny.data.recordings.nwb import open_nwb

pynwb = pytest.importorskip("pynwb")

TINY = Path(__file__).parents[1] / "models" / "tiny_life.py"
spec = importlib.util.spec_from_file_location("tiny_life_for_exchange", TINY)
tiny = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tiny)


@pytest.fixture(scope="module")
def life():
    return tiny.live()


@pytest.fixture(scope="module")
def stimuli():
    return tiny.make_stimuli(5, 7)


@pytest.fixture(scope="module")
def path(life, stimuli, tmp_path_factory):
    path = tmp_path_factory.mktemp("exchange") / "life.nwb"
    to_nwb(life, path, stimuli=stimuli, checkpoints=[0, -1], presentation_time=0.5)
    return path


@pytest.fixture
def file(path):
    with pynwb.NWBHDF5IO(str(path), "r") as io:
        yield io.read()


def test_it_is_valid(path):
    assert pynwb.validate(path=str(path)) == []


def test_rates_are_those_of_the_network(file, life, stimuli):
    expected = responses(life, stimuli, checkpoints=[0, -1])
    for name, population in (("hidden_1",) * 2, ("hidden_2",) * 2, ("output", "outputs")):
        series = file.processing["rates"][population]
        flat = expected[name].values.reshape(10, -1)
        np.testing.assert_array_equal(series.data[:], flat)
        assert (series.rate, series.starting_time, series.unit) == (2.0, 360.0, "1")


def test_trials_say_what_was_presented_and_when(file, stimuli):
    trials = file.trials
    assert trials["start_time"][:].tolist() == (360 + np.arange(10) / 2).tolist()
    assert trials["stop_time"][:].tolist() == (360.5 + np.arange(10) / 2).tolist()
    assert trials["stimulus"][:].tolist() == [0, 1, 2, 3, 4] * 2
    assert trials["checkpoint"][:].tolist() == [0] * 5 + [8] * 5
    assert trials["presentation"][:].tolist() == [0] * 5 + [720] * 5
    assert trials["label"][:].tolist() == stimuli.wanted.tolist() * 2
    shown = file.stimulus["stimuli"]
    np.testing.assert_array_equal(shown.data[5:], stimuli.images.values)


def test_phases_are_epochs(file):
    epochs = file.epochs
    assert epochs["start_time"][:].tolist() == [0.0, 300.0]
    assert epochs["stop_time"][:].tolist() == [300.0, 360.0]
    assert epochs["phase"][:].tolist() == ["spontaneous", "learning"]
    assert epochs["presentations"][:].tolist() == [600, 120]
    described = [json.loads(text)["type"] for text in epochs["phase_description"][:]]
    assert described == ["Spontaneous", "Learning"]


def test_progress_and_tests(file, life):
    progress, tests = life["progress"], life["tests"]
    loss = file.processing["progress"]["loss"]
    np.testing.assert_array_equal(loss.data[:], progress["loss"].values)
    np.testing.assert_array_equal(loss.timestamps[:], progress["presentation"].values / 2)
    assert loss.unit == "nat"
    tested = file.processing["progress"]["test_accuracy"]
    np.testing.assert_array_equal(tested.data[:], tests["accuracy"].values)


def test_weights_of_the_chosen_checkpoints(file, life):
    module, weights = file.processing["weights"], life["weights"]
    assert sorted(module.data_interfaces) == sorted(map(str, weights.data_vars))
    for name, matrix in weights.data_vars.items():
        table = module[name]
        np.testing.assert_array_equal(table["weights"].data[:], matrix.values[[0, -1]])
        assert table["presentation"][:].tolist() == [0, 720]
        assert table["time"][:].tolist() == [0.0, 360.0]
    assert "kind forward, source hidden_1, target hidden_2" in module["forward_2"].description


def test_weights_and_stimuli_give_the_rates_again(file):
    """What is in the file is enough: a network of another program answers as this one did."""
    pixels = file.stimulus["stimuli"].data[5:].reshape(5, -1) / 255
    module = file.processing["weights"]
    rates = pixels
    for layer in (1, 2):
        weights, bias = (
            module[f"{kind}_{layer}"]["weights"].data[1].astype(float)
            for kind in ("forward", "bias")
        )
        rates = np.maximum(rates @ weights.T + bias, 0)
    np.testing.assert_allclose(file.processing["rates"]["hidden_2"].data[5:], rates, rtol=1e-6)


def test_description_seed_versions_and_device(file, life):
    notes = json.loads(file.notes)
    assert json.loads(notes["network"]) == json.loads(life.attrs["network"])
    assert notes["seed"] == 4 and notes["schema"] == "ontogeny.trajectory"
    versions = dict(file.was_generated_by[:])
    assert versions == json.loads(life.attrs["versions"])
    assert "device numpy" in file.devices["simulator"].description
    assert "seed 4" in file.devices["simulator"].description


def test_recorded_inputs(file, life):
    recorded = file.stimulus["activity_input_rate"]
    np.testing.assert_array_equal(recorded.data[:], life["activity"]["input_rate"].values)
    assert recorded.timestamps[-1] == 719 / 2


def test_pynapple_opens_it(path, life, stimuli):
    nap = pytest.importorskip("pynapple")
    data = nap.load_file(str(path))
    rates = data["hidden_1"]
    assert rates.t.tolist() == (360 + np.arange(10) / 2).tolist()
    expected = responses(life, stimuli, checkpoints=-1)["hidden_1"].values
    last = rates.restrict(nap.IntervalSet(362.4, 365))
    np.testing.assert_array_equal(last.d[:], expected)
    accuracy = (data["outputs"].d[5:].argmax(axis=1) == stimuli.wanted).mean()
    assert accuracy == evaluate(life, stimuli, checkpoints=-1)["accuracy"].item()
    assert data["epochs"]["phase"].tolist() == ["spontaneous", "learning"]
    assert data["trials"]["label"].tolist() == stimuli.wanted.tolist() * 2


def test_it_is_read_as_a_recording(path, life):
    found = open_nwb(path)
    np.testing.assert_array_equal(found["loss"].values, life["progress"]["loss"].values)
    assert found["trial_label"].size == 10 and found["hidden_1"].attrs["units"] == "1"


def test_without_stimuli_and_with_all_checkpoints(life, tmp_path):
    to_nwb(life, tmp_path / "a.nwb", checkpoints=None)
    with pynwb.NWBHDF5IO(str(tmp_path / "a.nwb"), "r") as io:
        file = io.read()
        assert file.trials is None and "rates" not in file.processing
        assert file.processing["weights"]["forward_1"]["weights"].data.shape == (9, 8, 12)
        assert file.epochs["stop_time"][:].tolist() == [600.0, 720.0]
        assert "chosen freely" in file.session_description
    assert pynwb.validate(path=str(tmp_path / "a.nwb")) == []


def test_a_stored_life(life, stimuli, tmp_path):
    write_trajectory(life, tmp_path / "life.nc")
    with open_trajectory(tmp_path / "life.nc") as stored:
        to_nwb(stored, tmp_path / "a.nwb", stimuli=stimuli)
    with pynwb.NWBHDF5IO(str(tmp_path / "a.nwb"), "r") as io:
        weights = io.read().processing["weights"]["forward_1"]["weights"].data[:]
    np.testing.assert_array_equal(weights[0], life["weights"]["forward_1"].values[-1])


def test_leaky_lives_keep_their_own_time(life, stimuli, tmp_path):
    network = json.loads(life.attrs["network"])
    network["dynamics"] = {"type": "Leaky", "hold": 0.25}
    leaky = life.copy()
    leaky.attrs["network"] = json.dumps(network)
    to_nwb(leaky, tmp_path / "a.nwb")
    with pynwb.NWBHDF5IO(str(tmp_path / "a.nwb"), "r") as io:
        assert io.read().epochs["stop_time"][:].tolist() == [150.0, 180.0]
    with pytest.raises(ValueError, match="expected static networks"):
        to_nwb(leaky, tmp_path / "b.nwb", stimuli=stimuli)


def test_nothing_is_overwritten_or_left_behind(life, tmp_path, monkeypatch):
    path = tmp_path / "a.nwb"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match=r"to_nwb.path: .* pass replace=True"):
        to_nwb(life, path)

    def fail(*_):
        raise OSError("no more")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="no more"):
            to_nwb(life, path, replace=True)
    assert path.read_text() == "mine" and os.listdir(tmp_path) == ["a.nwb"]
    to_nwb(life, path, replace=True)
    assert pynwb.validate(path=str(path)) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"presentation_time": 0}, "to_nwb.presentation_time: expected seconds above 0, got 0"),
        ({"presentation_time": np.nan}, "expected seconds above 0"),
        ({"checkpoints": 99}, "to_nwb.checkpoints: expected positions of checkpoints, got"),
        ({"checkpoints": [0, 99]}, "to_nwb.checkpoints: expected positions of the 9 checkpoints"),
    ],
)
def test_wrong_arguments(life, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        to_nwb(life, tmp_path / "a.nwb", **options)
    assert not os.listdir(tmp_path)


def test_several_lives_are_refused(life, tmp_path):
    both = join_trajectories({"a": life, "b": life}, dim="network")
    with pytest.raises(ValueError, match="to_nwb.life: expected one life, got several along netw"):
        to_nwb(both, tmp_path / "a.nwb")
    with pytest.raises(TypeError, match="to_nwb.life: expected an xarray.DataTree"):
        to_nwb({}, tmp_path / "a.nwb")
