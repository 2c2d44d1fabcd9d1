"""Measures of the activity of many neurons at once."""

from .dimensionality import effective_dimension, participation_ratio
from .divergence import spontaneous_evoked_divergence
from .power_law import power_law_exponent
from .subspace import subspace_alignment
from .words import binary_words

__all__ = [
    "binary_words",
    "effective_dimension",
    "participation_ratio",
    "power_law_exponent",
    "spontaneous_evoked_divergence",
    "subspace_alignment",
]
