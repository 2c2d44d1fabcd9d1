"""What networks live through before they learn, and the lives of all conditions."""

from dataclasses import dataclass, replace
from functools import cache

import xarray as xr

from ontogeny.data import (
    FrameNoise,
    Noise,
    fit_retinal_waves,
    gaussian_noise,
    load_recording,
    recorded_waves,
)

from ..cheon2024.lives import images_of, learning, noise_life, pretrained, sizes_of
from ..recipe import Branch, Recipe
from .settings import AGES, SIMULATED_WIDTH, Settings

__all__ = [
    "BP",
    "CONTROLS",
    "NOTHING",
    "SIMULATED",
    "WHITE",
    "Inputs",
    "conditions_of",
    "controls_of",
    "inputs_of",
    "sheet_of",
    "learning_lives",
    "recording_named",
    "is_recorded",
    "marks_of",
    "missing_recordings",
    "shuffled",
    "spontaneous_life",
    "title_of",
    "waves_of",
]

BP, NOTHING, WHITE, SIMULATED = "BP", "nothing", "white noise", "simulated waves"
#: Control of `recorded_waves` -> how its condition is called.
CONTROLS = {
    "times": "shuffled in time",
    "shifted": "shifted in time",
    "places": "shuffled in space",
    "independent": "independent",
}
_TIMES = "times"
_WAVES = "waves"
_ABSENT = "its recording is missing"


def title_of(age: int) -> str:
    """Return an age as the authors call it.

    Examples
    --------
    >>> title_of(9), title_of(42)
    ('P9', '6 weeks')
    """
    return f"{age // 7} weeks" if age >= 28 else f"P{age}"


def waves_of(age: int, control: str | None = None) -> str:
    """Return the condition of a recording of this age, or of a control made from it.

    Examples
    --------
    >>> waves_of(9), waves_of(9, "times")
    ('waves P9', 'waves P9 shuffled in time')
    """
    return f"{_WAVES} {title_of(age)}" + (f" {CONTROLS[control]}" if control else "")


def is_recorded(condition: str) -> bool:
    """Tell whether a condition is made of a recording, be it waves or a control.

    Examples
    --------
    >>> is_recorded("waves P9 shuffled in time"), is_recorded("simulated waves")
    (True, False)
    """
    return condition.startswith(f"{_WAVES} ")


def shuffled(age: int) -> str:
    """Return the condition in which every unit's spikes of this age are at random times."""
    return waves_of(age, _TIMES)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Describe the spontaneous inputs of a study.

    Parameters
    ----------
    noises : dict of Noise or FrameNoise
        By condition, in the order of figures.
    absent : dict of str
        Why the others are not there, by condition.
    """

    noises: dict[str, Noise | FrameNoise]
    absent: dict[str, str]


@cache
def recording_named(name: str) -> xr.Dataset | str:
    """Return a recording, or why it is not there."""
    try:
        return load_recording(name)
    # What cannot be found or read without an optional package: the other conditions are lived.
    except ImportError:
        return 'without h5py: pip install ".[biology]" in the folder of the checkout'
    except OSError:
        return (
            "neither downloaded nor in the folder that ONTOGENY_DATA names, as "
            "retinal_waves/<study>/<file>"
        )


def missing_recordings(settings: Settings) -> str:
    """Say in one line which recordings are missing, and how to get them; nothing if none are."""
    names = [AGES[age] for age in settings.ages]
    found = {name: recording_named(name) for name in names}
    reasons = {name: why for name, why in found.items() if isinstance(why, str)}
    if not reasons:
        return ""
    first, reason = next(iter(reasons.items()))
    return (
        f"Recordings are missing, {len(reasons)} of {len(names)}, and conditions with their waves "
        f"are not run: {first} {reason}"
    )


def sheet_of(settings: Settings) -> tuple[int, int]:
    """Return rows and columns of the inputs."""
    rows, columns = images_of(settings.base.data, "train").shape[-2:]
    return rows, columns


def controls_of(settings: Settings, age: int) -> tuple[str, ...]:
    """Return the controls that are made from the recording of an age."""
    return tuple(CONTROLS) if age in settings.controls else (_TIMES,)


def conditions_of(settings: Settings) -> list[str]:
    """Return the conditions with a spontaneous phase, whether they can be lived or not."""
    waves = [
        waves_of(age, control)
        for age in settings.ages
        for control in (None, *controls_of(settings, age))
    ]
    return [WHITE, *waves, SIMULATED]


@cache
def inputs_of(settings: Settings) -> Inputs:
    """Return all spontaneous inputs that are there."""
    noises: dict[str, Noise | FrameNoise] = {WHITE: gaussian_noise()}
    absent: dict[str, str] = {}
    sheet = sheet_of(settings)
    for age in settings.ages:
        recording = recording_named(AGES[age])
        wanted = [None, *controls_of(settings, age)]
        names = [waves_of(age, control) for control in wanted]
        if isinstance(recording, str):
            absent |= dict.fromkeys(names, _ABSENT)
            continue
        for name, control in zip(names, wanted, strict=True):
            noises[name] = recorded_waves(
                recording, bin_width=settings.bin_width, control=control, shape=sheet
            )
    first = recording_named(AGES[settings.ages[0]])
    if isinstance(first, str):
        absent[SIMULATED] = _ABSENT
    else:
        noises[SIMULATED] = fit_retinal_waves(
            first, shape=sheet, bin_width=SIMULATED_WIDTH, evaluations=settings.search
        )
    return Inputs(noises=noises, absent=absent)


def marks_of(settings: Settings) -> tuple[int, ...]:
    """Return the checkpoints along a spontaneous phase, in presentations, without birth."""
    length, count = settings.base.noise, settings.before
    return tuple(length * number // count for number in range(1, count + 1))


def spontaneous_life(settings: Settings, condition: str, seed: int) -> Recipe:
    """Describe the life that comes before learning."""
    living = settings.living
    sizes = sizes_of(living, living.data)
    if condition == WHITE:
        # The life of the study of random noise.
        return pretrained(living, "FA", sizes, seed).life
    noise = inputs_of(settings).noises[condition]
    life = noise_life(living, "FA", sizes, seed, noise=noise, checkpoints=marks_of(settings))
    return replace(life, label=f"FA on {condition}, network {seed}")


def learning_lives(settings: Settings) -> dict[tuple, Recipe]:
    """Return the lives that learn, by condition and seed."""
    living = settings.living
    sizes = sizes_of(living, living.data)

    def life(condition: str, seed: int, birth: Branch | None = None) -> Recipe:
        return learning(
            living, condition, living.data, sizes, seed, checkpoints=settings.after, birth=birth
        )

    lives: dict[tuple, Recipe] = {}
    for seed in settings.seeds:
        lives[BP, seed], lives[NOTHING, seed] = life("BP", seed), life("FA", seed)
        lives[WHITE, seed] = life("FA, noise", seed)
        for condition in inputs_of(settings).noises:
            if condition != WHITE:
                birth = Branch(life=spontaneous_life(settings, condition, seed))
                lives[condition, seed] = life(f"FA, {condition}", seed, birth)
    return lives
