import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import adaptation, meta_loss


def test_tests_by_epoch(life):
    found = adaptation(life)
    assert found["loss"].dims == ("epoch",)
    assert found["epoch"].values.tolist() == [0, 1, 2, 3]
    for name in ("loss", "accuracy"):
        np.testing.assert_array_equal(found[name], life["tests"][name])
        assert found[name].attrs["units"] == life["tests"][name].attrs["units"]


def test_every_life_has_its_own_phase(joined):
    before = joined.copy(deep=True)
    found = adaptation(joined)
    assert found["accuracy"].dims == ("condition", "network", "epoch")
    np.testing.assert_array_equal(found["accuracy"], joined["tests"]["accuracy"])
    chosen = adaptation(joined, phase_index=0)
    assert chosen["loss"].sel(condition="noise").isnull().all()
    xr.testing.assert_identical(joined, before)


def test_phases_are_told_apart(life):
    tests = life["tests"].to_dataset()
    second = tests.assign(phase_index=tests["phase_index"] + 1, loss=tests["loss"] / 2)
    both = xr.concat([tests, second.isel(test=slice(3))], "test")
    twice = xr.DataTree.from_dict({"/tests": both})
    np.testing.assert_array_equal(adaptation(twice)["loss"], tests["loss"][:3] / 2)
    first = adaptation(twice, phase_index=1)["loss"]
    np.testing.assert_array_equal(first, tests["loss"])


def test_no_such_phase(life):
    with pytest.raises(ValueError, match=r"adaptation.life: expected tests after .* phase 7"):
        adaptation(life, phase_index=7)


def test_meta_loss_is_the_sum_over_tasks(make_life, join):
    lives = [make_life(rate=rate) for rate in (0.5, 1.0, 2.0)]
    found = meta_loss(join(lives, "task", ["a", "b", "c"]))
    expected = np.sum([life["tests"]["loss"].values for life in lives], axis=0)
    np.testing.assert_allclose(found["loss"], expected)
    np.testing.assert_allclose(found["total"], expected[1:].sum())
    assert found["loss"].attrs["units"] == "nat"
    assert found["total"].dims == ()


def test_meta_loss_of_joined_conditions(make_life, join):
    conditions = [
        join([make_life(rate=rate, epochs=epochs) for rate in (0.5, 1.0)], "task", ["a", "b"])
        for epochs in (2, 3)
    ]
    joined = join(conditions, "network", [0, 1])
    before = joined.copy(deep=True)
    found = meta_loss(joined)
    assert found["loss"].dims == ("network", "epoch")
    expected = meta_loss(conditions[0])
    np.testing.assert_allclose(found["loss"][0, :3], expected["loss"])
    assert np.isnan(found["loss"][0, 3]) and np.isnan(found["total"][0])
    np.testing.assert_allclose(found["total"][1], meta_loss(conditions[1])["total"])
    xr.testing.assert_identical(joined, before)


def test_tasks_must_be_tested_alike(make_life, join):
    lives = join([make_life(epochs=epochs) for epochs in (2, 3)], "task", ["a", "b"])
    with pytest.raises(ValueError, match=r"meta_loss.lives: expected tasks that were tested at"):
        meta_loss(lives)


def test_meta_loss_needs_tasks(life, joined):
    with pytest.raises(ValueError, match=r"meta_loss.lives: expected lives .* joined along 'task'"):
        meta_loss(life)
    np.testing.assert_allclose(
        meta_loss(joined, dim="condition")["loss"],
        adaptation(joined)["loss"].sum("condition"),
    )
