"""The theory of the supplement, as laws of simulated lives.

A linear network h = A x, y = W h learns y* = T x with feedback B; E = T - W A.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.data import Stimuli
from ontogeny.plasticity import PseudoBackpropagation

from .. import look
from ..bounds import every
from ..claims import Claim, Comparison
from ..recipe import Recipe
from ..study import Panel
from . import drawing
from .laws import PAIR_RATE, drifts, gauss_newton, lyapunov, parallel_signals
from .lives import labelled, learning
from .networks import linear
from .settings import Settings

__all__ = ["PANEL"]

SIZES = (6, 4, 2)
#: Units of time of the conserved matrix, and largest weight at its birth.
_TIME, _OMEGA = 2.0, 0.5
#: Whole batches from zero weights.
_RATE, _CHECKPOINTS = 0.2, 20
#: A single pair, over and over.
_PAIRS, _PAIRS_EVERY = 120, 10
_INFERRED = (
    "networks 6-4-2, each with weights, feedback (between -0.5 and 0.5) and a task of its own",
    "these lives run on the device numpy: they are so short that programs do not pay",
)
_BATCH = "batches whose inputs have the identity for covariance"
ROWS = (
    Claim(
        id="B5",
        claim="B W + W' B' - A A' is constant under feedback alignment (equation 14)",
        published="theorem for small steps",
        inferred=(
            *_INFERRED,
            _BATCH,
            "the largest drift in two units of time, extrapolated from 16, 32, ... 256 steps to "
            "steps of 0, is below 1e-6; without the minus sign it is above 0.01",
        ),
    ),
    Claim(
        id="B5b",
        claim="From zero weights the squared feedback |B E|^2 never rises, and the error tends to "
        "0 (theorem 1)",
        published="theorem for small steps",
        inferred=(
            *_INFERRED,
            _BATCH,
            "never: at 20 checkpoints in 200 steps of rate 0.2; error below 1e-3 of that at birth",
        ),
    ),
    Claim(
        id="B5c",
        claim="Pseudo-backpropagation changes hidden rates as a step of Gauss and Newton does, and "
        "always within 90 degrees of backpropagation (proof 2)",
        published="theorem",
        inferred=(
            *_INFERRED,
            "a single pair with |x| = 1; the step of Gauss and Newton is the least-squares "
            "solution of W dh = e; equal: to 1e-6 of its length",
        ),
    ),
    Claim(
        id="B5d",
        claim="From zero weights and with a single pair, the teaching signals of feedback "
        "alignment are positive multiples of those of pseudo-backpropagation (theorem 2)",
        published="theorem",
        inferred=(*_INFERRED, "angle below 0.001 degrees", "hidden rates s_h B y* to 1e-9"),
    ),
)


@cache
def _task(seed: int) -> np.ndarray:
    return np.random.default_rng([seed, 10]).uniform(-1, 1, (SIZES[-1], SIZES[0]))


@cache
def _batch(seed: int) -> Stimuli:
    inputs = np.sqrt(SIZES[0]) * np.eye(SIZES[0])
    return Stimuli.from_arrays(inputs, targets=inputs @ _task(seed).T, name=f"white batch {seed}")


@cache
def _pair(seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng([seed, 11])
    inputs = generator.standard_normal(SIZES[0])
    return inputs / np.linalg.norm(inputs), generator.standard_normal(SIZES[-1])


@cache
def _pairs(seed: int) -> Stimuli:
    inputs, targets = _pair(seed)
    return Stimuli.from_arrays(
        np.tile(inputs, (_PAIRS, 1)), targets=np.tile(targets, (_PAIRS, 1)), name=f"pair {seed}"
    )


def recipes(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives: ("drift", steps, seed), and (law, seed)."""
    found: dict[tuple[Any, ...], Recipe] = {}
    batch: dict[str, Any] = {"device": "numpy", "trials": SIZES[0]}
    pairs: dict[str, Any] = {"device": "numpy", "checkpoints": _at_pairs()}
    for seed in settings.seeds:
        for steps in settings.theory_steps:
            network = linear("FA", _TIME / steps, omega=_OMEGA, sizes=SIZES)
            label = f"conserved matrix, {steps} steps"
            found["drift", steps, seed] = learning(
                settings, label, network, _batch(seed), seed, epochs=steps, **batch
            )
        found["zero", seed] = learning(
            settings,
            "theorem 1",
            linear("FA", _RATE, omega=0.0, sizes=SIZES),
            _batch(seed),
            seed,
            epochs=settings.theory_batches,
            checkpoints=_at_batches(settings.theory_batches),
            **batch,
        )
        newton = linear(PseudoBackpropagation(), PAIR_RATE, omega=_OMEGA, sizes=SIZES)
        parallel = linear("FA", PAIR_RATE, omega=0.0, sizes=SIZES)
        for name, label, network in (
            ("newton", "proof 2", newton),
            ("parallel", "theorem 2", parallel),
        ):
            found[name, seed] = learning(settings, label, network, _pairs(seed), seed, **pairs)
    return found


