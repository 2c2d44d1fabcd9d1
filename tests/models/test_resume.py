"""A life that was stopped goes on as if nothing had happened, or says why it cannot."""

import json
import os
import re
import shutil
import signal
import threading
import tracemalloc
import warnings

import numpy as np
import pytest

from ontogeny.data import check_trajectory, gaussian_noise, open_trajectory
from ontogeny.data.parts import PartsFolder
from ontogeny.engine import DEVICES
from ontogeny.models import (
    DivergenceError,
    LifeInterrupted,
    LossBelow,
    Record,
    Schedule,
    Spontaneous,
    Test,
    layered,
    resume,
    simulate,
)
from ontogeny.plasticity import SGD

needs_compiler = pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler")
DEVICE_NAMES = ["numpy", pytest.param("cpp", marks=needs_compiler)]


class Dead(BaseException):
    """The process was killed: from now on nothing of it changes a file."""


def die():
    raise Dead


def die_at(tiny, path, number, **options):
    """Live until the given call that changes files; return the life if it ends before."""
    with pytest.MonkeyPatch.context() as patch:
        for name, function in tiny.at_call(number, die, str(path)).items():
            patch.setattr(os, name, function)
        try:
            return tiny.live(path, resume=True, **options)
        except Dead:
            return None


def stop_at(presentation, act):
    """Make a progress callback that acts once."""
    acted = []

    def tell(done, total, phase):
        if done >= presentation and not acted:
            acted.append(done)
            act()

    return tell


class Stop(Exception):
    """Something goes wrong between two segments."""


def fail():
    raise Stop


@pytest.fixture(scope="module")
def undisturbed(tiny):
    with pytest.MonkeyPatch.context() as patch:
        tiny.hasten(patch.setattr)
        return tiny.live()


@pytest.fixture(scope="module")
def stopped_once(tiny, tmp_path_factory):
    path = tmp_path_factory.mktemp("stopped") / "life.nc"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stop):
        tiny.hasten(patch.setattr)
        tiny.live(path, progress=stop_at(300, fail))
    return path


@pytest.fixture
def stopped(hasty, stopped_once, tmp_path):
    """The store of a life that was stopped in its noise phase."""
    path = tmp_path / "life.nc"
    shutil.copytree(parts(stopped_once), parts(path))
    return path


def parts(path):
    return path.with_name(f"{path.name}.parts")


def files(path, stem):
    return sorted(file for file in parts(path).iterdir() if file.name.startswith(stem))


# What is on the disk


def test_a_stored_life_is_the_one_in_memory(hasty, tmp_path, undisturbed, same):
    stored = hasty.live(tmp_path / "life.nc")
    same(stored, undisturbed)
    with open_trajectory(tmp_path / "life.nc") as again:
        same(again, undisturbed)
        encoding = again["weights/forward_2"].encoding
        assert encoding["zlib"] and encoding["chunksizes"] == (1, 6, 8)
    assert [file.name for file in tmp_path.iterdir()] == ["life.nc"]


def test_checkpoints_are_taken_by_time_and_change_nothing(tiny, tmp_path, monkeypatch, same):
    monkeypatch.setattr(tiny.plan, "_OPERATIONS_PER_SEGMENT", 1e5)
    written = []
    commit = tiny.store.Store.commit
    monkeypatch.setattr(
        tiny.store.Store,
        "commit",
        lambda self, run, **options: (written.append(run.total), commit(self, run, **options)),
    )
    monkeypatch.setattr(tiny.store, "INTERVAL", 1e9)
    rarely = tiny.live(tmp_path / "rarely.nc")
    assert len(written) == 1
    monkeypatch.setattr(tiny.store, "WAITING", 0)
    often = tiny.live(tmp_path / "often.nc")
    assert len(written) > 10
    same(rarely, often)


def test_two_checkpoints_are_kept_and_nothing_temporary(stopped):
    assert len(files(stopped, "checkpoint-")) == 2
    assert files(stopped, ".") == [] and files(stopped, "lock") == []
    assert not stopped.exists()


