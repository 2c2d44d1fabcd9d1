"""One small program that holds every operation, for all targets."""

from types import SimpleNamespace

import numpy as np
import pytest
from brian2 import Clock, NeuronGroup, second

from ontogeny.engine import (
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
]


SYNAPTIC = ["w", "v", "g", "h", "k", "shut", "u"]


class Laboratory:
    """A projection with every operation on arrays of given sizes."""

    def __init__(self, name, trials, pre, post, dtype="float64", operations=OPERATIONS):
        self.shape, self.dtype, self.operations = (trials, pre, post), dtype, operations
        structure = {"title": "laboratory", "shape": self.shape, "operations": repr(operations)}
        self.program = find_device(name).load(structure, self.make, dtype=dtype)

    def make(self, projection):
        trials, pre, post = self.shape
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
            operations=self.operations,
            trials=trials,
            settings=settings,
            name="dense",
        )
        source = Source(below, above, trial, settings, trials=trials)
        state = {key: (dense, key) for key in SYNAPTIC}
        state |= {key: (below, key) for key in "xbz"}
        state |= {key: (above, key) for key in "yacdf"}
        return SimpleNamespace(
            objects=[settings, source, trial, below, above, dense],
            settings=settings,
            source=source,
            state=state,
        )

    def run(self, x, y, w, v, steps=1, plastic=0):
        settings = dict.fromkeys(self.program.scalars, 0)
        settings |= {"factor": 1.5, "plastic": plastic}
        zeros = {key: np.zeros(var.size, var.dtype) for key, var in self.program.variables.items()}
        state = zeros | {"x": x.ravel(), "y": y.ravel(), "w": w.ravel(), "v": v.ravel()}
        state["shut"] = np.full(w.size, 7.0)
        return self.program.run(steps, settings, state)


@pytest.fixture
def laboratory():
    made = []

    def make(*arguments, **keywords):
        made.append(Laboratory(*arguments, **keywords))
        return made[-1]

    yield make
    for one in made:
        one.program.close()
