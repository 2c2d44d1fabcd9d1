"""Lives and activity in the formats of other packages."""

from .conversions import to_neo, to_pynapple, to_rsatoolbox
from .lives import to_nwb

__all__ = ["to_neo", "to_nwb", "to_pynapple", "to_rsatoolbox"]