def test_nothing_is_left_of_a_life_without_a_checkpoint(tiny, tmp_path):
    with pytest.raises(Stop):
        tiny.live(tmp_path / "new" / "life.nc", progress=stop_at(0, fail))
    assert list(tmp_path.iterdir()) == []


def test_a_life_that_fails_says_how_to_go_on(hasty, tmp_path):
    path = tmp_path / "life.nc"
    with pytest.raises(Stop) as caught:
        hasty.live(path, progress=stop_at(300, fail))
    assert "kept up to presentation 3" in caught.value.__notes__[0]
    assert f"ontogeny resume {path}" in caught.value.__notes__[0]


# Death at every moment


@pytest.mark.parametrize("stride", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_death_at_every_write(hasty, tmp_path, same, stride):
    """Renames, flushes and removals of a life are, each in turn, its last."""
    undisturbed = hasty.live(length=0)
    number, ended = 1, False
    while not ended:
        path = tmp_path / f"{number}.nc"
        ended = die_at(hasty, path, number, length=0) is not None
        same(hasty.live(path, resume=True, length=0), undisturbed)
        assert [file.name for file in tmp_path.iterdir()] == [path.name], number
        path.unlink()
        number += stride
    assert number > 50


@pytest.mark.parametrize(
    "device", ["numpy", pytest.param("cpp", marks=[needs_compiler, pytest.mark.slow])]
)
def test_a_life_that_dies_again_and_again(hasty, tmp_path, same, device):
    path, deaths = tmp_path / "life.nc", 0
    generator = np.random.default_rng(0)
    while (life := die_at(hasty, path, int(generator.integers(30, 60)), device=device)) is None:
        deaths += 1
    assert deaths >= 3
    same(life, hasty.live(device=device))


# Going on


@pytest.mark.parametrize("device", DEVICE_NAMES)
def test_a_life_goes_on_in_the_middle(hasty, tmp_path, same, device):
    path, told = tmp_path / "life.nc", []
    with pytest.raises(Stop):
        hasty.live(path, device=device, progress=stop_at(640, fail))
    life = hasty.live(path, device=device, resume=True, progress=lambda done, *_: told.append(done))
    assert told[0] >= 600
    same(life, hasty.live(device=device))


def test_resume_begins_afresh_where_there_is_nothing(hasty, tmp_path, undisturbed, same):
    same(hasty.live(tmp_path / "life.nc", resume=True), undisturbed)


def test_a_complete_life_is_returned_at_once(hasty, tmp_path, monkeypatch, same):
    path = tmp_path / "life.nc"
    life = hasty.live(path)
    monkeypatch.setattr(
        "ontogeny.models.builder.build", lambda *a, **k: pytest.fail("work was begun")
    )
    parts(path).mkdir()  # as if the process had died before it could remove the folder
    same(hasty.live(path, resume=True), life, but=())
    same(hasty.live(path, resume=True), life, but=())
    assert not parts(path).exists()
    with pytest.raises(ValueError, match=r"got another one \(seed: 4 in the store, 5 given\)"):
        hasty.live(path, resume=True, seed=5)


def test_large_lives_are_read_when_needed(hasty, tmp_path, monkeypatch, undisturbed, same):
    monkeypatch.setattr("ontogeny.models.consolidation.IN_MEMORY", 0)
    path = tmp_path / "life.nc"
    life = hasty.live(path)
    assert not life["weights"].to_dataset().variables["forward_1"]._in_memory
    with open_trajectory(path) as again:
        same(again, undisturbed)
    same(life, undisturbed)
    life.close()


def test_given_weights_are_compared_and_kept(hasty, tmp_path, same):
    given = {"forward_1": np.full((8, 12), 0.1)}
    path = tmp_path / "life.nc"
    with pytest.raises(Stop):
        hasty.live(path, weights=given, progress=stop_at(300, fail))
    with pytest.raises(ValueError, match="given_weights: .* in the store, null given"):
        hasty.live(path, resume=True)
    other = {"forward_1": np.full((8, 12), 0.2)}
    with pytest.raises(ValueError, match=r"given_weights.forward_1.sha256: "):
        hasty.live(path, resume=True, weights=other)
    same(resume(path, progress=False), hasty.live(weights=given))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"seed": 5}, "seed: 4 in the store, 5 given"),
        ({"trials": 4}, "trials: 8 in the store, 4 given"),
        ({"dtype": "float64"}, 'dtype: "float32" in the store, "float64" given'),
        ({"device": "synapses", "trials": 1}, 'device: "numpy" in the store, "synapses" given'),
        ({"length": 2}, r"schedule.phases\[2\].epochs: 2 in the store, 4 given"),
        ({"record": Record()}, "record.checkpoints: 4 in the store, 12 given; record.activity"),
    ],
)
def test_another_life_is_refused_with_every_difference(hasty, stopped, options, words):
    before = {file.name: file.stat().st_mtime_ns for file in parts(stopped).iterdir()}
    with pytest.raises(ValueError, match=f"simulate.resume: expected the life .*{words}"):
        hasty.live(stopped, resume=True, **options)
    assert before == {file.name: file.stat().st_mtime_ns for file in parts(stopped).iterdir()}


