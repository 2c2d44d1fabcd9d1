"""The check of the weights of a trajectory: synapses, biases and partners."""

import numpy as np
import xarray as xr

from . import schema
from .violation import check_dims, expect, violation


def check_weights(dataset: xr.Dataset, joined: tuple[str, ...], *, values: bool) -> None:
    """Check forward synapses, feedback synapses and biases, and that partners fit.

    Parameters
    ----------
    dataset : xarray.Dataset
        The group ``weights`` of a trajectory.
    joined : tuple of str
        Leading dims along which lives were joined.
    values : bool
        Also look for NaN and Inf, which reads all weights.

    Raises
    ------
    ValueError
        At the first violation.
    """
    if joined and not dataset.data_vars:
        return  # lives that were joined without weights
    if "forward_1" not in dataset.data_vars:
        raise violation("weights.forward_1", "this variable", f"only {tuple(dataset.data_vars)}")
    for name, weights in dataset.data_vars.items():
        match = schema.SYNAPSES.fullmatch(str(name))
        if match is None:
            continue
        path = f"weights.{name}"
        _check_synapses(path, weights, match.group(1), int(match.group(2)), joined)
        if values:
            _check_finite(path, weights)
    for name, weights in dataset.data_vars.items():
        if schema.SYNAPSES.fullmatch(str(name)) and weights.attrs["kind"] != "bias":
            _check_partner(f"weights.{name}", str(name), dataset)


def _check_synapses(
    path: str, weights: xr.DataArray, kind: str, number: int, joined: tuple[str, ...]
) -> None:
    attrs = weights.attrs
    for name in schema.SYNAPSES_ATTRIBUTES[kind]:
        if name not in attrs:
            raise violation(f"{path}.{name}", "this attribute", f"only {tuple(attrs)}")
    expect(attrs, "kind", kind, where=f"{path}.")
    if kind == "forward":
        expect(attrs, "layer", number, where=f"{path}.")
        if attrs["plastic"] not in (0, 1):
            raise violation(f"{path}.plastic", "0 or 1", repr(attrs["plastic"]))
    ends = ("target",) if kind == "bias" else ("target", "source")
    for end in ends:
        if not schema.POPULATION.fullmatch(str(attrs[end])):
            raise violation(
                f"{path}.{end}", "'inputs', 'hidden_1', ... or 'outputs'", repr(attrs[end])
            )
    check_dims(path, weights, ("checkpoint", *(attrs[end] for end in ends)), joined)
    if weights.dtype.kind != "f":
        raise violation(path, "floating values", str(weights.dtype))


def _check_partner(path: str, name: str, dataset: xr.Dataset) -> None:
    attrs = dataset[name].attrs
    partner = attrs["partner"]
    if partner == "":
        return
    other = "feedback" if attrs["kind"] == "forward" else "forward"
    names = [str(known) for known in dataset.data_vars if str(known).startswith(f"{other}_")]
    if partner not in names:
        raise violation(f"{path}.partner", f"'' or one of {names}", repr(partner))
    back = dataset[partner].attrs
    if back.get("partner") != name:
        raise violation(
            f"{path}.partner",
            f"a variable whose partner is {name!r}",
            f"{partner!r}, whose partner is {back.get('partner')!r}",
        )
    if (back.get("source"), back.get("target")) != (attrs["target"], attrs["source"]):
        raise violation(
            f"{path}.partner",
            f"synapses from {attrs['target']} to {attrs['source']}",
            f"{partner!r}, from {back.get('source')} to {back.get('target')}",
        )


def _check_finite(path: str, weights: xr.DataArray) -> None:
    # One checkpoint at a time: weights may be larger than the memory.
    for checkpoint in range(weights.sizes["checkpoint"]):
        bad = np.count_nonzero(~np.isfinite(weights.isel(checkpoint=checkpoint).values))
        if bad:
            raise violation(path, "finite weights", f"{bad} NaN or Inf at checkpoint {checkpoint}")
