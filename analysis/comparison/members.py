"""The attributes of each of several joined lives."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

__all__ = ["members_of"]


def members_of(life: xr.DataTree) -> list[Mapping[str, Any]]:
    """
    Return the attributes of every life of a tree, those that all share included.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several; of joined ones a part may have been selected, which leaves all of
        them in the attribute ``lives``.
    """
    shared = {str(name): value for name, value in life.attrs.items() if name != "lives"}
    joined = json.loads(life.attrs.get("lives", "[]"))
    if not joined:
        return [shared]
    coords: Mapping[Any, Any] = next(
        (child.to_dataset().coords for child in life.children.values() if child.data_vars), {}
    )
    return [
        {**shared, **member["attributes"]}
        for member in joined
        if all(
            label in np.atleast_1d(coords[dim].values).tolist()
            for dim, label in member["labels"].items()
            if dim in coords
        )
    ]
