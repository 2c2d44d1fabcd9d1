"""What is measured of every life that learns: how fast, how well, and how far it is aligned."""

import xarray as xr

from ontogeny.analysis import final_accuracy, learning_speed, weight_alignment

__all__ = ["TOLD", "measures_of_learning"]

_ANGLE = "angle between forward and feedback weights"
#: Units and long names of the measures.
TOLD = {
    "speed": ("1", "mean test accuracy over the epochs"),
    "final": ("1", "test accuracy after the last epoch"),
    "before": ("degree", f"{_ANGLE} before learning"),
    "after": ("degree", f"{_ANGLE} after learning"),
}


def measures_of_learning(life: xr.DataTree) -> xr.Dataset:
    """Measure a life that learns, and was tested.

    Parameters
    ----------
    life : xarray.DataTree
        The life.

    Returns
    -------
    xarray.Dataset
        `speed`, `final`, and the alignment of the last forward weights `before` and `after`.
    """
    angle = weight_alignment(life).isel(synapses=-1, drop=True)
    found = {
        "speed": learning_speed(life),
        "final": final_accuracy(life),
        "before": angle.isel(checkpoint=0, drop=True),
        "after": angle.isel(checkpoint=-1, drop=True),
    }
    return xr.Dataset(found).drop_vars("presentation", errors="ignore")
