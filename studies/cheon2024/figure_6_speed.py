"""Figure 6c: how fast tasks are adapted to, with and without noise before."""

import xarray as xr
from matplotlib.figure import Figure

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import differs
from ..study import Panel
from . import drawing
from .figure_6_lives import ADAPTED, condition_after, measure_adaptation, recipes_of_ends
from .settings import Settings

__all__ = ["PANELS"]


def compare_speed(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the mean loss and accuracy over adaptation, task by task."""

    def compared(name: str, expected: str, unit: str) -> list[Comparison]:
        mean = found[name].isel(epoch=slice(1, None)).mean("epoch")
        return [
            differs(
                f"mean test {name} over the epochs of adaptation to {task}: with less without "
                f"noise",
                mean.sel(task=task, presentation=settings.noise, drop=True),
                mean.sel(task=task, presentation=0, drop=True),
                expected=expected,
                unit=unit,
            )
            for task in settings.tasks
        ]

    return {
        "A23": compared("loss", "less", "nat"),
        "A23.b": compared("accuracy", "greater", "percentage points"),
    }


def draw_speed(found: xr.Dataset) -> Figure:
    """Draw loss and accuracy during adaptation to each task."""
    tasks = found["task"].values
    drawn, axes = look.figure(len(tasks), 2, height=4.2)
    for number, task in enumerate(tasks):
        for row, name in enumerate(("loss", "accuracy")):
            place = axes[row * len(tasks) + number]
            for after in found["presentation"].values:
                values = found[name].sel(task=task, presentation=after)
                drawing.curve(place, found["epoch"], values, condition_after(str(int(after))))
        axes[number].set_title(str(task), fontsize="medium")
        axes[len(tasks) + number].set_xlabel("epochs of adaptation")
    axes[0].set_ylabel("test loss (nat)")
    axes[len(tasks)].set_ylabel("test accuracy (%)")
    look.legend(axes[0])
    return drawn


def describe_speed(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    mean = found["accuracy"].isel(epoch=slice(1, None)).mean("epoch")
    last = found["presentation"].values[-1]
    parts = [
        f"{task}: {look.said(mean.sel(task=task, presentation=0), 1, '%')} without, "
        f"{look.said(mean.sel(task=task, presentation=last), 1, '%')} with noise"
        for task in found["task"].values
    ]
    return (
        "Test loss (above) and accuracy (below) during adaptation to each task, with and without "
        f"noise before. Mean accuracy over the epochs: {'; '.join(parts)}."
    )


SPEED_ROWS = (
    Claim(
        id="A23",
        claim="Adaptation to each task is faster after noise (loss)",
        published="t test, n = 10, P < 0.001",
        inferred=(*ADAPTED, "mean over the epochs of adaptation"),
    ),
    Claim(
        id="A23.b",
        claim="Adaptation to each task is faster after noise (accuracy)",
        published="t test, n = 10, P < 0.001",
        inferred=(*ADAPTED, "mean over the epochs of adaptation"),
    ),
)


PANELS = (
    Panel(
        name="6c",
        title="Adaptation to each task",
        rows=SPEED_ROWS,
        recipes=recipes_of_ends,
        measure=measure_adaptation,
        compare=compare_speed,
        figure=draw_speed,
        alt=describe_speed,
    ),
)
