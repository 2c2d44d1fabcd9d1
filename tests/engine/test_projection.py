"""Every operation of a dense projection against NumPy, on every target."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest
from brian2 import Network as BrianNetwork
from brian2 import NeuronGroup, Synapses, defaultclock, ms, prefs

from ontogeny.engine import DEVICES, Correlate, DenseProjection, Propagate, Update


def draw(trials, pre, post):
    generator = np.random.default_rng(trials * 100 + pre * 10 + post)
    sizes = [(trials, pre), (trials, post), (pre, post), (pre, post)]
    return [generator.standard_normal(size) for size in sizes]


def test_gate_opens(laboratory):
    x, y, w, v = draw(3, 4, 5)
    found = laboratory("numpy", 3, 4, 5).run(x, y, w, v, plastic=1)
    np.testing.assert_allclose(found["shut"], np.einsum("ti,tj->ij", x, y).ravel(), rtol=1e-12)


def test_float32_stays_float32(laboratory):
    x, y, w, v = draw(3, 4, 5)
    found = laboratory("numpy", 3, 4, 5, dtype="float32").run(x, y, w, v)
    assert {key: values.dtype for key, values in found.items()} == dict.fromkeys(found, np.float32)


@pytest.fixture
def brian():
    """Run on Brian2's runtime with NumPy code, and leave the preference as it was."""
    target = prefs.codegen.target
    prefs.codegen.target = "numpy"
    defaultclock.dt = 1 * ms
    yield
    prefs.codegen.target = target


def test_recurrent_network_equals_stock_synapses(brian):
    """In plain Brian2, without anything else from this project."""
    equations = "dr/dt = (-r + tanh(drive))/(10*ms) : 1\ndrive : 1"
    generator = np.random.default_rng(0)
    weights, rates = generator.standard_normal((20, 20)) / 4, generator.random(20)
    groups = [NeuronGroup(20, equations, method="euler") for _ in range(2)]
    stock = Synapses(groups[0], groups[0], "w : 1\ndrive_post = w*r_pre : 1 (summed)")
    stock.connect()
    dense = DenseProjection(
        groups[1],
        groups[1],
        operations=[Propagate("w*r_pre", into="drive_post", order=-1)],
    )
    for group, projection in zip(groups, (stock, dense), strict=True):
        group.r = rates
        projection.w = weights.ravel()
        BrianNetwork(group, projection).run(50 * ms)
    assert np.abs(groups[0].r - rates).max() > 0.1
    np.testing.assert_allclose(groups[1].r, groups[0].r, rtol=1e-12)


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        ([Propagate("w*r_pre", into="nothing_post")], "Propagate.into: expected one of"),
        ([Correlate("r_pre*r_post", into="g")], "Correlate.into: expected one of the synaptic"),
        ([Update("w += r_pre")], "Update.code: expected synaptic variables and settings only"),
    ],
)
def test_wrong_operations_are_refused(brian, operations, message):
    group = NeuronGroup(4, "r : 1\ndrive : 1")
    with pytest.raises(ValueError, match=message):
        DenseProjection(group, group, operations=operations)


def test_something_else_than_an_operation_is_refused(brian):
    group = NeuronGroup(4, "r : 1\ndrive : 1")
    with pytest.raises(TypeError, match="expected Propagate, Correlate, Update or Pseudo"):
        DenseProjection(group, group, operations=["w*r_pre"])


def test_trials_must_divide_the_population(brian):
    group = NeuronGroup(5, "r : 1\ndrive : 1")
    with pytest.raises(ValueError, match="got 5 neurons for 2 trials"):
        DenseProjection(group, group, trials=2)


def test_operations_check_themselves():
    with pytest.raises(ValueError, match="Propagate.into: expected a population variable"):
        Propagate("w*r_pre", into="drive")
    with pytest.raises(ValueError, match="expected 'sum' or 'max'"):
        Propagate("w*r_pre", into="drive_post", reduce="mean")


def run_once(*objects):
    BrianNetwork(*objects).run(1 * ms)


def test_constants_of_a_users_namespace_are_read_anew(brian):
    group, target = NeuronGroup(3, "r : 1"), NeuronGroup(1, "drive : 1")
    group.r = 1
    dense = DenseProjection(
        group, target, operations=[Propagate("w*gain*r_pre", into="drive_post")]
    )
    dense.w = 1
    network = BrianNetwork(group, target, dense)
    for gain in (2, 3):
        network.run(1 * ms, namespace={"gain": gain})
        assert target.drive[0] == 3 * gain


def test_sums_come_before_the_populations_update_whatever_the_name(brian):
    found = []
    for name in ("a_projection", "z_projection"):
        group = NeuronGroup(1, "dr/dt = drive/ms : 1\ndrive : 1", method="euler", name="middle")
        group.r = 1
        dense = DenseProjection(
            group, group, operations=[Propagate("w*r_pre", into="drive_post")], name=name
        )
        dense.w = 1
        run_once(group, dense)
        found.append(float(group.r[0]))
    assert found == [2.0, 2.0]


