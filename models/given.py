"""What was given to a life and cannot be had elsewhere: files beside its parts, by their hash."""

from ontogeny.data import RecordedWaves, Stimuli
from ontogeny.data.parts import PartsFolder
from ontogeny.data.recorded_spikes import RecordedSpikes

from .description import digest_of_stimuli
from .schedule import Schedule

__all__ = ["keep_given", "keep_stimuli", "recording_file", "stimuli_file"]


def stimuli_file(sha256: str) -> str:
    """Return the name of the file that keeps stimuli of this hash."""
    return f"stimuli-{sha256}.npz"


def recording_file(sha256: str) -> str:
    """Return the name of the file that keeps the spikes of this hash."""
    return f"recording-{sha256}.npz"


def keep_given(folder: PartsFolder, schedule: Schedule) -> None:
    """Write the stimuli and recordings of a schedule that nothing else has into a claimed folder.

    Parameters
    ----------
    folder : PartsFolder
        Claimed by this process.
    schedule : Schedule
        What is lived through.
    """
    for stimuli in _own_stimuli(schedule):
        keep_stimuli(folder, stimuli)
    for spikes in _recordings(schedule):
        name = recording_file(spikes.sha256)
        if not folder.names(name):
            folder.write_arrays(name, spikes.arrays())


def keep_stimuli(folder: PartsFolder, stimuli: Stimuli) -> None:
    """Write stimuli into a folder that this process has claimed, if they are not there."""
    name = stimuli_file(digest_of_stimuli(stimuli))
    if not folder.names(name):
        kind = "labels" if stimuli.targets is None else "targets"
        folder.write_arrays(name, {"images": stimuli.images.values, kind: stimuli.wanted})


def _own_stimuli(schedule: Schedule) -> list[Stimuli]:
    """Return the stimuli that cannot be loaded again."""
    given = [
        getattr(phase, what, None) for phase in schedule.phases for what in ("stimuli", "test")
    ]
    return [stimuli for stimuli in given if stimuli is not None and stimuli.origin is None]


def _recordings(schedule: Schedule) -> list[RecordedSpikes]:
    """Return the recordings that noises show."""
    noises = [getattr(phase, "noise", None) for phase in schedule.phases]
    return [noise.recording for noise in noises if isinstance(noise, RecordedWaves)]
