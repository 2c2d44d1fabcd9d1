"""Task 2, figures 2a and 2b: handwritten digits."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import error_alignment

from .. import look
from ..bounds import near
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..recipe import Recipe
from ..study import Panel
from . import drawing, search
from .digit_lives import (
    BETA,
    BETAS,
    CONDITIONS,
    INFERRED,
    OMEGA,
    OMEGAS,
    digit_lives,
    search_lives,
)
from .lives import labelled, mnist_task, presented
from .settings import SEARCH_SEED, Settings

__all__ = ["PANEL"]

#: Test errors in percent.
_PUBLISHED = {"BP": 2.4, "FA": 2.1, "sparse FA": 2.4, "shallow": 7.2}
_MARGIN = 0.5
ROWS = (
    Claim(
        id="B2",
        claim="Feedback alignment classifies digits as well as backpropagation",
        published="test errors 2.1 % and 2.4 %, n = 20; no test",
        inferred=(*INFERRED, "as well: at most 0.5 percentage points worse"),
    ),
    Claim(
        id="B2b",
        claim="Test errors on digits",
        published="backpropagation 2.4 %, feedback alignment 2.1 %, with half of W and B removed "
        "2.4 % (n = 20 each); shallow learning 7.2 % (one run)",
        inferred=(*INFERRED, "agreement: within 0.5 percentage points"),
    ),
    Claim(
        id="B2c",
        claim="Feedback alignment works when half of the synapses between hidden neurons and "
        "outputs, and half of the feedback synapses, are missing",
        published="2.4 % beside 2.1 %, n = 20; no test",
        inferred=(
            *INFERRED,
            "synapses that are missing differ between W and B, so that a quarter of the pairs is "
            "joined both ways",
            "works: at most 0.5 percentage points worse than with all",
        ),
    ),
    Claim(
        id="B2d",
        claim="Shallow learning is far worse",
        published="7.2 % (one run)",
        inferred=INFERRED,
    ),
    Claim(
        id="B2e",
        claim="The angle between the teaching signals of feedback alignment and backpropagation "
        "falls below 90 degrees",
        published="figure 2b; no test",
        inferred=(*INFERRED, "angles: mean over test digits; at the end"),
    ),
    Claim(
        id="B2g",
        claim="Feedback alignment classifies digits as well as backpropagation, also where the "
        "outputs' errors are those of the gradient of the squared error",
        published="not stated which errors the paper has",
        inferred=(*INFERRED, "as well: at most 0.5 percentage points worse"),
    ),
    search.row(
        "B2s",
        "Scales of forward weights (by the test error of backpropagation) and feedback weights",
        [
            f"omega: {', '.join(f'{value:g}' for value in OMEGAS)}",
            f"beta: {', '.join(f'{value:g}' for value in BETAS)}",
            "2 epochs, 1 network",
        ],
    ),
)


def recipes(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives."""
    return digit_lives(settings, tuple(CONDITIONS)) | search_lives(settings)


def measure(settings: Settings, lives: Mapping[tuple[Any, ...], xr.DataTree]) -> xr.Dataset:
    """Measure test errors by epoch, and angles along the lives."""
    seeds = settings.mnist_seeds
    test = mnist_task(settings)[1]
    few = test.sample(min(settings.tested, len(test)), seed=0)
    errors = [[_errors(lives[name, seed]) for seed in seeds] for name in CONDITIONS]
    courses, times = [], np.empty(0)
    for seed in seeds:
        life = lives["FA", seed]
        times = presented(life)
        courses.append(error_alignment(life, few).isel(population=0).values)
    searched = {
        f"{what}, {what} {value:g}": _errors(lives["search", what, value, SEARCH_SEED])[-1]
        for what, values in (("omega", OMEGAS), ("beta", BETAS))
        for value in values
    }
    return labelled(
        {
            "error": (("condition", "network", "epoch"), errors, "percent", "test error"),
            "angle": (
                ("network", "presentation"),
                courses,
                "degree",
                "angle of teaching signals, feedback alignment to backpropagation",
            ),
            "searched": (
                ("setting", "search_network"),
                [[value] for value in searched.values()],
                "percent",
                "test error after the search's epochs",
            ),
        },
        {
            "condition": list(CONDITIONS),
            "network": seeds,
            "epoch": np.arange(settings.mnist_epochs + 1),
            "presentation": times,
            "setting": list(searched),
            "search_network": [SEARCH_SEED],
        },
    )


