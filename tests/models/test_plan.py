import bisect
import itertools
import math
from functools import cache

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, LossBelow, Record, Schedule, Spontaneous, Test, layered
from ontogeny.models.plan import (
    Evaluation,
    Segment,
    checkpoint_presentations,
    plan,
    presentations_of,
    steps_per_segment,
)
from ontogeny.plasticity import SGD, Backpropagation

# So large that a segment has the fewest steps there are; nothing of this size is ever made.
HUGE = layered([10**6, 10**6])
SMALL = layered([4, 3])
LIMIT = 16
NOISE = gaussian_noise()


@cache
def stimuli(count):
    return Stimuli(
        images=xr.DataArray(np.zeros((count, 2, 2), np.uint8), dims=("sample", "row", "column")),
        labels=xr.DataArray(np.zeros(count, np.int64), dims="sample"),
        classes=3,
        name=f"{count} blanks",
    )


SCHEDULES = {
    "noise": Schedule(Spontaneous(NOISE, presentations=1000)),
    "one presentation": Schedule(Spontaneous(NOISE, presentations=1)),
    "tested noise": Schedule(Spontaneous(NOISE, presentations=333, test=stimuli(5))),
    "criterion": Schedule(
        Spontaneous(NOISE, presentations=1000, until=LossBelow(1.0, window=130), test=stimuli(5)),
        Learning(stimuli(64), epochs=2),
    ),
    "learning": Schedule(Learning(stimuli(100), epochs=3)),
    "one stimulus": Schedule(Learning(stimuli(1), epochs=4, test=stimuli(1))),
    "long epochs": Schedule(Learning(stimuli(997), epochs=2, test=stimuli(5))),
    "many epochs": Schedule(Learning(stimuli(7), epochs=40)),
    "development": Schedule(
        Test(stimuli(9)),
        Spontaneous(NOISE, presentations=517, test=stimuli(5)),
        Test(stimuli(9)),
        Learning(stimuli(64), epochs=3, test=stimuli(5)),
        Spontaneous(NOISE, presentations=64),
        Learning(stimuli(50), epochs=2),
        Test(stimuli(8)),
    ),
}
TRIALS = [1, 7, 64, 300]
COMBINATIONS = list(itertools.product(SCHEDULES, TRIALS, [2, 12, 1000]))


@cache
def planned(name, trials, checkpoints):
    """Return schedule, trials, record, and the plan for the huge network."""
    schedule, record = SCHEDULES[name], Record(checkpoints=checkpoints)
    return schedule, trials, record, list(plan(schedule, HUGE, record, trials))


@pytest.fixture(params=COMBINATIONS, ids=lambda c: f"{c[0]}-{c[1]} trials-{c[2]} checkpoints")
def case(request):
    return planned(*request.param)


def segments_of(parts, index):
    return [p for p in parts if isinstance(p, Segment) and p.end.phase_index == index]


def place_of(part):
    return part.end if isinstance(part, Segment) else part.place


def rounds_of(phase):
    """Return how many times how many presentations a phase has."""
    if isinstance(phase, Learning):
        return phase.epochs, len(phase.stimuli)
    return 1, presentations_of(phase)


def steps_of(phase, trials):
    """Return the steps of a phase as (round, first, presentations), however it is cut."""
    rounds, size = rounds_of(phase)
    return [
        (number, first, min(trials, size - first))
        for number in range(rounds)
        for first in range(0, size, trials)
    ]


def step_ends(phase, trials):
    """Return the ends of the steps in presentations of the phase."""
    size = rounds_of(phase)[1]
    return [number * size + first + count for number, first, count in steps_of(phase, trials)]


def plastic(schedule):
    return [(i, p) for i, p in enumerate(schedule.phases) if not isinstance(p, Test)]


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Spontaneous(NOISE, presentations=5), 5),
        (Learning(stimuli(7), epochs=3), 21),
        (Learning(stimuli(7), epochs=np.int64(3)), 21),
        (Test(stimuli(7)), 0),
    ],
)
def test_presentations_of_a_phase(phase, expected):
    assert presentations_of(phase) == expected
    assert type(presentations_of(phase)) is int


