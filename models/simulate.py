"""Simulate the life of a network."""

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext

import numpy as np
import xarray as xr

from ontogeny.data import write_trajectory
from ontogeny.engine import activated, find_device

from .checks import check_simulation, check_store, checked_weights
from .description import digest_of, to_json
from .life import Life
from .network import Network
from .plan import Segment, plan, total_presentations
from .progress import progress_bar
from .record import Record
from .run import DivergenceError, Run
from .schedule import Schedule

__all__ = ["simulate"]


def simulate(
    network: Network,
    schedule: Schedule,
    *,
    device: str = "numpy",
    trials: int = 64,
    seed: int = 0,
    record: Record | None = None,
    store: str | os.PathLike | None = None,
    dtype: str = "float32",
    weights: Mapping[str, np.ndarray] | None = None,
    progress: bool | Callable[[int, int, str], None] = True,
) -> xr.DataTree:
    """Let a network live through a schedule.

    Order inside a step: stimulus; forward, layer by layer; readout and error; feedback, layer by
    layer; plasticity (all update directions first, then all updates); recording.

    Parameters
    ----------
    network : Network
        What lives.
    schedule : Schedule
        What it lives through.
    device : str
        ``"numpy"`` needs no compiler, ``"cpp"`` compiles each structure once and is faster,
        ``"synapses"`` is stock Brian2 with one trial.
    trials : int
        Presentations in one step, whose update directions are averaged.
    seed : int
        Seed of initial weights, noise and the order of stimuli. Lives of one seed are paired: they
        share all three, whatever their rule or optimiser.
    record : Record, optional
        What is stored.
    store : path, optional
        netCDF file that is written at the end, or when the life diverges; a life that is
        interrupted leaves nothing.
    dtype : str
        ``"float32"`` or ``"float64"``.
    weights : mapping of array_like, optional
        Weights at birth, by name (``forward_1``, ``bias_1``, ``feedback_2``, ...) as
        (target, source), instead of drawn ones.
    progress : bool or callable
        Show a progress bar where there is a terminal; or call this with the presentations done, all
        presentations, and the kind of the phase.

    Returns
    -------
    xarray.DataTree
        The trajectory: groups ``progress``, ``weights``, ``tests`` and ``activity``.

    Raises
    ------
    TypeError, ValueError, MemoryError, FileExistsError, PermissionError
        If something does not fit; before any work.
    DivergenceError
        If the network diverges. What was good is written to `store`.

    Examples
    --------
    >>> from ontogeny.data import gaussian_noise
    >>> from ontogeny.models import Schedule, Spontaneous, layered, simulate
    >>> life = simulate(layered([20, 10, 5]), Schedule(Spontaneous(gaussian_noise(),
    ...                 presentations=640)), progress=False)
    >>> life["weights"]["forward_2"].dims
    ('checkpoint', 'outputs', 'hidden_1')
    """
    record = record if record is not None else Record()
    target = find_device(device)
    check_simulation(network, schedule, trials=trials, seed=seed, dtype=dtype, record=record)
    target.check_trials(trials, "simulate")
    if not isinstance(progress, bool) and not callable(progress):
        raise TypeError(f"simulate.progress: expected True, False or a callable, got {progress!r}")
    path = check_store(store)
    attributes = {"seed": int(seed), "trials": int(trials), "device": device, "dtype": dtype}
    attributes["hardware"] = target.hardware()
    birth = checked_weights(network, seed, weights, dtype)
    if weights is not None:
        # Drawn weights follow from the description and the seed; given ones are told by their hash.
        given = {name: {"sha256": digest_of(birth[name])} for name in weights}
        attributes["given_weights"] = to_json(given)
    life = Life(network, schedule, record, attributes)
    total = total_presentations(schedule)
    backend = target.make()
    report = progress_bar(total) if progress is True else nullcontext(progress or _silent)
    with activated(backend, target.preferences(), dtype), report as tell:
        run = Run(life, target, backend, birth)
        try:
            for part in plan(schedule, network, record, trials):
                run.perform(part)
                place = part.end if isinstance(part, Segment) else part.place
                tell(place.total, total, schedule.phases[place.phase_index].kind)
        except DivergenceError as error:
            if path is None:
                raise
            write_trajectory(error.life, path, replace=False)
            raise DivergenceError(f"{error}; it is stored in {str(path)!r}", error.life) from None
        finally:
            run.program.close()
    tree = life.tree("complete")
    if path is not None:
        write_trajectory(tree, path, replace=False)
    return tree


def _silent(done: int, total: int, phase: str) -> None:
    """Report to nobody."""
