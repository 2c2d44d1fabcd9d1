"""Recordings and activity as objects of pynapple, Neo and rsatoolbox."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data.extras import needed
from ontogeny.data.recordings import spike_trains

from .axes import along, extent_of, matrix, places_of, times_of


def to_pynapple(
    activity: xr.Dataset | xr.DataArray,
    *,
    samples: str = "sample",
    neurons: str = "neuron",
    interval: float | None = None,
) -> Any:
    """
    Convert a recording or activity to pynapple.

    Parameters
    ----------
    activity : xarray.Dataset or xarray.DataArray, (sample, neuron)
        A recording, or rates or counts.
    samples, neurons : str
        Names of the dims of activity.
    interval : float, optional
        Seconds from one sample to the next; by default samples have a coordinate in s.

    Returns
    -------
    pynapple.TsGroup or pynapple.TsdFrame
        Spikes of a recording between its start and stop, with the names of the units as `unit` and
        their places as `x`, `y` and `z` (um); or activity, a column for each neuron, with the
        coordinates along the neurons as metadata.

    Raises
    ------
    ImportError
        If pynapple is missing.
    ValueError
        If it is no recording, has other dims, or the time of samples is not known.

    Examples
    --------
    Spikes on a grid of electrodes, then counts in bins::

        to_pynapple(recording).restrict(epochs)
        to_pynapple(spike_counts(recording, 0.1), samples="time", neurons="unit")
    """
    nap = needed("pynapple", "to_pynapple")
    if isinstance(activity, xr.Dataset):
        start, stop = extent_of(activity, "to_pynapple")
        support = nap.IntervalSet(start=start, end=stop)
        trains = {
            number: nap.Ts(t=times, time_support=support)
            for number, times in enumerate(spike_trains(activity))
        }
        told = {"unit": activity["unit"].values.astype(str), **places_of(activity)}
        return nap.TsGroup(trains, time_support=support, metadata=told)
    rates = matrix(activity, samples, neurons, "to_pynapple")
    told = {name: values for name, values in along(rates, neurons).items() if name != neurons}
    labels = rates.coords.get(neurons)
    return nap.TsdFrame(
        t=times_of(rates, samples, interval, "to_pynapple"),
        d=rates.values,
        columns=np.arange(rates.sizes[neurons]) if labels is None else labels.values,
        metadata=told or None,
    )


def to_neo(
    activity: xr.Dataset | xr.DataArray,
    *,
    samples: str = "sample",
    neurons: str = "neuron",
    interval: float | None = None,
) -> Any:
    """
    Convert a recording or activity to Neo.

    Parameters
    ----------
    activity : xarray.Dataset or xarray.DataArray, (sample, neuron)
        A recording, or rates or counts.
    samples, neurons : str
        Names of the dims of activity.
    interval : float, optional
        Seconds from one sample to the next; by default samples have a coordinate in s.

    Returns
    -------
    neo.Block
        One segment: a spike train in s for each unit, with its name and the annotations `x`, `y`,
        `z` (um); or one analogue signal with a channel for each neuron, an irregularly sampled
        one where samples are not equally far apart. Attributes become annotations.

    Raises
    ------
    ImportError
        If neo is missing.
    ValueError
        If it is no recording, has other dims, or the time of samples is not known.

    Examples
    --------
    Spikes for elephant::

        trains = to_neo(recording).segments[0].spiketrains
    """
    neo, quantities = needed("neo", "to_neo"), needed("quantities", "to_neo")
    told = {name: value for name, value in activity.attrs.items() if isinstance(value, _PLAIN)}
    name = told.pop("name", getattr(activity, "name", None))
    block = neo.Block(name=None if name is None else str(name))
    block.annotate(**{str(key): value for key, value in told.items()})
    segment = neo.Segment()
    block.segments.append(segment)
    if isinstance(activity, xr.Dataset):
        segment.spiketrains.extend(_spike_trains(neo, activity))
    else:
        rates = matrix(activity, samples, neurons, "to_neo")
        times = times_of(rates, samples, interval, "to_neo")
        _add_signal(neo, quantities, segment, rates, times, neurons)
    return block


_PLAIN = (str, int, float)


def _spike_trains(neo: Any, recording: xr.Dataset) -> list[Any]:
    start, stop = extent_of(recording, "to_neo")
    places = places_of(recording)
    return [
        neo.SpikeTrain(
            times,
            units="s",
            t_start=start,
            t_stop=stop,
            name=str(recording["unit"].values[number]),
            **{axis: float(values[number]) for axis, values in places.items()},
        )
        for number, times in enumerate(spike_trains(recording))
    ]


def _add_signal(
    neo: Any, quantities: Any, segment: Any, rates: xr.DataArray, times: Any, neurons: str
) -> None:
    unit = _quantity(quantities, str(rates.attrs.get("units", "1")))
    labels = {name: values.astype(str) for name, values in along(rates, neurons).items()}
    name = str(rates.name or "activity")
    steps = np.diff(times)
    if len(steps) and np.allclose(steps, steps[0], rtol=1e-6, atol=0):
        period = (times[-1] - times[0]) / len(steps)
        signal = neo.AnalogSignal(
            rates.values * unit,
            sampling_period=period * quantities.s,
            t_start=times[0] * quantities.s,
            name=name,
            array_annotations=labels,
        )
        segment.analogsignals.append(signal)
        return
    irregular = neo.IrregularlySampledSignal(
        times * quantities.s, rates.values * unit, name=name, array_annotations=labels
    )
    segment.irregularlysampledsignals.append(irregular)


def _quantity(quantities: Any, units: str) -> Any:
    if units == "1":
        return quantities.dimensionless
    # Spikes are counted, and have no unit of their own.
    plain = units.replace("spikes/", "1/")
    try:
        return quantities.Quantity(1.0, plain)
    except LookupError as error:
        raise ValueError(
            f"to_neo.activity: expected units that the package quantities knows, got {units!r}; "
            f'assign_attrs(units="1/s") names others'
        ) from error


def to_rsatoolbox(
    activity: xr.DataArray,
    *,
    samples: str = "sample",
    neurons: str = "neuron",
    descriptors: Mapping[str, Any] | None = None,
) -> Any:
    """
    Convert activity to a data set of rsatoolbox.

    Parameters
    ----------
    activity : xarray.DataArray, (sample, neuron)
        Rates or counts.
    samples, neurons : str
        Names of its dims.
    descriptors : mapping, optional
        What is true of all of it, such as ``{"subject": "network 3"}``.

    Returns
    -------
    rsatoolbox.data.Dataset
        Measurements (sample, neuron). Coordinates along the samples describe observations, those
        along the neurons channels; both have their number as `samples` and `neurons` name them
        where there is no coordinate of that name.

    Raises
    ------
    ImportError
        If rsatoolbox is missing.
    ValueError
        If it has other dims.

    Examples
    --------
    Dissimilarities of classes in the first hidden population::

        rates = responses(life, digits, checkpoints=-1)["hidden_1"]
        rates = rates.assign_coords(label=("sample", digits.labels.values))
        data = to_rsatoolbox(rates, neurons="hidden_1_neuron")
        rsatoolbox.rdm.calc_rdm(data, method="correlation", descriptor="label")
    """
    data = needed("rsatoolbox.data", "to_rsatoolbox")
    rates = matrix(activity, samples, neurons, "to_rsatoolbox")
    return data.Dataset(
        np.asarray(rates.values, dtype=np.float64),
        descriptors=dict(descriptors or {}),
        obs_descriptors=_described(rates, samples),
        channel_descriptors=_described(rates, neurons),
    )


def _described(rates: xr.DataArray, dim: str) -> dict[str, Any]:
    return {dim: np.arange(rates.sizes[dim]), **along(rates, dim)}
