"""What a learning rule is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ontogeny.engine.expressions import FUNCTIONS, assigned, is_proportional, names, terms

from .parameters import check_parameters, parameters_of
from .vocabulary import LEAKY_ONLY, NON_LOCAL, PER_TRIAL, VOCABULARY, bare

__all__ = ["PATHS", "Rule"]

#: How a teaching signal reaches hidden neurons, and what that means.
PATHS = {
    "layered": "from each population to the one below, through feedback synapses",
    "direct": "from the outputs to every hidden population, through feedback synapses",
    "perturbation": "as one number for all: what a perturbation did to the loss",
    "none": "not at all",
}

_SUMS = ("signal", "delta", "output_delta", "gradient", "feedback_gradient")
_STATEMENTS = ("feedback_weights", "feedback_update", "decay")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Base of the learning rules: equations as data, and nothing else.

    A rule is a subclass with some of the class attributes below and, if it has parameters, fields
    made with `parameter`. See ``feedback_alignment.py``, which is one. What equations may name is
    in `ontogeny.plasticity.vocabulary`; whatever they name is there when they are evaluated.

    Attributes
    ----------
    path : {"layered", "direct", "perturbation", "none"}
        How the teaching signal reaches hidden neurons.
    signal : str
        What one feedback synapse adds to the neuron below; summed over all of them this is the
        neuron's ``feedback``.
    perturbation : str
        What is added to the drive of every hidden neuron in a second pass, and of outputs if
        they have an `output_delta`; "" for none.
    delta : str
        How a hidden neuron makes its error; "" leaves the synapses onto it as they are.
    output_delta : str
        The same for outputs; "" is the readout's own error.
    gradient : str
        What one forward synapse takes for its update direction ``g``, summed over trials.
    feedback_weights : str
        Statements that set the weight of a feedback synapse in every step, before errors travel.
    feedback_gradient : str
        Update direction of a feedback synapse; "" where feedback synapses are fixed.
    feedback_update : str
        Statements that make a change of it; "" is the network's optimiser.
    decay : str
        Statements that forward synapses, and plastic feedback synapses, run before each step; decay
        of the optimiser reads the weight before them.
    learns : mapping
        Which synapses, ``"forward"`` and ``"feedback"``, learn in each kind of phase.
    nonlocal_reads : tuple of str
        What synapses read that is not at hand where they are: to be declared.
    citation : str
        Where the rule was published.

    Raises
    ------
    TypeError
        If a rule lacks what it must have.
    ValueError
        If an equation names something else, a sum over trials would be no mean, something non-local
        is not declared, or a parameter is out of bounds.
    """

    path: ClassVar[str] = "layered"
    signal: ClassVar[str] = ""
    perturbation: ClassVar[str] = ""
    delta: ClassVar[str] = "feedback*slope"
    output_delta: ClassVar[str] = ""
    gradient: ClassVar[str] = "r_pre*delta_post"
    feedback_weights: ClassVar[str] = ""
    feedback_gradient: ClassVar[str] = ""
    feedback_update: ClassVar[str] = ""
    decay: ClassVar[str] = ""
    learns: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "spontaneous": ("forward", "feedback"),
        "learning": ("forward", "feedback"),
    }
    nonlocal_reads: ClassVar[tuple[str, ...]] = ()
    citation: ClassVar[str]

    def __post_init__(self) -> None:
        """Check the parameters and the equations."""
        where = type(self).__name__
        if type(self) is Rule:
            raise TypeError(
                "Rule: expected a rule such as FeedbackAlignment(), or a subclass of your own, got "
                "Rule itself, which is abstract"
            )
        if not hasattr(self, "citation"):
            raise TypeError(
                f"{where}: expected a rule with a citation, got none; say where it comes from: "
                f'citation: ClassVar[str] = "..."'
            )
        check_parameters(self)
        for what, known in VOCABULARY.items():
            _check_names(where, what, getattr(self, what), known, self.parameters)
        self._check_path(where)
        for what in _SUMS:
            _check_sum(where, what, getattr(self, what))
        self._check_locality(where)

    def _check_path(self, where: str) -> None:
        if self.path not in PATHS:
            raise ValueError(f"{where}.path: expected one of {', '.join(PATHS)}, got {self.path!r}")
        travels = self.path in ("layered", "direct")
        if travels != bool(self.signal):
            wanted = "what a feedback synapse sends" if travels else "''"
            raise ValueError(
                f"{where}.signal: expected {wanted} with the path {self.path!r}, got "
                f"{self.signal!r}"
            )
        if not travels and (self.feedback_weights or self.feedback_gradient):
            raise ValueError(
                f"{where}.path: expected 'layered' or 'direct' for a rule whose feedback synapses "
                f"change, got {self.path!r}"
            )
        second = {"loss", "perturbed_loss"} & self._names("delta", "output_delta")
        if bool(second) != bool(self.perturbation):
            wanted = "what perturbs a drive" if second else "''"
            raise ValueError(
                f"{where}.perturbation: expected {wanted} for a rule whose errors name "
                f"{' and '.join(sorted(second)) or 'no loss'}, got {self.perturbation!r}"
            )
        if "feedback" in names(self.delta) and not travels:
            raise ValueError(
                f"{where}.delta: expected an error without feedback with the path {self.path!r}, "
                f"got {self.delta!r}"
            )
        beside = sorted(self._names(*VOCABULARY) & NON_LOCAL)
        if self.path == "direct" and beside:
            raise ValueError(
                f"{where}.path: expected 'layered' for a rule that reads {', '.join(beside)}, got "
                f"'direct': no forward synapse lies beside a synapse from the outputs to a deep "
                f"population"
            )
        if self.path != "direct" and "target_pre" in names(self.signal):
            raise ValueError(
                f"{where}.path: expected 'direct' for a rule whose signal names target_pre, which "
                f"only outputs have, got {self.path!r}"
            )
        self._check_learns(where)

    def _check_learns(self, where: str) -> None:
        known = {"forward", "feedback"}
        whole = isinstance(self.learns, Mapping) and set(self.learns) == {"spontaneous", "learning"}
        if not whole or any(not set(who) <= known for who in self.learns.values()):
            raise ValueError(
                f"{where}.learns: expected tuples of 'forward' and 'feedback' for 'spontaneous' "
                f"and 'learning', got {self.learns!r}"
            )

    def _names(self, *equations: str) -> set[str]:
        """Return the names in some of the equations."""
        return set().union(*(names(getattr(self, what)) for what in equations))

    def _check_locality(self, where: str) -> None:
        used = sorted(self._names(*VOCABULARY) & NON_LOCAL)
        if used != sorted(self.nonlocal_reads):
            raise ValueError(
                f"{where}.nonlocal_reads: expected {tuple(used)}, what its synapses read that is "
                f"not at hand where they are, got {tuple(self.nonlocal_reads)}; a rule that is "
                f"not local says so"
            )

    @property
    def parameters(self) -> dict[str, float]:
        """The declared parameters with their values."""
        return parameters_of(self)

    @property
    def needs_time(self) -> bool:
        """Whether equations name what only leaky neurons have."""
        return self.uses(*LEAKY_ONLY)

    def uses(self, *wanted: str) -> bool:
        """Say whether any equation names one of these, on whatever side."""
        found = self._names(*VOCABULARY)
        return any(name in wanted or bare(name) in wanted for name in found)

    def reads(self) -> dict[str, tuple[str, ...]]:
        """Return what synapses and neurons have to know, by who reads it.

        Returns
        -------
        dict of tuple of str
            For ``"forward synapse"``, ``"feedback synapse"`` and ``"neuron"`` the names that their
            equations read, sorted, parameters excepted. Rates and errors of the two neurons of a
            synapse, and its own weight, are at hand; what is broadcast to all (`BROADCAST`) can
            be known everywhere; what is in `NON_LOCAL` cannot.

        Examples
        --------
        >>> from ontogeny.plasticity import FeedbackAlignment
        >>> FeedbackAlignment().reads()["feedback synapse"]
        ('delta_pre', 'w')
        """
        readers = {
            "forward synapse": ("gradient", "decay"),
            "feedback synapse": (
                "signal",
                "feedback_weights",
                "feedback_gradient",
                "feedback_update",
            ),
            "neuron": ("perturbation", "delta", "output_delta"),
        }
        known = FUNCTIONS | set(self.parameters) | {"g"}
        return {who: tuple(sorted(self._names(*what) - known)) for who, what in readers.items()}

    def texts(self) -> dict[str, Any]:
        """Return every equation by its name: all that a simulator has to know of the rule."""
        equations = {what: getattr(self, what) for what in ("path", *VOCABULARY)}
        return {**equations, "learns": {phase: list(who) for phase, who in self.learns.items()}}

    def equations(self) -> str:
        """Return the rule as text, one equation a line."""
        above = "the outputs" if self.path == "direct" else "the population above"
        lines = [f"{line} : 1 (in every step)" for line in _lines(self.feedback_weights)]
        if self.signal:
            lines.append(f"feedback = {self.signal} : 1 (summed over {above})")
        if self.perturbation:
            lines.append(f"perturbed_drive = drive + {self.perturbation} : 1 (in a second pass)")
        if self.delta:
            lines.append(f"delta = {self.delta} : 1")
        if self.output_delta:
            lines.append(f"delta = {self.output_delta} : 1 (outputs)")
        lines += [f"{line} : 1" for line in _lines(self.decay)]
        lines.append(f"g = {self.gradient} : 1 (summed over trials)")
        if self.feedback_gradient:
            lines.append(
                f"g = {self.feedback_gradient} : 1 (feedback synapses, summed over trials)"
            )
        lines += [f"{line} : 1 (feedback synapses)" for line in _lines(self.feedback_update)]
        return "\n".join(lines)