def test_another_network_is_refused(hasty, stopped):
    network = layered([12, 8, 6, 4], optimiser=SGD(rate=0.5), transfer="tanh")
    with pytest.raises(ValueError) as caught:
        simulate(network, hasty.schedule(), trials=8, seed=4, store=stopped, resume=True)
    for words in (
        'network.optimiser.type: "Adam" in the store, "SGD" given',
        'network.populations[1].transfer: "relu" in the store, "tanh" given',
    ):
        assert words in str(caught.value)


def test_another_schema_or_format_is_refused(hasty, stopped):
    for change, words in (
        (lambda found: found["life"].update(schema_version=0), "schema_version: 0 in the store"),
        (lambda found: found.update(format=0), "expected parts of format 1 .* got 0"),
    ):
        described = parts(stopped) / "description.json"
        kept = described.read_text()
        found = json.loads(kept)
        change(found)
        described.write_text(json.dumps(found))
        with pytest.raises(ValueError, match=words):
            hasty.live(stopped, resume=True)
        described.write_text(kept)


def test_other_versions_go_on_with_a_warning_and_leave_a_trace(hasty, stopped, undisturbed, same):
    described = parts(stopped) / "description.json"
    found = json.loads(described.read_text())
    versions = json.loads(found["life"]["versions"])
    found["life"]["versions"] = json.dumps({**versions, "numpy": "0.0"})
    described.write_text(json.dumps(found))
    for progress in (stop_at(640, fail), False):
        with pytest.warns(UserWarning, match='other versions .numpy: "0.0" in the store'):
            try:
                life = hasty.live(stopped, resume=True, progress=progress)
            except Stop:
                continue
    assert json.loads(life.attrs["versions"])["numpy"] == "0.0"
    assert json.loads(life.attrs["resumed_with_versions"]) == [versions]
    same(life, undisturbed, but=("created", "versions", "resumed_with_versions"))


def test_resume_needs_a_store(hasty):
    with pytest.raises(ValueError, match="simulate.resume: expected a store to go on with"):
        hasty.live(resume=True)
    with pytest.raises(TypeError, match="simulate.resume: expected True or False, got 1"):
        hasty.live(resume=1)


def test_an_unfinished_life_is_not_overwritten(hasty, stopped):
    with pytest.raises(FileExistsError, match="unfinished life is in .*resume=True.*or remove"):
        hasty.live(stopped)
    assert files(stopped, "checkpoint-")


def test_a_folder_of_somebody_else_is_left_alone(hasty, tmp_path):
    path = tmp_path / "life.nc"
    parts(path).mkdir()
    (parts(path) / "thesis.txt").write_text("mine")
    for again in (False, True):
        with pytest.raises(FileExistsError, match="got other files, such as 'thesis.txt'"):
            hasty.live(path, resume=again)
    assert [file.name for file in parts(path).iterdir()] == ["thesis.txt"]


def test_two_processes_do_not_write_one_life(hasty, stopped, undisturbed, same):
    with PartsFolder(parts(stopped)).claimed():
        with pytest.raises(BlockingIOError, match="which another process is writing"):
            hasty.live(stopped, resume=True)
    same(hasty.live(stopped, resume=True), undisturbed)


