"""Measures that are given something else say what, and what makes the right thing of it."""

import re

import numpy as np
import pytest
import xarray as xr

from ontogeny import analysis
from ontogeny.data.recordings import recording_of, select_units, spike_counts, spike_trains
from ontogeny.data.recordings.nwb_writing import write_nwb

PLAIN = np.random.default_rng(0).normal(size=(40, 4))
ACTIVITY = xr.DataArray(PLAIN, dims=("sample", "neuron"))
OTHER = ACTIVITY[::-1]
RECORDING = recording_of([[0.1, 0.5, 0.9], [0.2, 0.4]], position=[[0, 0], [50, 0]])

ONE = (
    analysis.participation_ratio,
    analysis.effective_dimension,
    analysis.noise_correlation,
    analysis.sparseness,
    analysis.binary_words,
    analysis.representational_dissimilarity,
    analysis.pairwise_correlation,
    analysis.shift_units,
    analysis.correlation_index_of_rates,
    analysis.population_events,
)
TWO = (
    analysis.subspace_alignment,
    analysis.spontaneous_evoked_divergence,
    analysis.linear_cka,
)
OF_RECORDINGS = (
    analysis.correlation_index,
    analysis.spike_time_tiling,
    analysis.correlation_index_fit,
    lambda recording: spike_counts(recording, 0.1),
    lambda recording: select_units(recording, [0]),
    lambda recording: list(spike_trains(recording)),
    lambda recording: write_nwb(recording, "never.nwb"),
)


@pytest.mark.parametrize("measure", ONE)
def test_plain_arrays_are_refused(measure):
    cure = r"expected an xarray\.DataArray .*, got ndarray; xr\.DataArray\(x, dims=\('\w+', '\w+'\)"
    with pytest.raises(TypeError, match=rf"^{measure.__name__}\.\w+: {cure}"):
        measure(PLAIN)


@pytest.mark.parametrize("measure", TWO)
def test_plain_arrays_are_refused_in_either_place(measure):
    for pair in ((PLAIN, ACTIVITY), (ACTIVITY, PLAIN)):
        with pytest.raises(TypeError, match=r"got ndarray; xr\.DataArray\(x, dims=\('sample', 'n"):
            measure(*pair)


def test_repeats_and_statistics_refuse_plain_arrays():
    with pytest.raises(
        TypeError, match=r"repeats: .*dims=\('repeat', 'sample', 'neuron'\)\) makes"
    ):
        analysis.power_law_exponent(PLAIN)
    with pytest.raises(TypeError, match=r"mean_interval\.values: .*got list; xr\.DataArray"):
        analysis.mean_interval([1.0, 2.0])


@pytest.mark.parametrize("measure", (*ONE, *TWO))
def test_other_dims_are_cured_by_their_names(measure):
    wrong = ACTIVITY.rename(sample="frame", neuron="cell")
    given = (wrong, wrong) if measure in TWO else (wrong,)
    with pytest.raises(ValueError, match=r"expected dim .*; name them with samples= and neurons=$"):
        measure(*given)


def test_recordings_are_no_counts():
    with pytest.raises(TypeError, match=r"got a Dataset; spike_counts\(recording, bin_width\)"):
        analysis.pairwise_correlation(RECORDING)
    with pytest.raises(TypeError, match=r"got a Dataset; pass one of its variables, such as"):
        analysis.sparseness(ACTIVITY.to_dataset(name="rates"))


@pytest.mark.parametrize("function", OF_RECORDINGS)
def test_counts_are_no_recording(function):
    counts = spike_counts(RECORDING, 0.001)
    with pytest.raises(TypeError) as caught:
        function(counts)
    told = str(caught.value)
    assert re.search(
        r"expected a recording \(xarray\.Dataset with spike_time and spike_count\), got DataArray; "
        r"pairwise_correlation takes counts$",
        told,
    )
    assert len(told) < 250


def test_trains_are_no_recording():
    with pytest.raises(TypeError, match=r"got list; open_recording\(\) and recording_of\(\) make"):
        analysis.spike_time_tiling([[0.1], [0.2]])


def test_tables_of_pairs_and_events():
    counts = spike_counts(RECORDING, 0.1)
    with pytest.raises(TypeError, match=r"by_distance\.pairs: .*Dataset of pairs, got DataArray"):
        analysis.by_distance(counts, [0, 100])
    events = analysis.population_events(counts)
    with pytest.raises(TypeError, match=r"got a Dataset; pass events\['participation'\]"):
        analysis.event_classes(events)
    for measure in (analysis.event_summary, analysis.event_adaptation):
        with pytest.raises(TypeError, match=r"events: .*Dataset of events, got DataArray; popul"):
            measure(events["participation"])


@pytest.mark.parametrize(
    "measure", [analysis.subspace_alignment, analysis.spontaneous_evoked_divergence]
)
def test_samples_are_independent(measure):
    options = {"components": 2} if measure is analysis.subspace_alignment else {}
    with pytest.raises(ValueError, match=r"spontaneous, evoked: .*samples must be independent: t"):
        measure(ACTIVITY, ACTIVITY.copy(deep=True), **options)
    measure(ACTIVITY, OTHER + 1, **options)


def test_long_windows_are_doubted():
    with pytest.warns(UserWarning, match=r"tiling\.window: .*got 50 s; is it in milliseconds\?"):
        analysis.spike_time_tiling(RECORDING, window=50)
