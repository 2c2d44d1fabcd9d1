import ast
import re
from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import pytest

import ontogeny.plasticity
from ontogeny.plasticity import Backpropagation, FeedbackAlignment, Rule, parameter

RULES = [
    getattr(ontogeny.plasticity, name)()
    for name in ontogeny.plasticity.__all__
    if isinstance(getattr(ontogeny.plasticity, name), type)
    and issubclass(getattr(ontogeny.plasticity, name), Rule)
    and getattr(ontogeny.plasticity, name) is not Rule
]
VOCABULARY = set(re.findall(r"^``(\w+)``", ontogeny.plasticity.__doc__, flags=re.MULTILINE))
FUNCTIONS = {"exp", "sqrt", "tanh", "log", "int", "abs", "sign"}


def names(code):
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


@dataclass(frozen=True, kw_only=True)
class Leaking(Rule):
    """A rule of a user, with a parameter."""

    leak: float = parameter(0.5, "share that leaks", low=0, high=1)
    signal: ClassVar[str] = "leak*w*delta_pre"
    gradient: ClassVar[str] = "r_pre*delta_post"
    citation: ClassVar[str] = "Nobody (2000)"


def test_rules_and_vocabulary_are_found():
    assert {type(rule) for rule in RULES} >= {Backpropagation, FeedbackAlignment}
    assert {"r", "delta", "w", "forward_w", "g", "count"} <= VOCABULARY


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("direction", ["signal", "gradient"])
def test_equations_use_the_documented_vocabulary(rule, direction):
    for name in names(getattr(rule, direction)) - set(rule.parameters) - FUNCTIONS:
        assert re.sub("_(pre|post)$", "", name) in VOCABULARY, name


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_synaptic_names_carry_no_side_and_neuronal_ones_do(rule):
    for name in names(rule.signal) | names(rule.gradient):
        if re.sub("_(pre|post)$", "", name) in ("r", "delta"):
            assert name.endswith(("_pre", "_post"))
        else:
            assert not name.endswith(("_pre", "_post"))


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_each_direction_reads_what_can_be_there(rule):
    assert names(rule.signal) & {"w", "forward_w"}
    assert "delta_pre" in names(rule.signal)
    assert "forward_w" not in names(rule.gradient)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_equations_have_no_hidden_numbers(rule):
    for code in (rule.signal, rule.gradient):
        constants = [n.value for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant)]
        assert set(constants) <= {0, 1, 2}


@pytest.mark.parametrize("rule", [*RULES, Leaking()], ids=repr)
def test_equations_are_the_rule_as_text(rule):
    assert rule.equations().splitlines() == [
        f"feedback = {rule.signal} : 1 (summed over the population above)",
        "delta = feedback*slope : 1",
        f"g = {rule.gradient} : 1 (summed over trials)",
    ]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_citation_names_people_year_and_place(rule):
    assert re.match(r"^[A-Z]\w+ [A-Z]+.* \((19|20)\d\d\)\. .{20}", rule.citation)
    assert type(rule).__doc__


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_rule_has_no_behaviour_of_its_own(rule):
    own = [name for name, value in vars(type(rule)).items() if callable(value)]
    assert [name for name in own if not name.startswith("__")] == []


def test_backpropagation_transports_weights_and_feedback_alignment_does_not():
    assert names(Backpropagation().signal) == {"forward_w", "delta_pre"}
    assert names(FeedbackAlignment().signal) == {"w", "delta_pre"}
    assert Backpropagation().gradient == FeedbackAlignment().gradient == "r_pre*delta_post"


def test_parameters_of_a_rule():
    assert FeedbackAlignment().parameters == {}
    assert Leaking(leak=1).parameters == {"leak": 1.0}
    with pytest.raises(
        ValueError,
        match=r"^Leaking\.leak: expected a number between 0 and 1 \(share that leaks\), got 2$",
    ):
        Leaking(leak=2)


def test_are_values():
    assert FeedbackAlignment() == FeedbackAlignment() != Backpropagation()
    with pytest.raises(FrozenInstanceError):
        Leaking().leak = 0.1


def make_rule(signal="w*delta_pre", gradient="r_pre*delta_post"):
    """Make a rule of a user's own."""
    attributes = {"signal": signal, "gradient": gradient, "citation": "nobody", "__module__": "x"}
    return type("Own", (Rule,), attributes)()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"signal": "w*delta_post"}, "Own.signal: expected names among delta_pre, forward_w"),
        ({"signal": "strength*w*delta_pre"}, "and the rule's parameters, got strength"),
        ({"gradient": "r_pre*error_post"}, "Own.gradient: expected names among .* got error_post"),
        ({"gradient": "r_pre*delta_post - w"}, "expected delta_post as a factor, once.*got w;"),
        ({"gradient": "(1 + delta_post)*r_pre"}, "a factor, once, of every term"),
        ({"gradient": "r_pre*delta_post*delta_post"}, "a factor, once, of every term"),
        ({"signal": "w*sign(delta_pre)"}, "expected delta_pre as a factor, once"),
        ({"signal": "w*r_pre"}, "expected delta_pre as a factor, once"),
        ({"signal": "w*r_pre/delta_pre"}, "expected delta_pre as a factor, once"),
        ({"signal": "delta_pre"}, "expected either w or forward_w, got neither"),
        ({"signal": "abs(w)*sign(forward_w)*delta_pre"}, "got forward_w and w"),
    ],
)
def test_what_a_rule_cannot_name_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        make_rule(**options)


def test_functions_and_the_weight_itself_may_be_named():
    assert make_rule("tanh(w)*delta_pre*r_post", "(r_pre - w)*delta_post").gradient


def test_what_is_no_expression_is_refused():
    with pytest.raises(ValueError, match="Own.gradient: expected an expression, got"):
        make_rule(gradient="r_pre*(delta_post")
