"""What stimuli evoke in a stored network, for NWB: stimuli, trials, rates of populations."""

from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli
from ontogeny.data.extras import needed
from ontogeny.data.recordings.nwb_saving import table_columns

from ..checkpoints import Selection
from ..responses import responses
from .clock import Clock


def add_answers(
    file: Any, life: xr.DataTree, stimuli: Stimuli, selection: Selection, clock: Clock
) -> None:
    """
    Add stimuli that are presented after a life, a trial for each, and the rates that they evoke.

    Parameters
    ----------
    file : pynwb.NWBFile
        What is added to.
    life : xarray.DataTree
        One life.
    stimuli : Stimuli
        What is presented.
    selection : Selection
        The checkpoints whose weights answer, one after another.
    clock : Clock
        Time of the life.

    Raises
    ------
    ValueError
        If stimuli do not fit, or neurons are leaky.
    """
    pynwb = needed("pynwb", "to_nwb")
    positions = [int(position) for position in selection.positions]
    rates = responses(life, stimuli, checkpoints=positions)
    when = {"starting_time": clock.end, "rate": 1.0 / clock.seconds}
    module = file.create_processing_module(
        name="rates", description="rates that stimuli evoke at checkpoints; see the trials"
    )
    for name, values in rates.data_vars.items():
        population = "outputs" if name == "output" else str(name)
        module.add(
            pynwb.TimeSeries(
                name=population,
                description=f"{values.attrs['long_name']} (time, neuron)",
                data=values.values.reshape(-1, values.shape[-1]),
                unit="1",
                comments="one sample for each trial, in their order",
                **when,
            )
        )
    _add_stimuli(pynwb, file, stimuli, len(positions), when)
    _add_trials(pynwb, file, stimuli, rates["presentation"].values, positions, clock)


def _add_stimuli(
    pynwb: Any, file: Any, stimuli: Stimuli, times: int, when: dict[str, float]
) -> None:
    compressed = needed("hdmf.backends.hdf5", "to_nwb").H5DataIO
    pixels = np.concatenate([stimuli.images.values] * times)
    file.add_stimulus(
        pynwb.image.ImageSeries(
            name="stimuli",
            description=(
                f"{stimuli.name}: pixels ({', '.join(map(str, stimuli.images.dims))}); the rate of "
                f"an input is {stimuli.scale:g} * pixel + {stimuli.shift:g}"
            ),
            data=compressed(data=pixels, compression="gzip"),
            unit="n.a.",
            format="raw",
            **when,
        )
    )
    if stimuli.targets is not None:
        file.add_stimulus(
            pynwb.TimeSeries(
                name="targets",
                description="what the outputs should be (time, output)",
                data=np.concatenate([stimuli.wanted] * times),
                unit="1",
                **when,
            )
        )


def _add_trials(
    pynwb: Any,
    file: Any,
    stimuli: Stimuli,
    presentations: Any,
    positions: list[int],
    clock: Clock,
) -> None:
    count = len(stimuli)
    number = np.arange(count * len(positions))
    columns = {
        "start_time": ("start, s", clock.end + clock.times(number)),
        "stop_time": ("stop, s", clock.end + clock.times(number + 1)),
        "stimulus": ("number of the stimulus, from 0", np.tile(np.arange(count), len(positions))),
        "checkpoint": (
            "position of the checkpoint whose weights answer",
            np.repeat(positions, count),
        ),
        "presentation": ("presentations before that checkpoint", np.repeat(presentations, count)),
    }
    if stimuli.labels is not None:
        labels = np.tile(stimuli.wanted.astype(np.int64), len(positions))
        columns["label"] = ("class of the stimulus", labels)
    file.trials = pynwb.epoch.TimeIntervals(
        name="trials",
        description="presentations of stimuli after the life, at every checkpoint",
        **table_columns(columns),
    )
