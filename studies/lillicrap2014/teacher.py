"""Task 3, figures 2c and 2d: a nonlinear teacher, and students with one or two hidden layers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.analysis import normalised_error

from .. import look
from ..bounds import near
from ..claims import Claim, Comparison
from ..comparisons import differs
from ..recipe import Recipe
from ..study import Panel
from . import drawing, search
from .lives import geometric_mean, labelled, learning, log10, marks, nonlinear_task, presented
from .networks import nonlinear
from .settings import SEARCH_SEED, SETTINGS, Settings

__all__ = ["BETAS", "PANEL", "STUDENTS"]

#: Rule and number of populations of the students, by name.
STUDENTS = {
    "shallow, 3 layers": ("shallow", 3),
    "BP, 3 layers": ("BP", 3),
    "FA, 3 layers": ("FA", 3),
    "BP, 4 layers": ("BP", 4),
    "FA, 4 layers": ("FA", 4),
    "direct FA, 4 layers": ("direct FA", 4),
}
#: Largest feedback weights that are searched, and those that were found.
GRID = (0.25, 0.5, 1.0, 2.0)
BETAS = {"FA, 3 layers": 1.0, "FA, 4 layers": 1.0}
_SHARES = (0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 1)
#: Digitised from figure 2d, to 10 %.
_DIGITISED = {
    "shallow, 3 layers": 0.13,
    "BP, 3 layers": 2.1e-3,
    "FA, 3 layers": 2.1e-3,
    "BP, 4 layers": 1.06e-3,
    "FA, 4 layers": 8.7e-4,
}
_INFERRED = (
    "teacher: weights between -1 and 1, biases 0 (the paper wants a regime in which "
    "backpropagation profits from the extra layer, and states no scale)",
    "students: weights between -0.01 and 0.01, biases 0 at birth, rate 1e-3",
    "400 000 examples (the axis of figure 2d), each of 100 000 four times; one teacher for all "
    "networks, each with its own weights and order of examples",
    f"normalised squared error: mean of |y* - y|^2/|y*|^2 over {SETTINGS.tested} examples that "
    f"are not learned (5 000 in the paper)",
    f"largest feedback weights as found by the search of row B3s: "
    f"{', '.join(f'{name} {beta:g}' for name, beta in BETAS.items())}",
)
ROWS = (
    Claim(
        id="B3",
        claim="Four layers learn the function better than three, under backpropagation and under "
        "feedback alignment",
        published="two-sample t tests, n = 20: P = 3e-12 (backpropagation), 9e-13 (feedback "
        "alignment)",
        inferred=_INFERRED,
    ),
    Claim(
        id="B3b",
        claim="Deep networks learn it better than shallow learning",
        published="figure 2d; no test",
        inferred=_INFERRED,
    ),
    Claim(
        id="B3c",
        claim="Final errors of figure 2d",
        published="digitised, to 10 %: shallow 0.13; three layers 2.1e-3 under both rules; four "
        "layers 1.06e-3 (backpropagation) and 8.7e-4 (feedback alignment)",
        inferred=(*_INFERRED, "agreement: within a factor of 2"),
        note="The error that three layers leave depends on the teacher's weights, which are not "
        "published.",
    ),
    Claim(
        id="B6b",
        claim="Errors may also be sent from the outputs to each hidden layer directly",
        published="proposed in the journal version; no number known",
        inferred=(
            *_INFERRED,
            "feedback weights of feedback alignment with four layers",
            "learns: its error is below that of three layers under feedback alignment",
        ),
    ),
    search.row(
        "B3s",
        "Scales of the feedback weights of task 3",
        [f"{name}: {', '.join(f'beta {beta:g}' for beta in GRID)}" for name in BETAS],
    ),
)


def recipes(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives: (student, seed), and ("search", student, beta, seed)."""
    examples, epochs = settings.nonlinear_examples, settings.nonlinear_epochs
    found: dict[tuple[Any, ...], Recipe] = {}
    train = nonlinear_task(examples, settings.tested, settings.seed).train
    for student, (rule, layers) in STUDENTS.items():
        beta = BETAS[f"FA, {layers} layers"]
        for seed in settings.seeds:
            found[student, seed] = learning(
                settings,
                f"task 3, {student}",
                nonlinear(rule, layers, beta=beta),
                train,
                seed,
                epochs=epochs,
                checkpoints=marks(_SHARES, examples * epochs),
            )
    other = nonlinear_task(examples, settings.tested, SEARCH_SEED).train
    for student in BETAS:
        rule, layers = STUDENTS[student]
        for beta in GRID:
            for seed in settings.search_seeds:
                label = f"task 3, {student}, beta {beta:g}"
                network = nonlinear(rule, layers, beta=beta)
                found["search", student, beta, seed] = learning(
                    settings, label, network, other, seed, epochs=epochs
                )
    return found


