"""Stored lives as NWB files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli
from ontogeny.data.extras import needed
from ontogeny.data.recordings.nwb_saving import begun, check_target, save

from ..checkpoints import Checkpoints, select
from ..stored import lives_of
from ..trajectory import group
from .answers import add_answers
from .clock import Clock
from .history import add_history
from .snapshots import add_weights

_WHERE = "to_nwb"


def to_nwb(
    life: xr.DataTree,
    path: str | Path,
    *,
    stimuli: Stimuli | None = None,
    checkpoints: Checkpoints = -1,
    presentation_time: float | None = None,
    replace: bool = False,
) -> None:
    """
    Write a life as an NWB file.

    Time is the number of presentations since birth times `presentation_time`; trials that the
    network lived in parallel count one after another. After the life the stimuli are presented,
    all of them at one checkpoint after another, with the weights of that checkpoint.

    ======================== ======================================================================
    `/intervals/epochs`      phases of the life: `phase`, `phase_number`, `presentations`,
                             `phase_description` (JSON)
    `/intervals/trials`      a row for every stimulus at every checkpoint: `stimulus`, `checkpoint`,
                             `presentation` (of the checkpoint), and `label` where there are labels
    `/stimulus/presentation` `stimuli`, an image series of the pixels (frame, row, column); or
                             `targets`; `activity_input_rate` where inputs were recorded
    `/processing/rates`      rates of every population but the inputs (time, neuron), by its name
    `/processing/progress`   `loss` and `accuracy` at all checkpoints, `test_loss` and
                             `test_accuracy`
    `/processing/weights`    a table for every projection: a row for each of the checkpoints, with
                             the columns `checkpoint`, `presentation`, `time` and `weights`
    `/general/notes`         all attributes of the life as JSON: network, schedule, seed, versions
    ======================== ======================================================================

    Parameters
    ----------
    life : xarray.DataTree
        One life.
    path : path
        File to write, `.nwb`. It is written under a temporary name, flushed and renamed.
    stimuli : Stimuli, optional
        What evokes the rates, in static networks; no rates, no stimuli and no trials without.
    checkpoints : int, slice or list of int, optional
        Which checkpoints rates and weights are of: by default the last, None for all. In memory
        are eight bytes for every rate.
    presentation_time : float, optional
        Seconds of one presentation: by default the time that leaky networks hold a stimulus, and
        1 s for static ones, which have no time of their own.
    replace : bool
        A file that is there already is replaced; otherwise it is refused.

    Raises
    ------
    FileExistsError
        If there is a file and it must not be replaced.
    ImportError
        If pynwb is missing.
    TypeError, ValueError
        If the life is none, or several; there are no such checkpoints; stimuli do not fit; or
        neurons are leaky and there are stimuli.

    Examples
    --------
    The network's answers to the test digits at birth and at the end, for pynapple::

        to_nwb(life, "life.nwb", stimuli=images.test.sample(100), checkpoints=[0, -1])
        pynapple.load_file("life.nwb")["hidden_1"]
    """
    pynwb = needed("pynwb", _WHERE)
    target = check_target(path, replace, _WHERE)
    weights, progress = group(life, "weights", _WHERE), group(life, "progress", _WHERE)
    if lives_of(weights):
        raise ValueError(
            f"{_WHERE}.life: expected one life, got several along {', '.join(lives_of(weights))}; "
            f"select one, and write a file for each"
        )
    chosen = [checkpoints] if isinstance(checkpoints, int | np.integer) else checkpoints
    selection = select(weights, chosen, _WHERE)
    if (selection.positions < 0).any():
        raise ValueError(
            f"{_WHERE}.checkpoints: expected positions of the {weights.sizes['checkpoint']} "
            f"checkpoints, got {checkpoints!r}"
        )
    clock = Clock.of(life, progress, presentation_time, _WHERE)
    file = _begun(pynwb, life, clock)
    add_history(file, life, progress, clock)
    add_weights(file, weights, selection, clock)
    if stimuli is not None:
        add_answers(file, life, stimuli, selection, clock)
    save(file, target, replace=replace, where=_WHERE)


def _begun(pynwb: Any, life: xr.DataTree, clock: Clock) -> Any:
    """Return a file that says what lived, and nothing of its life yet."""
    attributes = {str(name): _plain(value) for name, value in life.attrs.items()}
    notes = json.dumps(attributes)
    versions = json.loads(attributes.get("versions", "{}"))
    file = pynwb.NWBFile(
        session_description=(
            "Simulated life of a neural network. No animal was recorded from. Time is the number "
            f"of presentations times {clock.seconds:g} s; {clock.reason}."
        ),
        identifier=hashlib.sha256(notes.encode()).hexdigest(),
        session_start_time=begun(attributes.get("created")),
        experiment_description=f"Network: {attributes.get('network', 'not described')}",
        protocol=str(attributes.get("schedule", "not described")),
        keywords=["simulation", "development", "learning"],
        notes=notes,
        was_generated_by=[[str(name), str(version)] for name, version in versions.items()] or None,
    )
    told = [f"{name} {attributes[name]}" for name in _MACHINE if name in attributes]
    file.create_device(name="simulator", description=", ".join(told) or "not described")
    return file


_MACHINE = ("device", "hardware", "threads", "dtype", "trials", "seed")


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
