import dataclasses
import json

import numpy as np
import pytest

from ontogeny.data import grey, load_images, load_origin, resized
from ontogeny.data.transforms import LUMA


def test_embedded_split_is_stratified_and_disjoint():
    digits = load_images("mnist-5k")
    np.testing.assert_array_equal(np.bincount(digits.train.labels.values), 10 * [400])
    np.testing.assert_array_equal(np.bincount(digits.test.labels.values), 10 * [100])
    seen = {image.tobytes() for image in digits.train.images.values}
    assert not any(image.tobytes() in seen for image in digits.test.images.values)
    assert len(seen) == 4000


def test_embedded_is_balanced_from_the_start():
    labels = load_images("mnist-5k").train.labels.values
    np.testing.assert_array_equal(labels[:20], [*range(10), *range(10)])


def test_embedded_is_real_and_says_whose():
    digits = load_images("mnist-5k")
    assert digits.train.images.shape == (4000, 28, 28)
    assert digits.train.images.dtype == np.uint8
    assert digits.licence == "CC BY-SA 3.0"
    assert "LeCun" in digits.citation
    assert digits.name == "mnist-5k"
    # A mean image classifies real digits far above chance.
    means = np.stack(
        [digits.train.rates(digits.train.labels.values == label).mean(0) for label in range(10)]
    )
    rates = digits.test.rates()
    nearest = ((means**2).sum(1) - 2 * rates @ means.T).argmin(1)
    assert (nearest == digits.test.labels.values).mean() > 0.75


def test_unit():
    digits = load_images("mnist-5k")
    assert (digits.train.scale, digits.train.shift) == (1 / 255, 0.0)
    assert digits.train.rates().max() == pytest.approx(1.0)
    assert digits.train.rates().min() == 0.0


def test_standard_uses_the_averages_of_the_training_images():
    digits = load_images("mnist-5k", "standard")
    images = digits.train.images.values.reshape(4000, -1) / 255
    mean, std = images.mean(1).mean(), images.std(1).mean()
    expected = (digits.test.images.values.reshape(1000, -1) / 255 - mean) / std
    np.testing.assert_allclose(digits.test.rates(), expected, rtol=1e-12, atol=1e-12)
    assert (digits.test.scale, digits.test.shift) == (digits.train.scale, digits.train.shift)


def test_unknown_name():
    with pytest.raises(ValueError, match=r"name: expected one of \('mnist-5k', 'mnist', 'fashion-"):
        load_images("imagenet")


def test_unknown_normalisation():
    with pytest.raises(ValueError, match=r"expected one of \('unit', 'standard'\), got 'zscore'"):
        load_images("mnist-5k", "zscore")


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("mnist", [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]),
        ("fashion-mnist", 10 * [1000]),
    ],
)
def test_complete_sets(official, name, counts):
    images = load_images(name, data_dir=official)
    assert images.train.images.shape == (60_000, 28, 28)
    assert images.test.images.shape == (10_000, 28, 28)
    np.testing.assert_array_equal(np.bincount(images.test.labels.values), counts)
    assert images.train.images.dtype == np.uint8
    assert images.name == name


@pytest.mark.parametrize(
    ("name", "folder", "train", "test", "shape"),
    [
        ("kmnist-10k", "kmnist", 10 * [800], 10 * [200], (28, 28)),
        (
            "usps",
            "usps",
            [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644],
            [359, 264, 198, 166, 200, 160, 170, 147, 166, 177],
            (16, 16),
        ),
        (
            "cifar-10-4k",
            "cifar10",
            [296, 266, 320, 284, 322, 293, 314, 285, 307, 313],
            10 * [100],
            (32, 32, 3),
        ),
    ],
)
def test_sets_that_lie_there_in_part(official, name, folder, train, test, shape):
    if not (official / folder).is_dir():
        pytest.skip(f"needs the folder {folder}/ of {name} in ONTOGENY_DATA")
    images = load_images(name, data_dir=official)
    for part, counts in ((images.train, train), (images.test, test)):
        assert np.bincount(part.labels.values).tolist() == counts
        assert part.shape == shape
        assert part.images.dtype == np.uint8
        assert part.name.startswith(f"{name} ")
    seen = {image.tobytes() for image in images.train.images.values}
    assert not any(image.tobytes() in seen for image in images.test.images.values)
    again = load_origin(json.loads(json.dumps(images.test.sample(20).origin)))
    assert again.images.equals(images.test.sample(20).images)


def test_real_digits_classify_each_other_across_sets(official):
    """Digits of USPS, at the size of MNIST, are near the mean digits of MNIST."""
    if not (official / "usps").is_dir():
        pytest.skip("needs the folder usps/ in ONTOGENY_DATA")
    digits = load_images("mnist-5k").train
    other = resized(load_images("usps", data_dir=official).test, 20, 20)
    images = np.pad(other.images.values, ((0, 0), (4, 4), (4, 4))).reshape(len(other), -1) / 255
    means = np.stack([digits.rates(digits.labels.values == label).mean(0) for label in range(10)])
    nearest = ((means**2).sum(1) - 2 * images @ means.T).argmin(1)
    assert (nearest == other.labels.values).mean() > 0.5


def test_first_images_of_cifar_are_those_that_everybody_knows(official):
    if not (official / "cifar10").is_dir():
        pytest.skip("needs the folder cifar10/ in ONTOGENY_DATA")
    train = load_images("cifar-10-4k", data_dir=official).train
    assert train.labels.values[:6].tolist() == [6, 9, 9, 4, 1, 1]  # a frog, trucks, a deer, cars
    assert train.images.values[0, 0, :3, 0].tolist() == [59, 43, 50]
    unit = train.rates(slice(0, 1))[0]
    np.testing.assert_allclose(unit[:6] * 255, [59, 62, 63, 43, 46, 45])
    means = grey(train).images.values.mean((1, 2)) - train.images.values.mean((1, 2)) @ LUMA
    assert np.abs(means).max() < 0.5


def test_embedded_digits_are_in_the_official_training_set(official):
    official_train = load_images("mnist", data_dir=official).train
    known = {
        image.tobytes(): label
        for image, label in zip(
            official_train.images.values, official_train.labels.values, strict=True
        )
    }
    digits = load_images("mnist-5k")
    for part in (digits.train, digits.test):
        for image, label in zip(part.images.values, part.labels.values, strict=True):
            assert known[image.tobytes()] == label


def test_standard_of_the_complete_set(official):
    train = load_images("mnist", "standard", data_dir=official).train
    # Global mean of MNIST pixels, 33.3184 of 255, is the mean of the means of equal images.
    assert -train.shift / train.scale == pytest.approx(33.3184, abs=1e-4)


@pytest.mark.parametrize("normalisation", ["unit", "standard"])
def test_stimuli_know_where_they_come_from(normalisation):
    few = load_images("mnist-5k", normalisation).test.sample(300, seed=3).sample(40, seed=4)
    again = load_origin(json.loads(json.dumps(few.origin)))
    np.testing.assert_array_equal(again.images, few.images)
    np.testing.assert_array_equal(again.labels, few.labels)
    assert (again.name, again.scale, again.shift) == (few.name, few.scale, few.shift)


def test_changed_stimuli_forget_where_they_come_from():
    images = load_images("mnist-5k").test
    assert dataclasses.replace(images, scale=1.0).origin is None
    assert images.sample(10, seed=np.random.default_rng(0)).origin is None


def test_unknown_origins_are_refused():
    with pytest.raises(ValueError, match="load_origin.origin: expected set and normalisation"):
        load_origin({"set": "mnist-5k", "normalisation": "unit", "part": "all", "steps": []})
