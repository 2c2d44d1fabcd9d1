"""Recorded spikes on the sheet of inputs: against plain sums, and as the description states."""

import copy
import pickle
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.data import noise_statistics, recording_of, spike_trains
from ontogeny.data.recorded_bins import binned_spikes
from ontogeny.data.recorded_frames import sheet_frames
from ontogeny.data.recorded_waves import RecordedWaves, recorded_waves

ROWS, COLUMNS = 5, 7
SHAPE = (ROWS, COLUMNS)
UNITS = ROWS * COLUMNS
CONTROLS = (None, "times", "shifted", "places", "independent")
controls = pytest.mark.parametrize("control", CONTROLS, ids=str)
KINDS = {
    "linear": {},
    "nearest": {"interpolation": "nearest", "scale": "unit", "margin": 20.0},
    "gaussian": {"interpolation": "gaussian", "width": 40.0, "scale": 2.5},
    "smoothed": {"smoothing": 0.3, "bin_width": 0.2, "scale": "hertz", "margin": -10.0},
    "dropped": {"silence": "dropped", "smoothing": 0.05},
    **{control: {"control": control, "control_seed": 3} for control in CONTROLS[1:]},
}
kinds = pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)


@pytest.fixture(scope="module")
def recording(recordings):
    return recordings.travelling()


def waves(recording, **options):
    return recorded_waves(recording, **{"shape": SHAPE, **options})


def frames(noise, first=0, steps=60, *, seed=3, stream=4, trials=3, units=UNITS):
    return noise.frames(
        seed=seed, stream=stream, first=first, steps=steps, trials=trials, units=units
    )


def whole(noise, units=UNITS):
    """Return every bin once, whatever the trial begins with, (bin, pixel)."""
    return frames(noise, steps=noise._sheet(units).bins, trials=1, units=units)[:, 0]


def begun(reference, seed, stream, trial, bins):
    """Return the first bin of a trial, by the plain generator."""
    word = reference.philox.philox4x64((0, 0, trial, 1), (seed, stream))[0]
    return reference.recorded.start_of_trial(word, bins)


@kinds
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 1500), min_size=2, max_size=5), trials=st.integers(1, 4))
def test_pieces_are_the_whole(recording, options, cuts, trials):
    noise = waves(recording, **options)
    cuts = sorted(cuts)
    found = frames(noise, cuts[0], cuts[-1] - cuts[0], trials=4)
    for first, last in reversed(list(zip(cuts[:-1], cuts[1:], strict=True))):
        piece = frames(noise, first, last - first, trials=trials)
        assert piece.tobytes() == found[first - cuts[0] : last - cuts[0], :trials].tobytes()


@kinds
def test_pieces_do_not_depend_on_how_much_is_made_at_a_time(recording, options, monkeypatch):
    noise = waves(recording, **options)
    found = frames(noise, 5, 700)
    monkeypatch.setattr("ontogeny.data.frames._SLAB", 7 * UNITS)
    for name in ("_PART", "_SCATTERED"):
        monkeypatch.setattr(f"ontogeny.data.recorded_frames.{name}", 3 * UNITS)
    assert frames(noise, 5, 700).tobytes() == found.tobytes()


@kinds
def test_late_frames_come_at_once(recording, options):
    noise, far = waves(recording, **options), 2**64 - 20
    assert np.array_equal(frames(noise, far, 9)[4:], frames(noise, far + 4, 5))


@pytest.mark.parametrize("interpolation", ["linear", "nearest", "gaussian"])
def test_frames_are_those_of_the_reference(recording, reference, interpolation):
    plain, width = reference.recorded, 40.0 if interpolation == "gaussian" else None
    noise = waves(recording, interpolation=interpolation, width=width, scale="hertz", margin=15.0)
    found = frames(noise, 7, 650, trials=2)
    trains = [train.tolist() for train in spike_trains(recording)]
    positions = [tuple(place) for place in recording["position"].values.tolist()]
    rates = plain.rates(trains, positions, 0.0, 60.0, 0.1)
    places, side = plain.places(list(rates), ROWS, COLUMNS, margin=15.0)
    assert noise.pixel_um == side == pytest.approx(140 / ROWS)
    table = np.array(list(rates.values())).T
    for pixel, place in enumerate(places):
        if interpolation == "nearest":
            weights = [other == plain.nearest(rates, place) for other in rates]
        elif interpolation == "gaussian":
            weights = plain.gaussian(rates, place, width)
        else:
            continue
        for trial in range(2):
            start = begun(reference, 3, 4, trial, 600)
            expected = table[(start + 7 + np.arange(650)) % 600] @ np.array(weights, float)
            np.testing.assert_allclose(found[:, trial, pixel], expected, rtol=1e-13, atol=1e-13)


