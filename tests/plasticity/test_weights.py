import numpy as np
import pytest

from ontogeny.plasticity import Gaussian, He, InitialWeights, Orthogonal, Uniform

ALL = [He(), Gaussian(), Uniform(), Orthogonal()]


def draw(weights, target, source, *, fan_in=None, seed=0):
    generator = np.random.default_rng(seed)
    return weights.draw(target, source, fan_in=fan_in or source, generator=generator)


def assert_normal(values, mean, std):
    """Check four moments within five standard errors."""
    size = values.size
    scaled = (values.ravel() - mean) / std
    assert abs(scaled.mean()) < 5 / np.sqrt(size)
    assert abs(scaled.std() - 1) < 5 / np.sqrt(2 * size)
    assert abs((scaled**3).mean()) < 5 * np.sqrt(15 / size)
    assert abs((scaled**4).mean() - 3) < 5 * np.sqrt(96 / size)


@pytest.mark.parametrize("weights", ALL, ids=repr)
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (5, 9), (9, 5), (6, 6)])
def test_shape_and_type(weights, shape):
    drawn = draw(weights, *shape)
    assert drawn.shape == shape
    assert drawn.dtype == np.float64
    assert np.isfinite(drawn).all()


@pytest.mark.parametrize("weights", ALL, ids=repr)
def test_generator_alone_decides(weights):
    np.testing.assert_array_equal(draw(weights, 5, 4, seed=1), draw(weights, 5, 4, seed=1))
    assert not np.array_equal(draw(weights, 5, 4, seed=1), draw(weights, 5, 4, seed=2))
    generator = np.random.default_rng(1)
    first = weights.draw(5, 4, fan_in=4, generator=generator)
    assert not np.array_equal(first, weights.draw(5, 4, fan_in=4, generator=generator))


@pytest.mark.parametrize("weights", ALL, ids=repr)
def test_global_randomness_is_not_touched(weights):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    draw(weights, 5, 4)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("fan_in", [2, 50, 784])
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_he_is_normal_with_variance_two_over_fan_in(fan_in, gain):
    drawn = draw(He(gain=gain), 300, 200, fan_in=fan_in)
    assert_normal(drawn, 0, gain * np.sqrt(2 / fan_in))


def test_he_takes_the_fan_in_that_it_is_given_and_not_its_own():
    # Feedback of 784-100-10 has 10 sources and takes the scale of 100.
    feedback = draw(He(), 100, 10, fan_in=100)
    np.testing.assert_allclose(feedback * np.sqrt(50), draw(He(), 100, 10, fan_in=2))
    assert feedback.std() == pytest.approx(np.sqrt(2 / 100), rel=5 / np.sqrt(2 * 1000))


def test_he_keeps_the_power_of_rectified_activity():
    generator = np.random.default_rng(0)
    rates = generator.standard_normal((400, 500))
    for _ in range(4):
        weights = He().draw(500, 500, fan_in=500, generator=generator)
        rates = np.maximum(rates @ weights.T, 0)
    assert (rates**2).mean() == pytest.approx(1.0, rel=0.2)


@pytest.mark.parametrize(("mean", "std"), [(0.0, 0.1), (-2.0, 3.0)])
@pytest.mark.parametrize("fan_in", [1, 1000])
def test_gaussian_has_its_moments_whatever_the_fan_in(mean, std, fan_in):
    assert_normal(draw(Gaussian(mean=mean, std=std), 300, 200, fan_in=fan_in), mean, std)


def test_gaussian_without_spread_is_constant():
    assert (draw(Gaussian(std=0, mean=0.25), 4, 3) == 0.25).all()


@pytest.mark.parametrize(("low", "high"), [(-0.01, 0.01), (1.0, 3.0)])
@pytest.mark.parametrize("fan_in", [1, 1000])
def test_uniform_fills_its_range_evenly(low, high, fan_in):
    drawn = draw(Uniform(low=low, high=high), 300, 200, fan_in=fan_in)
    assert low <= drawn.min() and drawn.max() <= high
    counts = np.histogram(drawn, bins=10, range=(low, high))[0]
    expected = drawn.size / 10
    # 99.9% quantile of chi-squared with 9 degrees of freedom
    assert ((counts - expected) ** 2 / expected).sum() < 27.9


def test_uniform_of_no_width_is_constant():
    assert (draw(Uniform(low=0.5, high=0.5), 4, 3) == 0.5).all()


@pytest.mark.parametrize("shape", [(7, 7), (7, 4), (4, 7), (1, 5), (5, 1)])
@pytest.mark.parametrize("gain", [1.0, 0.25])
def test_orthogonal_rows_or_columns(shape, gain):
    drawn = draw(Orthogonal(gain=gain), *shape)
    short = drawn if shape[0] <= shape[1] else drawn.T
    np.testing.assert_allclose(short @ short.T, gain**2 * np.eye(min(shape)), atol=1e-12)


def test_orthogonal_is_uniformly_distributed():
    generator = np.random.default_rng(0)
    drawn = np.array([Orthogonal().draw(3, 3, fan_in=3, generator=generator) for _ in range(4000)])
    # QR alone leaves signs of the diagonal to the algorithm, and entries with a bias.
    assert (np.abs(drawn.mean(axis=0)) < 5 * np.sqrt(1 / 3 / 4000)).all()
    assert np.abs((drawn**2).mean(axis=0) - 1 / 3).max() < 5 * np.sqrt(4 / 45 / 4000)
    assert abs((np.linalg.det(drawn) > 0).mean() - 0.5) < 5 * 0.5 / np.sqrt(4000)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (
            lambda: Uniform(low=1.0, high=-1.0),
            r"^Uniform\.low: expected at most Uniform\.high = -1\.0, got 1\.0$",
        ),
        (lambda: Uniform(low=np.nan), r"^Uniform\.low: expected a number .*, got nan$"),
        (lambda: Uniform(high=np.inf), r"^Uniform\.high: expected a number .*, got inf$"),
        (lambda: Gaussian(std=-1), r"^Gaussian\.std: expected a number between 0 and inf"),
        (lambda: He(gain=0), r"^He\.gain: expected a number strictly between 0 and inf"),
        (lambda: Orthogonal(gain=0), r"^Orthogonal\.gain: expected a number strictly between 0"),
    ],
)
def test_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_base_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        InitialWeights()
