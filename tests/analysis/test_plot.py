import matplotlib
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot
from matplotlib.legend import Legend

from ontogeny.analysis import plot, weight_alignment


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


def curves(ax):
    """The curves of an axes that are not levels of chance, as (x, y) without their gaps."""
    lines = [line for line in ax.lines if line.get_transform() == ax.transData]
    data = [np.asarray(line.get_xydata(), dtype=float) for line in lines]
    return [points[np.isfinite(points).all(axis=1)].T for points in data]


def legends(ax):
    return [
        [text.get_text() for text in legend.get_texts()]
        for legend in ax.get_children()
        if isinstance(legend, Legend)
    ]


def test_three_axes_with_labels(life):
    axes = plot.development(life)
    assert axes.shape == (3,)
    labels = [ax.get_ylabel() for ax in axes]
    assert labels == ["Loss (nat)", "Accuracy (%)", "Alignment (degrees)"]
    assert axes[2].get_xlabel() == "Presentations since the start of learning"
    axes[0].figure.canvas.draw()


def test_curves_hold_the_data_with_learning_at_zero(life):
    loss, accuracy, angle = plot.development(life)
    progress, tests = life["progress"], life["tests"]
    (noise, learning) = curves(loss)
    np.testing.assert_array_equal(noise[0], [-300, -200, -100, 0])
    np.testing.assert_allclose(noise[1], progress["loss"][1:5])
    np.testing.assert_array_equal(learning[0], [100, 200, 300])
    np.testing.assert_allclose(learning[1], progress["loss"][5:])
    tested = curves(accuracy)[-1]
    np.testing.assert_array_equal(tested[0], [0, 100, 200, 300])
    np.testing.assert_allclose(tested[1], tests["accuracy"])
    (aligned,) = curves(angle)
    np.testing.assert_array_equal(aligned[0], progress["presentation"] - 400)
    np.testing.assert_allclose(aligned[1], weight_alignment(life).squeeze("synapses"))


def test_levels_of_chance(life):
    levels = []
    for ax in plot.development(life):
        (line,) = [line for line in ax.lines if line.get_transform() != ax.transData]
        levels.append(line.get_ydata()[0])
    assert levels == pytest.approx([np.log(4), 1 / 4, 90])


def test_no_chance_of_a_loss_that_is_not_of_classes(life):
    life["progress"]["loss"].attrs["units"] = "1"
    loss, accuracy, _ = plot.development(life)
    assert loss.get_ylabel() == "Loss"
    assert len(curves(loss)) == len(loss.lines)
    assert len(curves(accuracy)) == len(accuracy.lines)


def test_spontaneous_phase_is_shaded_and_named(life):
    axes = plot.development(life)
    for ax in axes:
        (shade,) = ax.patches
        assert (shade.get_x(), shade.get_width()) == (-400, 400)
    assert "spontaneous" in [text.get_text() for text in axes[0].texts]


def test_no_shade_without_a_spontaneous_phase(make_life):
    axes = plot.development(make_life(noise=0))
    assert not axes[0].patches
    assert "spontaneous" not in [text.get_text() for text in axes[0].texts]


def test_conditions_are_drawn_as_mean_and_range(joined):
    axes = plot.development(joined)
    angles = weight_alignment(joined).squeeze("synapses")
    plain, noise = curves(axes[2])
    np.testing.assert_array_equal(plain[0], [0, 100, 200, 300])
    np.testing.assert_allclose(plain[1], angles.sel(condition="plain").mean("network")[:4])
    np.testing.assert_allclose(noise[1], angles.sel(condition="noise").mean("network"))
    assert noise[0][0] == -400
    band = axes[2].collections[1].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(angles.sel(condition="noise").min())
    assert band[:, 1].max() == pytest.approx(angles.sel(condition="noise").max())
    assert ["plain", "noise"] in legends(axes[0])
    titles = [child.get_title().get_text() for child in axes[0].get_children() if is_legend(child)]
    assert titles == ["mean and range of 3 networks"]


