"""The numbers of the study: those of the lives are shared with `ontogeny.studies.cheon2024`."""

from dataclasses import dataclass, field, replace

from ..cheon2024 import settings as shared

__all__ = ["AGES", "INFERRED", "QUICK", "SETTINGS", "SIMULATED_WIDTH", "Settings", "inferred"]

#: Age in days -> the control recording of Demas, Eglen & Wong (2003) that networks live through.
#: Of each age the one with most units, which looks at no result.
AGES = {
    9: "Demas2003_P9_CTRL_MY1_2A",
    11: "Demas2003_P11_CTRL_HP1_1A",
    13: "Demas2003_P13_CTRL_MII2_2A",
    15: "Demas2003_P15_CTRL_MW2_2A",
    21: "Demas2003_p22_ctrl_1a",
    42: "Demas2003_6WK_CTRL_ME3_1B",
}
#: Seconds that a frame of simulated waves shows: they cannot be slower than a pixel in a frame.
SIMULATED_WIDTH = 0.5


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All numbers of the study.

    Parameters
    ----------
    networks : int
        Networks in every condition, paired by seed.
    seed : int
        Seed of the first network; the others follow on.
    device : str
        What simulates.
    base : ontogeny.studies.cheon2024.settings.Settings
        Network, rate, lengths and digits: what both studies need is lived once.
    ages : tuple of int
        Ages of the recordings, in days, of `AGES`.
    controls : tuple of int
        Ages at which there is every control; at the others there is the one shuffled in time.
    bin_width : float
        Seconds of a recording that one frame shows.
    search : int
        Simulations of the search for waves that are like those of the first recording.
    before, after : int
        Checkpoints along the spontaneous phase and along learning.
    stimuli : int
        Test digits that evoke activity.
    realisations : int
        Independent pieces of spontaneous input that activity is measured with; their frames are
        as many as stimuli.
    units : int
        Hidden units whose binary patterns are compared, as many as Berkes et al. (2011) had.
    groups : int
        How many random draws of these units are averaged over.
    components : int
        Principal components that span a subspace.
    """

    networks: int = 10
    seed: int = 0
    device: str = "cpp"
    base: shared.Settings = field(default_factory=shared.Settings)
    ages: tuple[int, ...] = tuple(AGES)
    controls: tuple[int, ...] = (9,)
    bin_width: float = 0.1
    search: int = 30
    before: int = 8
    after: int = 12
    stimuli: int = 10_000
    realisations: int = 10
    units: int = 16
    groups: int = 2
    components: int = 10

    def __post_init__(self) -> None:
        """Check what panels rely on."""
        unknown = [age for age in (*self.ages, *self.controls) if age not in AGES]
        if unknown:
            raise ValueError(f"Settings.ages: expected some of {tuple(AGES)}, got {unknown}")
        if self.stimuli % self.realisations:
            raise ValueError(
                f"Settings.realisations: expected a divisor of {self.stimuli} stimuli, got "
                f"{self.realisations}"
            )

    @property
    def living(self) -> shared.Settings:
        """The settings of the lives."""
        return replace(self.base, networks=self.networks, seed=self.seed, device=self.device)

    @property
    def seeds(self) -> list[int]:
        """Seeds of the networks, the same in all conditions."""
        return self.living.seeds


SETTINGS = Settings()

#: Two networks that live shortly, on digits that are embedded: proves that all works.
QUICK = Settings(
    networks=2,
    device="numpy",
    base=replace(shared.QUICK, noise=3_200, lengths=(3_200,)),
    ages=(9,),
    controls=(),
    search=2,
    before=2,
    after=2,
    stimuli=320,
    realisations=2,
    units=6,
    groups=1,
    components=3,
)

_SHARED = shared.INFERRED
#: What decides the results and is only ours, by the name that claims use; of the full study.
INFERRED: dict[str, tuple[str, ...]] = {
    "lives": tuple(
        _SHARED[name] for name in ("optimiser", "noise", "weights", "data", "pixels", "reset")
    ),
    "recordings": (
        "of each age the control recording of Demas et al. (2003) with most units: "
        + ", ".join(AGES.values()),
    ),
    "frames": (
        f"a frame shows {SETTINGS.bin_width:g} s, rates on the array are interpolated "
        "linearly to the 28 x 28 inputs and standardised over all frames and inputs; "
        f"silence is shown; simulated waves are fitted to the first recording, a frame for "
        f"{SIMULATED_WIDTH:g} s",
    ),
    "activity": (
        f"rates that {SETTINGS.stimuli:,} test digits evoke, beside those of as many "
        f"frames of spontaneous input that no network lived through, in {SETTINGS.realisations} "
        "pieces; static networks without noise of their own",
    ),
}


def inferred(*names: str) -> tuple[str, ...]:
    """Return what was chosen, by the names of `INFERRED`."""
    return tuple(text for name in names for text in INFERRED[name])
