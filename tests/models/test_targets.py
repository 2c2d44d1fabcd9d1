"""Lives with real targets: presented, learned, recorded, resumed and read."""

import importlib
import json

import numpy as np
import pytest

from ontogeny.analysis import final_accuracy, learning_speed, plot
from ontogeny.data import (
    Stimuli,
    check_trajectory,
    gaussian_noise,
    linear_teacher,
    load_images,
    open_trajectory,
)
from ontogeny.engine import DEVICES
from ontogeny.models import Learning, Record, Schedule, Spontaneous, Test, layered, simulate
from ontogeny.plasticity import SGD

SIZES = [13, 7, 5, 3]
TRIALS = 8
describe = importlib.import_module("ontogeny.models.description").describe
resume = importlib.import_module("ontogeny.models.resuming").resume


def on_devices(*names):
    """Mark devices that cannot work here as skipped, with the reason."""
    marks = {"cpp": [pytest.mark.compiler], "cuda": [pytest.mark.cuda]}
    problems = {name: DEVICES[name].problem() for name in names}
    return [
        pytest.param(
            name,
            marks=[
                *marks.get(name, []),
                pytest.mark.skipif(bool(problems[name]), reason=problems[name] or "works"),
            ],
        )
        for name in names
    ]


def make_stimuli(count=21, seed=0, *, pixels=float, distribution=False):
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 5, (count, SIZES[0])).astype(pixels)
    targets = generator.random((count, SIZES[-1])) if distribution else None
    if targets is None:
        targets = generator.standard_normal((count, SIZES[-1]))
    else:
        targets /= targets.sum(axis=1, keepdims=True)
    return Stimuli.from_arrays(images, targets=targets, scale=0.2, shift=-0.1)


def labelled(count=24):
    generator = np.random.default_rng(8)
    return Stimuli.from_arrays(generator.random((count, SIZES[0])), np.arange(count) % SIZES[-1])


def make_schedule(distribution=False):
    """Real targets beside categories and noise, and steps that are not full."""
    bytes_, real = (
        make_stimuli(21, 1, pixels=np.uint8, distribution=distribution),
        make_stimuli(19, 2, distribution=distribution),
    )
    return Schedule(
        Learning(bytes_, epochs=2, test=real),
        Spontaneous(gaussian_noise(), presentations=12),
        Learning(labelled(), epochs=1, test=labelled(9)),
        Learning(real, epochs=1),
        Test(bytes_),
    )


def live(device="numpy", readout="linear", **options):
    network = layered(SIZES, transfer="tanh", readout=readout, optimiser=SGD(rate=0.05))
    defaults = {
        "schedule": make_schedule(readout == "softmax"),
        "trials": TRIALS,
        "seed": 3,
        "dtype": "float64",
        "record": Record(checkpoints=3, activity=True),
        "progress": False,
    }
    return simulate(network, device=device, **{**defaults, **options})


@pytest.mark.parametrize("device", on_devices("cpp", "cuda"))
def test_devices_agree(device):
    expected, found = live(), live(device)
    for group in ("progress", "weights", "tests", "activity"):
        for key, variable in expected[group].data_vars.items():
            np.testing.assert_allclose(found[group][key], variable, atol=1e-10, err_msg=key)


def test_stock_synapses_agree():
    schedule = Schedule(Learning(make_stimuli(15), epochs=1, test=make_stimuli(4, 9)))
    lives = [live(name, schedule=schedule, trials=1) for name in ("numpy", "synapses")]
    for group in ("weights", "tests"):
        for key, variable in lives[0][group].data_vars.items():
            np.testing.assert_allclose(lives[1][group][key], variable, atol=1e-10, err_msg=key)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("device", on_devices("numpy", "cpp", "cuda"))
