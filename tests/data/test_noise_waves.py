"""Retinal waves obey the laws that their description states."""

import numpy as np
import pytest

from ontogeny.data import retinal_waves
from ontogeny.data.wave_episodes import WaveEpisode, wave_episode

ROWS, COLUMNS = 12, 15
STEPS, TRIALS = 600, 24
FIXED = {"initiation": 4e-4, "radius": 2.5, "active": 3, "refractory": (25, 25)}
VARIED = {**FIXED, "refractory": (15, 45)}


def waves(**fields):
    return retinal_waves(**{**VARIED, "shape": (ROWS, COLUMNS), **fields})


def shown(noise, steps=STEPS, *, first=0, trials=TRIALS, seed=5):
    """Return who is active, (step, trial, row, column)."""
    units = ROWS * COLUMNS
    rates = noise.frames(seed=seed, stream=0, first=first, steps=steps, trials=trials, units=units)
    return (rates > noise.baseline).reshape(steps, trials, ROWS, COLUMNS)


def beside(active, radius):
    """Return which cells have another active one within the radius, cell by cell."""
    rows, columns = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    square = np.subtract.outer(rows, rows) ** 2 + np.subtract.outer(columns, columns) ** 2
    near = (square <= radius**2) & (square > 0)
    flat = active.reshape(*active.shape[:-2], -1)
    return (flat.astype(np.float32) @ near.astype(np.float32) > 0).reshape(active.shape)


def since_onset(onsets):
    """Return frames since the last onset before each frame, a negative number before the first."""
    step = np.arange(len(onsets)).reshape(-1, 1, 1, 1)
    last = np.maximum.accumulate(np.where(onsets, step, -(10**9)), axis=0)
    last = np.concatenate([np.full_like(last[:1], -(10**9)), last[:-1]])
    return np.where(last >= 0, step - last, -1)


@pytest.fixture(scope="module")
def fixed():
    return shown(waves(**FIXED))


@pytest.fixture(scope="module")
def varied():
    return shown(waves())


def onsets_of(active):
    """Return who becomes active; in the first frame nobody."""
    return np.concatenate([np.zeros_like(active[:1]), active[1:] & ~active[:-1]])


def test_every_cell_is_active_for_as_long_as_stated(varied):
    onsets = onsets_of(varied)[:-3]
    for later in range(3):
        assert varied[later : later + len(onsets)][onsets].all()
    assert not varied[3:][onsets].any()


@pytest.mark.parametrize(("name", "least"), [("fixed", 28), ("varied", 18)])
def test_no_cell_is_active_again_before_its_refractory_period_ends(request, name, least):
    onsets = onsets_of(request.getfixturevalue(name))
    intervals = since_onset(onsets)[onsets]
    intervals = intervals[intervals >= 0]
    assert intervals.size > 10_000 and intervals.min() >= least


def test_activity_spreads_to_all_ready_cells_within_the_radius_and_no_further(fixed):
    onsets = onsets_of(fixed)
    ready = since_onset(onsets) >= 28
    touched = np.concatenate([np.zeros_like(fixed[:1]), beside(fixed[:-1], 2.5)])
    assert (ready & touched).sum() > 10_000
    assert onsets[ready & touched].all()
    # Beyond the radius of whatever was active, cells start by themselves, as often as stated.
    waiting = ready & ~touched
    count, expected = onsets[waiting].sum(), 4e-4 * waiting.sum()
    assert expected > 30
    assert abs(count - expected) < 5 * np.sqrt(expected)
    assert onsets[1:][~touched[1:]].sum() < 0.05 * onsets.sum()


def test_waves_travel():
    """In a sheet that has rested, a wave reaches cells after distance/radius frames."""
    noise = waves(radius=1, refractory=(400, 400), initiation=1e-6, episode=1500)
    active = shown(noise, 1500, trials=100)
    quiet = np.concatenate([np.zeros((1, 100), bool), ~active[:-1].any(axis=(2, 3))])
    arrivals = 0
    for step, trial in zip(*np.nonzero(quiet & active.any(axis=(2, 3))), strict=True):
        (row, *more), (column, *_) = np.nonzero(active[step, trial])
        if more or step + 27 > 1500:
            continue
        for later in range(1, 27):
            rows, columns = np.nonzero(active[step + later, trial])
            apart = abs(rows - row) + abs(columns - column)
            assert (apart <= later).all()
            arrivals += (apart == later).sum()
    assert arrivals > 500


def test_refractory_periods_are_uniform_within_the_bounds():
    # Cells that start as soon as they are ready have no other intervals.
    onsets = onsets_of(shown(waves(initiation=1.0), 800))
    # Those that end after the first 60 frames have begun within the record, whatever their length.
    periods = since_onset(onsets)[60:][onsets[60:]]
    counts = np.bincount(periods - 3)
    assert not counts[:15].any() and len(counts) == 46
    expected = counts.sum() / 31
    assert expected > 1000
    assert ((counts[15:] - expected) ** 2 / expected).sum() < 73  # chi squared, 30, p = 2e-5


