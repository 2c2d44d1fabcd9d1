"""Times in decimal digits lie in the bins that decimal arithmetic says."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontogeny.data.recorded_bins import binned_spikes
from ontogeny.data.recorded_spikes import spikes_of
from ontogeny.data.recordings import recording_of, spike_counts
from ontogeny.data.recordings.bins import bins_of, whole_bins
from ontogeny.data.wave_measures import in_bursts


def recorded(times, stop):
    return recording_of([times], position=[[0, 0]], start=0, stop=stop)


@settings(max_examples=200, deadline=None)
@given(
    ticks=st.lists(st.integers(0, 10**8), min_size=1),
    start=st.integers(0, 10**6),
    width=st.sampled_from([1, 5, 25, 100, 1000, 3000]),
)
def test_times_in_milliseconds(ticks, start, width):
    """Whatever their binary digits are: as fractions of integers they have one bin."""
    found = bins_of(np.array(ticks) / 1000, start / 1000, width / 1000)
    assert found.tolist() == [math.floor(Fraction(tick - start, width)) for tick in ticks]
    stop = max(start, *ticks)
    assert whole_bins(start / 1000, stop / 1000, width / 1000) == (stop - start) // width


def test_one_spike_in_every_bin():
    """Of spikes at 0.1, 0.2, ... s, as of a camera, one is in each bin: not 0, 2, 0, 2."""
    recording = recorded(np.arange(3000) / 10, 300.0)
    assert spike_counts(recording, 0.1).values.ravel().tolist() == [1] * 3000
    binned = binned_spikes(spikes_of("test", recording), bin_width=0.1)
    assert binned.counts[binned.rows].ravel().tolist() == [1] * 3000


def test_all_count_in_the_same_bins(recordings):
    recording = recordings.real("Demas2003_P9_CTRL_MY1_1A")
    for width in (0.1, 0.05):
        counts = spike_counts(recording, width).values
        binned = binned_spikes(spikes_of("test", recording), bin_width=width)
        found = binned.counts[binned.rows]
        assert np.array_equal(counts.sum(axis=1), found.sum(axis=1))


def test_bursts_begin_and_end_in_the_bins_of_their_spikes():
    spikes = spikes_of("test", recorded([0.3, 0.6, 0.7], 1.0))
    active = in_bursts(spikes, bin_width=0.1, least=3)[:, 0]
    assert np.flatnonzero(active).tolist() == [3, 4, 5, 6, 7]


def test_times_that_are_far_away():
    found = bins_of([-1e300, 1e300, np.inf], 0.0, 1e-3)
    assert found[0] < -(2**61) and (found[1:] > 2**61).all()


@pytest.mark.parametrize(("stop", "bins"), [(0.3, 3), (0.29, 2), (0.0, 0), (-1.0, -10)])
def test_whole_bins(stop, bins):
    assert whole_bins(0.0, stop, 0.1) == bins
