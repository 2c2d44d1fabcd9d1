"""Arrays of files, as xarray reads them piece by piece."""

from threading import Lock
from typing import Any

import numpy as np
from xarray import Variable
from xarray.backends import BackendArray
from xarray.core import indexing

__all__ = ["LazyArray", "lazy_variable"]

_LOCK = Lock()  # HDF5 serves one thread at a time


class LazyArray(BackendArray):
    """An array that lies in a file: anything with shape and dtype that slices of it are read from.

    Parameters
    ----------
    array : array-like
        Such as a dataset of h5py or Zarr.
    """

    def __init__(self, array: Any) -> None:
        self.array = array
        self.shape = tuple(array.shape)
        self.dtype = np.dtype(array.dtype)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        """Read what is asked for, and no more."""
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.BASIC, self._read
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse copies for other processes: an open file is not theirs."""
        raise TypeError(
            "recording: expected values in memory to copy or send to another process, got an array "
            "that lies in an open file; read it before, with load()"
        )

    def _read(self, key: tuple[Any, ...]) -> Any:
        with _LOCK:
            return np.asarray(self.array[key])


def lazy_variable(dims: tuple[str, ...], array: Any, attrs: dict[str, Any]) -> Variable:
    """Return a variable whose values are read from a file when they are needed.

    Parameters
    ----------
    dims : tuple of str
        Its dims.
    array : array-like
        As in `LazyArray`.
    attrs : dict
        Units and long name.
    """
    return Variable(dims, indexing.LazilyIndexedArray(LazyArray(array)), attrs)
