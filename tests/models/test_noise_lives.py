"""Lives on noise with structure: the same on all devices, in all segments, and after a stop."""

import json

import numpy as np
import pytest

from ontogeny.data import (
    binary_noise,
    correlated_noise,
    gaussian_noise,
    ornstein_uhlenbeck_noise,
    retinal_waves,
    sparse_noise,
)
from ontogeny.engine import DEVICES
from ontogeny.models import (
    Learning,
    LossBelow,
    Record,
    Schedule,
    Spontaneous,
    layered,
    resume,
    simulate,
)

NOISES = {
    "space": correlated_noise(shape=(3, 4)),
    "time": ornstein_uhlenbeck_noise(0.2, time_constant=10),
    "both": correlated_noise(length=1, shape=(3, 4), time_constant=3),
    "binary": binary_noise(0.3, -1, 1),
    "sparse": sparse_noise(0.3),
    "waves": retinal_waves(shape=(3, 4), initiation=0.02, refractory=(3, 9), episode=17),
}
kinds = pytest.mark.parametrize("noise", NOISES.values(), ids=NOISES)
COMPILED = ["cpp", pytest.param("cuda", marks=pytest.mark.cuda)]


def live(tiny, noise, path=None, *, presentations=250, phases=(), **options):
    """The last step of each phase is not full; a phase of learning and one of noise follow."""
    schedule = Schedule(
        Spontaneous(noise, presentations=presentations + 3, test=tiny.make_stimuli(9, 5)),
        Learning(tiny.make_stimuli(20, 1), epochs=1),
        Spontaneous(noise, presentations=43),
        *phases,
    )
    defaults = {"trials": 8, "seed": 4, "dtype": "float64", "progress": False}
    record = Record(checkpoints=3, activity=True)
    return simulate(tiny.NETWORK, schedule, record=record, store=path, **{**defaults, **options})


@kinds
@pytest.mark.compiler
@pytest.mark.parametrize("device", COMPILED)
def test_devices_agree(tiny, noise, device):
    if DEVICES[device].problem():
        pytest.skip(DEVICES[device].problem())
    expected, found = (live(tiny, noise, device=name) for name in ("numpy", device))
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


@kinds
def test_inputs_are_the_frames_of_the_noise(tiny, noise):
    found = live(tiny, noise)["activity"]
    place = {"seed": 4, "trials": 8, "units": 12, "first": 0}
    early = noise.frames(stream=0, steps=32, **place).reshape(-1, 12)[:253]
    late = noise.frames(stream=2, steps=6, **place).reshape(-1, 12)[:43]
    shown = found["input_rate"].values
    assert np.array_equal(shown[:253], early) and np.array_equal(shown[-43:], late)
    assert not np.array_equal(late, early[:43])


@kinds
def test_labels_are_those_of_white_noise(tiny, noise):
    one, other = (live(tiny, each)["activity"] for each in (noise, gaussian_noise()))
    assert np.array_equal(one["target"], other["target"])


@kinds
def test_segments_change_nothing(tiny, noise, monkeypatch):
    whole = live(tiny, noise)
    monkeypatch.setattr(tiny.plan, "_BYTES_PER_SEGMENT", 5 * 8 * 12 * 8)
    cut = live(tiny, noise)
    for group in ("weights", "activity"):
        for name, values in whole[group].data_vars.items():
            assert np.array_equal(cut[group][name], values), name
    # Sums of losses are taken segment by segment, of white noise too.
    np.testing.assert_allclose(cut["progress"]["loss"], whole["progress"]["loss"], rtol=1e-12)


@kinds
def test_rates_of_a_segment_are_bounded(tiny, noise, monkeypatch):
    monkeypatch.setattr(tiny.plan, "_BYTES_PER_SEGMENT", 5 * 8 * 12 * 8)
    lengths = {}
    for kind in (noise, gaussian_noise()):
        schedule = Schedule(Spontaneous(kind, presentations=1000))
        parts = tiny.plan.plan(schedule, tiny.NETWORK, Record(checkpoints=2), 8)
        lengths[kind] = [part.presentations for part in parts]
    assert max(lengths[noise]) == 5 * 8
    assert max(lengths[gaussian_noise()]) > 900
    assert sum(lengths[noise]) == 1000


