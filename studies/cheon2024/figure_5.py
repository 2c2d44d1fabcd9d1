"""Figure 5: digits unlike those of training."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import evaluate
from ontogeny.data import Stimuli, resized, rotated, scaled, translated

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import differs, not_run
from ..gathering import gathered, with_units
from ..study import Key, Panel
from . import drawing
from .figure_2 import LEARNING, learning_lives
from .lives import images_of
from .settings import Settings

__all__ = ["PANELS"]

CONDITIONS = ("BP", "FA", "FA, noise")
_KINDS = ("translated", "rotated", "scaled")
_STRENGTHS = ("weak", "medium", "strong")


def _accuracy(life: xr.DataTree, stimuli: Stimuli) -> float:
    return 100 * float(evaluate(life, stimuli, checkpoints=-1)["accuracy"])


def _changed(settings: Settings) -> dict[tuple[str, str], Stimuli]:
    test = images_of(settings.data, "test", settings.test_size)
    made = {
        "translated": [translated(test, pixels=most) for most in settings.shifts],
        "rotated": [rotated(test, degrees=most) for most in settings.turns],
        "scaled": [scaled(test, low=1 - most, high=1 + most) for most in settings.scalings],
    }
    return {
        (kind, strength): stimuli
        for kind, sets in made.items()
        for strength, stimuli in zip(_STRENGTHS, sets, strict=True)
    }


def measure_changed(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the accuracy on digits that are shifted, turned, or of another size."""
    sets = _changed(settings)

    def measures(life: xr.DataTree) -> xr.Dataset:
        found = [[_accuracy(life, sets[kind, how]) for how in _STRENGTHS] for kind in _KINDS]
        return xr.Dataset({"accuracy": (("kind", "strength"), found)})

    found = gathered(lives, ("condition", "network"), measures)
    found = found.assign_coords(
        kind=list(_KINDS),
        strength=list(_STRENGTHS),
        most=(("kind", "strength"), [settings.shifts, settings.turns, settings.scalings]),
    )
    return with_units(
        found,
        accuracy=("%", "accuracy on changed test images"),
        most=("1", "largest shift (pixels), angle (degrees) and change of scale"),
    )


def compare_changed(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare with and without noise, for every kind of change."""
    mean = found["accuracy"].mean("strength")
    return {
        "A19": [
            differs(
                f"accuracy on {kind} images (mean over {len(_STRENGTHS)} strengths): FA with less "
                f"without noise",
                mean.sel(kind=kind, condition="FA, noise", drop=True),
                mean.sel(kind=kind, condition="FA", drop=True),
                expected="greater",
                unit="percentage points",
            )
            for kind in _KINDS
        ]
    }


def draw_changed(found: xr.Dataset) -> Figure:
    """Draw the accuracy against the strength of each kind of change."""
    drawn, axes = look.figure(len(_KINDS))
    labels = ("largest shift (pixels)", "largest angle (degrees)", "largest change of scale")
    for place, kind, label in zip(axes, _KINDS, labels, strict=True):
        x = found["most"].sel(kind=kind).values
        for condition in CONDITIONS:
            values = found["accuracy"].sel(kind=kind, condition=condition)
            drawing.curve(place, x, values, condition)
        place.set_xticks(x)
        place.set_xlabel(label)
        place.set_title(kind, fontsize="medium")
    axes[0].set_ylabel("accuracy (%)")
    look.legend(axes[0])
    return drawn


def _told(values: xr.DataArray) -> str:
    return ", ".join(
        f"{name} {look.said(values.sel(condition=name), 1, '%')}" for name in CONDITIONS
    )


def describe_changed(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = []
    for kind in _KINDS:
        strengths = [f"{float(most):g}" for most in found["most"].sel(kind=kind)]
        mean = found["accuracy"].sel(kind=kind).mean("strength")
        parts.append(f"{kind} (at most {', '.join(strengths)}): {_told(mean)}")
    return (
        "Accuracy of networks that learned from upright digits on changed ones, against the "
        f"strength of the change, under three conditions. Means over strengths: {'; '.join(parts)}."
    )


def measure_other(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the accuracy on digits of other sets."""
    rows, columns = images_of(settings.data, "test").shape[:2]
    sets = {name: resized(images_of(name, "test"), rows, columns) for name in settings.other_digits}

    def measures(life: xr.DataTree) -> xr.Dataset:
        found = [_accuracy(life, stimuli) for stimuli in sets.values()]
        return xr.Dataset({"accuracy": ("data", np.array(found, float))})

    found = gathered(lives, ("condition", "network"), measures)
    found = found.assign_coords(data=("data", np.array(list(sets), dtype=object)))
    return with_units(found, accuracy=("%", "accuracy on digits of another set"))


def compare_other(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare with and without noise."""
    compared = [
        differs(
            f"accuracy on {name}: FA with less without noise",
            found["accuracy"].sel(data=name, condition="FA, noise", drop=True),
            found["accuracy"].sel(data=name, condition="FA", drop=True),
            expected="greater",
            unit="percentage points",
        )
        for name in found["data"].values
    ]
    return {"A20": compared or [not_run("USPS: not among the digits of these settings")]}


def draw_other(found: xr.Dataset) -> Figure:
    """Draw the accuracy under each condition."""
    drawn, (axes,) = look.figure()
    names = [str(name) for name in found["data"].values]
    for shift, condition in zip((-0.15, 0.0, 0.15), CONDITIONS, strict=True):
        values = found["accuracy"].sel(condition=condition)
        drawing.dots(axes, [k + shift for k in range(len(names))], values, condition)
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.5, max(len(names), 1) - 0.5)
    axes.set_ylabel("accuracy (%)")
    look.legend(axes)
    return drawn


def describe_other(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [f"{name}: {_told(found['accuracy'].sel(data=name))}" for name in found["data"].values]
    told = "; ".join(parts) or "no other set was looked at"
    return f"Accuracy on digits of another set, one mark for each condition. {told}."


_STATED = "accuracy with noise > without; n = 10, t test, P < 0.001"
CHANGED_ROWS = (
    Claim(
        id="A19",
        claim="Networks that had noise before learning do better on translated, on rotated and on "
        "scaled digits",
        published=f"{_STATED} (each)",
        inferred=(
            *LEARNING,
            "shifts of up to 2, 4 and 6 pixels, rotations of up to 15, 30 and 45 degrees, scales "
            "of 1 - 0.1 to 1 + 0.1, 1 - 0.25 to 1 + 0.25 and 1 - 0.4 to 1 + 0.4, drawn uniformly "
            "for each test image, bilinear; the mean over the three strengths is compared",
        ),
    ),
)
OTHER_ROWS = (
    Claim(
        id="A20",
        claim="Networks that had noise before learning do better on digits of USPS",
        published=_STATED,
        inferred=(*LEARNING, "test split of USPS, 2,007 images, 16 x 16 resized to 28 x 28"),
    ),
)

PANELS = (
    Panel(
        name="5b",
        title="Translated, rotated and scaled digits",
        rows=CHANGED_ROWS,
        recipes=learning_lives,
        measure=measure_changed,
        compare=compare_changed,
        figure=draw_changed,
        alt=describe_changed,
    ),
    Panel(
        name="5c",
        title="Digits of another set",
        rows=OTHER_ROWS,
        recipes=learning_lives,
        measure=measure_other,
        compare=compare_other,
        figure=draw_other,
        alt=describe_other,
    ),
)
