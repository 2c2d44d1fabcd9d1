"""Read the synapses that run the other way between the same populations."""

from typing import Any

import numpy as np

__all__ = ["TRANSPOSED", "partner_names", "read_partner", "transposed"]

#: Name of the index at which a partner's variables are read.
TRANSPOSED = "_transposed_idx"

_PREFIX = "forward_"


def partner_names(partner: Any) -> tuple[str, ...]:
    """Return the names under which a partner's synaptic variables are read."""
    return () if partner is None else tuple(_PREFIX + key for key in partner.synaptic)


def read_partner(group: Any, partner: Any, where: str) -> None:
    """Declare a partner's synaptic variables, each at the synapse with the same two units.

    Whoever calls declares the index `TRANSPOSED` before.

    Raises
    ------
    ValueError
        If the partner does not connect the same populations in the opposite direction.
    """
    ends = getattr(partner, "source", None), getattr(partner, "target", None)
    if ends[0] is not group.target or ends[1] is not group.source:
        raise ValueError(
            f"{where}.partner: expected a projection from {group.target.name!r} to "
            f"{group.source.name!r}, got {getattr(partner, 'name', partner)!r}"
        )
    for name, key in zip(partner_names(partner), partner.synaptic, strict=True):
        if name in group.variables:
            raise ValueError(
                f"{where}.partner: expected {name!r} to be free, got a variable so named"
            )
        group.variables.add_reference(name, partner, key, index=TRANSPOSED)


def transposed(pre: int, post: int) -> np.ndarray:
    """Return where the synapses of a (pre, post) projection lie in its partner's arrays.

    Examples
    --------
    >>> transposed(2, 3).tolist()
    [0, 2, 4, 1, 3, 5]
    """
    return np.arange(pre * post, dtype=np.int32).reshape(post, pre).T.ravel()
