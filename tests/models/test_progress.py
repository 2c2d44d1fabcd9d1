import pytest

from ontogeny.models.progress import progress_bar


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def no_terminal(monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_bar_is_drawn_on_the_error_stream_of_a_terminal(terminal, capsys):
    with progress_bar(640) as tell:
        tell(64, 640, "spontaneous")
        tell(640, 640, "learning")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "learning" in shown.err
    assert "640/640" in shown.err
    assert "presentations" in shown.err


def test_bar_starts_empty(terminal, capsys):
    with progress_bar(640):
        pass
    shown = capsys.readouterr().err
    assert "starting" in shown
    assert "0/640" in shown


def test_nothing_is_drawn_elsewhere(no_terminal, capsys):
    with progress_bar(640) as tell:
        tell(64, 640, "spontaneous")
        tell(640, 640, "learning")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.strip() == ""


def test_a_life_without_presentations_is_told_too(terminal, capsys):
    with progress_bar(0) as tell:
        tell(0, 0, "test")
    assert "test" in capsys.readouterr().err


@pytest.mark.parametrize("setting", ["terminal", "no_terminal"])
def test_errors_pass_through(setting, request, capsys):
    request.getfixturevalue(setting)
    with pytest.raises(KeyError, match="inside"), progress_bar(5):
        raise KeyError("inside")
    assert capsys.readouterr().out == ""