def is_legend(child):
    return isinstance(child, Legend)


def test_conditions_have_colours_of_their_own(joined):
    lines = [line for line in plot.development(joined)[2].lines if len(line.get_xdata()) > 2]
    assert len({line.get_color() for line in lines}) == 2


def test_networks_alone(joined):
    axes = plot.development(joined.isel(condition=1))
    assert legends(axes[0]) == [["mean and range of 3 networks"]]
    assert len(curves(axes[2])) == 1


def test_networks_that_learn_from_different_times_are_drawn_one_by_one(make_life, join):
    lives = join([make_life(noise=noise) for noise in (200, 400)], "network", [0, 1])
    axes = plot.development(lives)
    short, long = curves(axes[2])
    assert (short[0][0], long[0][0]) == (-200, -400)
    assert short[0][-1] == long[0][-1] == 300
    assert legends(axes[0]) == [["2 networks"]]


def test_legends_do_not_cover_the_axes(joined):
    axes = plot.development(joined)
    axes[0].figure.canvas.draw()
    for ax in axes:
        for legend in filter(is_legend, ax.get_children()):
            assert legend.get_window_extent().y0 >= ax.get_window_extent().y1 - 1
            assert legend.get_window_extent().x1 <= ax.figure.bbox.x1
            assert legend.get_window_extent().y1 <= ax.figure.bbox.y1


def test_labels_of_the_time_axis_do_not_overlap(joined):
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 3), layout="constrained")
    returned = plot.development(joined, axes=axes)
    assert list(returned) == list(axes)
    figure.canvas.draw()
    for ax in axes:
        assert ax.get_xlabel()
        boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
        assert all(left.x1 < right.x0 for left, right in zip(boxes, boxes[1:], strict=False))


def test_life_without_feedback_says_so(make_life):
    axes = plot.development(make_life(feedback=False))
    assert [text.get_text() for text in axes[2].texts] == ["no feedback weights"]
    assert len(curves(axes[0])) == 2


def test_life_without_tests(make_life):
    accuracy = plot.development(make_life(tests=False))[1]
    assert legends(accuracy) == [["training"]]


def test_life_of_noise_alone_counts_from_birth(make_life):
    life = make_life(tests=False, epochs=0)
    (ax, _, _) = axes = plot.development(life)
    assert axes[2].get_xlabel() == "Presentations since birth"
    assert curves(ax)[0][0].tolist() == [100, 200, 300, 400]


def test_alignment_alone(life):
    ax = plot.alignment(life)
    assert ax.get_ylabel() == "Alignment (degrees)"
    (line,) = curves(ax)
    np.testing.assert_allclose(line[1], weight_alignment(life).squeeze("synapses"))
    _, other = pyplot.subplots()
    assert plot.alignment(life, ax=other) is other


def test_layers_differ_in_their_line_style(make_life):
    ax = plot.alignment(make_life(sizes=(6, 5, 4, 3)))
    assert legends(ax) == [["forward_3", "forward_2"]]
    styles = [line.get_linestyle() for line in ax.lines[:2]]
    assert styles == ["-", "--"]


def test_nothing_global_changes_and_nothing_is_written_to(joined):
    before, parameters = joined.copy(deep=True), dict(matplotlib.rcParams)
    plot.development(joined)
    plot.alignment(joined)
    assert dict(matplotlib.rcParams) == parameters
    xr.testing.assert_identical(joined, before)


def test_refusals(life, joined, make_life):
    with pytest.raises(ValueError, match=r"plot.development.axes: expected 3 axes, got 2"):
        plot.development(life, axes=pyplot.subplots(2)[1])
    seeds = xr.DataTree.from_dict(
        {name: joined[name].to_dataset().rename(network="seed") for name in joined.children}
    )
    with pytest.raises(ValueError, match=r"no dims but 'network' and 'condition', got \['seed'\]"):
        plot.development(seeds)
    with pytest.raises(ValueError, match=r"feedback partner"):
        plot.alignment(make_life(feedback=False))
