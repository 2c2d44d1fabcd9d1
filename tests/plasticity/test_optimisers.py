import ast
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from ontogeny.plasticity import SGD, Adam, Optimiser

STEPS = 7


def names(code):
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def assigned(code):
    stored = (ast.Store,)
    return {
        node.id
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Name) and isinstance(node.ctx, stored)
    }


def run(optimiser, start, gradients, *, bias=False):
    """Execute the equations as they stand and return the values after every step."""
    space = {**optimiser.parameters, "sqrt": np.sqrt, "w": start.copy()}
    space |= {name: np.zeros_like(start) for name in optimiser.moments}
    code = compile(optimiser.equations(bias=bias), "equations", "exec")
    path = []
    for count, gradient in enumerate(gradients, start=1):
        space["g"], space["count"] = gradient.copy(), float(count)
        exec(code, space)
        path.append(space["w"].copy())
    return path


OPTIMISERS = [
    SGD(rate=0.3),
    SGD(rate=0.3, weight_decay=0.05),
    SGD(rate=0.1, momentum=0.9),
    SGD(rate=0.1, momentum=0.9, weight_decay=0.05),
    SGD(rate=0.1, momentum=1.0),
    Adam(rate=0.01),
    Adam(rate=0.01, weight_decay=0.5),
    Adam(rate=0.2, beta1=0.0, beta2=0.5, epsilon=0.1),
    Adam(rate=0.2, beta1=0.5, beta2=0.0, epsilon=1e-3, weight_decay=0.1),
]


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
def test_equations_agree_with_the_reference(optimiser, reference):
    generator = np.random.default_rng(0)
    weights, biases = generator.standard_normal((4, 3)), generator.standard_normal(4)
    gradients = [
        (generator.standard_normal((4, 3)), generator.standard_normal(4)) for _ in range(STEPS)
    ]
    kind = {SGD: reference.network.ReferenceSGD, Adam: reference.network.ReferenceAdam}[
        type(optimiser)
    ]
    oracle = kind(**optimiser.parameters)
    oracle_weights, oracle_biases = [weights.copy()], [biases.copy()]
    weight_path = run(optimiser, weights, [pair[0] for pair in gradients])
    bias_path = run(optimiser, biases, [pair[1] for pair in gradients], bias=True)
    for step, pair in enumerate(gradients):
        oracle.update(oracle_weights, oracle_biases, [pair])
        np.testing.assert_allclose(weight_path[step], oracle_weights[0], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(bias_path[step], oracle_biases[0], rtol=1e-12, atol=1e-14)
    assert not np.allclose(weight_path[-1], weights)


def test_first_step_of_adam_is_the_rate():
    start = np.zeros(5)
    gradient = np.array([-100.0, -1.0, 1e-3, 1.0, 100.0])
    (after,) = run(Adam(rate=0.01), start, [gradient])
    np.testing.assert_allclose(after, -0.01 * np.sign(gradient), rtol=2e-5)


def test_momentum_reaches_its_limit():
    gradients = [np.ones(1)] * 400
    path = run(SGD(rate=0.1, momentum=0.9), np.zeros(1), gradients)
    assert path[-1] - path[-2] == pytest.approx(-0.1 / (1 - 0.9))


@pytest.mark.parametrize("decaying", [SGD(weight_decay=0.1), Adam(weight_decay=0.1)], ids=repr)
def test_decay_pulls_weights_and_spares_biases(decaying):
    start, silence = np.array([-2.0, 3.0]), [np.zeros(2)] * 3
    assert (np.abs(run(decaying, start, silence)[-1]) < np.abs(start)).all()
    np.testing.assert_array_equal(run(decaying, start, silence, bias=True)[-1], start)


@pytest.mark.parametrize("decaying", [o for o in OPTIMISERS if o.weight_decay], ids=repr)
def test_decay_is_the_one_line_that_biases_lack(decaying):
    assert decaying.equations() == f"{Optimiser.decay}\n{decaying.equations(bias=True)}"
    without = replace(decaying, weight_decay=0.0)
    assert without.equations() == without.equations(bias=True) == decaying.equations(bias=True)


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
@pytest.mark.parametrize("bias", [False, True])
def test_moments_are_what_the_equations_keep(optimiser, bias):
    code = optimiser.equations(bias=bias)
    assert assigned(code) - {"w", "g"} == set(optimiser.moments)
    assert "w" in assigned(code)


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
def test_equations_name_nothing_undeclared(optimiser):
    known = {"w", "g", "count", "sqrt", *optimiser.moments, *optimiser.parameters}
    assert names(optimiser.equations()) <= known
    assert not set(optimiser.moments) & {"w", "g", "count", *optimiser.parameters}


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
def test_equations_have_no_hidden_numbers(optimiser):
    numbers = {
        node.value
        for node in ast.walk(ast.parse(optimiser.equations()))
        if isinstance(node, ast.Constant)
    }
    assert numbers <= {0, 1, 2}


def test_equations_text():
    assert SGD().equations() == "w -= rate*g"
    assert SGD(momentum=0.5).equations() == "velocity = momentum*velocity + g\nw -= rate*velocity"
    assert SGD(weight_decay=0.5).equations() == "g += weight_decay*w\nw -= rate*g"
    assert Adam().equations().splitlines()[0] == "m = beta1*m + (1 - beta1)*g"


def test_moments():
    assert SGD().moments == ()
    assert SGD(momentum=0.5).moments == ("velocity",)
    assert Adam().moments == ("m", "v")


def test_defaults():
    assert Adam().parameters == {
        "rate": 1e-4,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
        "weight_decay": 0.0,
    }
    assert SGD().parameters == {"rate": 0.1, "momentum": 0.0, "weight_decay": 0.0}


def test_are_values():
    assert Adam(rate=0.1) == Adam(rate=0.1) != Adam(rate=0.2)
    with pytest.raises(FrozenInstanceError):
        Adam().rate = 1.0
    with pytest.raises(TypeError):
        SGD(0.1)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: SGD(rate=-0.1), r"^SGD\.rate: expected a number strictly between 0 and inf"),
        (lambda: SGD(momentum=1.1), r"^SGD\.momentum: expected a number between 0 and 1 "),
        (lambda: SGD(weight_decay=-1), r"^SGD\.weight_decay: expected a number between 0 and inf"),
        (lambda: SGD(rate="fast"), r"^SGD\.rate: .*, got 'fast'$"),
        (lambda: Adam(beta1=1.0), r"^Adam\.beta1: expected a number between 0 and 0\.999999 "),
        (lambda: Adam(beta2=1.0), r"^Adam\.beta2: expected a number between 0 and 0\.999999 "),
        (lambda: Adam(epsilon=0), r"^Adam\.epsilon: expected a number strictly between 0 and 1 "),
        (lambda: Adam(rate=np.inf), r"^Adam\.rate: .*, got inf$"),
    ],
)
def test_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()
