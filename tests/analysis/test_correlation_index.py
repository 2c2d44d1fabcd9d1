import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.analysis.spikes import (
    by_distance,
    correlation_index,
    correlation_index_fit,
    correlation_index_of_rates,
)
from ontogeny.data import open_recording, recording_of

# Control rows of table 1 of Demas, Eglen and Wong 2003: intercept, half-maximum (um), cells.
DEMAS = {
    "P9": (69.04, 151.67, 57),
    "P11": (10.12, 275.06, 81),
    "P15": (6.92, 246.67, 158),
    "P21": (5.65, 276.15, 132),
    "6wk": (3.16, 387.23, 89),
}


@pytest.fixture(scope="module")
def plain(reference):
    return reference.spikes


def poisson(random, rate, duration):
    return np.sort(random.uniform(0, duration, random.poisson(rate * duration)))


def line_of_units(number, spacing=50.0):
    return np.column_stack([spacing * np.arange(number), np.zeros(number)])


def noisy_recording(seed, number=8, rate=2.0, duration=60.0):
    random = np.random.default_rng(seed)
    trains = [poisson(random, rate, duration) for _ in range(number)]
    return recording_of(trains, position=line_of_units(number), start=0, stop=duration)


def waves(seed, number=8, duration=300.0):
    """Neighbours share bursts: correlation falls with distance."""
    random = np.random.default_rng(seed)
    trains = [list(poisson(random, 0.5, duration)) for _ in range(number)]
    for time in poisson(random, 0.4, duration - 1):
        centre = random.integers(number)
        for unit in range(number):
            if random.uniform() < np.exp(-abs(unit - centre) / 2):
                trains[unit].append(time + random.uniform(0, 0.03))
    trains = [np.sort(train) for train in trains]
    return recording_of(trains, position=line_of_units(number), start=0, stop=duration)


spike_times = st.lists(st.integers(0, 4000), min_size=1, max_size=30).map(
    lambda times: np.sort(np.array(times)) / 1000
)


def test_by_hand():
    # T = 2 s from 0 to 2; A and B come together twice, A and C never, B and C once.
    recording = recording_of(
        [[0.0, 1.0], [0.05, 1.04, 2.0], [1.95]], position=[[0, 0], [30, 40], [0, 100]], start=-1
    )
    pairs = correlation_index(recording)
    assert pairs["coincidences"].values.tolist() == [2, 0, 1]
    expected = [2 * 2 / (2 * 3 * 0.1), 0, 1 * 2 / (3 * 1 * 0.1)]
    assert pairs["correlation_index"].values == pytest.approx(expected)
    assert pairs["distance"].values == pytest.approx([50, 100, np.hypot(30, 60)])
    assert pairs["unit_1"].values.tolist() == ["0", "0", "1"]
    assert pairs["unit_2"].values.tolist() == ["1", "2", "2"]
    assert pairs["distance"].attrs["units"] == "um"


def test_against_plain_loops(plain):
    recording = waves(seed=2)
    trains = np.split(
        recording["spike_time"].values, np.cumsum(recording["spike_count"].values)[:-1]
    )
    for window in (0.01, 0.05, 0.5):
        found = correlation_index(recording, window=window)["correlation_index"].values
        assert found == pytest.approx(plain.correlation_index(trains, window), rel=1e-12)


@given(a=spike_times, b=spike_times, window=st.integers(1, 200).map(lambda ms: ms / 1000))
@settings(max_examples=60, deadline=None)
def test_symmetric_invariant_and_equal_to_plain_loops(plain, a, b, window):
    pair = correlation_index(recording_of([a, b]), window=window)["correlation_index"].item()
    swapped = correlation_index(recording_of([b, a]), window=window)["correlation_index"].item()
    shifted = recording_of([a + 1000.1, b + 1000.1])
    later = correlation_index(shifted, window=window)["correlation_index"].item()
    assert swapped == pair
    assert later == pytest.approx(pair, rel=1e-9)
    assert pair == pytest.approx(plain.correlation_index([a, b], window)[0], rel=1e-12)


@given(order=st.permutations(range(5)))
@settings(max_examples=20, deadline=None)
def test_units_may_come_in_any_order(order):
    random = np.random.default_rng(4)
    trains = [poisson(random, 3, 20) for _ in range(5)]
    names = [f"unit {number}" for number in range(5)]

    def table(numbers):
        recording = recording_of([trains[k] for k in numbers], unit=[names[k] for k in numbers])
        pairs = correlation_index(recording)
        ends = zip(pairs["unit_1"].values, pairs["unit_2"].values, strict=True)
        return dict(zip(map(frozenset, ends), pairs["correlation_index"].values, strict=True))

    assert table(order) == table(range(5))


