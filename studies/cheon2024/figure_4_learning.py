"""Figure 4, second half: what noise before learning does to generalisation and to features."""

from collections.abc import Iterable, Mapping
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import evaluate, generalisation_error, gram_rank

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import differs
from ..gathering import gathered, with_units
from ..recipe import Recipe
from ..study import Key, Panel
from . import drawing
from .lives import images_of, learning, sizes_of
from .settings import INFERRED, Settings

__all__ = ["PANELS"]

CONDITIONS = ("BP", "FA", "FA, noise")
# Panels of many lives have the two conditions that the paper compares.
_PAIR = ("FA", "FA, noise")
_DEPTH = 3
_INFERRED = (
    "784-100-100-10 (depth 3), 100 neurons in every hidden population",
    "learning until the training images are known: as many epochs as take the training error "
    "below 0.5 % under every condition, in a pilot with other seeds",
    INFERRED["optimiser"],
    INFERRED["noise"],
    INFERRED["pixels"],
)
_ERROR = (
    *_INFERRED,
    "generalisation error: |training error - test error|, error rates in percentage points",
)
_FEATURES = (
    *_INFERRED,
    "features: rates of the last hidden population, for all test images, after learning",
)


def _life(settings: Settings, condition: str, size: int, depth: int, seed: int) -> Recipe:
    return learning(
        settings,
        condition,
        settings.data,
        sizes_of(settings, settings.data, depth),
        seed,
        size=size,
        epochs=settings.epochs_of(size),
        tested=False,
        checkpoints=12,
    )


def _lives(
    settings: Settings, sizes: Iterable[int], depths: Iterable[int], conditions: Iterable[str]
) -> dict[Key, Recipe]:
    return {
        (condition, size, depth, seed): _life(settings, condition, size, depth, seed)
        for size in sizes
        for depth in depths
        for condition in conditions
        for seed in settings.seeds
    }


