"""Published measurements, with their sources."""

from .inferior_temporal import it_images, it_rdms
from .registry import Reference, references

__all__ = ["Reference", "it_images", "it_rdms", "references"]
