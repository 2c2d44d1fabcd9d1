"""Task 1, figures 1d and 1e: a linear function."""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from .. import look
from ..bounds import near
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..study import Panel
from . import drawing, search
from .linear_lives import GRID, RATES, measure, recipes
from .lives import geometric_mean, log10
from .settings import Settings

__all__ = ["PANEL"]

_KEPT = {
    "shallow": "rate 10",
    "node perturbation": "rate 0.002, sd 0.01",
    "BP": "rate 0.01",
    "FA": "rate 0.01",
}
#: Where feedback alignment is already closer to pseudo-backpropagation: 300 of 2 000 examples.
_EARLY = 0.15
#: Digitised from figure 1d, to 10 %.
_DIGITISED = {"shallow": 0.5, "node perturbation": 5e-3, "BP": 1e-11, "FA": 1e-12}
#: An error that is small, by which the pace of two rules is compared.
_SMALL = 1e-2
_INFERRED = (
    "2 000 examples (the axis of figure 1d has no numbers)",
    "normalised squared error: mean of |y* - y|^2/|y*|^2 over 1 000 examples that are not learned",
    "every network has a task of its own, the same for all rules",
    "rates as found by the search of row B1s: "
    + ", ".join(f"{name} {rate:g}" for name, rate in RATES.items()),
    "node perturbation: hidden neurons are perturbed, outputs learn from their own error",
)
ROWS = (
    Claim(
        id="B1",
        claim="The error of shallow learning hardly decreases, that of reinforcement (node "
        "perturbation) slowly; backpropagation and feedback alignment bring it to 0",
        published="order of the curves of figure 1d; no test",
        inferred=_INFERRED,
        note="Shallow learning has the rate that is fastest for it.",
    ),
    Claim(
        id="B1b",
        claim="Feedback alignment learns as fast as backpropagation",
        published="figure 1d; no test",
        inferred=(
            *_INFERRED,
            "as fast: it needs at most a quarter more examples until the error is 0.01, by "
            "interpolation of its logarithm",
        ),
        note="The size of the feedback weights acts as a rate of the hidden neurons, so that "
        "faster learning is no merit of the rule.",
    ),
    Claim(
        id="B1c",
        claim="Final errors of figure 1d",
        published="digitised, to 10 %: shallow 0.5, reinforcement 5e-3, backpropagation 1e-11, "
        "feedback alignment 1e-12",
        inferred=(*_INFERRED, "agreement: within one power of ten"),
    ),
    Claim(
        id="B1d",
        claim="The angle between the teaching signals of feedback alignment and backpropagation "
        "begins near 90 degrees, shrinks quickly, and does not reach 0",
        published="figure 1e; no test",
        inferred=(*_INFERRED, "near 90: within 10 degrees; quickly: in 300 of 2 000 examples"),
    ),
    Claim(
        id="B1e",
        claim="The teaching signal of feedback alignment becomes closer to that of "
        "pseudo-backpropagation than to that of backpropagation",
        published="figure 4c (of task 1); no test",
        inferred=(*_INFERRED, "after 300 of 2 000 examples, and at the end"),
    ),
    search.row(
        "B1s",
        "Rates of task 1, and the variance of the perturbation,",
        [f"{rule}: {', '.join(grid)}" for rule, grid in GRID.items()],
    ),
)


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare what was measured with what is claimed."""
    error = log10(data["error"])
    end = error.isel(presentation=-1)
    early = int(
        np.argmin(np.abs(data["presentation"].values - _EARLY * data["presentation"].values[-1]))
    )
    order = [
        ("shallow", "node perturbation"),
        ("node perturbation", "BP"),
        ("node perturbation", "FA"),
    ]
    pace = needed(data["error"].sel(rule="FA")) / needed(data["error"].sel(rule="BP"))
    bp, pbp = data["angle_bp"], data["angle_pbp"]
    searched = log10(data["searched"]).rename(search_network="network")
    return {
        "B1": [
            differs(
                f"log10 of the final error, {worse} minus {better}",
                end.sel(rule=worse, drop=True),
                end.sel(rule=better, drop=True),
                expected="greater",
            )
            for worse, better in order
        ],
        "B1b": [against("examples needed, FA over BP", pace, 1.25, expected="less")],
        "B1c": [
            near(
                f"log10 of the final error, {rule}",
                end.sel(rule=rule),
                np.log10(value),
                tolerance=1,
            )
            for rule, value in _DIGITISED.items()
        ],
        "B1d": [
            near("angle to BP at birth", bp.isel(presentation=0), 90, tolerance=10, unit="degree"),
            differs(
                "angle to BP, early minus birth",
                bp.isel(presentation=early, drop=True),
                bp.isel(presentation=0, drop=True),
                expected="less",
                unit="degree",
            ),
            against("final angle to BP", bp[:, -1], 0, expected="greater", unit="degree"),
        ],
        "B1e": [
            differs(
                f"angle to PBP minus angle to BP, {when}",
                pbp.isel(presentation=index, drop=True),
                bp.isel(presentation=index, drop=True),
                expected="less",
                unit="degree",
            )
            for when, index in (("end", -1), ("early", early))
        ],
        "B1s": search.found(searched, _KEPT, tolerance=0.3, unit="powers of ten"),
    }


def needed(errors: xr.DataArray) -> xr.DataArray:
    """Return the examples until the error is small, (network,); NaN if it never is."""
    times = errors["presentation"].values
    found = []
    for course in np.log10(errors.transpose("network", "presentation").values):
        below = np.flatnonzero(course <= np.log10(_SMALL))
        if not len(below) or below[0] == 0:
            found.append(np.nan)
            continue
        pair = slice(below[0] - 1, below[0] + 1)
        # np.interp wants rising values.
        found.append(np.interp(-np.log10(_SMALL), -course[pair], times[pair]))
    return xr.DataArray(found, dims="network", coords={"network": errors["network"]})


def figure(data: xr.Dataset) -> Figure:
    """Draw figures 1d and 1e."""
    made, (left, right) = look.figure(2)
    time = data["presentation"]
    for rule in data["rule"].values:
        colour = drawing.COLOURS[str(rule)]
        drawing.band(
            left, time, data["error"].sel(rule=rule).T, label=str(rule), colour=colour, log=True
        )
    drawing.publish(left, [(value, drawing.COLOURS[rule]) for rule, value in _DIGITISED.items()])
    left.set_yscale("log")
    drawing.finish(left, "Examples", "Normalised squared error")
    for name, label, colour in (
        ("angle_bp", "to BP", drawing.COLOURS["BP"]),
        ("angle_pbp", "to pseudo-BP", drawing.COLOURS["direct FA"]),
    ):
        drawing.band(right, time, data[name].T, label=label, colour=colour)
    right.set_ylim(0, 110)
    drawing.finish(right, "Examples", "Angle of teaching signals, FA (degrees)")
    return made


def alt(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    ends = geometric_mean(data["error"].isel(presentation=-1))
    told = ", ".join(
        f"{rule} {float(value):.1e}" for rule, value in zip(ends["rule"].values, ends, strict=True)
    )
    bp, pbp = (data[name].mean("network").values for name in ("angle_bp", "angle_pbp"))
    return (
        f"Left: normalised squared error of four rules over {int(data['presentation'][-1])} "
        f"examples of a linear function, on a logarithmic axis; geometric means at the end over "
        f"{data.sizes['network']} networks: {told}. Triangles at the right edge mark values "
        f"digitised from the paper. Right: angle between the teaching signals of feedback "
        f"alignment and of backpropagation, from {bp[0]:.0f} to {bp[-1]:.0f} degrees, and of "
        f"pseudo-backpropagation, from {pbp[0]:.0f} to {pbp[-1]:.0f} degrees."
    )


PANEL = Panel(
    name="1de",
    title="Task 1: a linear function",
    rows=ROWS,
    recipes=recipes,
    measure=measure,
    compare=compare,
    figure=figure,
    alt=alt,
)
