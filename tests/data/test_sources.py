import gzip
import hashlib

import pytest

from ontogeny.data.source import ImageSource, SourceFile
from ontogeny.data.sources import MNIST, SOURCES

COMPRESSED = [
    (name, file)
    for name, source in SOURCES.items()
    if source.form == "idx"
    for file in source.files
]


@pytest.mark.parametrize(("name", "file"), COMPRESSED)
def test_checksums_are_those_of_the_official_files(official, name, file):
    source = SOURCES[name]
    path = official / source.folders[-1] / f"{file}.gz"
    if not path.is_file():
        pytest.skip(f"needs the official file {file}.gz of {name}")
    packed = path.read_bytes()
    assert hashlib.sha256(packed).hexdigest() == source.files[file].archive
    assert source.files[file].payload is not None
    assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == source.files[file].payload


def test_refused():
    with pytest.raises(ValueError, match=r"SourceFile\.payload: expected 64 hexadecimal digits"):
        SourceFile(archive="0" * 64, payload="xyz")
    with pytest.raises(ValueError, match=r"SourceFile\.archive: expected 64 or 32 hexadecimal"):
        SourceFile(archive="0" * 40)
    with pytest.raises(ValueError, match=r"ImageSource\.files: expected at least one, got none"):
        ImageSource(**{**vars(MNIST), "files": {}})


def test_algorithm_of_a_checksum():
    assert SourceFile(archive="0" * 64).algorithm == "sha256"
    assert SourceFile(archive="0" * 32).algorithm == "md5"


def test_sets_without_payloads_have_their_archives_checked():
    for source in SOURCES.values():
        assert all(file.archive for file in source.files.values())
        assert source.licence and source.citation and source.instead != source.name
