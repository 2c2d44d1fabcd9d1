"""Figures 4g and 4h: what noise before learning does to the dimensionality of features."""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import gram_rank

from .. import look
from ..claims import Claim, Comparison
from ..gathering import gathered, with_units
from ..study import Key, Panel
from . import drawing
from .figure_4_lives import (
    CONDITIONS,
    DIMS,
    LEARNED,
    PAIR,
    STATED,
    noise_lowers,
    recipes_of_depths,
    recipes_of_one,
    told,
)
from .lives import images_of
from .settings import Settings

__all__ = ["PANELS"]

_FEATURES = (
    *LEARNED,
    "features: rates of the last hidden population, for all test images, after learning",
)


def _features(settings: Settings, lives: Mapping[Key, xr.DataTree], populations: Any) -> xr.Dataset:
    test = images_of(settings.data, "test", settings.test_size)

    def measures(life: xr.DataTree) -> xr.Dataset:
        rank = gram_rank(life, test, checkpoints=-1).isel(population=populations)
        return xr.Dataset({"rank": rank.drop_vars(set(rank.coords) - set(rank.dims))})

    found = gathered(lives, DIMS, measures).isel(size=0, drop=True)
    return with_units(found, rank=("1", "effective rank of the Gram matrix of hidden rates"))


def measure_features(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the effective rank of the Gram matrix of all hidden populations."""
    return _features(settings, lives, slice(None)).isel(depth=0, drop=True)


def measure_depths(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the effective rank of the Gram matrix of the last hidden population."""
    return with_units(_features(settings, lives, -1), depth=("1", "number of weight matrices"))


def compare_features(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the effective ranks of hidden populations."""
    *others, last = (
        noise_lowers(found["rank"], f"effective rank, {name}", population=name)
        for name in found["population"].values
    )
    return {"A17": [last], "A17.b": others}


def compare_depths(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the effective ranks at every depth."""
    return {
        "A18": [
            noise_lowers(found["rank"], f"effective rank, {depth} weight matrices", depth=depth)
            for depth in found["depth"].values
        ]
    }


def draw_features(found: xr.Dataset) -> Figure:
    """Draw the effective ranks of hidden populations."""
    drawn, (axes,) = look.figure()
    names = found["population"].values
    for shift, condition in zip((-0.15, 0.0, 0.15), CONDITIONS, strict=True):
        values = found["rank"].sel(condition=condition)
        drawing.dots(axes, [place + shift for place in range(len(names))], values, condition)
    axes.set_xticks(range(len(names)), [str(name).replace("_", " ") for name in names])
    axes.set_ylabel("effective rank of the Gram matrix")
    look.legend(axes)
    return drawn


def draw_depths(found: xr.Dataset) -> Figure:
    """Draw the effective rank against depth."""
    drawn, (axes,) = look.figure()
    for condition in PAIR:
        values = found["rank"].sel(condition=condition).transpose("network", "depth")
        drawing.curve(axes, found["depth"], values, condition)
    axes.set_xticks(found["depth"].values)
    axes.set_xlabel("number of weight matrices")
    axes.set_ylabel("effective rank of the Gram matrix")
    look.legend(axes)
    return drawn


def describe_features(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"{name}: {told(found['rank'].sel(population=name), '')}"
        for name in found["population"].values
    ]
    return (
        "Effective rank of the Gram matrix of the hidden populations after learning, one mark for "
        f"each condition. {'; '.join(parts)}."
    )


def describe_depths(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"depth {depth}: {told(found['rank'].sel(depth=depth), '')}"
        for depth in found["depth"].values
    ]
    return (
        "Effective rank of the Gram matrix of the last hidden population after learning against "
        f"the number of weight matrices. {'; '.join(parts)}."
    )


FEATURE_ROWS = (
    Claim(
        id="A17",
        claim="The effective rank of the Gram matrix of features is lower with noise",
        published=STATED,
        inferred=_FEATURES,
    ),
    Claim(
        id="A17.b",
        claim="The same for the other hidden population",
        published=STATED,
        inferred=LEARNED,
        note="The paper does not say which population's rates are the features.",
    ),
)
DEPTH_ROWS = (
    Claim(
        id="A18",
        claim="The effective rank of the Gram matrix of features is lower with noise, at every "
        "depth",
        published=STATED,
        inferred=(*_FEATURES, "2, 3 and 5 weight matrices"),
    ),
)


PANELS = (
    Panel(
        name="4g",
        title="Effective dimensionality of features",
        rows=FEATURE_ROWS,
        recipes=recipes_of_one,
        measure=measure_features,
        compare=compare_features,
        figure=draw_features,
        alt=describe_features,
    ),
    Panel(
        name="4h",
        title="Effective dimensionality of features and depth",
        rows=DEPTH_ROWS,
        recipes=recipes_of_depths,
        measure=measure_depths,
        compare=compare_depths,
        figure=draw_depths,
        alt=describe_depths,
    ),
)
