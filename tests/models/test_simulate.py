"""A whole life: what is stored, what is refused, what happens when it goes wrong."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
import xarray as xr

from ontogeny.analysis import effective_rank, learning_speed, weight_alignment
from ontogeny.data import Stimuli, check_trajectory, gaussian_noise, open_trajectory
from ontogeny.engine import DEVICES
from ontogeny.models import (
    DivergenceError,
    Learning,
    Record,
    Schedule,
    Spontaneous,
    Test,
    layered,
    simulate,
)
from ontogeny.plasticity import SGD, Adam, Backpropagation, FeedbackAlignment


def make_stimuli(count=60, units=12, classes=4, seed=1):
    """Classes with a mean image each, so that there is something to learn."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    centres = np.random.default_rng(99).integers(30, 220, (classes, units))
    pixels = np.clip(centres[labels] + generator.normal(0, 25, (count, units)), 0, 255)
    return Stimuli(
        images=xr.DataArray(
            pixels.astype(np.uint8).reshape(count, 1, units), dims=("sample", "row", "column")
        ),
        labels=xr.DataArray(labels, dims="sample"),
        classes=classes,
        name="blobs",
        scale=1 / 255,
    )


NETWORK = layered([12, 8, 6, 4], optimiser=Adam(rate=1e-2))
SCHEDULE = Schedule(
    Spontaneous(gaussian_noise(), presentations=100),
    Test(make_stimuli(20, seed=2)),
    Learning(make_stimuli(), epochs=3, test=make_stimuli(21, seed=3)),
)


def live(network=NETWORK, schedule=SCHEDULE, **options):
    return simulate(network, schedule, **{"trials": 8, "progress": False, **options})


@pytest.fixture(scope="module")
def life():
    return live(seed=4)


def test_a_life_is_complete_and_labelled(life):
    check_trajectory(life)
    assert life.attrs["status"] == "complete"
    assert life.attrs["seed"] == 4 and life.attrs["trials"] == 8
    assert set(life["weights"].data_vars) == {
        *(f"forward_{k}" for k in (1, 2, 3)),
        *(f"bias_{k}" for k in (1, 2, 3)),
        "feedback_2",
        "feedback_3",
    }
    assert life["weights"]["forward_2"].dims == ("checkpoint", "hidden_2", "hidden_1")
    assert life["weights"]["feedback_2"].dims == ("checkpoint", "hidden_1", "hidden_2")


def test_checkpoint_zero_is_the_state_before_the_first_step(life):
    birth = NETWORK.initial_weights(4)
    first = life["weights"].isel(checkpoint=0)
    for name, values in birth.items():
        np.testing.assert_array_equal(first[name], values.astype(np.float32))
    assert life["progress"]["presentation"].values[0] == 0
    assert np.isnan(life["progress"]["loss"].values[0])


def test_phases_end_with_a_checkpoint_and_tests_have_their_places(life):
    progress, tests = life["progress"], life["tests"]
    assert progress["presentation"].values[-1] == 100 + 180
    assert 100 in progress["presentation"].values
    assert tests["phase_index"].values.tolist() == [1, 2, 2, 2, 2]
    assert tests["epoch"].values.tolist() == [0, 0, 1, 2, 3]
    assert tests["presentation"].values.tolist() == [100, 100, 160, 220, 280]
    assert tests["size"].values.tolist() == [20, 21, 21, 21, 21]


@pytest.mark.parametrize("sizes", [[12, 4], [12, 8, 4], [12, 8, 6, 4]])
def test_networks_of_any_depth_learn(sizes):
    test = make_stimuli(21, seed=3)
    life = live(
        layered(sizes, optimiser=Adam(rate=1e-2), transfer="tanh"),
        Schedule(Learning(make_stimuli(), epochs=100, test=test)),
    )
    check_trajectory(life)
    assert life["tests"]["accuracy"].values[-1] > 0.9
    assert float(learning_speed(life)) > 0.5


