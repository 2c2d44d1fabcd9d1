import gzip

import numpy as np
import pytest

from ontogeny.data.idx import parse_idx, read_payload

PAYLOAD = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])


def test_parse():
    array = parse_idx(PAYLOAD)
    np.testing.assert_array_equal(array, [[1, 2, 3], [4, 5, 6]])
    assert array.dtype == np.uint8


@pytest.mark.parametrize("payload", [b"", b"PNG....", bytes([0, 0, 13, 1, 0, 0, 0, 0])])
def test_not_idx(payload):
    with pytest.raises(ValueError, match=r"parse_idx\.payload: expected an IDX header"):
        parse_idx(payload)


@pytest.mark.parametrize("payload", [PAYLOAD[:-1], PAYLOAD + b"\0", PAYLOAD[:8]])
def test_wrong_length(payload):
    with pytest.raises(ValueError, match="lengths and their product of bytes, got"):
        parse_idx(payload)


def test_read_plain_and_packed(tmp_path):
    (tmp_path / "plain.gz").write_bytes(PAYLOAD)
    (tmp_path / "packed").write_bytes(gzip.compress(PAYLOAD))
    assert read_payload(tmp_path / "plain.gz") == read_payload(tmp_path / "packed") == PAYLOAD


@pytest.mark.parametrize("damage", ["cut", "flip", "stub"])
def test_damaged(tmp_path, damage):
    packed = bytearray(gzip.compress(bytes(range(256)) * 100))
    if damage == "flip":
        packed[len(packed) // 2] ^= 0xFF
    keep = {"cut": -20, "flip": None, "stub": 5}[damage]
    (tmp_path / "file.gz").write_bytes(packed[:keep])
    with pytest.raises(ValueError, match=r"expected a whole gzip file, got .* at '.*file\.gz'"):
        read_payload(tmp_path / "file.gz")
