"""Measures on trajectories, statistics over networks, and plots; works without Brian2."""

if __name__ != "ontogeny.analysis":
    raise ImportError("import ontogeny.analysis; the folder is not a package of its own")

from . import plot
from .alignment import neuron_alignment, weight_alignment
from .gradients import error_alignment, update_alignment
from .learning import final_accuracy, learning_speed
from .rank import effective_rank
from .statistics import gap_closed, paired_contrast, summary
from .symmetry import sign_concordance, weight_norm_ratio

__all__ = [
    "effective_rank",
    "error_alignment",
    "final_accuracy",
    "gap_closed",
    "learning_speed",
    "neuron_alignment",
    "paired_contrast",
    "plot",
    "sign_concordance",
    "summary",
    "update_alignment",
    "weight_alignment",
    "weight_norm_ratio",
]
