"""Figure 6: noise before learning as a point from which several tasks are near."""

from collections.abc import Iterator, Mapping

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import adaptation, feedback_distance, weight_trajectory
from ontogeny.models import Learning, Record, Schedule

from .. import look
from ..claims import Claim, Comparison
from ..comparisons import against, differs
from ..gathering import gathered, with_units
from ..recipe import Branch, Recipe
from ..study import Key, Panel
from . import drawing
from .lives import images_of, network_of, noise_life, sizes_of
from .settings import INFERRED, Settings

__all__ = ["PANELS"]

_RULE = "FA"
_DEPTH = 3
#: Key of the task for the life through noise itself.
_NOISE = "noise"
_INFERRED = (
    "784-100-100-10 (depth 3), 100 neurons in every hidden population",
    "adaptation: 640 training images of a task, 10 epochs, tests on 2,000 images before and after "
    "every epoch, same rate as elsewhere, the optimiser afresh",
    "kmnist-10k, a division of the test set of KMNIST, in place of Kuzushiji-MNIST",
    INFERRED["optimiser"],
    INFERRED["noise"],
    INFERRED["pixels"],
)


def _noise(settings: Settings, seed: int) -> Recipe:
    return noise_life(settings, _RULE, sizes_of(settings, settings.data, _DEPTH), seed)


def _adaptation(settings: Settings, task: str, after: int, seed: int) -> Recipe:
    """Describe the adaptation to a task after so many noise patterns."""
    train = images_of(task, "train", settings.task_size)
    test = images_of(task, "test", settings.task_test_size)
    sizes = sizes_of(settings, settings.data, _DEPTH)
    ends = tuple(len(train) * epoch for epoch in range(1, settings.task_epochs + 1))
    return Recipe(
        label=f"{_RULE}: adaptation to {task} after {after} noise patterns, network {seed}",
        network=network_of(settings, _RULE, sizes),
        schedule=Schedule(Learning(train, epochs=settings.task_epochs, test=test)),
        seed=seed,
        trials=settings.trials,
        device=settings.device,
        record=Record(checkpoints=ends),
        # Before any noise a network is what its seed makes it.
        birth=Branch(life=_noise(settings, seed), presentation=after) if after else None,
    )


def _adaptations(settings: Settings, snapshots: tuple[int, ...]) -> dict[Key, Recipe]:
    return {
        (task, after, seed): _adaptation(settings, task, after, seed)
        for task in settings.tasks
        for after in snapshots
        for seed in settings.seeds
    }


def recipes_along(settings: Settings) -> dict[Key, Recipe]:
    """Return the adaptations from all snapshots of noise: task, snapshot, seed."""
    return _adaptations(settings, settings.snapshots)


def recipes_of_ends(settings: Settings) -> dict[Key, Recipe]:
    """Return the adaptations before and after noise: task, snapshot, seed."""
    return _adaptations(settings, (0, settings.noise))


def recipes_of_paths(settings: Settings) -> dict[Key, Recipe]:
    """Return these, and the lives through noise."""
    return recipes_of_ends(settings) | {
        (_NOISE, 0, seed): _noise(settings, seed) for seed in settings.seeds
    }


_DIMS = ("task", "presentation", "network")


