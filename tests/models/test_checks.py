import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, Network, Record, Schedule, Spontaneous, Test, layered
from ontogeny.models.checks import check_simulation, check_store, checked_weights
from ontogeny.models.life import stored_bytes
from ontogeny.plasticity import FeedbackSynapses, ForwardSynapses, Gaussian


def make_stimuli(count=12, rows=2, columns=2, classes=3, dtype="uint8"):
    return Stimuli(
        images=xr.DataArray(
            np.zeros((count, rows, columns), dtype), dims=("sample", "row", "column")
        ),
        labels=xr.DataArray(np.zeros(count, np.int64), dims="sample"),
        classes=classes,
        name="blank",
    )


FITTING = make_stimuli()
NETWORK = layered([4, 5, 3])
NOISE = Spontaneous(gaussian_noise(), presentations=5)


def check(network=NETWORK, schedule=None, *phases, **options):
    schedule = schedule or Schedule(*(phases or (NOISE, Learning(FITTING, epochs=2))))
    fields = {"trials": 4, "seed": 0, "dtype": "float32", "record": Record(), **options}
    check_simulation(network, schedule, **fields)


def phases_with(stimuli):
    """Return every phase in which the stimuli may stand, with the words for their place."""
    return {
        "Spontaneous.test": replace(NOISE, test=stimuli),
        "Learning.stimuli": Learning(stimuli, epochs=1),
        "Learning.test": Learning(FITTING, epochs=1, test=stimuli),
        "Test.stimuli": Test(stimuli),
    }


PLACES = list(phases_with(FITTING))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"trials": 1},
        {"trials": 12},
        {"trials": np.int64(4), "seed": np.uint32(7)},
        {"seed": 2**63 - 1},
        {"dtype": "float64"},
        {"record": Record(checkpoints=[5, 29])},
        {"schedule": Schedule(*phases_with(FITTING).values())},
        {"schedule": Schedule(NOISE), "trials": 500},
        {"schedule": Schedule(Test(FITTING)), "trials": 500},
    ],
    ids=str,
)
def test_what_fits_is_accepted(options):
    assert check(**options) is None


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"network": [4, 5, 3]}, r"^simulate\.network: expected a Network, got \[4, 5, 3\]$"),
        ({"schedule": [NOISE]}, r"^simulate\.schedule: expected a Schedule, got \["),
        ({"schedule": NOISE}, r"^simulate\.schedule: expected a Schedule, got Spontaneous\("),
        ({"record": 12}, r"^simulate\.record: expected a Record, got 12$"),
        ({"record": None}, r"^simulate\.record: expected a Record, got None$"),
    ],
    ids=str,
)
def test_parts_of_another_kind_are_refused(options, match):
    with pytest.raises(TypeError, match=match):
        check(**options)


@pytest.mark.parametrize("trials", [0, -1, 2.0, True, "4", None, 2**63])
def test_trials_must_be_a_positive_integer(trials):
    with pytest.raises(
        ValueError, match=r"^simulate\.trials: expected an integer from 1 to 2\*\*63 - 1, got "
    ):
        check(trials=trials)


@pytest.mark.parametrize("seed", [-1, 0.0, False, "0", None, 2**63])
def test_seed_must_be_a_non_negative_integer(seed):
    with pytest.raises(
        ValueError, match=r"^simulate\.seed: expected an integer from 0 to 2\*\*63 - 1, got "
    ):
        check(seed=seed)


def test_seed_beyond_the_range_names_its_end():
    # 2**63 is an integer from 0 on; what is expected must say why it is refused.
    with pytest.raises(
        ValueError, match=r"^simulate\.seed: expected .*(2\*\*63|9223372036854775807)"
    ):
        check(seed=2**63)


@pytest.mark.parametrize("dtype", ["float16", "double", "int32", None, np.float32, np.float64])
def test_dtype_must_be_known(dtype):
    with pytest.raises(
        ValueError, match=r"^simulate\.dtype: expected 'float32' or 'float64', got "
    ):
        check(dtype=dtype)


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_dtype_must_be_text(name):
    # A numpy.dtype equals its name, but no file can hold it as an attribute.
    with pytest.raises(
        ValueError, match=r"^simulate\.dtype: expected 'float32' or 'float64', got dtype\("
    ):
        check(dtype=np.dtype(name))


@pytest.mark.parametrize("place", PLACES)
def test_images_must_have_a_pixel_for_each_input(place):
    phase = phases_with(make_stimuli(rows=2, columns=3))[place]
    with pytest.raises(
        ValueError,
        match=rf"^phase 1, {place}: expected images of 4 pixels, one for each neuron of the inputs,"
        r" got 2 x 3 = 6; make the network's first size 6$",
    ):
        check(NETWORK, None, NOISE, phase)


