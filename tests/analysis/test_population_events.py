import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis.spikes import (
    event_adaptation,
    event_classes,
    event_control,
    event_summary,
    population_events,
)
from ontogeny.data.recordings.event_tables import open_events

needs_table = pytest.mark.skipif(not os.environ.get("ONTOGENY_DATA"), reason="needs the table")


@pytest.fixture(scope="module")
def table():
    folder = Path(os.environ["ONTOGENY_DATA"]) / "neural" / "developing_v1_events"
    path = folder / "table_siegel_2012.csv"
    if not path.is_file():
        pytest.skip("needs the table")
    return open_events(path)


def activity(values, **attrs):
    return xr.DataArray(np.asarray(values, dtype=float), dims=("time", "unit"), attrs=attrs)


def made_events(amplitude, participation=None, animal=None, start=None):
    number = len(amplitude)
    start = np.arange(number) * 10.0 if start is None else np.asarray(start, dtype=float)
    variables = {
        "start": ("event", start),
        "duration": ("event", np.ones(number)),
        "participation": (
            "event",
            np.full(number, 0.9) if participation is None else np.asarray(participation),
        ),
        "amplitude": ("event", np.asarray(amplitude, dtype=float)),
    }
    coords = {} if animal is None else {"animal": ("event", animal), "recording": ("event", animal)}
    return xr.Dataset(variables, coords=coords)


def test_events_by_hand():
    values = [[0, 0, 0, 0], [1, 0, 0, 0], [3, 2, 0, 0], [0, 0, 0, 0], [0, 0, 5, 5], [4, 4, 4, 4]]
    counts = activity(values).assign_coords(time=("time", 0.25 + 0.5 * np.arange(6)))
    counts["time"].attrs["units"] = "s"
    events = population_events(counts)
    assert events["start"].values.tolist() == [0.5, 2.0]
    assert events["stop"].values.tolist() == [1.5, 3.0]
    assert events["duration"].values.tolist() == [1.0, 1.0]
    assert events["duration"].attrs["units"] == "s"
    assert events["participation"].values.tolist() == [0.5, 1.0]
    assert events["amplitude"].values.tolist() == [2.5, 4.5]
    # Units start one bin apart; then two of them at 0 and two at 1.
    assert events["jitter"].values == pytest.approx([0.5 * 0.5**0.5, 0.5 * (1 / 3) ** 0.5])
    assert events.attrs["length"] == 3.0
    # Above a quarter of the units, only the later bins are events.
    fewer = population_events(counts, threshold=0.25)
    assert fewer["start"].values.tolist() == [1.0, 2.0]
    # Above 3.5, by unit.
    level = xr.DataArray([3.5, 3.5, 4.5, 9.0], dims="unit")
    assert population_events(counts, active=level)["participation"].values.tolist() == [0.75]


def test_events_against_plain_loops(reference):
    random = np.random.default_rng(0)
    values = random.normal(size=(300, 10)) + 1.5 * (random.uniform(size=(300, 1)) < 0.1)
    events = population_events(activity(values), active=1.0, threshold=0.2)
    expected = reference.spikes.events(values.tolist(), 1.0, 0.2)
    names = ("start", "stop", "participation", "amplitude")
    found = list(zip(*(events[name].values for name in names), strict=True))
    assert len(expected) > 20
    assert np.array(found) == pytest.approx(np.array(expected))


def test_units_may_come_in_any_order():
    random = np.random.default_rng(1)
    counts = activity(random.poisson(0.2, (100, 6)))
    order = random.permutation(6)
    xr.testing.assert_allclose(
        population_events(counts), population_events(counts.isel(unit=order))
    )


def test_no_events():
    events = population_events(activity(np.zeros((5, 3))))
    assert events.sizes["event"] == 0
    summary = event_summary(events)
    assert summary["count"].values.tolist() == [0, 0]
    assert np.isnan(summary["amplitude"]).all() and np.isnan(summary["interval"])
    assert np.isnan(event_adaptation(events)["correlation"])


def test_classes_have_the_edges_of_the_authors():
    shares = xr.DataArray([0, 0.1999, 0.2, 0.7999, 80 / 100, 1], dims="event")
    assert event_classes(shares).values.tolist() == ["none", "none", "L", "L", "H", "H"]


def test_control_tells_common_events_from_chance():
    random = np.random.default_rng(5)
    independent = random.poisson(0.05, (2000, 20))
    common = np.where(random.uniform(size=(2000, 1)) < 0.01, 1, independent)
    chance = event_control(activity(independent), threshold=0.1, shuffles=60)
    shared = event_control(activity(common), threshold=0.1, shuffles=60)
    row = chance.sel(event_class="L")
    assert row["null_low"] <= row["count"] <= row["null_high"] and row["count"] > 10
    row = shared.sel(event_class="H")
    assert row["count"] >= 10 and row["null_high"] == 0


def test_summary_by_hand():
    events = made_events(
        [1.0, 2.0, 3.0, 9.0],
        participation=[0.3, 0.9, 0.5, 0.1],
        animal=["a", "a", "b", "a"],
        start=[0, 7, 50, 3],
    )
    found = event_summary(events)
    assert found["count"].values.tolist() == [2, 1]
    assert found["amplitude"].values.tolist() == [2.0, 2.0]
    assert found["participation"].values.tolist() == [0.4, 0.9]
    # Of the pair in one recording; the event of no class does not part it.
    assert found["interval"] == 7
    assert found["animals"] == 2
    assert found["amplitude_low"].values[0] == 1 and found["amplitude_high"].values[0] == 3


