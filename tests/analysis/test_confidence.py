import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import (
    batches,
    calibration_curve,
    calibration_error,
    confidence,
    ood_auc,
    readout_probabilities,
    responses,
)
from ontogeny.data import Stimuli

MEASURES = [readout_probabilities, confidence, calibration_error, calibration_curve]


def sure(probabilities, labels=None):
    """Stimuli to which a network that copies its inputs gives two classes these probabilities."""
    p = np.asarray(probabilities, dtype=float)
    images = np.stack([np.log(p / (1 - p)), np.zeros_like(p)], axis=1)
    labels = np.zeros(len(p), dtype=int) if labels is None else labels
    return Stimuli.from_arrays(images, labels, classes=2)


@pytest.fixture
def copying(make_network):
    return make_network([np.eye(2)], {}, readout="softmax")


@pytest.fixture
def drawn(make_network):
    random = np.random.default_rng(0)
    forward = [random.normal(size=shape) for shape in ((6, 5), (4, 6))]
    return make_network(forward, {}, readout="softmax", transfer="relu")


def stimuli_of(samples, seed=1):
    random = np.random.default_rng(seed)
    return Stimuli.from_arrays(
        random.normal(size=(samples, 5)), random.integers(0, 4, samples), classes=4
    )


def test_known_probabilities(copying):
    found = readout_probabilities(copying, sure([0.75, 0.1]))
    assert found.dims == ("checkpoint", "sample", "outputs")
    np.testing.assert_allclose(found[0], [[0.75, 0.25], [0.1, 0.9]])
    np.testing.assert_allclose(confidence(copying, sure([0.75, 0.1]), checkpoints=0), [0.75, 0.9])


def test_probabilities_are_the_outputs(drawn):
    stimuli = stimuli_of(30)
    found = readout_probabilities(drawn, stimuli)
    np.testing.assert_array_equal(found, responses(drawn, stimuli)["output"])
    np.testing.assert_allclose(found.sum("outputs"), 1)
    np.testing.assert_array_equal(confidence(drawn, stimuli), found.max("outputs"))


def test_calibration_in_closed_form(copying):
    # Three stimuli at 0.75, two of them right; one at 0.95, right.
    stimuli = sure([0.75, 0.75, 0.75, 0.95], [0, 0, 1, 0])
    found = calibration_error(copying, stimuli, bins=5, checkpoints=0)
    gap = 0.75 - 2 / 3
    assert found["mce"] == pytest.approx(gap)
    assert found["ece_mean_confidence"] == pytest.approx(0.75 * gap + 0.25 * 0.05)
    # Centres of the bins 0.6 to 0.8 and 0.8 to 1 are 0.7 and 0.9.
    assert found["ece"] == pytest.approx(0.75 * (0.7 - 2 / 3) + 0.25 * 0.1)
    curve = calibration_curve(copying, stimuli, bins=5, checkpoints=0)
    nan = np.nan
    np.testing.assert_allclose(curve["bin"], [0.1, 0.3, 0.5, 0.7, 0.9])
    np.testing.assert_allclose(curve["accuracy"], [nan, nan, nan, 2 / 3, 1])
    np.testing.assert_allclose(curve["confidence"], [nan, nan, nan, 0.75, 0.95])
    np.testing.assert_allclose(curve["size"], [0, 0, 0, 0.75, 0.25])


@pytest.mark.parametrize("bins", [1, 7, 10])
def test_calibration_agrees_with_the_reference(reference, drawn, bins, monkeypatch):
    stimuli = stimuli_of(200)
    probabilities = readout_probabilities(drawn, stimuli, checkpoints=0).values
    expected = reference.measures.calibration(probabilities, stimuli.labels.values, bins)
    monkeypatch.setattr(batches, "_ENTRIES", 6 * 64)
    found = calibration_error(drawn, stimuli, bins=bins, checkpoints=0)
    values = [float(found[name]) for name in ("ece", "ece_mean_confidence", "mce")]
    np.testing.assert_allclose(values, expected)


def test_bins_are_closed_on_the_right(make_network):
    # No drive at all: four outputs of exactly 1/4.
    life = make_network([np.zeros((4, 5))], {}, readout="softmax")
    curve = calibration_curve(life, stimuli_of(8), bins=4, checkpoints=0)
    assert curve["size"].values.tolist() == [1, 0, 0, 0]
    assert curve["accuracy"][0] == 0.25


def test_auc_in_closed_form(copying):
    inside, outside = sure([0.9, 0.6]), sure([0.7, 0.6])
    found = ood_auc(copying, inside, outside)
    assert found.dims == ("checkpoint",)
    # 0.9 beats both; 0.6 loses to 0.7 and ties with itself.
    np.testing.assert_allclose(found, (2 + 0.5) / 4)
    np.testing.assert_allclose(ood_auc(copying, inside, inside), 0.5)
    np.testing.assert_allclose(ood_auc(copying, sure([0.9, 0.8]), sure([0.6, 0.7])), 1)


def test_auc_agrees_with_the_reference(reference, drawn):
    inside, outside = stimuli_of(30), stimuli_of(20, seed=2)
    scores = (confidence(drawn, each, checkpoints=0).values for each in (inside, outside))
    expected = reference.measures.area_under_curve(*scores)
    assert ood_auc(drawn, inside, outside, checkpoints=0) == pytest.approx(expected)


@pytest.mark.filterwarnings("error")
def test_joined_lives(make_network, join):
    lives = [make_network([scale * np.eye(2)], {}, readout="softmax") for scale in (1.0, 2.0)]
    joined = join([join(lives, "network", [0, 1])] * 2, "condition", ["a", "b"])
    padded = joined.copy(deep=True)
    padded["weights"]["forward_1"][0, 0] = np.nan
    before, stimuli = padded.copy(deep=True), sure([0.9, 0.6, 0.3], [0, 1, 0])
    for measure in MEASURES:
        found = measure(padded, stimuli)
        alone = measure(lives[1], stimuli)
        found, alone = (x if isinstance(x, xr.Dataset) else x.to_dataset() for x in (found, alone))
        for name in found:
            assert found[name].dims[:2] == ("condition", "network")
            np.testing.assert_array_equal(found[name][1, 1], alone[name])
            assert found[name][0, 0].isnull().all()
    area = ood_auc(padded, stimuli, stimuli)
    np.testing.assert_array_equal(area[..., 0], [[np.nan, 0.5], [0.5, 0.5]])
    xr.testing.assert_identical(padded, before)


@pytest.mark.parametrize("measure", MEASURES)
def test_other_readouts_have_no_probabilities(make_network, measure):
    life = make_network([np.eye(2)], {}, readout="sigmoid")
    match = rf"{measure.__name__}.life: expected a softmax readout.*got 'sigmoid'"
    with pytest.raises(ValueError, match=match):
        measure(life, sure([0.5]))


@pytest.mark.parametrize("bins", [0, -1, 2.5, True])
def test_bins_are_counted(copying, bins):
    with pytest.raises(ValueError, match=r"calibration_error.bins: expected a positive integer"):
        calibration_error(copying, sure([0.5]), bins=bins)


def test_calibration_needs_labels(copying):
    stimuli = Stimuli.from_arrays([[0.0, 0.0]], targets=[[1.0, 0.0]])
    with pytest.raises(
        ValueError, match=r"calibration_curve.stimuli: expected stimuli with labels"
    ):
        calibration_curve(copying, stimuli)
