import pytest

from ontogeny.studies.folder import claimed_folder


def test_a_new_folder_stays_with_what_came_into_it(tmp_path):
    with claimed_folder(tmp_path / "runs" / "one") as folder:
        (folder / "lives.nc").write_text("a life")
    assert (tmp_path / "runs" / "one" / "lives.nc").exists()


def test_nothing_is_left_of_a_run_that_wrote_nothing(tmp_path):
    with pytest.raises(KeyError), claimed_folder(tmp_path / "runs" / "one"):
        raise KeyError
    assert not list(tmp_path.iterdir())


def test_an_empty_folder_of_the_user_is_taken_and_stays(tmp_path):
    with claimed_folder(tmp_path) as folder:
        assert folder == tmp_path
    assert tmp_path.is_dir()


@pytest.mark.parametrize("name", ["lives.nc", "development.png"])
def test_a_run_is_never_overwritten(tmp_path, name):
    (tmp_path / name).write_text("mine")
    words = "run.folder: expected a folder without a run, got .* remove it or choose another name"
    with pytest.raises(FileExistsError, match=words), claimed_folder(tmp_path):
        pass
    assert (tmp_path / name).read_text() == "mine"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(NotADirectoryError, match="is a file"), claimed_folder(path):
            pass


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    def full(**keywords):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ontogeny.studies.folder.tempfile.TemporaryFile", full)
    with (
        pytest.raises(PermissionError, match="No space left on device.; choose another folder"),
        claimed_folder(tmp_path / "runs" / "one"),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_two_runs_do_not_share_a_folder(tmp_path):
    with claimed_folder(tmp_path / "run") as folder:
        with pytest.raises(BlockingIOError, match="expected a folder where nothing runs"):
            with claimed_folder(tmp_path / "run"):
                pytest.fail("shared")
        (folder / "kept.txt").write_text("result")
    assert [file.name for file in folder.iterdir()] == ["kept.txt"]
