import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import neuron_alignment, weight_alignment


def with_weights(life, **values):
    """A copy of a life with other weights."""
    life = life.copy(deep=True)
    for name, entries in values.items():
        life["weights"][name][:] = entries
    return life


def test_dims_coordinates_and_units(life):
    angles = weight_alignment(life)
    assert angles.dims == ("checkpoint", "synapses")
    assert angles["synapses"].values.tolist() == ["forward_2"]
    assert angles.attrs["units"] == "degree"
    assert set(angles.attrs) == {"units", "long_name"}
    assert angles.name == "weight_alignment"
    for coordinate in angles.coords.values():
        assert {"units", "long_name"} <= set(coordinate.attrs)
    xr.testing.assert_equal(angles["presentation"], life["weights"]["presentation"])


def test_synapses_are_in_order_of_layer(make_life):
    angles = weight_alignment(make_life(sizes=(6, 5, 4, 3)))
    assert angles["synapses"].values.tolist() == ["forward_2", "forward_3"]
    names = [f"forward_{layer}" for layer in range(2, 12)]
    assert weight_alignment(make_life(sizes=(3,) * 12))["synapses"].values.tolist() == names


@pytest.mark.parametrize(("factor", "expected"), [(1.0, 0.0), (3.0, 0.0), (-2.0, 180.0)])
@pytest.mark.parametrize("matrix", [False, True])
def test_copies_of_the_feedback_weights(life, factor, expected, matrix):
    copies = factor * life["weights"]["feedback_2"].values.swapaxes(-1, -2)
    angles = weight_alignment(with_weights(life, forward_2=copies), matrix=matrix)
    np.testing.assert_allclose(angles, expected, atol=1e-12)


def test_mean_over_neurons_and_matrix_angle_differ(make_life):
    life = make_life(sizes=(6, 2, 2))
    # Neuron 0 is aligned, neuron 1 is orthogonal; the first one's weights dominate the matrix.
    life = with_weights(life, forward_2=[[3.0, 0.0], [0.0, 1.0]], feedback_2=[[3.0, 0], [1.0, 0]])
    np.testing.assert_allclose(weight_alignment(life), 45.0)
    expected = np.degrees(np.arccos(9 / 10))
    np.testing.assert_allclose(weight_alignment(life, matrix=True), expected)


def test_column_of_a_neuron_meets_its_row(make_life):
    life = make_life(sizes=(6, 2, 3))
    life = with_weights(
        life, forward_2=[[3, 1], [4, 0], [0, 0]], feedback_2=[[4.0, 3.0, 0.0], [0.0, 0.0, 7.0]]
    )
    angles = neuron_alignment(life)
    assert angles.dims == ("checkpoint", "hidden_1")
    np.testing.assert_allclose(angles[0], [np.degrees(np.arccos(24 / 25)), 90])


def test_default_synapses_are_the_last(make_life):
    life = make_life(sizes=(6, 5, 4, 3))
    assert neuron_alignment(life).dims == ("checkpoint", "hidden_2")
    assert neuron_alignment(life).attrs["synapses"] == "forward_3"
    assert neuron_alignment(life, "forward_2").dims == ("checkpoint", "hidden_1")
    means = neuron_alignment(life, "forward_2").mean("hidden_1")
    np.testing.assert_allclose(means, weight_alignment(life).sel(synapses="forward_2"))


def test_feedback_that_attracts_weights_lowers_the_angle(life):
    angles = weight_alignment(life).squeeze("synapses")
    assert angles[-1] < angles[0] - 10


@pytest.mark.filterwarnings("error")
def test_neurons_without_weights_are_left_out_of_the_mean(life):
    dead = life["weights"]["forward_2"].values.copy()
    dead[..., 0] = 0
    damaged = with_weights(life, forward_2=dead)
    assert np.isnan(neuron_alignment(damaged)[:, 0]).all()
    expected = neuron_alignment(life)[:, 1:].mean("hidden_1")
    np.testing.assert_allclose(weight_alignment(damaged).squeeze("synapses"), expected)


