"""Figure 3: the smallest network, 1-1-1, from a grid of starts."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.data import Stimuli

from .. import look
from ..bounds import every, near
from ..claims import Claim, Comparison
from ..comparisons import against
from ..recipe import Recipe
from ..study import Panel
from . import drawing
from .lives import labelled, learning, marks
from .networks import scalar
from .settings import Settings

__all__ = ["EDGE", "PANEL", "RATES", "end_of", "starts"]

#: Largest weight of the figure's axes.
EDGE = 2.0
#: Learning rates of two lives from each start: what is left as steps shrink is extrapolated.
RATES = (1 / 64, 1 / 128)
_SHARES = (0.02, 0.06, 0.15, 0.3, 0.6, 1)
#: Starts along each axis of which the end is computed in closed form.
_FINE = 81
_INFERRED = (
    "starts: 9 x 9 from -2 to 2, each a network; T = B = x = 1",
    "learning rates 1/64 and 1/128, 10 units of time",
)
ROWS = (
    Claim(
        id="B4d",
        claim="All weights end where W_0 W = 1, from (0, 0) on the branch of positive weights",
        published="figure 3; no number",
        inferred=(*_INFERRED, "end: W_0 W within 0.05 of 1"),
    ),
    Claim(
        id="B4e",
        claim="Only a small region of starts leads to the branch of negative weights, on which the "
        "teaching signal has the wrong sign",
        published="figure 3; no number",
        inferred=(
            *_INFERRED,
            "small: less than a quarter of the square from -2 to 2",
            "ends of simulated lives are those that the closed form has",
        ),
    ),
    Claim(
        id="B5e",
        claim="B W - W_0^2/2 is constant along the flow: trajectories are parabolas",
        published="figure 3 and supplement; theorem",
        inferred=(
            *_INFERRED,
            "drift between birth and end, extrapolated from the two rates to steps of 0, below "
            "0.005; while W + W_0^2/2, which is not conserved, changes by more than 0.1",
        ),
    ),
)


def starts(settings: Settings) -> list[tuple[float, float]]:
    """Return the weights at birth, W_0 and W."""
    line = np.linspace(-EDGE, EDGE, settings.grid)
    return [(float(below), float(above)) for below in line for above in line]


def end_of(below: float, above: float) -> tuple[float, float]:
    r"""Return where weights that follow the flow end, in closed form.

    .. math:: \dot W_0 = B (T - W W_0), \qquad \dot W = W_0 (T - W W_0)

    with :math:`T = B = 1` leads along the parabola :math:`W = W_0^2/2 + c` to the first root of
    :math:`W_0 (W_0^2/2 + c) = 1` in the direction of the error's sign.

    Examples
    --------
    >>> [round(float(value), 3) for value in end_of(0.0, 0.0)]
    [1.26, 0.794]
    """
    constant = above - below**2 / 2
    error = 1 - above * below
    if error == 0:
        return below, above
    roots = np.roots([0.5, 0.0, constant, -1.0])
    real = roots[np.abs(roots.imag) < 1e-6].real
    ahead = real[np.sign(error) * (real - below) >= -1e-9]
    end = ahead[np.argmin(np.abs(ahead - below))]
    return float(end), float(end**2 / 2 + constant)


@cache
def _ones(count: int) -> Stimuli:
    return Stimuli.from_arrays(np.ones((count, 1)), targets=np.ones((count, 1)), name="ones")


def recipes(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives: (rate, number of the start)."""
    found: dict[tuple[Any, ...], Recipe] = {}
    for rate in RATES:
        steps = round(settings.flow_time / rate)
        checkpoints = marks(_SHARES if rate == RATES[-1] else (1,), steps)
        for number, (below, above) in enumerate(starts(settings)):
            found[rate, number] = learning(
                settings,
                f"1-1-1 from ({below:g}, {above:g}), rate {rate:g}",
                scalar(below, above, rate),
                _ones(steps),
                0,
                checkpoints=checkpoints,
            )
    return found