def test_linear_interpolation_is_that_of_triangles(recordings, reference):
    """One triangle: what is inside is a plane, what is outside lies on its border."""
    corners = [(0.0, 0.0), (90.0, 10.0), (20.0, 80.0)]
    one = recordings.travelling(3, places=corners)
    noise = waves(one, scale="hertz", margin=10.0)
    rates = reference.recorded.rates(
        [train.tolist() for train in spike_trains(one)], corners, 0.0, 60.0, 0.1
    )
    table = np.array([rates[corner] for corner in corners]).T
    start = begun(reference, 3, 4, 0, 600)
    found = np.roll(whole(noise), start, axis=0)
    inside = 0
    for pixel, place in enumerate(reference.recorded.places(corners, *SHAPE, margin=10.0)[0]):
        weights = reference.recorded.linear(corners, place)
        if min(weights) < 0:
            # The nearest of many points on the border.
            shares = np.linspace(0, 1, 2001)[:, None]
            border = [(1 - shares) * np.eye(3)[a] + shares * np.eye(3)[a - 1] for a in range(3)]
            made = np.concatenate(border)
            weights = made[((made @ corners - place) ** 2).sum(axis=1).argmin()]
        else:
            inside += 1
        tolerance = 1e-12 if min(weights) > 0 else 1e-3 * table.max()
        np.testing.assert_allclose(found[:, pixel], table @ weights, rtol=0, atol=tolerance)
    assert inside > 5


def test_linear_functions_of_place_are_kept_within_the_hull(recordings):
    from ontogeny.data.recorded_sheet import interpolation_weights

    electrodes = np.array([[x, y] for x in range(4) for y in range(3)], float) * 100
    places = np.random.default_rng(0).uniform([0, 0], [300, 200], (200, 2))
    indices, weights = interpolation_weights(electrodes, places, "linear")
    found = (weights[..., None] * electrodes[indices]).sum(axis=0)
    np.testing.assert_allclose(found, places, atol=1e-10)
    outside = places + [1000, 0]
    indices, weights = interpolation_weights(electrodes, outside, "linear")
    found = (weights[..., None] * electrodes[indices]).sum(axis=0)
    np.testing.assert_allclose(found, np.stack([np.full(200, 300), outside[:, 1]], 1), atol=1e-10)


@pytest.mark.parametrize("places", [[(5.0, 5.0)], [(0.0, 0.0), (50.0, 50.0), (100.0, 100.0)]])
def test_electrodes_on_a_line(recordings, places):
    one = recordings.travelling(len(places), places=places)
    rates = whole(waves(one, scale="unit", margin=30.0))
    assert rates.min() == 0 and rates.max() <= 1 and (rates.max(axis=0) > 0).all()


def test_smoothing_is_that_of_the_reference(recording, reference):
    noise = waves(recording, smoothing=0.25, scale="hertz", interpolation="nearest")
    plain = waves(recording, scale="hertz", interpolation="nearest")
    expected = reference.recorded.smoothed(whole(plain)[:, 17].tolist(), 2.5)
    np.testing.assert_allclose(whole(noise)[:, 17], expected, atol=1e-12)
    assert whole(noise).mean() == pytest.approx(whole(plain).mean(), rel=1e-12)


