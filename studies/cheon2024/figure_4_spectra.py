"""Figures 4c and 4d: what noise alone does to spectra and ranks of the forward weights."""

from collections.abc import Mapping

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import effective_rank, singular_values

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import differs
from ..gathering import gathered, with_units
from ..recipe import Recipe
from ..study import Key, Panel
from . import drawing
from .lives import noise_lives
from .settings import INFERRED, Settings

__all__ = ["PANELS"]

_STATES = ("untrained", "trained")
_INFERRED = (INFERRED["noise"], INFERRED["optimiser"], INFERRED["weights"])
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
    return noise_lives(settings, ("FA", "BP"))


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
