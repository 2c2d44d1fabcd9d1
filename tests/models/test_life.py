import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import (
    Stimuli,
    check_trajectory,
    gaussian_noise,
    open_trajectory,
    write_trajectory,
)
from ontogeny.models import Learning, Record, Schedule, Spontaneous, Test, layered
from ontogeny.models.life import Life, stored_bytes
from ontogeny.models.plan import Place, Segment, plan
from ontogeny.plasticity import Backpropagation

SHAPES = [[4, 3], [4, 5, 3], [4, 6, 5, 3]]
TRIALS = 5
STIMULI = Stimuli(
    images=xr.DataArray(np.zeros((12, 2, 2), np.uint8), dims=("sample", "row", "column")),
    labels=xr.DataArray(np.arange(12) % 3, dims="sample"),
    classes=3,
    name="blank",
)
SCHEDULE = Schedule(
    Spontaneous(gaussian_noise(), presentations=31),
    Learning(STIMULI, epochs=2, test=STIMULI),
    Test(STIMULI),
)
BIRTH = Place(phase_index=0, ordinal=0, epoch=0, total=0)


def make_life(network, *, schedule=SCHEDULE, record=None, dtype="float32"):
    """Fill a life as the simulation does, with weights that grow and activity that is random."""
    record = record or Record(checkpoints=3)
    attributes = {"seed": 1, "trials": TRIALS, "device": "numpy", "dtype": dtype}
    life = Life(network, schedule, record, attributes)
    generator = np.random.default_rng(0)
    weights = {name: values.astype(dtype) for name, values in network.initial_weights(1).items()}
    life.checkpoint(BIRTH, weights, np.nan, np.nan)
    for part in plan(schedule, network, record, TRIALS):
        if not isinstance(part, Segment):
            life.test(part.place, 1.5, 0.5, len(part.stimuli))
            continue
        for values in weights.values():
            values += 1
        if record.activity:
            shapes = [(part.presentations, size) for size in (network.sizes[0], network.sizes[-1])]
            rates, targets = (generator.random(shape).astype(dtype) for shape in shapes)
            life.activity.append((part.end.phase_index, rates, targets))
        if part.checkpoint:
            life.checkpoint(part.end, weights, 2.0, 0.25)
    return life


@pytest.fixture
def tree():
    return make_life(layered([4, 5, 3])).tree("complete")


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activity", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_life_keeps_the_contract(sizes, bias, activity, dtype):
    record = Record(checkpoints=3, activity=activity)
    life = make_life(layered(sizes, bias=bias), record=record, dtype=dtype)
    tree = life.tree("complete")
    check_trajectory(tree)
    assert set(tree.children) == {"progress", "weights", "tests"} | (
        {"activity"} if activity else set()
    )
    assert {str(values.dtype) for values in tree["weights"].data_vars.values()} == {dtype}


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_weights_have_dims_partners_and_attributes(sizes):
    weights = make_life(layered(sizes)).tree("complete")["weights"]
    names = ["inputs", *(f"hidden_{k}" for k in range(1, len(sizes) - 1)), "outputs"]
    expected = {}
    for layer in range(1, len(sizes)):
        below, above = names[layer - 1], names[layer]
        paired = layer > 1
        expected[f"forward_{layer}"] = (
            (above, below),
            {
                "kind": "forward",
                "source": below,
                "target": above,
                "partner": f"feedback_{layer}" if paired else "",
                "layer": layer,
                "plastic": 1,
            },
        )
        expected[f"bias_{layer}"] = ((above,), {"kind": "bias", "target": above, "partner": ""})
        if paired:
            expected[f"feedback_{layer}"] = (
                (below, above),
                {
                    "kind": "feedback",
                    "source": above,
                    "target": below,
                    "partner": f"forward_{layer}",
                    "plastic": 0,
                },
            )
    assert set(weights.data_vars) == set(expected)
    for name, (dims, attributes) in expected.items():
        assert weights[name].dims == ("checkpoint", *dims)
        assert attributes.items() <= weights[name].attrs.items()
        assert weights[name].attrs["units"] == "1"
        assert weights[name].attrs["long_name"]
    assert {name: weights.sizes[name] for name in names} == dict(zip(names, sizes, strict=True))


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_populations_are_index_coordinates(sizes):
    network = layered(sizes)
    weights = make_life(network).tree("complete")["weights"]
    for population in network.populations:
        index = weights[population.name]
        np.testing.assert_array_equal(index, np.arange(population.size))
        assert index.dtype == np.int32
        assert index.attrs["units"] == "1"


