"""Make data/references/it_rdm.npz from the 92-image demonstration data of rsatoolbox.

The source holds the arrays ``human_it`` (subject, session, pair), ``monkey_it`` (pair), ``model``
(model, pair) with ``model_name``, ``images`` (92 x 175 x 175 x 3, uint8) and ``category``.

    python make_it_reference.py rdm92.npz it_rdm.npz
"""

import sys
from pathlib import Path

import numpy as np

from ontogeny.data import Stimuli, grey, resized


def reduced(source):
    """Return the arrays of the embedded file."""
    labels = np.unique(source["category"], return_inverse=True)
    images = Stimuli.from_arrays(source["images"], labels[1].ravel(), name="92 images")
    other = source["model_name"] != "monkeyIT"
    return {
        "images": resized(grey(images), 28, 28).images.values,
        "label": labels[1].ravel().astype(np.uint8),
        "category": labels[0],
        "monkey": source["monkey_it"],
        "human": source["human_it"].astype(np.float64).mean(axis=1).astype(np.float32),
        "model": source["model"][other].astype(np.float32),
        "model_name": source["model_name"][other],
    }


if __name__ == "__main__":
    with np.load(sys.argv[1], allow_pickle=False) as source:
        np.savez_compressed(Path(sys.argv[2]), **reduced(source))
