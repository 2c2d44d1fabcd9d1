"""How networks adapt to tasks, from the tests of their lives."""

import numpy as np
import xarray as xr

from .learning import tests_of_phase
from .trajectory import group


def adaptation(life: xr.DataTree, *, phase_index: int | None = None) -> xr.Dataset:
    """
    Return loss and accuracy of the tests of a learning phase, by epoch.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    phase_index : int, optional
        Position of the learning phase in the schedule; by default, in every life, the last
        learning phase that was tested.

    Returns
    -------
    xarray.Dataset, (..., epoch)
        `loss` and `accuracy`; epoch 0 is before the first step of the phase. NaN where a life was
        not tested.

    Raises
    ------
    ValueError
        If no life was tested in such a phase.

    See Also
    --------
    meta_loss : the sum over tasks.

    Examples
    --------
    >>> import xarray as xr
    >>> tests = xr.Dataset({
    ...     "phase": ("test", [1, 1, 1]),
    ...     "phase_index": ("test", [0, 0, 0]),
    ...     "epoch": ("test", [0, 1, 2]),
    ...     "loss": ("test", [2.25, 1.5, 1.0]),
    ...     "accuracy": ("test", [0.1, 0.5, 0.75]),
    ... })
    >>> adaptation(xr.DataTree.from_dict({"/tests": tests}))["loss"].sel(epoch=2).item()
    1.0
    """
    return _by_epoch(life, phase_index, "adaptation")


def meta_loss(
    lives: xr.DataTree, *, dim: str = "task", phase_index: int | None = None
) -> xr.Dataset:
    r"""
    Sum the loss after adaptation over tasks.

    .. math:: L_{\mathrm{meta}}(\theta) = \sum_i L_i(\theta_i')

    with the parameters :math:`\theta_i'` after adapting :math:`\theta` to task :math:`i`, and the
    loss :math:`L_i` on the test stimuli of this task: C. Finn, P. Abbeel and S. Levine, ICML 2017;
    of noise, J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024, figure 6a.

    Parameters
    ----------
    lives : xarray.DataTree
        Lives that begin with the same weights and learn one task each, joined along a dim. They
        were tested before learning and after every epoch, which is an inner step where a task has
        as many stimuli as there are trials.
    dim : str
        The dim of the tasks.
    phase_index : int, optional
        Position of the learning phase in the schedule; by default, in every life, the last
        learning phase that was tested.

    Returns
    -------
    xarray.Dataset, (...)
        `loss` (..., epoch), the sum over tasks: epoch 0 is before adaptation, epoch k after k
        epochs. `total` (...), its sum over all epochs but 0, which the legend of figure 6 speaks
        of; NaN for lives with fewer epochs than others.

    Raises
    ------
    ValueError
        If lives were not joined along the dim, not tested, or tasks were tested at different
        epochs.

    See Also
    --------
    adaptation : the same for each task.

    Examples
    --------
    >>> import xarray as xr
    >>> tests = xr.Dataset({
    ...     "phase": ("test", [1, 1, 1]),
    ...     "phase_index": ("test", [0, 0, 0]),
    ...     "epoch": ("test", [0, 1, 2]),
    ...     "loss": (("task", "test"), [[2.0, 1.5, 1.0], [2.0, 1.0, 0.5]]),
    ...     "accuracy": (("task", "test"), [[0.1, 0.5, 0.75], [0.1, 0.5, 0.75]]),
    ... })
    >>> found = meta_loss(xr.DataTree.from_dict({"/tests": tests}))
    >>> found["loss"].values, float(found["total"])
    (array([4. , 2.5, 1.5]), 4.0)
    """
    where = "meta_loss"
    losses = _by_epoch(lives, phase_index, where)["loss"]
    if dim not in losses.dims:
        raise ValueError(
            f"{where}.lives: expected lives of several tasks joined along '{dim}', got dims "
            f"{list(losses.dims)}; use join_trajectories(lives, {dim!r})"
        )
    tested = losses.notnull()
    if (tested.any(dim) & ~tested.all(dim)).any():
        raise ValueError(
            f"{where}.lives: expected tasks that were tested at the same epochs, got tests of some "
            f"tasks only; give all lives the same number of epochs"
        )
    summed = losses.sum(dim, skipna=False)
    after = summed.sel(epoch=slice(1, None))
    units = losses.attrs["units"]
    result = xr.Dataset({"loss": summed, "total": after.sum("epoch", skipna=False)})
    result["loss"].attrs = {"units": units, "long_name": f"test loss, sum over {dim}"}
    result["total"].attrs = {
        "units": units,
        "long_name": f"test loss, sum over {dim} and epochs from 1",
    }
    return result


def _by_epoch(life: xr.DataTree, phase_index: int | None, where: str) -> xr.Dataset:
    tests = group(life, "tests", where)
    selected = tests_of_phase(tests, phase_index, where, first=0)
    epochs = np.unique(tests["epoch"].where(selected).values)
    epochs = epochs[np.isfinite(epochs)].astype(np.int64)
    columns = {}
    for name in ("loss", "accuracy"):
        # A phase has one test for each epoch, so that the mean takes it as it is.
        found = [
            tests[name].where(selected & (tests["epoch"] == epoch)).mean("test") for epoch in epochs
        ]
        columns[name] = xr.concat(found, xr.DataArray(epochs, dims="epoch", name="epoch"))
        columns[name] = columns[name].transpose(..., "epoch")
        attrs = {"units": "1", "long_name": f"test {name}", **tests[name].attrs}
        columns[name].attrs = attrs
    result = xr.Dataset(columns)
    result["epoch"].attrs = {"units": "1", "long_name": "completed epochs of the learning phase"}
    return result
