"""What all comparisons share: networks and stages, noise, estimates, findings, refusals."""

import json

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis.comparison import COMPARISONS, compare, noise_of_life
from ontogeny.analysis.comparison.estimates import GROUPS, estimated, jackknifed, kept
from ontogeny.analysis.comparison.findings import Row, findings
from ontogeny.analysis.comparison.networks import networks_of
from ontogeny.analysis.comparison.noise_of_life import other_noise, realisations
from ontogeny.data import (
    binary_noise,
    correlated_noise,
    gaussian_noise,
    recorded_waves,
    recording_of,
    retinal_waves,
    sparse_noise,
)
from ontogeny.data.recordings import spike_trains
from ontogeny.models.description import describe

NOISES = [
    gaussian_noise(std=0.5),
    correlated_noise(length=1.5, shape=(4, 4)),
    binary_noise(0.3),
    sparse_noise(),
    retinal_waves(refractory=(10, 20), shape=(4, 4)),
]


def told(noise):
    """A life that tells of nothing but its noise."""
    phases = [{"type": "Spontaneous", "noise": describe(noise), "presentations": 64}]
    return xr.DataTree(xr.Dataset(attrs={"schedule": json.dumps({"phases": phases})}))


@pytest.mark.parametrize("noise", NOISES, ids=lambda noise: noise.title())
def test_noise_of_a_life_is_rebuilt(noise):
    rebuilt = noise_of_life(told(noise))
    assert rebuilt == noise
    drawn = realisations(rebuilt, units=16, count=3, steps=5, seed=2)
    assert drawn.shape == (3, 5, 16)
    np.testing.assert_array_equal(drawn, realisations(noise, units=16, count=3, steps=5, seed=2))


def test_noise_of_ones_own_is_asked_for():
    life = told(gaussian_noise())
    life.attrs["schedule"] = life.attrs["schedule"].replace('"Noise"', '"MyNoise"')
    with pytest.raises(ValueError, match=r"noise_of_life\.life: .* got 'MyNoise', .*; give what"):
        noise_of_life(life)
    life.attrs["schedule"] = life.attrs["schedule"].replace('"MyNoise"', '"BinaryNoise"')
    with pytest.raises(ValueError, match=r"expected the fields of BinaryNoise"):
        noise_of_life(life)


def retina(shift=0.0, **attributes):
    """Spikes of four cells; files of tables do not tell from when to when."""
    trains = [[0.1, 0.55 + shift], [0.2, 0.9], [0.35], [1.4, 1.7]]
    place = [[0, 0], [100, 0], [0, 100], [100, 100]]
    return recording_of(trains, position=place, start=0, stop=2, attributes=attributes)


def test_recorded_waves_are_rebuilt_from_their_recording(tmp_path):
    waves = recorded_waves(retina(name="cells"), bin_width=0.2, control="shifted", shape=(4, 4))
    life = told(waves)
    table = tmp_path / "other name.csv"
    with table.open("w") as file:
        file.write("unit,time,x,y\n")
        recording = retina()
        for unit, train in enumerate(spike_trains(recording)):
            x, y = recording["position"].values[unit]
            file.writelines(f"{unit},{time!r},{x},{y}\n" for time in train.tolist())
    for given in (retina(), table, str(table)):
        rebuilt = noise_of_life(life, recording=given)
        assert rebuilt == waves and rebuilt.title() == waves.title()
        place = {"seed": 1, "stream": 0, "first": 0, "steps": 6, "trials": 2, "units": 16}
        np.testing.assert_array_equal(rebuilt.frames(**place), waves.frames(**place))
    with pytest.raises(ValueError, match=r"life\.recording: .* the spikes that the life saw"):
        noise_of_life(life, recording=retina(shift=0.01))
    with pytest.raises(ValueError, match=r"that load_recording\(\) knows, .* --noise-recording"):
        noise_of_life(life)
    with pytest.raises(FileNotFoundError, match=r"one of recording_names\(\), got 'nobody', which"):
        noise_of_life(life, recording="nobody")
    with pytest.raises(TypeError, match="the path of one, or one of recording_names.*got int"):
        noise_of_life(life, recording=3)
    with pytest.raises(ValueError, match=r"expected none for a life that was spontaneous on Noise"):
        noise_of_life(told(gaussian_noise()), recording=retina())


@pytest.mark.parametrize(
    "attributes",
    [{"name": "Wong1993_P0"}, {"name": "mine", "source": "Wong1993_P0.h5"}],
)
def test_recordings_of_the_collection_are_found(monkeypatch, attributes):
    asked = []

    def load(name):
        asked.append(name)
        return retina()

    monkeypatch.setattr("ontogeny.analysis.comparison.recording_of_life.load_recording", load)
    waves = recorded_waves(retina(**attributes))
    assert noise_of_life(told(waves)) == waves and asked == ["Wong1993_P0"]
    other = recorded_waves(retina(shift=0.01, **attributes))
    with pytest.raises(ValueError, match="expected the spikes that the life saw"):
        noise_of_life(told(other))


