import json

import numpy as np
import pytest

from ontogeny.data import (
    Stimuli,
    grey,
    load_images,
    load_origin,
    resized,
    rotated,
    scaled,
    translated,
)
from ontogeny.data.resampling import mapped, turn

RANDOM = np.random.default_rng(0)
BYTES = RANDOM.integers(0, 256, (40, 9, 7), dtype=np.uint8)
COLOURS = RANDOM.integers(0, 256, (40, 9, 7, 3), dtype=np.uint8)
DRAWN = {
    "translated": lambda stimuli, seed=0: translated(stimuli, pixels=3, seed=seed),
    "rotated": lambda stimuli, seed=0: rotated(stimuli, degrees=30, seed=seed),
    "scaled": lambda stimuli, seed=0: scaled(stimuli, low=0.7, high=1.3, seed=seed),
}
NOTHING = {
    "translated": lambda stimuli: translated(stimuli, pixels=0),
    "rotated": lambda stimuli: rotated(stimuli, degrees=0),
    "scaled": lambda stimuli: scaled(stimuli, low=1, high=1),
    "resized": lambda stimuli: resized(stimuli, *stimuli.shape[:2]),
}


def of(images, **fields):
    images = np.asarray(images)
    return Stimuli.from_arrays(images, np.arange(len(images)) % 3, classes=3, **fields)


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("images", [BYTES, COLOURS, BYTES / 255, (BYTES / 7).astype("float32")])
def test_nothing_asked_nothing_changed(name, images):
    same = NOTHING[name](of(images, scale=0.5, shift=2))
    assert same.images.dtype == images.dtype
    np.testing.assert_allclose(same.images.values, images, rtol=1e-12)
    assert (same.scale, same.shift, same.classes) == (0.5, 2, 3)
    np.testing.assert_array_equal(same.labels, np.arange(40) % 3)


@pytest.mark.parametrize("name", DRAWN)
def test_a_draw_belongs_to_seed_and_place(name):
    change = DRAWN[name]
    images = change(of(BYTES)).images.values
    np.testing.assert_array_equal(change(of(BYTES)).images.values, images)
    np.testing.assert_array_equal(change(of(BYTES[:11])).images.values, images[:11])
    assert (change(of(BYTES), seed=1).images.values != images).any()
    np.testing.assert_array_equal(change(of(BYTES[5:6].repeat(40, 0))).images[5], images[5])
    turned_around = np.asfortranarray(BYTES)
    np.testing.assert_array_equal(change(of(turned_around)).images.values, images)
    # The same image in all places shows that places differ.
    assert len({image.tobytes() for image in change(of(BYTES[:1].repeat(40, 0))).images.values}) > 9


def test_translations_are_shifts_by_all_offsets_alike():
    image = np.zeros((1, 11, 13))
    image[0, 5, 6] = 1
    shifted = translated(of(image.repeat(20_000, 0)), pixels=2, seed=3).images.values
    sample, row, column = np.nonzero(shifted)
    assert len(sample) == 20_000
    offsets, counts = np.unique(np.stack([row - 5, column - 6]), axis=1, return_counts=True)
    np.testing.assert_array_equal(
        offsets, np.stack(np.meshgrid(range(-2, 3), range(-2, 3), indexing="ij")).reshape(2, -1)
    )
    # Multinomial: 800 of each, standard deviation 27.7.
    assert np.abs(counts - 800).max() < 5 * 27.7


def test_a_translation_loses_what_moves_out_and_lays_bare_background():
    before = BYTES.astype(int) + 1
    shifted = translated(of(before / 1.0), pixels=6, seed=1).images.values.astype(int)
    offsets = set()
    for old, new in zip(before, shifted, strict=True):
        rows, columns = np.nonzero(new)
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert np.count_nonzero(new) == height * width
        down = rows.min() if rows.min() else height - 9
        right = columns.min() if columns.min() else width - 7
        offsets.add((down, right))
        for row in range(9):
            for column in range(7):
                inside = 0 <= row - down < 9 and 0 <= column - right < 7
                assert new[row, column] == (old[row - down, column - right] if inside else 0)
    assert len(offsets) > 25


