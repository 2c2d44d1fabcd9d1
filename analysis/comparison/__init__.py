"""Lives beside recordings and published measurements."""

from .compare import COMPARISONS, compare
from .figures import plot_comparison
from .noise_of_life import noise_of_life

__all__ = ["COMPARISONS", "compare", "noise_of_life", "plot_comparison"]
