import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis.activity import (
    noise_ceiling,
    rdm_correlation,
    representational_dissimilarity,
    square_dissimilarity,
)

METHODS = {"pearson": "correlation", "spearman": "rank_correlation", "kendall": "kendall"}
toolbox = pytest.importorskip("rsatoolbox")


def patterns(seed, *, stimuli=8, neurons=10):
    values = np.random.default_rng(seed).normal(size=(stimuli, neurons))
    return xr.DataArray(values, dims=("sample", "neuron"), attrs={"units": "Hz"})


def rdm(seed, *, stimuli=8):
    return representational_dissimilarity(patterns(seed, stimuli=stimuli))


def test_dissimilarities_agree_with_the_reference(reference):
    activity = patterns(0)
    found = representational_dissimilarity(activity)
    np.testing.assert_allclose(found, reference.representations.dissimilarities(activity.values))
    assert found.attrs["units"] == "1"
    assert found["stimulus_1"].values[:8].tolist() == 7 * [0] + [1]
    assert found["stimulus_2"].values[:8].tolist() == [1, 2, 3, 4, 5, 6, 7, 2]


def test_euclidean_distances_are_squared_and_per_neuron():
    activity = patterns(0)
    found = representational_dissimilarity(activity, method="euclidean")
    first, second = (activity.values[found[f"stimulus_{k}"]] for k in (1, 2))
    np.testing.assert_allclose(found, ((first - second) ** 2).mean(axis=1))
    assert found.attrs["units"] == "Hz2"


def test_correlation_is_blind_to_scale_and_offset_of_a_pattern():
    activity = patterns(1)
    factor = xr.DataArray(np.arange(1.0, 9.0), dims="sample")
    np.testing.assert_allclose(
        representational_dissimilarity(activity * factor - factor),
        representational_dissimilarity(activity),
    )


@pytest.mark.filterwarnings("error")
def test_flat_and_missing_patterns_have_no_correlation():
    activity = patterns(2)
    activity[3], activity[5, 2] = 0.1, np.nan
    matrix = square_dissimilarity(representational_dissimilarity(activity)).values
    missing = np.isnan(matrix)
    np.fill_diagonal(missing, True)
    assert missing[[3, 5]].all() and missing[:, [3, 5]].all()
    assert missing.sum() == 2 * 2 * 8 - 4 + 6


def test_other_dims_and_labels_are_kept():
    both = xr.concat([patterns(0), patterns(1)], "checkpoint").assign_coords(
        sample=list("abcdefgh")
    )
    found = representational_dissimilarity(both)
    assert found.dims == ("checkpoint", "pair")
    np.testing.assert_allclose(found[1], rdm(1))
    matrix = square_dissimilarity(found)
    assert matrix.dims == ("checkpoint", "stimulus_1", "stimulus_2")
    assert float(matrix.sel(checkpoint=1, stimulus_1="c", stimulus_2="b")) == float(
        found[1].isel(pair=7)
    )
    np.testing.assert_array_equal(
        matrix, matrix.transpose("checkpoint", "stimulus_2", "stimulus_1")
    )


@pytest.mark.parametrize("method", METHODS)
def test_correlations_agree_with_the_reference(reference, method):
    a, b = rdm(0), rdm(1).round(1)
    found = rdm_correlation(a, b, method)
    expected = getattr(reference.representations, METHODS[method])(a.values, b.values)
    np.testing.assert_allclose(found["rdm_correlation"], expected)
    assert found["pairs"] == 28 and found["low"] <= found["high"]


@pytest.mark.parametrize(("method", "theirs"), [("pearson", "corr"), ("spearman", "spearman")])
def test_correlations_agree_with_rsatoolbox(method, theirs):
    a, b = rdm(0), rdm(1)
    expected = toolbox.rdm.compare(*(toolbox.rdm.RDMs(x.values[None]) for x in (a, b)), theirs)
    np.testing.assert_allclose(rdm_correlation(a, b, method)["rdm_correlation"], expected[0, 0])


