"""Figure 4: what feedback alignment tends to, by the size of weights at birth."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from ontogeny.analysis import normalised_error

from .. import look
from ..bounds import near
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..recipe import Recipe
from ..study import Panel
from . import drawing
from .lives import angles, labelled, learning, linear_task, marks, presented
from .networks import linear
from .settings import Settings

__all__ = ["PANEL", "REFERENCE"]

_SHARES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
#: Shares of all examples at which the reference has angles: 2 000, 5 000 and 20 000.
_AT = (0.1, 0.25, 1.0)
#: By omega: degrees to backpropagation and to pseudo-backpropagation at these shares, computed
#: with plain NumPy and three networks of other seeds. It has no row for 0.125.
REFERENCE = {
    1e-4: ((33, 32, 30), (18, 8, 0.3)),
    1e-3: ((33, 32, 30), (18, 8, 0.3)),
    0.01: ((33, 32, 30), (18, 8, 1.7)),
    0.05: ((34, 33, 31), (19, 11, 7.5)),
    0.1: ((36, 35, 34), (22, 17, 15)),
    0.15: ((39, 38, 38), (27, 23, 21)),
    0.2: ((42, 42, 41), (32, 29, 27)),
    0.25: ((45, 45, 45), (36, 34, 33)),
}
_INFERRED = (
    "20 000 examples; every network has a task of its own, the same for every omega",
    "feedback weights between -0.5 and 0.5, as in task 1",
    "angles: mean over 1 000 examples that are not learned",
)
ROWS = (
    Claim(
        id="B4",
        claim="Feedback alignment quickly comes closer to pseudo-backpropagation than to "
        "backpropagation, whatever the size of weights at birth",
        published="figures 4b and 4c; no test",
        inferred=(*_INFERRED, "quickly: after 2 000 examples"),
    ),
    Claim(
        id="B4b",
        claim="From small weights, W becomes a local pseudo-inverse of B: the angle to "
        "pseudo-backpropagation tends to 0, and does not from large ones",
        published="figure 4c; no test",
        inferred=(*_INFERRED, "tends to 0: below 5 degrees at the end; small: 0.001 and less"),
    ),
    Claim(
        id="B4c",
        claim="Angles by omega after 2 000, 5 000 and 20 000 examples are those of an independent "
        "program in plain NumPy",
        published="not published; numbers of the independent program",
        inferred=(*_INFERRED, "agreement: within 5 degrees"),
    ),
)


def recipes(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives: (omega, seed)."""
    total = settings.omega_examples
    return {
        (omega, seed): learning(
            settings,
            f"task 1, FA, omega {omega:g}",
            linear("FA", 1e-3, omega=omega),
            linear_task(total, settings.tested, seed).train,
            seed,
            checkpoints=marks(_SHARES, total),
        )
        for omega in settings.omegas
        for seed in settings.seeds
    }


