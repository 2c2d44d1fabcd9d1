"""Spell out in what two descriptions of a life differ."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["compared", "differences", "other_versions", "refuse_another"]

# What may differ without any consequence for the rest of a life, or is compared elsewhere.
_FREE = ("created", "status", "title", "versions", "hardware", "resumed_with_versions")
_JSON = ("network", "schedule", "record", "given_weights")
# Where stimuli were loaded from says nothing that their hash does not.
_FREE_INSIDE = ("origin",)
# Nor do the names of recordings, which are equal where their spikes are.
_NAMES = ("name", "source")


def differences(stored: Mapping[Any, Any], given: Mapping[Any, Any]) -> list[str]:
    """Compare the root attributes of a stored life with those of the one that is asked for.

    Parameters
    ----------
    stored, given : mapping
        Attributes; descriptions are JSON texts.

    Returns
    -------
    list of str
        One sentence for each difference, none if the lives are the same.

    Examples
    --------
    >>> differences({"seed": 1, "trials": 8}, {"seed": 2, "trials": 8})
    ['seed: 1 in the store, 2 given']
    """
    names = [name for name in {**stored, **given} if name not in _FREE]
    return [
        sentence
        for name in names
        for sentence in compared(
            name, *(_value(name, attributes.get(name)) for attributes in (stored, given))
        )
    ]


def refuse_another(place: Path, stored: Mapping[Any, Any], given: Mapping[Any, Any]) -> None:
    """Refuse to go on with a life that is not the one that was asked for.

    Raises
    ------
    ValueError
        Spells out every difference.
    """
    found = differences(stored, given)
    if found:
        raise ValueError(
            f"simulate.resume: expected the life that is in {str(place)!r}, got another one "
            f"({'; '.join(found)}); give what the store has, or choose another store"
        )


def other_versions(stored: Mapping[Any, Any], given: Mapping[Any, Any]) -> list[str]:
    """Return what differs in the versions of packages and in the hardware, one sentence each."""
    found = [
        {**json.loads(attributes["versions"]), "hardware": attributes.get("hardware")}
        for attributes in (stored, given)
    ]
    return compared("", *found)


def compared(path: str, stored: Any, given: Any) -> list[str]:
    """Compare two values of JSON, down to where they differ.

    Examples
    --------
    >>> compared("record", {"checkpoints": [8, 16]}, {"checkpoints": [8, 24]})
    ['record.checkpoints[1]: 16 in the store, 24 given']
    """
    if isinstance(stored, dict) and isinstance(given, dict):
        recorded = stored.get("type") == given.get("type") == "RecordedSpikes"
        free = _FREE_INSIDE + _NAMES if recorded else _FREE_INSIDE
        return [
            sentence
            for key in {**stored, **given}
            if key not in free
            for sentence in compared(
                f"{path}.{key}" if path else key, stored.get(key), given.get(key)
            )
        ]
    if isinstance(stored, list) and isinstance(given, list) and len(stored) == len(given):
        return [
            sentence
            for number, pair in enumerate(zip(stored, given, strict=True))
            for sentence in compared(f"{path}[{number}]", *pair)
        ]
    if stored == given:
        return []
    return [f"{path}: {_short(stored)} in the store, {_short(given)} given"]


def _value(name: str, value: Any) -> Any:
    if value is not None and name in _JSON:
        return json.loads(value)
    return value.item() if hasattr(value, "item") else value


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
