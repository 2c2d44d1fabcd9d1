"""Figure 4, first half: what noise alone does to readouts, spectra and ranks."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import effective_rank, readout_probabilities, singular_values
from ontogeny.data import gaussian_noise

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import gathered, with_units
from ..recipe import Recipe
from ..study import Key, Panel
from . import drawing
from .lives import images_of, noise_life, sizes_of
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


def _noise_recipes(rules: tuple[str, ...], settings: Settings) -> dict[Key, Recipe]:
    sizes = sizes_of(settings, settings.data)
    return {
        (rule, seed): noise_life(settings, rule, sizes, seed)
        for rule in rules
        for seed in settings.seeds
    }


def readout_recipes(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives through noise under feedback alignment: rule, seed."""
    return _noise_recipes(("FA",), settings)


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


_SPECTRUM = (*_INFERRED, "784-100-10", "dominant: the largest singular value's share of their sum")
SPECTRUM_ROWS = (
    Claim(
        id="A13",
        claim="After noise few singular values of the forward weights dominate",
        published="no test stated",
        inferred=_SPECTRUM,
        note="P < 0.05, since no level is stated.",
    ),
)


def rule_recipes(settings: Settings) -> dict[Key, Recipe]:
    """Return the lives through noise under both rules: rule, seed."""
    return _noise_recipes(("FA", "BP"), settings)


def measure_spectra(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the singular values of all forward weights, before and after noise."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        values = singular_values(life).isel(checkpoint=[0, -1]).rename(checkpoint="state")
        values = values.drop_vars(set(values.coords) - {"synapses", "order"})
        values = values.assign_coords(state=list(_STATES)) / values.sum("order")
        return xr.Dataset({"spectrum": values, "dominance": values.max("order")})

    found = gathered(lives, ("rule", "network"), measures)
    return with_units(
        found,
        spectrum=("1", "share of a singular value in their sum"),
        dominance=("1", "share of the largest singular value in their sum"),
    )


def compare_spectra(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the largest singular values before and after."""
    values = found["dominance"].sel(rule="FA", drop=True)
    return {
        "A13": [
            differs(
                f"share of the largest singular value, {synapses}: trained less untrained",
                values.sel(synapses=synapses, state="trained", drop=True),
                values.sel(synapses=synapses, state="untrained", drop=True),
                expected="greater",
                alpha=0.05,
            )
            for synapses in values["synapses"].values
        ]
    }


def draw_spectra(found: xr.Dataset) -> Figure:
    """Draw the spectra of all forward weights."""
    names = found["synapses"].values
    drawn, axes = look.figure(len(names))
    for place, name in zip(axes, names, strict=True):
        values = found["spectrum"].sel(synapses=name).dropna("order", how="all")
        shown = (
            ("FA", "untrained", "untrained", drawing.UNTRAINED),
            ("BP", "trained", "BP on noise", drawing.COLOURS["BP, noise"]),
            ("FA", "trained", "FA on noise", drawing.COLOURS["FA, noise"]),
        )
        for rule, state, label, colour in shown:
            drawing.curve(
                place,
                values["order"],
                values.sel(rule=rule, state=state),
                f"{rule}, noise",
                label=label,
                colour=colour,
            )
        place.set_title(str(name), fontsize="medium")
        place.set_xlabel("order of the singular value")
        place.set_xscale("log")
    axes[0].set_ylabel("share in the sum")
    look.legend(axes[0])
    return drawn


def describe_spectra(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = []
    for name in found["synapses"].values:
        here = found["dominance"].sel(synapses=name)
        parts.append(
            f"{name}: {look.said(here.sel(rule='FA', state='untrained'))} untrained, "
            f"{look.said(here.sel(rule='FA', state='trained'))} after noise under FA, "
            f"{look.said(here.sel(rule='BP', state='trained'))} after noise under BP"
        )
    return (
        "Singular values of the forward weights against their rank, each divided by the sum of "
        f"all. Share of the largest one: {'; '.join(parts)}."
    )


_RANK = (*_INFERRED, "784-100-10", "'forward weights' are those of every layer, one part for each")
RANK_ROWS = (
    Claim(
        id="A14",
        claim="The effective rank of the forward weights falls during noise",
        published="'significantly'; neither test nor P stated",
        inferred=_RANK,
        note="P < 0.05, since no level is stated.",
    ),
    Claim(
        id="A14.b",
        claim="Control: under backpropagation, which aligns nothing, the rank falls as well",
        published="not in the paper",
        inferred=_RANK,
        note="Reproduced means here: the fall of the rank is not specific to feedback alignment.",
    ),
)


def measure_ranks(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the effective rank of all forward weights along noise."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        rank = effective_rank(life)
        rank = rank.drop_vars(set(rank.coords) - {"synapses"}).rename(checkpoint="presentation")
        lived = life["progress"]["presentation"].values
        return xr.Dataset({"rank": rank.assign_coords(presentation=lived)})

    found = gathered(lives, ("rule", "network"), measures)
    return with_units(
        found,
        rank=("1", "effective rank of the forward weights"),
        presentation=("1", "noise patterns presented"),
    )


def compare_ranks(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the ranks at the end with those at birth."""
    first, last = (found["rank"].isel(presentation=at, drop=True) for at in (0, -1))

    def falls(rule: str) -> list[Comparison]:
        return [
            differs(
                f"effective rank of {name} under {rule}: trained less untrained",
                last.sel(rule=rule, synapses=name, drop=True),
                first.sel(rule=rule, synapses=name, drop=True),
                expected="less",
                alpha=0.05,
            )
            for name in found["synapses"].values
        ]

    return {"A14": falls("FA"), "A14.b": falls("BP")}


def draw_ranks(found: xr.Dataset) -> Figure:
    """Draw the effective ranks against presentations."""
    names = found["synapses"].values
    drawn, axes = look.figure(len(names))
    for place, name in zip(axes, names, strict=True):
        for rule in ("BP", "FA"):
            values = found["rank"].sel(synapses=name, rule=rule)
            thousands = found["presentation"] / 1000
            drawing.curve(place, thousands, values, f"{rule}, noise", label=f"{rule} on noise")
        place.set_title(str(name), fontsize="medium")
        place.set_xlabel("noise patterns presented (thousands)")
    axes[0].set_ylabel("effective rank")
    look.legend(axes[0])
    return drawn


def describe_ranks(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    parts = []
    for name in found["synapses"].values:
        for rule in ("FA", "BP"):
            here = found["rank"].sel(synapses=name, rule=rule)
            first, last = (look.said(here.isel(presentation=at), 2) for at in (0, -1))
            parts.append(f"{name} under {rule}: {first} at birth, {last} at the end")
    return f"Effective rank of the forward weights along noise. {'; '.join(parts)}."


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
    Panel(
        name="4c",
        title="Singular values of the forward weights before and after noise",
        rows=SPECTRUM_ROWS,
        recipes=rule_recipes,
        measure=measure_spectra,
        compare=compare_spectra,
        figure=draw_spectra,
        alt=describe_spectra,
    ),
    Panel(
        name="4d",
        title="Effective rank of the forward weights along noise",
        rows=RANK_ROWS,
        recipes=rule_recipes,
        measure=measure_ranks,
        compare=compare_ranks,
        figure=draw_ranks,
        alt=describe_ranks,
    ),
)