def test_a_quarter_turn_is_counter_clockwise():
    images = RANDOM.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    for quarters in range(-2, 3):
        turned = mapped(images, iter([turn(90.0 * quarters)] * 3))
        np.testing.assert_array_equal(turned, np.rot90(images, quarters, axes=(1, 2)))


def test_rotation_of_what_looks_the_same_from_all_sides():
    row, column = np.mgrid[-14:15, -14:15] / 4
    disc = 200 * np.exp(-(row**2 + column**2) / 2)
    turned = rotated(of(disc[np.newaxis].repeat(50, 0)), degrees=180, seed=4).images.values
    # Bilinear values miss those of a smooth function by at most h^2/8 of each curvature.
    assert np.abs(turned - disc).max() < 2 * 200 / 4**2 / 8
    assert np.abs(turned - disc).max() > 0.1


def test_angles_are_uniform_in_their_range():
    blob = np.zeros((2000, 21, 21))
    blob[:, 10, 18:20] = 1
    turned = rotated(of(blob), degrees=40, seed=5).images.values
    row, column = np.mgrid[-10:11, -10:11]
    mass = turned.sum(axis=(1, 2))
    angles = np.degrees(
        np.arctan2(-(turned * row).sum((1, 2)) / mass, (turned * column).sum((1, 2)) / mass)
    )
    assert np.abs(angles).max() < 41 and angles.max() > 38 and angles.min() < -38
    assert abs(angles.mean()) < 5 * 40 / np.sqrt(3 * 2000)
    assert angles.std() == pytest.approx(40 / np.sqrt(3), rel=0.05)


def test_scaling_multiplies_lengths_about_the_centre():
    row, column = np.mgrid[-20:21, -20:21]
    blob = np.exp(-(row**2 + column**2) / (2 * 3.0**2))
    made = scaled(of(blob[np.newaxis].repeat(200, 0)), low=0.8, high=1.5, seed=6).images.values
    mass = made.sum((1, 2))
    assert np.abs((made * row).sum((1, 2)) / mass).max() < 1e-6
    factors = np.sqrt((made * row**2).sum((1, 2)) / mass) / 3.0
    assert 0.79 < factors.min() < 0.83 and 1.47 < factors.max() < 1.52
    np.testing.assert_allclose(mass, blob.sum() * factors**2, rtol=0.02)
    # The centre is where it was, at any factor.
    np.testing.assert_allclose(made[:, 20, 20], 1)


def test_shrinking_keeps_the_mean():
    images = RANDOM.random((7, 96, 90, 3))
    small = resized(of(images), 32, 25)
    assert small.images.shape == (7, 32, 25, 3)
    np.testing.assert_allclose(small.images.mean(("row", "column")), images.mean((1, 2)))
    blocks = resized(of(images), 32, 30).images.values
    np.testing.assert_allclose(blocks, images.reshape(7, 32, 3, 30, 3, 3).mean((2, 4)))


def test_growing_is_linear_between_centres():
    ramp = np.arange(16.0) * 10
    grown = resized(of(np.tile(ramp, (1, 16, 1))), 28, 28).images.values[0]
    expected = np.clip(((np.arange(28) + 0.5) * 16 / 28 - 0.5) * 10, 0, 150)
    np.testing.assert_allclose(grown, np.tile(expected, (28, 1)))
    np.testing.assert_allclose(resized(of(np.full((1, 16, 16), 9.0)), 28, 40).images, 9)


def test_bytes_are_rounded():
    image = np.array([[[0, 255, 255]]], np.uint8)
    assert resized(of(image), 1, 2).images.values.tolist() == [[[85, 255]]]
    assert resized(of(image), 1, 1).images.values.tolist() == [[[170]]]
    assert DRAWN["rotated"](of(BYTES)).images.dtype == np.uint8


