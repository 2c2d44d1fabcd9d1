"""Image sets read from files in the official layouts, which the tests write themselves."""

import bz2
import dataclasses
import gzip
import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from ontogeny.data import usps
from ontogeny.data.readers import read_source
from ontogeny.data.source import TEST_IMAGES, TEST_LABELS, SourceFile
from ontogeny.data.sources import CIFAR_10, CIFAR_100, KMNIST, KMNIST_10K, STL_10, USPS

RANDOM = np.random.default_rng(0)
TEN = "cifar-10-batches-bin"
BATCHES = [*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin"]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def packed(files, *, also=()):
    """Return a .tar.gz archive of files by name, and of entries that are no files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for entry in also:
            archive.addfile(entry)
    return stream.getvalue()


def put(folder, name, content):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def small(source, content, **fields):
    """Return a source whose only file is this archive."""
    file = next(iter(source.files))
    known = replace(source.files[file], archive=sha256(content), **fields)
    return replace(source, files={file: known}, mirrors=("https://none.invalid/",))


@pytest.fixture(autouse=True)
def no_download(nowhere, monkeypatch):
    def retrieve(url, known_hash, fname, path):
        raise OSError("no network")

    monkeypatch.setattr("pooch.retrieve", retrieve)


def colour(count, classes, seed=0):
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    return images, (np.arange(count) % classes).astype(np.uint8)


def records(images, labels, coarse=False):
    """Write images as the publishers of CIFAR do."""
    lines = []
    for image, label in zip(images, labels, strict=True):
        lines.append(([7] if coarse else []) + [label])
        lines += [image[..., channel].ravel() for channel in range(3)]
    return np.concatenate(lines).astype(np.uint8).tobytes()


def ten():
    """Return a CIFAR-10 of 100 + 20 images, its files, and the images."""
    train, test = colour(100, 10), colour(20, 10, 1)
    files = {
        f"{TEN}/data_batch_{k + 1}.bin": records(*(part[20 * k : 20 * k + 20] for part in train))
        for k in range(5)
    }
    files |= {f"{TEN}/test_batch.bin": records(*test), f"{TEN}/batches.meta.txt": b"airplane\n"}
    return replace(CIFAR_10, train=100, test=20), files, train, test


def assert_parts(found, *wanted):
    for found_part, wanted_part in zip(found, wanted, strict=True):
        for found_array, wanted_array in zip(found_part, wanted_part, strict=True):
            np.testing.assert_array_equal(found_array, wanted_array)


@pytest.mark.parametrize("inside", ["", "cifar-10", "cifar10"])
def test_cifar_10_from_its_archive(tmp_path, inside):
    source, files, train, test = ten()
    content = packed(dict(reversed(files.items())))
    put(tmp_path / inside, "cifar-10-binary.tar.gz", content)
    assert_parts(read_source(small(source, content), tmp_path), train, test)
    # Nothing was unpacked.
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [
        "cifar-10-binary.tar.gz"
    ]


def test_cifar_10_from_its_folder(tmp_path):
    source, files, train, test = ten()
    for name, content in files.items():
        put(tmp_path, name, content)
    assert_parts(read_source(source, tmp_path), train, test)


def test_cifar_100_takes_fine_labels(tmp_path):
    train, test = colour(200, 100), colour(100, 100, 1)
    files = {
        "cifar-100-binary/train.bin": records(*train, coarse=True),
        "cifar-100-binary/test.bin": records(*test, coarse=True),
    }
    content = packed(files)
    put(tmp_path, "cifar-100-binary.tar.gz", content)
    source = small(replace(CIFAR_100, train=200, test=100), content)
    assert_parts(read_source(source, tmp_path), train, test)


def stl():
    train, test = (
        (RANDOM.integers(0, 256, (count, 96, 96, 3), dtype=np.uint8), np.arange(count) % 10)
        for count in (20, 30)
    )
    files = {"stl10_binary/unlabeled_X.bin": bytes(100_000)}
    for name, (images, labels) in (("test", test), ("train", train)):
        files[f"stl10_binary/{name}_X.bin"] = images.transpose(0, 3, 2, 1).tobytes()
        files[f"stl10_binary/{name}_y.bin"] = (labels + 1).astype(np.uint8).tobytes()
    sums = {
        name.split("/")[1]: hashlib.md5(content).hexdigest()
        for name, content in files.items()
        if "unlabeled" not in name
    }
    return replace(STL_10, train=20, test=30), files, sums, train, test


@pytest.mark.parametrize("first", [True, False])
def test_stl_10_from_its_archive(tmp_path, first):
    source, files, sums, train, test = stl()
    content = packed(files if first else dict(reversed(files.items())))
    put(tmp_path / "stl10", "stl10_binary.tar.gz", content)
    assert_parts(read_source(small(source, content, members=sums), tmp_path), train, test)


def test_stl_10_from_its_folder_is_compared_with_the_published_checksums(tmp_path):
    source, files, sums, train, test = stl()
    known = SourceFile(archive="0" * 64, members=sums)
    source = replace(source, files={"stl10_binary": known})
    for name, content in files.items():
        put(tmp_path, name, content)
    assert_parts(read_source(source, tmp_path), train, test)
    damaged = bytearray(files["stl10_binary/train_X.bin"])
    damaged[5] ^= 1
    put(tmp_path, "stl10_binary/train_X.bin", damaged)
    with pytest.raises(ValueError, match=f"with md5 {sums['train_X.bin']} at .*train_X.bin', got"):
        read_source(source, tmp_path)


def test_labels_of_stl_10_begin_at_1(tmp_path):
    source, files, sums, *_ = stl()
    files["stl10_binary/test_y.bin"] = bytes(30)
    content = packed(files)
    put(tmp_path, "stl10_binary.tar.gz", content)
    with pytest.raises(ValueError, match="expected 3 test images of each of 10 classes"):
        read_source(small(source, content, members={}), tmp_path)


def test_another_archive_is_refused_before_it_is_read(tmp_path, monkeypatch):
    source, files, *_ = ten()
    content = packed(files)
    put(tmp_path, "cifar-10-binary.tar.gz", content[:-9])
    monkeypatch.setattr("tarfile.open", None)
    with pytest.raises(ValueError) as caught:
        read_source(small(source, content), tmp_path)
    assert str(caught.value) == (
        f"load_images.cifar-10: expected the official file with sha256 {sha256(content)} in "
        f"{str(tmp_path / 'cifar-10-binary.tar.gz')!r}, got {sha256(content[:-9])}; delete the "
        "file and load again, or get it from https://none.invalid/cifar-10-binary.tar.gz"
    )


def test_missing(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        read_source(STL_10, tmp_path)
    for part in (
        "load_images.stl-10: expected the file 'stl10_binary.tar.gz' or 'stl10_binary' in one of",
        str(tmp_path / "stl10"),
        "http://ai.stanford.edu/~acoates/stl10/: no network",
        "licence: none stated; for research, cite",
        "or use the set 'cifar-10-4k'",
    ):
        assert part in str(caught.value)


def truncated_archive(files):
    return packed(files)[:-2000]


def without_a_file(files):
    return packed({name: files[name] for name in files if "batch_3" not in name})


def short_file(files):
    return packed({**files, f"{TEN}/test_batch.bin": files[f"{TEN}/test_batch.bin"][:-1]})


def huge_file(files):
    entry = tarfile.TarInfo(f"{TEN}/data_batch_1.bin")
    entry.size = 1 << 40
    stream = io.BytesIO()
    with gzip.open(stream, "wb") as file:
        file.write(entry.tobuf() + bytes(512))
    return stream.getvalue()


def link(files):
    entry = tarfile.TarInfo(f"{TEN}/test_batch.bin")
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    others = {name: files[name] for name in files if "test_batch" not in name}
    return packed(others, also=[entry])


def upwards(files):
    return packed({name.replace(TEN, f"../{TEN}"): content for name, content in files.items()})


def unbalanced(files):
    changed = bytearray(files[f"{TEN}/test_batch.bin"])
    changed[0] = 1
    return packed({**files, f"{TEN}/test_batch.bin": bytes(changed)})


def other_class(files):
    changed = bytearray(files[f"{TEN}/test_batch.bin"])
    changed[0] = 200
    return packed({**files, f"{TEN}/test_batch.bin": bytes(changed)})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (truncated_archive, r"expected a whole \.tar\.gz archive, got a damaged one at"),
        (lambda files: b"no archive", r"expected a whole \.tar\.gz archive"),
        (without_a_file, r"expected \('cifar-10-batches-bin/data_batch_3\.bin',\) in the archive"),
        (short_file, r"expected a file of 61460 bytes at .*test_batch\.bin', got 61459 bytes"),
        (huge_file, r"expected a file of 61460 bytes at .*, got 1099511627776 bytes; it is trunc"),
        (link, r"at '.*test_batch\.bin', got no regular file"),
        (upwards, r"expected \(.*\) in the archive .*, got no such files"),
        (unbalanced, r"expected 2 test images of each of 10 classes at .*, got \[1, 3, 2, 2, 2"),
        (other_class, r"expected 2 test images of each of 10 classes at"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_bad_archives_with_the_right_checksum(tmp_path, make, message):
    source, files, *_ = ten()
    content = make(files)
    put(tmp_path / "in", "cifar-10-binary.tar.gz", content)
    with pytest.raises(ValueError, match=message):
        read_source(small(source, content), tmp_path / "in")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [
        "cifar-10-binary.tar.gz"
    ]


def test_bad_folders(tmp_path):
    source, files, *_ = ten()
    for name, content in files.items():
        put(tmp_path, name, content)
    (tmp_path / TEN / "data_batch_2.bin").write_bytes(b"short")
    with pytest.raises(ValueError, match=r"expected a file of 61460 bytes .*, got 5 bytes"):
        read_source(source, tmp_path)
    (tmp_path / TEN / "data_batch_2.bin").unlink()
    with pytest.raises(ValueError, match="expected the file 'data_batch_2.bin' in the folder"):
        read_source(source, tmp_path)


def idx(array):
    lengths = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


def tiny_kmnist(source, images, labels):
    payloads = {TEST_IMAGES: idx(images), TEST_LABELS: idx(labels)}
    files = {
        name: SourceFile(archive=sha256(gzip.compress(payload, mtime=0)), payload=sha256(payload))
        for name, payload in payloads.items()
    }
    return replace(source, files=files, train=40, test=10), payloads


def test_part_of_the_test_images(tmp_path):
    images = RANDOM.integers(0, 256, (50, 28, 28), dtype=np.uint8)
    labels = RANDOM.permutation(np.arange(50, dtype=np.uint8) % 10)
    source, payloads = tiny_kmnist(KMNIST_10K, images, labels)
    for name, payload in payloads.items():
        put(tmp_path / "kmnist", f"{name}.gz", gzip.compress(payload))
    train, test = read_source(source, tmp_path)
    assert np.bincount(train[1]).tolist() == 10 * [4] and np.bincount(test[1]).tolist() == 10 * [1]
    together = np.concatenate([train[0], test[0]])
    assert {image.tobytes() for image in together} == {image.tobytes() for image in images}
    for image, label in zip(test[0], test[1], strict=True):
        last = np.flatnonzero(labels == label)[-1]
        np.testing.assert_array_equal(image, images[last])


def test_where_no_payload_is_known_the_official_file_is_wanted(tmp_path):
    content = gzip.compress(idx(np.zeros((3, 28, 28), np.uint8)))
    put(tmp_path, "train-images-idx3-ubyte.gz", content)
    known = KMNIST.files["train-images-idx3-ubyte"].archive
    with pytest.raises(ValueError, match=f"the official file with sha256 {known} in .*, got"):
        read_source(KMNIST, tmp_path)
    files = {**KMNIST.files, "train-images-idx3-ubyte": SourceFile(archive=sha256(content))}
    with pytest.raises(FileNotFoundError, match="expected the file 'train-labels-idx1-ubyte.gz'"):
        read_source(replace(KMNIST, files=files), tmp_path)


def test_other_shapes_are_refused(tmp_path):
    labels = np.arange(50, dtype=np.uint8) % 10
    source, payloads = tiny_kmnist(KMNIST_10K, np.zeros((50, 28, 27), np.uint8), labels)
    for name, payload in payloads.items():
        put(tmp_path, name, payload)
    with pytest.raises(ValueError, match=r"train images of shape \(40, 28, 28\) and 40 labels, go"):
        read_source(source, tmp_path)


def libsvm(images, labels):
    """Write bytes as the text of LIBSVM, values with six decimals, no pixel that is 0."""
    lines = []
    for image, label in zip(images, labels, strict=True):
        values = image.ravel() / 127.5 - 1
        pixels = " ".join(f"{k + 1}:{value:.6f}" for k, value in enumerate(values) if value)
        lines.append(f"{label + 1} {pixels}\n")
    return "".join(lines).encode()


def tiny_usps(monkeypatch):
    """Return a USPS of 30 + 20 images and its parts; values are such that no byte is in doubt."""
    parts = {}
    for part, count in (("train", 30), ("test", 20)):
        images = RANDOM.integers(0, 256, (count, 16, 16), dtype=np.uint8)
        parts[part] = images, (np.arange(count) % 10).astype(np.uint8)
    monkeypatch.setattr(usps, "COUNTS", {"train": 10 * (3,), "test": 10 * (2,)})
    return replace(USPS, train=30, test=20), parts


def text_of(parts):
    # Half a level up: the conversion cuts off what is behind the point.
    return {
        name: bz2.compress(libsvm(np.minimum(images + 0.5, 255), labels))
        for name, (images, labels) in (("usps", parts["train"]), ("usps.t", parts["test"]))
    }


def known_by_md5(source, files):
    known = {
        name: SourceFile(archive=hashlib.md5(content).hexdigest())
        for name, content in files.items()
    }
    return replace(source, files=known)


def test_usps_in_libsvm_format(tmp_path, monkeypatch):
    source, parts = tiny_usps(monkeypatch)
    files = text_of(parts)
    for name, content in files.items():
        put(tmp_path / "usps", f"{name}.bz2", content)
    # The .npz file beside them is not asked.
    put(tmp_path / "usps", "usps.npz", b"")
    found = read_source(known_by_md5(source, files), tmp_path)
    assert_parts(found, parts["train"], parts["test"])


def test_conversion_of_usps(tmp_path):
    path = tmp_path / "few.bz2"
    path.write_bytes(bz2.compress(b"10 1:-1 2:1 3:0.5 4:-0.9999\n1 4:0.0039\n"))
    images, labels = usps.read_libsvm(path, 2, (2, 2))
    assert labels.tolist() == [9, 0]
    assert images.tolist() == [[[0, 255], [191, 0]], [[127, 127], [127, 127]]]


LINE = b"3 1:0.5 2:-1\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINE, "2 images, got 1"),
        (3 * LINE, "2 images, got more"),
        (LINE + b"0 1:0.5\n", r"a label in 1\.\.10 .* in line 2, got b'0 1:0\.5"),
        (LINE + b"11 1:0.5\n", "in line 2"),
        (LINE + b"3 1:1.5\n", "in line 2"),
        (LINE + b"3 1:nan\n", "in line 2"),
        (LINE + b"3 5:0.5\n", "in line 2"),
        (LINE + b"3 0:0.5\n", "in line 2"),
        (LINE + b"3 1:0.5 1:0.5\n", "in line 2"),
        (LINE + b"3 1:0.5 2\n", "in line 2"),
        (LINE + b"3 1:x\n", "in line 2"),
        (LINE + b"\n", "in line 2"),
        (b"3 " + 100_000 * b"1:0.5 ", "in line 1"),
    ],
)
def test_bad_text_of_usps(tmp_path, text, message):
    path = tmp_path / "usps.bz2"
    path.write_bytes(bz2.compress(text))
    with pytest.raises(ValueError, match=f"load_images.usps at '{path}': expected .*{message}"):
        usps.read_libsvm(path, 2, (2, 2))


def test_truncated_text_of_usps(tmp_path):
    path = tmp_path / "usps.bz2"
    path.write_bytes(bz2.compress(2 * LINE)[:-5])
    with pytest.raises(ValueError, match="expected a whole bzip2 file, got a truncated or damaged"):
        usps.read_libsvm(path, 2, (2, 2))


def test_another_usps_is_refused_before_it_is_read(tmp_path):
    put(tmp_path, "usps.bz2", b"another")
    known = "ec16c51db3855ca6c91edd34d0e9b197"
    with pytest.raises(ValueError, match=f"official file with md5 {known} in .*usps.bz2', got"):
        read_source(USPS, tmp_path)


def arrays_of(parts):
    return {
        f"{axis}_{part}": array
        for part, arrays in parts.items()
        for axis, array in zip("xy", arrays, strict=True)
    }


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_usps_from_arrays(tmp_path, monkeypatch, save):
    source, parts = tiny_usps(monkeypatch)
    save(tmp_path / "usps.npz", other=np.arange(3), **arrays_of(parts))
    assert_parts(read_source(source, tmp_path), parts["train"], parts["test"])


def test_bad_arrays_of_usps(tmp_path, monkeypatch):
    source, parts = tiny_usps(monkeypatch)
    arrays = arrays_of(parts)

    def refuse(message, **changed):
        np.savez(tmp_path / "usps.npz", **{**arrays, **changed})
        with pytest.raises(ValueError, match=message):
            read_source(source, tmp_path)

    refuse(r"'x_test' to be uint8 of shape \(20, 16, 16\)", x_test=np.zeros((20, 16, 15), np.uint8))
    refuse("'y_test' to be uint8 .*, got int64 of shape", y_test=np.zeros(20, np.int64))
    refuse("'y_test' to be uint8 .*, got object of shape", y_test=np.array(20 * [None]))
    refuse(r"\(2, 2, .* test images of the digits 0 to 9 at", y_test=np.zeros(20, np.uint8))
    refuse(r"test images of the digits 0 to 9", y_test=np.full(20, 10, np.uint8))
    refuse("'x_train' to be uint8", x_train=np.asfortranarray(parts["train"][0]))

    del arrays["y_train"]
    refuse(r"expected the array 'y_train' in .*usps\.npz', got \[")
    whole = (tmp_path / "usps.npz").read_bytes()
    (tmp_path / "usps.npz").write_bytes(whole[:-40])
    with pytest.raises(ValueError, match=r"expected a whole \.npz file, got a damaged one"):
        read_source(source, tmp_path)


def test_an_array_that_claims_to_be_huge_asks_for_no_memory(tmp_path, monkeypatch):
    source, parts = tiny_usps(monkeypatch)
    with zipfile.ZipFile(tmp_path / "usps.npz", "w") as archive:
        for name, array in arrays_of(parts).items():
            with archive.open(f"{name}.npy", "w") as file:
                shape = (1 << 40, 16, 16) if name == "x_train" else array.shape
                header = {"descr": "|u1", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(file, header)
                file.write(array.tobytes())
    with pytest.raises(ValueError, match=r"got uint8 of shape \(1099511627776, 16, 16\)"):
        read_source(source, tmp_path)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", r"in \.npy version \(1, 0\) in .*, got \(2, 0\)"),
        (b"\x93NUMPY\x01\x00\x04\x00{'[(", r"whole \.npz file, got a damaged one|header"),
        (b"no array at all", "magic string"),
    ],
)
def test_arrays_with_other_headers(tmp_path, monkeypatch, start, message):
    source, _ = tiny_usps(monkeypatch)
    with zipfile.ZipFile(tmp_path / "usps.npz", "w") as archive:
        archive.writestr("x_train.npy", start)
    with pytest.raises(ValueError, match=message):
        read_source(source, tmp_path)


def first_of_cifar(monkeypatch):
    images, labels = colour(40, 10)
    monkeypatch.setattr("ontogeny.data.colour_sets.FIRST", 40)
    monkeypatch.setattr("ontogeny.data.colour_sets._BATCH", 60)
    monkeypatch.setattr("ontogeny.data.colour_sets.FIRST_IMAGES", sha256(images.tobytes()))
    monkeypatch.setattr("ontogeny.data.colour_sets.FIRST_LABELS", sha256(labels.tobytes()))
    source = dataclasses.replace(CIFAR_10, form="cifar-first", train=30, test=10)
    return source, images, labels


def test_first_of_cifar_is_the_same_from_everywhere(tmp_path, monkeypatch):
    source, images, labels = first_of_cifar(monkeypatch)
    others, other_labels = colour(20, 10, 2)
    batch = records(np.concatenate([images, others]), np.concatenate([labels, other_labels]))
    content = packed({f"{TEN}/data_batch_1.bin": batch})
    put(tmp_path / "one", "cifar-10-binary.tar.gz", content)
    put(tmp_path / "two", f"{TEN}/data_batch_1.bin", batch)
    (tmp_path / "three").mkdir()
    np.savez(
        tmp_path / "three" / "cifar10_train_first4000_lossless.npz",
        x=images,
        y=labels,
        classes=np.array(["airplane"]),
    )
    wanted = (images[:30], labels[:30]), (images[30:], labels[30:])
    for folder in ("one", "two", "three"):
        found = read_source(small(source, content), tmp_path / folder)
        assert_parts(found, *wanted)


@pytest.mark.parametrize("what", ["x", "y"])
def test_others_than_the_first_of_cifar_are_refused(tmp_path, monkeypatch, what):
    source, images, labels = first_of_cifar(monkeypatch)
    arrays = {"x": images.copy(), "y": labels.copy()}
    arrays[what][3] ^= 1
    np.savez(tmp_path / "cifar10_train_first4000_lossless.npz", **arrays)
    name = {"x": "images", "y": "labels"}[what]
    with pytest.raises(ValueError, match=f"expected {name} with sha256 .*damaged or another one"):
        read_source(source, tmp_path)
