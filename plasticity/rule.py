"""What a learning rule is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ontogeny.engine.expressions import FUNCTIONS, is_proportional, names, terms

from .parameters import check_parameters, parameters_of

__all__ = ["Rule"]

# What the two equations may name, beside parameters and functions; the error comes first.
VOCABULARY = {
    "signal": ("delta_pre", "forward_w", "r_post", "r_pre", "w"),
    "gradient": ("delta_post", "r_post", "r_pre", "w"),
}


def _check_equation(
    rule: str, what: str, code: str, known: tuple[str, ...], parameters: Iterable[str]
) -> None:
    """Refuse an equation that cannot be computed, or whose sum over trials would be no mean."""
    try:
        unknown = names(code) - FUNCTIONS - set(parameters) - set(known)
    except SyntaxError as problem:
        raise ValueError(
            f"{rule}.{what}: expected an expression, got {code!r} ({problem.msg})"
        ) from problem
    if unknown:
        raise ValueError(
            f"{rule}.{what}: expected names among {', '.join(known)} and the rule's parameters, "
            f"got {', '.join(sorted(unknown))}"
        )
    wrong = [term for term in terms(code) if not is_proportional(term, known[0])]
    if wrong:
        raise ValueError(
            f"{rule}.{what}: expected {known[0]} as a factor, once, of every term, since it "
            f"carries 1/(active trials) and makes the sum over trials a mean, got "
            f"{' and '.join(wrong)}; decay of weights belongs to the optimiser"
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Base of the learning rules: equations as data, and nothing else.

    A rule is a subclass with the class attributes below and, if it has parameters, fields made with
    `parameter`. See ``feedback_alignment.py``, which is one.

    Attributes
    ----------
    signal : str
        What one feedback synapse adds to the neuron below; summed over all of them this is the
        neuron's ``feedback``, and ``delta = feedback*slope``. It names either ``w`` or
        ``forward_w``, has ``delta_pre`` as a factor of every term, and may name ``r_pre`` and
        ``r_post``.
    gradient : str
        What one forward synapse takes for its update direction ``g``, summed over trials. It may
        name ``w``, ``r_pre``, ``r_post``, and has ``delta_post`` as a factor of every term: errors
        carry 1/(active trials), so that the sum is a mean, and 0 in silent trials.
    citation : str
        Where the rule was published.

    Raises
    ------
    TypeError
        If a rule lacks one of the three.
    ValueError
        If an equation names something else, or a parameter is out of bounds.
    """

    signal: ClassVar[str]
    gradient: ClassVar[str]
    citation: ClassVar[str]

    def __post_init__(self) -> None:
        """Check the parameters."""
        missing = [name for name in ("signal", "gradient", "citation") if not hasattr(self, name)]
        if missing:
            raise TypeError(
                f"{type(self).__name__}: expected a rule with {', '.join(missing)}, got none; "
                f"Rule is abstract, use FeedbackAlignment() or a subclass of your own"
            )
        check_parameters(self)
        for what, known in VOCABULARY.items():
            _check_equation(type(self).__name__, what, getattr(self, what), known, self.parameters)
        weights = names(self.signal) & {"w", "forward_w"}
        if len(weights) != 1:
            raise ValueError(
                f"{type(self).__name__}.signal: expected either w or forward_w, "
                f"got {' and '.join(sorted(weights)) or 'neither'} in {self.signal!r}"
            )

    @property
    def parameters(self) -> dict[str, float]:
        """The declared parameters with their values."""
        return parameters_of(self)

    def equations(self) -> str:
        """Return the rule as text, one equation a line."""
        return (
            f"feedback = {self.signal} : 1 (summed over the population above)\n"
            f"delta = feedback*slope : 1\n"
            f"g = {self.gradient} : 1 (summed over trials)"
        )
