"""Noise with structure beside white noise, as pretraining."""

from .study import STUDY

__all__ = ["STUDY"]
