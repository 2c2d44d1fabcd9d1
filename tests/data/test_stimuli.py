from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import COLOUR_DIMS, ImageSet, Stimuli


def stimuli(images=None, labels=None, **fields):
    if images is None:
        images = np.arange(12 * 6, dtype="uint8").reshape(12, 2, 3)
    if labels is None:
        labels = np.arange(12) % 3
    return Stimuli(
        **{
            "images": xr.DataArray(images, dims=("sample", "row", "column")),
            "labels": xr.DataArray(labels, dims="sample"),
            "classes": 3,
            "name": "ramp",
            **fields,
        }
    )


def test_size():
    ramp = stimuli()
    assert len(ramp) == 12
    assert ramp.units == 6


def test_frozen():
    with pytest.raises(FrozenInstanceError):
        stimuli().scale = 2.0


def test_keyword_only():
    with pytest.raises(TypeError):
        Stimuli(stimuli().images)


def test_rates():
    ramp = stimuli(scale=0.5, shift=-1.0)
    expected = 0.5 * np.arange(72).reshape(12, 6) - 1
    assert ramp.rates().dtype == np.float64
    np.testing.assert_array_equal(ramp.rates(), expected)
    np.testing.assert_array_equal(ramp.rates([3, 1]), expected[[3, 1]])
    np.testing.assert_array_equal(ramp.rates(slice(2, 4)), expected[2:4])
    np.testing.assert_array_equal(ramp.rates(5), expected[[5]])
    np.testing.assert_array_equal(ramp.rates(np.arange(12) > 9), expected[10:])


def test_rates_leave_the_images_alone():
    images = np.ones((2, 1, 1))
    ramp = stimuli(images, np.zeros(2, int), scale=3.0)
    ramp.rates()
    np.testing.assert_array_equal(images, 1)


def test_sample_is_balanced_and_without_replacement():
    ramp = stimuli()
    part = ramp.sample(7, seed=1)
    assert sorted(np.bincount(part.labels.values)) == [2, 2, 3]
    assert len(np.unique(part.images.values[:, 0, 0])) == 7
    assert (part.scale, part.shift, part.classes) == (ramp.scale, ramp.shift, ramp.classes)
    assert part.name == "ramp, 7 of 12 (seed 1)"


def test_sample_takes_all_of_a_small_class():
    part = stimuli(labels=np.array([0] + 8 * [1] + 3 * [2])).sample(7, seed=0)
    np.testing.assert_array_equal(np.bincount(part.labels.values), [1, 3, 3])