def test_electrodes_have_the_mean_rate_of_their_units(recording):
    rates = whole(waves(recording, interpolation="nearest", scale="hertz"))
    counts, lasts = recording["spike_count"].values, 60.0
    # Units 1 and 4 share an electrode, the nearest one of the corner at its place.
    expected = (counts[1] + counts[4]) / 2 / lasts
    assert rates.mean(axis=0)[COLUMNS - 1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("silence", ["kept", "dropped"])
@controls
def test_scales(recording, control, silence):
    options = {"control": control, "silence": silence}
    if control == "independent":
        found = {
            scale: frames(waves(recording, scale=scale, **options), steps=9000, trials=8)
            for scale in ("standard", "unit", "hertz", 4.0)
        }
        tolerance = 0.02
    else:
        found = {
            scale: whole(waves(recording, scale=scale, **options))
            for scale in ("standard", "unit", "hertz", 4.0)
        }
        tolerance = 1e-10
    assert found["standard"].mean() == pytest.approx(0, abs=tolerance)
    assert found["standard"].std() == pytest.approx(1, abs=tolerance)
    assert found["unit"].min() >= 0 and 0.5 < found["unit"].max() <= 1
    assert np.array_equal(found[4.0], found["hertz"] * 0.25)
    for scale, rates in found.items():
        moments = waves(recording, scale=scale, **options).moments()
        measured = (rates.mean(), rates.std())
        assert moments == pytest.approx(measured, rel=max(tolerance, 1e-9), abs=tolerance)


def test_controls_keep_what_they_state(recording):
    rates = {
        control: whole(waves(recording, control=control, scale="hertz", interpolation="nearest"))
        for control in CONTROLS[:4]
    }
    mean = rates[None].mean(axis=0)
    for control in ("times", "shifted"):
        np.testing.assert_allclose(rates[control].mean(axis=0), mean, rtol=1e-12)
    # Pixel 0 lies at an electrode of one unit.
    one, shifted = np.sort(rates[None][:, 0]), np.sort(rates["shifted"][:, 0])
    assert np.array_equal(one, shifted)
    assert rates["times"].std() < 0.8 * rates[None].std()
    shifts = [np.roll(rates[None][:, 0], by) for by in range(600)]
    assert sum(np.array_equal(shift, rates["shifted"][:, 0]) for shift in shifts) == 1
    # Pixels of all electrodes, two of which have other units now.
    assert len(np.unique(rates["places"], axis=1).T) == 5


def test_independent_noise_has_the_mean_and_variance_of_every_pixel(recording):
    expected = whole(waves(recording, scale="hertz"))
    noise = waves(recording, scale="hertz", control="independent")
    found = frames(noise, steps=4000, trials=20)
    standard = frames(waves(recording, control="independent"), steps=4000, trials=20)
    for measure in (np.mean, np.var):
        trials = measure(found, axis=0)
        error = trials.std(axis=0, ddof=1) / np.sqrt(20)
        assert (abs(trials.mean(axis=0) - measure(expected, axis=0)) < 5.5 * error).all()
    assert standard.mean() == pytest.approx(0, abs=0.01)
    assert standard.var() == pytest.approx(1, abs=0.02)
    # What is shown is shown in the recording.
    assert np.isin(found[:100], np.concatenate([expected.ravel(), [0.0]])).all()


@pytest.fixture(scope="module")
def array():
    """Waves on a square of electrodes, one unit and one pixel at each."""
    places = [(x * 100.0, y * 100.0) for x in range(8) for y in range(8)]
    generator = np.random.default_rng(1)
    trains = [[] for _ in places]
    for start in generator.uniform(0, 290, 100):
        centre = generator.uniform(0, 700, 2)
        for train, place in zip(trains, places, strict=True):
            if np.hypot(*(place - centre)) < 200:
                train.extend(start + generator.uniform(0, 1, 8))
    return recording_of([np.sort(train) for train in trains], position=places, start=0, stop=300)


def near_and_far(recording, control):
    """Return correlations of pixels that are 1 and 6 apart, and with the next frame."""
    noise = recorded_waves(recording, shape=(8, 8), control=control, interpolation="nearest")
    found = noise_statistics(noise, units=64, steps=3000, trials=1, distances=[1, 6], lags=[1])
    return [float(value) for value in (*found["space"][0], found["time"][0, 0])]


def test_controls_destroy_what_they_state(array):
    found = {control: near_and_far(array, control) for control in CONTROLS}
    near, far, time = found.pop(None)
    assert near > 0.3 and far < 0.05 and time > 0.3
    assert max(np.abs(found["times"])) < 0.03
    assert abs(found["shifted"][0]) < 0.05 and found["shifted"][2] == pytest.approx(time, abs=0.1)
    assert abs(found["places"][0] - found["places"][1]) < 0.1
    assert found["places"][2] == pytest.approx(time, abs=0.01)
    assert max(np.abs(found["independent"])) < 0.03


def test_places_are_permuted(array):
    rates, shuffled = (
        whole(recorded_waves(array, scale="hertz", interpolation="nearest", control=control), 64).T
        for control in (None, "places")
    )
    one, other = ({row.tobytes() for row in each} for each in (rates, shuffled))
    assert one == other and len(one) == 64
    assert (rates != shuffled).any(axis=1).sum() > 50


def test_trials_begin_anywhere(recording):
    noise = waves(recording)
    every = {row.tobytes(): number for number, row in enumerate(whole(noise))}
    assert len(every) > 80
    found = frames(noise, steps=1, trials=4000)[0]
    counts = np.bincount([every[row.tobytes()] for row in found])
    assert (counts > 0).sum() > 0.9 * len(every)


@pytest.mark.parametrize("control", ["times", "shifted", "places"])
def test_the_seed_of_a_control_makes_it(recording, control):
    one, again, other = (
        whole(waves(recording, control=control, control_seed=seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_dropped_silence(recording):
    rates = whole(waves(recording, scale="hertz", silence="dropped"))
    kept = whole(waves(recording, scale="hertz"))
    loud = kept.any(axis=1)
    assert 0 < loud.sum() < 600 and len(rates) == loud.sum()
    assert {row.tobytes() for row in rates} == {row.tobytes() for row in kept[loud]}


def test_equal_recordings_make_equal_descriptions(recordings, recording):
    noise, again = waves(recording), waves(recordings.travelling())
    assert noise == again and hash(noise) == hash(again)
    assert noise != waves(recordings.travelling(seed=1))
    assert noise != waves(recording, control="places")
    moved = recording.assign(position=recording["position"] + 1.0)
    assert waves(moved) != noise
    fields = {name: getattr(noise, name) for name in noise.__dataclass_fields__}
    assert RecordedWaves(**fields) == noise
    assert waves(recording, name="mine").title() == "recorded waves of mine"
    assert noise.title() == "recorded waves of travelling"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda noise: pickle.loads(pickle.dumps(noise))])
def test_copies_are_the_same(recording, copied):
    noise = waves(recording, control="shifted")
    other = copied(noise)
    assert other == noise and hash(other) == hash(noise)
    assert "times" not in repr(noise.recording)
    changed = replace(other, control=None)
    assert frames(changed).tobytes() == frames(waves(recording)).tobytes()


def test_recordings_in_files_stay_there(recording, tmp_path):
    recording.to_netcdf(tmp_path / "recording.nc")
    with xr.open_dataset(tmp_path / "recording.nc") as lazy:
        noise = waves(lazy)
    assert noise == waves(recording)
    assert frames(noise).tobytes() == frames(waves(recording)).tobytes()


def test_frozen_noise_for_tests(recording):
    one, again = (waves(recording).stimuli(40, units=UNITS, classes=3, seed=1) for _ in range(2))
    assert one.images.equals(again.images) and one.images.shape == (40, 1, UNITS)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"bin_width": 0}, r"RecordedWaves\.bin_width: expected a number > 0, got 0"),
        ({"bin_width": 61}, r"RecordedWaves\.bin_width: expected at most the 60 s that the rec"),
        ({"smoothing": -1}, r"RecordedWaves\.smoothing: expected a number >= 0, got -1"),
        ({"smoothing": 61}, r"RecordedWaves\.smoothing: expected at most the 60 s that the record"),
        ({"control": "space"}, r"RecordedWaves\.control: expected one of \(None, 'times', 'shi"),
        ({"control_seed": -1}, r"RecordedWaves\.control_seed: expected an integer from 0 to"),
        ({"interpolation": "cubic"}, r"RecordedWaves\.interpolation: expected one of \('linear'"),
        ({"interpolation": "gaussian"}, r"RecordedWaves\.width: expected micrometres for interp"),
        ({"width": 10.0}, r"RecordedWaves\.width: expected micrometres for interpolation 'gaus"),
        ({"scale": "max"}, r"RecordedWaves\.scale: expected one of \('standard', 'unit', 'hertz'"),
        ({"scale": None}, r"RecordedWaves\.scale: expected one of"),
        ({"scale": 0}, r"RecordedWaves\.scale: expected a number > 0, got 0"),
        ({"silence": "cut"}, r"RecordedWaves\.silence: expected one of \('kept', 'dropped'\)"),
        ({"margin": -60}, r"RecordedWaves\.margin: expected micrometres with which the sheet has"),
        ({"shape": (3,)}, r"RecordedWaves\.shape: expected \(rows, columns\) or None, got \(3,\)"),
    ],
    ids=str,
)
def test_refused(recording, options, match):
    with pytest.raises(ValueError, match=rf"^{match}"):
        waves(recording, **options)


