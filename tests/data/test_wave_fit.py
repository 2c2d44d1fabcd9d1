"""What is measured of waves, and simulated waves that are fitted to recorded ones."""

import math
import tracemalloc

import numpy as np
import pytest

from ontogeny.data import recording_of, retinal_waves
from ontogeny.data.recorded_spikes import spikes_of
from ontogeny.data.wave_fit import fit_retinal_waves, wave_fit
from ontogeny.data.wave_measures import in_bursts, pair_correlations, wave_statistics

SHAPE = (8, 8)
FIT = {"shape": SHAPE, "bin_width": 0.5}


def spikes_of_model(waves, frames=2400, *, seed=7, bin_width=0.5):
    """Let every cell of the model, on electrodes 100 um apart, spike while it is active."""
    rows, columns = waves.shape
    rates = waves.frames(
        seed=seed, stream=0, first=0, steps=frames, trials=1, units=rows * columns
    )[:, 0]
    trains = [
        np.sort(np.concatenate([k * bin_width + np.array([0.05, 0.2, 0.4]) for k in on] or [[]]))
        for on in map(np.flatnonzero, rates.T)
    ]
    places = [(100.0 * column, 100.0 * row) for row in range(rows) for column in range(columns)]
    return recording_of(trains, position=places, start=0, stop=frames * bin_width)


@pytest.fixture(scope="module")
def recording():
    waves = retinal_waves(
        initiation=2e-4, radius=1.5, active=3, refractory=(20, 50), shape=SHAPE, episode=2400
    )
    return spikes_of_model(waves)


@pytest.fixture(scope="module")
def fitted(recording):
    return fit_retinal_waves(recording, **FIT)


def test_bursts_by_hand():
    trains = [[0.1, 0.5, 1.2, 5.0, 5.3, 9.0, 9.1, 9.2], [3.0], [0.0, 1.0, 2.0, 3.0, 9.9]]
    recording = recording_of(trains, position=[[0, 0], [1, 0], [2, 0]], start=0, stop=10)
    found = in_bursts(spikes_of("test", recording), bin_width=1.0)
    expected = np.zeros((10, 3), bool)
    expected[[0, 1, 9], 0] = True
    expected[:4, 2] = True
    assert np.array_equal(found, expected)
    two = in_bursts(spikes_of("test", recording), bin_width=1.0, gap=0.35, least=2)
    assert np.flatnonzero(two[:, 0]).tolist() == [5, 9] and not two[:, 1:].any()


def test_statistics_by_hand():
    states = np.zeros((20, 4), bool)
    states[2:4, 0] = states[3:5, 1] = True  # an event of two cells in three bins
    states[10:12] = True  # and one of all
    found = wave_statistics(states, np.array([[0, 0], [50, 0], [100, 0], [0, 400]]), 0.5)
    assert found.duration == pytest.approx(0.5 * 12 / 6)
    assert found.interval == pytest.approx(0.5 * 80 / 6)
    assert found.active_fraction == pytest.approx(12 / 80)
    assert found.participation == pytest.approx((0.25 + 1) / (0.5 + 1))
    distance, correlation = pair_correlations(
        states, np.array([[0, 0], [50, 0], [100, 0], [0, 400]])
    )
    assert sorted(distance[:3].tolist()) == [50, 100, 400]
    assert correlation[0] == pytest.approx(np.corrcoef(states[:, 0], states[:, 1])[0, 1])


def test_half_distances_of_known_correlations():
    """Cells in a line that copy their neighbour, or are drawn anew: exp(-d/b) by construction."""
    generator = np.random.default_rng(0)
    kept = math.exp(-100 / 250)
    states = np.empty((40_000, 12), bool)
    states[:, 0] = generator.random(40_000) < 0.3
    for cell in range(1, 12):
        anew = generator.random(40_000) > kept
        states[:, cell] = np.where(anew, generator.random(40_000) < 0.3, states[:, cell - 1])
    places = np.stack([100.0 * np.arange(12), np.zeros(12)], axis=1)
    found = wave_statistics(states, places, 1.0)
    assert found.half_distance == pytest.approx(250 * math.log(2), rel=0.05)