def measure(settings: Settings, lives: Mapping[tuple[Any, ...], xr.DataTree]) -> xr.Dataset:
    """Measure errors and angles along the lives."""
    errors, courses = [], []
    times = np.empty(0)
    for omega in settings.omegas:
        for seed in settings.seeds:
            life = lives[omega, seed]
            test = linear_task(settings.omega_examples, settings.tested, seed).test
            errors.append(normalised_error(life, test).values)
            courses.append(angles(life, test))
            times = presented(life)
    dims = ("omega", "network", "presentation")
    shape = (len(settings.omegas), len(settings.seeds), len(times))
    told = "angle of teaching signals to"
    return labelled(
        {
            "error": (dims, np.reshape(errors, shape), "1", "normalised squared error"),
            "angle_bp": (
                dims,
                np.reshape([one["angle_bp"] for one in courses], shape),
                "degree",
                f"{told} backpropagation",
            ),
            "angle_pbp": (
                dims,
                np.reshape([one["angle_pbp"] for one in courses], shape),
                "degree",
                f"{told} pseudo-backpropagation",
            ),
        },
        {"omega": list(settings.omegas), "network": settings.seeds, "presentation": times},
    )


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare what was measured with what is claimed."""
    at = dict(
        zip(
            _AT,
            (
                int(np.argmin(abs(data["presentation"].values - mark)))
                for mark in marks(_AT, int(data["presentation"][-1]))
            ),
            strict=True,
        )
    )
    quick = data.isel(presentation=at[_AT[0]], drop=True)
    end = data["angle_pbp"].isel(presentation=-1, drop=True)
    small = [omega for omega in settings.omegas if omega <= 1e-3]
    reference = [
        near(
            f"omega {omega:g}, {share:.0%} of the examples, angle to {what}",
            data[name].sel(omega=omega).isel(presentation=at[share]),
            value,
            tolerance=5,
            unit="degree",
        )
        for omega in settings.omegas
        if omega in REFERENCE
        for name, what, row in zip(
            ("angle_bp", "angle_pbp"), ("BP", "PBP"), REFERENCE[omega], strict=True
        )
        for share, value in zip(_AT, row, strict=True)
    ]
    return {
        "B4": [
            differs(
                f"omega {omega:g}: angle to PBP minus angle to BP",
                quick["angle_pbp"].sel(omega=omega, drop=True),
                quick["angle_bp"].sel(omega=omega, drop=True),
                expected="less",
                unit="degree",
            )
            for omega in settings.omegas
        ],
        "B4b": [
            *(
                against(
                    f"omega {omega:g}: final angle to PBP",
                    end.sel(omega=omega),
                    5,
                    expected="less",
                    unit="degree",
                )
                for omega in small
            ),
            differs(
                "final angle to PBP, largest minus smallest omega",
                end.isel(omega=-1, drop=True),
                end.isel(omega=0, drop=True),
                expected="greater",
                unit="degree",
            ),
        ],
        "B4c": reference,
    }


def figure(data: xr.Dataset) -> Figure:
    """Draw figure 4."""
    made, axes = look.figure(3)
    time = data["presentation"].isel(presentation=slice(1, None))
    shades = colormaps["viridis"](np.linspace(0, 0.9, data.sizes["omega"]))
    for ax, name in zip(axes, ("error", "angle_bp", "angle_pbp"), strict=True):
        for omega, shade in zip(data["omega"].values, shades, strict=True):
            values = data[name].sel(omega=omega).isel(presentation=slice(1, None)).T
            drawing.band(ax, time, values, label=f"{omega:g}", colour=shade, log=name == "error")
        ax.set_xscale("log")
    axes[0].set_yscale("log")
    for ax in axes[1:]:
        ax.set_ylim(0, 100)
    drawing.finish(axes[0], "Examples", "Normalised squared error")
    legend = axes[0].get_legend()
    assert legend is not None
    legend.set_title("largest weight", FontProperties(size=8))
    drawing.finish(axes[1], "Examples", "Angle to BP (degrees)", legend=False)
    drawing.finish(axes[2], "Examples", "Angle to pseudo-BP (degrees)", legend=False)
    return made


def alt(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    end = data.isel(presentation=-1).mean("network")
    parts = [
        f"omega {omega:g}: {float(end['angle_bp'].sel(omega=omega)):.0f} and "
        f"{float(end['angle_pbp'].sel(omega=omega)):.1f} degrees"
        for omega in data["omega"].values
    ]
    return (
        f"Normalised squared error, and angles of the teaching signals of feedback alignment to "
        f"backpropagation and to pseudo-backpropagation, over {int(data['presentation'][-1])} "
        f"examples for {data.sizes['omega']} sizes of weights at birth, "
        f"{data.sizes['network']} networks each. Final mean angles: {'; '.join(parts)}."
    )


PANEL = Panel(
    name="4",
    title="Feedback alignment tends to pseudo-backpropagation",
    rows=ROWS,
    recipes=recipes,
    measure=measure,
    compare=compare,
    figure=figure,
    alt=alt,
)
