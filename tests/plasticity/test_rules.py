import ast
import re
from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import pytest

import ontogeny.plasticity
from ontogeny.plasticity import (
    Backpropagation,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    KolenPollack,
    NodePerturbation,
    PhaselessAlignment,
    PseudoBackpropagation,
    Rule,
    SignSymmetry,
    WeightMirror,
    parameter,
    vocabulary,
)

RULES = [
    getattr(ontogeny.plasticity, name)()
    for name in ontogeny.plasticity.__all__
    if isinstance(getattr(ontogeny.plasticity, name), type)
    and issubclass(getattr(ontogeny.plasticity, name), Rule)
    and getattr(ontogeny.plasticity, name) is not Rule
]
RULES += [SignSymmetry(magnitude=name) for name in ("batch-random", "fixed-random")]
DOCUMENTED = set(re.findall(r"^``(\w+)``", vocabulary.__doc__, flags=re.MULTILINE))


@dataclass(frozen=True, kw_only=True)
class Leaking(Rule):
    """A rule of a user, with a parameter."""

    leak: float = parameter(0.5, "share that leaks", low=0, high=1)
    signal: ClassVar[str] = "leak*w*delta_pre"
    citation: ClassVar[str] = "Nobody (2000)"


def test_all_rules_are_found():
    assert len(RULES) == 13
    assert {type(rule) for rule in RULES} >= {Backpropagation, FeedbackAlignment}


def test_every_name_of_the_vocabulary_is_documented():
    known = {vocabulary.bare(name) for names in vocabulary.VOCABULARY.values() for name in names}
    assert known <= DOCUMENTED
    assert known | {"count"} == DOCUMENTED
    for names in (vocabulary.NON_LOCAL, vocabulary.BROADCAST, vocabulary.LEAKY_ONLY):
        assert names <= known


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_what_a_rule_reads_is_local_broadcast_or_declared(rule):
    reads = {name for names in rule.reads().values() for name in names}
    assert {vocabulary.bare(name) for name in reads} <= DOCUMENTED
    assert reads & vocabulary.NON_LOCAL == set(rule.nonlocal_reads)


def test_only_oracles_and_sign_symmetry_are_not_local():
    declared = {type(rule): rule.nonlocal_reads for rule in RULES if rule.nonlocal_reads}
    assert declared == {
        Backpropagation: ("forward_w",),
        SignSymmetry: ("forward_w",),
        PseudoBackpropagation: ("pseudo_inverse",),
    }


def test_reads_tells_who_reads_what():
    assert KolenPollack().reads() == {
        "forward synapse": ("delta_post", "r_pre", "w"),
        "feedback synapse": ("delta_pre", "r_post", "w"),
        "neuron": ("feedback", "slope"),
    }
    assert NodePerturbation().reads()["feedback synapse"] == ()


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_equations_have_no_hidden_numbers(rule):
    for code in rule.texts().values():
        for text in [code] if isinstance(code, str) else []:
            tree = ast.parse("" if text == rule.path else text)
            constants = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
            assert set(constants) <= {0, 1, 2}


def test_equations_are_the_rule_as_text():
    assert Leaking().equations().splitlines() == [
        "feedback = leak*w*delta_pre : 1 (summed over the population above)",
        "delta = feedback*slope : 1",
        "g = r_pre*delta_post : 1 (summed over trials)",
    ]
    assert "(summed over the outputs)" in DirectFeedbackAlignment().equations()


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_every_equation_is_in_the_text(rule):
    for what, code in rule.texts().items():
        if what not in ("path", "learns"):
            for line in filter(None, code.splitlines()):
                assert line in rule.equations()


def test_only_phaseless_alignment_needs_time():
    assert [type(rule) for rule in RULES if rule.needs_time] == [PhaselessAlignment]


def test_who_learns_when():
    assert WeightMirror().learns["spontaneous"] == ("feedback",)
    assert FeedbackAlignment().learns["spontaneous"] == ("forward", "feedback")


def test_unknown_magnitudes_are_refused():
    with pytest.raises(ValueError, match="SignSymmetry.magnitude: expected one of uniform, batch"):
        SignSymmetry(magnitude="random")


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_citation_names_people_year_and_place(rule):
    assert re.match(r"^[A-Z]\w+ [A-Z]+.* \((19|20)\d\d\)\. .{20}", rule.citation)
    assert type(rule).__doc__


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_rule_has_no_behaviour_of_its_own(rule):
    own = [name for name, value in vars(type(rule)).items() if callable(value)]
    assert [name for name in own if not name.startswith("__")] == []


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


