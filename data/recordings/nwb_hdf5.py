"""Groups of an NWB file in HDF5."""

from typing import Any

import numpy as np

from ..extras import needed
from .nwb_notes import Notes
from .nwb_stores import Group, StoredArray, attribute_of, fault_of

__all__ = ["HdfGroup"]


class HdfGroup(Group):
    """
    A group of an HDF5 file.

    Parameters
    ----------
    group : h5py.Group
        The group.
    notes : Notes
        Of the file.
    """

    def __init__(self, group: Any, notes: Notes) -> None:
        self._group, self.notes = group, notes
        self._h5py = needed("h5py", "open_nwb")

    def arrays(self) -> list[str]:
        """Return the names of arrays."""
        return [name for name in self._group if self._is(name, self._h5py.Dataset)]

    def groups(self) -> list[str]:
        """Return the names of groups that lie here."""
        return [name for name in self._group if self._is(name, self._h5py.Group)]

    def _is(self, name: str, kind: type) -> bool:
        """Whether something is of a kind and lies in this file; other files are never opened."""
        link = self._group.get(name, getlink=True)
        if isinstance(link, self._h5py.ExternalLink):
            self.notes.leave(f"{self._group.name}/{name}", "it lies in another file")
            return False
        return link is not None and self._group.get(name, getclass=True) is kind

    def attr(self, name: str) -> Any:
        """Return an attribute."""
        return attribute_of(self._group.attrs, name)

    def group(self, name: str) -> "HdfGroup | None":
        """Return a group, or None."""
        if not self._is(name, self._h5py.Group):
            return None
        return HdfGroup(self._group[name], self.notes)

    def array(self, name: str) -> StoredArray | None:
        """Return an array, or None where there is none that is taken."""
        if not self._is(name, self._h5py.Dataset):
            return None
        found = self._group[name]
        text = self._h5py.check_string_dtype(found.dtype) is not None
        fault = fault_of(found.shape, found.dtype, found.chunks, text)
        if found.is_virtual or found.external:
            fault = "its values lie in another file"
        if fault:
            self.notes.leave(found.name, fault)
            return None
        return StoredArray(
            found.name,
            found.shape,
            np.dtype(object) if text else found.dtype,
            found.__getitem__,
            lambda key: attribute_of(found.attrs, key),
            found.id.get_storage_size(),
            found.dtype.itemsize,
        )

    @property
    def identity(self) -> Any:
        """Return where it lies."""
        info = self._h5py.h5o.get_info(self._group.id)
        return info.fileno, info.addr