@pytest.mark.parametrize("place", PLACES)
def test_there_must_be_a_class_for_each_output(place):
    phase = phases_with(make_stimuli(classes=7))[place]
    with pytest.raises(
        ValueError,
        match=rf"^phase 1, {place}: expected 3 classes, one for each neuron of the outputs, got 7; "
        r"make the network's last size 7$",
    ):
        check(NETWORK, None, NOISE, phase)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_images_that_were_spoilt_later_are_refused(place, bad):
    stimuli = make_stimuli(dtype="float32")
    phase = phases_with(stimuli)[place]
    check(NETWORK, None, phase)
    stimuli.images.values[3, 1, 1] = bad
    with pytest.raises(
        ValueError, match=rf"^phase 0, {place}: expected finite images, got NaN or infinity$"
    ):
        check(NETWORK, None, phase)


def test_trials_must_not_exceed_the_stimuli_of_learning():
    phases = (NOISE, Test(FITTING), Learning(FITTING, epochs=2))
    check(NETWORK, None, *phases, trials=12)
    with pytest.raises(
        ValueError,
        match=r"^simulate\.trials: expected at most 12, the number of stimuli of phase 2 "
        r"\(Learning\), got 13$",
    ):
        check(NETWORK, None, *phases, trials=13)


def test_checkpoints_beyond_the_life_are_refused():
    with pytest.raises(
        ValueError, match=r"^Record\.checkpoints: expected at most 29 presentations, .* got \[30\]$"
    ):
        check(record=Record(checkpoints=[29, 30]))


