"""Lives of figures 2c to 2g: noise and data in either order, and where they move the weights."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.analysis import feedback_distance, weight_alignment, weight_trajectory

from ..gathering import gathered, with_units
from ..recipe import Branch, Recipe
from .figure_2 import CHECKPOINTS
from .lives import learning, noise_life, sizes_of
from .settings import Settings

__all__ = ["Lives", "ends", "measure", "recipes"]

Lives = Mapping[Any, xr.DataTree]


def recipes(settings: Settings) -> dict[tuple, Recipe]:
    """Return lives in the order of their phases; the second ones begin where the first ended."""
    sizes = sizes_of(settings, settings.data)
    lives: dict[tuple, Recipe] = {}
    for seed in settings.seeds:
        noise = noise_life(settings, "FA", sizes, seed)
        data = learning(settings, "FA", settings.data, sizes, seed, checkpoints=CHECKPOINTS)
        lives["noise", seed] = noise
        lives["data", seed] = data
        lives["noise, data", seed] = learning(
            settings, "FA, noise", settings.data, sizes, seed, checkpoints=CHECKPOINTS
        )
        lives["data, noise", seed] = replace(
            noise, label=f"{noise.label}, after data", birth=Branch(life=data)
        )
        lives["BP", seed] = learning(
            settings, "BP", settings.data, sizes, seed, checkpoints=CHECKPOINTS
        )
    return lives


def measure(settings: Settings, lives: Lives) -> xr.Dataset:
    """Measure alignment and distance along all lives, and the directions in which weights move."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        return xr.Dataset(
            {
                "alignment": weight_alignment(life).isel(synapses=-1, drop=True),
                "distance": feedback_distance(life).isel(synapses=-1, drop=True),
                "presented": life["progress"]["presentation"],
            }
        ).drop_vars("presentation", errors="ignore")

    data = gathered(lives, ("life", "network"), measures)
    data = data.merge(_directions(settings, lives))
    return with_units(
        data,
        alignment=("degree", "angle between forward and feedback weights"),
        distance=("1", "Frobenius distance of the last forward weights to their feedback"),
        presented=("1", "presentations since the phase began"),
        turn=("degree", "angle between the weight changes of noise and of data"),
        control=("degree", "angle between the weight changes of data under FA and under BP"),
        path=("1", "last forward weights in the plane of two principal components"),
        goal=("1", "feedback weights in the same plane"),
    )


def _directions(settings: Settings, lives: Lives) -> xr.Dataset:
    """Compare the directions in which noise and data move weights; trajectories of the first."""
    turns, controls = [], []
    for seed in settings.seeds:
        moved = {name: _moved(lives[name, seed]) for name in ("noise", "data", "BP")}
        turns.append(_angle(moved["noise"], moved["data"]))
        controls.append(_angle(moved["BP"], moved["data"]))
    first = settings.seeds[0]
    names = ("data", "noise", "noise, data", "data, noise")
    plane = weight_trajectory({name: lives[name, first] for name in names})
    plane = plane.drop_vars("presentation", errors="ignore")
    return xr.Dataset(
        {
            "turn": ("network", turns),
            "control": ("network", controls),
            "path": plane["weights"].rename(condition="shown", checkpoint="moment"),
            "goal": plane["feedback"].isel(checkpoint=0, drop=True).rename(condition="shown"),
        },
        coords={"network": settings.seeds},
    ).drop_vars("presentation", errors="ignore")


def _moved(life: xr.DataTree) -> np.ndarray:
    weights = life["weights"].dataset["forward_2"].values.astype(float)
    return (weights[-1] - weights[0]).ravel()


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))))


def ends(data: xr.Dataset, name: str) -> dict[str, xr.DataArray]:
    """Return a measure at the end of each life; every life has its own last checkpoint."""
    found = {}
    for life in data["life"].values.tolist():
        values = data[name].sel(life=life).dropna("checkpoint", how="all")
        found[life] = values.isel(checkpoint=-1)
    found["untrained"] = data[name].sel(life="noise").isel(checkpoint=0)
    return found
