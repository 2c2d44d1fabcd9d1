"""Figure 4b: what noise alone does to readouts."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import readout_probabilities
from ontogeny.data import gaussian_noise

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import gathered, with_units
from ..recipe import Recipe
from ..study import Key, Panel
from . import drawing
from .lives import images_of, noise_lives
from .settings import INFERRED, Settings

__all__ = ["PANELS"]

_STATES = ("untrained", "trained")
_INPUTS = ("noise", "images")
_SAMPLES = 1000
# Inputs that are asked for all their readouts: 100 of them times 10 classes are the paper's 1000.
_FEW = 100
_SEED = 20_240_527
_INFERRED = (INFERRED["noise"], INFERRED["optimiser"], INFERRED["weights"])
_READOUT = "Before noise, readout probabilities differ from chance; after it they do not"
_WILCOXON = (
    "Wilcoxon signed-rank test against chance, n = 1000: untrained P < 0.001; trained on "
    "noise P = 0.096, not significant"
)
READOUT_ROWS = (
    Claim(
        id="A12",
        claim=_READOUT,
        published=_WILCOXON,
        inferred=(
            *_INFERRED,
            "784-100-10",
            "n = 1000 are 100 fresh noise patterns times 10 classes, of the first network",
        ),
        note="All readouts of an input sum to 1, so that their mean is chance whatever the "
        "network does: the test is one of the symmetry of their distribution.",
    ),
    Claim(
        id="A12.b",
        claim=f"{_READOUT}: the same for images of digits",
        published=_WILCOXON,
        inferred=(*_INFERRED, "784-100-10", "100 test images times 10 classes, first network"),
        note="The paper does not say what the inputs were.",
    ),
    Claim(
        id="A12.c",
        claim="Noise brings the largest readout probability, the confidence, down towards chance",
        published="as above, for another reading of n = 1000",
        inferred=(*_INFERRED, "1000 inputs, of which the largest of 10 readouts counts"),
        note="The largest of 10 probabilities exceeds chance always: no test can find it at "
        "chance, and what is tested is its fall over networks.",
    ),
)


def readout_recipes(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives through noise under feedback alignment: rule, seed."""
    return noise_lives(settings, ("FA",))


def measure_readouts(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure readout probabilities of noise and of images, before and after noise."""
    images = images_of(settings.data, "test", _SAMPLES)
    fresh = gaussian_noise().stimuli(
        _SAMPLES, units=images.units, classes=images.outputs, seed=_SEED
    )
    stimuli = dict(zip(_INPUTS, (fresh, images), strict=True))

    def measures(life: xr.DataTree) -> xr.Dataset:
        output = [
            readout_probabilities(life, of, checkpoints=[0, -1]).values for of in stimuli.values()
        ]
        readouts = np.array([values[:, :_FEW].reshape(len(_STATES), -1) for values in output])
        largest = np.array([values.max(axis=-1).mean(axis=-1) for values in output])
        return xr.Dataset(
            {
                "probability": (("input", "state", "readout"), readouts),
                "largest": (("input", "state"), largest),
            },
            coords={"input": list(stimuli), "state": list(_STATES)},
        )

    found = gathered(lives, ("rule", "network"), measures).isel(rule=0, drop=True)
    found.attrs["classes"] = images.outputs
    return with_units(
        found,
        probability=("1", "readout probability"),
        largest=("1", "largest readout probability, mean over inputs"),
    )


def _against_chance(found: xr.Dataset, kind: str, network: int = 0) -> list[Comparison]:
    chance = 1 / found.attrs["classes"]
    values = found["probability"].sel(input=kind).isel(network=network)
    return [
        against(
            f"{state}: readouts of {kind} against chance",
            values.sel(state=state),
            chance,
            expected=expected,
            alpha=alpha,
            test="wilcoxon",
        )
        for state, expected, alpha in (
            ("untrained", "different", 0.001),
            ("trained", "equal", 0.05),
        )
    ]


def compare_readouts(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare readouts with chance, and confidence before and after."""
    largest = [
        differs(
            f"largest readout of {kind}: trained less untrained",
            found["largest"].sel(input=kind, state="trained", drop=True),
            found["largest"].sel(input=kind, state="untrained", drop=True),
            expected="less",
        )
        for kind in _INPUTS
    ]
    return {
        "A12": _against_chance(found, "noise"),
        "A12.b": _against_chance(found, "images"),
        "A12.c": largest,
    }


def draw_readouts(found: xr.Dataset) -> Figure:
    """Draw the distributions of readouts of the first network."""
    drawn, axes = look.figure(2)
    edges = [part / 40 for part in range(41)]
    for place, kind in zip(axes, _INPUTS, strict=True):
        values = found["probability"].sel(input=kind).isel(network=0)
        for state, colour in zip(
            _STATES, (drawing.UNTRAINED, drawing.COLOURS["FA, noise"]), strict=True
        ):
            place.hist(
                values.sel(state=state).values,
                edges,
                histtype="step",
                color=colour,
                label="trained on noise" if state == "trained" else state,
                weights=np.full(values.sizes["readout"], 100 / values.sizes["readout"]),
            )
        place.axvline(1 / found.attrs["classes"], color="black", linestyle=":", linewidth=1)
        place.set_title(f"inputs: {kind}", fontsize="medium")
        place.set_xlabel("readout probability")
        place.set_yscale("log")
    axes[0].set_ylabel("share of readouts (%)")
    look.legend(axes[0])
    return drawn


def describe_readouts(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = []
    for kind in _INPUTS:
        largest = found["largest"].sel(input=kind)
        tests = [_against_chance(found, kind, k)[1].tests for k in range(found.sizes["network"])]
        near = sum(test[0].p_value is not None and test[0].p_value >= 0.05 for test in tests)
        parts.append(
            f"{kind}: the largest readout is {look.said(largest.sel(state='untrained'))} before "
            f"and {look.said(largest.sel(state='trained'))} after; after noise the test finds no "
            f"difference from chance (P >= 0.05) in {near} of {len(tests)} networks"
        )
    return (
        f"Histograms of the readout probabilities of the first network for {_FEW} inputs, before "
        f"and after noise; a dotted line marks chance, {1 / found.attrs['classes']:g}. "
        f"{'. '.join(parts)}."
    )


PANELS = (
    Panel(
        name="4b",
        title="Readout probabilities before and after noise",
        rows=READOUT_ROWS,
        recipes=readout_recipes,
        measure=measure_readouts,
        compare=compare_readouts,
        figure=draw_readouts,
        alt=describe_readouts,
    ),
)
