"""Travelling waves of activity, as in the retina before the eyes open."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .frames import FrameNoise, check_frames, checked_shape, sheet_of
from .noise import finite_number, positive_integer
from .sparks import probability
from .wave_episodes import wave_episode

__all__ = ["RetinalWaves", "retinal_waves"]


@dataclass(frozen=True, kw_only=True)
class RetinalWaves(FrameNoise):
    """Describe waves that start spontaneously, travel over a sheet, and leave cells refractory.

    Cells lie on a grid of rows and columns, one apart. In every frame a cell that is ready becomes
    active if a cell within `radius` (Euclidean) was active in the frame before, or else with the
    probability `initiation`. It stays active for `active` frames, and is then refractory for
    a number of frames that is drawn anew each time, uniformly from the two bounds of
    `refractory`, both included. Its rate is baseline + amplitude while it is active, otherwise
    baseline. Waves therefore end at the edges of the sheet and where too many cells have not
    recovered, at places that change.

    From the definition follow laws: no cell becomes active again before active + the lower bound
    frames; activity spreads by at most `radius` per frame; of the cells that are ready and have
    no active neighbour, a fraction `initiation` becomes active; the mean interval of waves at a
    cell is active + the mean refractory period + the mean time that a ready cell waits, and the
    fraction of active cells is active divided by this interval. The waiting time, and
    with it activity and correlations, have no formula here: `noise_statistics` measures them.

    Parameters
    ----------
    initiation : float
        Probability that a ready cell becomes active by itself, for each cell and frame.
    radius : float
        How far activity spreads in a frame, in distances between neighbours; at least 1.
    active : int
        Frames for which a cell is active.
    refractory : tuple of int
        Least and greatest number of frames for which a cell is refractory.
    baseline, amplitude : float
        Rate at rest, and what activity adds to it, unit "1".
    shape : tuple of int, optional
        Rows and columns of the sheet; a square by default.
    episode : int
        Frames after which a realisation starts anew.

    Attributes
    ----------
    burn_in : int
        Frames of an episode that come before its first one and are not shown:
        5 (active + upper bound).

    Raises
    ------
    ValueError
        If a parameter cannot be.

    Notes
    -----
    The trial's life consists of independent episodes, so that frame `k` is a pure function
    of seed, stream, trial and `k`: at most one episode and its burn-in have to be lived again for
    it. An episode begins with cells at random places of their refractory period. The
    last one is kept as bits, (burn_in + episode) trials cells/8 bytes at most.

    The idea of cells that are excited by their neighbours, of spontaneous starts and of waves
    bounded by refractory cells is that of Feller et al. (1997) and Butts et al. (1999); that
    refractory periods vary, those of Godfrey & Swindale (2007), where they depend on
    activity, which is not so here. The automaton is of the kind of Greenberg & Hastings (1978).
    Defaults are ours: with 28 x 28 cells they give separate waves.

    References
    ----------
    Butts DA, Feller MB, Shatz CJ, Rokhsar DS (1999). Retinal waves are governed by collective
    network properties. Journal of Neuroscience 19.
    Feller MB, Butts DA, Aaron HL, Rokhsar DS, Shatz CJ (1997). Dynamic processes shape
    spatiotemporal properties of retinal waves. Neuron 19.
    Godfrey KB, Swindale NV (2007). Retinal wave behavior through activity-dependent refractory
    periods. PLoS Computational Biology 3.
    Greenberg JM, Hastings SP (1978). Spatial patterns for discrete models of diffusion in excitable
    media. SIAM Journal on Applied Mathematics 34.
    """

    initiation: float = 5e-5
    radius: float = 2.0
    active: int = 4
    refractory: tuple[int, int] = (30, 90)
    baseline: float = 0.0
    amplitude: float = 1.0
    shape: tuple[int, int] | None = None
    episode: int = 1000

    def __post_init__(self) -> None:
        """Check the fields."""
        chance = probability("RetinalWaves.initiation", self.initiation)
        object.__setattr__(self, "initiation", chance)
        radius = finite_number("RetinalWaves.radius", self.radius, low=1)
        object.__setattr__(self, "radius", radius)
        for what in ("baseline", "amplitude"):
            value = finite_number(f"RetinalWaves.{what}", getattr(self, what))
            object.__setattr__(self, what, value)
        for what in ("active", "episode"):
            count = positive_integer(f"RetinalWaves.{what}", getattr(self, what))
            object.__setattr__(self, what, count)
        bounds = self.refractory
        if not isinstance(bounds, tuple | list) or len(bounds) != 2:
            raise ValueError(
                f"RetinalWaves.refractory: expected (least, greatest) number of frames, got "
                f"{bounds!r}"
            )
        least, greatest = (positive_integer("RetinalWaves.refractory", bound) for bound in bounds)
        if least > greatest:
            raise ValueError(
                f"RetinalWaves.refractory: expected the least number of frames first, got {bounds}"
            )
        object.__setattr__(self, "refractory", (least, greatest))
        object.__setattr__(self, "shape", checked_shape("RetinalWaves", self.shape))

    @property
    def burn_in(self) -> int:
        """Frames that are not shown."""
        return 5 * (self.active + self.refractory[1])

    def frames(
        self, *, seed: int, stream: int, first: int, steps: int, trials: int, units: int
    ) -> npt.NDArray[np.float64]:
        """Return consecutive frames of parallel realisations; see `FrameNoise.frames`.

        Examples
        --------
        >>> waves = retinal_waves(shape=(6, 8))
        >>> found = waves.frames(seed=0, stream=0, first=10, steps=3, trials=2, units=48)
        >>> found.shape, sorted(set(found.ravel().tolist()) - {0.0, 1.0})
        ((3, 2, 48), [])
        """
        place = {"seed": seed, "stream": stream, "trials": trials, "units": units}
        check_frames("RetinalWaves", first=first, steps=steps, **place)
        self.check_units(units)
        result = np.empty((steps, trials, units))
        shown = 0
        while shown < steps:
            number, begin = divmod(first + shown, self.episode)
            count = min(steps - shown, self.episode - begin)
            active = wave_episode(self, number=number, **place).shown(begin, count)
            result[shown : shown + count] = np.where(
                active, self.baseline + self.amplitude, self.baseline
            )
            shown += count
        return result

    def numbers(self) -> Mapping[str, float]:
        """Return baseline and amplitude."""
        return {"baseline": self.baseline, "amplitude": self.amplitude}

    def check_units(self, units: int) -> None:
        """Refuse units that make no sheet."""
        sheet_of("RetinalWaves", self.shape, units)

    def title(self) -> str:
        """Return what reports call the noise."""
        return "retinal waves"


def retinal_waves(
    *,
    initiation: float = 5e-5,
    radius: float = 2.0,
    active: int = 4,
    refractory: tuple[int, int] = (30, 90),
    baseline: float = 0.0,
    amplitude: float = 1.0,
    shape: tuple[int, int] | None = None,
    episode: int = 1000,
) -> RetinalWaves:
    """Describe travelling waves with a refractory period; `RetinalWaves` explains every parameter.

    Parameters
    ----------
    initiation : float
        Probability that a ready cell becomes active by itself, for each cell and frame.
    radius : float
        How far activity spreads in a frame.
    active : int
        Frames for which a cell is active.
    refractory : tuple of int
        Least and greatest number of frames for which a cell is refractory.
    baseline, amplitude : float
        Rate at rest, and what activity adds to it, unit "1".
    shape : tuple of int, optional
        Rows and columns of the input sheet; a square by default.
    episode : int
        Frames after which a realisation starts anew.

    Returns
    -------
    RetinalWaves
        The description.

    Examples
    --------
    >>> retinal_waves(active=2, refractory=(10, 20)).burn_in
    110
    """
    return RetinalWaves(
        initiation=initiation,
        radius=radius,
        active=active,
        refractory=refractory,
        baseline=baseline,
        amplitude=amplitude,
        shape=shape,
        episode=episode,
    )