def test_intervals_are_over_animals():
    random = np.random.default_rng(2)
    animals = np.repeat([f"animal {k}" for k in range(8)], 50)
    amplitude = np.repeat(random.normal(size=8), 50) + 0.1 * random.normal(size=400)
    events = made_events(amplitude, animal=animals)

    def width(summary):
        return float((summary["amplitude_high"] - summary["amplitude_low"]).sel(event_class="H"))

    apart = width(event_summary(events.drop_vars(["animal", "recording"])))
    assert width(event_summary(events)) > 4 * apart
    assert width(event_summary(events, over="recording")) == width(event_summary(events))


def test_preceding_activity_against_plain_loops(reference):
    from ontogeny.analysis.spikes.event_adaptation import preceding

    random = np.random.default_rng(3)
    start = random.uniform(0, 500, 60)
    stop, amplitude = start + random.uniform(0, 3, 60), random.uniform(1, 2, 60)
    classes = random.choice(["L", "H", "none"], 60)
    recording = random.integers(3, size=60)
    given = start, stop, amplitude, classes, recording, 100.0, 50.0
    assert preceding(*given) == pytest.approx(
        np.array(reference.spikes.preceding(*given)), nan_ok=True
    )


@pytest.mark.parametrize("adapts", [True, False])
def test_adaptation_is_told_from_animals_that_differ(adapts):
    random = np.random.default_rng(6)
    parts, animals, starts = [], [], []
    for animal in range(12):
        own, level = [], random.normal(1.2, 0.2)
        for _ in range(30):
            drive = 0.6 * (own[-1] - level) if own and adapts else 0.0
            own.append(level + drive + 0.05 * random.normal())
        parts.append(own)
        animals += [f"animal {animal}"] * 30
        starts += list(10.0 * np.arange(30))
    events = made_events(np.concatenate(parts), animal=animals, start=starts)
    found = event_adaptation(events, window=10.0, resamples=300)
    # Over all events the two look alike; only within animals they do not.
    assert found["correlation"] > 0.8
    assert (found["within"] > found["within_null_high"]) == adapts
    assert (found["within_low"] > 0) == adapts
    assert (found["events"], found["animals"]) == (12 * 29, 12)


@needs_table
def test_acceptance_events_of_siegel_2012(table):
    found = event_summary(table)
    low, high = (found.sel(event_class=name) for name in "LH")
    assert (low["count"], high["count"]) == (715, 336)
    assert low["participation"] == pytest.approx(0.445, abs=5e-4)
    assert high["participation"] == pytest.approx(0.939, abs=6e-4)
    assert low["amplitude"] == pytest.approx(1.12, abs=0.005)
    assert high["amplitude"] == pytest.approx(1.24, abs=0.005)
    assert (found["animals"], found["recordings"]) == (26, 197)
    assert found["interval"] == pytest.approx(25, abs=0.5)
    for age, amplitude in ((8, 1.26), (9, 1.20), (10, 1.29)):
        part = event_summary(table.isel(event=table["age_days"].values == age), resamples=10)
        assert part["amplitude"].sel(event_class="H") == pytest.approx(amplitude, abs=0.005)
    assert low["participation_low"] < 0.445 < low["participation_high"]


@needs_table
def test_adaptation_in_the_table_is_that_of_animals(table):
    found = event_adaptation(table, minimum=10)
    # Positive over all events, as published, and within animals no more than shuffling gives.
    assert found["correlation_low"] > 0
    assert found["correlation_null_low"] < found["correlation"] < found["correlation_null_high"]
    assert found["within_null_low"] < found["within"] < found["within_null_high"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: population_events(activity(np.ones((4, 2))).expand_dims(life=2)),
            r"expected dims 'time' and 'unit' alone, got .* isel\(\)",
        ),
        (
            lambda: population_events(activity([[1, np.nan]])),
            "expected finite values, got NaN or infinity",
        ),
        (
            lambda: population_events(activity([[1, 1]]), threshold=1.0),
            "threshold: expected a share of the units from 0 to below 1, got 1.0",
        ),
        (
            lambda: population_events(activity(np.ones((3, 2))).assign_coords(time=[0, 1, 5])),
            "expected 'time' to ascend in even steps, got steps of 1 to 4",
        ),
        (
            lambda: event_classes(xr.DataArray([44.5], dims="event")),
            "expected shares between 0 and 1, got 44.5 to 44.5; divide percentages by 100",
        ),
        (lambda: event_control(activity([[1, 1]]), shuffles=0), "expected at least 1, got 0"),
        (
            lambda: event_summary(made_events([1.0]).drop_vars("amplitude")),
            "expected the variables start, participation, amplitude, duration, got",
        ),
        (lambda: event_summary(made_events([1.0]), over="litter"), "got 'litter' of"),
        (lambda: event_adaptation(made_events([1.0]), decay=0), "expected above 0, got 300.0, 0"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
