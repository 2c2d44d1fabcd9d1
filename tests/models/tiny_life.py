"""A tiny life of every kind of phase, with many segments: for tests of what survives a kill.

As a script, ``tiny_life.py DEVICE STORE LENGTH [CALL]``, it lives with resume=True, and kills
itself with SIGKILL at the given call of a function that changes files.
"""

import importlib
import os
import signal
import sys

import numpy as np

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import (
    Learning,
    LossBelow,
    Record,
    Schedule,
    Spontaneous,
    Test,
    layered,
    simulate,
)
from ontogeny.plasticity import Adam

store = importlib.import_module("ontogeny.models.store")
plan = importlib.import_module("ontogeny.models.plan")

WRITES = ("replace", "fsync", "link", "unlink", "rmdir")
NETWORK = layered([12, 8, 6, 4], optimiser=Adam(rate=1e-2))


def make_stimuli(count, seed):
    """Classes with a mean image each, so that there is something to learn."""
    labels = np.arange(count) % 4
    centres = np.random.default_rng(99).integers(30, 220, (4, 12))
    pixels = centres[labels] + np.random.default_rng(seed).normal(0, 25, (count, 12))
    images = np.clip(pixels, 0, 255).astype(np.uint8)
    return Stimuli.from_arrays(images, labels, classes=4, name="blobs", scale=1 / 255)


def schedule(length=1):
    """Noise that stops early, a test, and learning."""
    noise = Spontaneous(
        gaussian_noise(),
        presentations=1000,
        until=LossBelow(1.47, window=200),
        test=make_stimuli(21, 5),
    )
    learning = Learning(make_stimuli(60, 1), epochs=2 * length, test=make_stimuli(21, 3))
    return Schedule(noise, Test(make_stimuli(20, 2)), learning)


def shortest():
    """Four segments and tests."""
    noise = Spontaneous(gaussian_noise(), presentations=16)
    return Schedule(noise, Learning(make_stimuli(16, 1), epochs=1, test=make_stimuli(8, 3)))


def live(path=None, *, length=1, **options):
    defaults = {
        "trials": 8,
        "seed": 4,
        "record": Record(checkpoints=4, activity=True),
        "progress": False,
    }
    phases = schedule(length) if length else shortest()
    return simulate(NETWORK, phases, store=path, **{**defaults, **options})


def hasten(patch):
    """Cut a life into segments of a few steps, and write a checkpoint after each."""
    patch(store, "INTERVAL", 0)
    patch(store, "SHARE", 0)
    patch(plan, "_OPERATIONS_PER_SEGMENT", 1e5)


def at_call(number, act, store):
    """Do something instead of the given call that changes files of a store, and of all others."""
    calls = [0]

    def counted(original):
        def call(target, *arguments, **keywords):
            # Flushed by number; other files, such as those of the build cache, do not count.
            if isinstance(target, int) or store in os.fspath(target):
                calls[0] += 1
                if calls[0] >= number:
                    act()
            return original(target, *arguments, **keywords)

        return call

    return {name: counted(getattr(os, name)) for name in WRITES}


if __name__ == "__main__":
    hasten(setattr)
    device, path, length, *call = sys.argv[1:]
    if call:
        kill = at_call(int(call[0]), lambda: os.kill(os.getpid(), signal.SIGKILL), path)
        for name, function in kill.items():
            setattr(os, name, function)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    live(path, device=device, length=int(length), resume=True)
    sys.stdout.write("done\n")
