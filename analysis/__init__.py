"""Measures on trajectories, statistics over networks, and plots; works without Brian2."""

if __name__ != "ontogeny.analysis":
    raise ImportError("import ontogeny.analysis; the folder is not a package of its own")

from . import plot
from .alignment import neuron_alignment, weight_alignment
from .learning import final_accuracy, learning_speed
from .rank import effective_rank
from .statistics import gap_closed, paired_contrast, summary

__all__ = [
    "effective_rank",
    "final_accuracy",
    "gap_closed",
    "learning_speed",
    "neuron_alignment",
    "paired_contrast",
    "plot",
    "summary",
    "weight_alignment",
]