def test_another_noise_than_the_lifes_is_told(noisy):
    own = compare(noisy, "retinal-waves")
    given = compare(noisy, "retinal-waves", noise=gaussian_noise())
    xr.testing.assert_identical(own, given)
    for noise, words in (
        (gaussian_noise(std=0.5), "differs from the life's own in std (of the life 1.0, here 0.5)"),
        (binary_noise(0.3), "was spontaneous on Noise, not on BinaryNoise"),
    ):
        found = compare(noisy, "retinal-waves", noise=noise)
        assert words in found.attrs["input"] and words in found.attrs["caution"]


def test_the_same_recorded_waves_are_no_others():
    waves = recorded_waves(retina(name="cells"), shape=(4, 4))
    assert not other_noise(told(waves), recorded_waves(retina(name="mine"), shape=(4, 4)))
    other = recorded_waves(retina(shift=0.01, name="cells"), shape=(4, 4), control="shifted")
    words = other_noise(told(waves), other)
    assert "spikes (of the life: those of 'cells'" in words and "control (of the life None" in words


def test_a_life_without_spontaneous_phase_needs_noise(learner):
    with pytest.raises(ValueError, match=r"expected a schedule with a spontaneous phase, got none"):
        compare(learner, "retinal-waves")
    found = compare(learner, "retinal-waves", noise=gaussian_noise())
    assert found.attrs["input"] == "gaussian noise"
    assert set(networks_of(learner, "test")[0].stages) == {"birth", "end"}


def test_stages_are_where_the_life_was(noisy, several):
    (lived,) = networks_of(noisy, "test")
    presented = noisy["weights"]["presentation"].values
    assert [int(presented[position]) for position in lived.stages.values()] == [0, 640, 640 + 120]
    assert lived.hidden == ("hidden_1",) and lived.inputs == 36
    assert [one.seed for one in networks_of(several, "test")] == [3, 4]


def test_networks_of_a_mean_have_lived_alike(noisy, learner):
    from ontogeny.data import join_trajectories

    mixed = join_trajectories({0: learner, 1: noisy}, "network")
    with pytest.raises(ValueError, match="got lives with different descriptions of their schedule"):
        networks_of(mixed, "compare")
    twice = join_trajectories({0: noisy, 1: noisy}, "network")
    with pytest.raises(ValueError, match=r"compare\.life: .* got seed 3 twice"):
        networks_of(twice, "compare")


def test_frames_are_not_those_that_the_life_saw():
    noise = retinal_waves(refractory=(10, 20), shape=(4, 4))
    drawn = realisations(noise, units=16, count=3, steps=50, seed=2)
    for stream in range(4):
        seen = noise.frames(seed=2, stream=stream, first=0, steps=50, trials=3, units=16)
        assert not np.array_equal(drawn, np.moveaxis(seen, 1, 0))


def test_lives_of_a_selected_condition_are_its_own(noisy, learner):
    from ontogeny.data import join_trajectories

    joined = join_trajectories({"noise": noisy, "none": learner}, "condition")
    assert noise_of_life(joined.isel(condition=0)) == gaussian_noise()
    with pytest.raises(ValueError, match="expected a schedule with a spontaneous phase"):
        noise_of_life(joined.isel(condition=1))
    with pytest.raises(ValueError, match="expected lives with the same spontaneous phase"):
        noise_of_life(joined)
    with pytest.raises(ValueError, match=r"got \['condition'\] too; select one"):
        compare(joined, "v1v2")


@pytest.mark.parametrize("reference", COMPARISONS)
def test_leaky_lives_and_lives_without_weights_are_refused(noisy, reference):
    leaky = noisy.copy()
    network = json.loads(noisy.attrs["network"])
    leaky.attrs["network"] = json.dumps({**network, "dynamics": {"type": "Leaky"}})
    if reference != "retinal-waves":
        with pytest.raises(ValueError, match="expected static networks"):
            compare(leaky, reference, stimuli=gaussian_stimuli())
    bare = xr.DataTree.from_dict({"/progress": noisy["progress"].to_dataset()})
    with pytest.raises(ValueError, match="expected a trajectory with a group 'weights'"):
        compare(bare, reference)


def gaussian_stimuli():
    return gaussian_noise().stimuli(50, units=36, classes=3, seed=0)