def test_forward_weights_move_and_feedback_weights_do_not(life):
    weights = life["weights"]
    for name in ("forward_1", "forward_2", "forward_3", "bias_1"):
        assert float(abs(weights[name][-1] - weights[name][0]).max()) > 1e-3
    for name in ("feedback_2", "feedback_3"):
        assert float(abs(weights[name] - weights[name][0]).max()) == 0


def test_tests_do_not_change_the_network():
    tested = live(seed=4)
    plain = live(
        schedule=Schedule(
            Spontaneous(gaussian_noise(), presentations=100), Learning(make_stimuli(), epochs=3)
        ),
        seed=4,
    )
    for name in ("forward_1", "forward_3", "bias_2"):
        np.testing.assert_array_equal(
            tested["weights"][name].values[-1], plain["weights"][name].values[-1]
        )


def test_checkpoints_do_not_change_the_network():
    few, many = (live(record=Record(checkpoints=c), seed=4) for c in (1, [8, 24, 100, 130, 160]))
    assert many["progress"].sizes["checkpoint"] > few["progress"].sizes["checkpoint"]
    for name in ("forward_1", "forward_3", "bias_2"):
        np.testing.assert_array_equal(
            few["weights"][name].values[-1], many["weights"][name].values[-1]
        )


def test_one_seed_gives_one_life_and_another_seed_another():
    first, again, other = (live(seed=seed) for seed in (4, 4, 5))
    same = [
        bool((first["weights"][name] == again["weights"][name]).all())
        for name in first["weights"].data_vars
    ]
    assert all(same)
    assert not np.allclose(first["weights"]["forward_1"], other["weights"]["forward_1"])


def test_conditions_are_paired():
    """Rules share weights at birth, noise and, with or without a noise phase, order of stimuli."""
    record = Record(activity=True)
    networks = [layered([12, 8, 4], rule=rule()) for rule in (FeedbackAlignment, Backpropagation)]
    learning = Learning(make_stimuli(), epochs=2)
    lives = [live(network, Schedule(learning), record=record) for network in networks]
    lives.append(
        live(
            layered([12, 8, 4]),
            Schedule(Spontaneous(gaussian_noise(), presentations=40), learning),
            record=record,
        )
    )
    seen = [life["activity"]["input_rate"].values[-120:] for life in lives]
    for other in lives[1:]:
        for name in ("forward_1", "feedback_2"):
            np.testing.assert_array_equal(other["weights"][name][0], lives[0]["weights"][name][0])
    np.testing.assert_array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[0], seen[2])
    assert not np.array_equal(seen[0][:60], seen[0][60:])  # every epoch has its own order


def test_activity_is_what_was_presented():
    stimuli = make_stimuli()
    life = live(
        layered([12, 8, 4]), Schedule(Learning(stimuli, epochs=1)), record=Record(activity=True)
    )
    rates = life["activity"]["input_rate"].values
    expected = stimuli.rates()
    order = [int(np.abs(expected - rate).sum(1).argmin()) for rate in rates]
    assert sorted(order) == list(range(60))
    np.testing.assert_allclose(rates, expected[order], atol=1e-6)
    np.testing.assert_array_equal(
        life["activity"]["target"].values.argmax(1), stimuli.labels.values[order]
    )


def test_loss_and_accuracy_of_a_test_are_those_of_the_weights(reference):
    """Repeat the last test by hand from the stored weights."""
    test = make_stimuli(21, seed=3)
    life = live(dtype="float64")
    weights = life["weights"].isel(checkpoint=-1)
    oracle = reference.network.ReferenceNetwork(
        [weights[f"forward_{k}"].values for k in (1, 2, 3)],
        [weights[f"bias_{k}"].values for k in (1, 2, 3)],
        [None, weights["feedback_2"].values, weights["feedback_3"].values],
        "relu",
        "softmax",
        "feedback_alignment",
        None,
    )
    targets = np.eye(4)[test.labels.values]
    last = life["tests"].isel(test=-1)
    assert float(last["loss"]) == pytest.approx(oracle.loss(test.rates(), targets), rel=1e-12)
    readout = oracle.forward(test.rates())[-1]
    expected = reference.measures.accuracy(readout, test.labels.values)
    assert float(last["accuracy"]) == pytest.approx(expected, rel=1e-12)