def test_half_distances_of_many_cells_take_little_memory():
    """A thousand cells have half a million pairs: 1.6 GB, were all lengths tried at once."""
    generator = np.random.default_rng(0)
    states = generator.random((200, 1000)) < 0.3
    places = generator.uniform(0, 1000, (1000, 2))
    tracemalloc.start()
    try:
        found = wave_statistics(states, places, 1.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert np.isfinite(found.half_distance) and peak < 100e6


def test_one_trial_has_no_spread(recording, fitted):
    with pytest.raises(ValueError, match=r"^wave_fit\.trials: expected 2 or more, which differ"):
        wave_fit(recording, fitted, trials=1)


def test_silence_has_no_statistics():
    found = wave_statistics(np.zeros((9, 3), bool), np.zeros((3, 2)), 1.0)
    assert np.isnan(found.values()).all()


def test_waves_of_the_model_are_found_again(recording, fitted):
    """Within what one recording of such waves differs from another."""
    found = wave_fit(recording, fitted, bin_width=0.5)
    ratio = (found["simulated"] / found["recorded"]).to_series()
    assert fitted.active == 3 and ratio["duration"] == pytest.approx(1, abs=0.1)
    assert ratio["interval"] == pytest.approx(1, abs=0.2)
    for name in ("correlation", "half_distance", "participation"):
        assert ratio[name] == pytest.approx(1, abs=0.35), name


def test_the_fit_is_better_than_other_waves(recording, fitted):
    def badness(waves):
        found = wave_fit(recording, waves, bin_width=0.5, trials=4)
        names = ["interval", "correlation", "half_distance", "participation"]
        part = found.sel(statistic=names)
        return float((np.log(part["simulated"] / part["recorded"]) ** 2).sum())

    assert badness(fitted) < 0.5 * badness(retinal_waves(shape=SHAPE))


def test_fits_are_deterministic(recording, fitted):
    few = {**FIT, "evaluations": 3}
    assert fit_retinal_waves(recording, **few) == fit_retinal_waves(recording, **few)


def test_rates_of_fitted_waves(recording):
    few = {**FIT, "evaluations": 1}
    counts = float(recording["spike_count"].sum()) / 64 / 1200
    rates = {}
    for scale in ("standard", "unit", "hertz", 10.0):
        waves = fit_retinal_waves(recording, scale=scale, **few)
        rates[scale] = waves.frames(seed=9, stream=0, first=0, steps=2000, trials=16, units=64)
    assert rates["standard"].mean() == pytest.approx(0, abs=0.1)
    assert rates["standard"].std() == pytest.approx(1, abs=0.15)
    assert set(np.unique(rates["unit"])) == {0.0, 1.0}
    assert rates["hertz"].mean() == pytest.approx(counts, rel=0.2)
    np.testing.assert_allclose(rates["hertz"] / 10, rates[10.0], rtol=1e-12)


def test_what_a_fit_tells(recording, fitted):
    found = wave_fit(recording, fitted, bin_width=0.5, trials=3)
    assert found["statistic"].values.tolist() == [
        "duration",
        "interval",
        "active_fraction",
        "correlation",
        "half_distance",
        "participation",
    ]
    assert (found["error"] >= 0).all() and found.attrs["radius"] == fitted.radius
    assert found.attrs["pixel_um"] == 700 / 8 and found.sizes["distance"] == 6
    assert found["recorded_correlation"][0] > found["recorded_correlation"][-1]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"shape": None}, r"fit_retinal_waves\.shape: expected \(rows, columns\), got None"),
        ({"scale": "most"}, r"fit_retinal_waves\.scale: expected one of \('standard', 'unit'"),
        ({"scale": -1.0}, r"fit_retinal_waves\.scale: expected a number >= 0, got -1"),
        ({"scale": 0}, r"fit_retinal_waves\.scale: expected a number > 0, got 0"),
        ({"bin_width": 1e-9}, r"fit_retinal_waves\.bin_width: expected seconds of which the recor"),
        ({"bin_width": 1e9}, r"fit_retinal_waves\.bin_width: expected at most the "),
        ({"bin_width": 0}, r"fit_retinal_waves\.bin_width: expected a number > 0, got 0"),
        ({"gap": 0}, r"fit_retinal_waves\.gap: expected a number > 0, got 0"),
        ({"least": 0}, r"fit_retinal_waves\.least: expected a positive integer, got 0"),
        ({"least": 10**6}, r"fit_retinal_waves\.recording: expected bursts of two units at least"),
        ({"evaluations": 0}, r"fit_retinal_waves\.evaluations: expected a positive integer, got"),
    ],
    ids=str,
)
def test_refused(recording, options, match):
    with pytest.raises(ValueError, match=rf"^{match}"):
        fit_retinal_waves(recording, **{**FIT, **options})


def test_waves_without_a_sheet_are_refused(recording):
    with pytest.raises(TypeError, match=r"^wave_fit\.waves: expected RetinalWaves with a shape"):
        wave_fit(recording, retinal_waves())
