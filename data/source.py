"""What an image set is on disk: its files, how they are recognised, and who made them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TRAIN_IMAGES = "train-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"

_HASHES = {64: "sha256", 32: "md5"}


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """Describe one file of an image set.

    Parameters
    ----------
    archive : str
        SHA-256 of the official, compressed file, or its MD5 where nothing else is published;
        checked after a download, and when the file is read if `payload` is not known.
    payload : str, optional
        SHA-256 of the unpacked content, checked whenever the file is read.
    members : mapping of str to str
        MD5 of files in an archive, where it is published; checked whenever they are read.

    Raises
    ------
    ValueError
        If one of them is no checksum.
    """

    archive: str
    payload: str | None = None
    members: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, lengths in (("archive", (64, 32)), ("payload", (64,))):
            digest = getattr(self, what)
            if digest is None:
                continue
            if len(digest) not in lengths or set(digest) - set("0123456789abcdef"):
                raise ValueError(
                    f"SourceFile.{what}: expected {' or '.join(map(str, lengths))} hexadecimal "
                    f"digits, got {digest!r}"
                )

    @property
    def algorithm(self) -> str:
        """Return the name of the hash of the archive."""
        return _HASHES[len(self.archive)]


@dataclass(frozen=True, kw_only=True)
class ImageSource:
    """Describe an image set: what files it has, what is in them, and where they come from.

    Parameters
    ----------
    name : str
        Name that `load_images` knows the set by.
    form : str
        Which reader knows the layout of the files.
    folders : tuple of str
        Usual names of its folder; the first one is that in the cache.
    shape : tuple of int
        Rows and columns of an image, and channels where it has them.
    train, test : int
        How many images there are.
    classes : int
        Number of classes.
    files : dict of str to SourceFile
        The files by their official names without `suffix`.
    suffix : str
        What official names end in.
    mirrors : tuple of str
        Addresses to download from, the preferred one first.
    licence, citation : str
        Terms of use and publication to cite.
    instead : str
        Set to use where this one cannot be had.

    Raises
    ------
    ValueError
        If there is no file or no mirror.
    """

    name: str
    form: str
    folders: tuple[str, ...]
    shape: tuple[int, ...]
    train: int
    test: int
    classes: int
    files: dict[str, SourceFile]
    suffix: str = ".gz"
    mirrors: tuple[str, ...]
    licence: str
    citation: str
    instead: str = "mnist-5k"

    def __post_init__(self) -> None:
        for what in ("files", "mirrors", "folders"):
            if not getattr(self, what):
                raise ValueError(f"ImageSource.{what}: expected at least one, got none")
