import gzip
import hashlib

import pytest

from ontogeny.data.sources import FILES, MNIST, SOURCES, ImageSource, SourceFile


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("file", FILES)
def test_checksums_are_those_of_the_official_files(official, name, file):
    source = SOURCES[name]
    packed = (official / source.folder / f"{file}.gz").read_bytes()
    assert hashlib.sha256(packed).hexdigest() == source.files[file].archive
    assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == source.files[file].payload


def test_refused():
    with pytest.raises(ValueError, match=r"SourceFile\.payload: expected 64 hexadecimal digits"):
        SourceFile(archive="0" * 64, payload="xyz")
    with pytest.raises(ValueError, match=r"ImageSource\.files: expected \('train-images"):
        ImageSource(**{**vars(MNIST), "files": {}})


def test_several_mirrors():
    assert all(len(source.mirrors) >= 2 for source in SOURCES.values())
