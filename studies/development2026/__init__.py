"""Spontaneous activity of real retinas as pretraining."""

from .study import STUDY

__all__ = ["STUDY"]