def test_recordings_refused(recording):
    with pytest.raises(TypeError, match=r"^recorded_waves\.recording: expected a recording, as op"):
        recorded_waves([[1.0]])
    for wrong, match in (
        (recording.drop_vars("position"), r"recorded_waves\.recording: expected the variable pos"),
        (recording.drop_attrs(), r"recorded_waves\.recording: expected the attributes start and"),
        (recording.isel(unit=[0]), r"spike_trains\.recording: expected as many spikes"),
        (recording.assign(position=recording["position"] * np.nan), r"RecordedSpikes\.positions: "),
        (
            recording_of([[], []], position=[[0, 0], [9, 9]], start=0, stop=1),
            r"RecordedSpikes\.times: expected at least one spike, got none",
        ),
    ):
        with pytest.raises(ValueError, match=rf"^{match}"):
            recorded_waves(wrong)
    with pytest.raises(
        ValueError, match=r"^RecordedWaves\.shape: expected rows and columns of a s"
    ):
        frames(recorded_waves(recording), units=12)
    with pytest.raises(ValueError, match=r"^RecordedWaves\.shape: expected rows and columns, with"):
        _ = recorded_waves(recording).pixel_um


def test_places_do_not_depend_on_the_order_of_dims_and_axes(recordings):
    two = recordings.travelling(2, places=[(0.0, 10.0), (90.0, 40.0)])
    expected = [[0, 10], [90, 40]]
    assert waves(two).recording.positions.tolist() == expected
    for other in (two.transpose(), two.isel(axis=[1, 0])):
        assert waves(other) == waves(two)
    wrong = two.assign_coords(axis=["z", "y"])
    with pytest.raises(ValueError, match=r"^recorded_waves\.recording: expected the axes x and y"):
        waves(wrong)
    metres = two.assign(position=two["position"].assign_attrs(units="m"))
    with pytest.raises(ValueError, match=r"position \(unit, axis\) in um, got .* in m; give"):
        waves(metres)