@pytest.mark.parametrize("activity", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_budget_counts_every_byte(activity, dtype):
    record = Record(checkpoints=3, activity=activity)
    schedule = Schedule(NOISE, Learning(FITTING, epochs=2))
    needed = stored_bytes(NETWORK, schedule, record, 4, np.dtype(dtype))
    check(dtype=dtype, record=replace(record, budget=needed))
    with pytest.raises(MemoryError):
        check(dtype=dtype, record=replace(record, budget=needed - 1))


def test_budget_wording():
    big = layered([4, 100_000, 3])
    needed = stored_bytes(big, Schedule(NOISE), Record(checkpoints=2), 5, np.dtype("float32"))
    assert needed == 2 * 4 * (4 * 100_000 + 100_000 + 2 * 3 * 100_000 + 3)
    with pytest.raises(
        MemoryError,
        match=r"^Record\.budget: expected a life of at most 1,000,000 bytes, got 8,800,024; store "
        r"fewer checkpoints or no activity, or raise the budget$",
    ):
        check(big, Schedule(NOISE), trials=5, record=Record(checkpoints=2, budget=1_000_000))


def test_names_that_no_trajectory_can_hold_are_refused_before_any_work():
    with pytest.raises(ValueError, match=r"expected .*inputs.*hidden_1.*outputs"):
        layer = replace(NETWORK.populations[1], name="cortex")
        network = Network(
            populations=(NETWORK.populations[0], layer, NETWORK.populations[2]),
            forward=(
                ForwardSynapses(source="inputs", target="cortex"),
                ForwardSynapses(source="cortex", target="outputs"),
            ),
            feedback=(FeedbackSynapses(source="outputs", target="cortex"),),
            rule=NETWORK.rule,
            optimiser=NETWORK.optimiser,
        )
        check(network)


def test_no_store_is_no_store():
    assert check_store(None) is None


@pytest.mark.parametrize("convert", [str, Path])
def test_store_may_be_anywhere_that_can_be_made(tmp_path, convert):
    path = tmp_path / "runs" / "of today" / "life.nc"
    assert check_store(convert(path)) == path
    assert list(tmp_path.iterdir()) == []


def test_store_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_store("life.nc") == Path("life.nc")
    assert check_store("runs/life.nc") == Path("runs/life.nc")
    assert list(tmp_path.iterdir()) == []


def test_store_must_not_exist(tmp_path):
    path = tmp_path / "life.nc"
    path.write_text("what was there")
    with pytest.raises(
        FileExistsError,
        match=r"^simulate\.store: expected a path where nothing is, got '.*life\.nc'; remove it or "
        r"choose another name$",
    ):
        check_store(path)
    assert path.read_text() == "what was there"
    with pytest.raises(FileExistsError, match=r"^simulate\.store: expected a path where nothing"):
        check_store(tmp_path)


@pytest.mark.parametrize("below", ["life.nc", "runs/life.nc"])
def test_store_cannot_be_in_a_file(tmp_path, below):
    file = tmp_path / "notes.txt"
    file.write_text("notes")
    with pytest.raises(
        NotADirectoryError,
        match=r"^simulate\.store: expected a path in a folder, got '.*', whose part '.*notes\.txt' "
        r"is a file$",
    ):
        check_store(file / below)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("below", ["life.nc", "runs/life.nc"])
def test_store_cannot_be_in_a_folder_that_is_read_only(tmp_path, below):
    folder = tmp_path / "shelf"
    folder.mkdir()
    folder.chmod(0o555)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("this user can write everywhere")
        with pytest.raises(
            PermissionError,
            match=r"^simulate\.store: expected a folder that can be written, got '.*shelf'$",
        ):
            check_store(folder / below)
        assert list(folder.iterdir()) == []
    finally:
        folder.chmod(0o755)


def test_store_asks_the_nearest_folder_that_exists(tmp_path, monkeypatch):
    asked = []

    def access(path, mode):
        asked.append((Path(path), mode))
        return False

    monkeypatch.setattr(os, "access", access)
    with pytest.raises(PermissionError, match=r"^simulate\.store: expected a folder that can be "):
        check_store(tmp_path / "runs" / "life.nc")
    assert asked == [(tmp_path, os.W_OK | os.X_OK)]


def test_weights_are_drawn_where_none_are_given():
    drawn = NETWORK.initial_weights(3)
    for given in (None, {}):
        weights = checked_weights(NETWORK, 3, given)
        assert list(weights) == list(drawn)
        for name, values in weights.items():
            np.testing.assert_array_equal(values, drawn[name])


def test_given_weights_take_the_place_of_drawn_ones():
    given = {"forward_2": np.ones((3, 5), "float32"), "bias_1": [1, 2, 3, 4, 5]}
    weights = checked_weights(NETWORK, 3, given)
    drawn = NETWORK.initial_weights(3)
    np.testing.assert_array_equal(weights["forward_2"], np.ones((3, 5)))
    np.testing.assert_array_equal(weights["bias_1"], [1, 2, 3, 4, 5])
    for name in ("forward_1", "bias_2", "feedback_2"):
        np.testing.assert_array_equal(weights[name], drawn[name])
    assert {values.dtype for values in weights.values()} == {np.dtype("float64")}


@pytest.mark.parametrize("name", ["forward_3", "feedback_1", "hidden_1", ""])
def test_given_weights_must_have_a_name_of_the_network(name):
    with pytest.raises(
        ValueError,
        match=r"^simulate\.weights: expected names among forward_1, bias_1, forward_2, bias_2, "
        rf"feedback_2, got '{name}'$",
    ):
        checked_weights(NETWORK, 0, {name: np.zeros((3, 5))})


def test_biases_cannot_be_given_to_a_network_without():
    with pytest.raises(ValueError, match=r"expected names among .*, got 'bias_1'$"):
        checked_weights(layered([4, 5, 3], bias=False), 0, {"bias_1": np.zeros(5)})


@pytest.mark.parametrize("shape", [(5, 3), (15,), (1, 3, 5), ()], ids=str)
def test_given_weights_must_have_their_shape(shape):
    with pytest.raises(
        ValueError,
        match=r"^simulate\.weights: expected forward_2 of shape \(3, 5\) \(target, source\), got",
    ):
        checked_weights(NETWORK, 0, {"forward_2": np.zeros(shape)})


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["forward_1", "feedback_2", "bias_2"])
def test_given_weights_must_be_finite(name, bad):
    values = NETWORK.initial_weights(0)[name]
    values.flat[-1] = bad
    with pytest.raises(
        ValueError, match=rf"^simulate\.weights: expected finite {name}, got NaN or infinity$"
    ):
        checked_weights(NETWORK, 0, {name: values})


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_drawn_weights_must_be_finite():
    network = layered([4, 5, 3], feedback_weights=Gaussian(std=1.7e308))
    with pytest.raises(ValueError, match=r"^simulate\.weights: expected finite feedback_2, got"):
        checked_weights(network, 0, None)


def test_given_weights_are_not_changed():
    given = np.ones((3, 5), "float32")
    weights = checked_weights(NETWORK, 0, {"forward_2": given})
    weights["forward_2"][:] = 2
    assert (given == 1).all()


def test_bytes_are_told_before_a_life(caplog):
    with caplog.at_level("INFO", logger="ontogeny.models.checks"):
        check()
    assert "bytes will be stored, before compression" in caplog.text
