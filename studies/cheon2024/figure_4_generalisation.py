"""Figures 4e and 4f: what noise before learning does to generalisation."""

from collections.abc import Mapping

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import evaluate, generalisation_error

from .. import look
from ..claims import Claim, Comparison
from ..gathering import gathered, with_units
from ..study import Key, Panel
from . import drawing
from .figure_4_lives import (
    CONDITIONS,
    DEPTH,
    DIMS,
    LEARNED,
    PAIR,
    STATED,
    noise_lowers,
    recipes_of_one,
    recipes_of_sizes,
    told,
)
from .lives import images_of
from .settings import Settings

__all__ = ["PANELS"]

_ERROR = (
    *LEARNED,
    "generalisation error: |training error - test error|, error rates in percentage points",
)


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

    found = gathered(lives, DIMS, measures, where=lambda key: key[1] == size)
    return found.isel(depth=0, drop=True)


_ERRORS = {
    "error": ("percentage point", "generalisation error"),
    "loss": ("nat", "test loss less training loss"),
    "training": ("percentage point", "training error"),
}


def measure_course(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the generalisation error along learning."""
    size = settings.sizes[-1]
    first = lives[CONDITIONS[0], size, DEPTH, settings.seeds[0]]["progress"].dataset
    epoch = first["presentation"].values / size
    found = _errors(settings, lives, size, None).isel(size=0, drop=True)
    found = found.rename(checkpoint="epoch").assign_coords(epoch=epoch)
    return with_units(found, **_ERRORS, epoch=("1", "epochs of learning"))


def measure_sizes(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the generalisation error at the end, for all training sets."""
    found = xr.concat([_errors(settings, lives, size, -1) for size in settings.sizes], "size")
    return with_units(found, **_ERRORS, size=("1", "training images"))


_POINTS = "percentage points"


def compare_course(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the generalisation error at the end, and on average along learning."""
    error = found["error"]
    end = error.isel(epoch=-1, drop=True)
    # Checkpoints are evenly spaced in the logarithm: the integral weighs epochs equally.
    mean = error.integrate("epoch") / float(error["epoch"][-1] - error["epoch"][0])
    return {
        "A15": [noise_lowers(end, "generalisation error at the end of learning", _POINTS)],
        "A15.b": [noise_lowers(mean, "mean generalisation error over the epochs", _POINTS)],
    }


def compare_sizes(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the generalisation error for every training set."""
    return {
        name: [
            noise_lowers(found[measure], f"{what}, {size} images", unit, size=size)
            for size in found["size"].values
        ]
        for name, measure, what, unit in (
            ("A16", "error", "generalisation error", _POINTS),
            ("A16.b", "loss", "gap of the loss", "nat"),
        )
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
        for condition in PAIR:
            values = found[name].sel(condition=condition)
            drawing.curve(place, found["size"], values, condition)
        place.set_xscale("log")
        place.set_xticks(found["size"].values, [str(size) for size in found["size"].values])
        place.minorticks_off()
        place.set_xlabel("training images")
        place.set_ylabel(label)
    look.legend(axes[0])
    return drawn


def describe_course(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    end = found["error"].isel(epoch=-1)
    return (
        f"Generalisation error along {float(found['epoch'][-1]):g} epochs of learning under three "
        f"conditions. At the end: {told(end, _POINTS)}."
    )


def describe_sizes(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"{size} images: {told(found['error'].sel(size=size), _POINTS)}"
        for size in found["size"].values
    ]
    return (
        "Generalisation error at the end, as error rate on the left and as loss on the right, "
        f"against the number of training images. Error rate: {'; '.join(parts)}. The training "
        f"error at the end is at most {float(found['training'].max()):.2g} percentage points."
    )


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
        published=STATED,
        inferred=(*_ERROR, "100, 200, 400, 800 and 1,600 training images"),
    ),
    Claim(
        id="A16.b",
        claim="The gap between test and training loss is lower with noise, for all numbers of "
        "training images",
        published="the first version of the paper speaks of generalisation loss",
        inferred=(*LEARNED, "test loss less training loss", "the same training images"),
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
)