def test_sample_keeps_images_with_their_labels():
    part = stimuli().sample(12, seed=4)
    np.testing.assert_array_equal(part.images.values[:, 0, 0] // 6 % 3, part.labels.values)


def test_sample_depends_on_the_seed_only():
    ramp = stimuli()
    one, again, other = (ramp.sample(6, seed=seed) for seed in (5, 5, 6))
    assert one.images.equals(again.images)
    assert not one.images.equals(other.images)


def test_sample_is_shuffled_within_rounds():
    orders = {tuple(stimuli().sample(12, seed=s).labels.values[:3]) for s in range(20)}
    assert len(orders) > 1


@pytest.mark.parametrize("n", [0, 13, 2.0, True])
def test_sample_refuses(n):
    with pytest.raises(ValueError, match=r"Stimuli\.sample\.n: expected an integer in 1\.\.12"):
        stimuli().sample(n)


def refused(error, match, **fields):
    with pytest.raises(error, match=match):
        stimuli(**fields)


def test_labels_outside():
    refused(
        ValueError,
        r"Stimuli\.labels: expected integers in 0\.\.9, got 12 at sample 4; mend",
        labels=np.array([0, 1, 2, 3, 12] + 7 * [0]),
        classes=10,
    )
    refused(ValueError, r"in 0\.\.2, got -1 at sample 0", labels=np.array([-1] + 11 * [0]))


def test_labels_type():
    refused(
        TypeError,
        r"Stimuli\.labels: expected integers in 0\.\.2, got values of type float64",
        labels=np.zeros(12),
    )
    with pytest.raises(
        TypeError, match=r"Stimuli\.labels: expected a DataArray, got list; use Stimuli"
    ):
        replace(stimuli(), labels=[0] * 12)


def test_lengths():
    refused(
        ValueError, "expected one label for each of 12 images, got 11", labels=np.zeros(11, int)
    )


def test_not_finite():
    images = np.zeros((12, 1, 2))
    images[3, 0, 1] = np.nan
    refused(ValueError, r"Stimuli\.images: expected finite values, got 1 NaN or Inf", images=images)


def test_images_type():
    refused(
        TypeError, "expected uint8 or floating values, got int64", images=np.zeros((12, 1, 2), int)
    )


def test_empty():
    refused(
        ValueError,
        "expected at least one image",
        images=np.zeros((0, 1, 2)),
        labels=np.zeros(0, int),
    )


def test_dims():
    ramp = stimuli()
    with pytest.raises(ValueError, match=r"Stimuli\.images: expected dims \('sample', 'row'"):
        replace(ramp, images=ramp.images.transpose("row", "sample", "column"))
    with pytest.raises(ValueError, match=r"Stimuli\.labels: expected dims \('sample',\)"):
        replace(ramp, labels=ramp.labels.rename(sample="image"))
    with pytest.raises(TypeError, match=r"Stimuli\.images: expected a DataArray, got ndarray"):
        replace(ramp, images=ramp.images.values)


@pytest.mark.parametrize("what", ["scale", "shift"])
@pytest.mark.parametrize("value", [np.nan, np.inf, "1"])
def test_map_must_be_finite(what, value):
    refused(ValueError, rf"Stimuli\.{what}: expected a finite number, got", **{what: value})


def test_classes_and_name():
    refused(ValueError, r"Stimuli\.classes: expected a positive integer, got 0", classes=0)
    refused(ValueError, r"Stimuli\.name: expected a non-empty string, got ''", name="")


def test_image_set():
    ramp = stimuli()
    known = ImageSet(train=ramp, test=ramp, name="ramp", licence="none", citation="none")
    assert known.train is ramp
    with pytest.raises(ValueError, match=r"ImageSet\.test: expected as many units .*\(6\), got 2"):
        replace(known, test=stimuli(np.zeros((12, 1, 2))))
    with pytest.raises(ValueError, match="as many classes"):
        replace(known, test=replace(ramp, classes=5))


def test_from_arrays():
    pixels = np.arange(24, dtype=np.uint8)
    own = Stimuli.from_arrays(pixels.reshape(4, 6), [0, 2, 1, 0], scale=0.5, shift=1)
    assert (len(own), own.units, own.classes) == (4, 6, 3)
    np.testing.assert_array_equal(own.rates(), pixels.reshape(4, 6) * 0.5 + 1)
    assert Stimuli.from_arrays(pixels.reshape(4, 2, 3), [0, 0, 0, 0], classes=5).classes == 5


def test_from_arrays_refuses_other_shapes_and_labels():
    with pytest.raises(ValueError, match=r"got shapes \(24,\) and \(1,\)"):
        Stimuli.from_arrays(np.zeros(24), [0])
    with pytest.raises(TypeError, match="labels.astype"):
        Stimuli.from_arrays(np.zeros((2, 3)), [0.0, 1.0])


def test_colour():
    pixels = np.arange(3 * 2 * 4 * 3, dtype=np.uint8).reshape(3, 2, 4, 3)
    own = Stimuli.from_arrays(pixels, [0, 1, 1], scale=0.5, shift=1)
    assert own.images.dims == COLOUR_DIMS == ("sample", "row", "column", "channel")
    assert (own.units, own.shape) == (24, (2, 4, 3))
    # Row-major: the channels of a pixel are neighbours.
    np.testing.assert_array_equal(own.rates(1), [np.arange(24, 48) * 0.5 + 1])
    assert repr(own).startswith("Stimuli('own stimuli': 3 images of 2x4x3, 2 classes,")
    few = own.sample(2, seed=1)
    assert few.shape == own.shape
    assert {image.tobytes() for image in few.images.values} < {x.tobytes() for x in pixels}
    with pytest.raises(ValueError, match=r"'column'\) or \('sample', .*'channel'\), got \('chan"):
        replace(own, images=own.images.transpose("channel", "sample", "row", "column"))
    with pytest.raises(ValueError, match=r"got shapes \(1, 2, 2, 3, 4\) and \(1,\)"):
        Stimuli.from_arrays(np.zeros((1, 2, 2, 3, 4)), [0])


def regression(targets=None, **fields):
    targets = np.arange(24.0).reshape(12, 2) if targets is None else targets
    given = stimuli()
    return Stimuli(
        **{
            "images": given.images,
            "targets": xr.DataArray(targets, dims=("sample", "output")),
            "name": "sums",
            **fields,
        }
    )


def test_targets():
    sums = regression()
    assert (len(sums), sums.units, sums.outputs, sums.classes) == (12, 6, 2, None)
    assert sums.labels is None
    np.testing.assert_array_equal(sums.wanted, np.arange(24).reshape(12, 2))
    assert repr(sums) == "Stimuli('sums': 12 images of 2x3, 2 targets, rate = 1 * image + 0)"
    assert (stimuli().outputs, stimuli().targets) == (3, None)
    np.testing.assert_array_equal(stimuli().wanted, np.arange(12) % 3)


def test_sample_keeps_images_with_their_targets():
    part = regression().sample(7, seed=4)
    np.testing.assert_array_equal(part.images.values[:, 0, 0] // 6 * 2, part.targets.values[:, 0])
    assert len(np.unique(part.images.values[:, 0, 0])) == 7
    assert part.labels is None


def test_either_labels_or_targets():
    with pytest.raises(ValueError, match=r"either labels \(classes\) or targets .*, got both"):
        regression(labels=stimuli().labels, classes=3)
    with pytest.raises(ValueError, match="got neither"):
        Stimuli(images=stimuli().images, name="none")
    with pytest.raises(ValueError, match="classes: expected none where there are no labels, got 2"):
        regression(classes=2)


def test_targets_must_fit():
    with pytest.raises(ValueError, match=r"at least one target for each of 12 images, got sizes"):
        regression(np.zeros((11, 2)))
    with pytest.raises(ValueError, match="at least one target"):
        regression(np.zeros((12, 0)))
    with pytest.raises(TypeError, match="expected floating values, got int64; classes are given"):
        regression(np.zeros((12, 2), np.int64))
    with pytest.raises(ValueError, match=r"Stimuli\.targets: expected finite values, got 24 NaN"):
        regression(np.full((12, 2), np.inf))
    with pytest.raises(ValueError, match=r"targets: expected dims \('sample', 'output'\)"):
        replace(regression(), targets=regression().targets.T)
    with pytest.raises(TypeError, match="expected a DataArray, got list; use Stimuli.from_arrays"):
        replace(regression(), targets=[[0.0]] * 12)


def test_from_arrays_with_targets():
    own = Stimuli.from_arrays(np.zeros((4, 6)), targets=np.arange(8).reshape(4, 2))
    assert (own.outputs, own.targets.dtype) == (2, np.float64)
    with pytest.raises(ValueError, match=r"got shapes \(4, 1, 6\) and \(4,\)"):
        Stimuli.from_arrays(np.zeros((4, 6)), targets=np.zeros(4))
    with pytest.raises(ValueError, match="got neither"):
        Stimuli.from_arrays(np.zeros((4, 6)))
