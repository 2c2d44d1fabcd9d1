import numpy as np
import pytest

from ontogeny.data import Stimuli, check_trajectory, gaussian_noise, open_trajectory
from ontogeny.models import Learning, Schedule, Spontaneous, layered, simulate
from ontogeny.plasticity import Adam, Backpropagation, FeedbackAlignment
from ontogeny.studies import sweep
from ontogeny.studies.sweep_command import (
    loaded_function,
    measured,
    parsed_grid,
    parsed_values,
    sweep_table,
)

FILE = """
from ontogeny.data import gaussian_noise
from ontogeny.models import Schedule, Spontaneous, layered
from ontogeny.plasticity import Adam

def make(rate, hidden):
    noise = Spontaneous(gaussian_noise(), presentations=128)
    return layered([12, hidden, 4], optimiser=Adam(rate=rate)), Schedule(noise)
"""


def stimuli():
    generator = np.random.default_rng(0)
    return Stimuli.from_arrays(generator.random((32, 12)), generator.integers(0, 4, 32))


def make(rate, rule=None, epochs=2):
    network = layered([12, 6, 4], optimiser=Adam(rate=rate), rule=rule or FeedbackAlignment())
    return network, Schedule(Learning(stimuli(), epochs=epochs, test=stimuli()))


def make_of_size(hidden):
    noise = Spontaneous(gaussian_noise(), presentations=64)
    return layered([12, hidden, 4]), Schedule(noise)


def run(grid, folder, function=make, **options):
    return sweep(function, grid, folder=folder, trials=16, workers=1, **options)


def test_grid_becomes_dims_and_numbers_stay_numbers(tmp_path):
    lives = run({"rate": [1e-3, 1e-2], "epochs": [1, 3]}, tmp_path, networks=2, seed=5)
    check_trajectory(lives)
    loss = lives["progress"]["loss"]
    assert loss.dims == ("rate", "epochs", "network", "checkpoint")
    assert loss["rate"].values.tolist() == [1e-3, 1e-2]
    assert loss["epochs"].values.tolist() == [1, 3]
    assert loss["network"].values.tolist() == [5, 6]
    network, schedule = make(1e-2, epochs=1)
    alone = simulate(network, schedule, trials=16, seed=6)
    found = lives["weights"]["forward_1"].sel(rate=1e-2, epochs=1, network=6)
    np.testing.assert_array_equal(
        found.isel(checkpoint=slice(len(alone["weights"]["forward_1"]))).values,
        alone["weights"]["forward_1"].values,
    )


def test_grid_that_grows_has_only_the_new_lives_lived(tmp_path):
    told = []
    run({"rate": [1e-3]}, tmp_path)
    lives = run({"rate": [1e-3, 1e-2]}, tmp_path, progress=lambda *what: told.append(what))
    assert told[-1] == (64, 64, "1/1 lives, rate=0.01, network 0")
    assert lives["progress"].sizes["rate"] == 2
    told.clear()
    again = run({"rate": [1e-3, 1e-2]}, tmp_path, progress=lambda *what: told.append(what))
    assert told == []
    assert again.identical(lives)


def test_values_may_be_anything_that_has_a_name(tmp_path):
    rules = {"own": FeedbackAlignment(), "exact": Backpropagation()}
    lives = run({"rate": [1e-3], "rule": rules}, tmp_path)
    assert lives["tests"]["rule"].values.tolist() == ["own", "exact"]
    assert lives["weights"]["forward_2"].notnull().all()


def test_networks_of_other_sizes_are_joined_without_weights(tmp_path):
    with pytest.warns(UserWarning, match="left out, since networks of the grid have other pop"):
        lives = run({"hidden": [5, 7]}, tmp_path, make_of_size)
    check_trajectory(lives)
    assert lives["progress"]["loss"].sizes["hidden"] == 2
    assert not [name for name in lives["weights"].data_vars if "forward" in str(name)]
    assert list(tmp_path.glob("lives/*/*.nc"))
    with pytest.raises(MemoryError, match="sweep.weights: expected lives that can be joined"):
        run({"hidden": [5, 9]}, tmp_path, make_of_size, weights=True)
    assert len(list(tmp_path.glob("lives/*/*.nc"))) == 2


