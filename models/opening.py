"""Claim the store of a life: for a new one, to go on, or because it is complete."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from .consolidation import opened_life
from .differences import refuse_another
from .interrupts import LifeInterrupted
from .life import Life
from .store import DESCRIPTION, Store, advice, discard, parts_of

__all__ = ["finished_life", "opened_store"]


def finished_life(path: Path, life: Life) -> xr.DataTree:
    """Return the life that a store holds already.

    Raises
    ------
    ValueError
        If it is another one.
    """
    tree = opened_life(path)
    try:
        refuse_another(path, tree.attrs, life.attributes)
    except ValueError:
        tree.close()
        raise
    return tree


@contextmanager
def opened_store(
    path: Path, life: Life, given: Mapping[str, np.ndarray], *, resume: bool
) -> Iterator[Store | None]:
    """Claim the store of a life; nothing is left of one that had no checkpoint.

    Parameters
    ----------
    path : pathlib.Path
        The file that the life will be in.
    life : Life
        What is to be lived.
    given : mapping of ndarray
        Weights at birth that were not drawn.
    resume : bool
        Go on with what is there.

    Yields
    ------
    Store or None
        None if the life is finished and in its file.

    Raises
    ------
    FileExistsError
        If there is an unfinished life and it is not to be resumed.
    BlockingIOError
        If another process is at work.
    ValueError
        If the life that is there is another one, or damaged.
    """
    folder = parts_of(path)
    with folder.claimed():
        store = Store(path, life, folder)
        unfinished = DESCRIPTION in folder.names()
        if unfinished and not resume:
            raise FileExistsError(
                f"simulate.store: expected a path where nothing is, got {str(path)!r}, of which an "
                f"unfinished life is in {str(folder.path)!r}; {advice(path)}, or remove the folder"
            )
        if path.exists():
            # Another process finished it, just now or before it could remove the parts.
            if not resume:
                raise FileExistsError(
                    f"simulate.store: expected a path where nothing is, got {str(path)!r}, which "
                    f"another process has just written"
                )
            yield None
            discard(folder)
            return
        if unfinished:
            store.restore(given)
        try:
            if not unfinished:
                store.begin(given)
            yield store
        except BaseException as error:
            if store.checkpoints:
                _tell_how_to_go_on(error, store)
            raise
        finally:
            if not store.checkpoints and not unfinished:
                discard(folder)


def _tell_how_to_go_on(error: BaseException, store: Store) -> None:
    if isinstance(error, KeyboardInterrupt) and not isinstance(error, LifeInterrupted):
        raise store.interrupted() from error
    if isinstance(error, Exception):
        error.add_note(f"The life is kept up to presentation {store.kept:,}; {advice(store.path)}")
