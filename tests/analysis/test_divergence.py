import importlib.util
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from ontogeny.analysis.activity import binary_words, spontaneous_evoked_divergence
from ontogeny.analysis.activity.coverage import cross_entropy, entropy, tail

path = Path(__file__).parents[1] / "reference" / "activity.py"
spec = importlib.util.spec_from_file_location("ontogeny_reference_activity", path)
slow_way = importlib.util.module_from_spec(spec)
spec.loader.exec_module(slow_way)

UNITS = 16
BITS = np.arange(UNITS)


def couplings(random, strength):
    """Return probabilities of an Ising model, with every word enumerated."""
    bits = np.arange(2**UNITS)[:, np.newaxis] >> BITS & 1
    pairs = np.triu(random.normal(0.2, 0.3, (UNITS, UNITS)), 1)
    energy = bits @ random.uniform(-3.5, -2, UNITS) + strength * np.sum((bits @ pairs) * bits, 1)
    weights = np.exp(energy - energy.max())
    return weights / weights.sum()


def known(name):
    """Return evoked and spontaneous probabilities of all words."""
    random = np.random.default_rng(7)
    if name == "independent":
        rates = random.uniform(0.02, 0.2, UNITS)
        other = rates * random.uniform(0.7, 1.4, UNITS)
        return tuple(slow_way.word_probabilities(x) for x in (rates, other))
    if name == "mixture":
        states = np.stack([random.uniform(0.02, high, UNITS) for high in (0.1, 0.3, 0.5)])
        return (
            slow_way.word_probabilities(states, (0.6, 0.3, 0.1)),
            slow_way.word_probabilities(states[::-1], (0.1, 0.2, 0.7)),
        )
    if name == "even":
        return tuple(slow_way.word_probabilities(random.uniform(0.4, 0.6, UNITS)) for _ in range(2))
    return couplings(np.random.default_rng(3), 1.0), couplings(np.random.default_rng(3), 0.6)


def activity(random, probabilities, samples):
    words = random.choice(probabilities.size, samples, p=probabilities / probabilities.sum())
    units = int(np.log2(probabilities.size))
    return xr.DataArray(words[:, np.newaxis] >> np.arange(units) & 1, dims=("sample", "neuron"))


def measured(random, pair, samples, **options):
    evoked, spontaneous = (activity(random, p, samples) for p in pair)
    return spontaneous_evoked_divergence(spontaneous, evoked, **options)


def repeated(name, samples, times, **options):
    random = np.random.default_rng(11)
    found = [measured(random, known(name), samples, seed=i, **options) for i in range(times)]
    return xr.concat(found, "time"), slow_way.divergence(*known(name))


@pytest.mark.parametrize(
    ("name", "samples"),
    [(name, n) for name in ("independent", "mixture", "ising") for n in (10_000, 100_000)]
    + [("even", 30_000)],
)
def test_the_truth_is_in_the_interval_and_far_from_plain_frequencies(name, samples):
    random = np.random.default_rng([5, samples])
    found = measured(random, known(name), samples)
    truth = slow_way.divergence(*known(name))
    assert found["low"] < truth < found["high"]
    assert found["uncorrected"] > found["high"]
    assert found["uncorrected"] - truth > 5 * abs(found["divergence"] - truth)


def test_the_right_share_of_intervals_holds_the_truth():
    # 8 units: every word is met often. Of 40 intervals at 95 %, 34 to 40 with P = 0.997.
    random = np.random.default_rng(0)
    rates, other = random.uniform(0.1, 0.4, (2, 8))
    pair = [slow_way.word_probabilities(x) for x in (rates, other)]
    truth = slow_way.divergence(*pair)
    found = [measured(random, pair, 20_000, seed=i) for i in range(40)]
    held = sum(bool(one["low"] < truth < one["high"]) for one in found)
    assert 34 <= held
    errors = np.array([float(one["divergence"]) - truth for one in found])
    assert abs(errors.mean()) < 4 * errors.std() / np.sqrt(40)
    # Not by being wide: half of 95 % intervals is about two standard errors.
    reach = np.median([float(one["high"] - one["low"]) / 2 for one in found])
    assert 1.4 < reach / errors.std() < 2.9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "samples"),
    [(name, n) for name in ("independent", "mixture", "ising", "even") for n in (10_000, 30_000)],
)
def test_coverage_of_sixteen_units(name, samples):
    found, truth = repeated(name, samples, 400)
    held = float(((found["low"] < truth) & (truth < found["high"])).mean())
    # 95 % of 400: a binomial standard deviation of 1.1 %.
    assert 0.915 < held
    assert abs(float(found["divergence"].mean()) - truth) < float(found["divergence"].std())