def test_intervals_over_stimuli_hold_the_truth_about_as_often_as_they_say():
    generator = np.random.default_rng(0)
    one = generator.normal(size=(6, 6)) * [3, 2, 1, 1, 1, 1]
    other = one + 0.8 * generator.normal(size=(6, 6))

    def distances(latent, mixing):
        rates = xr.DataArray(latent @ mixing, dims=("sample", "neuron"))
        return representational_dissimilarity(rates, method="euclidean")

    many = generator.normal(size=(1500, 6))
    truth = np.corrcoef(distances(many, one), distances(many, other))[0, 1]
    held = 0
    for seed in range(24):
        latent = np.random.default_rng(seed + 1).normal(size=(20, 6))
        a, b = distances(latent, one), distances(latent, other)
        found = rdm_correlation(a, b, "pearson", seed=seed)
        held += bool(found["low"] < truth < found["high"])
    assert held >= 20


def test_unrelated_representations_are_within_their_control():
    inside = 0
    for seed in range(12):
        found = rdm_correlation(rdm(seed), rdm(seed + 100), "pearson", seed=seed)
        inside += bool(found["control_low"] <= found["rdm_correlation"] <= found["control_high"])
    assert inside >= 9


@pytest.mark.filterwarnings("error")
def test_missing_pairs_are_left_out():
    a, b = rdm(0), rdm(1)
    holes = a.copy()
    holes[[2, 9]] = np.nan
    found = rdm_correlation(holes, b, "pearson")
    kept = [pair for pair in range(28) if pair not in (2, 9)]
    np.testing.assert_allclose(found["rdm_correlation"], np.corrcoef(a[kept], b[kept])[0, 1])
    assert found["pairs"] == 26 and np.isfinite(found["low"])
    for flat in (a * np.nan, a * 0 + 1):
        assert np.isnan(rdm_correlation(flat, b)["rdm_correlation"])


def test_broadcasting_and_seeds():
    several = xr.concat([rdm(1), rdm(2)], "checkpoint")
    models = xr.concat([rdm(3), rdm(4), rdm(5)], "model")
    found = rdm_correlation(several, models, "pearson", seed=2)
    assert found["rdm_correlation"].dims == ("checkpoint", "model")
    again = rdm_correlation(rdm(2), rdm(5), "pearson", seed=2)
    xr.testing.assert_allclose(found.isel(checkpoint=1, model=2), again)


@pytest.mark.parametrize("method", METHODS)
def test_noise_ceiling_agrees_with_the_reference(reference, method):
    common = rdm(0)
    subjects = xr.concat([common + 0.5 * rdm(seed) for seed in (1, 2, 3)], "subject")
    found = noise_ceiling(subjects, method)
    compare = getattr(reference.representations, METHODS[method])
    kind = "standardised" if method == "pearson" else "ranks"
    expected = reference.representations.noise_ceiling(
        subjects.values, compare, getattr(reference.representations, kind)
    )
    np.testing.assert_allclose([found["lower"], found["upper"]], expected)
    assert found["subjects"] == 3


def test_noise_ceiling_of_equal_and_of_incomplete_subjects():
    same = xr.concat([rdm(0), 2 * rdm(0) + 1], "animal")
    found = noise_ceiling(same, "pearson", subjects="animal")
    np.testing.assert_allclose([found["lower"], found["upper"]], 1)
    holes = xr.concat([rdm(0), rdm(1), rdm(2)], "subject")
    holes[1, 4] = np.nan
    kept = [pair for pair in range(28) if pair != 4]
    expected = np.mean(
        [
            np.corrcoef(holes[i, kept], sum(stats_of(holes[j, kept]) for j in range(3) if j != i))[
                0, 1
            ]
            for i in range(3)
        ]
    )
    np.testing.assert_allclose(noise_ceiling(holes, "pearson")["lower"], expected)


