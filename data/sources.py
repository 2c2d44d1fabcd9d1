"""Where the public image sets come from, and how their files are recognised."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """Describe one file of an image set.

    Parameters
    ----------
    archive : str
        SHA-256 of the official gzip file, checked after a download.
    payload : str
        SHA-256 of the unpacked content, checked whenever the file is read.
    """

    archive: str
    payload: str

    def __post_init__(self) -> None:
        for what in ("archive", "payload"):
            digest = getattr(self, what)
            if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
                raise ValueError(
                    f"SourceFile.{what}: expected 64 hexadecimal digits, got {digest!r}"
                )


@dataclass(frozen=True, kw_only=True)
class ImageSource:
    """Describe an image set that consists of four IDX files.

    Parameters
    ----------
    name : str
        Name that `load_images` knows the set by; also its folder in the cache.
    folder : str
        Other usual name of its folder.
    classes : int
        Number of classes.
    files : dict of str to SourceFile
        The four files by their official names without ``.gz``.
    mirrors : tuple of str
        Addresses to download from, the preferred one first.
    licence, citation : str
        Terms of use and publication to cite.
    """

    name: str
    folder: str
    classes: int
    files: dict[str, SourceFile]
    mirrors: tuple[str, ...]
    licence: str
    citation: str

    def __post_init__(self) -> None:
        if set(self.files) != set(FILES):
            raise ValueError(f"ImageSource.files: expected {FILES}, got {tuple(self.files)}")


TRAIN_IMAGES = "train-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)

MNIST = ImageSource(
    name="mnist",
    folder="mnist",
    classes=10,
    files={
        TRAIN_IMAGES: SourceFile(
            archive="440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            payload="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        TRAIN_LABELS: SourceFile(
            archive="3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            payload="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        TEST_IMAGES: SourceFile(
            archive="8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            payload="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        TEST_LABELS: SourceFile(
            archive="f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            payload="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    },
    mirrors=(
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
    licence="CC BY-SA 3.0",
    citation=(
        "LeCun Y, Bottou L, Bengio Y, Haffner P (1998) Gradient-based learning applied to "
        "document recognition. Proceedings of the IEEE 86:2278-2324"
    ),
)

FASHION_MNIST = ImageSource(
    name="fashion-mnist",
    folder="fashion_mnist",
    classes=10,
    files={
        TRAIN_IMAGES: SourceFile(
            archive="3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            payload="c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        TRAIN_LABELS: SourceFile(
            archive="a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            payload="bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
        TEST_IMAGES: SourceFile(
            archive="346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            payload="5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        TEST_LABELS: SourceFile(
            archive="67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            payload="0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    },
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    licence="MIT",
    citation=(
        "Xiao H, Rasul K, Vollgraf R (2017) Fashion-MNIST: a novel image dataset for "
        "benchmarking machine learning algorithms. arXiv:1708.07747"
    ),
)

SOURCES = {source.name: source for source in (MNIST, FASHION_MNIST)}
