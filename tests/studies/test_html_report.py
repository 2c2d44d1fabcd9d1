"""The report holds everything, asks nobody for anything, and can be read on any screen."""

import re
from html.parser import HTMLParser

import pytest

from ontogeny.studies.scorecards.html_elements import anchor
from ontogeny.studies.scorecards.html_report import html_report

VOID = {"meta", "link", "input"}
PAPERS = ("paper", "raised")


@pytest.fixture(scope="module")
def scorecard(sample):
    return sample.scorecard()


@pytest.fixture(scope="module")
def text(sample, scorecard):
    return html_report(scorecard, sample.figures())


@pytest.fixture(scope="module")
def path(text, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "sample.html"
    path.write_text(text, encoding="utf-8")
    return path


class Elements(HTMLParser):
    """All elements with their attributes; fails where an end has no beginning."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def elements(text):
    return Elements(text).found


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(elements):
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"] for _, a in elements if a.get("href", "").startswith("#")]
    assert len(links) > 1000
    assert {link[1:] for link in links} <= set(ids)
    within = {name for _, a in elements for value in a.values() for name in referred(value or "")}
    assert within and within <= set(ids)
    described = {a["aria-describedby"] for _, a in elements if "aria-describedby" in a}
    assert len(described) == 3 and described <= set(ids)


def referred(value):
    return re.findall(r"url\(#([^)]+)\)", value)


def test_nothing_is_asked_of_anybody_and_nothing_runs(elements, text, scorecard):
    assert "script" not in {tag for tag, _ in elements}
    for tag, attributes in elements:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            address = attributes.get(name, "#")
            assert address[:1] == "#" or address[:5] == "data:" or address == scorecard["link"]
            assert address[:4] != "http" or tag == "a"
    style = text.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style and "@import" not in style
    assert "default-src 'none'" in text.replace("&#x27;", "'")


def test_every_number_leads_to_its_lives_and_they_to_what_made_them(text, scorecard):
    for claim in scorecard["claims"]:
        where = anchor("from", claim["id"])
        assert (f'id="{where}"' in text) == bool(claim["lives"])
        if claim["value"] is not None:
            assert f'<a href="#{where}"' in text
            listed = text.split(f'id="{where}"')[1].split("</details>")[0]
            shown = re.findall(r'href="#life-(\w+)"', listed)
            assert sorted(shown) == sorted(claim["lives"])
    for name, life in scorecard["lives"].items():
        told = text.split(f'<li id="life-{name}">')[1].split("</li>")[0]
        assert life["digest"] in told and f"ontogeny study life {name}" in told
        assert f'href="#{anchor("description", life["description"])}"' in told
        for parent in life["parents"]:
            assert f'href="#life-{parent}"' in told


def test_descriptions_lead_to_those_that_they_share(text, scorecard):
    for name, described in scorecard["descriptions"].items():
        told = text.split(f'<li id="{anchor("description", name)}">')[1].split("</li>")[0]
        for part in {"network", "schedule"} & set(described):
            assert f'href="#{anchor("description", described[part])}"' in told


def test_what_is_quoted_stays_text(text, sample):
    assert "<script" not in text and "<angles>" not in text
    assert text.count("&lt;script&gt;alert('no')&lt;/script&gt;") > 5
    assert "&lt;angles&gt; &amp; signs" in text


def test_numbers_are_set_as_in_print(text):
    assert "−22.8°" in text and "−24.4 to −21.3" in text
    assert "<i>P</i> = 3.2 × 10<sup>−17</sup>" in text and "<i>d</i><sub>z</sub> = −10.4" in text


def test_rows_that_were_not_run_say_why(text):
    section = text.split('<section id="absent">')[1].split("</section>")[0]
    assert "no such networks here" in section and "at least 2 networks" in section
    assert "A5" not in section


def test_equal_input_gives_equal_bytes(text, sample):
    assert html_report(sample.scorecard(), sample.figures()) == text


def test_a_report_without_figures_and_lives_is_whole(sample):
    scorecard = sample.scorecard()
    for claim in scorecard["claims"]:
        claim["lives"] = []
    scorecard |= {"lives": {}, "descriptions": {}}
    for panel in scorecard["panels"]:
        panel["lives"] = {}
    text = html_report(scorecard, {})
    assert "svg" not in {tag for tag, _ in Elements(text).found}
    assert 'href="#from-' not in text and "−22.8" in text


def colours(style):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", style))


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_for_weak_eyes(text, scheme):
    style = text.split("<style>")[1].split("</style>")[0]
    light, dark = style.split("prefers-color-scheme: dark", 1)
    found = colours(light) | (colours(dark.split("* {")[0]) if scheme == "dark" else {})
    assert len(found) == 15
    for ink in ("ink", "quiet", "link"):
        for paper in (*PAPERS, "mark"):
            assert contrast(found[ink], found[paper]) >= 4.5, (ink, paper)
    for verdict in ("reproduced", "direction-only", "not-reproduced", "not-run"):
        assert contrast(found[verdict], found[f"{verdict}-ground"]) >= 4.5, verdict


@pytest.fixture(scope="module", params=[(1280, "light"), (390, "dark"), (360, "light")], ids=str)
def page(request, browser, path):
    width, scheme = request.param
    page = browser.open(path, width, scheme=scheme)
    yield page
    page.close()


def test_loads_without_complaint_and_without_the_network(page, path):
    assert page.events("Log.entryAdded", "Runtime.consoleAPICalled") == []
    assert page.events("Runtime.exceptionThrown") == []
    asked = [event["request"]["url"] for event in page.events("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


def test_the_page_is_as_wide_as_the_screen(page):
    width, scroll = page.value("[innerWidth, document.documentElement.scrollWidth]")
    assert width in (1280, 390, 360) and scroll <= width
    page.value("document.querySelectorAll('details').forEach(found => found.open = true)")
    assert page.value("document.documentElement.scrollWidth") <= width


def test_every_figure_is_visible(page):
    boxes = page.value(
        "[...document.querySelectorAll('figure')].map(figure => {"
        " const box = found => figure.querySelector(found).getBoundingClientRect();"
        " const plate = box('.plate'), svg = box('svg');"
        " return [innerWidth, plate.left, plate.right, plate.height, svg.width, svg.height]; })"
    )
    assert len(boxes) == 3
    for screen, left, right, plate, width, height in boxes:
        assert 0 <= left and right <= screen and right - left > 0.8 * min(screen, 640)
        assert 450 <= width <= 1200 and 0.3 < height / width < 0.8 and height <= plate


def test_verdicts_can_be_chosen_without_a_script(page):
    visible = (
        "[...document.querySelectorAll('#claims tbody tr')]"
        ".filter(row => row.getBoundingClientRect().height > 0).length"
    )
    assert page.value(visible) == 6
    page.value("document.querySelector('#only-not-run').click()")
    assert page.value(visible) == 2
    page.value("document.querySelector('#only-all').click()")
    assert page.value(visible) == 6


def test_a_link_shows_the_life(page, scorecard):
    name = list(scorecard["lives"])[150]
    visible = f"document.querySelector('#life-{name} dl').checkVisibility()"
    page.value("document.querySelectorAll('details').forEach(found => found.open = false)")
    assert page.value(visible) is False
    page.value(f"location.hash = 'life-{name}'")
    assert page.value(visible) is True
