"""Where electrodes lie on a sheet of pixels, and how pixels are interpolated between them."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay

__all__ = ["INTERPOLATIONS", "interpolation_weights", "pixel_places", "pixel_size"]

INTERPOLATIONS = ("linear", "nearest", "gaussian")

Values = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def pixel_size(electrodes: Values, shape: tuple[int, int], margin: float) -> float:
    """Return the side of a pixel in micrometres.

    The smallest square pixels with which the sheet covers all electrodes and the margin.

    Parameters
    ----------
    electrodes : ndarray, (electrode, axis)
        x and y in micrometres.
    shape : tuple of int
        Rows and columns of the sheet.
    margin : float
        Micrometres that are added at each side; negative: taken away.

    Raises
    ------
    ValueError
        If nothing remains.
    """
    width, height = electrodes.max(axis=0) - electrodes.min(axis=0) + 2 * margin
    size = max(width / shape[1], height / shape[0])
    if min(width, height) < 0 or not size > 0:
        raise ValueError(
            f"RecordedWaves.margin: expected micrometres with which the sheet has an extent, got "
            f"{margin:g}, with which it is {width:g} x {height:g} um"
        )
    return float(size)


def pixel_places(electrodes: Values, shape: tuple[int, int], margin: float) -> Values:
    """Return x and y of the centre of every pixel, row by row, (pixel, axis).

    The sheet has its centre where the box around the electrodes has it; rows follow y, columns x.
    """
    size = pixel_size(electrodes, shape, margin)
    centre = (electrodes.max(axis=0) + electrodes.min(axis=0)) / 2
    rows, columns = (size * (np.arange(count) - (count - 1) / 2) for count in shape)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    return np.stack([x.ravel(), y.ravel()], axis=1) + centre


def interpolation_weights(
    electrodes: Values, places: Values, interpolation: str, width: float | None = None
) -> tuple[Indices, Values]:
    """Return which electrodes each place is made of, and how much of each.

    Parameters
    ----------
    electrodes, places : ndarray, (electrode, axis) and (pixel, axis)
        x and y in micrometres; electrodes are different from each other.
    interpolation : {"linear", "nearest", "gaussian"}
        `RecordedWaves` has the formulas.
    width : float, optional
        Standard deviation of the Gaussian in micrometres.

    Returns
    -------
    indices, weights : ndarray, (part, pixel)
        Weights are positive or 0, and their sum over the parts is 1.
    """
    if interpolation == "linear":
        return _linear(electrodes, places)
    square = ((places[None] - electrodes[:, None]) ** 2).sum(axis=-1)
    if interpolation == "nearest":
        indices = square.argmin(axis=0)[None]
        return indices, np.ones(indices.shape)
    assert width is not None  # noqa: S101 - checked by the description
    # Relative to the nearest electrode, so that far from all of them something remains.
    weights = np.exp(-(square - square.min(axis=0)) / (2 * width**2))
    indices = np.broadcast_to(np.arange(len(electrodes))[:, None], square.shape)
    return indices, weights / weights.sum(axis=0)


def _linear(electrodes: Values, places: Values) -> tuple[Indices, Values]:
    """Interpolate in triangles, and beyond them at the nearest point of their hull."""
    centred = electrodes - electrodes.mean(axis=0)
    if len(electrodes) < 3 or np.linalg.matrix_rank(centred, tol=1e-9 * abs(centred).max()) < 2:
        return _on_edges(electrodes, _chain(centred), places)
    triangles: Any = Delaunay(electrodes)
    inside = triangles.find_simplex(places)
    # Of the edges, two electrodes each, the third part is none.
    indices, weights = _on_edges(electrodes, triangles.convex_hull, places)
    found = np.flatnonzero(inside >= 0)
    corners = triangles.simplices[inside[found]]
    a, b, c = (electrodes[corner] for corner in corners.T)
    area = _cross(b - a, c - a)
    second = _cross(places[found] - a, c - a) / area
    third = _cross(b - a, places[found] - a) / area
    indices[:, found] = corners.T
    weights[:, found] = np.clip([1 - second - third, second, third], 0, 1)
    return indices, weights / weights.sum(axis=0)


def _cross(one: Values, other: Values) -> Values:
    found: Values = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return found


def _chain(centred: Values) -> Indices:
    """Return the pairs of neighbours of electrodes on a line, of one electrode with itself."""
    order = np.lexsort(centred.T)
    return np.stack([order[:-1], order[1:]], axis=1) if len(order) > 1 else np.zeros((1, 2), int)


def _on_edges(electrodes: Values, edges: Indices, places: Values) -> tuple[Indices, Values]:
    """Interpolate at the nearest point of the edges, (3, pixel), the third part being 0."""
    begin, end = electrodes[edges[:, 0]], electrodes[edges[:, 1]]
    along = end - begin
    square = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
    fraction = ((places[None] - begin[:, None]) * along[:, None]).sum(axis=-1) / square[:, None]
    fraction = np.clip(fraction, 0, 1)
    nearest = begin[:, None] + fraction[..., None] * along[:, None]
    edge = ((places[None] - nearest) ** 2).sum(axis=-1).argmin(axis=0)
    share = fraction[edge, np.arange(len(places))]
    indices = np.stack([*edges[edge].T, edges[edge, 0]]).astype(np.intp)
    return indices, np.stack([1 - share, share, np.zeros_like(share)])
