"""What the measures need to find in a trajectory: its groups, synapses, and phases."""

import xarray as xr

#: Values of the flag variable `phase`.
SPONTANEOUS, LEARNING = 0, 1

#: Cure for each group that may be missing.
_CURES = {
    "tests": "give the learning phase a test set: Learning(..., test=...)",
    "weights": "record the weights of the network, and join only lives of networks of equal shapes",
    "progress": "is this the tree that simulate() returned?",
}


def group(life: xr.DataTree, name: str, where: str) -> xr.Dataset:
    """
    Return one group of a trajectory as a Dataset.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    name : str
        Name of the group, such as "progress", "weights" or "tests".
    where : str
        The function that asks, for the message.

    Raises
    ------
    TypeError
        If `life` is not a DataTree.
    ValueError
        If the group is missing or empty.
    """
    if not isinstance(life, xr.DataTree):
        raise TypeError(f"{where}.life: expected an xarray.DataTree, got {type(life).__name__}")
    if name not in life.children or not life[name].data_vars:
        filled = sorted(group for group, child in life.children.items() if child.data_vars)
        raise ValueError(
            f"{where}.life: expected a trajectory with a group '{name}', "
            f"got groups {filled}; {_CURES.get(name, 'it was not recorded')}"
        )
    return life[name].to_dataset()


def forward_synapses(weights: xr.Dataset) -> list[str]:
    """Return the names of the forward projections, in order of layer."""
    names = [str(name) for name in weights if weights[name].attrs.get("kind") == "forward"]
    return sorted(names, key=lambda name: int(weights[name].attrs["layer"]))


def feedback_partners(weights: xr.Dataset) -> dict[str, str]:
    """Return {forward: feedback} for the projections that have a partner, in order of layer."""
    # The feedback side names the pair: in joined lives the forward side may come from a life
    # that has no feedback synapses.
    pairs = {
        str(weights[name].attrs["partner"]): str(name)
        for name in weights
        if weights[name].attrs.get("kind") == "feedback"
    }
    return {name: pairs[name] for name in forward_synapses(weights) if name in pairs}


def required_partners(weights: xr.Dataset, where: str) -> dict[str, str]:
    """
    Return what `feedback_partners` returns, unless it is nothing.

    Parameters
    ----------
    weights : xarray.Dataset
        The group of that name.
    where : str
        The function that asks, for the message.

    Raises
    ------
    ValueError
        If no forward synapses have a feedback partner.
    """
    partners = feedback_partners(weights)
    if not partners:
        raise ValueError(
            f"{where}.life: expected forward synapses with a feedback partner, got "
            f"{[str(name) for name in weights]}; feedback leads to hidden populations, so there "
            f"has to be one"
        )
    return partners


def learning_onset(progress: xr.Dataset) -> xr.DataArray:
    """
    Return the number of presentations before the first learning phase.

    Parameters
    ----------
    progress : xarray.Dataset
        The group of that name, (..., checkpoint).

    Returns
    -------
    xarray.DataArray, (...)
        Presentation of the last spontaneous checkpoint before learning; 0 where there is none,
        or where nothing is ever learned.
    """
    phase, phase_index = progress["phase"], progress["phase_index"]
    first = phase_index.where(phase == LEARNING).min("checkpoint")
    before = (phase == SPONTANEOUS) & (phase_index < first)
    return progress["presentation"].where(before).max("checkpoint").fillna(0)
