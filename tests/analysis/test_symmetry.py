import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import sign_concordance, weight_norm_ratio
from ontogeny.analysis.array import norm_ratio
from ontogeny.analysis.array import sign_concordance as concordance_of

MEASURES = [weight_norm_ratio, sign_concordance]


def with_weights(life, **values):
    life = life.copy(deep=True)
    for name, entries in values.items():
        life["weights"][name][:] = entries
    return life


@pytest.mark.parametrize("measure", MEASURES)
def test_dims_coordinates_and_units(make_life, measure):
    found = measure(make_life(sizes=(6, 5, 4, 3)))
    assert found.dims == ("checkpoint", "synapses")
    assert found["synapses"].values.tolist() == ["forward_2", "forward_3"]
    assert found.name == measure.__name__
    assert set(found.attrs) == {"units", "long_name"} and found.attrs["units"] == "1"
    for coordinate in found.coords.values():
        assert {"units", "long_name"} <= set(coordinate.attrs)


@pytest.mark.parametrize("factor", [3.0, -0.5])
def test_multiples_of_the_feedback_weights(life, factor):
    copies = factor * life["weights"]["feedback_2"].values.swapaxes(-1, -2)
    life = with_weights(life, forward_2=copies)
    np.testing.assert_allclose(weight_norm_ratio(life), abs(factor), rtol=1e-12)
    np.testing.assert_array_equal(sign_concordance(life), float(factor > 0))


def test_a_synapse_meets_the_one_beside_it(make_life):
    life = with_weights(
        make_life(sizes=(6, 3, 2)),
        forward_2=[[1, -2, 0], [3, 4, 5]],
        feedback_2=[[1.0, 1.0], [1.0, 1.0], [1.0, -1.0]],
    )
    # The pair without a forward weight does not count: three of five agree.
    np.testing.assert_allclose(sign_concordance(life), 3 / 5)
    np.testing.assert_allclose(weight_norm_ratio(life), np.sqrt(55 / 6))


@pytest.mark.filterwarnings("error")
def test_nothing_to_divide_by(life):
    silent = with_weights(life, feedback_2=0.0)
    assert weight_norm_ratio(silent).isnull().all()
    assert sign_concordance(silent).isnull().all()
    assert (weight_norm_ratio(with_weights(life, forward_2=0.0)) == 0).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("measure", MEASURES)
def test_joined_lives_keep_their_dims_and_padding(joined, make_life, measure):
    found = measure(joined)
    assert found.dims == ("condition", "network", "checkpoint", "synapses")
    plain = found.sel(condition="plain")
    assert plain.isel(checkpoint=slice(4, None)).isnull().all()
    alone = measure(make_life(noise=0, rate=0.5, seed=1))
    np.testing.assert_allclose(plain.sel(network=1).isel(checkpoint=slice(4)), alone)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_life_is_never_written_to(joined, measure):
    before = joined.copy(deep=True)
    measure(joined)
    xr.testing.assert_identical(joined, before)


@pytest.mark.parametrize("measure", MEASURES)
def test_no_feedback(make_life, measure):
    message = rf"{measure.__name__}.life: expected forward synapses with a feedback partner"
    with pytest.raises(ValueError, match=message):
        measure(make_life(feedback=False))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", [norm_ratio, concordance_of])
def test_a_matrix_that_is_not_finite(function):
    matrices = np.ones((2, 3, 4))
    matrices[1, 0, 0] = np.nan
    np.testing.assert_array_equal(function(np.ones((3, 4)), matrices), [1, np.nan])
    np.testing.assert_array_equal(function(matrices, np.ones((3, 4))), [1, np.nan])