def test_tied_outputs_share_the_credit():
    """A silent network answers at chance, not always right because all answers are the same."""
    network = layered([12, 4])
    silent = {"forward_1": np.zeros((4, 12))}
    life = live(network, Schedule(Test(make_stimuli(40))), weights=silent)
    assert float(life["tests"]["accuracy"][0]) == pytest.approx(0.25)
    assert float(life["tests"]["loss"][0]) == pytest.approx(np.log(4), rel=1e-6)


def test_given_weights_are_the_weights_at_birth():
    given = {"forward_1": np.full((8, 12), 0.1), "bias_3": np.arange(4.0)}
    first = live(weights=given)["weights"].isel(checkpoint=0)
    np.testing.assert_allclose(first["forward_1"], 0.1, rtol=1e-6)
    np.testing.assert_array_equal(first["bias_3"], np.arange(4.0))


def test_a_network_without_biases():
    life = live(layered([12, 8, 4], bias=False), SCHEDULE)
    check_trajectory(life)
    assert not [name for name in life["weights"].data_vars if str(name).startswith("bias")]


def test_tests_during_noise_happen_at_checkpoints():
    noise = gaussian_noise()
    phase = Spontaneous(
        noise, presentations=96, test=noise.stimuli(30, units=12, classes=4, seed=8)
    )
    life = live(schedule=Schedule(phase), record=Record(checkpoints=[48, 96]))
    assert life["tests"]["presentation"].values.tolist() == [0, 48, 96]


