"""Figure 6b: the paths of the last forward weights."""

from collections.abc import Iterator, Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import feedback_distance, weight_trajectory

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import differs
from ..gathering import gathered, with_units
from ..study import Key, Panel
from . import drawing
from .figure_6_lives import (
    ADAPTED,
    DEPTH,
    DIMS,
    LEVEL,
    NOISE,
    condition_after,
    recipes_of_paths,
)
from .settings import Settings

__all__ = ["PANELS"]


def _path_length(life: xr.DataTree) -> float:
    """Return how far the last forward weights have gone, from checkpoint to checkpoint."""
    steps = life["weights"].dataset[f"forward_{DEPTH}"].values.astype(float)
    return float(np.linalg.norm(np.diff(steps, axis=0), axis=(1, 2)).sum())


def measure_paths(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure how far the last forward weights go, and where to."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        distance = feedback_distance(life).isel(synapses=-1).values
        ends = {"before": distance[0], "after": distance[-1]}
        return xr.Dataset({"length": _path_length(life), **ends})

    found = gathered(lives, DIMS, measures)
    found = found.merge(_plane(settings, lives))
    what = f"the last forward weights W_{DEPTH - 1}"
    return with_units(
        found,
        length=("1", f"length of the path of {what}"),
        before=("1", f"distance of {what} from the transposed feedback at the beginning"),
        after=("1", f"distance of {what} from the transposed feedback at the end"),
        place=("1", f"{what} of the first network on its principal components"),
        goal=("1", "transposed feedback on the same components"),
        explained_variance=("1", "share of the variance along each"),
    )


def _plane(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Project the paths of the first network, and the feedback, on their two main components."""
    seed = settings.seeds[0]
    paths = {
        f"{task} after {after}": lives[task, after, seed] for task, after in _paths_of(settings)
    }
    plane = weight_trajectory(paths)
    plane = plane.drop_vars(set(plane.coords) - {"condition", "component"})
    goal = plane["feedback"].isel(condition=0, checkpoint=0, drop=True)
    plane = plane.rename(condition="path", checkpoint="step", weights="place")
    return plane.drop_vars("feedback").assign(goal=goal)


def _paths_of(settings: Settings) -> Iterator[tuple[str, int]]:
    yield NOISE, 0
    for task in settings.tasks:
        yield task, 0
        yield task, settings.noise


def compare_paths(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare distances before and after noise, and the lengths of paths of adaptation."""
    noise = found.sel(task=NOISE, presentation=0, drop=True)
    length = found["length"]
    shorter = [
        differs(
            f"length of the path of adaptation to {task}: with less without noise",
            length.sel(task=task, presentation=settings.noise, drop=True),
            length.sel(task=task, presentation=0, drop=True),
            expected="less",
            alpha=0.05,
        )
        for task in settings.tasks
    ]
    nearer = differs(
        "distance of the last forward weights from the transposed feedback: after less before "
        "noise",
        noise["after"],
        noise["before"],
        expected="less",
        alpha=0.05,
    )
    return {"A22": [nearer], "A22.b": shorter}


def draw_paths(found: xr.Dataset) -> Figure:
    """Draw the paths of the first network in a plane, and the lengths of all."""
    drawn, (plane, lengths) = look.figure(2)
    for path in found["path"].values:
        points = found["place"].sel(path=path).dropna("step").values
        name, _, after = str(path).rpartition(" after ")
        colour = drawing.UNTRAINED if name == NOISE else drawing.COLOURS[condition_after(after)]
        label = {NOISE: "noise"}.get(name, f"{name}, {'with' if int(after) else 'without'} noise")
        plane.plot(*points.T, "-o", color=colour, markersize=2, linewidth=1)
        plane.annotate(label, points[-1], fontsize=5, color=colour)
    plane.plot(*found["goal"].values, "*", color="black", markersize=9)
    plane.annotate("feedback", tuple(found["goal"].values), fontsize=6)
    first, second = (100 * float(share) for share in found["explained_variance"])
    plane.set_xlabel(f"component 1 ({first:.0f} % of the variance)")
    plane.set_ylabel(f"component 2 ({second:.0f} %)")
    tasks = [str(task) for task in found["task"].values if task != NOISE]
    for shift, after in ((-0.1, "0"), (0.1, str(int(found["presentation"].values[-1])))):
        values = found["length"].sel(task=tasks, presentation=int(after))
        places = [k + shift for k in range(len(tasks))]
        drawing.dots(lengths, places, values.transpose("network", "task"), condition_after(after))
    lengths.set_xticks(range(len(tasks)), tasks, rotation=20)
    lengths.set_ylabel("length of the path of adaptation")
    look.legend(lengths)
    return drawn


def describe_paths(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    noise = found.sel(task=NOISE, presentation=0)
    last = found["presentation"].values[-1]
    parts = [
        f"{task}: {look.said(found['length'].sel(task=task, presentation=0), 2)} without, "
        f"{look.said(found['length'].sel(task=task, presentation=last), 2)} with noise"
        for task in found["task"].values
        if task != NOISE
    ]
    return (
        "Left: paths of the last forward weights of the first network in the plane of their two "
        "main components, during noise and during adaptation to each task with and without noise "
        "before, and the transposed feedback. Noise changes their distance from the feedback from "
        f"{look.said(noise['before'], 2)} to {look.said(noise['after'], 2)}. Right: length of the "
        f"path of adaptation. {'; '.join(parts)}."
    )


PATH_ROWS = (
    Claim(
        id="A22",
        claim="Noise moves the last forward weights W_2 towards the feedback B_2",
        published="no test stated",
        inferred=(*ADAPTED, "Frobenius distance of W_2 from the transpose of B_2"),
        note=LEVEL,
    ),
    Claim(
        id="A22.b",
        claim="After noise the paths of adaptation of W_2 are shorter, for each task",
        published="no test stated",
        inferred=(*ADAPTED, "length of a path: sum of the distances between epochs"),
        note=LEVEL,
    ),
)


PANELS = (
    Panel(
        name="6b",
        title="Paths of the last forward weights",
        rows=PATH_ROWS,
        recipes=recipes_of_paths,
        measure=measure_paths,
        compare=compare_paths,
        figure=draw_paths,
        alt=describe_paths,
    ),
)
