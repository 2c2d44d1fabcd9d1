"""Units of time and length that are hardly those of a recording are doubted, real ones are not."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from ontogeny.data.recordings import open_recording, recording_of

REAL = Path(os.environ.get("ONTOGENY_DATA", "")) / "neural" / "retinal_waves"
FILES = sorted(REAL.glob("*/*.h5")) if "ONTOGENY_DATA" in os.environ else []


def trains(rate: float, seconds: float = 600.0) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [np.sort(random.uniform(0, seconds, int(rate * seconds))) for _ in range(5)]


def test_milliseconds_are_doubted_once():
    with pytest.warns(UserWarning, match=r"recording_of\.times: .*milliseconds\? .*='ms'") as told:
        recording_of([train * 1000 for train in trains(0.5)])
    assert len(told) == 1
    assert told[0].filename == __file__


def test_milliseconds_of_a_table_are_doubted(tmp_path):
    table = tmp_path / "spikes.csv"
    lines = [f"{unit},{time}" for unit, train in enumerate(trains(0.5)) for time in train * 1000]
    table.write_text("\n".join(["unit,time", *lines]))
    with pytest.warns(UserWarning, match=r"open_recording\.times: .*time_unit='ms'") as told:
        open_recording(table)
    assert [each.filename for each in told] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_recording(table, time_unit="ms")


def test_millimetres_are_doubted():
    places = np.array([[0.0, 0.0], [0.1, 0.0], [0.2, 0.3]])
    with pytest.warns(UserWarning, match=r"within 0\.3 um; are positions in millimetres\?"):
        recording_of([[0.1], [0.2], [0.3]], position=places)


def test_what_is_usual_is_not_doubted():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        recording_of(trains(0.05), position=np.arange(10).reshape(5, 2) * 30.0)
        recording_of([[0.1], [0.2]], position=[[3.0, 4.0], [3.0, 4.0]])  # one electrode, two units
        recording_of([[], []], start=0.0, stop=1e6)


@pytest.mark.skipif(not FILES, reason="no recordings of retinal waves in ONTOGENY_DATA")
def test_no_real_recording_is_doubted():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in FILES:
            open_recording(path).close()


def test_trains_by_name_are_refused():
    with pytest.raises(
        TypeError, match=r"got dict; recording_of\(list\(trains\.values\(\)\), unit"
    ):
        recording_of({"a": [0.1, 0.2]})
