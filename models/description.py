"""Descriptions as JSON, for the record: what was simulated, never code."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ontogeny.data import Stimuli

__all__ = ["describe", "to_json"]


def _digest(stimuli: Stimuli) -> str:
    digest = hashlib.sha256()
    for values in (stimuli.images.values, stimuli.labels.values.astype(np.int64)):
        digest.update(str((values.dtype.str, values.shape)).encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def describe(value: Any) -> Any:
    """Turn a description into what JSON can hold; stimuli become name, size and SHA-256."""
    if isinstance(value, Stimuli):
        return {
            "type": "Stimuli",
            "name": value.name,
            "size": len(value),
            "classes": int(value.classes),
            "scale": float(value.scale),
            "shift": float(value.shift),
            "sha256": _digest(value),
        }
    if is_dataclass(value):
        named = {item.name: describe(getattr(value, item.name)) for item in fields(value)}
        return {"type": type(value).__name__, **named}
    if isinstance(value, list | tuple | np.ndarray):
        return [describe(item) for item in value]
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    return value


def to_json(value: Any) -> str:
    """Return a description as JSON text."""
    return json.dumps(describe(value))