def _at_batches(batches: int) -> tuple[int, ...]:
    """Return checkpoints at the ends of steps, evenly spaced."""
    steps = {round(batches * part / _CHECKPOINTS) for part in range(1, _CHECKPOINTS + 1)}
    return tuple(SIZES[0] * step for step in sorted(steps))


def _at_pairs() -> tuple[int, ...]:
    """Return checkpoints by twos: before and after one step."""
    return tuple(
        count + more for count in range(_PAIRS_EVERY, _PAIRS, _PAIRS_EVERY) for more in (0, 1)
    )


def _weights(life: xr.DataTree) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return A and W at all checkpoints, and B."""
    weights = life["weights"].dataset
    return (
        weights["forward_1"].values,
        weights["forward_2"].values,
        weights["feedback_2"].values[0],
    )


def measure(settings: Settings, lives: Mapping[tuple[Any, ...], xr.DataTree]) -> xr.Dataset:
    """Measure how far the lives are from the laws."""
    rows = []
    for seed in settings.seeds:
        ends = [_weights(lives["drift", steps, seed]) for steps in settings.theory_steps]
        rows.append(
            {
                **drifts(ends),
                **lyapunov(*_weights(lives["zero", seed]), _task(seed)),
                **gauss_newton(*_weights(lives["newton", seed])[:2], *_pair(seed)),
                **parallel_signals(
                    *_weights(lives["parallel", seed]),
                    *_pair(seed),
                    lives["parallel", seed]["weights"].dataset["presentation"].values,
                ),
            }
        )
    logarithm = "log10 of the "
    told = {
        "drift": ("1", f"{logarithm}drift of the conserved matrix"),
        "other": ("1", f"{logarithm}drift of the matrix with the other sign"),
        "rise": ("1", "largest rise of |B E|^2 between checkpoints, as a share of it at birth"),
        "left": ("1", f"{logarithm}share of the error that is left"),
        "newton": ("1", f"{logarithm}relative distance to the step of Gauss and Newton"),
        "cosine": ("1", "smallest cosine of pseudo-backpropagation and backpropagation"),
        "parallel": ("degree", "largest angle to pseudo-backpropagation"),
        "scalars": ("1", f"{logarithm}distance of hidden rates to those of the theorem"),
    }
    return labelled(
        {
            name: (("network",), [row[name] for row in rows], unit, long_name)
            for name, (unit, long_name) in told.items()
        },
        {"network": settings.seeds},
    )


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare what was measured with the laws."""
    bounds = {
        "B5": (("drift", -6, "less"), ("other", -2, "greater")),
        "B5b": (("rise", 1e-12, "less"), ("left", -3, "less")),
        "B5c": (("newton", -6, "less"), ("cosine", 0, "greater")),
        "B5d": (("parallel", 1e-3, "less"), ("scalars", -9, "less")),
    }
    return {
        row: [
            every(
                str(data[name].attrs["long_name"]),
                data[name],
                bound,
                expected=expected,
                unit=str(data[name].attrs["units"]),
            )
            for name, bound, expected in parts
        ]
        for row, parts in bounds.items()
    }


_SHOWN = {
    "drift": "conserved",
    "other": "other sign",
    "left": "error left",
    "newton": "Gauss-Newton",
    "scalars": "theorem 2",
}


def figure(data: xr.Dataset) -> Figure:
    """Draw how far every network is from the laws."""
    made, (ax,) = look.figure(1, height=2.6)
    for position, name in enumerate(_SHOWN):
        ax.plot(data[name], np.full(data.sizes["network"], position), "o", markersize=4)
    ax.set_yticks(range(len(_SHOWN)), list(_SHOWN.values()))
    drawing.finish(ax, "log10 of the distance to the law", "", legend=False)
    return made


def alt(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    told = ", ".join(
        f"{label} {float(data[name].min()):.1f} to {float(data[name].max()):.1f}"
        for name, label in _SHOWN.items()
    )
    return (
        f"Distances of {data.sizes['network']} networks to the laws of the theory, as powers of "
        f"ten: {told}. The sum with the other sign, which no law keeps, is the control."
    )


PANEL = Panel(
    name="theory",
    title="Theory",
    rows=ROWS,
    recipes=recipes,
    measure=measure,
    compare=compare,
    figure=figure,
    alt=alt,
)