def test_activity_is_that_of_the_mean_interval():
    active = shown(waves(episode=3000), 3000)
    fraction = active.mean(axis=(0, 2, 3))
    onsets = onsets_of(active)[1:].mean(axis=(0, 2, 3))
    error = (fraction - 3 * onsets).std(ddof=1) / np.sqrt(TRIALS)
    assert abs((fraction - 3 * onsets).mean()) < 5 * error + 1e-12
    # An interval is active + refractory + waiting: 3 + 30 frames on the average, and more.
    assert 0.3 * 3 / 33 < fraction.mean() < 3 / 33


def test_correlation_falls_with_distance_and_is_due_to_time(varied):
    def products(sheets, apart):
        centred = sheets - sheets.mean()
        return (centred[..., apart:] * centred[..., :-apart]).mean(axis=(0, 2, 3)) / sheets.var()

    found = np.stack([products(varied, apart) for apart in (1, 3, 6, 12)])
    falls = found[:-1] - found[1:]
    assert (falls.mean(axis=1) > 4 * falls.std(axis=1, ddof=1) / np.sqrt(TRIALS)).all()
    order = np.random.default_rng(0)
    units = varied.reshape(STEPS, -1)
    shuffled = order.permuted(units, axis=0).reshape(varied.shape)
    control = products(shuffled, 1)
    assert abs(control.mean()) < 0.01 and found[0].mean() > 0.2


def test_episodes_are_stationary_and_independent():
    noise = waves(episode=100)
    active = shown(noise, 3000).reshape(30, 100, TRIALS, -1).mean(axis=-1)
    # The first half of episodes is as active as the second one.
    difference = (active[:, :50] - active[:, 50:]).mean(axis=1).ravel()
    error = difference.std(ddof=1) / np.sqrt(difference.size)
    assert abs(difference.mean()) < 5 * error
    assert error < 0.1 * active.mean()
    means = active.mean(axis=1)
    means = means - means.mean()
    products = (means[1:] * means[:-1]).ravel()
    assert abs(products.mean()) < 5 * products.std(ddof=1) / np.sqrt(products.size)


def test_rates_are_baseline_and_amplitude():
    noise = waves(baseline=0.5, amplitude=2.0)
    rates = noise.frames(seed=0, stream=0, first=0, steps=300, trials=2, units=180)
    assert set(np.unique(rates)) == {0.5, 2.5}
    assert noise.numbers() == {"baseline": 0.5, "amplitude": 2.0}


def test_what_is_kept_is_small():
    noise = waves(episode=200)
    wave_episode.cache_clear()
    shown(noise, 450)
    place = {"seed": 5, "stream": 0, "trials": TRIALS, "units": ROWS * COLUMNS}
    assert wave_episode.cache_info().currsize == 1
    kept = wave_episode(noise, number=2, **place).kept
    assert len(kept) == 50
    assert sum(bits.nbytes for bits in kept) == 50 * TRIALS * -(-ROWS * COLUMNS // 8)


def test_an_interrupt_leaves_nothing_half_done(monkeypatch):
    noise = waves()
    whole = shown(noise, 80, seed=6)
    wave_episode.cache_clear()
    shown(noise, 40, seed=6)
    periods, calls = WaveEpisode._periods, []

    def interrupted(self, words):
        calls.append(len(words))
        if sum(calls) > 500:
            raise KeyboardInterrupt
        return periods(self, words)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(WaveEpisode, "_periods", interrupted)
        shown(noise, 80, seed=6)
    assert np.array_equal(shown(noise, 80, seed=6), whole)


def test_a_radius_may_be_larger_than_the_sheet():
    noise = retinal_waves(radius=50, shape=(2, 3), initiation=0.01)
    active = noise.frames(seed=0, stream=0, first=0, steps=200, trials=2, units=6) > 0
    assert active.any() and not active.all()


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"initiation": 2}, r"RetinalWaves\.initiation: expected a number from 0 to 1, got 2"),
        ({"radius": 0.5}, r"RetinalWaves\.radius: expected a number >= 1, got 0\.5"),
        ({"active": 0}, r"RetinalWaves\.active: expected a positive integer, got 0"),
        ({"episode": 1.5}, r"RetinalWaves\.episode: expected a positive integer, got 1\.5"),
        ({"refractory": 5}, r"RetinalWaves\.refractory: expected \(least, greatest\) number"),
        ({"refractory": (0, 5)}, r"RetinalWaves\.refractory: expected a positive integer, got 0"),
        ({"refractory": (9, 5)}, r"RetinalWaves\.refractory: expected the least number of frames"),
        ({"baseline": np.nan}, r"RetinalWaves\.baseline: expected a finite number, got nan"),
        ({"shape": (3,)}, r"RetinalWaves\.shape: expected \(rows, columns\) or None, got \(3,\)"),
    ],
)
def test_refused(fields, match):
    with pytest.raises(ValueError, match=match):
        retinal_waves(**fields)
