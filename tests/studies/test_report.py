import numpy as np
import pytest
import xarray as xr
from rich.console import Console

from ontogeny.analysis import final_accuracy, weight_alignment
from ontogeny.studies import gap_sentence, results
from ontogeny.studies.report import results_table, save_figure, text_of

CONDITIONS = ["backpropagation", "feedback alignment", "noise, then feedback alignment"]


@pytest.fixture
def found():
    speed = [[0.9, 0.8], [0.5, 0.6], [0.7, 0.75]]
    dims = ("condition", "network")
    angle = (*dims, "synapses"), np.full((3, 2, 1), 90.0)
    return xr.Dataset(
        {
            "alignment_before": angle,
            "alignment_after": angle,
            "learning_speed": (dims, speed),
            "final_accuracy": (dims, speed),
        },
        coords={"condition": CONDITIONS, "network": [0, 1], "synapses": ["forward_2"]},
    )


def test_results_are_those_of_the_measures(lives):
    found = results(lives)
    angles = weight_alignment(lives)
    for condition in CONDITIONS:
        one = angles.sel(condition=condition).dropna("checkpoint", how="all")
        np.testing.assert_array_equal(
            found["alignment_after"].sel(condition=condition), one.isel(checkpoint=-1)
        )
        np.testing.assert_array_equal(
            found["alignment_before"].sel(condition=condition), one.isel(checkpoint=0)
        )
    np.testing.assert_array_equal(found["final_accuracy"], final_accuracy(lives))
    assert found["learning_speed"].notnull().all()


def test_share_of_the_gap(found):
    # (0.7 - 0.5)/(0.9 - 0.5) = 0.5 and (0.75 - 0.6)/(0.8 - 0.6) = 0.75
    assert gap_sentence(found) == (
        "Noise closed 62 (50 to 75) % of the gap in learning speed between feedback alignment and "
        "backpropagation, which is 30.0 (20.0 to 40.0) percentage points."
    )


def test_no_gap_without_three_conditions(found):
    assert "no gap that noise could close" in gap_sentence(found.isel(condition=[0, 2]))


def test_table_holds_means_and_ranges(found):
    console = Console(width=80, no_color=True)
    with console.capture() as captured:
        console.print(results_table(found))
    text = captured.get()
    for words in (*CONDITIONS[:1], "85.0", "80.0 to 90.0", "72.5", "70.0 to 75.0", "forward_2"):
        assert words in text
    assert "…" not in text


def test_table_needs_conditions_and_networks(found):
    with pytest.raises(ValueError, match="results_table.found: expected dims condition and netw"):
        results_table(found.isel(network=0))


def test_range_of_one_network():
    assert text_of(xr.DataArray([0.5], dims="network"), 100, 0) == "50 (50 to 50)"


def test_figure_is_written_whole_or_not_at_all(lives, tmp_path, monkeypatch):
    save_figure(lives.isel(condition=0, network=0), tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr("ontogeny.studies.report.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save_figure(lives, tmp_path / "two.png")
    assert [file.name for file in tmp_path.iterdir()] == ["one.png"]
