"""Contestants compute the same: same weights and stimuli in, same weights out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ontogeny.studies.bench.cases import digits, find_cases
from ontogeny.studies.bench.process import contestants, running

ROOT = Path(__file__).parents[2]
STEPS = 5
CASES = [
    replace(case, rate=0.01)
    for case in find_cases(["30-20-12-10/8/data/Adam", "30-20-12-10/8/data/SGD"])
    + find_cases(["30-20-12-10/1/data/SGD"])
]


def marks(contestant):
    absent = pytest.mark.skipif(bool(contestant.problem), reason=contestant.problem or "installed")
    # Those with one trial compile every network anew: minutes.
    return [absent, pytest.mark.slow] if contestant.most_trials else [absent]


def entries():
    """Return every contestant with every case that it enters; who is not installed is skipped."""
    # Device cpp is compared with the reference, structure by structure, in tests/models.
    known = [c for c in contestants(ROOT / "benchmarks", ROOT / ".bench") if c.name != "cpp"]
    return [
        pytest.param(
            contestant,
            case,
            id=f"{contestant.name}-{case.trials}-{case.optimiser}",
            marks=marks(contestant),
        )
        for contestant in known
        for case in CASES
        if contestant.enters(case)
    ]


def expected(reference, case, images, labels, birth):
    """Let the independent reference learn the one batch."""
    layers = range(1, len(case.sizes))
    optimiser = {
        "SGD": reference.network.ReferenceSGD,
        "Adam": reference.network.ReferenceAdam,
    }[case.optimiser](rate=case.rate)
    network = reference.network.ReferenceNetwork(
        [birth[f"forward_{k}"] for k in layers],
        [birth[f"bias_{k}"] for k in layers],
        [None] + [birth[f"feedback_{k}"] for k in layers if k > 1],
        "relu",
        "softmax",
        "feedback_alignment",
        optimiser,
    )
    for _ in range(STEPS):
        network.step(images * case.scale, np.eye(case.sizes[-1])[labels])
    found = {f"forward_{k}": network.weights[k - 1] for k in layers}
    return found | {f"bias_{k}": network.biases[k - 1] for k in layers}


@pytest.mark.parametrize(("contestant", "case"), entries())
def test_same_weights_after_some_steps(contestant, case, reference, tmp_path):
    request = case.request(tmp_path, device=contestant.device)
    images, labels = digits(case.sizes[0])
    # As many stimuli as trials: every step presents all of them, and their order has no influence.
    images, labels = images[100 : 100 + case.trials], labels[100 : 100 + case.trials]
    np.savez(request["stimuli"], images=images, labels=labels)
    with np.load(request["weights"]) as file:
        birth = dict(file)
    with running(contestant) as process:
        process.collect()
        process.ask(do="prepare", case=request)
        done = process.ask(do="run", presentations=STEPS * case.trials)
        process.ask(do="weights", path=str(tmp_path / "found.npz"))
    assert done["presentations"] == STEPS * case.trials
    with np.load(tmp_path / "found.npz") as file:
        found = dict(file)
    wanted = expected(reference, case, images, labels, birth)
    assert found.keys() == wanted.keys()
    for name, values in wanted.items():
        moved = np.abs(values - birth[name]).max()
        assert moved > 1e-3
        # Adam divides small gradients by their size: rounding shows, but far below the movement.
        np.testing.assert_allclose(found[name], values, rtol=0, atol=2e-3 * moved)
