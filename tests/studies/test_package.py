import doctest
import importlib
import pkgutil

import pytest

import ontogeny.studies

MODULES = sorted(module.name for module in pkgutil.iter_modules(ontogeny.studies.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    result = doctest.testmod(importlib.import_module(f"ontogeny.studies.{name}"))
    assert result.failed == 0


@pytest.mark.parametrize("name", ontogeny.studies.__all__)
def test_public_names_are_documented(name):
    assert getattr(ontogeny.studies, name).__doc__


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="has no attribute 'second_life'"):
        ontogeny.studies.second_life
