"""Measures on trajectories, statistics over networks, and plots; works without Brian2."""

if __name__ != "ontogeny.analysis":
    raise ImportError("import ontogeny.analysis; the folder is not a package of its own")

from . import plot
from .alignment import neuron_alignment, weight_alignment
from .contrasts import one_sample, unpaired_contrast
from .generalisation import generalisation_error
from .gradients import error_alignment, update_alignment
from .gram import gram_rank
from .intervals import bootstrap_interval, mean_interval
from .learning import final_accuracy, learning_speed
from .rank import effective_rank
from .responses import evaluate, responses
from .statistics import gap_closed, paired_contrast, summary
from .symmetry import sign_concordance, weight_norm_ratio

__all__ = [
    "bootstrap_interval",
    "effective_rank",
    "error_alignment",
    "evaluate",
    "final_accuracy",
    "gap_closed",
    "generalisation_error",
    "gram_rank",
    "learning_speed",
    "mean_interval",
    "neuron_alignment",
    "one_sample",
    "paired_contrast",
    "plot",
    "responses",
    "sign_concordance",
    "summary",
    "unpaired_contrast",
    "update_alignment",
    "weight_alignment",
    "weight_norm_ratio",
]
