"""One small program that holds every operation, for all targets."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from brian2 import Clock, NeuronGroup, second

from ontogeny.engine import (
    DEVICES,
    SOURCE_SETTINGS,
    STEP,
    Correlate,
    Propagate,
    Settings,
    Source,
    Update,
    find_device,
)

OPERATIONS = [
    Propagate("w*x_pre", into="a_post", order=1),
    Propagate("w*y_post", into="b_pre", order=1),
    Propagate("-factor*w*tanh(x_pre)", into="c_post", order=1),
    Propagate("v*tanh(x_pre - w*y_post)", into="d_post", order=1),
    Propagate("v*tanh(x_pre - w*y_post)", into="z_pre", order=1),
    Propagate("w*x_pre", into="f_post", order=1, reduce="max"),
    Correlate("x_pre*y_post", into="g", order=2),
    Correlate("(x_pre + 1)*y_post*factor", into="h", order=2),
    Correlate("tanh(x_pre*w - y_post)", into="k", order=2),
    Correlate("x_pre*y_post", into="shut", order=2, gate="plastic"),
    Update("u = sqrt(w*w + g*g)*factor\nv += 1", order=3),
    # Sums that are used at once: silent sources may be passed over, the sum changed, or neither.
    Correlate("x_pre*y_post", into="s", order=4, update="p -= 0.5*factor*s"),
    Correlate("x_pre*y_post", into="s", order=5, update="s += w; q += s; o = s*q"),
    Correlate(
        "tanh(x_pre)*y_post", into="s", order=6, update="m = 0.9*m + s*s; l -= m/(1 + abs(s))"
    ),
    Correlate("tanh(x_pre*w - y_post)", into="s", order=7, update="rect += s*int(s > 0)"),
    Correlate("x_pre*y_post", into="s", order=8, gate="plastic", update="calm += s"),
]


SYNAPTIC = ["w", "v", "g", "h", "k", "shut", "u", "s", "p", "q", "o", "m", "l", "rect", "calm"]


def parts(projection, *, shape, operations=OPERATIONS):
    """Make a projection with every operation on arrays of given sizes."""
    trials, pre, post = shape
    clock = Clock(dt=STEP * second, name="step_clock")
    scalars = {"steps": int, "plastic": int, "factor": float, **SOURCE_SETTINGS}
    settings = Settings(scalars, clock=clock)
    below = NeuronGroup(trials * pre, "x : 1\nb : 1\nz : 1\nr : 1", clock=clock, name="below")
    above = NeuronGroup(
        trials * post,
        "y : 1\na : 1\nc : 1\nd : 1\nf : 1\ntarget : 1",
        clock=clock,
        name="above",
    )
    trial = NeuronGroup(trials, "share : 1", clock=clock, name="trial")
    dense = projection(
        below,
        above,
        variables=SYNAPTIC,
        operations=operations,
        trials=trials,
        settings=settings,
        name="dense",
    )
    source = Source(below, above, trial, settings, trials=trials)
    # What `s` holds is not defined: its sums are used and forgotten.
    state = {key: (dense, key) for key in SYNAPTIC if key != "s"}
    state |= {key: (below, key) for key in "xbz"}
    state |= {key: (above, key) for key in "yacdf"}
    return SimpleNamespace(
        objects=[settings, source, trial, below, above, dense],
        settings=settings,
        source=source,
        state=state,
    )


class Laboratory:
    """A program of the parts."""

    def __init__(self, name, *shape, dtype="float64", operations=OPERATIONS):
        structure = {"title": "laboratory", "shape": shape, "operations": repr(operations)}
        make = partial(parts, shape=shape, operations=operations)
        self.program = find_device(name).load(structure, make, dtype=dtype)

    def run(self, x, y, w, v, steps=1, plastic=0):
        settings = dict.fromkeys(self.program.scalars, 0)
        settings |= {"factor": 1.5, "plastic": plastic}
        zeros = {key: np.zeros(var.size, var.dtype) for key, var in self.program.variables.items()}
        state = zeros | {"x": x.ravel(), "y": y.ravel(), "w": w.ravel(), "v": v.ravel()}
        state["shut"] = np.full(w.size, 7.0)
        return self.program.run(steps, settings, state)


def expected(x, y, w, v):
    """Return what the operations make of (trial, unit) and (source, target) arrays, gate closed."""
    outer = np.einsum("ti,tj->ij", x, y)
    joint = np.tanh(x[:, :, None] * w - y[:, None, :]).sum(axis=0)
    general = v * np.tanh(x[:, :, None] - w * y[:, None, :])
    squares = np.einsum("ti,tj->ij", np.tanh(x), y)
    return {
        "a": x @ w,
        "b": y @ w.T,
        "c": -1.5 * np.tanh(x) @ w,
        "d": general.sum(axis=1),
        "z": general.sum(axis=2),
        "f": np.max(w * x[:, :, None], axis=1),
        "g": outer,
        "h": np.einsum("ti,tj->ij", x + 1, 1.5 * y),
        "k": joint,
        "shut": np.full_like(w, 7.0),
        "u": 1.5 * np.sqrt(w**2 + outer**2),
        "v": v + 1,
        "w": w,
        "p": -0.75 * outer,
        "q": outer + w,
        "o": (outer + w) ** 2,
        "m": squares**2,
        "l": -(squares**2) / (1 + np.abs(squares)),
        "rect": joint * (joint > 0),
        "calm": np.zeros_like(w),
    }


def pair(projection, *, shape, forwards=(), backwards=(), scalars=None, dt=STEP, more=None):
    """Make two projections that run against each other; `more` may add objects and state."""
    trials, pre, post = shape
    clock = Clock(dt=dt * second, name="step_clock")
    settings = Settings({"steps": int, **(scalars or {}), **SOURCE_SETTINGS}, clock=clock)
    below = NeuronGroup(trials * pre, "x : 1\nb : 1\nr : 1", clock=clock, name="below")
    above = NeuronGroup(trials * post, "y : 1\na : 1\ntarget : 1", clock=clock, name="above")
    trial = NeuronGroup(trials, "share : 1", clock=clock, name="trial")
    common = {"variables": ["w", "v", "g"], "trials": trials, "settings": settings}
    up = projection(below, above, operations=forwards, name="up", **common)
    down = projection(above, below, operations=backwards, partner=up, name="down", **common)
    source = Source(below, above, trial, settings, trials=trials)
    state = {f"{group.name}_{key}": (group, key) for group in (up, down) for key in "wvg"}
    state |= {key: (below, key) for key in "xb"} | {key: (above, key) for key in "ya"}
    made = SimpleNamespace(
        objects=[settings, source, trial, below, above, up, down],
        settings=settings,
        source=source,
        state=state,
    )
    if more is not None:
        more(made)
    return made


class Runner:
    """A program of any parts, whose scalars and arrays are 0 where they are not given."""

    def __init__(self, device, make, dtype="float64", **keywords):
        if DEVICES[device].problem():
            pytest.skip(DEVICES[device].problem())
        told = {key: getattr(value, "__name__", repr(value)) for key, value in keywords.items()}
        structure = {"title": "test", "make": make.__name__, **told}
        make = partial(make, **keywords)
        self.program = find_device(device).load(structure, make, dtype=dtype)

    def run(self, state, steps=1, **settings):
        settings = dict.fromkeys(self.program.scalars, 0) | settings
        zeros = {key: np.zeros(var.size, var.dtype) for key, var in self.program.variables.items()}
        given = {key: np.ravel(value) for key, value in state.items()}
        return self.program.run(steps, settings, zeros | given)


@pytest.fixture(scope="module")
def runner():
    made = []

    def make(*arguments, **keywords):
        made.append(Runner(*arguments, **keywords))
        return made[-1]

    make.pair = pair
    yield make
    for one in made:
        one.program.close()


@pytest.fixture(scope="module")
def laboratory():
    made = []

    def make(*arguments, **keywords):
        made.append(Laboratory(*arguments, **keywords))
        return made[-1]

    make.expected, make.parts = expected, parts
    yield make
    for one in made:
        one.program.close()