def measure(settings: Settings, lives: Mapping[tuple[Any, ...], xr.DataTree]) -> xr.Dataset:
    """Measure the courses of both weights, and compute where all starts end."""
    numbers = range(len(starts(settings)))
    courses = {rate: np.array([_course(lives[rate, n]) for n in numbers]) for rate in RATES}
    kept, sum_of = (np.array([_change(courses[rate], sign) for rate in RATES]) for sign in (-1, 1))
    predicted = np.array([end_of(*start) for start in starts(settings)])
    line = np.linspace(-EDGE, EDGE, _FINE)
    ends = np.array([[end_of(below, above)[1] for below in line] for above in line])
    fine = courses[RATES[-1]]
    return labelled(
        {
            "course": (("network", "checkpoint", "weight"), fine, "1", "weight"),
            "end": (("network", "weight"), fine[:, -1], "1", "weight at the end"),
            "predicted": (("network", "weight"), predicted, "1", "weight at the end of the flow"),
            "drift": (
                ("network",),
                np.abs(2 * kept[1] - kept[0]),
                "1",
                "change of W - W_0^2/2, extrapolated to steps of 0",
            ),
            "other": (
                ("network",),
                np.abs(2 * sum_of[1] - sum_of[0]),
                "1",
                "change of W + W_0^2/2, extrapolated to steps of 0",
            ),
            "bad": (
                ("above", "below"),
                (ends < 0).astype(float),
                "1",
                "the start leads to the branch of negative weights",
            ),
        },
        {
            "network": list(numbers),
            "weight": ["W_0", "W"],
            "above": line,
            "below": line,
        },
    )


def _course(life: xr.DataTree) -> np.ndarray:
    """Return both weights, (checkpoint, weight)."""
    weights = life["weights"].dataset
    return np.column_stack([weights[name].values.ravel() for name in ("forward_1", "forward_2")])


def _change(course: np.ndarray, sign: int) -> np.ndarray:
    """Return how much W + sign W_0^2/2 has changed, (network,)."""
    below, above = course[..., 0], course[..., 1]
    value = above + sign * below**2 / 2
    return np.asarray(value[:, -1] - value[:, 0])


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare what was measured with what is claimed."""
    below, above = (data["end"].sel(weight=name, drop=True) for name in ("W_0", "W"))
    bad = (above < 0).astype(float)
    agreed = (bad == (data["predicted"].sel(weight="W", drop=True) < 0)).astype(float)
    centre = starts(settings).index((0.0, 0.0))
    goal = end_of(0.0, 0.0)[1]
    return {
        "B4d": [
            every(
                "distance of W_0 W at the end to 1", abs(below * above - 1), 0.05, expected="less"
            ),
            near("W at the end, from (0, 0)", above[[centre]], goal, tolerance=0.05),
        ],
        "B4e": [
            near("share of lives that end as the closed form has it", agreed, 1, tolerance=0.03),
            every("share of lives on the negative branch", bad.mean(), 0.25, expected="less"),
        ],
        "B5e": [
            every("change of W - W_0^2/2", data["drift"], 0.005, expected="less"),
            against("change of W + W_0^2/2", data["other"], 0.1, expected="greater"),
        ],
    }


def figure(data: xr.Dataset) -> Figure:
    """Draw the flow and the lives in it."""
    made, (ax,) = look.figure(1, height=4.2)
    line = data["below"].values
    x, y = np.meshgrid(line, line)
    error = 1 - x * y
    ax.contourf(line, line, data["bad"].values, levels=[0.5, 1.5], colors=["#F3D9C4"])
    ax.streamplot(
        line, line, error, x * error, color="#B0B0B0", linewidth=0.5, density=1.2, arrowsize=0.6
    )
    for branch in (line[line > 0.4], line[line < -0.4]):
        ax.plot(branch, 1 / branch, color="#000000", linewidth=1.6)
    for course in data["course"].values:
        good = course[-1, 1] > 0
        colour = drawing.COLOURS["FA" if good else "direct FA"]
        ax.plot(*course.T, color=colour, linewidth=0.8, marker=".", markersize=2)
    ax.set_xlim(-EDGE, EDGE)
    ax.set_ylim(-EDGE, EDGE)
    ax.set_aspect("equal")
    drawing.finish(
        ax, "Weight onto the hidden neuron, W_0", "Weight onto the output, W", legend=False
    )
    return made


def alt(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    bad = int((data["end"].sel(weight="W") < 0).sum())
    return (
        f"Plane of the two forward weights of a 1-1-1 network, each from -2 to 2: grey arrows are "
        f"the expected changes, black the hyperbola on which the error is 0, coloured lines "
        f"{data.sizes['network']} simulated lives, of which {bad} end on the negative branch. "
        f"Shaded are starts that lead there by the closed form, "
        f"{100 * float(data['bad'].mean()):.1f} % of the plane."
    )


PANEL = Panel(
    name="3",
    title="The flow of the smallest network",
    rows=ROWS,
    recipes=recipes,
    measure=measure,
    compare=compare,
    figure=figure,
    alt=alt,
)