def recipes_of_one(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives with the largest training set: condition, size, depth, seed."""
    return _lives(settings, settings.sizes[-1:], (_DEPTH,), CONDITIONS)


def recipes_of_sizes(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives with all training sets: condition, size, depth, seed."""
    return _lives(settings, settings.sizes, (_DEPTH,), _PAIR)


def recipes_of_depths(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives at all depths: condition, size, depth, seed."""
    return _lives(settings, settings.sizes[-1:], settings.depths, _PAIR)


def _errors(
    settings: Settings, lives: Mapping[Key, xr.DataTree], size: int, checkpoints: int | None
) -> xr.Dataset:
    train = images_of(settings.data, "train", size)
    test = images_of(settings.data, "test", settings.test_size)

    def measures(life: xr.DataTree) -> xr.Dataset:
        found = generalisation_error(life, train, test, checkpoints=checkpoints)
        right = evaluate(life, train, checkpoints=checkpoints)["accuracy"]
        found = found.assign(error=100 * found["error"], training=100 * (1 - right))
        return found.drop_vars(found.coords)

    found = gathered(lives, _DIMS, measures, where=lambda key: key[1] == size)
    return found.isel(depth=0, drop=True)


_DIMS = ("condition", "size", "depth", "network")
_ERRORS = {
    "error": ("percentage point", "generalisation error"),
    "loss": ("nat", "test loss less training loss"),
    "training": ("percentage point", "training error"),
}


def measure_course(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the generalisation error along learning."""
    size = settings.sizes[-1]
    first = lives[CONDITIONS[0], size, _DEPTH, settings.seeds[0]]["progress"].dataset
    epoch = first["presentation"].values / size
    found = _errors(settings, lives, size, None).isel(size=0, drop=True)
    found = found.rename(checkpoint="epoch").assign_coords(epoch=epoch)
    return with_units(found, **_ERRORS, epoch=("1", "epochs of learning"))


def measure_sizes(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the generalisation error at the end, for all training sets."""
    found = xr.concat([_errors(settings, lives, size, -1) for size in settings.sizes], "size")
    return with_units(found, **_ERRORS, size=("1", "training images"))


def _features(settings: Settings, lives: Mapping[Key, xr.DataTree], populations: Any) -> xr.Dataset:
    test = images_of(settings.data, "test", settings.test_size)

    def measures(life: xr.DataTree) -> xr.Dataset:
        rank = gram_rank(life, test, checkpoints=-1).isel(population=populations)
        return xr.Dataset({"rank": rank.drop_vars(set(rank.coords) - set(rank.dims))})

    found = gathered(lives, _DIMS, measures).isel(size=0, drop=True)
    return with_units(found, rank=("1", "effective rank of the Gram matrix of hidden rates"))


def measure_features(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the effective rank of the Gram matrix of all hidden populations."""
    return _features(settings, lives, slice(None)).isel(depth=0, drop=True)


def measure_depths(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the effective rank of the Gram matrix of the last hidden population."""
    return with_units(_features(settings, lives, -1), depth=("1", "number of weight matrices"))


def _noise_lowers(values: xr.DataArray, label: str, unit: str = "", **where: object) -> Comparison:
    at = values.sel(where) if where else values
    return differs(
        f"{label}: FA with less without noise",
        at.sel(condition="FA, noise", drop=True),
        at.sel(condition="FA", drop=True),
        expected="less",
        unit=unit,
    )


_POINTS = "percentage points"


def compare_course(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the generalisation error at the end, and on average along learning."""
    error = found["error"]
    end = error.isel(epoch=-1, drop=True)
    # Checkpoints are evenly spaced in the logarithm: the integral weighs epochs equally.
    mean = error.integrate("epoch") / float(error["epoch"][-1] - error["epoch"][0])
    return {
        "A15": [_noise_lowers(end, "generalisation error at the end of learning", _POINTS)],
        "A15.b": [_noise_lowers(mean, "mean generalisation error over the epochs", _POINTS)],
    }


def compare_sizes(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the generalisation error for every training set."""
    return {
        name: [
            _noise_lowers(found[measure], f"{what}, {size} images", unit, size=size)
            for size in found["size"].values
        ]
        for name, measure, what, unit in (
            ("A16", "error", "generalisation error", _POINTS),
            ("A16.b", "loss", "gap of the loss", "nat"),
        )
    }


def compare_features(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the effective ranks of hidden populations."""
    *others, last = (
        _noise_lowers(found["rank"], f"effective rank, {name}", population=name)
        for name in found["population"].values
    )
    return {"A17": [last], "A17.b": others}


def compare_depths(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the effective ranks at every depth."""
    return {
        "A18": [
            _noise_lowers(found["rank"], f"effective rank, {depth} weight matrices", depth=depth)
            for depth in found["depth"].values
        ]
    }


def draw_course(found: xr.Dataset) -> Figure:
    """Draw the generalisation error against epochs."""
    drawn, (axes,) = look.figure()
    for condition in CONDITIONS:
        drawing.curve(axes, found["epoch"], found["error"].sel(condition=condition), condition)
    axes.set_xlabel("epochs of learning")
    axes.set_ylabel("generalisation error\n(percentage points)")
    axes.set_xscale("symlog", linthresh=1)
    look.legend(axes)
    return drawn


def draw_sizes(found: xr.Dataset) -> Figure:
    """Draw the generalisation error against the number of training images."""
    drawn, axes = look.figure(2)
    labels = ("generalisation error\n(percentage points)", "test loss less training loss (nat)")
    for place, name, label in zip(axes, ("error", "loss"), labels, strict=True):
        for condition in _PAIR:
            values = found[name].sel(condition=condition)
            drawing.curve(place, found["size"], values, condition)
        place.set_xscale("log")
        place.set_xticks(found["size"].values, [str(size) for size in found["size"].values])
        place.minorticks_off()
        place.set_xlabel("training images")
        place.set_ylabel(label)
    look.legend(axes[0])
    return drawn


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
    for condition in _PAIR:
        values = found["rank"].sel(condition=condition).transpose("network", "depth")
        drawing.curve(axes, found["depth"], values, condition)
    axes.set_xticks(found["depth"].values)
    axes.set_xlabel("number of weight matrices")
    axes.set_ylabel("effective rank of the Gram matrix")
    look.legend(axes)
    return drawn


def _told(values: xr.DataArray, unit: str) -> str:
    return ", ".join(
        f"{name} {look.said(values.sel(condition=name), 2, unit)}"
        for name in values["condition"].values
    )


def describe_course(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    end = found["error"].isel(epoch=-1)
    return (
        f"Generalisation error along {float(found['epoch'][-1]):g} epochs of learning under three "
        f"conditions. At the end: {_told(end, _POINTS)}."
    )


def describe_sizes(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"{size} images: {_told(found['error'].sel(size=size), _POINTS)}"
        for size in found["size"].values
    ]
    return (
        "Generalisation error at the end, as error rate on the left and as loss on the right, "
        f"against the number of training images. Error rate: {'; '.join(parts)}. The training "
        f"error at the end is at most {float(found['training'].max()):.2g} percentage points."
    )


def describe_features(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"{name}: {_told(found['rank'].sel(population=name), '')}"
        for name in found["population"].values
    ]
    return (
        "Effective rank of the Gram matrix of the hidden populations after learning, one mark for "
        f"each condition. {'; '.join(parts)}."
    )


def describe_depths(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"depth {depth}: {_told(found['rank'].sel(depth=depth), '')}"
        for depth in found["depth"].values
    ]
    return (
        "Effective rank of the Gram matrix of the last hidden population after learning against "
        f"the number of weight matrices. {'; '.join(parts)}."
    )


_STATED = "lower with noise; n = 10, t test, P < 0.001"
COURSE_ROWS = (
    Claim(
        id="A15",
        claim="The generalisation error is lower with noise before learning (at its end)",
        published="no test stated for this panel; 1,600 training images",
        inferred=_ERROR,
        note="P < 0.001, as in the panel beside it. During learning the error depends on how far "
        "each condition has learned the training set, and opens earlier where it is learned "
        "earlier; at the end conditions compare.",
    ),
    Claim(
        id="A15.b",
        claim="The generalisation error is lower with noise before learning (mean over the epochs)",
        published="no test stated for this panel; 1,600 training images",
        inferred=_ERROR,
        note="The other reading of 'during training'.",
    ),
)
SIZE_ROWS = (
    Claim(
        id="A16",
        claim="The generalisation error is lower with noise, for all numbers of training images",
        published=_STATED,
        inferred=(*_ERROR, "100, 200, 400, 800 and 1,600 training images"),
    ),
    Claim(
        id="A16.b",
        claim="The gap between test and training loss is lower with noise, for all numbers of "
        "training images",
        published="the first version of the paper speaks of generalisation loss",
        inferred=(*_INFERRED, "test loss less training loss", "the same training images"),
    ),
)
FEATURE_ROWS = (
    Claim(
        id="A17",
        claim="The effective rank of the Gram matrix of features is lower with noise",
        published=_STATED,
        inferred=_FEATURES,
    ),
    Claim(
        id="A17.b",
        claim="The same for the other hidden population",
        published=_STATED,
        inferred=_INFERRED,
        note="The paper does not say which population's rates are the features.",
    ),
)
DEPTH_ROWS = (
    Claim(
        id="A18",
        claim="The effective rank of the Gram matrix of features is lower with noise, at every "
        "depth",
        published=_STATED,
        inferred=(*_FEATURES, "2, 3 and 5 weight matrices"),
    ),
)

PANELS = (
    Panel(
        name="4e",
        title="Generalisation error along learning",
        rows=COURSE_ROWS,
        recipes=recipes_of_one,
        measure=measure_course,
        compare=compare_course,
        figure=draw_course,
        alt=describe_course,
    ),
    Panel(
        name="4f",
        title="Generalisation error and the number of training images",
        rows=SIZE_ROWS,
        recipes=recipes_of_sizes,
        measure=measure_sizes,
        compare=compare_sizes,
        figure=draw_sizes,
        alt=describe_sizes,
    ),
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
