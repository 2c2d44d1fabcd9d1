import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import array, effective_rank, singular_values


def test_every_forward_projection_has_a_rank(life):
    ranks = effective_rank(life)
    assert ranks.dims == ("checkpoint", "synapses")
    assert ranks["synapses"].values.tolist() == ["forward_1", "forward_2"]
    assert ranks.attrs["units"] == "1"
    assert "presentation" in ranks.coords
    expected = array.effective_rank(life["weights"]["forward_2"])
    np.testing.assert_array_equal(ranks.sel(synapses="forward_2"), expected)


def test_ranks_are_bounded_by_the_smaller_population(life):
    ranks = effective_rank(life)
    assert (ranks >= 1).all()
    assert (ranks.max("checkpoint") <= [5, 4]).all()


def test_feedback_is_not_needed(make_life):
    assert effective_rank(make_life(feedback=False)).sizes["synapses"] == 2


@pytest.mark.filterwarnings("error")
def test_joined_lives_keep_their_dims_and_padding(joined):
    before = joined.copy(deep=True)
    ranks = effective_rank(joined)
    assert ranks.dims == ("condition", "network", "checkpoint", "synapses")
    assert ranks.sel(condition="plain").isel(checkpoint=slice(4, None)).isnull().all()
    assert ranks.sel(condition="noise").notnull().all()
    xr.testing.assert_identical(joined, before)


def test_no_forward_synapses(life):
    life["weights"] = life["weights"].to_dataset()[["bias_1"]]
    with pytest.raises(ValueError, match=r"effective_rank.life: expected forward synapses, got"):
        effective_rank(life)


def test_singular_values_of_a_known_spectrum(make_network):
    random = np.random.default_rng(0)
    left, right = (np.linalg.qr(random.normal(size=(4, 4)))[0] for _ in range(2))
    first = left @ np.diag([5.0, 3.0, 2.0, 0.5]) @ right
    found = singular_values(make_network([first, np.array([[3.0, 0.0, 4.0, 0.0]])], {}))
    assert found.dims == ("checkpoint", "synapses", "order")
    assert found["order"].values.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(found[0, 0], [5, 3, 2, 0.5])
    np.testing.assert_allclose(found[0, 1], [5, np.nan, np.nan, np.nan])


def test_singular_values_of_chosen_synapses(joined):
    before = joined.copy(deep=True)
    found = singular_values(joined, "forward_2")
    assert found.dims == ("condition", "network", "checkpoint", "order")
    assert found.sizes["order"] == 4
    every = singular_values(joined)
    assert every["synapses"].values.tolist() == ["forward_1", "forward_2"]
    chosen = every.sel(synapses="forward_2").isel(order=slice(4))
    np.testing.assert_array_equal(found, chosen)
    assert found.sel(condition="plain").isel(checkpoint=slice(4, None)).isnull().all()
    assert "presentation" in found.coords
    xr.testing.assert_identical(joined, before)


def test_singular_values_have_the_norm_and_the_rank(life):
    found = singular_values(life, "forward_1")
    norm = (life["weights"]["forward_1"] ** 2).sum(["hidden_1", "inputs"])
    np.testing.assert_allclose((found**2).sum("order"), norm)
    share = found / found.sum("order")
    rank = np.exp(-(share * np.log(share)).sum("order"))
    np.testing.assert_allclose(rank, effective_rank(life).sel(synapses="forward_1"))


def test_singular_values_of_other_synapses(life):
    match = r"singular_values.synapses: expected forward synapses, got 'feedback_2'; choices are"
    with pytest.raises(ValueError, match=match):
        singular_values(life, "feedback_2")
