"""The study: every panel of the paper, the ablations, and what follows it."""

from ..study import Study
from . import (
    ablations,
    calibration,
    figure_1,
    figure_2,
    figure_2_weights,
    figure_3,
    figure_4_features,
    figure_4_generalisation,
    figure_4_readouts,
    figure_4_spectra,
    figure_5,
    figure_6_meta_loss,
    figure_6_paths,
    figure_6_speed,
    lengths,
    rates,
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
        *figure_4_readouts.PANELS,
        *figure_4_spectra.PANELS,
        *figure_4_generalisation.PANELS,
        *figure_4_features.PANELS,
        *figure_5.PANELS,
        *figure_6_meta_loss.PANELS,
        *figure_6_paths.PANELS,
        *figure_6_speed.PANELS,
        *calibration.PANELS,
        *ablations.PANELS,
        *lengths.PANELS,
        *rates.PANELS,
    ),
)