def _lines(statements: str) -> list[str]:
    return [line.strip() for line in statements.splitlines() if line.strip()]


def _check_names(
    where: str, what: str, code: str, known: tuple[str, ...], parameters: Iterable[str]
) -> None:
    """Refuse an equation that cannot be computed."""
    kind = "statements" if what in _STATEMENTS else "an expression"
    try:
        unknown = names(code) - FUNCTIONS - set(parameters) - set(known)
        written = assigned(code) if what in _STATEMENTS else set()
    except SyntaxError as problem:
        raise ValueError(
            f"{where}.{what}: expected {kind}, got {code!r} ({problem.msg})"
        ) from problem
    if unknown:
        raise ValueError(
            f"{where}.{what}: expected names among {', '.join(known)} and the rule's parameters, "
            f"got {', '.join(sorted(unknown))}"
        )
    if written - {"w"}:
        raise ValueError(
            f"{where}.{what}: expected statements that change w only, got {code!r}, which changes "
            f"{', '.join(sorted(written - {'w'}))}"
        )


def _check_sum(where: str, what: str, code: str) -> None:
    """Refuse an expression whose sum over trials would be no mean."""
    factors = [name for name in VOCABULARY[what] if bare(name) in PER_TRIAL]

    def scaled(term: str) -> bool:
        named = [name for name in factors if name in names(term)]
        return len(named) == 1 and is_proportional(term, named[0])

    wrong = [term for term in terms(code) if not scaled(term)] if code else []
    if wrong:
        raise ValueError(
            f"{where}.{what}: expected one of {', '.join(factors)} as a factor, once, of every "
            f"term, since they carry 1/(active trials) and make the sum over trials a mean, got "
            f"{' and '.join(wrong)}; decay of weights belongs to the optimiser"
        )
