import pytest

from ontogeny.data.recordings.event_tables import open_events

HEADER = (
    "Fraction_cells,Start_frame,End_frame,Duration,Jitter,Amplitude,Participation_rate,"
    "Animal_name,Animal_age,Factor_frame"
)
ROWS = [
    "35,13,40,21,7.5,0.96,60,AMam06a02,P9,0.5",
    "3,45,50,6,2.5,1.1,5,,,0.5",
    "9,10,11,2,0,1.2,114.4,AMam07a01,p10,0.25",
]


@pytest.fixture
def written(tmp_path):
    def write(rows, header=HEADER):
        path = tmp_path / "events.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write


def test_rows_become_events(written):
    events = open_events(written(ROWS))
    assert events["start"].values.tolist() == [6.5, 22.5, 2.5]
    assert events["stop"].values.tolist() == [20, 25, 2.75]
    assert events["duration"].values.tolist() == [10.5, 3, 0.5]
    assert events["jitter"].values.tolist() == [3.75, 1.25, 0]
    assert events["participation"].values == pytest.approx([0.6, 0.05, 1])
    assert events["cells"].values.tolist() == [35, 3, 9]
    assert events["recording"].values.tolist() == ["AMam06a02", "AMam06a02", "AMam07a01"]
    assert events["animal"].values.tolist() == ["AMam06a", "AMam06a", "AMam07a"]
    assert events["age_days"].values.tolist() == [9, 9, 10]
    assert events["start"].attrs["units"] == "s"
    assert events.attrs["source"] == "events.csv"


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([], HEADER, "open_events.path: expected at least one event, events.csv has none"),
        (ROWS, HEADER.replace("Jitter", "Spread"), "expected the columns .* has no Jitter"),
        (ROWS[1:], HEADER, "expected Animal_name in the first row of events.csv, line 2"),
        (
            [ROWS[0].replace("P9", "nine")],
            HEADER,
            "expected an Animal_age such as 'P9', got 'nine'",
        ),
        ([ROWS[0].replace("13", "soon")], HEADER, "a number for Start_frame, got 'soon' in .*2"),
        ([ROWS[0].replace("0.96", "nan")], HEADER, "expected finite numbers"),
        ([ROWS[0].removesuffix("0.5") + "0"], HEADER, "a frame that lasts"),
        (["35,13"], HEADER, "expected Animal_name in the first row"),
        ([*ROWS, "35,13"], HEADER, "expected a number for End_frame, got None"),
    ],
)
def test_refusals(written, rows, header, message):
    with pytest.raises(ValueError, match=message):
        open_events(written(rows, header))


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        open_events(tmp_path / "none.csv")