def test_units_without_spikes_have_no_index():
    pairs = correlation_index(recording_of([[0.0, 1.0], [], [0.5]]))
    assert np.isnan(pairs["correlation_index"].values).tolist() == [True, False, True]
    assert "distance" not in pairs


def test_acceptance_independent_poisson_units_have_1_at_every_distance():
    random = np.random.default_rng(0)
    number, rate, duration = 30, 5.0, 1000.0
    trains = [poisson(random, rate, duration) for _ in range(number)]
    recording = recording_of(trains, position=random.uniform(0, 500, (number, 2)))
    pairs = correlation_index(recording)
    # Coincidences are almost Poisson: 2500 are expected, of which 2 % is the scatter.
    expected = rate**2 * duration * 0.1
    assert pairs["correlation_index"].std() == pytest.approx(expected**-0.5, rel=0.2)
    binned = by_distance(pairs, [0, 100, 200, 300, 400, 800])
    error = 4 / np.sqrt(expected * binned["pairs"])
    assert (binned["pairs"] > 20).all()
    assert (abs(binned["correlation_index"] - 1) < error).all()
    assert (binned["low"] < 1.01).all() and (binned["high"] > 0.99).all()


@pytest.mark.parametrize("shape", [0.5, 2.0])
def test_common_rates_give_the_closed_form(shape):
    # Rates of gamma distribution, redrawn every frame: variance over squared mean is 1 / shape.
    random = np.random.default_rng(7)
    frames, frame, window, rate = 40_000, 0.1, 0.05, 10.0
    rates = random.gamma(shape, rate / shape, frames)

    def train():
        counts = random.poisson(rates * frame)
        return np.sort(np.repeat(frame * np.arange(frames), counts) + frame * random.uniform(
            size=counts.sum()
        ))  # fmt: skip

    found = correlation_index(recording_of([train(), train()]), window=window)
    kept = 1 - window / (2 * frame)
    index = found["correlation_index"].item()
    assert index == pytest.approx(1 + kept / shape, rel=0.03)
    array = xr.DataArray(np.column_stack([rates, rates]), dims=("time", "unit"))
    of_rates = correlation_index_of_rates(array)["correlation_index"].item()
    assert of_rates == pytest.approx(1 + 1 / shape, rel=0.03)
    assert index == pytest.approx(1 + kept * (of_rates - 1), rel=0.02)


NOISES = {
    "uniform": lambda random, shape: random.uniform(size=shape),
    "rectified normal": lambda random, shape: np.maximum(random.normal(size=shape), 0),
    "gamma": lambda random, shape: random.gamma(0.5, size=shape),
    "counts": lambda random, shape: random.poisson(0.3, size=shape).astype(float),
}


@pytest.mark.parametrize("noise", NOISES)
def test_acceptance_independent_rates_have_1_at_every_distance(noise):
    random = np.random.default_rng(11)
    values = NOISES[noise](random, (4000, 36))
    places = np.array([(x, y) for x in range(6) for y in range(6)]) * 100.0
    pairs = correlation_index_of_rates(
        xr.DataArray(values, dims=("sample", "inputs")),
        position=places,
        samples="sample",
        neurons="inputs",
    )
    spread = (values.std() / values.mean()) ** 2 / np.sqrt(len(values))
    assert pairs["correlation_index"].std() == pytest.approx(spread, rel=0.15)
    binned = by_distance(pairs, [0, 150, 250, 350, 450, 800])
    error = 4 * spread / np.sqrt(binned["pairs"])
    assert (abs(binned["correlation_index"] - 1) < error).all()


def test_index_of_rates_against_plain_loops_and_other_dims(plain):
    random = np.random.default_rng(3)
    rates = xr.DataArray(
        random.gamma(1, size=(4, 50, 2)),
        dims=("neuron", "sample", "network"),
        coords={"network": ["a", "b"], "neuron": [10, 11, 12, 13]},
    )
    found = correlation_index_of_rates(rates, samples="sample", neurons="neuron")
    index = found["correlation_index"]
    assert index.dims == ("network", "pair")
    for name in ("a", "b"):
        rows = rates.sel(network=name).transpose("sample", "neuron").values.tolist()
        assert index.sel(network=name).values == pytest.approx(plain.index_of_rates(rows))
    assert found["unit_1"].values.tolist() == ["10", "10", "10", "11", "11", "12"]


