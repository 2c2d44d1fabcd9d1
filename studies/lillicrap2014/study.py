"""The study: every figure of the paper, its theory, and what follows it."""

from ..claims import Claim
from ..study import Study
from . import digits, fields, flow, linear_function, omega, teacher, theory
from .settings import QUICK, SETTINGS

__all__ = ["STUDY"]

_SPIKING = (
    Claim(
        id="B6c",
        claim="A network of spiking neurons, in which signals travel forwards and backwards at the "
        "same time, learns digits by feedback alignment",
        published="2016, journal version; its error rates and time constants are not known here",
        note="Leaky neurons with spikes are part of the package: docs/time.md has what they learn.",
    ),
    "the text that has its architecture, time constants and error rates was not available, so that "
    "there is nothing to compare with",
)

STUDY = Study(
    name="lillicrap2014",
    title="Random feedback weights support learning in deep neural networks",
    citation="Lillicrap TP, Cownden D, Tweed DB, Akerman CJ (2014). arXiv:1411.0247; Nature "
    "Communications 7:13276 (2016)",
    link="https://arxiv.org/abs/1411.0247",
    settings=SETTINGS,
    quick=QUICK,
    panels=(
        linear_function.PANEL,
        digits.PANEL,
        fields.PANEL,
        teacher.PANEL,
        flow.PANEL,
        omega.PANEL,
        theory.PANEL,
    ),
    absent=(_SPIKING,),
)
