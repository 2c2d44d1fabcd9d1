"""Measures of spike trains, and of what populations do together."""

from .correlation_fit import correlation_index_fit
from .correlation_index import correlation_index, correlation_index_of_rates
from .event_adaptation import event_adaptation
from .event_summary import event_summary
from .events import event_classes, event_control, population_events
from .pairs import by_distance
from .pairwise import pairwise_correlation, shift_units
from .tiling import spike_time_tiling

__all__ = [
    "by_distance",
    "correlation_index",
    "correlation_index_fit",
    "correlation_index_of_rates",
    "event_adaptation",
    "event_classes",
    "event_control",
    "event_summary",
    "pairwise_correlation",
    "population_events",
    "shift_units",
    "spike_time_tiling",
]
