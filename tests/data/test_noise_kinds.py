"""Moments and correlations of each noise are those of its description."""

import numpy as np
import pytest

from ontogeny.data import (
    CorrelatedNoise,
    binary_noise,
    correlated_noise,
    ornstein_uhlenbeck_noise,
    sparse_noise,
)
from ontogeny.data.fields import _in_time, _root


def frames(noise, steps, trials, units, first=0):
    return noise.frames(seed=7, stream=2, first=first, steps=steps, trials=trials, units=units)


def assert_expected(samples, expected):
    """Compare the mean of independent samples, along the first axis, with an expectation."""
    error = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    assert (abs(samples.mean(axis=0) - expected) < 5 * error + 1e-12).all()


# Correlations in space


@pytest.mark.parametrize(("size", "length"), [(1, 1.0), (5, 0.3), (28, 2.0), (28, 40.0)])
def test_roots_give_the_stated_covariance(size, length):
    apart = np.subtract.outer(np.arange(size), np.arange(size))
    root = _root(size, length)
    np.testing.assert_allclose(root @ root.T, np.exp(-(apart**2) / (2 * length**2)), atol=1e-12)


@pytest.mark.parametrize("steady", [0.0, 4.0])
def test_correlation_in_space(steady):
    noise = correlated_noise(0.5, 2.0, 1.5, (4, 6), time_constant=steady)
    rates = frames(noise, 400, 64, 24)
    rows, columns = np.divmod(np.arange(24), 6)
    square = np.subtract.outer(rows, rows) ** 2 + np.subtract.outer(columns, columns) ** 2
    samples = np.einsum("ktu,ktv->tuv", rates - 0.5, rates - 0.5) / 400
    assert_expected(samples, 4 * np.exp(-square / (2 * 1.5**2)))
    assert_expected(rates.mean(axis=0), 0.5)
    assert samples.mean(axis=0).max() > 3.5  # the error is small beside what is expected
    np.testing.assert_allclose(noise.correlation(np.sqrt(square)), np.exp(-square / 4.5))


def test_frames_without_time_constant_are_independent():
    rates = frames(correlated_noise(length=1, shape=(3, 3)), 400, 64, 9)
    assert_expected((rates[1:] * rates[:-1]).mean(axis=0), 0)


# Correlations in time


@pytest.mark.parametrize("time_constant", [0.02, 0.5, 1.0, 7.3, 40.0])
@pytest.mark.parametrize("first", [0, 1000])
def test_covariance_in_time_is_exact(time_constant, first):
    """The process is linear in its shocks: an impulse for each tells its covariance."""
    place = {}

    def impulses(purpose, begin, count):
        keys = [(purpose, begin + number) for number in range(count)]
        for key in keys:
            place.setdefault(key, len(place))
        return np.eye(3000)[[place[key] for key in keys]]

    linear = _in_time(impulses, first, 250, time_constant)
    lags = np.subtract.outer(np.arange(250), np.arange(250))
    expected = np.exp(-abs(lags) / time_constant)
    np.testing.assert_allclose(linear @ linear.T, expected, rtol=0, atol=1e-13)


def test_correlation_in_time():
    noise = ornstein_uhlenbeck_noise(1.0, 0.5, 6.0)
    rates = frames(noise, 200, 400, 4, first=123) - 1
    for lag in (0, 1, 3, 6, 12, 30):
        samples = (rates[lag:] * rates[: 200 - lag]).mean(axis=(0, 2))
        assert_expected(samples, 0.25 * np.exp(-lag / 6))
        assert noise.correlation(0, lag) == pytest.approx(np.exp(-lag / 6))
    assert_expected(rates.mean(axis=(0, 2)), 0)
    # Units do not know each other.
    assert_expected((rates[:, :, 0] * rates[:, :, 1]).mean(axis=0), 0)
    assert noise.correlation(1) == 0


def test_the_process_is_stationary_in_every_frame():
    rates = frames(ornstein_uhlenbeck_noise(time_constant=3), 60, 3000, 2)
    moments = (rates**2).mean(axis=2)
    assert_expected(moments.T, 1)
    assert_expected((rates[1:] * rates[:-1]).mean(axis=2).T, np.exp(-1 / 3))


def test_space_and_time_multiply():
    rates = frames(correlated_noise(length=2, time_constant=5, shape=(2, 5)), 300, 200, 10)
    for lag, (one, other) in ((2, (0, 1)), (5, (1, 4))):
        samples = (rates[lag:, :, one] * rates[:-lag, :, other]).mean(axis=0)
        apart = other - one
        assert_expected(samples, np.exp(-(apart**2) / 8 - lag / 5))