def test_cutting_does_not_change_the_steps(case):
    schedule, trials, _, parts = case
    for index, phase in plastic(schedule):
        cut = [
            (segment.round, segment.first + done, min(trials, segment.presentations - done))
            for segment in segments_of(parts, index)
            for done in range(0, segment.presentations, trials)
        ]
        assert cut == steps_of(phase, trials)


def test_segments_tile_every_round(case):
    schedule, _, _, parts = case
    for index, phase in plastic(schedule):
        rounds, size = rounds_of(phase)
        for number in range(rounds):
            expected = 0
            for segment in (s for s in segments_of(parts, index) if s.round == number):
                assert segment.first == expected
                assert segment.presentations > 0
                expected += segment.presentations
            assert expected == size


def test_no_segment_is_longer_than_the_limit(case):
    _, trials, _, parts = case
    assert steps_per_segment(HUGE, trials) == LIMIT
    for segment in (part for part in parts if isinstance(part, Segment)):
        assert -(-segment.presentations // trials) <= LIMIT


def test_totals_count_from_birth(case):
    schedule, _, _, parts = case
    total = 0
    for part in parts:
        if isinstance(part, Segment):
            total += part.presentations
        assert place_of(part).total == total
    assert total == sum(presentations_of(phase) for phase in schedule.phases)


def test_parts_follow_the_phases(case):
    schedule, _, _, parts = case
    indices = [place_of(part).phase_index for part in parts]
    assert indices == sorted(indices)
    assert set(indices) == set(range(len(schedule.phases)))


def test_epochs_are_complete_at_their_last_presentation(case):
    schedule, _, _, parts = case
    for index, phase in plastic(schedule):
        size = rounds_of(phase)[1]
        for segment in segments_of(parts, index):
            ended = segment.first + segment.presentations == size
            if isinstance(phase, Learning):
                assert segment.end.epoch == segment.round + ended
            else:
                assert segment.end.epoch == segment.round == 0
        if isinstance(phase, Learning):
            completed = [segment.end.epoch for segment in segments_of(parts, index)]
            assert completed == sorted(completed)
            assert set(range(1, phase.epochs + 1)) <= set(completed)


def test_optimiser_is_reset_where_a_phase_begins_and_nowhere_else(case):
    schedule, _, _, parts = case
    for index, _ in plastic(schedule):
        resets = [segment.reset for segment in segments_of(parts, index)]
        assert resets == [True] + [False] * (len(resets) - 1)


def test_phases_of_one_kind_are_numbered(case):
    schedule, _, _, parts = case
    kinds = [phase.kind for phase in schedule.phases]
    for part in parts:
        index = place_of(part).phase_index
        assert place_of(part).ordinal == kinds[:index].count(kinds[index])


def promised(phase, trials, count):
    """Return log-spaced presentations, each moved on to the end of its step."""
    total, ends = presentations_of(phase), step_ends(phase, trials)
    first = min(trials, total)
    spaced = [first * (total / first) ** (k / (count - 1)) for k in range(count)]
    found = {ends[bisect.bisect_left(ends, math.floor(point + 0.5))] for point in spaced}
    return sorted(found | {total})


def stored(parts, index):
    """Return checkpoints in presentations of the phase."""
    segments = segments_of(parts, index)
    begin = segments[0].end.total - segments[0].presentations
    return [segment.end.total - begin for segment in segments if segment.checkpoint]


def test_checkpoints_are_log_spaced_ends_of_steps(case):
    schedule, trials, record, parts = case
    for index, phase in plastic(schedule):
        assert stored(parts, index) == promised(phase, trials, record.checkpoints)
        assert set(stored(parts, index)) <= set(step_ends(phase, trials))
        assert stored(parts, index)[-1] == presentations_of(phase)


def test_there_are_no_more_checkpoints_than_asked_for(case):
    schedule, _, record, parts = case
    for index, _ in plastic(schedule):
        assert len(stored(parts, index)) <= record.checkpoints


@pytest.mark.parametrize("name", ["noise", "learning"])
def test_the_only_checkpoint_of_a_phase_is_its_end(name):
    schedule, _, _, parts = planned(name, 7, 1)
    assert stored(parts, 0) == [presentations_of(schedule.phases[0])]


def test_announced_checkpoints_are_the_planned_ones(case):
    schedule, trials, record, parts = case
    announced = checkpoint_presentations(schedule, record, trials)
    assert len(announced) == len(schedule.phases)
    for index, phase in enumerate(schedule.phases):
        expected = [] if isinstance(phase, Test) else stored(parts, index)
        assert announced[index].tolist() == expected
        assert announced[index].dtype == np.int64


def test_evaluations_of_learning_come_before_the_first_epoch_and_after_each(case):
    schedule, _, _, parts = case
    for index, phase in plastic(schedule):
        if not isinstance(phase, Learning):
            continue
        tests = [
            part
            for part in parts
            if isinstance(part, Evaluation) and part.place.phase_index == index
        ]
        if phase.test is None:
            assert tests == []
            continue
        begin = sum(presentations_of(before) for before in schedule.phases[:index])
        assert [test.place.epoch for test in tests] == list(range(phase.epochs + 1))
        expected = [begin + epoch * len(phase.stimuli) for epoch in range(phase.epochs + 1)]
        assert [test.place.total for test in tests] == expected
        assert all(test.stimuli is phase.test for test in tests)


def test_evaluations_of_noise_come_before_the_phase_and_at_checkpoints(case):
    schedule, _, _, parts = case
    for index, phase in plastic(schedule):
        if not isinstance(phase, Spontaneous):
            continue
        tests = [
            part.place.total
            for part in parts
            if isinstance(part, Evaluation) and part.place.phase_index == index
        ]
        begin = sum(presentations_of(before) for before in schedule.phases[:index])
        expected = [begin, *(begin + point for point in stored(parts, index))]
        assert tests == (expected if phase.test is not None else [])


def test_evaluations_describe_the_place_of_what_came_before(case):
    parts = case[-1]
    for before, part in zip(parts[:-1], parts[1:], strict=True):
        if isinstance(part, Evaluation) and isinstance(before, Segment):
            same_phase = part.place.phase_index == before.end.phase_index
            assert part.place == before.end if same_phase else part.place.epoch == 0


def test_test_phases_are_one_evaluation(case):
    schedule, _, _, parts = case
    for index, phase in enumerate(schedule.phases):
        if isinstance(phase, Test):
            (part,) = (p for p in parts if place_of(p).phase_index == index)
            assert isinstance(part, Evaluation)
            assert part.stimuli is phase.stimuli
            assert part.place.epoch == 0


@pytest.mark.parametrize("trials", TRIALS)
def test_learning_is_paired_with_and_without_noise(trials):
    learning = Learning(stimuli(100), epochs=3, test=stimuli(5))
    noise = Spontaneous(NOISE, presentations=500)
    record = Record()

    def work(*phases):
        index = phases.index(learning)
        parts = plan(Schedule(*phases), HUGE, record, trials)
        return [
            (s.end.ordinal, s.end.epoch, s.round, s.first, s.presentations, s.reset, s.checkpoint)
            for s in segments_of(parts, index)
        ]

    alone = work(learning)
    assert alone == work(noise, learning) == work(Test(stimuli(9)), noise, noise, learning)


def test_phases_that_are_equal_get_orders_of_their_own():
    learning = Learning(stimuli(10), epochs=1)
    parts = list(plan(Schedule(learning, learning), SMALL, Record(), 5))
    assert {part.end.ordinal for part in parts} == {0, 1}


GIVEN = [[1], [64], [65, 500, 517], [517, 518], [600, 5, 600], [815], [1, 2, 3, 4, 5], []]


@pytest.mark.parametrize("given", [*GIVEN, np.array([5, 600]), (np.uint16(64),)], ids=str)
@pytest.mark.parametrize("trials", TRIALS)
def test_given_checkpoints_fall_on_the_end_of_their_step(given, trials):
    schedule = SCHEDULES["development"]
    expected, begin = set(), 0
    for _, phase in plastic(schedule):
        ends = [begin + end for end in step_ends(phase, trials)]
        inside = [int(point) for point in given if begin < point <= ends[-1]]
        expected |= {next(end for end in ends if end >= point) for point in inside} | {ends[-1]}
        begin = ends[-1]
    record = Record(checkpoints=given)
    parts = plan(schedule, HUGE, record, trials)
    found = [p.end.total for p in parts if isinstance(p, Segment) and p.checkpoint]
    assert found == sorted(expected)
    announced = checkpoint_presentations(schedule, record, trials)
    assert sum(len(points) for points in announced) == len(found)


@pytest.mark.parametrize(
    ("schedule", "given", "match"),
    [
        (
            SCHEDULES["learning"],
            [300, 301, 5000],
            r"^Record\.checkpoints: expected at most 300 presentations, the length of this life, "
            r"got \[301, 5000\]$",
        ),
        (Schedule(Test(stimuli(5))), [1], r"expected at most 0 presentations, .* got \[1\]$"),
    ],
)
def test_checkpoints_beyond_the_life_are_refused(schedule, given, match):
    record = Record(checkpoints=given)
    with pytest.raises(ValueError, match=match):
        checkpoint_presentations(schedule, record, 64)
    with pytest.raises(ValueError, match=match):
        list(plan(schedule, SMALL, record, 64))


def test_a_life_of_tests_has_no_segments():
    parts = list(plan(Schedule(Test(stimuli(5)), Test(stimuli(6))), SMALL, Record(), 64))
    assert [len(part.stimuli) for part in parts] == [5, 6]
    assert [part.place.ordinal for part in parts] == [0, 1]
    assert {part.place.total for part in parts} == {0}


def test_steps_per_segment_follow_from_the_structure_alone():
    sizes = [784, 1000, 10]
    steps = steps_per_segment(layered(sizes), 64)
    others = [
        layered(sizes, rule=Backpropagation()),
        layered(sizes, optimiser=SGD(rate=5.0, momentum=0.5)),
        layered(sizes, transfer="tanh", readout="linear", bias=False),
    ]
    assert {steps_per_segment(network, 64) for network in others} == {steps}
    assert type(steps) is int


def test_steps_per_segment_fall_with_the_work_of_a_step():
    by_size = [steps_per_segment(layered([784, hidden, 10]), 64) for hidden in (100, 1000, 5000)]
    by_trials = [steps_per_segment(layered([784, 1000, 10]), trials) for trials in (16, 64, 256)]
    for steps in (by_size, by_trials):
        assert steps[0] > steps[1] > steps[2]
    assert by_trials[0] == pytest.approx(4 * by_trials[1], rel=0.01)


def test_steps_per_segment_are_bounded():
    # What a step costs beside its products bounds the steps of the smallest network.
    assert steps_per_segment(SMALL, 1, step_cost=10**7) < 10**4
    assert steps_per_segment(SMALL, 1, step_cost=10**7) == pytest.approx(10**4, rel=0.01)
    assert steps_per_segment(HUGE, 1) == steps_per_segment(HUGE, 10**6) == LIMIT


def test_a_segment_is_some_seconds_of_work():
    # Multiplications and additions of forward, feedback and plasticity, at 5 to 50 per nanosecond.
    operations = steps_per_segment(layered([784, 100, 10]), 64) * 64 * 6 * (784 * 100 + 100 * 10)
    assert 1e10 < operations < 1e11


@pytest.mark.parametrize("trials", TRIALS)
def test_segments_are_cut_where_windows_end(trials):
    window = -(-130 // trials) * trials
    parts = planned("criterion", trials, 2)[-1]
    ends = [segment.done for segment in segments_of(parts, 0) if segment.window]
    assert ends == list(range(window, 1001, window))
    assert not any(segment.window for segment in segments_of(parts, 1))


@pytest.mark.parametrize("trials", [1, 7, 64])
def test_a_phase_ends_where_its_criterion_was_fulfilled(trials):
    schedule, record = SCHEDULES["criterion"], Record(checkpoints=(20, 400, 1100))
    window = -(-130 // trials) * trials
    ends, parts = {}, []
    for part in plan(schedule, HUGE, record, trials, ends):
        parts.append(part)
        if isinstance(part, Segment) and part.window and part.done == 2 * window:
            ends[0] = part.done
    assert segments_of(parts, 0)[-1].end.total == 2 * window
    last = parts[parts.index(segments_of(parts, 0)[-1]) + 1]
    assert isinstance(last, Evaluation) and last.place.total == 2 * window
    assert segments_of(parts, 1)[0].first == 0
    assert segments_of(parts, 1)[-1].end.total == 2 * window + 128
    # What is known from the beginning gives the same parts again.
    assert list(plan(schedule, HUGE, record, trials, ends)) == parts
    given = [s.end.total for s in segments_of(parts, 1) if s.checkpoint]
    assert given[-1] == 2 * window + 128 and all(total >= 400 for total in given[:-1])
