import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import array, effective_rank


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
