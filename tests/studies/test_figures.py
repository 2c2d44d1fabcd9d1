"""Figures as SVG within a page: nothing of one reaches another."""

import re
from xml.etree import ElementTree

from matplotlib.figure import Figure

from ontogeny.studies.scorecards.figures import svg_of


def drawn():
    figure = Figure(figsize=(4, 2))
    figure.subplots().plot([1, 2], marker="o", label="a & <b>")
    figure.axes[0].legend()
    return figure


def ids(svg):
    return {element.get("id") for element in ElementTree.fromstring(svg).iter()} - {None}


def test_equal_figures_give_equal_bytes():
    assert svg_of(drawn(), "one") == svg_of(drawn(), "one")


def test_figures_share_no_id_and_refer_to_their_own():
    one, two = svg_of(drawn(), "one"), svg_of(drawn(), "two")
    assert ids(one) and not ids(one) & ids(two)
    referred = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', one)
    assert {first or second for first, second in referred} <= ids(one)
    assert len(referred) > 10


def test_nothing_within_means_the_whole_page():
    svg = svg_of(drawn(), "one")
    assert svg.startswith("<svg ") and svg.rstrip().endswith("</svg>")
    for what in ("<style", "<metadata", "<?xml", "<!DOCTYPE", "xlink", "<text"):
        assert what not in svg
    assert {element.tag.split("}")[0] for element in ElementTree.fromstring(svg).iter()} == {
        "{http://www.w3.org/2000/svg"
    }


def test_settings_of_matplotlib_are_left_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    svg_of(drawn(), "one")
    assert dict(matplotlib.rcParams) == before


def test_a_name_may_hold_anything():
    found = ids(svg_of(drawn(), "3a ü/\\1"))
    assert found and all(re.fullmatch(r"figure-[\w.-]+", name) for name in found)
