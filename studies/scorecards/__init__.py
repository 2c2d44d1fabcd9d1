"""Scorecards of studies: checked, and written for programs, repositories and readers."""

from .check import check_scorecard
from .figures import svg_of
from .files import read_scorecard, same_science, write_scorecard
from .table import scorecard_table

__all__ = [
    "check_scorecard",
    "read_scorecard",
    "same_science",
    "scorecard_table",
    "svg_of",
    "write_scorecard",
]