def test_targets_are_presented_in_order(device, dtype):
    stimuli = make_stimuli(21, 1, pixels=np.uint8)
    schedule = Schedule(Learning(stimuli, epochs=2))
    shown = live(device, schedule=schedule, dtype=dtype)["activity"]
    order = np.concatenate([np.random.default_rng([3, 2, 0, k]).permutation(21) for k in (0, 1)])
    targets = stimuli.targets.values[order].astype(dtype)
    np.testing.assert_array_equal(shown["target"].values, targets)
    np.testing.assert_allclose(shown["input_rate"], stimuli.rates()[order], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("readout", ["linear", "sigmoid", "softmax"])
def test_learning_as_in_plain_numpy(readout):
    stimuli = make_stimuli(16, 4, distribution=readout == "softmax")
    network = layered([SIZES[0], SIZES[-1]], readout=readout, optimiser=SGD(rate=0.3), bias=False)
    schedule = Schedule(Learning(stimuli, epochs=3, test=stimuli))
    life = simulate(network, schedule, trials=16, seed=1, dtype="float64", progress=False)
    w, x, y = network.initial_weights(1)["forward_1"], stimuli.rates(), stimuli.targets.values
    losses = []
    for _ in range(4):
        drive = x @ w.T
        if readout == "softmax":
            r = np.exp(drive) / np.exp(drive).sum(axis=1, keepdims=True)
            loss, delta = -(y * np.log(r)).sum(axis=1), r - y
        else:
            r = drive if readout == "linear" else 1 / (1 + np.exp(-drive))
            slope = 1 if readout == "linear" else r * (1 - r)
            loss, delta = ((r - y) ** 2).sum(axis=1) / 2, (r - y) * slope
        losses.append(loss.mean())
        last, w = w, w - 0.3 * delta.T @ x / len(x)
    np.testing.assert_allclose(life["tests"]["loss"], losses, rtol=1e-10)
    np.testing.assert_allclose(life["weights"]["forward_1"][-1], last, rtol=1e-10)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("device", on_devices("numpy", "cpp"))
def test_accuracy_is_undefined_for_real_targets_only(device, tmp_path):
    life = live(device, store=tmp_path / "life.nc")
    real = np.isin(life["progress"]["phase_index"], (0, 3))
    real[0] = True  # birth
    np.testing.assert_array_equal(np.isnan(life["progress"]["accuracy"]), real)
    np.testing.assert_array_equal(
        np.isnan(life["tests"]["accuracy"]), np.isin(life["tests"]["phase_index"], (0, 4))
    )
    assert np.isfinite(life["progress"]["loss"][1:]).all()
    check_trajectory(life)


def regression_life(**options):
    return live(
        schedule=Schedule(Learning(make_stimuli(), epochs=2, test=make_stimuli())), **options
    )


def test_measures_of_accuracy_refuse_real_targets():
    life = regression_life()
    for measure in (learning_speed, final_accuracy):
        with pytest.raises(ValueError, match=rf"{measure.__name__}\.life: .* real targets, for wh"):
            measure(life)
    assert np.isfinite(learning_speed(live()))


def test_figure_says_that_there_are_no_categories():
    import matplotlib.pyplot as plt
    from matplotlib.legend import Legend

    for life, expected in ((regression_life(), ["no categories"]), (live(), [])):
        axes = plot.development(life)
        found = [text.get_text() for text in axes[1].texts]
        assert [text for text in found if "categories" in text] == expected
        legends = [child for child in axes[1].get_children() if isinstance(child, Legend)]
        assert bool(legends) != bool(expected)
        axes[0].figure.canvas.draw()
        plt.close(axes[0].figure)


def test_information_tells_why_there_is_no_accuracy(tmp_path):
    from rich.console import Console

    from ontogeny.studies.information import information

    regression_life(store=tmp_path / "life.nc")
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(information(tmp_path / "life.nc"))
    assert "real targets, for which accuracy is not defined" in console.export_text()


def test_description():
    stimuli = make_stimuli()
    described = describe(stimuli)
    assert (described["classes"], described["size"]) == (None, 21)
    json.dumps(described, allow_nan=False)
    changed = stimuli.targets.values.copy()
    changed[4, 1] += 1e-9
    other = Stimuli.from_arrays(stimuli.images.values, targets=changed, scale=0.2, shift=-0.1)
    assert describe(other)["sha256"] != described["sha256"]


@pytest.mark.parametrize("device", on_devices("numpy", "cpp"))
@pytest.mark.parametrize("known", [False, True], ids=["own", "teacher"])
def test_resumed_from_the_store_alone(device, known, tmp_path, hasty, same, monkeypatch):
    task = linear_teacher(SIZES[0], SIZES[-1], examples=30, test_examples=20, seed=2)
    train = task.train if known else make_stimuli(30, 3)
    test = task.test.sample(9) if known else make_stimuli(9, 5)
    schedule = Schedule(Learning(train, epochs=4, test=test))
    whole = live(device, schedule=schedule, store=tmp_path / "whole.nc")

    def stop(done, total, phase):
        if done >= total // 2:
            raise KeyboardInterrupt

    stopped = tmp_path / "stopped.nc"
    with pytest.raises(KeyboardInterrupt):
        live(device, schedule=schedule, store=stopped, progress=stop)
    stored = sorted(path.name for path in (tmp_path / "stopped.nc.parts").glob("stimuli-*"))
    assert len(stored) == (0 if known else 2)
    same(resume(stopped, progress=False), whole)
    same(open_trajectory(stopped), whole)


def test_resuming_refuses_other_targets(tmp_path, hasty):
    def stop(done, total, phase):
        raise KeyboardInterrupt

    store = tmp_path / "life.nc"
    with pytest.raises(KeyboardInterrupt):
        live(schedule=Schedule(Learning(make_stimuli(), epochs=9)), store=store, progress=stop)
    one = make_stimuli()
    other = Stimuli.from_arrays(
        one.images.values, targets=one.targets.values + 1, scale=0.2, shift=-0.1
    )
    with pytest.raises(ValueError, match=r"schedule\.phases\[0\]\.stimuli\.sha256"):
        live(schedule=Schedule(Learning(other, epochs=9)), store=store, resume=True)


def test_refusals():
    def refuse(match, targets, readout="linear", **options):
        stimuli = Stimuli.from_arrays(np.zeros((9, SIZES[0])), targets=targets)
        with pytest.raises(ValueError, match=match):
            live(readout=readout, schedule=Schedule(Test(stimuli)), **options)

    refuse("expected 3 targets, one for each neuron .* got 4; make the", np.zeros((9, 4)))
    refuse(r"at most 3.4e\+38 \(float32\), got 1e\+39", np.full((9, 3), 1e39), dtype="float32")
    for targets in (np.full((9, 3), 0.5), np.tile([1.5, -0.5, 0], (9, 1))):
        refuse("not negative and sum to 1.* at sample 0; use readout='linear'", targets, "softmax")
    with pytest.raises(TypeError, match=r"Learning.stimuli: .* got TeacherSet; a data set has \.t"):
        Learning(linear_teacher(examples=5), epochs=1)


def test_images_with_labels_keep_their_description():
    described = describe(load_images("mnist-5k").test)
    assert (described["classes"], described["size"]) == (10, 1000)
    # As stored lives have it: it must not change.
    assert described["sha256"].startswith("cdeccc5394952422")
