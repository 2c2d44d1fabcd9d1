"""Measures of spike trains, and of what populations do together."""

from .correlation_fit import correlation_index_fit
from .correlation_index import correlation_index, correlation_index_of_rates
from .pairs import by_distance
from .tiling import spike_time_tiling

__all__ = [
    "by_distance",
    "correlation_index",
    "correlation_index_fit",
    "correlation_index_of_rates",
    "spike_time_tiling",
]