def test_store_opens_without_brian2(tmp_path):
    path = tmp_path / "new folder" / "life.nc"
    life = live(store=path)
    again = open_trajectory(path)
    xr.testing.assert_identical(life, again.load())
    again.close()
    script = f"""
        import sys
        sys.modules["brian2"] = None
        import xarray as xr
        import ontogeny.data, ontogeny.analysis
        life = xr.open_datatree({str(path)!r})
        ontogeny.data.check_trajectory(life)
        print(float(ontogeny.analysis.weight_alignment(life)[-1, -1]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) == pytest.approx(float(weight_alignment(life)[-1, -1]))
    assert [p.name for p in path.parent.iterdir()] == ["life.nc"]


def test_existing_store_is_refused_and_kept(tmp_path):
    path = tmp_path / "life.nc"
    path.write_text("precious")
    with pytest.raises(FileExistsError, match="simulate.store: expected a path where nothing is"):
        live(store=path)
    assert path.read_text() == "precious"


needs_compiler = pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler")
DEVICE_NAMES = ["numpy", pytest.param("cpp", marks=needs_compiler)]


@pytest.mark.parametrize("device", DEVICE_NAMES)
def test_divergence_stops_names_and_keeps_the_last_good_checkpoint(tmp_path, device):
    path = tmp_path / "life.nc"
    network = layered([12, 8, 4], optimiser=SGD(rate=1e12), readout="linear")
    schedule = Schedule(Spontaneous(gaussian_noise(), presentations=8 * 200))
    with pytest.raises(
        DivergenceError, match="NaN or infinity in weights or moments of forward_"
    ) as e:
        live(network, schedule, device=device, store=path)
    assert "lower the learning rate of SGD(rate=1000000000000.0" in str(e.value)
    kept = open_trajectory(path)
    assert kept.attrs["status"] == "diverged"
    assert kept["progress"].sizes["checkpoint"] >= 1
    for values in kept["weights"].data_vars.values():
        assert np.isfinite(values).all()
    kept.close()
    assert [p.name for p in tmp_path.iterdir()] == ["life.nc"]


def test_divergence_without_store_hands_over_the_life():
    network = layered([12, 8, 4], optimiser=SGD(rate=1e12), readout="linear")
    with pytest.raises(FloatingPointError) as caught:
        live(network, Schedule(Learning(make_stimuli(), epochs=5)))
    check_trajectory(caught.value.life)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"device": "gpu"}, ValueError, "expected one of numpy, cpp, cuda, synapses, got 'gpu'"),
        ({"device": "synapses"}, ValueError, "at most 1 on device 'synapses', got 8"),
        ({"trials": 61}, ValueError, "at most 60, the number of stimuli of phase 2"),
        ({"record": Record(budget=1000)}, MemoryError, "at most 1,000 bytes, got"),
        ({"weights": {"forward_1": np.full((8, 12), np.nan)}}, ValueError, "finite forward_1"),
        ({"weights": {"forward_9": np.zeros(1)}}, ValueError, "expected names among forward_1"),
        ({"weights": {"forward_1": np.zeros((12, 8))}}, ValueError, r"of shape \(8, 12\)"),
        ({"network": layered([13, 4])}, ValueError, "images of 13 pixels.*first size 12"),
        ({"network": layered([12, 5])}, ValueError, "expected 5 classes.*last size 4"),
    ],
)
def test_bad_input_is_refused_before_any_work(tmp_path, monkeypatch, options, error, message):
    monkeypatch.setattr(
        "ontogeny.models.builder.build", lambda *a, **k: pytest.fail("work was begun")
    )
    with pytest.raises(error, match=message):
        live(**{"store": tmp_path / "life.nc", **options})
    assert list(tmp_path.iterdir()) == []


def test_pixels_that_became_nan_are_refused():
    stimuli = gaussian_noise().stimuli(20, units=12, classes=4, seed=0)
    stimuli.images.values[3, 0, 5] = np.nan
    with pytest.raises(ValueError, match="Learning.stimuli: expected finite images"):
        live(schedule=Schedule(Learning(stimuli, epochs=1)))


def test_progress_is_told():
    told = []
    live(progress=lambda done, total, phase: told.append((done, total, phase)))
    assert told[-1] == (280, 280, "learning")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert {phase for _, _, phase in told} == {"spontaneous", "test", "learning"}


@needs_compiler
def test_nothing_temporary_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    live(layered([12, 8, 4]), Schedule(Learning(make_stimuli(), epochs=1)), device="cpp")
    # Brian2 keeps logs of its own until the process ends.
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("brian_")] == []


def test_effective_rank_is_within_its_bounds(life):
    ranks = effective_rank(life)
    assert ((ranks >= 1) & (ranks <= [8, 6, 4])).all()


@pytest.mark.slow
def test_published_sanity_values():
    """Table A.7: 5 networks, means within 5 % of the values of an independent implementation."""
    from ontogeny.studies.sanity import STATED, sanity

    device = "numpy" if DEVICES["cpp"].problem() else "cpp"
    found = sanity(networks=5, device=device)
    aligned = found.sel(rule="feedback alignment")
    for iteration, values in STATED.items():
        for name, stated in values.items():
            mean = float(aligned[name].sel(iteration=iteration).mean())
            assert mean == pytest.approx(stated, rel=0.05), (iteration, name)
    untrained = aligned["neuron_angle"].sel(iteration=0)
    # 500 neurons: the angle of random 10-d vectors has a standard deviation of 19.1 degrees.
    assert float(untrained.mean()) == pytest.approx(90, abs=3 * 19.1 / np.sqrt(500))
    control = found["neuron_angle"].sel(rule="backpropagation")
    change = control.sel(iteration=8000) - control.sel(iteration=0)
    assert float(abs(change).max()) < 1


INTERRUPTED = """
    import os, signal, sys, threading
    from pathlib import Path
    from ontogeny.data import gaussian_noise
    from ontogeny.models import Schedule, Spontaneous, layered, simulate

    sent = []

    def interrupt(done, total, phase):
        if done and not sent:
            sent.append(done)
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    network = layered([200, 100, 10])
    try:
        simulate(network, Schedule(Spontaneous(gaussian_noise(), presentations=10_000_000)),
                 device=sys.argv[1], store=sys.argv[2] or None, progress=interrupt)
    except KeyboardInterrupt as error:
        print(type(error).__name__, sorted(os.listdir(".")))
