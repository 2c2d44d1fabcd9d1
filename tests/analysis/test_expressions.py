import ast

import numpy as np
import pytest

from ontogeny.analysis.expressions import FUNCTIONS, evaluate, names, parse


def value(code, **values):
    return evaluate(parse(code, "rule"), values, "rule")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1 + 2*3 - 4/8", 6.5),
        ("-(2**3)", -8.0),
        ("+w*w", 2.25),
        ("abs(w) + sign(w)", 0.5),
        ("(1 - 2*int(w < 0))", -1.0),
        ("int(w >= 0)", 0.0),
        ("int(2.7)", 2.0),
        ("int(not w > 0)", 1.0),
        ("clip(w, 0, 1)", 0.0),
        ("exp(0) + sqrt(4) + tanh(0)", 3.0),
        ("1/0", np.inf),
    ],
)
@pytest.mark.filterwarnings("error")
def test_values(code, expected):
    assert value(code, w=-1.5) == expected


def test_every_function_is_that_of_numpy():
    for name in set(FUNCTIONS) - {"int", "clip"}:
        assert value(f"{name}(0.5)") == getattr(np, name)(0.5)


def test_arrays_broadcast():
    matrix = value("w*delta_pre", w=np.ones((3, 2)), delta_pre=[[1.0, 2.0]])
    np.testing.assert_array_equal(matrix, [[1, 2]] * 3)


def test_integers_are_numbers_of_double_precision():
    # As integers of Python they would fill the memory.
    assert value("9**9**9**9") == np.inf


def test_names_of_values():
    assert names(parse("abs(w)*r_pre - exp(delta_post)", "rule")) == {"w", "r_pre", "delta_post"}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("w*strange", r"rule: expected names among w, got 'strange'"),
        ("open('x')", r"rule: expected functions among abs, .*, got \"open\('x'\)\""),
        ("w.real", r"rule: expected numbers, names, .*, got 'w.real'"),
        ("w[0]", r"rule: expected numbers, names, .*, got 'w\[0\]'"),
        ("w.sum()", r"rule: expected functions among .*, got 'w.sum\(\)'"),
        ("(lambda: 1)()", r"rule: expected functions among"),
        ("[w for w in w]", r"rule: expected numbers, names, "),
        ("w if w else 1", r"rule: expected numbers, names, "),
        ("w and 1", r"rule: expected numbers, names, "),
        ("0 < w < 1", r"rule: expected numbers, names, .* one comparison"),
        ("w @ w", r"rule: expected numbers, names, "),
        ("'text'", r"rule: expected real numbers, got 'text'"),
        ("1j", r"rule: expected real numbers, got 1j"),
        ("True", r"rule: expected real numbers, got True"),
        ("1" + "0" * 400, r"rule: expected numbers below 1e308"),
        ("exp(w, w)", r"rule: expected 1 argument of exp, got 'exp\(w, w\)'"),
        ("exp(x=w)", r"rule: expected functions among"),
        ("exp(*w)", r"rule: expected numbers, names, "),
        ("clip(w, 0)", r"rule: expected 3 arguments of clip"),
        ("w = 1", r"rule: expected an expression such as 'w\*delta_pre', got 'w = 1'"),
        ("", r"rule: expected an expression such as"),
        ("w\0", r"rule: expected an expression such as"),
        ("(" * 10000 + "w" + ")" * 10000, r"rule: expected an expression such as"),
    ],
)
def test_what_is_not_understood(code, message):
    with pytest.raises(ValueError, match=message):
        value(code, w=1.0)


def test_no_part_of_the_module_executes_code():
    import ontogeny.analysis.expressions as module

    with open(module.__file__, encoding="utf-8") as file:
        called = {
            node.func.id
            for node in ast.walk(ast.parse(file.read()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
    assert not called & {"eval", "exec", "compile", "__import__"}