def test_budget_decides_about_weights(tmp_path):
    with pytest.warns(UserWarning, match="bytes and the budget is 10"):
        lives = run({"rate": [1e-3]}, tmp_path, budget=10)
    assert "forward_1" not in lives["weights"]
    assert "forward_1" in run({"rate": [1e-3]}, tmp_path)["weights"]


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({"rate": []}, "sweep.grid.'rate'.: expected different numbers"),
        ({"rate": [1.0, 1.0]}, "expected different numbers"),
        ({"rate": [1.0, "one"]}, "expected different numbers"),
        ({"rate": [True]}, "expected different numbers"),
        ({"rate": [float("nan")]}, "expected different numbers"),
        ({"rate": "1e-3"}, "expected different numbers"),
        ({"network": [1]}, "sweep.grid: expected names of parameters that lives do not have"),
        ({"epoch": [1]}, "got 'epoch'; choose another name"),
        ({"hidden_1": [1]}, "got 'hidden_1'"),
    ],
)
def test_grid_is_checked(tmp_path, grid, words):
    with pytest.raises(ValueError, match=words):
        run(grid, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_made_is_checked_before_any_life(tmp_path):
    with pytest.raises(TypeError, match="sweep.make: expected a function that returns .* {'rate'"):
        run({"rate": [1]}, tmp_path, lambda rate: rate)
    with pytest.raises(ValueError, match="sweep.networks: expected an integer from 1 on, got 0"):
        run({"rate": [1e-3]}, tmp_path, networks=0)
    with pytest.raises(ValueError, match="expected images of 9 pixels"):
        run({"units": [12, 9]}, tmp_path, lambda units: (layered([units, 6, 4]), make(1e-3)[1]))
    assert not list(tmp_path.iterdir())


def test_table_has_what_lives_have(tmp_path):
    found = measured(run({"rate": [1e-3, 1e-2]}, tmp_path, networks=2))
    assert list(found) == ["Final accuracy, %", "Learning speed, %", "Angle at the end, °"]
    table = sweep_table(found, ["rate"])
    assert list(table.columns[0].cells) == ["0.001", "0.01"]
    assert [column.header for column in table.columns] == ["rate", *found]


def test_loss_stands_in_for_accuracy_where_nothing_was_tested(tmp_path):
    with pytest.warns(UserWarning, match="left out"):
        lives = run({"hidden": [5, 7]}, tmp_path, make_of_size)
    assert list(measured(lives)) == ["Final loss"]
    assert np.isfinite(measured(lives)["Final loss"]).all()


def test_command_writes_joined_lives(invoke, tmp_path):
    (tmp_path / "mine.py").write_text(FILE)
    arguments = ["mine.py", "--grid", "rate=1e-4,3e-4", "--grid", "hidden=5,6", "--networks", "2"]
    said = invoke("sweep", *arguments, "--trials", "16", "--workers", "1", "--folder", "out")
    assert said.exit_code == 0, said.stderr
    assert "0.0003" in said.stdout and "Final loss" in said.stdout
    with open_trajectory(tmp_path / "out" / "lives.nc") as lives:
        assert lives["progress"]["loss"].dims == ("rate", "hidden", "network", "checkpoint")
        assert lives["progress"]["rate"].values.tolist() == [1e-4, 3e-4]


@pytest.mark.parametrize(
    ("file", "grid", "words"),
    [
        ("none.py", "rate=1", "expected FILE.py or FILE.py:function, got 'none.py'"),
        (
            "mine.py:other",
            "rate=1",
            "expected a function 'other' in 'mine.py', got one of ['make']",
        ),
        ("broken.py", "rate=1", "expected a file that runs, got ZeroDivisionError"),
        ("mine.py", "rate", "expected a name and its values, such as rate=1e-4,3e-4, got 'rate'"),
    ],
)
def test_command_names_what_is_wrong(invoke, tmp_path, file, grid, words):
    (tmp_path / "mine.py").write_text(FILE)
    (tmp_path / "broken.py").write_text("1 / 0")
    said = invoke("sweep", file, "--grid", grid)
    assert said.exit_code == 1
    assert words in said.stderr


def test_classes_of_a_file_travel_to_workers(tmp_path):
    import pickle

    import cloudpickle

    (tmp_path / "classes.py").write_text("class Mine:\n    number = 3\n\ndef make():\n    pass\n")
    module = loaded_function(f"{tmp_path / 'classes.py'}:Mine")
    assert b"number" in cloudpickle.dumps(module)
    assert pickle.loads(cloudpickle.dumps(module)).number == 3


def test_values_are_numbers_only_if_all_are():
    assert parsed_values("a = 1, 2.5") == ("a", [1.0, 2.5])
    assert parsed_values("a=1,x") == ("a", ["1", "x"])


def test_parameter_that_comes_twice_is_refused():
    with pytest.raises(ValueError, match=r"got 'rate' twice; .* at once: rate=1,2,3$"):
        parsed_grid(["rate=1,2", "rate=3"])
