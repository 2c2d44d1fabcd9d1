"""The study: every panel of the paper, the ablations, and what follows it."""

from ..study import Study
from . import (
    ablations,
    calibration,
    figure_1,
    figure_2,
    figure_2_weights,
    figure_3,
    figure_4_learning,
    figure_4_noise,
    figure_5,
    figure_6,
)
from .settings import QUICK, SETTINGS

__all__ = ["STUDY"]

STUDY = Study(
    name="cheon2024",
    title="Pretraining with random noise for fast and robust learning without weight transport",
    citation="Cheon J, Lee SW, Paik SB (2024). Advances in Neural Information Processing Systems "
    "37, 13748-13768",
    link="https://arxiv.org/abs/2405.16731",
    settings=SETTINGS,
    quick=QUICK,
    panels=(
        *figure_1.PANELS,
        *figure_2.PANELS,
        *figure_2_weights.PANELS,
        *figure_3.PANELS,
        *figure_4_noise.PANELS,
        *figure_4_learning.PANELS,
        *figure_5.PANELS,
        *figure_6.PANELS,
        *calibration.PANELS,
        *ablations.PANELS,
    ),
)