@pytest.mark.filterwarnings("error")
def test_joined_lives_keep_their_dims_and_padding(joined, make_life):
    angles = weight_alignment(joined)
    assert angles.dims == ("condition", "network", "checkpoint", "synapses")
    plain = angles.sel(condition="plain")
    assert plain.isel(checkpoint=slice(4, None)).isnull().all()
    assert plain.isel(checkpoint=slice(4)).notnull().all()
    alone = weight_alignment(make_life(noise=0, rate=0.5, seed=1))
    np.testing.assert_allclose(plain.sel(network=1).isel(checkpoint=slice(4)), alone)
    assert neuron_alignment(joined).dims == ("condition", "network", "checkpoint", "hidden_1")
    assert weight_alignment(joined, matrix=True).dims == angles.dims


def test_pairs_are_found_when_the_first_joined_life_has_none(make_life, join):
    without, with_feedback = make_life(feedback=False), make_life()
    without["weights"] = (
        without["weights"]
        .to_dataset()
        .assign(feedback_2=with_feedback["weights"]["feedback_2"] * np.nan)
    )
    without["weights"]["feedback_2"].attrs = with_feedback["weights"]["feedback_2"].attrs
    angles = weight_alignment(join([without, with_feedback], "condition", ["bp", "fa"]))
    assert angles.sel(condition="bp").isnull().all()
    assert angles.sel(condition="fa").notnull().all()


def test_the_life_is_never_written_to(joined):
    before = joined.copy(deep=True)
    weight_alignment(joined)
    weight_alignment(joined, matrix=True)
    neuron_alignment(joined)
    xr.testing.assert_identical(joined, before)


@pytest.mark.parametrize("measure", [weight_alignment, neuron_alignment])
def test_no_feedback(make_life, measure):
    message = rf"{measure.__name__}.life: expected forward synapses with a feedback partner"
    with pytest.raises(ValueError, match=message):
        measure(make_life(feedback=False))


def test_unknown_synapses(life):
    with pytest.raises(ValueError, match=r"got 'forward_9'; choices are \['forward_2'\]"):
        neuron_alignment(life, "forward_9")


def test_no_weights(life):
    del life["weights"]
    with pytest.raises(ValueError, match=r"expected a trajectory with a group 'weights'"):
        weight_alignment(life)


def test_not_a_trajectory(life):
    with pytest.raises(TypeError, match=r"life: expected an xarray.DataTree, got Dataset"):
        weight_alignment(life["weights"].to_dataset())


def test_centred_angles_agree_with_the_reference(life, reference):
    found = neuron_alignment(life, centred=True)
    assert "means over targets removed" in found.attrs["long_name"]
    weights = life["weights"]
    for checkpoint in (0, 3):
        pair = (weights[name].values[checkpoint] for name in ("forward_2", "feedback_2"))
        expected = reference.measures.neuron_angles_centred(*pair)
        np.testing.assert_allclose(found[checkpoint], expected, atol=1e-6)
    mean = weight_alignment(life, centred=True).sel(synapses="forward_2")
    np.testing.assert_allclose(mean, found.mean("hidden_1"))


@pytest.mark.parametrize("matrix", [False, True])
def test_centred_angles_do_not_see_a_common_offset(life, matrix):
    copies = life["weights"]["feedback_2"].values.swapaxes(-1, -2)
    offset = with_weights(life, forward_2=copies + 5.0)
    assert (weight_alignment(offset, matrix=matrix) > 20).all()
    found = weight_alignment(offset, matrix=matrix, centred=True)
    np.testing.assert_allclose(found, 0, atol=1e-6)


@pytest.mark.filterwarnings("error")
def test_weights_that_are_all_offset_have_no_centred_angle(life):
    flat = with_weights(life, forward_2=np.full((4, 5), 0.1))
    assert neuron_alignment(flat, centred=True).isnull().all()
    assert neuron_alignment(flat).notnull().all()


def test_centred_angles_of_joined_lives(joined):
    before = joined.copy(deep=True)
    found = weight_alignment(joined, centred=True)
    plain = weight_alignment(joined)
    assert found.dims == plain.dims
    np.testing.assert_array_equal(found.isnull(), plain.isnull())
    xr.testing.assert_identical(joined, before)
