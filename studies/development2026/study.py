"""The study: what the spontaneous activity of real retinas does to networks before they learn."""

from ..study import Study
from . import course, dimensionality, events, inputs, pretraining, similarity
from .settings import QUICK, SETTINGS

__all__ = ["STUDY"]

STUDY = Study(
    name="development2026",
    title="Recorded retinal waves as pretraining, beside what development does to real cortex",
    citation="Ours, not published elsewhere; recordings of Demas J, Eglen SJ, Wong ROL (2003), "
    "Journal of Neuroscience 23, 2851-2860",
    link="https://doi.org/10.1523/JNEUROSCI.23-07-02851.2003",
    settings=SETTINGS,
    quick=QUICK,
    panels=(
        *pretraining.PANELS,
        *course.PANELS,
        *inputs.PANELS,
        *similarity.PANELS,
        *dimensionality.PANELS,
        *events.PANELS,
    ),
)
