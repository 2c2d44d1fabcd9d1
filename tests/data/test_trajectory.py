import os
import subprocess
import sys

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import (
    check_trajectory,
    join_trajectories,
    open_trajectory,
    write_trajectory,
)


def same(one, other):
    """Compare all groups with values, types and attributes."""
    xr.testing.assert_identical(one, other)
    for node in one.subtree:
        for name, variable in node.variables.items():
            assert other[node.path].variables[name].dtype.kind == variable.dtype.kind, name
            if variable.dtype.kind in "if":
                assert other[node.path].variables[name].dtype == variable.dtype, name


def test_round_trip(make_life, tmp_path):
    life = make_life(active=True)
    write_trajectory(life, tmp_path / "life.nc")
    with open_trajectory(tmp_path / "life.nc") as found:
        same(life, found)
        assert found.attrs["schema_version"] == 1
        assert found["weights/forward_2"].attrs["partner"] == "feedback_2"
        assert found["weights/forward_1"].attrs["partner"] == ""
        assert "presentation" in found["weights"].coords
        assert check_trajectory(found) is None


def test_round_trip_of_joined_lives(make_life, tmp_path):
    conditions = {
        name: join_trajectories({s: make_life(s, 3 + s) for s in range(2)}, "network")
        for name in ("noise", "none")
    }
    joined = join_trajectories(conditions, "condition")
    write_trajectory(joined, tmp_path / "joined.nc")
    with open_trajectory(str(tmp_path / "joined.nc")) as found:
        same(joined, found)
        assert found["weights"].condition.values.tolist() == ["noise", "none"]


def test_rewriting_an_opened_file(make_life, tmp_path):
    path = tmp_path / "life.nc"
    write_trajectory(make_life(), path)
    with open_trajectory(path) as found:
        write_trajectory(found, path)
        write_trajectory(join_trajectories({0: found, 1: found}, "network"), tmp_path / "two.nc")
    with open_trajectory(path) as again:
        same(make_life(), again)


def test_weights_are_compressed_by_checkpoint(life, tmp_path):
    write_trajectory(life, tmp_path / "life.nc")
    with open_trajectory(tmp_path / "life.nc") as found:
        encoding = found["weights/forward_2"].encoding
    assert encoding["zlib"] and encoding["complevel"] == 1
    assert tuple(encoding["chunksizes"]) == (1, 3, 4)


def test_large_attributes(make_life, tmp_path):
    life = make_life(network='"' + 300_000 * "x" + '"')
    write_trajectory(life, tmp_path / "life.nc")
    with open_trajectory(tmp_path / "life.nc") as found:
        assert found.attrs["network"] == life.attrs["network"]


def test_makes_the_folder(life, tmp_path):
    write_trajectory(life, tmp_path / "runs" / "first" / "life.nc")
    assert (tmp_path / "runs" / "first" / "life.nc").is_file()


def test_bad_tree_is_not_written(life, tmp_path):
    life["weights/forward_1"].values[0] = np.nan
    with pytest.raises(ValueError, match=r"Trajectory\.weights\.forward_1: expected finite"):
        write_trajectory(life, tmp_path / "life.nc")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails", ["to_netcdf", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_failure_keeps_the_old_file_and_nothing_else(
    make_life, tmp_path, monkeypatch, fails, error
):
    path = tmp_path / "life.nc"
    write_trajectory(make_life(1), path)

    def fail(*arguments, **options):
        if fails == "to_netcdf":
            arguments[1].write_bytes(b"half")
        raise error

    owner = {"to_netcdf": xr.DataTree}.get(fails, os)
    with monkeypatch.context() as patch, pytest.raises(type(error)):
        patch.setattr(owner, fails, fail)
        write_trajectory(make_life(2), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["life.nc"]
    with open_trajectory(path) as found:
        same(make_life(1), found)


def test_attribute_that_files_cannot_hold(life, tmp_path):
    life.attrs["extra"] = {"not": "an attribute"}
    with pytest.raises(TypeError):
        write_trajectory(life, tmp_path / "life.nc")
    assert list(tmp_path.iterdir()) == []


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"open_trajectory\.path: expected the file of a t"):
        open_trajectory(tmp_path / "life.nc")


def test_other_kind_of_file(tmp_path):
    (tmp_path / "life.nc").write_text("hello")
    with pytest.raises(ValueError, match=r"open_trajectory\.path: expected a netCDF4 file, got '"):
        open_trajectory(tmp_path / "life.nc")


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.95])
def test_truncated_file(life, tmp_path, kept):
    path = tmp_path / "life.nc"
    write_trajectory(life, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ValueError, match=r"open_trajectory\.path: expected .* damaged"):
        open_trajectory(path)


def test_netcdf_of_something_else(tmp_path):
    xr.Dataset({"a": 1}).to_netcdf(tmp_path / "a.nc")
    with pytest.raises(ValueError, match=r"Trajectory\.schema: expected .*\(in the file '.*a\.nc'"):
        open_trajectory(tmp_path / "a.nc")


def test_opening_reads_no_weights(life, tmp_path, monkeypatch):
    write_trajectory(life, tmp_path / "life.nc")
    with open_trajectory(tmp_path / "life.nc") as found:
        assert not found["weights"].to_dataset().variables["forward_1"]._in_memory


ALONE = """
import sys
sys.modules["brian2"] = None
import xarray
life = xarray.open_datatree(sys.argv[1], engine="netcdf4")
assert life["weights/forward_2"].dims == ("checkpoint", "outputs", "hidden_1")
assert float(life["progress/loss"][-1]) == 0.5
assert not any(name.startswith("ontogeny") for name in sys.modules)
from ontogeny.data import open_trajectory
assert open_trajectory(sys.argv[1])["weights/feedback_2"].attrs["partner"] == "forward_2"
"""


def test_readable_without_brian2_or_ontogeny(life, tmp_path):
    write_trajectory(life, tmp_path / "life.nc")
    subprocess.run([sys.executable, "-c", ALONE, str(tmp_path / "life.nc")], check=True)


def test_import_does_not_import_brian2():
    code = "import sys, ontogeny.data; assert 'brian2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