def stats_of(values):
    return (values.values - values.values.mean()) / values.values.std()


def test_errors():
    with pytest.raises(ValueError, match=r"method: expected one of \['correlation', 'euclidean'\]"):
        representational_dissimilarity(patterns(0), method="cosine")
    with pytest.raises(ValueError, match=r"expected at least 2 along 'sample', got 1"):
        representational_dissimilarity(patterns(0).isel(sample=[0]))
    with pytest.raises(ValueError, match=r"rdm_correlation\.method: expected one of \['pearson'"):
        rdm_correlation(rdm(0), rdm(1), "cosine")
    with pytest.raises(ValueError, match=r"expected the same stimuli, got pairs of 8 and of 5"):
        rdm_correlation(rdm(0), rdm(1, stimuli=5))
    with pytest.raises(ValueError, match=r"rdm_correlation\.a: expected all pairs .* got 27"):
        rdm_correlation(rdm(0).isel(pair=slice(27)), rdm(1))
    with pytest.raises(ValueError, match=r"expected the same stimulus_1 in both"):
        rdm_correlation(rdm(0), rdm(1).isel(pair=slice(None, None, -1)))
    with pytest.raises(ValueError, match=r"noise_ceiling\.rdms: expected dim 'subject'"):
        noise_ceiling(rdm(0))
    with pytest.raises(ValueError, match=r"expected at least 2 along 'subject', got 1"):
        noise_ceiling(rdm(0).expand_dims("subject"))


def test_without_rsatoolbox(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "rsatoolbox", None)
    with pytest.raises(ImportError, match=r'the package rsatoolbox.*"\.\[biology\]" in the'):
        rdm(0)


@pytest.fixture(scope="module")
def deposited():
    path = Path(os.environ.get("ONTOGENY_DATA", "")) / "neural/rdm92/rdm92.npz"
    if not path.is_file():
        pytest.skip("needs the dissimilarities: set ONTOGENY_DATA")
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in ("human_it", "monkey_it", "model", "model_name")}


def test_monkeys_and_humans(deposited):
    human = xr.DataArray(deposited["human_it"].astype(float).mean(axis=(0, 1)), dims="pair")
    monkey = xr.DataArray(deposited["monkey_it"].astype(float), dims="pair")
    found = rdm_correlation(monkey, human, "pearson")
    assert round(float(found["rdm_correlation"]), 3) == 0.491
    assert found["control_high"] < 0.1 < found["low"] < 0.491 < found["high"]
    ranked = rdm_correlation(monkey, human, "spearman")
    assert round(float(ranked["rdm_correlation"]), 3) == 0.439


def test_models_of_human_cortex(deposited):
    human = xr.DataArray(deposited["human_it"].astype(float).mean(axis=(0, 1)), dims="pair")
    models = xr.DataArray(
        deposited["model"].astype(float),
        dims=("model", "pair"),
        coords={"model": deposited["model_name"]},
    ).sel(model=["animacy", "V1"])
    found = rdm_correlation(models, human)
    np.testing.assert_allclose(found["rdm_correlation"], [0.588, 0.039], atol=0.0005)
    # Animacy explains it, V1 does not.
    np.testing.assert_array_equal(found["low"] > 0, [True, False])


def test_between_subjects(deposited):
    values = deposited["human_it"].astype(float).mean(axis=1)
    subjects = xr.DataArray(values, dims=("subject", "pair"))
    first, second = np.triu_indices(4, 1)
    between = [
        rdm_correlation(subjects[i], subjects[j], "pearson")["rdm_correlation"]
        for i, j in zip(first, second, strict=True)
    ]
    assert round(float(np.mean(between)), 3) == 0.284
    ceiling = noise_ceiling(subjects, "pearson")
    assert 0.284 < ceiling["lower"] < ceiling["upper"] < 1