def test_silent_rates_have_no_index():
    rates = xr.DataArray([[1.0, 0.0, 2.0], [3.0, 0.0, 2.0]], dims=("time", "unit"))
    found = correlation_index_of_rates(rates)["correlation_index"].values
    assert np.isnan(found).tolist() == [True, False, True]


def test_fit_against_plain_line_and_counts(plain):
    recordings = [waves(seed) for seed in range(3)]
    silent = recording_of(
        [[0.0, 100.0], [50.0], []], position=[[0, 0], [10, 0], [20, 0]], start=0, stop=100
    )
    fit = correlation_index_fit([*recordings, silent])
    x, y = [], []
    for recording in recordings:
        pairs = correlation_index(recording)
        x += pairs["distance"].values.tolist()
        y += np.log(pairs["correlation_index"].values).tolist()
    a, slope = plain.straight_line(x, y)
    assert fit["intercept"] == pytest.approx(np.exp(a))
    assert fit["half_maximum"] == pytest.approx(-np.log(2) / slope)
    assert (fit["pairs"], fit["silent_pairs"], fit["undefined_pairs"]) == (84, 1, 2)
    assert (fit["units"], fit["recordings"]) == (27, 4)


def test_fit_finds_what_was_put_in():
    # Of 8 spikes 8, 4 and 2 come together with those of a unit 100 um further away each.
    busy = np.arange(0, 160, 20.0)
    recordings = []
    for count, place in ((8, 100), (4, -200), (2, 300)):
        other = np.where(np.arange(8) < count, busy, busy - 1)
        recordings.append(recording_of([busy, other], position=[[0, 0], [0, place]]))
    fit = correlation_index_fit(recordings)
    assert fit["half_maximum"] == pytest.approx(100)
    assert fit["intercept"] == pytest.approx(16 * 140 / (8 * 8 * 0.1))


def test_pairs_left_out_raise_the_fit_but_not_the_means():
    # Independent units of 50 spikes: most pairs never spike together, which the fit does not see.
    random = np.random.default_rng(0)
    trains = [poisson(random, 0.05, 1000.0) for _ in range(60)]
    recording = recording_of(trains, position=random.uniform(0, 500, (60, 2)), start=0, stop=1000)
    fit = correlation_index_fit(recording)
    assert fit["silent_pairs"] > 2 * fit["pairs"]
    assert fit["intercept"] > 3
    mean = by_distance(correlation_index(recording), [0, 1000])["correlation_index"].item()
    assert mean == pytest.approx(1, abs=4 * (0.25 * 1770) ** -0.5)


def test_groups_and_flat_falls():
    groups = {"young": [waves(0), waves(1)], "old": waves(2)}
    fit = correlation_index_fit(groups)
    assert fit["group"].values.tolist() == ["young", "old"]
    alone = correlation_index_fit(waves(2))
    assert fit["intercept"].sel(group="old") == pytest.approx(float(alone["intercept"]))
    # Only one distance: nothing to fit; distant units together, near ones less: no fall.
    two = recording_of([[0, 1.0], [0, 1.0]], position=[[0, 0], [10, 0]])
    assert np.isnan(correlation_index_fit(two)["intercept"])
    rising = recording_of(
        [[0, 1, 2.0], [0, 1.5, 2.2], [0, 1, 2.0]], position=[[0, 0], [1, 0], [5, 0]]
    )
    assert correlation_index_fit(rising)["half_maximum"] == np.inf


@pytest.mark.parametrize("drawn", ["recordings", "units", "pairs"])
def test_intervals_hold_the_estimate_and_repeat(drawn):
    recordings = [waves(seed) for seed in range(6)]
    fit = correlation_index_fit(recordings, bootstrap=drawn, resamples=300, seed=1)
    again = correlation_index_fit(recordings, bootstrap=drawn, resamples=300, seed=1)
    xr.testing.assert_identical(fit, again)
    for name in ("intercept", "half_maximum"):
        assert fit[f"{name}_low"] < fit[name] < fit[f"{name}_high"]


def test_units_make_wider_intervals_than_pairs():
    recordings = [waves(seed, number=12) for seed in range(2)]

    def width(drawn):
        fit = correlation_index_fit(recordings, bootstrap=drawn, resamples=500)
        return float(fit["intercept_high"] - fit["intercept_low"])

    assert width("units") > 1.2 * width("pairs")


