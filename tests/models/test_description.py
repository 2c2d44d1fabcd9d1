import json
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Record, Schedule, Spontaneous, Test, layered
from ontogeny.models.description import describe, to_json
from ontogeny.plasticity import SGD, Adam, Backpropagation, FeedbackAlignment, Gaussian, Uniform


def make_stimuli(pixel=7, label=0, *, dtype="uint8", label_dtype="int64", **options):
    images = np.full((4, 2, 3), 7, dtype)
    images[3, 1, 2] = pixel
    labels = np.array([0, 1, 2, label], label_dtype)
    fields = {"classes": 3, "name": "plain", **options}
    return Stimuli(
        images=xr.DataArray(images, dims=("sample", "row", "column")),
        labels=xr.DataArray(labels, dims="sample"),
        **fields,
    )


NETWORK = layered([6, 5, 4, 3])
SCHEDULE = Schedule(
    Spontaneous(gaussian_noise(std=0.5), presentations=10),
    Learning(make_stimuli(), epochs=2, test=make_stimuli(8)),
    Test(make_stimuli()),
)


def digest(**options):
    return describe(make_stimuli(**options))["sha256"]


@pytest.mark.parametrize(
    "description",
    [NETWORK, SCHEDULE, Record(), Record(checkpoints=(1, 5)), make_stimuli(), gaussian_noise()],
    ids=lambda value: type(value).__name__,
)
def test_json_holds_the_description_and_nothing_else(description):
    assert json.loads(to_json(description)) == describe(description)
    assert describe(description)["type"] == type(description).__name__


def test_network():
    found = json.loads(to_json(NETWORK))
    assert [population["size"] for population in found["populations"]] == [6, 5, 4, 3]
    assert [population["name"] for population in found["populations"]][1:3] == [
        "hidden_1",
        "hidden_2",
    ]
    assert found["rule"] == {
        "type": "FeedbackAlignment",
        "equations": FeedbackAlignment().equations(),
        **FeedbackAlignment().texts(),
    }
    assert found["dynamics"] == {"type": "Static"}
    assert found["optimiser"] == {
        "type": "Adam",
        **Adam().parameters,
        "equations": Adam().equations(),
    }
    assert found["forward"][0] == {
        "type": "ForwardSynapses",
        "source": "inputs",
        "target": "hidden_1",
        "weights": {"type": "He", "gain": 1.0},
        "bias": True,
        "density": 1.0,
        "seed": None,
    }
    assert found["feedback"][1]["source"] == "outputs"


def test_schedule():
    noise, learning, test = json.loads(to_json(SCHEDULE))["phases"]
    assert noise == {
        "type": "Spontaneous",
        "noise": {"type": "Noise", "distribution": "gaussian", "mean": 0.0, "std": 0.5},
        "presentations": 10,
        "until": None,
        "test": None,
    }
    assert (learning["type"], learning["epochs"], learning["stimuli"]["size"]) == ("Learning", 2, 4)
    assert learning["stimuli"]["sha256"] == test["stimuli"]["sha256"]
    assert learning["stimuli"]["sha256"] != learning["test"]["sha256"]


@pytest.mark.parametrize(
    "other",
    [
        layered([6, 5, 4, 2]),
        layered([6, 5, 4, 3], rule=Backpropagation()),
        layered([6, 5, 4, 3], optimiser=Adam(rate=1e-3)),
        layered([6, 5, 4, 3], optimiser=SGD()),
        layered([6, 5, 4, 3], transfer="tanh"),
        layered([6, 5, 4, 3], readout="linear"),
        layered([6, 5, 4, 3], weights=Gaussian()),
        layered([6, 5, 4, 3], feedback_weights=Uniform()),
        layered([6, 5, 4, 3], bias=False),
        replace(NETWORK, feedback=(replace(NETWORK.feedback[0], seed=1), NETWORK.feedback[1])),
    ],
    ids=range(10),
)
def test_networks_that_differ_are_told_apart(other):
    assert to_json(other) != to_json(NETWORK)
    assert to_json(NETWORK) == to_json(layered([6, 5, 4, 3]))


def test_stimuli_are_known_by_their_hash():
    found = describe(make_stimuli(scale=0.5, shift=-1.0))
    assert {**found, "sha256": len(found["sha256"])} == {
        "type": "Stimuli",
        "name": "plain",
        "size": 4,
        "classes": 3,
        "scale": 0.5,
        "shift": -1.0,
        "sha256": 64,
        "origin": None,
    }


@pytest.mark.parametrize("options", [{"pixel": 8}, {"label": 1}, {"dtype": "float32"}], ids=str)
def test_hash_changes_with_any_pixel_label_or_type(options):
    assert digest(**options) != digest()


def test_hash_changes_with_the_shape_of_images():
    plain = make_stimuli()
    images = plain.images.values.reshape(4, 3, 2)
    turned = replace(plain, images=xr.DataArray(images, dims=plain.images.dims))
    assert describe(turned)["sha256"] != digest()


def test_hash_changes_with_the_order_of_stimuli():
    plain = make_stimuli()
    turned = replace(plain, images=plain.images[::-1], labels=plain.labels[::-1])
    assert describe(turned)["sha256"] != digest()


def test_hash_is_of_content_not_of_memory():
    assert digest(label_dtype="uint8") == digest(name="other") == digest()
    plain = make_stimuli(pixel=1)
    wide = np.zeros((8, 2, 3), "uint8")
    wide[::2] = plain.images.values
    strided = replace(plain, images=xr.DataArray(wide[::2], dims=plain.images.dims))
    assert not strided.images.values.flags.c_contiguous
    assert describe(strided)["sha256"] == digest(pixel=1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.float32(0.5), 0.5),
        (np.float64(0.5), 0.5),
        (np.array([1, 2]), [1, 2]),
        ((1, [2, (np.int16(3),)]), [1, [2, [3]]]),
        (None, None),
        (True, True),
        ("text", "text"),
    ],
    ids=repr,
)
def test_plain_values(value, expected):
    found = json.loads(to_json(value))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "description",
    [
        layered([np.int64(6), np.uint8(5), np.int32(3)]),
        layered([6, 5, 3], optimiser=Adam(rate=np.float64(0.1))),
        Record(checkpoints=np.int64(5), budget=np.int64(10)),
        Record(checkpoints=np.array([5, 10])),
        Record(checkpoints=[np.int64(5)]),
        Record(checkpoints=range(5, 20, 5)),
        Schedule(Spontaneous(gaussian_noise(std=np.float32(0.5)), presentations=np.int64(5))),
        Schedule(Learning(make_stimuli(classes=np.int64(3), scale=np.float32(0.5)), epochs=1)),
    ],
    ids=range(8),
)
def test_whatever_is_accepted_can_be_described(description):
    assert json.loads(to_json(description)) == describe(description)


def test_json_is_valid_for_other_readers():
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    with pytest.raises(ValueError, match="JSON compliant"):
        json.loads(to_json({"budget": np.inf}), parse_constant=refuse)
