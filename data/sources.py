"""The public image sets: where they come from, and how their files are recognised."""

from dataclasses import replace

from .source import (
    TEST_IMAGES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    ImageSource,
    SourceFile,
)

_NONE_STATED = "none stated; for research, cite"

MNIST = ImageSource(
    name="mnist",
    form="idx",
    folders=("mnist",),
    shape=(28, 28),
    train=60_000,
    test=10_000,
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
    form="idx",
    folders=("fashion-mnist", "fashion_mnist"),
    shape=(28, 28),
    train=60_000,
    test=10_000,
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

KMNIST = ImageSource(
    name="kmnist",
    form="idx",
    folders=("kmnist",),
    shape=(28, 28),
    train=60_000,
    test=10_000,
    classes=10,
    files={
        # Of these images no checksum of the unpacked content is published: only the official
        # compressed file is taken.
        TRAIN_IMAGES: SourceFile(
            archive="51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"
        ),
        TRAIN_LABELS: SourceFile(
            archive="e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            payload="2a16eeae62da984b8bd24fa32e31d47291f01dac3fe84d5594f304f71e7d374b",
        ),
        TEST_IMAGES: SourceFile(
            archive="edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            payload="76fbd229ce87db80dd281af5e6670de4ad0e42fb30a7bd643972994c47c1f42e",
        ),
        TEST_LABELS: SourceFile(
            archive="20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
            payload="a11dc742be8e781a40a92f53d6a4957e7b7d36df2faa097659131ebfd8fd60c6",
        ),
    },
    mirrors=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    licence="CC BY-SA 4.0",
    citation=(
        "Clanuwat T, Bober-Irizar M, Kitamoto A, Lamb A, Yamamoto K, Ha D (2018) Deep learning "
        "for classical Japanese literature. arXiv:1812.01718. 'KMNIST Dataset' (created by CODH), "
        "doi:10.20676/00000341"
    ),
    instead="kmnist-10k",
)

KMNIST_10K = replace(
    KMNIST,
    name="kmnist-10k",
    form="idx-test",
    train=8_000,
    test=2_000,
    files={name: KMNIST.files[name] for name in (TEST_IMAGES, TEST_LABELS)},
    instead="mnist-5k",
)

USPS = ImageSource(
    name="usps",
    form="usps",
    folders=("usps",),
    shape=(16, 16),
    train=7_291,
    test=2_007,
    classes=10,
    files={
        "usps": SourceFile(archive="ec16c51db3855ca6c91edd34d0e9b197"),
        "usps.t": SourceFile(archive="8ea070ee2aca1ac39742fdd1ef5ed118"),
    },
    suffix=".bz2",
    mirrors=("https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/",),
    licence=_NONE_STATED,
    citation=(
        "Hull JJ (1994) A database for handwritten text recognition research. IEEE Transactions "
        "on Pattern Analysis and Machine Intelligence 16:550-554"
    ),
)

CIFAR_10 = ImageSource(
    name="cifar-10",
    form="cifar",
    folders=("cifar-10", "cifar10"),
    shape=(32, 32, 3),
    train=50_000,
    test=10_000,
    classes=10,
    files={
        "cifar-10-binary": SourceFile(
            archive="c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
        )
    },
    suffix=".tar.gz",
    mirrors=("https://www.cs.toronto.edu/~kriz/",),
    licence=_NONE_STATED,
    citation=(
        "Krizhevsky A (2009) Learning multiple layers of features from tiny images. Technical "
        "report, University of Toronto"
    ),
    instead="cifar-10-4k",
)

CIFAR_10_4K = replace(
    CIFAR_10, name="cifar-10-4k", form="cifar-first", train=3_000, test=1_000, instead="mnist-5k"
)

CIFAR_100 = replace(
    CIFAR_10,
    name="cifar-100",
    folders=("cifar-100", "cifar100"),
    classes=100,
    files={
        "cifar-100-binary": SourceFile(
            archive="58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"
        )
    },
    instead="cifar-10-4k",
)

STL_10 = ImageSource(
    name="stl-10",
    form="stl",
    folders=("stl-10", "stl10"),
    shape=(96, 96, 3),
    train=5_000,
    test=8_000,
    classes=10,
    files={
        "stl10_binary": SourceFile(
            archive="f31fd99273a1acb8609c8db427cebb1de3f71de77758cdc0e22956e1289b9866",
            members={
                "train_X.bin": "918c2871b30a85fa023e0c44e0bee87f",
                "train_y.bin": "5a34089d4802c674881badbb80307741",
                "test_X.bin": "7f263ba9f9e0b06b93213547f721ac82",
                "test_y.bin": "36f9794fa4beb8a2c72628de14fa638e",
            },
        )
    },
    suffix=".tar.gz",
    mirrors=("http://ai.stanford.edu/~acoates/stl10/",),
    licence=_NONE_STATED,
    citation=(
        "Coates A, Ng A, Lee H (2011) An analysis of single layer networks in unsupervised "
        "feature learning. AISTATS 2011"
    ),
    instead="cifar-10-4k",
)

SOURCES = {
    source.name: source
    for source in (
        MNIST,
        FASHION_MNIST,
        KMNIST,
        KMNIST_10K,
        USPS,
        CIFAR_10,
        CIFAR_10_4K,
        CIFAR_100,
        STL_10,
    )
}