# Damage


@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 no zip", None], ids=str)
def test_a_damaged_checkpoint_falls_back_on_the_one_before(
    hasty, stopped, undisturbed, same, content
):
    newest = files(stopped, "checkpoint-")[-1]
    newest.write_bytes(newest.read_bytes()[:-40] if content is None else content)
    with pytest.warns(UserWarning, match="damaged.* The checkpoint before it is taken"):
        life = hasty.live(stopped, resume=True)
    same(life, undisturbed)


def test_a_changed_bit_is_found(hasty, stopped, undisturbed, same):
    newest = files(stopped, "checkpoint-")[-1]
    content = bytearray(newest.read_bytes())
    content[400] ^= 1
    newest.write_bytes(content)
    with pytest.warns(UserWarning, match="damaged"):
        same(hasty.live(stopped, resume=True), undisturbed)


def test_without_a_whole_checkpoint_nothing_is_done(hasty, stopped):
    for file in files(stopped, "checkpoint-"):
        file.write_bytes(b"garbage")
    with pytest.raises(ValueError, match="damaged or missing .*remove the folder to begin afresh"):
        hasty.live(stopped, resume=True)


def test_damaged_or_missing_parts_are_named(hasty, stopped):
    part = files(stopped, "part-")[0]
    content = part.read_bytes()
    part.unlink()
    with pytest.raises(ValueError, match="expected .* parts in .*got none called 'part-00000001"):
        hasty.live(stopped, resume=True)
    part.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="expected a whole file at .*part-00000001.npz"):
        hasty.live(stopped, resume=True)
    part.write_bytes(content)
    check_trajectory(hasty.live(stopped, resume=True))


def test_a_damaged_description_is_named(hasty, stopped):
    (parts(stopped) / "description.json").write_text("{")
    with pytest.raises(ValueError, match="expected a whole file at .*description.json"):
        hasty.live(stopped, resume=True)


# Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_finishes_the_segment_and_says_how_to_go_on(
    hasty, tmp_path, undisturbed, same, number
):
    path = tmp_path / "life.nc"
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    noted = []

    def interrupt():
        signal.raise_signal(number)
        noted.append(number)

    with pytest.raises(KeyboardInterrupt) as caught:
        hasty.live(path, progress=stop_at(300, interrupt))
    assert noted == [number]
    assert handlers == [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    assert isinstance(caught.value, LifeInterrupted) and caught.value.number == number
    message = str(caught.value)
    assert "kept up to presentation 384 of 1,120; go on" in message
    assert f"simulate(..., store={str(path)!r}, resume=True)" in message
    assert f"ontogeny resume {path}" in message
    same(hasty.live(path, resume=True), undisturbed)


def test_an_interrupt_at_the_very_end_is_not_lost(hasty, tmp_path, undisturbed, same):
    path = tmp_path / "life.nc"
    with pytest.raises(LifeInterrupted, match="kept up to presentation 720"):
        hasty.live(path, progress=stop_at(720, lambda: signal.raise_signal(signal.SIGINT)))
    same(hasty.live(path, resume=True), undisturbed)


def test_a_second_interrupt_does_not_wait(tiny, tmp_path, monkeypatch):
    tiny.hasten(monkeypatch.setattr)
    path = tmp_path / "life.nc"

    def twice():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the second interrupt was noted only")

    with pytest.raises(LifeInterrupted, match="kept up to presentation"):
        tiny.live(path, progress=stop_at(300, twice))
    assert files(path, "checkpoint-")


def test_an_interrupt_without_a_store_is_the_usual_one(hasty):
    with pytest.raises(KeyboardInterrupt) as caught:
        hasty.live(progress=stop_at(300, lambda: signal.raise_signal(signal.SIGINT)))
    assert not isinstance(caught.value, LifeInterrupted)


def test_handlers_of_the_user_stay(hasty, tmp_path):
    seen = []
    previous = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        hasty.live(
            tmp_path / "life.nc",
            progress=stop_at(300, lambda: signal.raise_signal(signal.SIGINT)),
        )
    finally:
        signal.signal(signal.SIGINT, previous)
    assert seen == [signal.SIGINT]


def test_lives_are_stored_in_other_threads(hasty, tmp_path, undisturbed, same):
    found = []
    thread = threading.Thread(target=lambda: found.append(hasty.live(tmp_path / "life.nc")))
    thread.start()
    thread.join()
    same(found[0], undisturbed)


# Divergence


def test_a_life_that_diverges_is_stored_and_diverges_again(hasty, tmp_path, same):
    network = layered([12, 8, 4], optimiser=SGD(rate=30.0), readout="linear")
    schedule = Schedule(Spontaneous(gaussian_noise(), presentations=8 * 2000))
    options = {"trials": 8, "progress": False, "record": Record(checkpoints=40)}
    path = tmp_path / "life.nc"
    with pytest.raises(DivergenceError) as memory:
        simulate(network, schedule, **options)
    with pytest.raises(DivergenceError, match="it is stored in") as stored:
        simulate(network, schedule, store=path, **options)
    same(stored.value.life, memory.value.life)
    assert not getattr(stored.value, "__notes__", [])
    assert [file.name for file in tmp_path.iterdir()] == ["life.nc"]
    with pytest.raises(DivergenceError, match="which has diverged") as again:
        simulate(network, schedule, store=path, resume=True, **options)
    same(again.value.life, memory.value.life)


# Memory


def test_memory_does_not_grow_with_the_length_of_a_life(hasty, tmp_path, monkeypatch):
    """Ten times the record in nearly the same memory: only counts of presentations grow."""
    network = layered([400, 8, 4])
    peaks = []
    monkeypatch.setattr("ontogeny.models.consolidation.IN_MEMORY", 0)
    for presentations in (3_000, 3_000, 20_000):
        noise = Spontaneous(gaussian_noise(), presentations=presentations)
        tracemalloc.start()
        life = simulate(
            network,
            Schedule(noise),
            record=Record(activity=True, checkpoints=3),
            store=tmp_path / f"{len(peaks)}.nc",
            progress=False,
        )
        life.close()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    _, short, long = peaks
    stored = 20_000 * 404 * 4
    assert long - short < stored / 10


# A criterion


@pytest.mark.parametrize("device", DEVICE_NAMES)
def test_noise_stops_when_its_loss_is_low(tiny, device):
    life = tiny.live(device=device, record=Record(checkpoints=4))
    spontaneous = life["progress"].to_dataset()
    spontaneous = spontaneous.isel(checkpoint=spontaneous["phase_index"].values == 0)
    assert int(spontaneous["presentation"][-1]) == 600
    assert life["tests"]["presentation"].values.tolist()[-5:] == [600, 600, 600, 660, 720]
    assert int(life["progress"]["presentation"][-1]) == 720
    phase = json.loads(life.attrs["schedule"])["phases"][0]
    assert phase["presentations"] == 1000
    assert phase["until"] == {"type": "LossBelow", "value": 1.47, "window": 200}


def window_losses(presentations, window, **options):
    """Return the mean losses of windows of noise, from a life that never stops."""
    points = list(range(window, presentations + 1, window))
    life = simulate(
        layered([12, 8, 4]),
        Schedule(Spontaneous(gaussian_noise(), presentations=presentations)),
        record=Record(checkpoints=points),
        progress=False,
        **options,
    )
    return life["progress"]["loss"].values[1:]


@pytest.mark.parametrize("trials", [8, 7])
def test_the_criterion_is_the_mean_loss_of_a_window(trials):
    window = -(-100 // trials) * trials
    losses = window_losses(10 * window, window, trials=trials)
    value = float(np.sort(losses)[2])
    first = int(np.flatnonzero(losses < value)[0])
    noise = Spontaneous(
        gaussian_noise(), presentations=10 * window, until=LossBelow(value, window=100)
    )
    totals = []
    life = simulate(
        layered([12, 8, 4]),
        Schedule(noise, noise),
        trials=trials,
        record=Record(checkpoints=1),
        progress=lambda done, total, phase: totals.append(total),
    )
    assert int(life["progress"]["presentation"][1]) == (first + 1) * window
    assert totals[0] == 20 * window and totals[-1] < totals[0]


def test_a_criterion_that_is_never_fulfilled_changes_nothing(same):
    lives = [
        simulate(
            layered([12, 8, 4]),
            Schedule(Spontaneous(gaussian_noise(), presentations=500, until=until)),
            trials=8,
            progress=False,
        )
        for until in (None, LossBelow(1e-9, window=64))
    ]
    for name, values in lives[0]["weights"].data_vars.items():
        np.testing.assert_array_equal(values, lives[1]["weights"][name])


def test_given_checkpoints_follow_what_happened(tiny):
    life = tiny.live(record=Record(checkpoints=(80, 640, 900, 1100)))
    assert life["progress"]["presentation"].values.tolist() == [0, 80, 600, 640, 720]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("low",), ValueError, "LossBelow.value: expected a positive, finite number, got 'low'"),
        ((float("nan"),), ValueError, "LossBelow.value: expected a positive, finite number"),
        ((0,), ValueError, "LossBelow.value: expected a positive, finite number, got 0"),
        ((True,), ValueError, "LossBelow.value: expected a positive, finite number"),
    ],
)
def test_criteria_are_checked(arguments, error, words):
    with pytest.raises(error, match=words):
        LossBelow(*arguments)
    with pytest.raises(ValueError, match="LossBelow.window: expected a positive integer, got 0"):
        LossBelow(1.0, window=0)
    with pytest.raises(TypeError, match="Spontaneous.until: expected a criterion such as"):
        Spontaneous(gaussian_noise(), presentations=10, until=2.35)