@pytest.mark.skipif(not os.environ.get("ONTOGENY_DATA"), reason="needs the recordings")
def test_acceptance_table_1_of_demas_2003():
    pytest.importorskip("h5py")
    folder = Path(os.environ["ONTOGENY_DATA"]) / "neural" / "retinal_waves" / "Demas2003"
    if not folder.is_dir():
        pytest.skip("needs the recordings")
    groups = {name: [] for name in (*DEMAS, "P13")}
    for path in sorted(folder.glob("*.h5")):
        age = path.stem.split("_")[1].upper()
        name = {"6WK": "6wk", "P22": "P21"}.get(age, age)
        groups[name].append(open_recording(path))
    fit = correlation_index_fit(groups)
    for name, (intercept, half_maximum, cells) in DEMAS.items():
        row = fit.sel(group=name)
        assert row["intercept"] == pytest.approx(intercept, rel=0.005), name
        assert row["half_maximum"] == pytest.approx(half_maximum, rel=0.005), name
        assert row["units"] == cells, name
    assert fit["units"].sel(group=["P11", "P13"]).sum() == 166
    assert fit["silent_pairs"].sel(group="P9") == 31


def test_means_by_distance_by_hand():
    pairs = xr.Dataset(
        {"correlation_index": ("pair", [1.0, 3.0, np.nan, 8.0]),
         "distance": ("pair", [10.0, 20.0, 15.0, 50.0])},
        coords={"unit_1": ("pair", list("aaab")), "unit_2": ("pair", list("bcdd"))},
    )  # fmt: skip
    binned = by_distance(pairs, [0, 25, 40, 50])
    assert binned["correlation_index"].values == pytest.approx([2, np.nan, 8], nan_ok=True)
    assert binned["pairs"].values.tolist() == [2, 0, 1]
    assert binned["distance"].values.tolist() == [12.5, 32.5, 45]
    assert binned["lower_edge"].values.tolist() == [0, 25, 40]


def test_intervals_by_distance_know_that_pairs_share_units():
    # One unit is correlated with all others: its pairs are no independent witnesses.
    random = np.random.default_rng(5)
    hits = []
    for seed in range(60):
        own = random.normal(size=20)
        first, second = np.triu_indices(20, 1)
        pairs = xr.Dataset(
            {"pairwise_correlation": ("pair", own[first] + own[second]),
             "distance": ("pair", np.ones(len(first)))},
            coords={"unit_1": ("pair", first), "unit_2": ("pair", second)},
        )  # fmt: skip
        binned = by_distance(pairs, [0, 2], resamples=200, seed=seed)
        hits.append(bool((binned["low"] < 0) & (binned["high"] > 0)))
        by_pairs = 1.96 * float(pairs["pairwise_correlation"].std()) / np.sqrt(len(first))
        assert binned["high"] - binned["low"] > 3 * by_pairs
    assert np.mean(hits) > 0.85


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: correlation_index(noisy_recording(0), window=0), "window: expected seconds above"),
        (lambda: correlation_index(recording_of([[1.0]])), "expected at least 2 units, got 1"),
        (lambda: correlation_index(xr.Dataset()), r"recording_of\(\) make recordings"),
        (
            lambda: correlation_index_fit(recording_of([[0.0], [1.0]])),
            r"expected positions .* number 0 has none; positions=\"table.csv\" of open",
        ),
        (lambda: correlation_index_fit([]), "expected at least one recording, got none"),
        (lambda: correlation_index_fit({}), "expected at least one group, got none"),
        (
            lambda: correlation_index_fit(noisy_recording(0), bootstrap="recordings"),
            "expected at least 2 recordings to draw from, got 1; draw 'units'",
        ),
        (
            lambda: correlation_index_fit(noisy_recording(0), bootstrap="spikes"),
            "bootstrap: expected one of",
        ),
        (
            lambda: correlation_index_of_rates(xr.DataArray([[-1.0, 1]], dims=("time", "unit"))),
            "expected rates of at least 0, got -1.0",
        ),
        (
            lambda: correlation_index_of_rates(xr.DataArray([[1.0, 1]], dims=("time", "neuron"))),
            r"activity: expected dim 'unit', got \['time', 'neuron'\]",
        ),
        (
            lambda: correlation_index_of_rates(
                xr.DataArray([[1.0, 1]], dims=("time", "unit")), position=[[0, 0]]
            ),
            r"expected \(neurons, axis\) for 2 neurons, got shape \(1, 2\)",
        ),
        (
            lambda: by_distance(correlation_index(recording_of([[0.0], [1.0]])), [0, 1]),
            "expected the variable distance",
        ),
        (
            lambda: by_distance(correlation_index(noisy_recording(0)), [1, 0]),
            "expected at least 2 ascending edges",
        ),
        (
            lambda: by_distance(correlation_index(noisy_recording(0)), [0, 1], measure="speed"),
            "expected a variable over dim 'pair', got 'speed'",
        ),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
