"""Every example runs, and answers its question."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SMALL = {
    "kinds_of_noise": ["--steps", "40", "--trials", "3"],
    "noise_aligns_weights": ["--presentations", "1280"],
    "pretraining_speeds_learning": ["--presentations", "1280", "--epochs", "1"],
    "plain_brian2_recurrent": ["--units", "50", "--duration", "200"],
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Run an example once, and return the lines that it prints."""
    outputs = {}

    def call(name):
        if name not in outputs:
            folder = tmp_path_factory.mktemp(name)
            command = [sys.executable, str(EXAMPLES / f"{name}.py"), *SMALL[name]]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            assert not list(folder.iterdir())
            outputs[name] = [line for line in done.stdout.splitlines() if line.strip()]
        return outputs[name]

    return call


def test_all_examples_are_tested():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(SMALL)


@pytest.mark.parametrize("name", sorted(SMALL))
def test_examples_are_short_and_open_with_a_question(name):
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    question, *rest = ast.get_docstring(ast.parse(text)).splitlines()
    assert question.endswith("?")
    shown = next(line for line in rest if line.startswith("    python "))
    assert shown.split()[1] == f"examples/{name}.py"
    for option in re.findall(r"--\w+", shown):
        assert f'"{option}"' in text


def test_noise_aligns_weights(printed):
    heading, birth, *_, last = printed("noise_aligns_weights")
    assert heading.split() == ["presentations", "FeedbackAlignment", "Backpropagation"]
    assert birth.split()[0] == "0" and last.split()[0] == "1,280"
    for line in (birth, last):
        assert all(80 < float(angle) < 100 for angle in line.split()[1:])


def test_pretraining_speeds_learning(printed):
    *conditions, answer = printed("pretraining_speeds_learning")
    assert [line.split(":")[0].strip() for line in conditions] == [
        "feedback alignment",
        "feedback alignment after noise",
        "backpropagation",
    ]
    assert re.fullmatch(r"noise closes -?\d+% of the gap in speed", answer)


def test_kinds_of_noise(printed):
    heading, *kinds = printed("kinds_of_noise")
    assert len(kinds) == 6
    assert all(line.count("|") == heading.count("|") for line in kinds)
    space, time = (kinds[number].split(" | ") for number in (0, 1))
    assert float(space[3].split()[0]) > 0.8 > 0.1 > float(space[6].split()[0])
    assert float(time[6].split()[0]) > 0.8 > 0.1 > float(time[3].split()[0])


def test_plain_brian2_recurrent(printed):
    differences = {
        line.split(":")[0]: float(line.split()[-1]) for line in printed("plain_brian2_recurrent")
    }
    assert list(differences) == ["gain 0.5", "gain 1.5", "gain 3.0"]
    # Below a gain of 1 every perturbation dies out.
    assert differences["gain 0.5"] < 1e-9 < differences["gain 3.0"]