def test_more_images_than_are_worked_on_at_once():
    many = of(RANDOM.integers(0, 256, (2500, 4, 4, 3), dtype=np.uint8))
    whole, part = resized(many, 3, 5).images.values, slice(1000, 1100)
    of_part = of(many.images.values[part])
    np.testing.assert_array_equal(whole[part], resized(of_part, 3, 5).images.values)
    np.testing.assert_array_equal(grey(many).images.values[part], grey(of_part).images.values)


def test_grey():
    primary = np.array([[[[100, 0, 0], [0, 100, 0], [0, 0, 100], [255, 255, 255]]]], np.uint8)
    assert grey(of(primary)).images.values.tolist() == [[[30, 59, 11, 255]]]
    np.testing.assert_allclose(grey(of(primary / 100)).images[0, 0, :3], [0.299, 0.587, 0.114])
    with pytest.raises(ValueError, match=r"grey\.stimuli: expected images of 3 channels.*got 9x7$"):
        grey(of(BYTES))
    with pytest.raises(ValueError, match="got 9x7x2"):
        grey(of(COLOURS[..., :2]))


def test_targets_go_with_their_images():
    own = Stimuli.from_arrays(BYTES, targets=np.arange(80.0).reshape(40, 2))
    np.testing.assert_array_equal(rotated(own, degrees=5).targets, own.targets)


def test_origin_has_every_step_in_order():
    train = load_images("mnist-5k", "standard").train
    made = scaled(train.sample(300, seed=2), low=0.9, high=1.1, seed=3)
    made = rotated(resized(translated(made, pixels=2, seed=4).sample(50), 20, 22), degrees=10)
    again = load_origin(json.loads(json.dumps(made.origin)))
    np.testing.assert_array_equal(again.images, made.images)
    np.testing.assert_array_equal(again.labels, made.labels)
    assert (again.name, again.scale, again.shift) == (made.name, made.scale, made.shift)
    assert made.name == (
        "mnist-5k train, 300 of 4000 (seed 2), scaled by 0.9 to 1.1 (seed 3), translated by up to "
        "2 pixels (seed 4), 50 of 300 (seed 0), resized to 20x22, rotated by up to 10 degrees "
        "(seed 0)"
    )
    other = translated(made, pixels=1)
    assert [step["step"] for step in other.origin["steps"]] == [
        "sample",
        "scaled",
        "translated",
        "sample",
        "resized",
        "rotated",
        "translated",
    ]
    assert translated(of(BYTES), pixels=1).origin is None


@pytest.mark.parametrize("step", [{"step": "blurred"}, {"step": "rotated"}, ["sample", 1], {}])
def test_unknown_steps_are_refused(step):
    origin = {"set": "mnist-5k", "normalisation": "unit", "part": "test", "steps": [step]}
    with pytest.raises(ValueError, match=r"part and steps \(sample, translated, rotated, scaled,"):
        load_origin(origin)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: translated(s, pixels=-1), r"translated\.pixels: .*integer in 0\.\.6, got -1"),
        (lambda s: translated(s, pixels=7), r"translated\.pixels: .*in 0\.\.6, got 7"),
        (lambda s: translated(s, pixels=1.5), r"translated\.pixels: .*got 1\.5"),
        (lambda s: translated(s, pixels=1, seed=-1), r"translated\.seed: .*of at least 0, got -1"),
        (lambda s: rotated(s, degrees=181), r"rotated\.degrees: .*number <= 180, got 181"),
        (lambda s: rotated(s, degrees=np.nan), r"rotated\.degrees: .*got nan"),
        (lambda s: rotated(s, degrees=1, seed=None), r"rotated\.seed: .*got None"),
        (lambda s: scaled(s, low=0, high=1), r"scaled\.low: .*number >= 0\.01, got 0"),
        (lambda s: scaled(s, low=1.2, high=1), r"scaled\.high: .*number >= 1\.2, got 1"),
        (lambda s: scaled(s, low=1, high=2, seed=True), r"scaled\.seed: .*got True"),
        (lambda s: resized(s, 0, 4), r"resized\.rows: .*positive integer, got 0"),
        (lambda s: resized(s, 4, 4.0), r"resized\.columns: .*got 4\.0"),
    ],
)
def test_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(of(BYTES))