def test_equal_distributions_diverge_by_nothing():
    pair = known("mixture")[:1] * 2
    found = measured(np.random.default_rng(1), pair, 20_000)
    assert found["low"] < 0 < found["high"]
    assert abs(found["divergence"]) < 0.1 < found["uncorrected"]


def test_surrogates_separate_rates_from_correlations():
    evoked, spontaneous = known("mixture")
    found = measured(np.random.default_rng(2), (evoked, spontaneous), 50_000)
    independent = slow_way.word_probabilities(slow_way.marginals(spontaneous))
    truth = slow_way.divergence(evoked, independent)
    assert found["surrogate_low"] < truth < found["surrogate_high"]
    own = slow_way.word_probabilities(slow_way.marginals(evoked))
    assert found["rates"] == pytest.approx(slow_way.divergence(own, independent), abs=0.004)
    assert found["surrogate"] > found["divergence"]


def test_independent_units_have_rates_alone():
    found = measured(np.random.default_rng(3), known("independent"), 100_000)
    truth = slow_way.divergence(*known("independent"))
    assert found["rates"] == pytest.approx(truth, rel=0.1)
    assert found["surrogate"] == pytest.approx(truth, abs=0.02)


def test_quadratic_extrapolation_serves_where_words_are_few():
    rates = np.random.default_rng(4).uniform(0.1, 0.4, (2, 6))
    pair = [slow_way.word_probabilities(x) for x in rates]
    found = measured(np.random.default_rng(4), pair, 20_000, correction="quadratic")
    assert found["low"] < slow_way.divergence(*pair) < found["high"]
    many = measured(np.random.default_rng(4), known("mixture"), 20_000, correction="quadratic")
    truth = slow_way.divergence(*known("mixture"))
    assert truth + 0.1 < many["low"] < many["divergence"] < many["uncorrected"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=9))
def test_series_are_those_of_drawing_without_replacement(pairs):
    evoked, spontaneous = np.array([*pairs, (2, 3)]).T
    # Without words met at most twice nothing is left to extrapolate.
    evoked, spontaneous = (10 * counts for counts in (evoked, spontaneous))
    expected = slow_way.series_entropy(evoked)
    assert entropy(evoked) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    expected = slow_way.series_cross_entropy(evoked, spontaneous)
    zero = evoked[spontaneous == 0].sum() / evoked.sum()
    rest = tail(zero, 1 / evoked.sum(), 0.0)
    assert cross_entropy(evoked, spontaneous) == pytest.approx(expected + rest, rel=1e-9)


@pytest.mark.parametrize(
    "shares", [(0.2, 0.1, 0.06), (0.5, 0.01, 0.001), (0.1, 0.3, 0.4), (1e-3, 0.2, 0.5)]
)
def test_the_rest_of_the_series_is_the_integral(shares):
    zero, one, two = shares
    slope, excess = one / zero, 2 * two * zero / one**2 - 1
    shape = max(1 / excess, slope) if excess > 0 else None

    def missing(x):
        if shape is None:
            return np.exp(-slope * x) / (1 + x)
        return (1 + x * slope / shape) ** -shape / (1 + x)

    parts = [(0, 1), (1, 100), (100, 10_000), (10_000, np.inf)]
    whole = zero * sum(integrate.quad(missing, *part)[0] for part in parts)
    assert tail(zero, one, two) == pytest.approx(whole, rel=2e-3)
    assert tail(0.0, one, two) == 0


def test_words_that_are_never_spontaneous():
    silent = xr.zeros_like(activity(np.random.default_rng(0), known("even")[0], 4000))
    sizes = [1000, 4000]
    found = [spontaneous_evoked_divergence(silent[:n], silent[:n] + 1) for n in sizes]
    assert all(one["unseen"] == 1 and np.isfinite(one["divergence"]) for one in found)
    assert found[1]["divergence"] > found[0]["divergence"] + 1
    same = spontaneous_evoked_divergence(silent, silent)
    assert same["divergence"] == pytest.approx(0, abs=1e-3)
    assert same["unseen"] == 0


def test_correlated_samples_widen_the_interval():
    random = np.random.default_rng(6)
    pair = [slow_way.word_probabilities(x) for x in random.uniform(0.3, 0.7, (2, 3))]
    once = [activity(random, p, 500) for p in pair]
    held = [values.isel(sample=np.repeat(np.arange(500), 20)) for values in once]
    plain = [activity(random, p, 10_000) for p in pair]
    widths = []
    for evoked, spontaneous in (held, plain):
        found = spontaneous_evoked_divergence(spontaneous, evoked)
        widths.append(float(found["high"] - found["low"]))
    # 20 times fewer independent samples: wider by the root of 20, 4.5.
    assert 2.5 < widths[0] / widths[1] < 8