def test_spikes_lie_between_start_and_stop(recording):
    for bounds in ({"start": 5.0}, {"stop": 3.0}):
        with pytest.raises(ValueError, match=r"^RecordedSpikes\.start, stop: expected seconds bet"):
            waves(recording.assign_attrs(bounds))


def test_bins_without_any_spike_are_refused():
    late = recording_of([[1.02]] * 3, position=[[0, 0], [9, 1], [5, 5]], start=0, stop=1.05)
    with pytest.raises(ValueError, match=r"^RecordedWaves\.bin_width: expected bins of which a wh"):
        recorded_waves(late)


@pytest.mark.parametrize("width", [1e-320, 1e-11])
def test_bins_that_memory_is_not_for_are_refused(recording, width):
    with pytest.raises(ValueError, match=r"^RecordedWaves\.bin_width: .* at most 134,217,728, got"):
        waves(recording, bin_width=width)


def test_counts_that_memory_is_not_for_are_refused(recording, monkeypatch):
    monkeypatch.setattr("ontogeny.data.recorded_bins.LARGEST", 4000)
    frames(waves(recording))
    with pytest.raises(
        ValueError, match=r"^RecordedWaves\.bin_width: .*at most 4,000 bytes, got 24,040; without"
    ):
        frames(waves(recording, smoothing=0.2))
    monkeypatch.setattr("ontogeny.data.recorded_bins.LARGEST", 100)
    with pytest.raises(ValueError, match=r"at most 100 bytes, got .*; with wider bins"):
        frames(waves(recording, control="shifted", control_seed=9))


def test_smoothing_in_parts_changes_nothing(recording, monkeypatch):
    whole = waves(recording, smoothing=0.21).binned
    monkeypatch.setattr("ontogeny.data.recorded_bins._PART", 1)
    binned_spikes.cache_clear()
    parts = waves(recording, smoothing=0.21).binned
    assert parts is not whole
    for name in ("rows", "counts"):
        assert np.array_equal(getattr(parts, name), getattr(whole, name))


def test_thousands_of_electrodes_take_little_memory():
    """6,000 bins of 4,096 electrodes: one byte for each count."""
    generator = np.random.default_rng(0)
    trains = [np.sort(generator.uniform(0, 600, 40)) for _ in range(4096)]
    places = np.stack(np.meshgrid(np.arange(64.0), np.arange(64.0)), -1).reshape(-1, 2) * 42
    noise = recorded_waves(recording_of(trains, position=places, start=0, stop=600))
    tracemalloc.start()
    try:
        found = frames(noise, steps=3, trials=2, units=196)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        binned_spikes.cache_clear()
        sheet_frames.cache_clear()
    assert found.shape == (3, 2, 196)
    assert held < 60e6 and peak < 250e6


def test_rates_without_differences_have_no_standard():
    even = recording_of([np.arange(10) + 0.5], position=[[0, 0]], start=0, stop=10)
    noise = recorded_waves(even, bin_width=1.0, margin=1.0)
    with pytest.raises(ValueError, match=r"^RecordedWaves\.scale: expected rates that differ"):
        frames(noise, units=4)


def test_a_real_recording(recordings):
    noise = recorded_waves(recordings.real(), shape=(28, 28))
    rates = whole(noise, 784)
    assert rates.shape == (35522, 784) and noise.pixel_um == 25
    assert abs(rates.mean()) < 1e-9 and rates.std() == pytest.approx(1, abs=1e-9)
