"""How fast and how far a network learns, from its tests."""

import warnings

import numpy as np
import xarray as xr

from .trajectory import LEARNING, group


def learning_speed(life: xr.DataTree, *, phase_index: int | None = None) -> xr.DataArray:
    r"""
    Measure the mean test accuracy over the epochs of a learning phase.

    .. math:: \frac{1}{E} \sum_{e=1}^{E} a_e

    with the test accuracy :math:`a_e` after epoch :math:`e`: the area under the curve of test
    accuracy against epoch, divided by its length, which J. Cheon, S. W. Lee and S.-B. Paik
    (NeurIPS 2024, figure 2b) take as the speed of convergence. The test before the first step
    (epoch 0) does not count.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    phase_index : int, optional
        Position of the learning phase in the schedule; by default, in every life, the last
        learning phase that was tested.

    Returns
    -------
    xarray.DataArray, (...)
        Fraction, 0 to 1; NaN for a joined life that was not tested in such a phase.

    Raises
    ------
    ValueError
        If no life was tested after an epoch of such a phase, or stimuli have no categories.

    Warns
    -----
    UserWarning
        If joined lives differ in the number of their tests; their speeds do not compare.

    Examples
    --------
    >>> import xarray as xr
    >>> tests = xr.Dataset({
    ...     "phase": ("test", [1, 1, 1]),
    ...     "phase_index": ("test", [0, 0, 0]),
    ...     "epoch": ("test", [0, 1, 2]),
    ...     "accuracy": ("test", [0.1, 0.5, 0.75]),
    ... })
    >>> float(learning_speed(xr.DataTree.from_dict({"/tests": tests})))
    0.625
    """
    tests = group(life, "tests", "learning_speed")
    selected = tests_of_phase(tests, phase_index, "learning_speed")
    _check_classes(tests, selected, "learning_speed")
    count = selected.sum("test")
    if count.min() != count.max():
        warnings.warn(
            f"learning_speed.life: expected lives with equal numbers of tests, got "
            f"{int(count.min())} to {int(count.max())}; speeds over different numbers of epochs "
            f"do not compare",
            stacklevel=2,
        )
    speed = _mean(tests["accuracy"], selected).rename("learning_speed")
    speed.attrs = {"units": "1", "long_name": "mean test accuracy over the epochs of learning"}
    return speed


def final_accuracy(life: xr.DataTree, *, phase_index: int | None = None) -> xr.DataArray:
    """
    Return the accuracy of the last test of a learning phase.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    phase_index : int, optional
        Position of the learning phase in the schedule; by default, in every life, the last
        learning phase that was tested.

    Returns
    -------
    xarray.DataArray, (...)
        Fraction, 0 to 1; NaN for a joined life that was not tested in such a phase.

    Raises
    ------
    ValueError
        If no life was tested after an epoch of such a phase, or stimuli have no categories.

    Examples
    --------
    >>> import xarray as xr
    >>> tests = xr.Dataset({
    ...     "phase": ("test", [1, 1, 1]),
    ...     "phase_index": ("test", [0, 0, 0]),
    ...     "epoch": ("test", [0, 1, 2]),
    ...     "accuracy": ("test", [0.1, 0.5, 0.75]),
    ... })
    >>> float(final_accuracy(xr.DataTree.from_dict({"/tests": tests})))
    0.75
    """
    tests = group(life, "tests", "final_accuracy")
    selected = tests_of_phase(tests, phase_index, "final_accuracy")
    _check_classes(tests, selected, "final_accuracy")
    position = xr.DataArray(np.arange(tests.sizes["test"]), dims="test")
    last = position.where(selected, -1).max("test")
    accuracy = _mean(tests["accuracy"], selected & (position == last)).rename("final_accuracy")
    accuracy.attrs = {"units": "1", "long_name": "test accuracy at the end of learning"}
    return accuracy


def tests_of_phase(
    tests: xr.Dataset, phase_index: int | None, where: str, *, first: int = 1
) -> xr.DataArray:
    """
    Tell which tests belong to a learning phase.

    Parameters
    ----------
    tests : xarray.Dataset
        The group of that name.
    phase_index : int or None
        Position of the phase in the schedule; None for each life's last one that was tested.
    where : str
        The function that asks, for the message.
    first : int
        The first epoch whose test counts; 0 is before learning.

    Returns
    -------
    xarray.DataArray of bool, (..., test)

    Raises
    ------
    ValueError
        If no life was tested in such a phase.
    """
    # Padding is NaN and compares as false, so that it is never selected.
    learning = tests["phase"] == LEARNING
    tested = tests["phase_index"].where(learning)
    # Every life has its own last phase: in some conditions a spontaneous phase comes before.
    chosen = tested.max("test") if phase_index is None else phase_index
    selected = learning & (tests["phase_index"] == chosen) & (tests["epoch"] >= first)
    if not selected.any():
        phases = sorted({int(index) for index in np.unique(tested) if np.isfinite(index)})
        wanted = "a learning phase" if phase_index is None else f"learning phase {phase_index}"
        raise ValueError(
            f"{where}.life: expected tests after the epochs of {wanted}, got none; "
            f"learning phases with tests are {phases}"
        )
    return selected


def _check_classes(tests: xr.Dataset, selected: xr.DataArray, where: str) -> None:
    undefined = bool(tests["accuracy"].where(selected).isnull().all())
    # Where loss is a number and accuracy is not, targets were real numbers: no network has failed.
    if undefined and "loss" in tests and tests["loss"].where(selected).notnull().any():
        raise ValueError(
            f"{where}.life: expected tests on stimuli with categories, got stimuli with real "
            f"targets, for which accuracy is not defined; life['tests']['loss'] has their loss"
        )


def _mean(accuracy: xr.DataArray, selected: xr.DataArray) -> xr.DataArray:
    # Only padding is left out: the NaN of a network that was tested and had failed stays.
    count = selected.sum("test")
    total = accuracy.where(selected, 0.0).sum("test", skipna=False)
    return total / count.where(count > 0)
