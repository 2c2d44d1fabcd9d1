"""The follow-up paper: whether networks are as sure as they are right."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import calibration_curve, calibration_error, confidence, ood_auc
from ontogeny.data import Stimuli, gaussian_noise

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import gathered, with_units
from ..recipe import Recipe
from ..study import Key, Panel
from . import drawing
from .figure_2 import LEARNING, learning_lives
from .lives import CONDITIONS, images_of
from .settings import Settings

__all__ = ["PANELS"]

_BINS = 10
_SEED = 20_241_222
_RULES = ("BP", "FA")
_SOURCE = "Cheon J, Paik SB, arXiv:2412.17411, read as abstract and code"
_INFERRED = (
    *LEARNING,
    "784-100-10 on MNIST in place of ResNet-18 on CIFAR-10, Adam in place of SGD",
    "5,000 training images, as in the paper per class",
)


def recipes(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives of figure 2 under four conditions: condition, seed."""
    return learning_lives(settings, CONDITIONS)


def _others(settings: Settings) -> dict[str, Stimuli]:
    """Return what networks have to tell from the images that they learned."""
    test = images_of(settings.data, "test", settings.test_size)
    noise = gaussian_noise().stimuli(len(test), units=test.units, classes=test.outputs, seed=_SEED)
    names = [name for name in settings.tasks if name != settings.data]
    return {name: images_of(name, "test", settings.test_size) for name in names} | {"noise": noise}


