"""Lives as descriptions that can be told apart: one digest, one life."""

import hashlib
import inspect
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any
from weakref import WeakKeyDictionary

from ontogeny.data import Stimuli
from ontogeny.models import Network, Record, Schedule
from ontogeny.models.description import describe
from ontogeny.models.plan import total_presentations
from ontogeny.models.schedule import Phase

__all__ = ["Branch", "Recipe", "digest_of_json", "with_ancestors"]

FEEDBACK = ("kept", "shuffled")


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Say where a life begins with the weights of another one.

    Parameters
    ----------
    life : Recipe
        The other life.
    presentation : int, optional
        One of its checkpoints, in presentations since its birth; by default its end.
    feedback : {"kept", "shuffled"}
        What becomes of its feedback weights; shuffled are the entries of every matrix, in an order
        drawn from the seed of the life that begins.

    Raises
    ------
    TypeError, ValueError
        If a field cannot be.
    """

    life: "Recipe"
    presentation: int | None = None
    feedback: str = "kept"

    def __post_init__(self) -> None:
        """Check the fields."""
        if not isinstance(self.life, Recipe):
            raise TypeError(f"Branch.life: expected a Recipe, got {self.life!r}")
        if self.feedback not in FEEDBACK:
            raise ValueError(f"Branch.feedback: expected one of {FEEDBACK}, got {self.feedback!r}")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Describe one life completely.

    Parameters
    ----------
    label : str
        What people call it; the only field that does not change the life.
    network : Network
        What lives.
    schedule : Schedule
        What it lives through.
    seed, trials : int
        As in `simulate`.
    device, dtype : str
        As in `simulate`.
    record : Record
        What is stored.
    birth : Branch, optional
        The weights at birth, where they are those of another life.

    Raises
    ------
    TypeError
        If network or schedule are none.

    Examples
    --------
    >>> from ontogeny.data import gaussian_noise
    >>> from ontogeny.models import Spontaneous, layered
    >>> noise = Schedule(Spontaneous(gaussian_noise(), presentations=640))
    >>> one, other = (
    ...     Recipe(label=label, network=layered([20, 10, 5]), schedule=noise, device="numpy")
    ...     for label in ("a life", "the same life")
    ... )
    >>> one.digest == other.digest, len(one.name)
    (True, 16)
    """

    label: str
    network: Network
    schedule: Schedule
    seed: int = 0
    trials: int = 64
    device: str = "cpp"
    dtype: str = "float32"
    record: Record = field(default_factory=Record)
    birth: Branch | None = None

    def __post_init__(self) -> None:
        """Check the descriptions."""
        for what, kind in (("network", Network), ("schedule", Schedule)):
            if not isinstance(getattr(self, what), kind):
                raise TypeError(
                    f"Recipe.{what}: expected a {kind.__name__}, got {getattr(self, what)!r}"
                )

    @cached_property
    def description(self) -> dict[str, Any]:
        """Everything that decides the life, as JSON can hold it."""
        birth = self.birth
        own = _own_classes(self.network, self.schedule)
        return {
            "ontogeny": version("ontogeny"),
            # The package's classes are told by its version.
            **({"classes": own} if own else {}),
            "network": describe(self.network),
            "schedule": _described(self.schedule),
            "record": describe(self.record),
            "seed": int(self.seed),
            "trials": int(self.trials),
            "device": self.device,
            "dtype": self.dtype,
            "birth": None
            if birth is None
            else {
                "life": birth.life.digest,
                "presentation": birth.presentation,
                "feedback": birth.feedback,
            },
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the description: the same for the same life, and for no other."""
        return digest_of_json(self.description)

    @property
    def name(self) -> str:
        """The first 16 digits of the digest: what files and reports call the life."""
        return self.digest[:16]

    @property
    def presentations(self) -> int:
        """Plastic presentations of the life."""
        return total_presentations(self.schedule)


def digest_of_json(value: Any) -> str:
    """Return the SHA-256 of what JSON can hold, whatever the order of its keys.

    Examples
    --------
    >>> digest_of_json({"a": 1, "b": 2}) == digest_of_json({"b": 2, "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def with_ancestors(recipe: Recipe) -> Iterator[Recipe]:
    """Yield a life and those that it begins from, the oldest first."""
    if recipe.birth is not None:
        yield from with_ancestors(recipe.birth.life)
    yield recipe


# Lives of a study share their stimuli, of which each may have 47 MB: hashed once.
_KNOWN: WeakKeyDictionary[Stimuli, dict[str, Any]] = WeakKeyDictionary()


def _described(schedule: Schedule) -> dict[str, Any]:
    return {"type": "Schedule", "phases": [_phase(phase) for phase in schedule.phases]}


def _phase(phase: Phase) -> dict[str, Any]:
    values = {item.name: getattr(phase, item.name) for item in fields(phase)}
    described = {
        name: _stimuli(value) if isinstance(value, Stimuli) else describe(value)
        for name, value in values.items()
    }
    return {"type": type(phase).__name__, **described}


def _stimuli(stimuli: Stimuli) -> dict[str, Any]:
    if stimuli not in _KNOWN:
        _KNOWN[stimuli] = describe(stimuli)
        # Nobody changes what has been hashed.
        for values in (stimuli.images.values, stimuli.wanted):
            values.setflags(write=False)
    return _KNOWN[stimuli]


def _own_classes(*values: Any) -> dict[str, str]:
    """Return the SHA-256 of the source of every class in descriptions that is not the package's.

    A class that was typed where nothing keeps its source, in a plain Python prompt, is told by its
    name alone.
    """
    found: dict[str, str] = {}
    for value in values:
        kind = type(value)
        if isinstance(value, tuple | list):
            found |= _own_classes(*value)
        elif is_dataclass(value) and not isinstance(value, Stimuli):
            if kind.__module__.split(".")[0] != "ontogeny":
                with suppress(OSError, TypeError):
                    source = "".join(inspect.getsource(base) for base in _own_bases(kind))
                    found[kind.__qualname__] = hashlib.sha256(source.encode()).hexdigest()
            found |= _own_classes(*(getattr(value, item.name) for item in fields(value)))
    return found


def _own_bases(kind: type) -> list[type]:
    """Return a class and those that it inherits from, as far as they are not the package's."""
    return [
        base
        for base in kind.__mro__
        if base.__module__.split(".")[0] not in ("ontogeny", "builtins")
    ]