def measure(settings: Settings, lives: Mapping[tuple[Any, ...], xr.DataTree]) -> xr.Dataset:
    """Measure errors along the lives."""
    examples = settings.nonlinear_examples
    test = nonlinear_task(examples, settings.tested, settings.seed).test
    other = nonlinear_task(examples, settings.tested, SEARCH_SEED).test
    times = presented(lives[next(iter(STUDENTS)), settings.seed])
    kept = marks(_SHARES, examples * settings.nonlinear_epochs)
    chosen = np.isin(times, (0, *kept))
    errors = [
        [normalised_error(lives[student, seed], test).values[chosen] for seed in settings.seeds]
        for student in STUDENTS
    ]
    searched = [
        [
            float(normalised_error(lives["search", student, beta, seed], other)[-1])
            for seed in settings.search_seeds
        ]
        for student in BETAS
        for beta in GRID
    ]
    return labelled(
        {
            "error": (
                ("student", "network", "presentation"),
                errors,
                "1",
                "normalised squared error",
            ),
            "searched": (
                ("setting", "search_network"),
                searched,
                "1",
                "final normalised squared error",
            ),
        },
        {
            "student": list(STUDENTS),
            "network": settings.seeds,
            "presentation": times[chosen],
            "setting": [f"{student}, beta {beta:g}" for student in BETAS for beta in GRID],
            "search_network": settings.search_seeds,
        },
    )


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare what was measured with what is claimed."""
    end = data["error"].isel(presentation=-1, drop=True)
    final = {name: end.sel(student=name, drop=True) for name in STUDENTS}
    logarithms = {name: log10(values) for name, values in final.items()}
    searched = log10(data["searched"]).rename(search_network="network")
    shallow = final["shallow, 3 layers"]
    return {
        "B3": [
            differs(
                f"{rule}: final error, four layers minus three",
                final[f"{rule}, 4 layers"],
                final[f"{rule}, 3 layers"],
                expected="less",
            )
            for rule in ("BP", "FA")
        ],
        "B3b": [
            differs(f"final error, {name} minus shallow", final[name], shallow, expected="less")
            for name in STUDENTS
            if name in _DIGITISED and not name.startswith("shallow")
        ],
        "B3c": [
            near(
                f"log10 of the final error, {name}",
                logarithms[name],
                float(np.log10(value)),
                tolerance=0.3,
            )
            for name, value in _DIGITISED.items()
        ],
        "B6b": [
            differs(
                "final error, direct FA with four layers minus FA with three",
                final["direct FA, 4 layers"],
                final["FA, 3 layers"],
                expected="less",
            )
        ],
        "B3s": search.found(
            searched,
            {name: f"beta {beta:g}" for name, beta in BETAS.items()},
            tolerance=0.3,
            unit="powers of ten",
        ),
    }


def figure(data: xr.Dataset) -> Figure:
    """Draw figure 2d."""
    made, axes = look.figure(2)
    for ax, layers in zip(axes, (3, 4), strict=True):
        for student, (rule, count) in STUDENTS.items():
            if count == layers:
                colour = drawing.COLOURS[rule]
                values = data["error"].sel(student=student).T
                drawing.band(
                    ax, data["presentation"] / 1e3, values, label=rule, colour=colour, log=True
                )
                if student in _DIGITISED:
                    drawing.publish(ax, [(_DIGITISED[student], colour)])
        ax.set_yscale("log")
        ax.set_title(f"{layers} layers", fontsize=9)
        drawing.finish(ax, "Examples (thousands)", "Normalised squared error")
    low, high = (f(ax.get_ylim()[side] for ax in axes) for side, f in ((0, min), (1, max)))
    for ax in axes:
        ax.set_ylim(low, high)
    return made


def alt(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    ends = geometric_mean(data["error"].isel(presentation=-1))
    told = ", ".join(f"{name} {float(ends.sel(student=name)):.2g}" for name in STUDENTS)
    return (
        f"Normalised squared error over {int(data['presentation'][-1])} examples of a nonlinear "
        f"function, on a logarithmic axis, left for students of three layers, right of four. "
        f"Geometric means over {data.sizes['network']} networks at the end: {told}. Triangles at "
        f"the right edge mark values digitised from the paper."
    )


PANEL = Panel(
    name="2cd",
    title="Task 3: a nonlinear teacher",
    rows=ROWS,
    recipes=recipes,
    measure=measure,
    compare=compare,
    figure=figure,
    alt=alt,
)