def measure(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure confidence before learning, calibration after it, and detection of other sets."""
    test = images_of(settings.data, "test", settings.test_size)
    others = _others(settings)

    def measures(life: xr.DataTree) -> xr.Dataset:
        error = calibration_error(life, test, bins=_BINS, checkpoints=-1)
        curve = calibration_curve(life, test, bins=_BINS, checkpoints=-1)
        sure = confidence(life, test, checkpoints=[0, -1]).mean("sample")
        right = (curve["accuracy"] * curve["size"]).sum("bin")
        auc = [float(ood_auc(life, test, other, checkpoints=-1)) for other in others.values()]
        return xr.Dataset(
            {
                "ece": float(error["ece"]),
                "ece_mean": float(error["ece_mean_confidence"]),
                "excess": float(sure[-1] - right),
                "confidence": ("state", sure.values),
                "accuracy": ("bin", curve["accuracy"].values),
                "auc": ("other", auc),
            },
            coords={
                "bin": curve["bin"].values,
                "state": ["before", "after"],
                "other": list(others),
            },
        )

    found = gathered(lives, ("condition", "network"), measures)
    found.attrs["classes"] = test.outputs
    return with_units(
        found,
        ece=("1", "expected calibration error, by centres of bins"),
        ece_mean=("1", "expected calibration error, by mean confidence of bins"),
        excess=("1", "mean confidence less accuracy"),
        confidence=("1", "mean confidence for test images, before and after learning"),
        accuracy=("1", "accuracy of the images of a bin"),
        auc=("1", "area under the ROC curve, known against other images"),
        bin=("1", "confidence, centre of the bin"),
    )


def _with_noise(
    found: xr.Dataset, name: str, what: str, expected: str, **where: object
) -> list[Comparison]:
    values = found[name].sel(where, drop=True)
    return [
        differs(
            f"{what}, {rule}: with less without noise",
            values.sel(condition=f"{rule}, noise", drop=True),
            values.sel(condition=rule, drop=True),
            expected=expected,
            alpha=0.05,
        )
        for rule in _RULES
    ]


def compare_calibration(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare confidence and calibration with and without noise under both rules."""
    untrained = found["confidence"].sel(condition="BP", state="before", drop=True)
    sure = against(
        "mean confidence of untrained networks for test images",
        untrained,
        1 / found.attrs["classes"],
        expected="greater",
    )
    lower = _with_noise(found, "confidence", "confidence before learning", "less", state="before")
    return {
        "C1": [sure, *lower],
        "C2": _with_noise(found, "ece", "ECE by centres of bins", "less"),
        "C2.b": _with_noise(found, "ece_mean", "ECE by mean confidence", "less"),
    }


def compare_detection(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the detection of other sets with and without noise under both rules."""
    return {
        "C3": [
            one
            for other in found["other"].values
            for one in _with_noise(found, "auc", f"ROC-AUC against {other}", "greater", other=other)
        ]
    }


def draw_calibration(found: xr.Dataset) -> Figure:
    """Draw accuracy against confidence, and the calibration errors."""
    drawn, (curves, errors) = look.figure(2)
    curves.plot([0, 1], [0, 1], color="black", linestyle=":", linewidth=1)
    for place, condition in enumerate(CONDITIONS):
        values = found["accuracy"].sel(condition=condition)
        drawing.curve(curves, found["bin"], values.transpose("network", "bin"), condition)
        drawing.dots(errors, [place], found["ece"].sel(condition=condition), condition)
    curves.set(xlabel="confidence", ylabel="accuracy", ylim=(0, 1.05))
    errors.set(ylabel="expected calibration error")
    errors.set_xticks(range(len(CONDITIONS)), CONDITIONS, rotation=20)
    look.legend(curves)
    return drawn


def describe_calibration(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = [
        f"{name}: {look.said(found['ece'].sel(condition=name))}, mean confidence less accuracy "
        f"{look.said(found['excess'].sel(condition=name))}"
        for name in CONDITIONS
    ]
    return (
        "Left: accuracy against confidence after learning; a dotted line marks perfect "
        f"calibration. Right: expected calibration error. {'; '.join(parts)}."
    )


def draw_detection(found: xr.Dataset) -> Figure:
    """Draw the areas under the ROC curves."""
    drawn, (axes,) = look.figure()
    names = [str(name) for name in found["other"].values]
    for shift, condition in zip(np.linspace(-0.24, 0.24, 4), CONDITIONS, strict=True):
        values = found["auc"].sel(condition=condition)
        drawing.dots(axes, np.arange(len(names)) + shift, values, condition)
    axes.axhline(0.5, color="black", linestyle=":", linewidth=1)
    axes.set_xticks(range(len(names)), names)
    axes.set(ylabel="area under the ROC curve", xlim=(-0.5, len(names) - 0.5))
    look.legend(axes)
    return drawn


def describe_detection(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = []
    for other in found["other"].values:
        auc = found["auc"].sel(other=other)
        told = ", ".join(f"{name} {look.said(auc.sel(condition=name))}" for name in CONDITIONS)
        parts.append(f"{other}: {told}")
    return (
        "How well confidence tells test images from those of other sets, as area under the ROC "
        f"curve, one mark for each condition; a dotted line marks chance. {'; '.join(parts)}."
    )


_NOTE = "A claim of the follow-up paper for backpropagation; feedback alignment is added here. "
_LEVEL = "P < 0.05, since no level is known."
CALIBRATION_ROWS = (
    Claim(
        id="C1",
        claim="Untrained networks are more sure than chance, and noise makes them less so",
        published=f"no number known ({_SOURCE})",
        inferred=_INFERRED,
        note=_NOTE + _LEVEL,
    ),
    Claim(
        id="C2",
        claim="After learning, the expected calibration error is lower with noise before",
        published=f"no number known ({_SOURCE})",
        inferred=(*_INFERRED, "10 bins; error by the centres of bins, as in the authors' code"),
        note=_NOTE + _LEVEL,
    ),
    Claim(
        id="C2.b",
        claim="The same by the usual formula, with the mean confidence of every bin",
        published=f"no number known ({_SOURCE})",
        inferred=(*_INFERRED, "10 bins"),
        note=_NOTE + _LEVEL,
    ),
)
DETECTION_ROWS = (
    Claim(
        id="C3",
        claim="After learning, confidence tells images of other sets better with noise before",
        published=f"no number known ({_SOURCE})",
        inferred=(*_INFERRED, "other sets: the other tasks of figure 6, and Gaussian noise"),
        note=_NOTE + _LEVEL,
    ),
)

PANELS = (
    Panel(
        name="C",
        title="Calibration (follow-up paper)",
        rows=CALIBRATION_ROWS,
        recipes=recipes,
        measure=measure,
        compare=compare_calibration,
        figure=draw_calibration,
        alt=describe_calibration,
    ),
    Panel(
        name="C-ood",
        title="Confidence for images of other sets (follow-up paper)",
        rows=DETECTION_ROWS,
        recipes=recipes,
        measure=measure,
        compare=compare_detection,
        figure=draw_detection,
        alt=describe_detection,
    ),
)