"""


@pytest.mark.parametrize("device", DEVICE_NAMES)
@pytest.mark.parametrize(
    ("store", "left"),
    [("", "KeyboardInterrupt []"), ("life.nc", "LifeInterrupted ['life.nc.parts']")],
)
def test_interrupt_stops_the_life_and_keeps_what_is_stored(tmp_path, device, store, left):
    """Brian2's own handler would end the segment early and let the life go on."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(INTERRUPTED), device, store],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.stdout.strip() == left, done.stderr


def test_a_segment_that_was_cut_short_is_refused(monkeypatch):
    from brian2 import Network

    original = Network.run

    def run(self, duration, *arguments, **keywords):
        return original(self, duration / 2, *arguments, **keywords)

    monkeypatch.setattr(Network, "run", run)
    with pytest.raises(RuntimeError, match="expected 13 steps, got .*it was stopped"):
        live(
            schedule=Schedule(Spontaneous(gaussian_noise(), presentations=100)),
            record=Record(checkpoints=1),
        )


def test_threads_wait_for_each_other():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda dtype: live(dtype=dtype), ["float64", "float32"]))
    for life, dtype in zip(found, ["float64", "float32"], strict=True):
        assert life["weights"]["forward_1"].dtype == dtype
        np.testing.assert_array_equal(
            life["weights"]["forward_1"], live(dtype=dtype)["weights"]["forward_1"]
        )


def test_test_that_overflows_is_a_divergence():
    huge = {"forward_1": np.full((4, 12), 1e38)}
    with pytest.raises(DivergenceError, match="NaN or infinity in the loss in a test after"):
        live(layered([12, 4]), Schedule(Test(make_stimuli(40))), weights=huge)


def test_a_life_goes_on_from_the_weights_of_another(life):
    """Weights may be labelled arrays, as a stored life has them."""
    last = life["weights"].isel(checkpoint=-1)
    given = {name: last[name] for name in last.data_vars}
    first = live(weights=given)["weights"].isel(checkpoint=0)
    for name, values in given.items():
        np.testing.assert_array_equal(first[name], values)


def test_given_weights_leave_their_hash():
    given = [{"forward_1": np.full((8, 12), value)} for value in (0.1, 0.2)]
    texts = [live(weights=weights).attrs["given_weights"] for weights in given]
    assert "sha256" in texts[0] and texts[0] != texts[1]
    assert "given_weights" not in live().attrs


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"weights": {"forward_1": np.full((8, 12), 1e39)}},
            ValueError,
            "finite forward_1, got .* in float32",
        ),
        ({"weights": {"forward_1": np.full((8, 12), 1j)}}, TypeError, "expected real forward_1"),
        ({"weights": [1]}, TypeError, "expected a mapping from names to arrays"),
        (
            {"network": layered([12, 4], optimiser=Adam(rate=1e-50))},
            ValueError,
            "Adam.rate: .*hold",
        ),
        ({"progress": 1}, TypeError, "expected True, False or a callable"),
        ({"device": ["numpy"]}, ValueError, "expected one of numpy"),
    ],
)
def test_more_bad_input_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        live(**options)


def test_numbers_beyond_reason_are_refused():
    with pytest.raises(ValueError, match="Spontaneous.presentations: expected at most"):
        Spontaneous(gaussian_noise(), presentations=10**30)
    with pytest.raises(ValueError, match="Record.checkpoints: expected at most 100000 a phase"):
        Record(checkpoints=10**12)