def test_many_neurons_are_drawn_in_groups():
    random = np.random.default_rng(8)
    evoked, spontaneous = (
        xr.DataArray(random.random((3000, 40)) < rate, dims=("sample", "neuron"))
        for rate in (0.1, 0.2)
    )
    one = 0.1 * np.log(0.5) + 0.9 * np.log(0.9 / 0.8)
    found = spontaneous_evoked_divergence(spontaneous, evoked, units=8, groups=3)
    assert found["low"] < 8 * one < found["high"]
    assert found.attrs == {"word_length": 8, "groups": 3, "correction": "coverage"}
    again = spontaneous_evoked_divergence(spontaneous, evoked, units=8, groups=3)
    xr.testing.assert_identical(found, again)
    other = spontaneous_evoked_divergence(spontaneous, evoked, units=8, groups=3, seed=1)
    assert other["divergence"] != found["divergence"]


def test_other_dims_are_kept_and_nothing_is_changed():
    random = np.random.default_rng(9)
    evoked = xr.DataArray(
        random.random((2, 3, 64, 5)),
        dims=("network", "checkpoint", "time", "cell"),
        coords={"network": [3, 4], "time": np.arange(64)},
    )
    evoked[1, 2] = np.nan
    spontaneous = xr.DataArray(random.random((50, 5)), dims=("time", "cell"))
    before = evoked.copy(deep=True)
    found = spontaneous_evoked_divergence(
        spontaneous, evoked, samples="time", neurons="cell", threshold=0.5, blocks=8
    )
    assert found["divergence"].dims == ("network", "checkpoint")
    assert found["network"].values.tolist() == [3, 4]
    assert {name: str(found[name].attrs["units"]) for name in ("low", "unseen")} == {
        "low": "nat",
        "unseen": "1",
    }
    assert found["divergence"].isnull().sum() == 1
    one = spontaneous_evoked_divergence(
        spontaneous, evoked[0, 1], samples="time", neurons="cell", threshold=0.5, blocks=8
    )
    xr.testing.assert_allclose(found.isel(network=0, checkpoint=1), one)
    xr.testing.assert_identical(evoked, before)


def test_words_by_hand():
    rates = xr.DataArray([[0.0, 5.0], [1.0, 7.0], [2.0, 6.0]], dims=("sample", "neuron"))
    assert binary_words(rates).values.tolist() == [2, 3, 3]
    assert binary_words(rates, threshold=1.5).values.tolist() == [2, 2, 3]
    assert binary_words(rates, threshold="median").values.tolist() == [0, 2, 1]
    assert binary_words(rates).attrs["units"] == "1"


def test_the_median_is_of_both_recordings():
    low = xr.DataArray(np.arange(100.0)[:, np.newaxis], dims=("sample", "neuron"))
    found = spontaneous_evoked_divergence(low, low + 1000, threshold="median")
    assert found["unseen"] == 1


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"units": 0}, r"divergence.units: expected 1 to 24, got 0"),
        ({"units": 25}, r"divergence.units: expected 1 to 24, got 25"),
        ({"groups": 0}, r"divergence.groups: expected at least 1, got 0"),
        ({"blocks": 7}, r"divergence.blocks: expected at least 8, got 7"),
        ({"blocks": 99}, r"spontaneous: expected at least one sample per block, 99, got 40; rec"),
        ({"threshold": "mean"}, r"threshold: expected a number or 'median', got 'mean'; 0 takes"),
        ({"threshold": True}, r"threshold: expected a number or 'median', got True"),
        ({"correction": "jackknife"}, r"correction: expected 'coverage' or 'quadratic', got 'jac"),
        ({"samples": "time"}, r"divergence.spontaneous: expected dim 'time', got \['sample', 'ne"),
    ],
)
def test_wrong_options(options, match):
    values = xr.DataArray(np.ones((40, 3)), dims=("sample", "neuron"))
    with pytest.raises(ValueError, match=match):
        spontaneous_evoked_divergence(values, values, **options)


def test_wrong_activity():
    values = xr.DataArray(np.ones((40, 3)), dims=("sample", "neuron"))
    with pytest.raises(ValueError, match=r"expected the same neurons in both, got \[3, 2\]"):
        spontaneous_evoked_divergence(values, values[:, :2])
    with pytest.raises(ValueError, match=r"binary_words.activity: expected at most 62 neurons"):
        binary_words(xr.DataArray(np.ones((2, 63)), dims=("sample", "neuron")))
    with pytest.raises(ValueError, match=r"binary_words.activity: expected dim 'neuron'"):
        binary_words(values.rename(neuron="cell"))
