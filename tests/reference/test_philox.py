"""The slow Philox against published answers and against NumPy's generator."""

import numpy as np
import pytest

ONES = (1 << 64) - 1

# Known answers that the authors of Philox distribute with Random123
PUBLISHED = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
    ),
    (
        (ONES, ONES, ONES, ONES),
        (ONES, ONES),
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), PUBLISHED)
def test_published_answers(reference, counter, key, words):
    assert reference.philox.philox4x64(counter, key) == words


@pytest.mark.parametrize(
    "counter",
    [
        (0, 0, 0, 0),
        (7, 11, 13, 17),
        (ONES - 1, 5, 0, 0),
        (ONES, 5, 0, 0),
        (ONES, ONES, ONES, 3),
        (ONES, ONES, ONES, ONES),
    ],
)
@pytest.mark.parametrize("key", [(0, 0), (1, 2), (ONES, 0x0123456789ABCDEF)])
def test_numpy_stream(reference, counter, key):
    generator = np.random.Philox(
        counter=np.array(counter, dtype=np.uint64), key=np.array(key, dtype=np.uint64)
    )
    expected = reference.philox.numpy_stream(counter, key, blocks=5)
    assert generator.random_raw(20).tolist() == expected


def test_numpy_gives_block_zero_from_counter_minus_one(reference):
    key = (3, 4)
    generator = np.random.Philox(
        counter=np.array([ONES] * 4, dtype=np.uint64), key=np.array(key, dtype=np.uint64)
    )
    assert tuple(generator.random_raw(4).tolist()) == reference.philox.philox4x64((0,) * 4, key)


def test_incremented_carries(reference):
    assert reference.philox.incremented((ONES, ONES, 4, 0)) == (0, 0, 5, 0)
    assert reference.philox.incremented((ONES,) * 4) == (0, 0, 0, 0)
    assert reference.philox.incremented((0,) * 4, by=-1) == (ONES,) * 4
