"""What is given to a comparison: whether it is used, and said where it is not the life's own."""

from typing import Any

import xarray as xr

from ontogeny.data import NoiseProcess

from .noise_of_life import other_noise

__all__ = ["check_numbers", "check_used", "noise_given", "with_input"]


def check_used(name: str, recording: Any, noise: Any, noise_recording: Any) -> None:
    """Refuse what would be ignored."""
    if recording is not None and name != "retinal-waves":
        cure = "give it as the reference, compare(life, recording) or --with FILE"
        raise ValueError(
            f"compare.recording: expected none with {name or 'a recording as the reference'}, "
            f"since retinal-waves alone compares with recordings, got one; {cure}"
        )
    if noise_recording is None:
        return
    if name in ("it-rdm", "v1v2"):
        raise ValueError(
            f"compare.noise_recording: expected none with {name}, which presents no noise of the "
            f"life, got one; leave it out"
        )
    if noise is not None:
        raise ValueError(
            "compare.noise_recording: expected none beside noise=..., which is complete, got both; "
            "leave one out"
        )


def with_input(found: xr.Dataset, life: xr.DataTree, noise: NoiseProcess) -> xr.Dataset:
    """Say where the input is not the life's own."""
    other = other_noise(life, noise)
    if not other:
        return found
    caution = f"The spontaneous input was given, and is not the life's own: {other}."
    told = {
        "input": f"{noise.title()}, not the life's own: {other}",
        "caution": f"{caution} {found.attrs['caution']}",
    }
    return found.assign_attrs(told)


def noise_given(noise: Any, where: str) -> NoiseProcess:
    """Return a noise that was given, if it is one."""
    if not isinstance(noise, NoiseProcess):
        raise TypeError(
            f"{where}.noise: expected a noise such as gaussian_noise(), got {type(noise).__name__}"
        )
    return noise


def check_numbers(**numbers: float | None) -> None:
    """Refuse numbers that are not above 0."""
    for name, number in numbers.items():
        good = isinstance(number, int | float) and not isinstance(number, bool)
        if number is not None and not (good and 0 < number < float("inf")):
            raise ValueError(f"compare.{name}: expected a number above 0, got {number!r}")