# Few values


def test_binary_noise():
    rates = frames(binary_noise(0.2, -1.0, 3.0), 500, 40, 12)
    assert set(np.unique(rates)) == {-1.0, 3.0}
    assert_expected((rates == 3).mean(axis=(0, 2)), 0.2)
    assert_expected(rates.mean(axis=(0, 2)), -0.2)
    assert binary_noise(0.2, -1.0, 3.0).moments() == pytest.approx((-0.2, 1.6))
    assert_expected(((rates + 0.2) ** 2).mean(axis=(0, 2)), 1.6**2)
    assert_expected(((rates[1:] + 0.2) * (rates[:-1] + 0.2)).mean(axis=(0, 2)), 0)
    assert_expected(((rates[..., 1:] + 0.2) * (rates[..., :-1] + 0.2)).mean(axis=(0, 2)), 0)


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_binary_noise_without_chance(chance):
    assert (frames(binary_noise(chance), 50, 2, 9) == chance).all()


def test_sparse_noise():
    noise = sparse_noise(0.1, 2.0, 0.5)
    rates = frames(noise, 2000, 40, 12)
    assert_expected((rates > 0).mean(axis=(0, 2)), 0.1)
    logarithms = np.log(rates[rates > 0])
    variance = np.log(1 + 0.25**2)
    assert logarithms.mean() == pytest.approx(np.log(2) - variance / 2, abs=0.005)
    assert logarithms.var() == pytest.approx(variance, rel=0.03)
    skewness = np.mean((logarithms - logarithms.mean()) ** 3) / logarithms.std() ** 3
    assert abs(skewness) < 0.05
    assert rates[rates > 0].mean() == pytest.approx(2, abs=0.01)
    assert rates[rates > 0].std() == pytest.approx(0.5, rel=0.03)
    mean, std = noise.moments()
    assert_expected(rates.mean(axis=(0, 2)), mean)
    assert_expected(((rates - mean) ** 2).mean(axis=(0, 2)), std**2)
    assert_expected(((rates[1:] - mean) * (rates[:-1] - mean)).mean(axis=(0, 2)), 0)


def test_sparse_noise_without_spread():
    assert set(np.unique(frames(sparse_noise(0.5, 1.5, 0.0), 20, 2, 9))) == {0.0, 1.5}


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: correlated_noise(std=-1), r"CorrelatedNoise\.std: expected a number >= 0, got -1"),
        (lambda: correlated_noise(length=np.inf), r"CorrelatedNoise\.length: expected a finite"),
        (lambda: correlated_noise(length=-1), r"CorrelatedNoise\.length: expected a number >= 0"),
        (lambda: correlated_noise("0"), r"CorrelatedNoise\.mean: expected a finite number, got"),
        (lambda: correlated_noise(shape=7), r"CorrelatedNoise\.shape: expected \(rows, columns\)"),
        (lambda: correlated_noise(shape=(7, 0)), r"CorrelatedNoise\.shape: expected a positive"),
        (
            lambda: ornstein_uhlenbeck_noise(time_constant=-1),
            r"CorrelatedNoise\.time_constant: expected a number >= 0, got -1",
        ),
        (lambda: binary_noise(1.5), r"BinaryNoise\.probability: expected a number from 0 to 1"),
        (lambda: binary_noise(True), r"BinaryNoise\.probability: expected a finite number"),
        (lambda: binary_noise(low=np.nan), r"BinaryNoise\.low: expected a finite number, got nan"),
        (lambda: sparse_noise(-0.1), r"SparseNoise\.active_fraction: expected a number from 0 to"),
        (lambda: sparse_noise(mean=0), r"SparseNoise\.mean: expected a number > 0, as of all that"),
        (lambda: sparse_noise(std=-1), r"SparseNoise\.std: expected a number >= 0, got -1"),
    ],
)
def test_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_units_must_make_the_sheet():
    with pytest.raises(ValueError, match=r"sheet of 12 units, which is no square, got None; give"):
        correlated_noise().stimuli(3, units=12, classes=2, seed=0)
    with pytest.raises(ValueError, match=r"sheet of 13 units, .*got 3 x 4 = 12; make the network"):
        correlated_noise(shape=(3, 4)).stimuli(3, units=13, classes=2, seed=0)
    assert CorrelatedNoise(time_constant=2).check_units(13) is None
