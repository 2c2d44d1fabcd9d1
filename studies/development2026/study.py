"""The study: what the spontaneous activity of real retinas does to networks before they learn."""

from ..claims import Claim
from ..study import Study
from . import course, dimensionality, events, inputs, pretraining, similarity
from .conditions import missing_recordings
from .settings import QUICK, SETTINGS

__all__ = ["STUDY"]
_STATIC = "neurons are static: rates follow the input at once, without memory, noise or recurrence"

#: What cortex does and this model cannot speak to.
_ABSENT = (
    (
        Claim(
            id="D27",
            claim="In cortex the likeness of spontaneous and evoked activity is one with natural "
            "scenes: in adults less with noise or gratings.",
            published="Berkes et al. (2011): movie < noise < gratings in adult ferrets",
            note="A divergence that falls for digits alone would need others to be specific.",
        ),
        "networks learn digits and nothing else; there is no natural movie to evoke activity with",
    ),
    (
        Claim(
            id="D28",
            claim="In cortex the amplitude of H events adapts to recent activity.",
            published="Siegel et al. (2012); Wosniack et al. (2021): positive correlation",
        ),
        _STATIC,
    ),
    (
        Claim(
            id="D29",
            claim="In cortex noise correlations fall, and evoked patterns become reliable from "
            "trial to trial.",
            published="Smith et al. (2015); Traegenap et al. (2025); direction only",
        ),
        f"{_STATIC}: there are no trials that differ",
    ),
    (
        Claim(
            id="D30",
            claim="In cortex spontaneous patterns are made by recurrent circuits, and reorganise.",
            published="Traegenap et al. (2025); direction only",
        ),
        "there is one hidden population without recurrent connections: spontaneous activity is "
        "what retinal input drives, while the references are recordings of cortex",
    ),
)

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
    absent=_ABSENT,
    ours=True,
    missing=missing_recordings,
)
