"""Weights of a life as tables of NWB."""

from typing import Any

import xarray as xr

from ontogeny.data.extras import needed
from ontogeny.data.recordings.nwb_saving import streamed, table_columns

from ..checkpoints import Selection
from .clock import Clock


def add_weights(file: Any, weights: xr.Dataset, selection: Selection, clock: Clock) -> None:
    """
    Add a table for every projection, with a row for every chosen checkpoint.

    Parameters
    ----------
    file : pynwb.NWBFile
        What is added to.
    weights : xarray.Dataset
        The group of that name, of one life.
    selection : Selection
        The checkpoints.
    clock : Clock
        Time of the life.
    """
    common = needed("hdmf.common", "to_nwb")
    module = file.create_processing_module(
        name="weights",
        description="weights: a table for each projection, with a row for each checkpoint",
    )
    positions = selection.positions
    presentations = weights["presentation"].values
    for name, matrix in weights.data_vars.items():
        values = matrix.variable.isel(checkpoint=positions)
        dims = ", ".join(map(str, values.dims))
        module.add(
            common.DynamicTable(
                name=str(name),
                description=_about(matrix),
                **table_columns(
                    {
                        "checkpoint": ("position among the checkpoints of the life", positions),
                        "presentation": ("presentations since birth", presentations[positions]),
                        "time": ("time, s", clock.times(presentations[positions])),
                        "weights": (f"weights ({dims})", streamed(values)),
                    }
                ),
            )
        )


def _about(matrix: xr.DataArray) -> str:
    told = {name: matrix.attrs[name] for name in _TOLD if matrix.attrs.get(name) not in (None, "")}
    named = ", ".join(f"{name} {value}" for name, value in told.items())
    return f"{matrix.attrs.get('long_name', matrix.name)}; {named}"


_TOLD = ("kind", "source", "target", "partner", "layer", "plastic", "units")