def test_rates_of_huge_steps_come_one_by_one(tiny):
    schedule = Schedule(Spontaneous(binary_noise(), presentations=10**6))
    parts = tiny.plan.plan(schedule, layered([10**5, 5, 4]), Record(checkpoints=1), 200)
    assert next(iter(parts)).presentations == 200


@pytest.mark.parametrize(
    ("kind", "device"),
    [
        *((kind, "numpy") for kind in NOISES),
        *(pytest.param(kind, "cpp", marks=pytest.mark.compiler) for kind in ("both", "waves")),
    ],
)
def test_a_stopped_life_goes_on_bit_for_bit(hasty, kind, device, tmp_path, same):
    noise = NOISES[kind]
    if DEVICES[device].problem():
        pytest.skip(DEVICES[device].problem())
    path = tmp_path / "life.nc"

    class Stop(Exception):
        pass

    def stop(done, total, phase):
        if done >= 100:
            raise Stop

    with pytest.raises(Stop):
        live(hasty, noise, path, device=device, progress=stop)
    assert not path.exists()
    # All that is known is the folder of parts: the noise is made again from its description.
    gone_on = resume(path, progress=False)
    same(gone_on, live(hasty, noise, device=device))
    described = json.loads(gone_on.attrs["schedule"])["phases"][0]["noise"]
    assert described.pop("type") == type(noise).__name__
    assert set(described) == set(noise.__dataclass_fields__)


def test_temporary_stimuli_do_not_pile_up(tiny, monkeypatch):
    feed = __import__("ontogeny.models.feed", fromlist=["Feed"])
    monkeypatch.setattr(tiny.plan, "_BYTES_PER_SEGMENT", 5 * 8 * 12 * 8)
    seen = []
    original = feed.Feed._frames

    def watched(self, *arguments):
        found = original(self, *arguments)
        seen.append(len(self.program.source.banks))
        return found

    monkeypatch.setattr(feed.Feed, "_frames", watched)
    live(tiny, binary_noise())
    assert len(seen) > 8 and max(seen) <= 3


@pytest.mark.compiler
def test_temporary_files_do_not_pile_up(tiny, monkeypatch):
    if DEVICES["cpp"].problem():
        pytest.skip(DEVICES["cpp"].problem())
    compiled = __import__("ontogeny.engine.compiled", fromlist=["CompiledProgram"])
    monkeypatch.setattr(tiny.plan, "_BYTES_PER_SEGMENT", 5 * 8 * 12 * 8)
    seen = []
    original = compiled.CompiledProgram.run

    def watched(self, *arguments):
        found = original(self, *arguments)
        seen.append(len(list(self.work.glob("bank_*"))))
        return found

    monkeypatch.setattr(compiled.CompiledProgram, "run", watched)
    live(tiny, binary_noise(), device="cpp")
    assert len(seen) > 8 and max(seen) <= 3


def test_noise_with_structure_may_end_early(tiny):
    until = LossBelow(100.0, window=40)
    schedule = Schedule(Spontaneous(NOISES["waves"], presentations=1000, until=until))
    life = simulate(tiny.NETWORK, schedule, trials=8, progress=False)
    assert life["progress"]["presentation"].values[-1] == 40


def test_the_sheet_must_be_that_of_the_inputs(tiny):
    for noise, match in (
        (correlated_noise(), r"^CorrelatedNoise\.shape: .*12 units, which is no square.*give sha"),
        (retinal_waves(shape=(4, 4)), r"^RetinalWaves\.shape: .*got 4 x 4 = 16; make the network"),
    ):
        with pytest.raises(ValueError, match=match):
            live(tiny, noise)


@pytest.mark.parametrize(
    ("noise", "match"),
    [
        (correlated_noise(std=1e39, shape=(3, 4)), r"^CorrelatedNoise\.std: .*float32 can hold"),
        (binary_noise(high=1e39), r"^BinaryNoise\.high: expected a number that float32 can hold"),
        (retinal_waves(shape=(3, 4), baseline=1e39), r"^RetinalWaves\.baseline: .*can hold"),
        (sparse_noise(mean=1e39), r"^SparseNoise\.mean: expected a number that float32 can hold"),
    ],
    ids=str,
)
def test_rates_must_fit_the_float_type(tiny, noise, match):
    with pytest.raises(ValueError, match=match):
        live(tiny, noise, dtype="float32")
