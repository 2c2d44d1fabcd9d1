"""Lives on recorded spikes: the same on all devices, in all segments, and after a stop."""

import json

import numpy as np
import pytest

from ontogeny.data.recorded_waves import recorded_waves
from ontogeny.engine import DEVICES
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, resume, simulate
from ontogeny.studies.packing import Packer, unpacked
from ontogeny.studies.recipe import Recipe

CONTROLS = (None, "times", "shifted", "places", "independent")
COMPILED = [
    pytest.param("cpp", marks=pytest.mark.compiler),
    pytest.param("cuda", marks=pytest.mark.cuda),
]


@pytest.fixture(scope="module")
def recording(recordings):
    return recordings.travelling()


@pytest.fixture(scope="module")
def waves(recording):
    return recorded_waves(recording, shape=(3, 4))


def live(tiny, noise, path=None, **options):
    schedule = Schedule(
        Spontaneous(noise, presentations=253, test=tiny.make_stimuli(9, 5)),
        Learning(tiny.make_stimuli(20, 1), epochs=1),
        Spontaneous(noise, presentations=43),
    )
    defaults = {"trials": 8, "seed": 4, "dtype": "float64", "progress": False}
    record = Record(checkpoints=3, activity=True)
    return simulate(tiny.NETWORK, schedule, record=record, store=path, **{**defaults, **options})


def skip_without(device):
    if DEVICES[device].problem():
        pytest.skip(DEVICES[device].problem())


def assert_agree(expected, found):
    for name in ("input_rate", "target"):
        one, other = (life["activity"][name].values for life in (expected, found))
        assert np.array_equal(one, other), name
    for group in ("weights", "progress", "tests"):
        for name, values in expected[group].data_vars.items():
            if values.dtype.kind == "f":
                np.testing.assert_allclose(
                    found[group][name], values, rtol=0, atol=1e-10, err_msg=name
                )
    moved = found["weights"]["forward_1"]
    assert float(abs(moved[-1] - moved[0]).max()) > 1e-3


@pytest.mark.parametrize("device", COMPILED)
@pytest.mark.parametrize("control", CONTROLS, ids=str)
def test_devices_agree(tiny, recording, control, device):
    skip_without(device)
    noise = recorded_waves(recording, shape=(3, 4), control=control)
    assert_agree(*(live(tiny, noise, device=name) for name in ("numpy", device)))


def test_inputs_are_the_frames(tiny, waves):
    found = live(tiny, waves)["activity"]["input_rate"].values
    place = {"seed": 4, "trials": 8, "units": 12, "first": 0}
    early = waves.frames(stream=0, steps=32, **place).reshape(-1, 12)[:253]
    late = waves.frames(stream=2, steps=6, **place).reshape(-1, 12)[:43]
    assert np.array_equal(found[:253], early) and np.array_equal(found[-43:], late)


def test_segments_change_nothing(tiny, waves, monkeypatch):
    whole = live(tiny, waves)
    monkeypatch.setattr(tiny.plan, "_BYTES_PER_SEGMENT", 5 * 8 * 12 * 8)
    cut = live(tiny, waves)
    for group in ("weights", "activity"):
        for name, values in whole[group].data_vars.items():
            assert np.array_equal(cut[group][name], values), name


def stop(done, total, phase):
    if done >= 100:
        raise InterruptedError


@pytest.mark.parametrize("device", ["numpy", *COMPILED])
def test_a_stopped_life_goes_on_bit_for_bit(hasty, waves, device, tmp_path, same):
    skip_without(device)
    path = tmp_path / "life.nc"
    with pytest.raises(InterruptedError):
        live(hasty, waves, path, device=device, progress=stop)
    assert not path.exists()
    # All that is known is the folder of parts, and the spikes in it.
    gone_on = resume(path, progress=False)
    same(gone_on, live(hasty, waves, device=device))
    described = json.loads(gone_on.attrs["schedule"])["phases"][0]["noise"]
    assert described["type"] == "RecordedWaves" and described["bin_width"] == 0.1
    spikes = waves.recording
    assert described["recording"] == {
        "type": "RecordedSpikes",
        "name": "travelling",
        "source": "travelling.h5",
        "start": 0.0,
        "stop": 60.0,
        "sha256": spikes.sha256,
        "units": 6,
        "spikes": len(spikes.times),
    }
    assert len(gone_on.attrs["schedule"]) < 4000


def test_another_recording_is_refused(hasty, waves, recordings, tmp_path):
    path = tmp_path / "life.nc"
    with pytest.raises(InterruptedError):
        live(hasty, waves, path, progress=stop)
    other = recorded_waves(recordings.travelling(seed=1), shape=(3, 4))
    with pytest.raises(ValueError, match=r"noise\.recording\.sha256: .* in the store, .* given"):
        live(hasty, other, path, resume=True)
    kept = next((tmp_path / "life.nc.parts").glob("recording-*.npz"))
    np.savez(kept, **{**waves.recording.arrays(), "times": waves.recording.times / 2})
    with pytest.raises(ValueError, match=r"resume\.store: .*noise\.recording\.sha256"):
        resume(path, progress=False)


def test_a_recording_of_another_name_is_the_same(hasty, recording, waves, tmp_path, same):
    """The spikes decide, and not what the file is called that they are read from now."""
    path = tmp_path / "life.nc"
    with pytest.raises(InterruptedError):
        live(hasty, waves, path, progress=stop)
    moved = recorded_waves(recording.assign_attrs(source="b.h5"), shape=(3, 4), name="mine")
    found = live(hasty, moved, path, resume=True)
    same(found, live(hasty, waves))


def test_recipes_are_told_apart_by_the_recording(recordings, recording):
    def recipe(noise):
        schedule = Schedule(Spontaneous(noise, presentations=8))
        return Recipe(label="life", network=layered([12, 5, 4]), schedule=schedule)

    noises = [
        recorded_waves(recordings.travelling()),
        recorded_waves(recording),
        recorded_waves(recordings.travelling(seed=1)),
        recorded_waves(recording, control="shifted"),
        recorded_waves(recording, control="shifted", control_seed=1),
    ]
    one, again, *others = (recipe(noise).digest for noise in noises)
    assert one == again and len({one, *others}) == 4
    # What workers get is the same life.
    sent = unpacked(Packer().pack(recipe(noises[1])))
    assert sent.digest == one and sent.schedule.phases[0].noise == noises[1]


def test_rates_must_fit_the_float_type(tiny, recording):
    noise = recorded_waves(recording, shape=(3, 4), scale=1e-39)
    with pytest.raises(ValueError, match=r"^RecordedWaves\.scale: expected a number that float32"):
        live(tiny, noise, dtype="float32")
    with pytest.raises(ValueError, match=r"^RecordedWaves\.shape: .*got 4 x 4 = 16; make the netw"):
        live(tiny, recorded_waves(recording, shape=(4, 4)))


@pytest.mark.parametrize("device", ["numpy", *COMPILED])
def test_a_life_that_began_with_the_waves_of_a_real_retina(
    hasty, recordings, device, tmp_path, same
):
    """Mouse, nine days old: stopped and resumed it is the life that nothing has stopped."""
    skip_without(device)
    noise = recorded_waves(recordings.real("Demas2003_P9_CTRL_MY1_1A"), shape=(3, 4))
    path = tmp_path / "life.nc"
    with pytest.raises(InterruptedError):
        live(hasty, noise, path, device=device, progress=stop)
    undisturbed = live(hasty, noise, device=device)
    same(resume(path, progress=False), undisturbed)
    assert_agree(live(hasty, noise), undisturbed)
