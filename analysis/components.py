"""Where weights go while networks live: towards their feedback, seen in a few dimensions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from .array import Floats
from .features import principal_components
from .trajectory import group, required_partners


def weight_trajectory(
    lives: Mapping[str, xr.DataTree] | xr.DataTree,
    synapses: str | None = None,
    components: int = 2,
) -> xr.Dataset:
    r"""
    Project the course of forward weights, and their feedback weights, on few dimensions.

    Principal components of the vectors :math:`\mathrm{vec}(W)` at all checkpoints of all lives,
    their mean removed; :math:`\mathrm{vec}(B^T)` is projected on the same components and takes no
    part in choosing them. Source: J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024, figures 2d and
    6b, who do not state the details, which are ours. The sign of a component is such that its
    largest entry is positive.

    Parameters
    ----------
    lives : xarray.DataTree, or mapping of str to xarray.DataTree
        Lives joined along leading dims, or several by the names of their conditions. Weights of
        different networks are far apart from birth on: give those of one network, or few.
    synapses : str, optional
        Name of the forward projection; by default the last one that has a feedback partner.
    components : int
        Number of components.

    Returns
    -------
    xarray.Dataset
        `weights` and `feedback` (..., checkpoint, component), with a leading dim `condition` for a
        mapping, and `explained_variance` (component), the share of the variance of weights along
        each. Distances are those of weights as far as the components show them. NaN where a joined
        life has ended, or has no feedback weights.

    Raises
    ------
    TypeError
        If lives are something else.
    ValueError
        If there is no life, no forward synapses have a feedback partner, `synapses` is not one that
        has, lives do not have populations of one size, or there are not as many components.

    See Also
    --------
    feedback_distance : the distance in all dimensions.

    Examples
    --------
    The course of one network with and without noise::

        weight_trajectory({"noise": first.sel(network=0), "plain": second.sel(network=0)})
    """
    where = "weight_trajectory"
    forward, feedback, name = _pairs(lives, synapses, where)
    points, transposed = (_vectors(values) for values in (forward, feedback))
    known = np.isfinite(points).all(axis=-1)
    try:
        centre, directions, shares = principal_components(points[known], components)
    except ValueError as error:
        raise ValueError(
            f"{where}.components: expected at most as many as there are checkpoints and synapses, "
            f"got {components} for {int(known.sum())} and {points.shape[-1]}"
        ) from error
    outer = forward.dims[:-2]
    result = xr.Dataset(
        {
            "weights": ((*outer, "component"), (points - centre) @ directions.T),
            "feedback": ((*outer, "component"), (transposed - centre) @ directions.T),
            "explained_variance": ("component", shares),
        },
        coords={
            **{
                key: value for key, value in forward.coords.items() if set(value.dims) <= set(outer)
            },
            "component": np.arange(1, components + 1),
        },
        attrs={"synapses": name},
    )
    texts = {
        "weights": f"{name}, projected",
        "feedback": f"feedback weights beside {name}, projected",
        "explained_variance": "share of the variance of weights",
        "component": "principal component",
    }
    for key, long_name in texts.items():
        result[key].attrs = {"units": "1", "long_name": long_name}
    return result


def feedback_distance(life: xr.DataTree, *, components: int | None = None) -> xr.DataArray:
    r"""
    Measure how far forward weights are from their feedback weights, layer by layer.

    .. math:: | W - B^T |_F

    Source: J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024, figure 2e and g, who do not state
    which distance they take.

    Stored feedback weights of rules that set them in every step (`SignSymmetry`,
    `PseudoBackpropagation`) are at birth (checkpoint 0) the drawn ones, through which no error has
    travelled yet, and afterwards those of the last step.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims.
    components : int, optional
        Measure the distance on so many components of `weight_trajectory` instead, which are those
        of all given lives together.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, synapses)
        Distances. `synapses` names the forward projections that have a feedback partner, in order
        of layer. NaN where a joined life has ended.

    Raises
    ------
    ValueError
        If no forward synapses have a feedback partner, or there are not as many components.

    Examples
    --------
    >>> import xarray as xr
    >>> forward = (("checkpoint", "outputs", "hidden_1"), [[[3.0], [4.0]]])
    >>> feedback = (("checkpoint", "hidden_1", "outputs"), [[[0.0, 0.0]]])
    >>> weights = xr.Dataset({
    ...     "forward_2": (*forward, {"kind": "forward", "layer": 2}),
    ...     "feedback_2": (*feedback, {"kind": "feedback", "partner": "forward_2"}),
    ... })
    >>> feedback_distance(xr.DataTree.from_dict({"/weights": weights})).values
    array([[5.]])
    """
    where = "feedback_distance"
    weights = group(life, "weights", where)
    found = {}
    for forward, feedback in required_partners(weights, where).items():
        if components is None:
            # Dims are matched by name, which transposes the feedback weights.
            apart = weights[forward].astype(np.float64) - weights[feedback]
            found[forward] = np.sqrt((apart**2).sum(weights[forward].dims[-2:], skipna=False))
        else:
            path = weight_trajectory(life, forward, components)
            apart = path["weights"] - path["feedback"]
            found[forward] = np.sqrt((apart**2).sum("component", skipna=False))
    result = xr.Dataset(found).to_dataarray("synapses", name=where)
    result["synapses"].attrs = {"units": "1", "long_name": "forward synapses"}
    what = "" if components is None else f" on {components} components"
    result.attrs = {
        "units": "1",
        "long_name": f"distance of forward from feedback weights{what}",
    }
    return result.transpose(..., "checkpoint", "synapses")


def _pairs(
    lives: Mapping[str, xr.DataTree] | xr.DataTree, synapses: str | None, where: str
) -> tuple[xr.DataArray, xr.DataArray, str]:
    """Return forward weights and transposed feedback weights, (..., target, source) both."""
    # A tree is a mapping too.
    if isinstance(lives, xr.DataTree):
        return _pair(lives, synapses, where)
    if not isinstance(lives, Mapping):
        raise TypeError(
            f"{where}.lives: expected a DataTree, or a mapping of names to DataTrees, got "
            f"{type(lives).__name__}"
        )
    trees: list[Any] = list(lives.values())
    if not trees:
        raise ValueError(f"{where}.lives: expected at least one life, got none")
    found = [_pair(life, synapses, where) for life in trees]
    shapes = {pair[0].shape[-2:] for pair in found}
    names = {pair[2] for pair in found}
    if len(shapes) > 1 or len(names) > 1:
        raise ValueError(
            f"{where}.lives: expected the same synapses between populations of one size, got "
            f"{sorted(names)} of sizes {sorted(shapes)}"
        )
    forward = _joined([pair[0] for pair in found], list(lives))
    feedback = _joined([pair[1] for pair in found], list(lives))
    return forward, feedback, found[0][2]


def _joined(weights: list[xr.DataArray], labels: list[str]) -> xr.DataArray:
    conditions = xr.DataArray(labels, dims="condition", name="condition")
    conditions.attrs = {"units": "1", "long_name": "condition"}
    joined = xr.concat(
        weights,
        conditions,
        join="outer",
        coords="different",
        compat="equals",
        combine_attrs="drop",
    )
    return joined.transpose("condition", ...)


def _pair(
    life: xr.DataTree, synapses: str | None, where: str
) -> tuple[xr.DataArray, xr.DataArray, str]:
    weights = group(life, "weights", where)
    partners = required_partners(weights, where)
    if synapses is None:
        synapses = list(partners)[-1]
    if synapses not in partners:
        raise ValueError(
            f"{where}.synapses: expected forward synapses with a feedback partner, got "
            f"{synapses!r}; choices are {list(partners)}"
        )
    forward, feedback = weights[synapses], weights[partners[synapses]]
    pair = forward.transpose(..., *forward.dims[-2:]), feedback.transpose(*forward.dims)
    return pair[0].astype(np.float64), pair[1].astype(np.float64), synapses


def _vectors(weights: xr.DataArray) -> Floats:
    return weights.values.reshape(*weights.shape[:-2], -1)