@pytest.mark.parametrize("code", ["w*shared_pre", "w*constant", "abs(w)*r_pre"])
def test_what_is_no_product_of_arrays_is_still_right(brian, code):
    group = NeuronGroup(3, "r : 1\nshared : 1 (shared)")
    group.r, group.shared = [1, 2, 3], 2
    target = NeuronGroup(2, "drive : 1")
    dense = DenseProjection(group, target, operations=[Propagate(code, into="drive_post")])
    dense.w = 1
    network = BrianNetwork(group, target, dense)
    network.run(1 * ms, namespace={"constant": 2})
    np.testing.assert_array_equal(target.drive, [6, 6])


def test_parts_of_populations_are_refused(brian):
    group = NeuronGroup(6, "r : 1\ndrive : 1")
    with pytest.raises(TypeError, match="DenseProjection.source: expected a whole population"):
        DenseProjection(group[3:], group)


def test_second_sum_into_a_variable_is_refused(brian):
    group = NeuronGroup(2, "r : 1\ndrive : 1")
    operations = [Propagate("w*r_pre", into="drive_post")]
    kept = DenseProjection(group, group, operations=operations)
    with pytest.raises(NotImplementedError, match="give each projection its own variable"):
        DenseProjection(group, group, operations=operations)
    assert kept is not None


def test_sum_into_what_it_reads_is_refused(brian):
    group = NeuronGroup(2, "r : 1")
    with pytest.raises(ValueError, match="a variable that 'w.r_pre' does not read"):
        DenseProjection(group, group, operations=[Propagate("w*r_pre", into="r_post")])


def test_maximum_keeps_nan(laboratory):
    x, y, w, v = draw(19, 31, 23)
    x[3, 5] = np.nan
    found = {
        device: laboratory(device, 19, 31, 23).run(x, y, w, v)["f"].reshape(19, 23)
        for device in ("numpy", *(["cpp"] if not DEVICES["cpp"].problem() else []))
    }
    for values in found.values():
        assert np.isnan(values[3]).all() and np.isfinite(np.delete(values, 3, axis=0)).all()


TWO = """
    import numpy as np
    from brian2 import *
    from ontogeny.engine import Correlate, DenseProjection
    set_device("cpp_standalone", directory={folder!r})
    groups = [NeuronGroup(2*units, "x : 1") for units in (6, 5, 20)]
    for group in groups:
        group.x = np.linspace(-1, 1, len(group))
    made = [
        DenseProjection(below, above, trials=2, variables=["g"],
                        operations=[Correlate("x_pre*x_post", into="g")])
        for below, above in zip(groups[:-1], groups[1:])
    ]
    Network(groups, made).run(defaultclock.dt)
    for dense in made:
        ends = dense.source, dense.target
        below, above = (np.asarray(group.x).reshape(2, -1) for group in ends)
        print(np.abs(np.asarray(dense.g).reshape(dense.shape) - below.T @ above).max() < 1e-12)
"""


@pytest.mark.compiler
def test_projections_of_several_sizes_share_a_program(tmp_path):
    if DEVICES["cpp"].problem():
        pytest.skip(DEVICES["cpp"].problem())
    script = textwrap.dedent(TWO.format(folder=str(tmp_path / "out")))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "True"], done.stderr


PLAIN_CPP = """
    import numpy as np
    from brian2 import *
    from ontogeny.engine import Correlate, DenseProjection, Propagate
    prefs.core.default_float_dtype = np.{dtype}
    set_device("cpp_standalone", directory={folder!r})
    below, above = NeuronGroup({trials}*7, "r : 1"), NeuronGroup({trials}*5, "drive : 1\\ny : 1")
    below.r, above.y = np.linspace(-1, 1, {trials}*7), np.linspace(0, 1, {trials}*5)
    dense = DenseProjection(below, above, trials={trials}, variables=["w", "g"], operations=[
        Propagate("w*r_pre", into="drive_post"),
        Correlate("r_pre*y_post", into="g", update="w -= 0.5*g"),
    ])
    dense.w = np.arange(35)/35
    run(defaultclock.dt)
    print(*np.asarray(above.drive), *np.asarray(dense.w))
"""


@pytest.mark.compiler
@pytest.mark.parametrize(("trials", "dtype"), [(1, "float64"), (3, "float32")])
def test_users_own_standalone_scripts_compile(tmp_path, trials, dtype):
    if DEVICES["cpp"].problem():
        pytest.skip(DEVICES["cpp"].problem())
    script = PLAIN_CPP.format(folder=str(tmp_path / "out"), trials=trials, dtype=dtype)
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    ).stdout
    r, e = np.linspace(-1, 1, trials * 7), np.linspace(0, 1, trials * 5)
    r, e, w = r.reshape(trials, 7), e.reshape(trials, 5), np.arange(35).reshape(7, 5) / 35
    expected = [*(r @ w).ravel(), *(w - 0.5 * r.T @ e).ravel()]
    np.testing.assert_allclose(np.array(said.split(), float), expected, rtol=0, atol=1e-6)
