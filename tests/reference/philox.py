"""Philox4x64-10 with Python integers, as slow and as plain as it can be.

Source: Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, SC11.
"""

MASK = (1 << 64) - 1
MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
ROUNDS = 10


def philox4x64(counter, key):
    """Return the four 64-bit words of one block.

    Parameters
    ----------
    counter : four integers below 2**64, the least significant word first
    key : two integers below 2**64
    """
    c0, c1, c2, c3 = (int(word) for word in counter)
    k0, k1 = (int(word) for word in key)
    for _ in range(ROUNDS):
        even = MULTIPLIERS[0] * c0
        odd = MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (odd >> 64) ^ c1 ^ k0,
            odd & MASK,
            (even >> 64) ^ c3 ^ k1,
            even & MASK,
        )
        k0 = (k0 + WEYL[0]) & MASK
        k1 = (k1 + WEYL[1]) & MASK
    return c0, c1, c2, c3


def incremented(counter, by=1):
    """Return ``counter + by`` as four words, the 256-bit sum wrapping around."""
    value = sum(int(word) << (64 * place) for place, word in enumerate(counter)) + by
    return tuple((value >> (64 * place)) & MASK for place in range(4))


def numpy_stream(counter, key, blocks):
    """Return the words that ``numpy.random.Philox(counter=counter, key=key)`` gives first.

    NumPy adds 1 to the counter before it makes a block: its first block is that of counter + 1.
    """
    words = []
    for block in range(blocks):
        words.extend(philox4x64(incremented(counter, block + 1), key))
    return words
