"""Cheon, Lee & Paik (2024): pretraining with random noise, panel by panel."""

from .study import STUDY

__all__ = ["STUDY"]
