"""Descriptions as JSON, for the record: what was simulated, never code."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from numbers import Real
from typing import Any

import numpy as np

from ontogeny.data import Stimuli
from ontogeny.plasticity import Optimiser, Rule

__all__ = ["describe", "digest_of", "digest_of_stimuli", "to_json"]


def digest_of(*arrays: np.ndarray) -> str:
    """Return the SHA-256 of arrays: of their types, shapes and values."""
    digest = hashlib.sha256()
    for values in arrays:
        digest.update(str((values.dtype.str, values.shape)).encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def digest_of_stimuli(stimuli: Stimuli) -> str:
    """Return the SHA-256 of images and labels, or of images and targets."""
    wanted = stimuli.wanted
    if stimuli.targets is None:
        wanted = wanted.astype(np.int64)
    return digest_of(stimuli.images.values, wanted)


def describe(value: Any) -> Any:
    """Turn a description into what JSON can hold; stimuli become name, size and SHA-256."""
    if isinstance(value, Stimuli):
        return {
            "type": "Stimuli",
            "name": value.name,
            "size": len(value),
            "classes": None if value.classes is None else int(value.classes),
            "scale": float(value.scale),
            "shift": float(value.shift),
            "sha256": digest_of_stimuli(value),
            "origin": describe(value.origin),
        }
    if is_dataclass(value):
        named = {item.name: describe(getattr(value, item.name)) for item in fields(value)}
        described = {"type": type(value).__name__, **named}
        if isinstance(value, Rule | Optimiser):
            # A rule of the user's own can be read from the file even where its class is not known.
            described["equations"] = value.equations()
        if isinstance(value, Rule):
            described |= value.texts()
        return described
    if isinstance(value, Mapping):
        return {key: describe(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [describe(item) for item in value]
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Real) and not isinstance(value, bool | int):
        return float(value)
    return value


def to_json(value: Any) -> str:
    """Return a description as JSON text."""
    return json.dumps(describe(value), allow_nan=False)
