"""One small program that holds every operation, for all targets."""

import numpy as np
import pytest
from brian2 import Clock, NeuronGroup, second

from ontogeny.engine import (
    SOURCE_SETTINGS,
    STEP,
    Correlate,
    DenseProjection,
    Propagate,
    Settings,
    Source,
    Update,
    activated,
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
    Correlate("x_pre*y_post", into="sum_a", order=2, update="kept_a += factor*sum_a + w"),
    Correlate(
        "tanh(x_pre*w - y_post)", into="sum_b", order=2, update="sum_b += w\nkept_b = sum_b**2"
    ),
    Correlate("x_pre*y_post", into="sum_a", order=3, update="shut += sum_a", gate="plastic"),
    Update("u = sqrt(w*w + g*g)*factor\nv += 1", order=3),
]

# Sums that their updates use at once may be stored or not.
FUSED = ["sum_a", "kept_a", "sum_b", "kept_b"]


class Laboratory:
    """A projection with every operation on arrays of given sizes."""

    def __init__(self, name, trials, pre, post, dtype="float64"):
        self.shape = (trials, pre, post)
        target = find_device(name)
        self.backend, self.target, self.dtype = target.make(), target, dtype
        with self.active():
            clock = Clock(dt=STEP * second, name="step_clock")
            scalars = {"steps": int, "plastic": int, "factor": float, **SOURCE_SETTINGS}
            settings = Settings(scalars, clock=clock)
            self.pre = NeuronGroup(
                trials * pre, "x : 1\nb : 1\nz : 1\nr : 1", clock=clock, name="below"
            )
            self.post = NeuronGroup(
                trials * post,
                "y : 1\na : 1\nc : 1\nd : 1\nf : 1\ntarget : 1",
                clock=clock,
                name="above",
            )
            trial = NeuronGroup(trials, "share : 1", clock=clock, name="trial")
            synaptic = ["w", "v", "g", "h", "k", "shut", "u", *FUSED]
            projection = DenseProjection(
                self.pre,
                self.post,
                variables=synaptic,
                operations=OPERATIONS,
                trials=trials,
                settings=settings,
                name="dense",
            )
            source = Source(self.pre, self.post, trial, settings, trials=trials)
            state = {key: (projection, key) for key in synaptic if not key.startswith("sum")}
            state |= {key: (self.pre, key) for key in "xbz"}
            state |= {key: (self.post, key) for key in "yacdf"}
            self.program = target.program(
                [settings, source, trial, self.pre, self.post, projection],
                device=self.backend,
                settings=settings,
                source=source,
                state=state,
            )

    def active(self):
        return activated(self.backend, self.target.preferences(), self.dtype)

    def run(self, x, y, w, v, steps=1, plastic=0):
        settings = dict.fromkeys(self.program.settings.names, 0)
        del settings["steps"]
        settings |= {"factor": 1.5, "plastic": plastic}
        zeros = {key: np.zeros(var.size, var.dtype) for key, var in self.program.variables.items()}
        state = zeros | {"x": x.ravel(), "y": y.ravel(), "w": w.ravel(), "v": v.ravel()}
        state["shut"] = np.full(w.size, 7.0)
        with self.active():
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
