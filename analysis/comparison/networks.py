"""The networks of a comparison: each with its stages, and what it does at each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli

from ..array import Floats
from ..responses import responses
from ..stored import lives_of, populations
from ..trajectory import SPONTANEOUS, group
from .members import members_of

__all__ = ["AFTER", "BIRTH", "END", "Lived", "networks_of"]

#: Stages of a life.
BIRTH, AFTER, END = "birth", "after noise", "end"


@dataclass(frozen=True, kw_only=True)
class Lived:
    """
    One network of a comparison.

    Parameters
    ----------
    tree : xarray.DataTree
        Its life.
    seed : int
        The seed of its life.
    hidden : tuple of str
        Names of its hidden populations, from below upwards.
    inputs : int
        Number of its inputs.
    stages : mapping of str to int
        Positions among its own checkpoints.
    """

    tree: xr.DataTree
    seed: int
    hidden: tuple[str, ...]
    inputs: int
    stages: Mapping[str, int]

    def rates(self, inputs: Floats, stage: str) -> dict[str, Floats]:
        """
        Return what hidden populations do, by their names, (sample, neuron).

        Parameters
        ----------
        inputs : numpy.ndarray, (sample, input)
            Rates of the inputs.
        stage : str
            One of `stages`.
        """
        shown = Stimuli.from_arrays(inputs, targets=np.zeros((len(inputs), 1)))
        found = responses(self.tree, shown, checkpoints=self.stages[stage])
        return {name: np.asarray(found[name].values) for name in self.hidden}


def networks_of(
    life: xr.DataTree, where: str, checkpoints: Mapping[str, int] | None = None
) -> list[Lived]:
    """
    Return the networks of one life, or of lives joined along `network`.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several.
    where : str
        The function that asks, for messages.
    checkpoints : mapping of str to int, optional
        Stages by name, as positions among each life's own checkpoints; by default its birth, the
        end of its first spontaneous phase where it has one, and its end. There have to be "birth"
        and another one.

    Raises
    ------
    TypeError
        If `life` is not a DataTree.
    ValueError
        If weights were not stored, lives were joined along other dims, weights at birth are
        missing, there are no hidden populations, or networks are the same one or did not live
        alike.
    """
    weights = group(life, "weights", where)
    chain = populations(weights, where)
    if len(chain) < 3:
        raise ValueError(
            f"{where}.life: expected a network with hidden populations, whose activity is "
            f"compared, got {' and '.join(chain)}"
        )
    dims = lives_of(weights)
    others = [dim for dim in dims if dim != "network"]
    if others:
        raise ValueError(
            f"{where}.life: expected one life, or lives joined along 'network', got {others} too; "
            f"select one with life.isel({others[0]}=...)"
        )
    trees = (
        [life.isel(network=number) for number in range(weights.sizes["network"])]
        if dims
        else [life]
    )
    lives = [_lived(_told(tree), chain, where, checkpoints) for tree in trees]
    _check_alike(lives, where)
    return lives


def _told(tree: xr.DataTree) -> xr.DataTree:
    """Return one life with all its own attributes."""
    told = tree.copy()
    told.attrs = dict(members_of(tree)[0])
    return told


def _lived(
    tree: xr.DataTree, chain: list[str], where: str, checkpoints: Mapping[str, int] | None
) -> Lived:
    return Lived(
        tree=tree,
        seed=int(tree.attrs.get("seed", 0)),
        hidden=tuple(chain[1:-1]),
        inputs=tree["weights"].sizes[chain[0]],
        stages=_stages(tree, where) if checkpoints is None else _chosen(checkpoints, where),
    )


def _check_alike(lives: Sequence[Lived], where: str) -> None:
    """Refuse networks that no mean can be taken over."""
    for what in ("network", "schedule"):
        if len({str(lived.tree.attrs.get(what)) for lived in lives}) > 1:
            raise ValueError(
                f"{where}.life: expected networks that differ by their seeds alone, whose mean can "
                f"be taken, got lives with different descriptions of their {what}; compare each "
                f"condition by itself"
            )
    seeds = [lived.tree.attrs["seed"] for lived in lives if "seed" in lived.tree.attrs]
    twice = next((seed for seed in seeds if seeds.count(seed) > 1), None)
    if twice is not None:
        raise ValueError(
            f"{where}.life: expected a seed of its own for each network, got seed {twice} twice; "
            f"the same life again says nothing new"
        )


def _chosen(checkpoints: Mapping[str, int], where: str) -> dict[str, int]:
    if BIRTH not in checkpoints or len(checkpoints) < 2:
        raise ValueError(
            f"{where}.checkpoints: expected a stage 'birth', which is the control, and another, "
            f"such as {{'birth': 0, 'end': -1}}, got {dict(checkpoints)!r}"
        )
    ordered = {BIRTH: checkpoints[BIRTH], **checkpoints}
    return {str(name): int(position) for name, position in ordered.items()}


def _stages(tree: xr.DataTree, where: str) -> dict[str, int]:
    """Find the stages among the checkpoints that have weights."""
    stored = tree["weights"].to_dataset()["presentation"].values
    stored = np.atleast_1d(stored)[np.isfinite(np.atleast_1d(stored))]
    if not len(stored) or stored[0] != 0:
        raise ValueError(
            f"{where}.life: expected weights at birth (presentation 0), which are the control, got "
            f"weights at {stored[:3].tolist()}"
        )
    progress = group(tree, "progress", where)
    noisy = progress["phase"] == SPONTANEOUS
    stages = {BIRTH: 0}
    if bool(noisy.any()):
        first = progress["phase_index"].where(noisy).min()
        last = float(progress["presentation"].where(progress["phase_index"] == first).max())
        stages[AFTER] = int(np.searchsorted(stored, last, side="right")) - 1
    return {**stages, END: len(stored) - 1}
