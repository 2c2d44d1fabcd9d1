import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis.spikes import by_distance, pairwise_correlation, shift_units


def activity(values, dims=("time", "unit"), **coords):
    return xr.DataArray(np.asarray(values, dtype=float), dims=dims, coords=coords)


def test_against_plain_loops_with_silent_units(reference):
    random = np.random.default_rng(0)
    values = random.poisson(1.0, (40, 5)).astype(float)
    values[:, 2] = 0.3  # never changes, but for rounding of its mean
    found = pairwise_correlation(activity(values))
    columns = values.T.tolist()
    expected = [
        np.nan if 2 in (i, j) else reference.spikes.correlation(columns[i], columns[j])
        for i in range(5)
        for j in range(i + 1, 5)
    ]
    assert found["pairwise_correlation"].values == pytest.approx(expected, nan_ok=True)
    assert found["silent_units"] == 1
    assert found["mean"] == pytest.approx(np.nanmean(expected))
    assert "null_mean" not in found


def test_units_with_nan_are_left_out_of_means():
    values = activity(np.random.default_rng(0).poisson(1.0, (40, 4)))
    values[3, 1] = np.nan
    found = pairwise_correlation(values, shuffles=10)
    pairs = found["pairwise_correlation"].values
    assert np.isnan(pairs).tolist() == [True, False, False, True, True, False]
    assert found["mean"] == pytest.approx(np.nanmean(pairs)) and found["silent_units"] == 1
    assert np.isfinite(found["null_mean"])


def test_other_dims_and_distances():
    random = np.random.default_rng(1)
    values = activity(random.normal(size=(2, 4, 30)), dims=("life", "neuron", "sample"))
    position = activity([[0, 0], [3, 4], [0, 10], [0, 1]], dims=("neuron", "axis"))
    position.attrs["units"] = "pixel"
    found = pairwise_correlation(values, samples="sample", neurons="neuron", position=position)
    assert found["pairwise_correlation"].dims == ("life", "pair")
    assert found["distance"].values[:2].tolist() == [5, 10]
    assert found["distance"].attrs["units"] == "pixel"
    alone = np.corrcoef(values.values[1])[np.triu_indices(4, 1)]
    assert found["pairwise_correlation"].values[1] == pytest.approx(alone)
    binned = by_distance(found, [0, 4, 8, 12])
    assert binned["pairwise_correlation"].dims == ("life", "distance")
    near = found["distance"].values < 4
    expected = found["pairwise_correlation"].values[:, near].mean(axis=1)
    assert binned["pairwise_correlation"].values[:, 0] == pytest.approx(expected)


def test_shifts_keep_what_units_do():
    values = activity(np.arange(20).reshape(10, 2))
    shifted = shift_units(values, seed=1)
    for unit in range(2):
        own, moved = values.values[:, unit], shifted.values[:, unit]
        lag = np.flatnonzero(moved == own[0])[0]
        assert np.roll(own, lag).tolist() == moved.tolist()
    assert not np.array_equal(shifted, values)
    xr.testing.assert_identical(shift_units(values, seed=1), shifted)
    turned = shift_units(values.T, seed=1)
    assert turned.dims == ("unit", "time") and np.array_equal(turned.T, shifted)


def test_control_tells_common_activity_from_slow_units():
    random = np.random.default_rng(3)
    # Every unit drifts slowly, alone: large correlations, but around the null.
    slow = np.cumsum(random.normal(size=(400, 12)), axis=0)
    common = random.normal(size=(400, 1)) + 2 * random.normal(size=(400, 12))
    alone = pairwise_correlation(activity(slow), shuffles=100)
    together = pairwise_correlation(activity(common), shuffles=100)
    assert abs(alone["pairwise_correlation"]).mean() > 0.2
    assert alone["null_low"] < alone["mean"] < alone["null_high"]
    assert together["mean"] == pytest.approx(0.2, abs=0.05)
    assert together["mean"] > together["null_high"]
    assert together["null_mean"] == pytest.approx(0, abs=0.01)


def test_null_of_independent_units_keeps_its_level():
    random = np.random.default_rng(4)
    inside = []
    for seed in range(60):
        counts = activity(random.poisson(0.5, (200, 6)))
        found = pairwise_correlation(counts, shuffles=99, seed=seed)
        inside.append(bool(found["null_low"] <= found["mean"] <= found["null_high"]))
    assert np.mean(inside) > 0.85


def test_refusals():
    with pytest.raises(ValueError, match="expected samples of at least 2 neurons, got 3 of 1"):
        pairwise_correlation(activity([[1], [2], [3]]))
    with pytest.raises(ValueError, match="pairwise_correlation.counts: expected dim 'bin'"):
        pairwise_correlation(activity([[1, 2]]), samples="bin")
