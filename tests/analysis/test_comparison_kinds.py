"""Each comparison: known answers, controls, and what is said beside the numbers."""

import os
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis.comparison import compare, plot_comparison
from ontogeny.analysis.comparison.it_rdm import images_for
from ontogeny.analysis.comparison.matrices import alike, all_alike, dissimilarities
from ontogeny.analysis.comparison.measures import alignment, event_participations
from ontogeny.analysis.comparison.networks import networks_of
from ontogeny.analysis.comparison.pairs import CENTRES, binned, index_and_correlation, log_fit
from ontogeny.analysis.comparison.stages import Part, parts_of
from ontogeny.analysis.comparison.v1_development import _direction as direction
from ontogeny.analysis.comparison.waves import shuffled
from ontogeny.data import Stimuli, correlated_noise, gaussian_noise, recording_of
from ontogeny.data.recorded_waves import recorded_waves
from ontogeny.data.recordings import select_units, write_nwb
from ontogeny.data.references import it_rdms, references
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, simulate


def stimuli(count=60, units=36):
    random = np.random.default_rng(5)
    return Stimuli.from_arrays(random.random((count, 6, units // 6)), np.arange(count) % 3)


def recording(units=16, seconds=120.0, shared=0.5, seed=0):
    """Poisson spikes on a grid of 50 um, of which neighbours share some."""
    random = np.random.default_rng(seed)
    common = random.uniform(0, seconds, 200)
    trains = [
        np.sort(
            np.concatenate([common[random.random(200) < shared], random.uniform(0, seconds, 100)])
        )
        for _ in range(units)
    ]
    places = 50.0 * np.stack(np.meshgrid(range(4), range(units // 4)), -1).reshape(-1, 2)
    told = {"name": "made up", "citation": "Nobody (2026)"}
    return recording_of(trains, position=places, start=0, stop=seconds, attributes=told)


@pytest.fixture(scope="module")
def variable(noisy):
    """Shared variability, beside V1 and V2."""
    return compare(noisy, "v1v2", stimuli=stimuli(), input_noise_std=0.3)


@pytest.fixture(autouse=True)
def quiet():
    """A figure, or a measure, that warns is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    plt.close("all")


def drawn(found, panels):
    axes = plot_comparison(found)
    assert len(axes) == panels
    axes[0].figure.canvas.draw()
    for ax in axes:
        assert ax.get_ylabel() and ax.get_xticklabels()
    labels = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert labels[0] == "life"
    return axes


def of(found, **coords):
    chosen = np.ones(found.sizes["quantity"], bool)
    for name, value in coords.items():
        chosen &= found[name].values == value
    return found.isel(quantity=chosen)


def test_white_noise_has_an_index_of_one_at_every_distance(noisy):
    found = compare(noisy, "retinal-waves", spacing=100.0)
    near = found.sel(quantity="correlation index of near pairs, input")
    assert float(near["low"]) - 0.01 < 1 < float(near["high"]) + 0.01
    known = np.isfinite(found["correlation_index"].values)
    assert known.sum() > 5
    np.testing.assert_allclose(found["correlation_index"].values[known], 1, atol=0.05)
    assert float(found["value"].sel(quantity="intercept, input")) == pytest.approx(1, abs=0.01)
    published = found["published"].sel(quantity="half maximum, input")
    assert float(published) == 151.67
    assert "no duration" in found.attrs["caution"] and "Demas" in found.attrs["citation"]
    drawn(found, 2)


def test_correlated_noise_falls_with_distance_and_its_control_does_not(noisy):
    noise = correlated_noise(length=1.5)
    found = compare(noisy, "retinal-waves", noise=noise, spacing=100.0)
    near, far = (
        found.sel(quantity=f"correlation of {which} pairs, input") for which in ("near", "far")
    )
    assert float(near["low"]) > 0.3 > float(far["high"])
    assert float(near["control_low"]) < 0.01 and abs(float(near["control"])) < 0.02
    half = found.sel(quantity="half maximum, input")
    assert 50 < float(half["value"]) < 1000


def test_recordings_stand_in_place_of_the_published_numbers(noisy):
    both = [recording(), recording(seed=1)]
    found = compare(noisy, "retinal-waves", recording=both)
    near = found.sel(quantity="correlation index of near pairs, input")
    assert float(near["reference_low"]) < float(near["reference"]) < float(near["reference_high"])
    assert float(near["reference"]) > 2 and "2 recording(s)" in str(near["note"].values)
    assert found["recorded_correlation_index"].dims == ("recording", "distance")
    drawn(found, 2)
    bare = both[0].drop_vars("position").drop_dims("axis", errors="ignore")
    with pytest.raises(ValueError, match="expected a recording with positions of units in um"):
        compare(noisy, "retinal-waves", recording=bare)


def test_fit_recovers_an_exponential():
    distance = np.linspace(10, 500, 200)
    intercept, half = log_fit(30 * 2 ** (-distance / 150), distance)
    assert (intercept, half) == (pytest.approx(30), pytest.approx(150))
    assert np.isnan(log_fit(np.ones(200), distance)[1])


def test_pairs_by_hand():
    rates = np.array([[1.0, 2.0, 0.0], [3.0, 0.0, 0.0], [2.0, 1.0, 0.0]])
    index, correlation = index_and_correlation(rates)
    assert index[0] == pytest.approx((2 / 3 + 2 / 3) / 2, rel=1e-9)
    assert correlation[0] == pytest.approx(-1) and np.isnan(index[1:]).all()
    means = binned(np.array([1.0, 3.0, np.nan]), np.array([10.0, 40.0, 60.0]))
    assert means[0] == 2 and np.isnan(means[1:]).all() and len(means) == len(CENTRES)


def test_shuffling_keeps_what_each_unit_does():
    rates = np.random.default_rng(0).random((50, 4))
    mixed = shuffled(rates, 1)
    np.testing.assert_array_equal(np.sort(mixed, axis=0), np.sort(rates, axis=0))
    assert (mixed != rates).any()


def test_units_without_a_place_are_left_out_of_distances(noisy):
    lost = recording()
    place = lost["position"].values.copy()
    place[0] = np.nan
    lost = lost.assign(position=(("unit", "axis"), place, lost["position"].attrs))
    known = select_units(lost, lost["unit"].values[1:])
    whole, less = (compare(noisy, each, bin_width=0.5) for each in (lost, known))
    row = "correlation index of near pairs, input"
    assert float(whole["reference"].sel(quantity=row)) == pytest.approx(
        float(less["reference"].sel(quantity=row))
    )
    found = compare(noisy, "retinal-waves", recording=lost)
    assert float(found["reference"].sel(quantity=row)) > 2
    turned = known.transpose("axis", "unit", ...)
    xr.testing.assert_equal(compare(noisy, turned, bin_width=0.5)["reference"], less["reference"])


def test_recordings_are_cited_where_their_numbers_are(noisy):
    found = compare(noisy, "retinal-waves", recording=recording())
    told = {name: found.attrs[name] for name in ("citation", "recording", "origin", "bin_width")}
    assert told == {
        "citation": "Nobody (2026)",
        "recording": "made up",
        "origin": "recording",
        "bin_width": 0.1,
    }
    # Nothing of Demas et al. is shown.
    assert found["published"].isnull().all() and "published_index" not in found
    notes = " ".join(found["note"].values)
    assert "1 recording(s)" in notes and "published" not in notes
    nameless = recording()
    nameless.attrs = {name: nameless.attrs[name] for name in ("start", "stop")}
    found = compare(noisy, "retinal-waves", recording=nameless.assign_attrs(source="cells.csv"))
    assert found.attrs["citation"] == "The recording cells.csv, of which no citation is stored"


def test_the_same_quantity_has_the_same_bins(noisy):
    beside = compare(noisy, "retinal-waves", recording=recording())
    itself = compare(noisy, recording())
    row = "correlation of near pairs, input"
    for found in (beside, itself):
        assert "bins of 0.1 s" in str(found["note"].sel(quantity=row).values)
    one, other = (float(found["reference"].sel(quantity=row)) for found in (beside, itself))
    assert one == pytest.approx(other, rel=1e-9) and one > 0.1
    wider = compare(noisy, "retinal-waves", recording=recording(), bin_width=1.0)
    assert "bins of 1 s" in str(wider["note"].sel(quantity=row).values)
    assert float(wider["reference"].sel(quantity=row)) != one


def test_the_input_has_shuffled_frames_as_control(noisy):
    found = compare(noisy, recording(), bin_width=0.5)
    own = of(found, population="input")
    assert own["control"].notnull().any() and own["surrogate"].isnull().all()
    hidden = of(found, population="hidden_1")
    assert hidden["control"].notnull().any() and hidden["surrogate"].notnull().any()


@pytest.mark.parametrize("reference", ["v1v2", "v1-development", "it-rdm"])
def test_recordings_that_nothing_is_compared_with_are_refused(noisy, reference):
    with pytest.raises(ValueError, match=rf"compare\.recording: .* with {reference}, .* --with"):
        compare(noisy, reference, recording=recording())


def test_stages_of_ones_own(noisy):
    stages = {"late": -1, "birth": 0}
    found = compare(noisy, recording(), bin_width=0.5, checkpoints=stages)
    assert set(found["stage"].values) == {"", "late"}
    same = compare(noisy, recording(), bin_width=0.5)
    np.testing.assert_array_equal(found["value"], same["value"])
    with pytest.raises(ValueError, match="expected a stage 'birth', which is the control, and ano"):
        compare(noisy, "it-rdm", checkpoints={"birth": 0})


def test_too_few_stimuli_are_refused(noisy):
    for reference in ("v1v2", "v1-development"):
        with pytest.raises(ValueError, match=r"compare\.stimuli: expected at least 20, .* got 6"):
            compare(noisy, reference, stimuli=stimuli(6))


@pytest.mark.parametrize("populations", [1, 2, 3])
def test_labels_do_not_overlap(variable, populations):
    found = variable
    more = [
        found.assign_coords(population=("quantity", [f"hidden_{k + 1}"] * found.sizes["quantity"]))
        for k in range(populations)
    ]
    axes = plot_comparison(xr.concat(more, "quantity", data_vars="minimal"))
    renderer = axes[0].figure.canvas.get_renderer()
    axes[0].figure.canvas.draw()
    for ax in axes:
        boxes = [label.get_window_extent(renderer) for label in ax.get_xticklabels()]
        assert len(boxes) == 3 * populations
        assert all(a.x1 <= b.x0 for a, b in zip(boxes, boxes[1:], strict=False))


def test_at_birth_a_life_is_its_control(noisy):
    for reference in ("it-rdm", "v1v2"):
        found = of(compare(noisy, reference, stimuli=stimuli()), stage="birth")
        assert found.sizes["quantity"] > 0
        np.testing.assert_array_equal(found["value"].values, found["control"].values)
        np.testing.assert_array_equal(found["low"].values, found["control_low"].values)


def test_equal_representations_correlate_fully():
    rates = np.random.default_rng(0).random((20, 8))
    matrix = dissimilarities(rates)
    for method in ("pearson", "spearman"):
        assert alike(matrix, 2 * matrix + 1, slice(None), method) == pytest.approx(1)
        assert alike(matrix, matrix**2, np.arange(10), "spearman") == pytest.approx(1)
    assert np.isnan(alike(np.zeros((20, 20)), matrix, slice(None), "pearson"))


def test_matrices_are_compared_at_once_as_one_by_one():
    random = np.random.default_rng(0)
    own, theirs = (
        [dissimilarities(random.random((12, 5))) for _ in range(count)] for count in (3, 2)
    )
    for chosen in (slice(None), np.arange(8)):
        for method in ("pearson", "spearman"):
            one_by_one = [[alike(a, b, chosen, method) for b in theirs] for a in own]
            np.testing.assert_allclose(all_alike(own, theirs, chosen, method), one_by_one)
    own[1][0], own[1][:, 0] = np.nan, np.nan
    found = all_alike(own, theirs, slice(None), "spearman")
    assert found[1, 0] == alike(own[1], theirs[0], slice(None), "spearman")


def test_representations_beside_cortex(several):
    found = compare(several, "it-rdm")
    assert set(found["population"].values) == {"pixels", "hidden_1"}
    row = found.sel(quantity="Pearson correlation with human IT, hidden_1, end")
    assert float(row["reference"]) == pytest.approx(0.491, abs=5e-4)
    assert float(row["reference_low"]) < 0.491 < float(row["reference_high"])
    assert float(row["published"]) == 0.49 and "noise ceiling" in str(row["note"].values)
    assert float(row["low"]) < float(row["value"]) < float(row["high"])
    pixels = dissimilarities(images_for(36).rates())
    monkey = it_rdms()["monkey"].values
    by_hand = np.corrcoef(pixels[np.triu_indices(92, 1)], monkey)[0, 1]
    row = found.sel(quantity="Pearson correlation with monkey IT, pixels")
    assert float(row["value"]) == pytest.approx(by_hand)
    assert "2 networks" in found.attrs["interval"]
    drawn(found, 2)


def test_without_rsatoolbox_only_the_noise_ceiling_is_missing(noisy, monkeypatch):
    monkeypatch.setitem(sys.modules, "rsatoolbox", None)
    found = compare(noisy, "it-rdm")
    assert found["value"].notnull().all() and "ceiling" not in str(found["note"].values)


def test_inputs_that_are_no_square_cannot_see_images(make_network):
    with pytest.raises(ValueError, match="expected a network with a square of inputs"):
        images_for(35)


def test_shared_variability(variable):
    found = variable
    assert found.attrs["input_noise_std"] == 0.3
    table = references()["semedo2019"].table
    row = found.sel(quantity="noise correlation of 79 (V1), hidden_1, end")
    assert float(row["reference"]) == float(table["noise_correlation"].sel(area="V1"))
    # A ratio of 20 neurons is not compared with one of 79, to which it could not grow.
    row = found.sel(quantity="participation ratio of 79 (V1), hidden_1, end")
    assert np.isnan(row["reference"]) and 1 < float(row["value"]) < 20
    assert "no reference" in str(row["note"].values) and " 20 neurons" in str(row["note"].values)
    # A surrogate has no shared variability, and so no fewer dimensions than the network.
    shared = of(found, stage="end")
    correlation = shared.isel(
        quantity=np.char.startswith(shared["measure"].values.astype(str), "noise")
    )
    assert (np.abs(correlation["surrogate"]) < 0.02).all()
    assert float(row["surrogate"]) > float(row["value"])
    assert "no noise of their own" in found.attrs["caution"]
    drawn(found, 2)


def test_development_of_activity(several):
    found = compare(several, "v1-development", stimuli=stimuli())
    born = of(found, stage="birth")
    np.testing.assert_array_equal(born["value"].values, born["control"].values)
    assert set(found["stage"].values) == {"birth", "after noise", "end", "end - birth"}
    for measure in ("subspace alignment", "participation ratio, evoked"):
        ends = {
            stage: float(of(found, measure=measure, stage=stage)["value"][0])
            for stage in ("birth", "end", "end - birth")
        }
        assert ends["end - birth"] == pytest.approx(ends["end"] - ends["birth"])
        note = str(of(found, measure=measure, stage="end - birth")["note"].values[0])
        assert "here: " in note and "published: " in note
    words = of(found, measure="spontaneous-evoked divergence", stage="birth")["note"]
    assert "% of evoked words never occurred" in str(words.values[0])
    assert "no unit" in found.attrs["caution"] and "Ranks of weights" in found.attrs["caution"]
    events = of(found, measure="participation in events", stage="birth")
    assert float(events["reference"][0]) == pytest.approx(0.4447, abs=1e-4)
    legend = drawn(found, 6)[0].get_legend()
    # Its reference is of a row that is not drawn.
    assert [text.get_text() for text in legend.get_texts()] == ["life", "control", "surrogate"]


def test_spontaneous_activity_that_is_evoked_activity_is_aligned():
    random = np.random.default_rng(0)
    rates = random.normal(size=(500, 3)) @ random.normal(size=(3, 12))
    assert alignment(rates, rates[::2], 3) == pytest.approx(1)
    apart = np.zeros((2, 100, 4))
    apart[0, :, :2], apart[1, :, 2:] = random.normal(size=(2, 100, 2))
    assert alignment(*apart, 2) == pytest.approx(0, abs=1e-12)
    wide = np.concatenate([apart, np.zeros((2, 100, 4))], axis=-1)
    assert np.isnan(alignment(*wide, 3))


def test_subspaces_of_few_neurons_are_not_all_of_them():
    few, others = np.random.default_rng(0).normal(size=(2, 500, 6))
    # Ten components of six neurons are all there is, and agree whatever the activity.
    assert alignment(few, others, 10) < 0.9
    assert np.isnan(alignment(few[:, :1], others[:, :1], 10))


def test_growing_neurons_are_compared_by_what_they_do_above_rest():
    (lived,) = networks_of(grown("sigmoid"), "test")
    part = parts_of(lived, gaussian_noise(), stimuli(), 0)["hidden_1", "birth"]
    # Every rate is above 0: words of that threshold are all the same.
    assert part.spontaneous.min() > 0 and float(part.divergence["low"]) > 0.1


def test_words_are_short_enough_to_be_met():
    random = np.random.default_rng(0)
    spontaneous, evoked = (random.normal(size=(count, 40)) for count in (5000, 1000))
    words = Part(spontaneous=spontaneous, evoked=evoked, rest=0.0, seed=0).divergence
    assert float(words["unseen"]) < 0.1 and abs(float(words["divergence"])) < 0.1


def test_one_hidden_neuron_is_no_population():
    life = grown("relu", hidden=1)
    for reference in ("it-rdm", "v1v2", "v1-development", recording(units=4)):
        found = compare(life, reference, stimuli=stimuli(), bin_width=0.5)
        assert found.sizes["quantity"] > 3


def grown(transfer, hidden=12):
    noise = Spontaneous(gaussian_noise(), presentations=64)
    network = layered([36, hidden, 3], transfer=transfer)
    schedule = Schedule(noise, Learning(stimuli(), epochs=1))
    with warnings.catch_warnings():
        # Simulators have warnings of their own.
        warnings.simplefilter("ignore")
        return simulate(network, schedule, seed=0, trials=8, record=Record(checkpoints=1))


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.2, 0.1, 0.3), "rises"),
        ((-0.2, -0.3, -0.1), "falls"),
        ((0.2, -0.1, 0.5), "no change that the interval can tell"),
        # One event in each network is no rise.
        ((0.2, 0.2, 0.2), "no change that an interval could tell"),
        ((0.2, np.nan, np.nan), "not known"),
        ((np.nan, 0.0, 0.0), "not measured"),
        ((np.nan, -0.1, 0.1), "not measured"),
    ],
)
def test_directions_are_said_where_intervals_tell_them(ends, said):
    assert direction(tuple(np.array([end]) for end in ends)) == said


def test_events_are_found():
    rates = np.zeros((100, 10))
    rates[20, :5] = rates[60, :] = 1.0
    np.testing.assert_allclose(event_participations(rates), [0.5, 1.0])
    assert len(event_participations(np.zeros((5, 3)))) == 0


def test_a_recording_beside_input_and_hidden_activity(noisy):
    found = compare(noisy, recording(), bin_width=0.5)
    assert found.attrs["recording"] == "made up" and found.attrs["citation"] == "Nobody (2026)"
    rate = found.sel(quantity="mean rate")
    assert 1 < float(rate["reference"]) < 2 and np.isnan(rate["value"])
    row = found.sel(quantity="correlation, input")
    assert float(row["reference_low"]) > 0.1 > abs(float(row["value"]))
    ratio = found.sel(quantity="participation ratio, hidden_1, end")
    # As many units as the recording has.
    assert 1 < float(ratio["value"]) < 16 and float(ratio["surrogate"]) > float(ratio["value"])
    drawn(found, 4)
    bare = recording().drop_vars(["position", "axis"])
    found = compare(noisy, bare, bin_width=0.5)
    note = found.sel(quantity="correlation of near pairs, input")["note"]
    assert "no positions" in str(note.values)
    drawn(found, 2)
    with pytest.raises(ValueError, match="give a smaller bin_width"):
        compare(noisy, recording(), bin_width=30.0)


def test_noise_seen_as_a_life_with_shape(noisy):
    with pytest.raises(ValueError, match="one for each neuron of the inputs"):
        compare(noisy, "retinal-waves", noise=correlated_noise(length=1.0, shape=(5, 5)))
    found = compare(noisy, "retinal-waves", noise=correlated_noise(length=1.0, shape=(4, 9)))
    assert found.attrs["spacing"] == 25.0


def test_recorded_waves_bring_their_own_distances(noisy):
    waves = recorded_waves(recording(), bin_width=0.5)
    found = compare(noisy, "retinal-waves", noise=waves)
    assert found.attrs["spacing"] == recorded_waves(recording(), shape=(6, 6)).pixel_um
    near = found.sel(quantity="correlation of near pairs, input")
    assert float(near["low"]) > 0.2 > abs(float(near["control"]))


def test_files_of_recordings_are_closed(noisy, tmp_path):
    path = tmp_path / "cells.nwb"
    write_nwb(recording(), path)
    found = compare(noisy, path, bin_width=0.5)
    same = compare(noisy, recording(), bin_width=0.5)
    np.testing.assert_array_equal(found["reference"], same["reference"])
    if sys.platform == "linux":
        numbers = os.listdir("/proc/self/fd")
        assert str(path) not in {os.path.realpath(f"/proc/self/fd/{number}") for number in numbers}


def test_legends_fit_what_is_drawn(noisy, variable):
    samples = {}
    for found in (compare(noisy, "retinal-waves"), compare(noisy, recording()), variable):
        legend = plot_comparison(found)[0].get_legend()
        samples[found.attrs["comparison"]] = {
            text.get_text(): (line.get_linestyle(), line.get_marker())
            for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
        }
    assert samples == {
        "retinal-waves": {
            "life": ("-", "none"),
            "control": ("--", "none"),
            "reference": ("-", "none"),
        },
        "recording": {
            "life": ("-", "o"),
            "control": ("--", "s"),
            "surrogate": ("None", "o"),
            "reference": ("-", "D"),
        },
        "v1v2": {
            "life": ("None", "o"),
            "control": ("None", "s"),
            "surrogate": ("None", "o"),
            "reference": ("None", "D"),
        },
    }


def test_figures_take_axes_and_refuse_what_is_no_comparison(noisy):
    found = compare(noisy, "retinal-waves", noise=gaussian_noise())
    _, axes = plt.subplots(1, 2)
    assert (plot_comparison(found, axes) == axes).all()
    with pytest.raises(ValueError, match=r"plot_comparison\.axes: expected 2 axes, got 1"):
        plot_comparison(found, axes[:1])
    with pytest.raises(ValueError, match=r"plot_comparison\.found: expected what compare\(\)"):
        plot_comparison(xr.Dataset())


def test_numbers_are_the_same_again(noisy):
    one, other, third = (compare(noisy, "retinal-waves", seed=seed) for seed in (1, 1, 2))
    xr.testing.assert_identical(one, other)
    assert not np.array_equal(one["value"], third["value"])
