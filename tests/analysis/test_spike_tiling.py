import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.analysis.spikes import spike_time_tiling
from ontogeny.data.recordings import recording_of


@pytest.fixture(scope="module")
def plain(reference):
    return reference.spikes


spike_times = st.lists(st.integers(0, 4000), min_size=1, max_size=30).map(
    lambda times: np.sort(np.array(times)) / 1000
)


def of_two(a, b, start=0.0, stop=4.0, **options):
    return spike_time_tiling(recording_of([a, b], start=start, stop=stop), **options)[
        "spike_time_tiling"
    ].item()


def test_by_hand():
    # A: tiles 0.2 of 1 s, half of it near B; B: tiles 0.1, all of it near A.
    found = of_two([0.2, 0.7], [0.21], stop=1.0)
    half_a, half_b = (0.5 - 0.1) / (1 - 0.5 * 0.1), (1 - 0.2) / (1 - 0.2)
    assert found == pytest.approx((half_a + half_b) / 2)


def test_tiles_overlap_and_end_with_the_recording():
    # Tiles of A: 0 to 0.07 and 0.45 to 0.57; of B: 0.95 to 1.
    found = of_two([0.02, 0.5, 0.52], [1.0], stop=1.0)
    assert found == pytest.approx(((0 - 0.05) / 1 + (0 - 0.19) / 1) / 2)


def test_one_for_equal_trains_and_for_tiles_everywhere():
    assert of_two([0.5, 2.0], [0.5, 2.0]) == pytest.approx(1)
    assert of_two([0.5], [0.5], stop=1.0, window=1.0) == 1


def test_no_spikes_no_coefficient():
    found = spike_time_tiling(recording_of([[0.5], [], [0.7]], start=0, stop=1))
    assert np.isnan(found["spike_time_tiling"].values).tolist() == [True, False, True]


@given(a=spike_times, b=spike_times, window=st.integers(1, 300).map(lambda ms: ms / 1000))
@settings(max_examples=80, deadline=None)
def test_bounded_symmetric_invariant_and_equal_to_plain_loops(plain, a, b, window):
    found = of_two(a, b, window=window)
    assert -1 <= found <= 1
    assert of_two(b, a, window=window) == pytest.approx(found, abs=1e-12)
    later = of_two(a + 512, b + 512, 512.0, 516.0, window=window)
    assert later == pytest.approx(found, abs=1e-9)
    assert found == pytest.approx(plain.tiling(a, b, window, 0.0, 4.0), abs=1e-9)


def test_independent_trains_have_0_and_rates_do_not_matter():
    random = np.random.default_rng(0)
    duration = 2000.0
    shared = random.uniform(0, duration, 2000)

    def coefficient(rate, copied):
        trains = []
        for _ in range(2):
            own = random.uniform(0, duration, random.poisson(rate * duration * (1 - copied)))
            kept = shared[: int(rate * duration * copied)]
            trains.append(np.sort(np.concatenate([own, kept])))
        return of_two(*trains, stop=duration, window=0.005)

    assert coefficient(1.0, 0.0) == pytest.approx(0, abs=0.02)
    assert coefficient(0.2, 0.5) == pytest.approx(coefficient(1.0, 0.5), abs=0.05)


def test_same_as_elephant_on_short_recordings():
    correlation = pytest.importorskip("elephant.spike_train_correlation")
    neo, quantities = pytest.importorskip("neo"), pytest.importorskip("quantities")
    random = np.random.default_rng(1)
    # Times on a grid of 1 ms, and a window between them: no tolerance can matter.
    trains = [np.sort(random.choice(5000, 80, replace=False)) / 1000 for _ in range(4)]
    found = spike_time_tiling(recording_of(trains, start=0, stop=5), window=0.0505)
    theirs = [neo.SpikeTrain(train, units="s", t_start=0, t_stop=5) for train in trains]
    expected = [
        correlation.spike_time_tiling_coefficient(theirs[i], theirs[j], 0.0505 * quantities.s)
        for i in range(4)
        for j in range(i + 1, 4)
    ]
    assert found["spike_time_tiling"].values == pytest.approx(expected, abs=1e-12)


def test_refusals():
    with pytest.raises(ValueError, match="spike_time_tiling.window: expected seconds above 0"):
        of_two([0.1], [0.2], window=-1.0)