def test_without_biases_there_are_none():
    tree = make_life(layered([4, 5, 3], bias=False)).tree("complete")
    assert set(tree["weights"].data_vars) == {"forward_1", "forward_2", "feedback_2"}


def test_backpropagation_stores_its_feedback_as_a_control():
    tree = make_life(layered([4, 5, 3], rule=Backpropagation())).tree("complete")
    assert tree["weights"]["forward_2"].attrs["partner"] == "feedback_2"
    check_trajectory(tree)


def test_progress(tree):
    progress = tree["progress"].to_dataset()
    np.testing.assert_array_equal(progress["checkpoint"], np.arange(7))
    np.testing.assert_array_equal(progress["presentation"], [0, 5, 15, 31, 36, 43, 55])
    np.testing.assert_array_equal(progress["phase"], [0, 0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(progress["phase_index"], [0, 0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(progress["epoch"], [0, 0, 0, 0, 0, 1, 2])
    np.testing.assert_array_equal(progress["loss"], [np.nan] + [2.0] * 6)
    np.testing.assert_array_equal(progress["accuracy"], [np.nan] + [0.25] * 6)
    np.testing.assert_array_equal(progress["phase"].attrs["flag_values"], [0, 1, 2])
    assert progress["phase"].attrs["flag_meanings"] == "spontaneous learning test"
    assert {name: str(progress[name].dtype) for name in progress.variables} == {
        "checkpoint": "int64",
        "presentation": "int64",
        "phase": "int8",
        "phase_index": "int16",
        "epoch": "int32",
        "loss": "float64",
        "accuracy": "float64",
    }


def test_tests(tree):
    tests = tree["tests"].to_dataset()
    np.testing.assert_array_equal(tests["presentation"], [31, 43, 55, 55])
    np.testing.assert_array_equal(tests["phase"], [1, 1, 1, 2])
    np.testing.assert_array_equal(tests["phase_index"], [1, 1, 1, 2])
    np.testing.assert_array_equal(tests["epoch"], [0, 1, 2, 0])
    np.testing.assert_array_equal(tests["size"], [12] * 4)
    np.testing.assert_array_equal(tests["loss"], [1.5] * 4)
    np.testing.assert_array_equal(tests["accuracy"], [0.5] * 4)
    assert "presentation" in tests.coords


def test_untested_life_has_no_tests():
    schedule = Schedule(Spontaneous(gaussian_noise(), presentations=10))
    tree = make_life(layered([4, 3]), schedule=schedule).tree("complete")
    assert "tests" not in tree.children
    check_trajectory(tree)


def test_life_of_tests_has_one_checkpoint():
    tree = make_life(layered([4, 3]), schedule=Schedule(Test(STIMULI))).tree("complete")
    check_trajectory(tree)
    assert tree["progress"].sizes["checkpoint"] == 1
    assert tree["progress"]["phase"].item() == 2


@pytest.mark.parametrize(
    ("readout", "units"), [("softmax", "nat"), ("linear", "1"), ("sigmoid", "1")]
)
def test_units_of_the_loss_follow_from_the_readout(readout, units):
    tree = make_life(layered([4, 5, 3], readout=readout)).tree("complete")
    assert tree["progress"]["loss"].attrs["units"] == units
    assert tree["tests"]["loss"].attrs["units"] == units
    assert tree["tests"]["accuracy"].attrs["units"] == "1"
    check_trajectory(tree)


def test_stored_weights_are_those_of_their_checkpoint():
    network = layered([4, 5, 3])
    weights = make_life(network).tree("complete")["weights"]
    for name, birth in network.initial_weights(1).items():
        np.testing.assert_array_equal(weights[name][0], birth.astype("float32"))
        changes = (weights[name] - weights[name][0]).values.reshape(7, -1)
        # Segments end at checkpoints and epochs; all epochs end at checkpoints here.
        np.testing.assert_allclose(changes.T, [np.arange(7)] * changes.shape[1], atol=1e-5)


def test_stored_weights_are_copies():
    network = layered([4, 3])
    weights = network.initial_weights(0)
    life = Life(network, SCHEDULE, Record(), {"seed": 0, "trials": 1, "device": "", "dtype": ""})
    life.checkpoint(BIRTH, weights, np.nan, np.nan)
    before = weights["forward_1"].copy()
    weights["forward_1"] += 1
    np.testing.assert_array_equal(life.tree("complete")["weights"]["forward_1"][0], before)


def test_activity_is_in_order_of_presentation():
    life = make_life(layered([4, 5, 3]), record=Record(checkpoints=3, activity=True))
    activity = life.tree("complete")["activity"]
    np.testing.assert_array_equal(activity["presentation"], np.arange(31 + 24))
    np.testing.assert_array_equal(activity["phase_index"], [0] * 31 + [1] * 24)
    assert activity["input_rate"].dims == ("presentation", "inputs")
    assert activity["target"].dims == ("presentation", "outputs")
    np.testing.assert_array_equal(
        activity["input_rate"], np.concatenate([rates for _, rates, _ in life.activity])
    )
    np.testing.assert_array_equal(
        activity["target"], np.concatenate([targets for _, _, targets in life.activity])
    )


def test_root_attributes(tree):
    attributes = tree.attrs
    given = {"seed": 1, "trials": TRIALS, "device": "numpy", "dtype": "float32"}
    assert given.items() <= attributes.items()
    assert (attributes["schema"], attributes["schema_version"]) == ("ontogeny.trajectory", 1)
    assert attributes["status"] == "complete"
    assert json.loads(attributes["network"])["populations"][1]["name"] == "hidden_1"
    assert [p["type"] for p in json.loads(attributes["schedule"])["phases"]] == [
        "Spontaneous",
        "Learning",
        "Test",
    ]
    assert json.loads(attributes["record"])["checkpoints"] == 3
    assert {"python", "ontogeny", "brian2", "numpy", "xarray"} <= set(
        json.loads(attributes["versions"])
    )
    age = datetime.now(UTC) - datetime.fromisoformat(attributes["created"])
    assert timedelta(seconds=-1) < age < timedelta(minutes=10)


def test_diverged_life_ends_where_it_is():
    network = layered([4, 5, 3])
    life = Life(
        network,
        SCHEDULE,
        Record(),
        {"seed": 0, "trials": TRIALS, "device": "numpy", "dtype": "float64"},
    )
    life.checkpoint(BIRTH, network.initial_weights(0), np.nan, np.nan)
    tree = life.tree("diverged")
    assert tree.attrs["status"] == "diverged"
    assert tree["weights"].sizes["checkpoint"] == 1
    check_trajectory(tree)


def test_asking_for_the_tree_leaves_the_life_growing():
    life = make_life(layered([4, 3]))
    first = life.tree("complete")
    life.checkpoint(
        Place(phase_index=1, ordinal=0, epoch=2, total=60),
        life.network.initial_weights(0),
        1.0,
        1.0,
    )
    assert life.tree("complete")["progress"].sizes["checkpoint"] == 8
    assert first["progress"].sizes["checkpoint"] == 7


def test_life_survives_its_file(tmp_path):
    tree = make_life(layered([4, 5, 3]), record=Record(checkpoints=3, activity=True)).tree(
        "complete"
    )
    path = tmp_path / "life.nc"
    write_trajectory(tree, path)
    stored = open_trajectory(path)
    for group in tree.children:
        xr.testing.assert_equal(stored[group].to_dataset().load(), tree[group].to_dataset())


def weight_bytes(tree):
    return sum(values.nbytes for values in tree["weights"].data_vars.values())


@pytest.mark.parametrize("sizes", SHAPES, ids=str)
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("checkpoints", [3, [2, 40]], ids=str)
def test_stored_bytes_are_those_of_weights(sizes, bias, checkpoints):
    network, record = layered(sizes, bias=bias), Record(checkpoints=checkpoints)
    tree = make_life(network, record=record).tree("complete")
    needed = stored_bytes(network, SCHEDULE, record, TRIALS, np.dtype("float32"))
    assert needed == weight_bytes(tree)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_stored_bytes_are_those_of_weights_and_activity(dtype):
    network, record = layered([4, 5, 3]), Record(checkpoints=3, activity=True)
    tree = make_life(network, record=record, dtype=dtype).tree("complete")
    activity = tree["activity"]
    expected = weight_bytes(tree) + activity["input_rate"].nbytes + activity["target"].nbytes
    assert stored_bytes(network, SCHEDULE, record, TRIALS, np.dtype(dtype)) == expected
    assert activity["input_rate"].dtype == dtype


def test_stored_bytes_of_a_life_of_tests_are_those_of_birth():
    network = layered([4, 5, 3])
    needed = stored_bytes(
        network, Schedule(Test(STIMULI)), Record(activity=True), 1, np.dtype("float32")
    )
    assert needed == 4 * (4 * 5 + 5 + 5 * 3 + 3 + 3 * 5)
