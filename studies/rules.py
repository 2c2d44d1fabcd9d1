"""Learning rules by name."""

import re

import ontogeny.plasticity
from ontogeny.plasticity import Rule

__all__ = ["find_rule", "rule_name", "rules"]


def rule_name(rule: type[Rule]) -> str:
    """Return a rule's name in words.

    Examples
    --------
    >>> rule_name(ontogeny.plasticity.FeedbackAlignment)
    'feedback alignment'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", rule.__name__).lower()


def rules() -> dict[str, type[Rule]]:
    """Return the learning rules by the names that the command line knows them by.

    Examples
    --------
    >>> rules()["feedback-alignment"].__name__
    'FeedbackAlignment'
    """
    public = (getattr(ontogeny.plasticity, name) for name in ontogeny.plasticity.__all__)
    return {
        rule_name(item).replace(" ", "-"): item
        for item in public
        if isinstance(item, type) and issubclass(item, Rule) and item is not Rule
    }


def find_rule(name: str) -> Rule:
    """Return a learning rule by name, with its default parameters.

    Raises
    ------
    ValueError
        If there is no such rule; names the choices.

    Examples
    --------
    >>> find_rule("feedback-alignment")
    FeedbackAlignment()
    """
    known = rules()
    if name not in known:
        raise ValueError(f"rule: expected one of {', '.join(known)}, got {name!r}")
    return known[name]()
