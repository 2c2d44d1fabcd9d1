"""The study: what nobody has published yet."""

from ..cheon2024.settings import QUICK, SETTINGS
from ..study import Study
from .panels import PANELS

__all__ = ["STUDY"]

STUDY = Study(
    name="structured-noise",
    title="Spontaneous activity with structure as pretraining of feedback alignment",
    citation="An extension of Cheon J, Lee SW, Paik SB (2024), not published elsewhere",
    link="https://arxiv.org/abs/2405.16731",
    settings=SETTINGS,
    quick=QUICK,
    panels=PANELS,
    ours=True,
)
