"""Errors that a user can mend take one line; faults of the program keep their traceback."""

import pytest
import typer

from ontogeny.data.extras import needed
from ontogeny.studies.terminal import errors_in_one_line


def test_missing_packages_take_one_line(capsys):
    with pytest.raises(typer.Exit) as left, errors_in_one_line():
        needed("no_such_package.part", "open_recording")
    assert left.value.exit_code == 1
    told = capsys.readouterr().err
    assert told.startswith("Error: open_recording: expected the package no_such_package, got ")
    assert told.endswith('pip install ".[biology]" in the folder of the checkout installs it\n')
    assert told.count("\n") == 1


def test_other_imports_that_fail_are_faults():
    with pytest.raises(ModuleNotFoundError, match="no_such_package"), errors_in_one_line():
        import no_such_package  # noqa: F401
