"""Figures 2c to 2g: where noise and data move the weights, and in which order."""

import xarray as xr
from matplotlib.figure import Figure

from ..claims import Claim, Comparison
from ..comparisons import against, differs, same
from ..look import figure, legend
from ..study import Panel
from .drawing import COLOURS, UNTRAINED, curve
from .figure_2 import LEARNING
from .figure_2_orders import ends, measure, recipes
from .settings import Settings

__all__ = ["PANELS"]


def _compare_2c(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    angle = ends(data, "alignment")
    birth = data["alignment"].sel(life="noise, data").isel(checkpoint=0)
    return {
        "A7": [
            differs(
                "angle after learning, with minus without noise",
                angle["noise, data"],
                angle["data"],
                expected="less",
                unit="degree",
            ),
            differs(
                "angle before learning, with minus without noise",
                birth,
                angle["untrained"],
                expected="less",
                unit="degree",
            ),
        ]
    }


def _compare_2d(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    return {
        "A8": [
            differs(
                "angle between the weight changes of noise and data, minus that of data under BP "
                "and FA",
                data["turn"],
                data["control"],
                expected="greater",
                alpha=0.05,
                unit="degree",
            ),
            against(
                "angle between the weight changes of noise and data",
                data["turn"],
                45,
                expected="greater",
                unit="degree",
            ),
        ]
    }


def _compare_2e(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    distance = ends(data, "distance")
    pairs = (
        ("with noise minus untrained", "noise, data", "untrained"),
        ("without noise minus untrained", "data", "untrained"),
        ("with minus without noise", "noise, data", "data"),
    )
    return {
        "A9": [
            differs(f"distance, {label}", distance[a], distance[b], expected="less")
            for label, a, b in pairs
        ]
    }


def _compare_2g(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    distance, angle = ends(data, "distance"), ends(data, "alignment")
    return {
        "A10": [
            same(
                "distance, data then noise, minus data alone",
                distance["data, noise"],
                distance["data"],
            ),
            differs(
                "distance, noise then data, minus noise alone",
                distance["noise, data"],
                distance["noise"],
                expected="less",
            ),
            differs(
                "distance, noise then data, minus data then noise",
                distance["noise, data"],
                distance["data, noise"],
                expected="less",
            ),
        ],
        "E2": [
            differs(
                "angle, noise then data, minus data then noise",
                angle["noise, data"],
                angle["data, noise"],
                expected="less",
                unit="degree",
            ),
            same(
                "angle, data then noise, minus data alone",
                angle["data, noise"],
                angle["data"],
                unit="degree",
            ),
        ],
    }


def _courses(data: xr.Dataset, name: str, label: str) -> Figure:
    drawing, axes = figure(2)
    axes[1].sharey(axes[0])
    orders = (("noise", "noise, data"), ("data", "data, noise"))
    for ax, (first, second) in zip(axes, orders, strict=True):
        start = 0.0
        for life in (first, second):
            row = data.sel(life=life).dropna("checkpoint", how="all")
            x = row["presented"].isel(network=0).values
            noise = life in ("noise", "data, noise")
            condition, phase = ("FA, noise", "noise") if noise else ("FA", "data")
            curve(ax, (start + x) / 1000, row[name], condition, label=phase)
            start += float(x[-1])
        ax.set(xlabel="Thousands of presentations", title=f"{second.replace(', ', ', then ')}")
        legend(ax)
    axes[0].set(ylabel=label)
    return drawing


def _alt_ends(data: xr.Dataset, name: str, what: str, digits: int) -> str:
    means = {life: float(values.mean()) for life, values in ends(data, name).items()}
    listed = "; ".join(
        f"{life} {value:.{digits}f}" for life, value in means.items() if life != "BP"
    )
    return f"Courses of the {what} for noise before data and data before noise. Ends: {listed}."


def _figure_2d(data: xr.Dataset) -> Figure:
    drawing, (ax,) = figure(1)
    colours = {
        "data": COLOURS["FA"],
        "noise": COLOURS["FA, noise"],
        "noise, data": COLOURS["BP"],
        "data, noise": UNTRAINED,
    }
    for name, colour in colours.items():
        path = data["path"].sel(shown=name).dropna("moment", how="all").values
        ax.plot(*path.T, "-o", color=colour, markersize=3, label=name.replace(", ", ", then "))
    goal = data["goal"].sel(shown="data").values
    ax.plot(*goal, "*", color="black", markersize=12, label="feedback weights")
    ax.set(xlabel="Principal component 1", ylabel="Principal component 2")
    legend(ax)
    return drawing


def _alt_2d(data: xr.Dataset) -> str:
    return (
        f"Paths of the last forward weights of one network in the plane of two principal "
        f"components, and its feedback weights. Noise and data move the weights in directions "
        f"{float(data['turn'].mean()):.0f} degrees apart; data under feedback alignment and under "
        f"backpropagation in directions {float(data['control'].mean()):.0f} degrees apart."
    )


PANELS = (
    Panel(
        name="2c",
        title="Alignment through noise and data",
        rows=(
            Claim(
                id="A7",
                claim="The alignment that noise has left is kept while networks learn from data.",
                published="final angle lower with noise, n = 10, P < 0.001",
                inferred=LEARNING,
            ),
        ),
        recipes=recipes,
        measure=measure,
        compare=_compare_2c,
        figure=lambda data: _courses(data, "alignment", "Angle (degrees)"),
        alt=lambda data: _alt_ends(data, "alignment", "angle in degrees", 1),
    ),
    Panel(
        name="2d",
        title="Trajectories of weights towards the feedback",
        rows=(
            Claim(
                id="A8",
                claim="Training on noise and on data move the weights in different directions.",
                published="no number",
                inferred=LEARNING,
                note="Measured between whole weight changes; the directions of data under two "
                "rules are the control. Different: more than 45 degrees, our choice.",
            ),
        ),
        recipes=recipes,
        measure=measure,
        compare=_compare_2d,
        figure=_figure_2d,
        alt=_alt_2d,
    ),
    Panel(
        name="2e",
        title="Distance of forward to feedback weights",
        rows=(
            Claim(
                id="A9",
                claim="Data brings forward weights closer to the feedback, noise before data "
                "closer still.",
                published="n = 10, P < 0.001 for all three pairs",
                inferred=LEARNING,
                note="The paper says only distance: here the Frobenius norm of the difference.",
            ),
        ),
        recipes=recipes,
        measure=measure,
        compare=_compare_2e,
        figure=lambda data: _courses(data, "distance", "Distance to the feedback"),
        alt=lambda data: _alt_ends(data, "distance", "distance to the feedback", 2),
    ),
    Panel(
        name="2g",
        title="Noise must come first",
        rows=(
            Claim(
                id="A10",
                claim="Noise after data brings weights no closer to the feedback; data after noise "
                "does.",
                published="data against data and noise: P = 0.999; noise against noise and data: "
                "P < 0.001",
                inferred=LEARNING,
            ),
            Claim(
                id="E2",
                claim="Ablation: noise after data aligns no more than data alone, and less than "
                "noise before data.",
                inferred=LEARNING,
            ),
        ),
        recipes=recipes,
        measure=measure,
        compare=_compare_2g,
        figure=lambda data: _courses(data, "distance", "Distance to the feedback"),
        alt=lambda data: _alt_ends(data, "distance", "distance to the feedback", 2),
    ),
)
