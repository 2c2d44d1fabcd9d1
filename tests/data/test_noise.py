import numpy as np
import pytest

from ontogeny.data import Noise, gaussian_noise, uniform_noise


def test_descriptions():
    assert gaussian_noise() == Noise(distribution="gaussian", mean=0.0, std=1.0)
    assert uniform_noise(0.5, 0.25) == Noise(distribution="uniform", mean=0.5, std=0.25)


@pytest.mark.parametrize("make", [gaussian_noise, uniform_noise])
def test_moments(make):
    rates = make(mean=0.5, std=2.0).stimuli(2000, units=50, classes=10, seed=0).rates()
    assert abs(rates.mean() - 0.5) < 5 * 2 / np.sqrt(rates.size)
    assert abs(rates.std() - 2.0) < 0.02


def test_uniform_bounds():
    rates = uniform_noise(mean=1.0, std=2.0).draw(np.random.default_rng(0), (100_000,))
    assert rates.min() >= 1 - 2 * np.sqrt(3)
    assert rates.max() <= 1 + 2 * np.sqrt(3)
    assert rates.max() - rates.min() > 0.999 * 4 * np.sqrt(3)


def test_stimuli_are_frozen():
    noise = gaussian_noise()
    one, again, other = (noise.stimuli(20, units=4, classes=3, seed=s) for s in (1, 1, 2))
    assert one.images.equals(again.images) and one.labels.equals(again.labels)
    assert not one.images.equals(other.images)
    assert one.images.shape == (20, 1, 4)
    assert one.images.dtype == np.float32
    assert (one.scale, one.shift, one.units) == (1.0, 0.0, 4)


def test_labels_are_uniform_and_independent():
    frozen = gaussian_noise().stimuli(10_000, units=2, classes=10, seed=3)
    counts = np.bincount(frozen.labels.values, minlength=10)
    assert ((counts - 1000) ** 2 / 1000).sum() < 27.9
    assert abs(np.corrcoef(frozen.rates()[:, 0], frozen.labels.values)[0, 1]) < 0.05


def test_no_spread():
    assert (
        gaussian_noise(mean=2.0, std=0.0).stimuli(3, units=2, classes=2, seed=0).rates() == 2
    ).all()


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"std": -1.0}, r"Noise\.std: expected a number >= 0, got -1\.0"),
        ({"std": np.inf}, r"Noise\.std: expected a finite number, got inf"),
        ({"mean": np.nan}, r"Noise\.mean: expected a finite number, got nan"),
        ({"mean": "0"}, r"Noise\.mean: expected a finite number, got '0'"),
        ({"distribution": "pink"}, r"Noise\.distribution: expected one of \('gaussian', 'uniform'"),
    ],
)
def test_refused(fields, match):
    with pytest.raises(ValueError, match=match):
        Noise(**{"distribution": "gaussian", **fields})


@pytest.mark.parametrize("what", ["count", "units", "classes"])
def test_stimuli_refused(what):
    sizes = {"count": 1, "units": 1, "classes": 1, what: 0}
    with pytest.raises(ValueError, match=rf"Noise\.stimuli\.{what}: expected a positive integer"):
        gaussian_noise().stimuli(**sizes, seed=0)