def make_rule(**attributes):
    """Make a rule of a user's own."""
    whole = {"signal": "w*delta_pre", "citation": "nobody", "__module__": "x", **attributes}
    return type("Own", (Rule,), whole)()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "sideways"}, "Own.path: expected one of layered, direct, perturbation, none"),
        ({"signal": ""}, "Own.signal: expected what a feedback synapse sends with the path 'laye"),
        ({"path": "none"}, "Own.signal: expected '' with the path 'none', got 'w"),
        ({"path": "none", "signal": ""}, "Own.delta: expected an error without feedback"),
        ({"delta": "(perturbed_loss - loss)*share"}, "Own.perturbation: expected what perturbs"),
        ({"perturbation": "deviate"}, "Own.perturbation: expected '' for .* name no loss"),
        ({"signal": "w*target_pre*share_pre"}, "Own.path: expected 'direct' for a rule whose sign"),
        (
            {
                "path": "direct",
                "feedback_weights": "w = pseudo_inverse",
                "nonlocal_reads": ("pseudo_inverse",),
            },
            "Own.path: expected 'layered' for a rule that reads pseudo_inverse",
        ),
        ({"learns": {"learning": ("forward",)}}, "Own.learns: expected tuples of 'forward' and"),
        (
            {"learns": {"learning": ("forwards",), "spontaneous": ()}},
            "Own.learns: expected tuples of 'forward' and 'feedback' for",
        ),
        (
            {"path": "none", "signal": "", "delta": "", "feedback_gradient": "r_pre*share_pre"},
            "Own.path: expected 'layered' or 'direct' for a rule whose feedback synapses change",
        ),
        (
            {"path": "direct", "signal": "forward_w*delta_pre", "nonlocal_reads": ("forward_w",)},
            "Own.path: expected 'layered' for a rule that reads forward_w",
        ),
        ({"signal": "w*delta_post"}, "Own.signal: expected names among delta_pre, target_pre"),
        ({"signal": "strength*w*delta_pre"}, "and the rule's parameters, got strength"),
        ({"gradient": "r_pre*error_post"}, "Own.gradient: expected names among .* got error_post"),
        ({"gradient": "r_pre*delta_post - w"}, "expected one of delta_post, share_pre.*got w;"),
        ({"gradient": "(1 + delta_post)*r_pre"}, "as a factor, once, of every term"),
        ({"gradient": "r_pre*delta_post*delta_post"}, "as a factor, once, of every term"),
        ({"gradient": "r_pre*delta_post*share_post"}, "as a factor, once, of every term"),
        ({"signal": "w*sign(delta_pre)"}, "as a factor, once"),
        ({"signal": "w*r_pre"}, "expected one of delta_pre, share_pre, share_post as a factor"),
        ({"signal": "w*r_pre/delta_pre"}, "as a factor, once"),
        ({"delta": "feedback*slope + r"}, "expected one of feedback, share as a factor.* got r"),
        ({"decay": "r_pre = 0"}, "Own.decay: expected names among w and the rule's parameters"),
        ({"feedback_update": "g = w"}, "expected statements that change w only"),
        (
            {"signal": "forward_w*delta_pre"},
            r"Own.nonlocal_reads: expected \('forward_w',\), what its synapses read",
        ),
        ({"nonlocal_reads": ("forward_w",)}, r"Own.nonlocal_reads: expected \(\), what"),
    ],
)
def test_what_a_rule_cannot_name_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        make_rule(**options)


def test_functions_and_the_weight_itself_may_be_named():
    assert make_rule(signal="tanh(w)*delta_pre*r_post", gradient="(r_pre - w)*delta_post").gradient


def test_the_share_of_a_trial_may_stand_for_its_error():
    assert make_rule(path="direct", signal="w*sign(target_pre - r_pre)*share_pre").signal


def test_feedback_may_read_both_weights_if_it_says_so():
    signal = "abs(w)*sign(forward_w)*delta_pre"
    assert make_rule(signal=signal, nonlocal_reads=("forward_w",)).signal == signal


def test_what_is_no_expression_is_refused():
    with pytest.raises(ValueError, match="Own.gradient: expected an expression, got"):
        make_rule(gradient="r_pre*(delta_post")


def test_a_rule_without_a_citation_is_refused():
    with pytest.raises(TypeError, match="Own: expected a rule with a citation, got none"):
        type("Own", (Rule,), {"signal": "w*delta_pre", "__module__": "x"})()
