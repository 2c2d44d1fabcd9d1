"""Lillicrap, Cownden, Tweed & Akerman (2014): feedback alignment, panel by panel."""

from .study import STUDY

__all__ = ["STUDY"]
