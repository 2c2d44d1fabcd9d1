import importlib.util
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.analysis.activity import subspace_alignment
from ontogeny.analysis.activity.subspace import chance_alignment

path = Path(__file__).parents[1] / "reference" / "activity.py"
spec = importlib.util.spec_from_file_location("ontogeny_reference_activity", path)
slow_way = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slow_way)


def sampled(values):
    return xr.DataArray(np.asarray(values, dtype=float), dims=("sample", "neuron"))


def in_subspace(random, axes, samples, noise=0.0):
    values = random.normal(size=(samples, axes.shape[0])) @ axes
    return sampled(values + noise * random.normal(size=values.shape))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_same_and_orthogonal_subspaces(components, seed):
    random = np.random.default_rng(seed)
    axes = np.linalg.qr(random.normal(size=(12, 12)))[0]
    one, same, other = (
        in_subspace(random, axes[rows], 40)
        for rows in (slice(components), slice(components), slice(6, 6 + components))
    )
    found = subspace_alignment(one, same, components=components, draws=2)
    for name in ("alignment", "matched", "ceiling", "variance_ratio", "variance_ceiling"):
        assert found[name] == pytest.approx(1)
    found = subspace_alignment(one, other, components=components, draws=2)
    assert found["alignment"] == pytest.approx(0, abs=1e-9)
    assert found["variance_ratio"] == pytest.approx(0, abs=1e-9)
    assert found["ceiling"] == pytest.approx(1)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(0, 10**6))
def test_as_the_reference(components, seed):
    random = np.random.default_rng(seed)
    rest, driven = random.normal(size=(15, 5)), random.normal(size=(21, 5))
    found = subspace_alignment(sampled(rest), sampled(driven), components=components, draws=1)
    expected = slow_way.alignment(rest, driven, components)
    assert found["alignment"] == pytest.approx(expected)
    expected = slow_way.variance_ratio(rest, driven, components)
    assert found["variance_ratio"] == pytest.approx(expected)
    assert 0 <= found["alignment"] <= 1 + 1e-9
    assert 0 <= found["variance_ratio"] <= 1 + 1e-9


@pytest.mark.parametrize(("components", "neurons"), [(1, 2), (3, 10), (7, 12), (5, 5)])
def test_random_subspaces(components, neurons):
    random = np.random.default_rng(0)
    times = 4000
    axes = np.linalg.qr(random.normal(size=(2, times, neurons, components)))[0]
    found = np.sum((np.swapaxes(axes[0], 1, 2) @ axes[1]) ** 2, axis=(1, 2)) / components
    mean, deviation = chance_alignment(components, neurons)
    assert mean == pytest.approx(components / neurons)
    assert found.mean() == pytest.approx(mean, abs=4 * deviation / np.sqrt(times) + 1e-9)
    assert found.std() == pytest.approx(deviation, rel=0.06, abs=1e-9)


def test_unrelated_activity_is_at_chance():
    random = np.random.default_rng(1)
    found = []
    for _ in range(60):
        axes = random.normal(size=(2, 4, 20))
        rest, driven = (in_subspace(random, one, 100, noise=0.3) for one in axes)
        found.append(subspace_alignment(rest, driven, components=4, draws=1))
    found = xr.concat(found, "draw", coords="minimal", compat="override")
    error = found.std("draw") / np.sqrt(60)
    assert abs(found["alignment"].mean() - 0.2) < 4 * error["alignment"]
    assert found["alignment"].std() == pytest.approx(
        float(found["chance_deviation"].mean()), rel=0.3
    )
    difference = (found["variance_ratio"] - found["variance_chance"]).mean()
    assert abs(difference) < 4 * error["variance_ratio"]
    assert found["ceiling"].min() > 0.9


def test_few_samples_do_not_look_like_a_difference():
    random = np.random.default_rng(2)
    axes = random.normal(size=(5, 60))
    rest, driven = (in_subspace(random, axes, samples, noise=3.0) for samples in (40, 400))
    found = subspace_alignment(rest, driven, components=5)
    assert found["alignment"] < 0.8
    assert found["matched"] == pytest.approx(float(found["ceiling"]), abs=0.06)
    assert found["variance_matched"] == pytest.approx(float(found["variance_ceiling"]), abs=0.06)


def test_other_dims_and_missing_values():
    random = np.random.default_rng(3)
    driven = xr.DataArray(
        random.normal(size=(2, 3, 30, 6)),
        dims=("network", "checkpoint", "time", "cell"),
        coords={"network": [1, 2], "time": np.arange(30)},
    )
    driven[0, 2, 5] = np.nan
    driven[1, 0] = random.normal(size=(30, 1))  # one dimension only
    rest = xr.DataArray(random.normal(size=(25, 6)), dims=("time", "cell"))
    before = driven.copy(deep=True)
    options = {"samples": "time", "neurons": "cell", "components": 2}
    found = subspace_alignment(rest, driven, **options)
    assert found["alignment"].dims == ("network", "checkpoint")
    assert np.argwhere(found["alignment"].isnull().values).tolist() == [[0, 2], [1, 0]]
    one = subspace_alignment(rest, driven[1, 1], **options)
    xr.testing.assert_allclose(found.isel(network=1, checkpoint=1), one)
    assert all(found[name].attrs["units"] == "1" for name in found)
    assert all("long_name" in found[name].attrs for name in found)
    xr.testing.assert_identical(driven, before)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"components": 4}, r"components: expected 1 to the number of neurons, 3, got 4"),
        ({"components": 0}, r"components: expected 1 to the number of neurons, 3, got 0"),
        ({"components": 3}, r"evoked: expected at least 8 samples for 3 components, got 6; take f"),
        ({"components": 1, "draws": 0}, r"draws: expected at least 1, got 0"),
        ({"neurons": "unit"}, r"subspace_alignment.spontaneous: expected dim 'unit', got"),
    ],
)
def test_wrong_options(options, match):
    values = sampled(np.random.default_rng(0).normal(size=(6, 3)))
    with pytest.raises(ValueError, match=match):
        subspace_alignment(values, values, **options)


def test_other_neurons():
    values = sampled(np.random.default_rng(0).normal(size=(6, 3)))
    with pytest.raises(ValueError, match=r"expected the same neurons in both, got \[3, 2\]"):
        subspace_alignment(values, values[:, :2], components=1)