def _errors(life: xr.DataTree) -> np.ndarray:
    return 100 * (1 - life["tests"].dataset["accuracy"].values.astype(float))


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare what was measured with what is claimed."""
    last = data["error"].isel(epoch=-1, drop=True)
    final = {name: last.sel(condition=name, drop=True) for name in CONDITIONS}
    unit = "percentage points"

    def no_worse(label: str, one: str, other: str) -> Comparison:
        difference = final[one] - final[other]
        return against(label, difference, _MARGIN, expected="less", unit=unit)

    return {
        "B2": [no_worse("test error, FA minus BP", "FA", "BP")],
        "B2b": [
            near(f"test error, {name}", final[name], value, tolerance=_MARGIN, unit="percent")
            for name, value in _PUBLISHED.items()
        ],
        "B2c": [no_worse("test error, sparse FA minus FA", "sparse FA", "FA")],
        "B2d": [
            differs(
                f"test error, shallow minus {name}",
                final["shallow"],
                final[name],
                expected="greater",
                alpha=0.05,
                unit=unit,
            )
            for name in ("FA", "BP")
        ],
        "B2e": [
            against(
                "final angle",
                data["angle"].isel(presentation=-1),
                90,
                expected="less",
                unit="degree",
            )
        ],
        "B2g": [no_worse("test error, FA minus BP, with slopes", "FA, slope", "BP, slope")],
        "B2s": search.found(
            data["searched"].rename(search_network="network"),
            {"omega": f"omega {OMEGA:g}", "beta": f"beta {BETA:g}"},
            tolerance=0.5,
            unit=unit,
        ),
    }


def figure(data: xr.Dataset) -> Figure:
    """Draw figures 2a and 2b."""
    made, (left, right) = look.figure(2)
    for name in CONDITIONS:
        rule, _, slope = name.partition(", ")
        values = data["error"].sel(condition=name).T
        line = ":" if slope else "-"
        drawing.band(
            left, data["epoch"], values, label=name, colour=drawing.COLOURS[rule], style=line
        )
    drawing.publish(left, [(value, drawing.COLOURS[name]) for name, value in _PUBLISHED.items()])
    left.set_yscale("log")
    drawing.finish(left, "Epochs", "Test error (%)")
    drawing.band(
        right,
        data["presentation"],
        data["angle"].T,
        label="FA to BP",
        colour=drawing.COLOURS["FA"],
    )
    right.set_xscale("symlog", linthresh=100)
    right.set_ylim(0, 110)
    drawing.finish(right, "Examples", "Angle of teaching signals (degrees)")
    return made


def alt(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    last = data["error"].isel(epoch=-1).mean("network")
    told = ", ".join(f"{name} {float(last.sel(condition=name)):.2f} %" for name in CONDITIONS)
    course = data["angle"].mean("network").values
    return (
        f"Left: test error on digits over {int(data['epoch'][-1])} epochs; means over "
        f"{data.sizes['network']} networks at the end: {told}. Triangles at the right edge mark "
        f"the published errors. Right: the angle between the teaching signals of feedback "
        f"alignment and of backpropagation, from {course[0]:.0f} to {course[-1]:.0f} degrees."
    )


PANEL = Panel(
    name="2ab",
    title="Task 2: handwritten digits",
    rows=ROWS,
    recipes=recipes,
    measure=measure,
    compare=compare,
    figure=figure,
    alt=alt,
)
