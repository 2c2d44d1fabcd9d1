"""Packages that only some functions need."""

from importlib import import_module
from types import ModuleType

__all__ = ["needed"]


def needed(module: str, where: str, extra: str = "biology") -> ModuleType:
    """Import a module of a package that the core does without.

    Parameters
    ----------
    module : str
        Such as ``"elephant.spike_train_correlation"``.
    where : str
        Who needs it, for messages.
    extra : str
        The extra that installs it.

    Returns
    -------
    module
        The module.

    Raises
    ------
    ImportError
        If it cannot be imported; says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{where}: expected the package {module.split('.')[0]}, got {error}; "
            f'pip install ".[{extra}]" in the folder of the checkout installs it'
        ) from error
