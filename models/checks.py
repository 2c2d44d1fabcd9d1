"""Refuse what cannot be simulated, before any long work."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.data import Stimuli

from .life import stored_bytes
from .network import Network
from .readout import READOUTS
from .record import Record
from .schedule import Learning, Phase, Schedule, Spontaneous

__all__ = ["check_integer", "check_simulation", "check_store", "checked_weights"]

_log = logging.getLogger(__name__)

# Distributions that were computed in float32 sum to 1 up to this.
_SUM_TOLERANCE = 1e-5


def check_simulation(
    network: Network, schedule: Schedule, *, trials: int, seed: int, dtype: str, record: Record
) -> None:
    """Refuse a life whose parts do not fit.

    Raises
    ------
    TypeError, ValueError
        Names what is wrong, what was expected, and the cure.
    MemoryError
        If more would be stored than the record's budget.
    """
    for what, value, kind in (
        ("network", network, Network),
        ("schedule", schedule, Schedule),
        ("record", record, Record),
    ):
        if not isinstance(value, kind):
            cure = "; wrap phases: Schedule(phase, ...)" if what == "schedule" else ""
            raise TypeError(f"simulate.{what}: expected a {kind.__name__}, got {value!r}{cure}")
    check_integer("trials", trials, low=1)
    check_integer("seed", seed, low=0)
    if not isinstance(dtype, str) or dtype not in ("float32", "float64"):
        raise ValueError(f"simulate.dtype: expected 'float32' or 'float64', got {dtype!r}")
    _check_phases(network, schedule, trials, dtype)
    _check_numbers(network, schedule, dtype)
    _check_budget(network, schedule, trials=trials, dtype=dtype, record=record)


def _check_phases(network: Network, schedule: Schedule, trials: int, dtype: str) -> None:
    for number, phase in enumerate(schedule.phases):
        if isinstance(phase, Spontaneous):
            phase.noise.check_units(network.sizes[0])
        for name in ("stimuli", "test"):
            stimuli = getattr(phase, name, None)
            if stimuli is not None:
                where = f"phase {number}, {type(phase).__name__}.{name}"
                _check_stimuli(network, stimuli, where)
                if stimuli.targets is not None:
                    _check_targets(network, stimuli.targets.values, dtype, where)
        _check_noise(network, phase, number)
        if isinstance(phase, Learning) and trials > len(phase.stimuli):
            raise ValueError(
                f"simulate.trials: expected at most {len(phase.stimuli)}, the number of stimuli of "
                f"phase {number} (Learning), got {trials}"
            )


def _check_noise(network: Network, phase: Phase, number: int) -> None:
    """Refuse noise whose moments a rule needs and no formula tells."""
    if not isinstance(phase, Spontaneous) or not network.rule.uses("emission"):
        return
    if phase.noise.moments() is None:
        raise ValueError(
            f"phase {number}, Spontaneous.noise: expected noise of known mean and standard "
            f"deviation for {type(network.rule).__name__}, whose hidden neurons emit such noise, "
            f"got {phase.noise.title()}"
        )


def _check_numbers(network: Network, schedule: Schedule, dtype: str) -> None:
    for owner in (network.rule, network.optimiser):
        _check_range(type(owner).__name__, owner.parameters, dtype)
    for phase in schedule.phases:
        if isinstance(phase, Spontaneous):
            _check_range(type(phase.noise).__name__, phase.noise.numbers(), dtype)


def check_integer(what: str, value: Any, *, low: int) -> None:
    """Refuse an argument of `simulate` that is no integer from `low` on."""
    integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not integer or not low <= value < 2**63:
        raise ValueError(
            f"simulate.{what}: expected an integer from {low} to 2**63 - 1, got {value!r}"
        )


def _check_range(where: str, numbers: Mapping[str, float], dtype: str) -> None:
    """Refuse numbers that the float type cannot hold."""
    for name, value in numbers.items():
        with np.errstate(over="ignore", under="ignore"):
            held = float(np.dtype(dtype).type(value))
        if not np.isfinite(held) or (value != 0 and held == 0):
            raise ValueError(
                f"{where}.{name}: expected a number that {dtype} can hold, got {value!r}, which "
                f"becomes {held}; use dtype='float64' or another value"
            )


def _check_stimuli(network: Network, stimuli: Stimuli, where: str) -> None:
    inputs, outputs = network.sizes[0], network.sizes[-1]
    if stimuli.units != inputs:
        shape = " x ".join(map(str, stimuli.shape))
        raise ValueError(
            f"{where}: expected images of {inputs} pixels, one for each neuron of the inputs, got "
            f"{shape} = {stimuli.units}; make the network's first size {stimuli.units}"
        )
    if stimuli.outputs != outputs:
        what = "classes" if stimuli.targets is None else "targets"
        raise ValueError(
            f"{where}: expected {outputs} {what}, one for each neuron of the outputs, got "
            f"{stimuli.outputs}; make the network's last size {stimuli.outputs}"
        )
    images = stimuli.images.values
    if images.dtype != np.uint8 and not np.isfinite(images).all():
        raise ValueError(f"{where}: expected finite images, got NaN or infinity")


def _check_targets(network: Network, targets: np.ndarray, dtype: str, where: str) -> None:
    """Refuse targets that the float type cannot hold, or that the readout has no loss for."""
    limit = float(np.finfo(dtype).max)
    if not np.isfinite(targets).all() or np.abs(targets).max() > limit:
        raise ValueError(
            f"{where}: expected finite targets of at most {limit:.3g} ({dtype}), got "
            f"{float(np.abs(targets).max()):.3g}; scale them"
        )
    # Cross-entropy compares distributions.
    sums = targets.sum(axis=1, dtype=np.float64)
    wrong = np.flatnonzero((targets < 0).any(axis=1) | (np.abs(sums - 1) > _SUM_TOLERANCE))
    if READOUTS[network.readout].normalises and wrong.size:
        raise ValueError(
            f"{where}: expected targets of every stimulus that are not negative and sum to 1, a "
            f"distribution over the outputs of the readout {network.readout!r}, got "
            f"{np.array2string(targets[wrong[0]], precision=3, threshold=8)} at sample {wrong[0]}; "
            f"use readout='linear' or 'sigmoid'"
        )


def _check_budget(
    network: Network, schedule: Schedule, *, trials: int, dtype: str, record: Record
) -> None:
    needed = stored_bytes(network, schedule, record, trials, np.dtype(dtype))
    if needed > record.budget:
        raise MemoryError(
            f"Record.budget: expected a life of at most {record.budget:,} bytes, got {needed:,}; "
            f"store fewer checkpoints or no activity, or raise the budget"
        )
    _log.info("a life of %s bytes will be stored, before compression", f"{needed:,}")


def check_store(store: str | os.PathLike | None, *, resume: bool = False) -> Path | None:
    """Refuse a store that exists, unless it is to be resumed, or cannot be written.

    Raises
    ------
    ValueError
        If nothing is to be resumed.
    FileExistsError
        If there is something at the path.
    NotADirectoryError, PermissionError
        If its folder cannot be made or written.
    """
    if not isinstance(resume, bool):
        raise TypeError(f"simulate.resume: expected True or False, got {resume!r}")
    if store is None:
        if resume:
            raise ValueError(
                "simulate.resume: expected a store to go on with, got none; give store=PATH"
            )
        return None
    path = Path(store)
    if resume and path.is_file():
        return path
    if path.exists():
        raise FileExistsError(
            f"simulate.store: expected a path where nothing is, got {str(path)!r}; remove it or "
            f"choose another name"
        )
    # The folder itself is made when the life is written: a refused run leaves nothing behind.
    existing = next(folder for folder in path.absolute().parents if folder.exists())
    if not existing.is_dir():
        raise NotADirectoryError(
            f"simulate.store: expected a path in a folder, got {str(path)!r}, whose part "
            f"{str(existing)!r} is a file"
        )
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(
            f"simulate.store: expected a folder that can be written, got {str(existing)!r}"
        )
    return path


def checked_weights(
    network: Network, seed: int, given: Mapping[str, np.ndarray] | None, dtype: str = "float64"
) -> dict[str, np.ndarray]:
    """Return the weights at birth in `dtype`: those given, the others drawn.

    Raises
    ------
    ValueError
        If a name, a shape or a value cannot be.
    """
    weights = network.initial_weights(seed)
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"simulate.weights: expected a mapping from names to arrays, got {given!r}")
    for name, values in (given or {}).items():
        if name not in weights:
            raise ValueError(
                f"simulate.weights: expected names among {', '.join(weights)}, got {name!r}"
            )
        values = np.asarray(values)
        if not np.isrealobj(values) or not np.issubdtype(values.dtype, np.number):
            raise TypeError(f"simulate.weights: expected real {name}, got {values.dtype}")
        if values.shape != weights[name].shape:
            raise ValueError(
                f"simulate.weights: expected {name} of shape {weights[name].shape} "
                f"(target, source), got {values.shape}"
            )
        mask = network.masks(seed).get(name)
        if mask is not None and np.any(values[~mask]):
            raise ValueError(
                f"simulate.weights: expected 0 in {name} where no synapse is, got "
                f"{np.count_nonzero(values[~mask])} other weights; Network.masks(seed) says who is "
                f"joined"
            )
        weights[name] = values
    with np.errstate(over="ignore"):
        held = {name: values.astype(dtype) for name, values in weights.items()}
    for name, values in held.items():
        if not np.isfinite(values).all():
            where = f" in {dtype}" if np.isfinite(weights[name]).all() else ""
            raise ValueError(
                f"simulate.weights: expected finite {name}, got NaN or infinity{where}"
            )
    return held
