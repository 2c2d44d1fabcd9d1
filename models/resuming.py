"""Rebuild a life from the description beside its store, and go on with it."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from ontogeny import data, plasticity
from ontogeny.data import (
    COLOUR_DIMS,
    TARGET_DIMS,
    FrameNoise,
    NoiseProcess,
    Stimuli,
    load_origin,
)
from ontogeny.data.parts import PartsFolder
from ontogeny.data.recorded_spikes import RecordedSpikes
from ontogeny.plasticity import FeedbackSynapses, ForwardSynapses, InitialWeights, Optimiser, Rule
from ontogeny.plasticity.vocabulary import DERIVED

from .consolidation import opened_life
from .description import describe
from .differences import compared
from .dynamics import Leaky, NeuronNoise, Spiking, Static
from .given import recording_file, stimuli_file
from .network import Network
from .population import Population
from .record import Record
from .schedule import Learning, LossBelow, Schedule, Spontaneous, Test
from .simulate import simulate
from .store import DESCRIPTION, GIVEN, discard, parts_of

__all__ = ["rebuilt", "resume", "stimuli_again"]

_BASES = (Rule, Optimiser, InitialWeights, NoiseProcess, FrameNoise)
# All that a description may name; nothing else is ever made of it.
_KNOWN: dict[str, Any] = {
    known.__name__: known
    for known in (
        *(Network, Population, ForwardSynapses, FeedbackSynapses, Record),
        *(Spontaneous, Learning, Test, LossBelow),
        *(Static, Leaky, NeuronNoise, Spiking),
        *(
            found
            for found in (vars(plasticity) | vars(data)).values()
            if isinstance(found, type) and issubclass(found, _BASES) and found not in _BASES
        ),
    )
}


def resume(
    store: str | os.PathLike, *, progress: bool | Callable[[int, int, str], None] = True
) -> xr.DataTree:
    """Go on with an interrupted life, of which only the store is needed.

    Network, schedule and record are made again from the description in the folder of parts;
    stimuli are loaded again from where they came, or from the folder as spikes of recordings are,
    and compared by their hash.

    Parameters
    ----------
    store : path
        What was given to `simulate`, or the folder of parts beside it.
    progress : bool or callable
        As in `simulate`.

    Returns
    -------
    xarray.DataTree
        The life, as `simulate` returns it; at once if it is complete.

    Raises
    ------
    FileNotFoundError
        If there is neither a life nor its parts, or a data set cannot be found.
    ValueError
        If the parts are damaged, or a class of the user's own is needed.
    """
    path = Path(store)
    if path.name.endswith(".parts") and path.is_dir():
        path = path.with_name(path.name.removesuffix(".parts"))
    folder = parts_of(path)
    if DESCRIPTION not in folder.names():
        if path.is_file():
            if folder.exists:
                with folder.claimed():
                    discard(folder)
            return opened_life(path)
        raise FileNotFoundError(
            f"resume.store: expected the store of an interrupted life, got {str(path)!r}, beside "
            f"which there is no folder {folder.path.name!r} with a life"
        )
    life = folder.read_json(DESCRIPTION)["life"]
    given = folder.read_arrays(GIVEN) if GIVEN in folder.names() else None
    network, schedule, record = rebuilt(life, folder)
    return simulate(
        network,
        schedule,
        record=record,
        store=path,
        resume=True,
        weights=given,
        progress=progress,
        **{name: life[name] for name in ("device", "trials", "seed", "dtype", "threads")},
    )


def rebuilt(life: Mapping[str, Any], folder: PartsFolder) -> tuple[Network, Schedule, Record]:
    """Make network, schedule and record from the attributes of a life.

    Parameters
    ----------
    life : mapping
        Attributes; descriptions are JSON texts.
    folder : PartsFolder
        Holds the stimuli that cannot be loaded from elsewhere.

    Raises
    ------
    FileNotFoundError
        If a data set cannot be found.
    ValueError
        If a description names an unknown class, or what it makes is something else.
    """
    made = []
    for name in ("network", "schedule", "record"):
        description = json.loads(life[name])
        value = _made(description, folder)
        _check_same(name, describe(value), description)
        made.append(value)
    network, schedule, record = made
    return network, schedule, record


def _made(description: Any, folder: PartsFolder) -> Any:
    """Make a value from its description."""
    if isinstance(description, list):
        return tuple(_made(item, folder) for item in description)
    if not isinstance(description, dict):
        return description
    kind = description.get("type")
    if kind == "Stimuli":
        return stimuli_again(description, folder)
    if kind == "RecordedSpikes":
        named = {name: description[name] for name in ("name", "source", "start", "stop")}
        held = folder.read_arrays(recording_file(description["sha256"]))
        return RecordedSpikes(**named, held=held)
    if kind == "Schedule":
        return Schedule(*(_made(phase, folder) for phase in description["phases"]))
    if kind not in _KNOWN:
        raise ValueError(
            f"resume.store: expected classes that come with ontogeny, got {kind!r}, which is "
            f"somebody's own; go on from Python, where it is defined: simulate(..., resume=True)"
        )
    fields = {
        name: _made(value, folder)
        for name, value in description.items()
        if name != "type" and name not in DERIVED
    }
    return _KNOWN[kind](**fields)


def stimuli_again(description: Mapping[str, Any], folder: PartsFolder) -> Stimuli:
    """Load stimuli again.

    Parameters
    ----------
    description : mapping
        What `describe` tells of them.
    folder : PartsFolder
        Where those lie that come from nowhere else.
    """
    if description["origin"] is not None:
        return load_origin(description["origin"])
    arrays = folder.read_arrays(stimuli_file(description["sha256"]))
    wanted: dict[str, Any] = {
        name: xr.DataArray(arrays[name], dims=dims)
        for name, dims in (("labels", ("sample",)), ("targets", TARGET_DIMS))
        if name in arrays
    }
    return Stimuli(
        images=xr.DataArray(arrays["images"], dims=COLOUR_DIMS[: arrays["images"].ndim]),
        **wanted,
        **{name: description[name] for name in ("classes", "name", "scale", "shift")},
    )


def _check_same(name: str, made: Any, description: Any) -> None:
    """Refuse what is not what was described, such as stimuli that have changed meanwhile."""
    found = compared(name, description, made)
    if found:
        raise ValueError(
            f"resume.store: expected to make what lives there again, got something else "
            f"({'; '.join(found)}); go on from Python: simulate(..., resume=True)"
        )
