"""What holds for every noise that is made frame by frame."""

import numpy as np
import pytest

from ontogeny.data import (
    binary_noise,
    correlated_noise,
    gaussian_noise,
    noise_statistics,
    ornstein_uhlenbeck_noise,
    retinal_waves,
    sparse_noise,
)

UNITS = 35
KINDS = {
    "space": correlated_noise(0.3, 2.0, 1.5, (5, 7)),
    "time": ornstein_uhlenbeck_noise(-0.5, 0.7, 6),
    "short": ornstein_uhlenbeck_noise(time_constant=0.01),
    "both": correlated_noise(length=2, shape=(7, 5), time_constant=30),
    "binary": binary_noise(0.3, -1.0, 2.0),
    "sparse": sparse_noise(0.2, 1.5, 0.5),
    "waves": retinal_waves(
        initiation=0.01, active=2, refractory=(5, 9), shape=(5, 7), episode=23, amplitude=3.0
    ),
}
kinds = pytest.mark.parametrize("noise", KINDS.values(), ids=KINDS)


def frames(noise, first=0, steps=60, *, seed=3, stream=4, trials=3, units=UNITS):
    return noise.frames(
        seed=seed, stream=stream, first=first, steps=steps, trials=trials, units=units
    )


@kinds
def test_pieces_are_the_whole_in_any_order(noise):
    whole = frames(noise, steps=200)
    assert whole.shape == (200, 3, UNITS) and whole.dtype == np.float64
    cuts = [0, 1, 2, 19, 23, 24, 90, 163, 200]
    pieces = list(zip(cuts[:-1], cuts[1:], strict=True))
    for first, last in [*reversed(pieces), *pieces, (50, 50)]:
        piece = frames(noise, first, last - first)
        assert piece.tobytes() == whole[first:last].tobytes(), (first, last)


@kinds
def test_pieces_do_not_depend_on_how_much_is_made_at_a_time(noise, monkeypatch):
    whole = frames(noise, 5, 40)
    monkeypatch.setattr("ontogeny.data.frames._SLAB", 7 * UNITS)
    monkeypatch.setattr("ontogeny.data.wave_episodes._WORDS", 1)
    frames(noise, seed=99)  # nothing is kept from before
    assert frames(noise, 5, 40).tobytes() == whole.tobytes()


@kinds
def test_trials_do_not_depend_on_their_number(noise):
    assert frames(noise, trials=5)[:, :3].tobytes() == frames(noise).tobytes()


@kinds
@pytest.mark.parametrize("other", [{"seed": 4}, {"stream": 5}, {"first": 10_000}], ids=str)
def test_realisations_are_independent(noise, other):
    one, another = (frames(noise, steps=4000, trials=2, **keys) for keys in ({}, {**other}))
    for first, second in ((one[:, 0], one[:, 1]), (one[:, 0], another[:, 0])):
        # In blocks longer than any memory but that of the slowest noise, whose error is larger.
        products = (first - one.mean()) * (second - one.mean())
        blocks = products.reshape(20, -1).mean(axis=1)
        assert abs(blocks.mean()) < 5 * blocks.std(ddof=1) / np.sqrt(20)
        assert not np.array_equal(first, second)


@kinds
def test_late_frames_come_at_once(noise):
    far = 10**13
    assert np.array_equal(frames(noise, far, 9)[4:], frames(noise, far + 4, 5))


@kinds
def test_frozen_noise_for_tests(noise):
    one, again, other = (noise.stimuli(40, units=UNITS, classes=3, seed=s) for s in (1, 1, 2))
    assert one.images.equals(again.images) and one.labels.equals(again.labels)
    assert not one.images.equals(other.images)
    assert one.images.shape == (40, 1, UNITS) and one.images.dtype == np.float32
    assert noise.title() in one.name


@kinds
def test_descriptions_are_equal_by_value(noise):
    again = type(noise)(**{name: getattr(noise, name) for name in noise.__dataclass_fields__})
    assert again == noise and hash(again) == hash(noise)


@kinds
@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"first": -1}, r"frames\.first: expected an integer from 0 to 2\*\*64 - 1, got -1"),
        ({"steps": 1.5}, r"frames\.steps: expected an integer"),
        ({"seed": 2**64}, r"frames\.seed: expected an integer"),
        ({"trials": 0}, r"frames\.trials: expected a positive integer, got 0"),
        ({"units": 0}, r"frames\.units: expected a positive integer, got 0"),
    ],
    ids=str,
)
def test_frames_refused(noise, wrong, match):
    with pytest.raises(ValueError, match=rf"^{type(noise).__name__}\.{match}"):
        frames(noise, **wrong)


def test_normals_are_normal():
    found = np.sort(frames(ornstein_uhlenbeck_noise(time_constant=0), steps=3000).ravel())
    # Kolmogorov and Smirnov, at a level of about 1e-6.
    from scipy.special import ndtr

    place = np.arange(found.size + 1) / found.size
    distance = max(abs(ndtr(found) - place[:-1]).max(), abs(ndtr(found) - place[1:]).max())
    assert distance < 2.7 / np.sqrt(found.size)


def test_statistics_of_noise():
    found = noise_statistics(
        binary_noise(0.25), units=16, steps=500, trials=6, distances=[1, 3], lags=[1, 4]
    )
    assert dict(found.sizes) == {"trial": 6, "distance": 2, "lag": 2}
    assert float(found["mean"].mean()) == pytest.approx(0.25, abs=0.02)
    assert float(found["std"].mean()) == pytest.approx(np.sqrt(0.1875), abs=0.02)
    assert float(abs(found["space"]).max()) < 0.1


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"distances": [4]}, r"noise_statistics\.distances: expected integers from 1 to 3, got"),
        ({"lags": [0]}, r"noise_statistics\.lags: expected integers from 1 to 9, got \[0\]"),
        ({"units": 15}, r"BinaryNoise\.shape: expected rows and columns of a sheet of 15 units"),
    ],
    ids=str,
)
def test_statistics_refused(wrong, match):
    options = {"units": 16, "distances": [1], "lags": [1], **wrong}
    with pytest.raises(ValueError, match=match):
        noise_statistics(binary_noise(), steps=10, **options)


def test_defaults_of_statistics_fit_sheet_and_steps():
    def lengths(units, steps):
        found = noise_statistics(binary_noise(0.5), units=units, steps=steps, trials=20)
        assert found["space"].dims == ("trial", "distance") and found["time"].sizes["trial"] == 20
        return found["distance"].values.tolist(), found["lag"].values.tolist()

    assert lengths(100, 20) == ([1, 2, 4, 8], [1, 2, 5, 10])
    assert lengths(16, 10) == ([1, 2], [1, 2, 5])
    assert lengths(1, 2) == ([], [1])


def test_statistics_need_frames():
    with pytest.raises(TypeError, match=r"noise: expected FrameNoise such as .*, got Noise; white"):
        noise_statistics(gaussian_noise(), units=16)


def test_white_noise_fits_any_units():
    assert gaussian_noise().check_units(7) is None