def measure_adaptation(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the test loss and accuracy during adaptation."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        tests = adaptation(life)
        tests = tests.drop_vars(set(tests.coords) - {"epoch"})
        return tests.assign(accuracy=100 * tests["accuracy"])

    return with_units(
        gathered(lives, _DIMS, measures),
        loss=("nat", "test loss of a task"),
        accuracy=("%", "test accuracy on a task"),
        presentation=("1", "noise patterns before"),
        epoch=("1", "epochs of adaptation"),
    )


def measure_meta(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the meta-loss: the sum over tasks of the loss after, and along, adaptation."""
    found = measure_adaptation(settings, lives)
    loss = found["loss"]
    found["meta_loss"] = loss.isel(epoch=-1, drop=True).sum("task", skipna=False)
    found["meta_loss_along"] = loss.isel(epoch=slice(1, None)).sum(["task", "epoch"], skipna=False)
    return with_units(
        found,
        meta_loss=("nat", "sum over tasks of the test loss after adaptation"),
        meta_loss_along=("nat", "sum over tasks and epochs of the test loss during adaptation"),
    )


def _falls(values: xr.DataArray, what: str) -> list[Comparison]:
    """Compare the end with birth, and ask whether the way there leads downwards."""
    after = values["presentation"].values
    rows = values.transpose("network", "presentation").values
    slopes = np.polyfit(after / 100_000, rows.T, 1)[0]
    return [
        differs(
            f"{what}: after {after[-1]:,} noise patterns less after none",
            values.isel(presentation=-1, drop=True),
            values.isel(presentation=0, drop=True),
            expected="less",
            alpha=0.05,
            unit="nat",
        ),
        against(
            f"{what}: slope against noise patterns, fitted to the snapshots of each network",
            slopes,
            0.0,
            expected="less",
            unit="nat per 100,000 patterns",
        ),
    ]


def compare_meta(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare the meta-loss along noise."""
    return {
        "A21": _falls(found["meta_loss"], "meta-loss after adaptation"),
        "A21.b": _falls(found["meta_loss_along"], "meta-loss summed along adaptation"),
    }


def draw_meta(found: xr.Dataset) -> Figure:
    """Draw both meta-losses against noise."""
    drawn, axes = look.figure(2)
    thousands = found["presentation"] / 1000
    labels = ("after adaptation", "summed along adaptation")
    for place, name, label in zip(axes, ("meta_loss", "meta_loss_along"), labels, strict=True):
        drawing.curve(place, thousands, found[name].transpose("network", ...), "FA, noise")
        place.set_xlabel("noise patterns before (thousands)")
        place.set_title(label, fontsize="medium")
        place.set_ylabel("meta-loss (nat)")
    return drawn


def describe_meta(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    loss = found["meta_loss"]
    parts = [
        f"{int(after):,} patterns: {look.said(loss.sel(presentation=after), 2, 'nat')}"
        for after in found["presentation"].values
    ]
    tasks = ", ".join(map(str, found["task"].values))
    return (
        f"Meta-loss over {tasks} against the noise patterns before adaptation: on the left after "
        f"adaptation, on the right summed along it. After adaptation: {'; '.join(parts)}."
    )


def _path_length(life: xr.DataTree) -> float:
    """Return how far the last forward weights have gone, from checkpoint to checkpoint."""
    steps = life["weights"].dataset[f"forward_{_DEPTH}"].values.astype(float)
    return float(np.linalg.norm(np.diff(steps, axis=0), axis=(1, 2)).sum())


def measure_paths(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure how far the last forward weights go, and where to."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        distance = feedback_distance(life).isel(synapses=-1).values
        ends = {"before": distance[0], "after": distance[-1]}
        return xr.Dataset({"length": _path_length(life), **ends})

    found = gathered(lives, _DIMS, measures)
    found = found.merge(_plane(settings, lives))
    what = f"the last forward weights W_{_DEPTH - 1}"
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
    yield _NOISE, 0
    for task in settings.tasks:
        yield task, 0
        yield task, settings.noise


def compare_paths(settings: Settings, found: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare distances before and after noise, and the lengths of paths of adaptation."""
    noise = found.sel(task=_NOISE, presentation=0, drop=True)
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
        colour = drawing.UNTRAINED if name == _NOISE else drawing.COLOURS[_condition(after)]
        label = {_NOISE: "noise"}.get(name, f"{name}, {'with' if int(after) else 'without'} noise")
        plane.plot(*points.T, "-o", color=colour, markersize=2, linewidth=1)
        plane.annotate(label, points[-1], fontsize=5, color=colour)
    plane.plot(*found["goal"].values, "*", color="black", markersize=9)
    plane.annotate("feedback", tuple(found["goal"].values), fontsize=6)
    first, second = (100 * float(share) for share in found["explained_variance"])
    plane.set_xlabel(f"component 1 ({first:.0f} % of the variance)")
    plane.set_ylabel(f"component 2 ({second:.0f} %)")
    tasks = [str(task) for task in found["task"].values if task != _NOISE]
    for shift, after in ((-0.1, "0"), (0.1, str(int(found["presentation"].values[-1])))):
        values = found["length"].sel(task=tasks, presentation=int(after))
        places = [k + shift for k in range(len(tasks))]
        drawing.dots(lengths, places, values.transpose("network", "task"), _condition(after))
    lengths.set_xticks(range(len(tasks)), tasks, rotation=20)
    lengths.set_ylabel("length of the path of adaptation")
    look.legend(lengths)
    return drawn


def _condition(after: str) -> str:
    return "FA, noise" if int(after) else "FA"


def describe_paths(found: xr.Dataset) -> str:
    """Say what the figure shows."""
    noise = found.sel(task=_NOISE, presentation=0)
    last = found["presentation"].values[-1]
    parts = [
        f"{task}: {look.said(found['length'].sel(task=task, presentation=0), 2)} without, "
        f"{look.said(found['length'].sel(task=task, presentation=last), 2)} with noise"
        for task in found["task"].values
        if task != _NOISE
    ]
    return (
        "Left: paths of the last forward weights of the first network in the plane of their two "
        "main components, during noise and during adaptation to each task with and without noise "
        "before, and the transposed feedback. Noise changes their distance from the feedback from "
        f"{look.said(noise['before'], 2)} to {look.said(noise['after'], 2)}. Right: length of the "
        f"path of adaptation. {'; '.join(parts)}."
    )


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
                drawing.curve(place, found["epoch"], values, _condition(str(int(after))))
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


_LEVEL = "P < 0.05, since no level is stated."
META_ROWS = (
    Claim(
        id="A21",
        claim="The meta-loss over three tasks falls gradually during noise",
        published="no test stated",
        inferred=(*_INFERRED, "meta-loss: sum over tasks of the test loss after adaptation"),
        note=_LEVEL,
    ),
    Claim(
        id="A21.b",
        claim="The losses measured during adaptation, summed over three tasks, fall gradually "
        "during noise",
        published="no test stated",
        inferred=(*_INFERRED, "sum over tasks and epochs of the test loss"),
        note=f"The wording of the figure's caption. {_LEVEL}",
    ),
)
PATH_ROWS = (
    Claim(
        id="A22",
        claim="Noise moves the last forward weights W_2 towards the feedback B_2",
        published="no test stated",
        inferred=(*_INFERRED, "Frobenius distance of W_2 from the transpose of B_2"),
        note=_LEVEL,
    ),
    Claim(
        id="A22.b",
        claim="After noise the paths of adaptation of W_2 are shorter, for each task",
        published="no test stated",
        inferred=(*_INFERRED, "length of a path: sum of the distances between epochs"),
        note=_LEVEL,
    ),
)
SPEED_ROWS = (
    Claim(
        id="A23",
        claim="Adaptation to each task is faster after noise (loss)",
        published="t test, n = 10, P < 0.001",
        inferred=(*_INFERRED, "mean over the epochs of adaptation"),
    ),
    Claim(
        id="A23.b",
        claim="Adaptation to each task is faster after noise (accuracy)",
        published="t test, n = 10, P < 0.001",
        inferred=(*_INFERRED, "mean over the epochs of adaptation"),
    ),
)

PANELS = (
    Panel(
        name="6a",
        title="Meta-loss along noise",
        rows=META_ROWS,
        recipes=recipes_along,
        measure=measure_meta,
        compare=compare_meta,
        figure=draw_meta,
        alt=describe_meta,
    ),
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
