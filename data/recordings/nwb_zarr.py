"""Groups of an NWB store in Zarr."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from .nwb_notes import Notes
from .nwb_stores import Group, StoredArray, attribute_of, fault_of

__all__ = ["ZarrGroup"]


class ZarrGroup(Group):
    """
    A group of a Zarr folder.

    Parameters
    ----------
    group : zarr.Group
        The group.
    folder : pathlib.Path
        Where it lies.
    notes : Notes
        Of the store.
    """

    def __init__(self, group: Any, folder: Path, notes: Notes) -> None:
        self._group, self._folder, self.notes = group, folder, notes

    def arrays(self) -> list[str]:
        """Return the names of arrays."""
        return self._with(".zarray", "array")

    def groups(self) -> list[str]:
        """Return the names of groups that lie here."""
        return self._with(".zgroup", "group")

    def _with(self, mark: str, kind: str) -> list[str]:
        names = sorted(path.name for path in self._folder.iterdir() if path.is_dir())
        return [
            name
            for name in names
            if (self._folder / name / mark).is_file() or self._metadata(name, kind)
        ]

    def _metadata(self, name: str, kind: str) -> bool:
        described = self._folder / name / "zarr.json"
        return described.is_file() and json.loads(described.read_text()).get("node_type") == kind

    def attr(self, name: str) -> Any:
        """Return an attribute."""
        return attribute_of(self._group.attrs, name)

    def group(self, name: str) -> "ZarrGroup | None":
        """Return a group, or None."""
        if name not in self.groups():
            return None
        return ZarrGroup(self._group[name], self._folder / name, self.notes)

    def array(self, name: str) -> StoredArray | None:
        """Return an array, or None where there is none that is taken."""
        if name not in self.arrays():
            return None
        place = self._folder / name
        # Zarr may unpickle while it opens an array, so the description is read before.
        if any(
            "pickle" in path.read_text().lower()
            for path in (place / ".zarray", place / "zarr.json")
            if path.is_file()
        ):
            self.notes.leave(str(place.name), "it is pickled, and nothing is unpickled")
            return None
        found = self._group[name]
        text = found.dtype.kind in "OSUT"
        fault = fault_of(found.shape, found.dtype, found.chunks, text)
        if fault:
            self.notes.leave(str(found.name), fault)
            return None
        stored = sum(
            path.stat().st_size for path in place.rglob("*") if not path.name.startswith(".")
        )
        return StoredArray(
            str(found.name),
            tuple(found.shape),
            np.dtype(object) if text else np.dtype(found.dtype),
            found.__getitem__,
            lambda key: attribute_of(found.attrs, key),
            stored,
            found.dtype.itemsize,
        )

    @property
    def identity(self) -> Any:
        """Return where it lies."""
        return self._folder.resolve()