def test_wrong_arguments_are_refused_before_any_work(noisy, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"expected one of retinal-waves, .* not there"):
        compare(noisy, str(tmp_path / "nothing.nwb"))
    with pytest.raises(TypeError, match=r"compare\.reference: expected .* got int"):
        compare(noisy, 3)
    with pytest.raises(ValueError, match=r"compare\.spacing: expected a number above 0, got -1"):
        compare(noisy, "retinal-waves", spacing=-1)
    with pytest.raises(ValueError, match=r"compare\.noise_recording: expected none with v1v2"):
        compare(noisy, "v1v2", noise_recording=retina())
    with pytest.raises(ValueError, match=r"noise_recording: .* beside noise=\.\.\., which"):
        compare(noisy, "retinal-waves", noise=gaussian_noise(), noise_recording=retina())
    with pytest.raises(TypeError, match=r"compare\.noise: expected a noise .* got str"):
        compare(noisy, "retinal-waves", noise="white")
    with pytest.raises(ValueError, match="expected rates of 36 inputs, got 784"):
        compare(noisy, "v1v2")
    with pytest.raises(ValueError, match="expected a stage 'birth', which is the control"):
        compare(noisy, "it-rdm", checkpoints={"end": -1})
    late = noisy.isel(checkpoint=slice(1, None))
    with pytest.raises(ValueError, match="expected weights at birth"):
        compare(late, "it-rdm")


def test_jackknife_of_a_mean_is_the_t_interval():
    values = np.random.default_rng(0).normal(size=GROUPS)
    found = jackknifed(lambda group: {"mean": np.asarray(values[kept(GROUPS, group)].mean())})
    value, low, high = found["mean"]
    error = values.std(ddof=1) / GROUPS**0.5
    np.testing.assert_allclose(
        [value, high - low], [values.mean(), 2 * 2.093024 * error], rtol=1e-6
    )


def test_jackknife_holds_the_truth_as_often_as_it_says():
    random, hits = np.random.default_rng(1), 0
    for _ in range(300):
        values = random.normal(size=(100, 2))

        def measured(group, values=values):
            return {"variance": values[kept(100, group)].var(axis=0, ddof=1)}

        _, low, high = jackknifed(measured)["variance"]
        hits += int(((low < 1) & (high > 1)).sum())
    assert 0.90 < hits / 600 < 0.985


def test_several_networks_have_t_intervals_of_their_mean():
    one, other = ({"x": np.array([number, 5.0])} for number in (1.0, 3.0))
    value, low, high = estimated([lambda group: one, lambda group: other])["x"]
    np.testing.assert_allclose(value, [2, 5])
    np.testing.assert_allclose([low[0], high[0]], [2 - 12.7062047, 2 + 12.7062047])
    assert (low[1], high[1]) == (5, 5)


def test_findings_name_everything():
    row = Row(measure="rate", population="hidden_1", unit="Hz", reference=(1.0, 0.5, 1.5))
    ends = (np.array([1.0, 2.0, np.nan]),) * 3
    found = findings([row], {"rate, hidden_1": ends}, attributes={"seeds": [1, 2]})
    assert found["quantity"].values.tolist() == ["rate, hidden_1"]
    numbers = {name: float(found[name][0]) for name in ("value", "control", "reference_high")}
    assert numbers == {"value": 1.0, "control": 2.0, "reference_high": 1.5}
    assert found.attrs["seeds"] == "[1, 2]" and str(found["unit"].values[0]) == "Hz"
    assert np.isnan(found["surrogate"][0]) and np.isnan(found["published"][0])


def test_blank_cells_have_a_reason():
    rows = [
        Row(measure="rate", population="hidden_1", note="of cells", reference=(1.0, 0.5, 1.5)),
        Row(measure="rate", population="hidden_1", stage="end - birth"),
        Row(measure="rate", population="input"),
        Row(measure="ratio", note="no value: no unit", reference=(1.0, 0.5, 1.5)),
    ]
    nan = np.nan
    numbers = [[1.0, 2.0, 3.0], [1.0, nan, 3.0], [1.0, 2.0, nan], [nan, nan, nan]]
    ends = {row.name: (np.array(own),) * 3 for row, own in zip(rows, numbers, strict=True)}
    found = findings(rows, ends, attributes={})
    assert found["note"].values.tolist() == [
        "of cells",
        "no control: it is the difference from birth; no reference: none is known",
        "no surrogate: the control is what shares nothing; no reference: none is known",
        "no value: no unit",
    ]
    # A column that nothing has is not shown, and needs no reasons.
    alone = findings(rows[1:2], {rows[1].name: (np.array([1.0, nan, nan]),) * 3}, attributes={})
    assert alone["note"].values.tolist() == [""]
