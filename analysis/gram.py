"""How many dimensions the activity of hidden populations effectively has."""

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli

from . import features
from .array import Floats
from .batches import check_stimuli
from .checkpoints import Checkpoints, select
from .responses import passes
from .stored import populations
from .trajectory import group


def gram_rank(
    life: xr.DataTree, stimuli: Stimuli, *, checkpoints: Checkpoints = None
) -> xr.DataArray:
    r"""
    Measure the effective rank of the similarity of hidden neurons, population by population.

    For the rates :math:`F` (sample, neuron) that the stimuli evoke,

    .. math:: G_{ij} = \frac{\langle F_{:i}, F_{:j} \rangle}{|F_{:i}| \, |F_{:j}|}, \qquad
       \mathrm{erank}(G) = \exp \Bigl( - \sum_k p_k \ln p_k \Bigr), \quad
       p_k = s_k / \sum_j s_j

    with the singular values :math:`s_k` of :math:`G`. Neurons that are silent for all stimuli are
    similar to none and left out. Source: J. Cheon, S. W. Lee and S.-B. Paik, NeurIPS 2024, figure
    4g and h; O. Roy and M. Vetterli, EUSIPCO 2007.

    Parameters
    ----------
    life : xarray.DataTree
        One life, or several joined along leading dims; static networks.
    stimuli : Stimuli
        What is presented, the same for all lives and checkpoints. The rank is at most their number.
    checkpoints : int, slice or list of int, optional
        Positions among each life's own checkpoints, all by default: -1 is the last of each life,
        also of joined lives that are padded. One number leaves no dim `checkpoint`.

    Returns
    -------
    xarray.DataArray, (..., checkpoint, population)
        Effective ranks, 1 to the number of neurons that are not silent. `population` names the
        hidden populations, from below upwards. NaN where all neurons are silent, or a joined life
        has no such checkpoint.

    Raises
    ------
    TypeError
        If `life`, `stimuli` or `checkpoints` are something else.
    ValueError
        If there is no hidden population, stimuli do not fit, there is no such checkpoint, the life
        does not tell its network, or neurons are leaky.

    See Also
    --------
    effective_rank : that of the weights.

    Examples
    --------
    Dimensions of the last hidden population at the end of every life::

        gram_rank(lives, images.test, checkpoints=-1).isel(population=-1)
    """
    where = "gram_rank"
    weights = group(life, "weights", where)
    check_stimuli(weights, stimuli, where, outputs=False)
    hidden = populations(weights, where)[1:-1]
    if not hidden:
        raise ValueError(f"{where}.life: expected a hidden population, got inputs and outputs only")
    selection = select(weights, checkpoints, where)
    products: dict[tuple[int, ...], list[Floats]] = {}
    for index, _, _, rates, _ in passes(life, stimuli, selection, where):
        found = [values.T @ values for values in rates[1:-1]]
        known = products.get(index)
        products[index] = found if known is None else list(map(np.add, known, found))
    ranks = selection.empty({"population": len(hidden)})
    for index, found in products.items():
        ranks[index] = [features.gram_rank(features.similarity(values)) for values in found]
    attrs = {"units": "1", "long_name": "effective rank of the similarity of neurons"}
    result = selection.dataset({where: (("population",), ranks, attrs)})[where]
    result = result.assign_coords(population=hidden)
    result["population"].attrs = {"units": "1", "long_name": "hidden population"}
    return result