# From the store alone


def test_resume_needs_nothing_but_the_store(hasty, stopped, undisturbed, same):
    told = []
    for path in (parts(stopped), stopped):
        life = resume(path, progress=lambda *what: told.append(what))
        same(life, undisturbed)
    assert told[-1] == (720, 720, "learning")


def test_resume_says_where_there_is_nothing(tmp_path):
    with pytest.raises(FileNotFoundError, match="resume.store: expected the store of an interrup"):
        resume(tmp_path / "life.nc")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda rule: rule.update(type="Magic"),
            "expected classes that come with ontogeny, got 'M",
        ),
        (lambda rule: rule.update(type="Path"), "expected classes that come with ontogeny, got 'P"),
        (lambda rule: rule.update(equations="g = 0"), "network.rule.equations: .g = 0. in the st"),
    ],
)
def test_nothing_unknown_is_made(stopped, change, words):
    described = parts(stopped) / "description.json"
    found = json.loads(described.read_text())
    network = json.loads(found["life"]["network"])
    change(network["rule"])
    found["life"]["network"] = json.dumps(network)
    described.write_text(json.dumps(found))
    with pytest.raises(ValueError, match=words):
        resume(stopped)


def test_stimuli_of_a_data_set_are_loaded_again(hasty, tmp_path, same):
    from ontogeny.data import load_images

    images = load_images("mnist-5k", "standard")
    schedule = Schedule(
        Spontaneous(gaussian_noise(), presentations=400),
        Test(images.test.sample(50, seed=1).sample(20, seed=2)),
    )
    network = layered([784, 10])
    path = tmp_path / "life.nc"
    with pytest.raises(Stop):
        simulate(network, schedule, store=path, progress=stop_at(200, fail))
    assert files(path, "stimuli-") == []
    kept = tmp_path / "kept"
    shutil.copytree(parts(path), kept)
    same(resume(path, progress=False), simulate(network, schedule, progress=False))
    path.unlink()
    kept.rename(parts(path))
    described = parts(path) / "description.json"
    text = described.read_text()
    other = re.sub(r'(20, \\+"seed\\+": )2', r"\g<1>3", text)
    assert other != text
    described.write_text(other)
    with pytest.raises(ValueError, match=r"schedule.phases\[1\].stimuli.name"):
        resume(path)


def test_there_are_no_warnings_without_a_reason(hasty, stopped):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*simulate")
        hasty.live(stopped, resume=True)
