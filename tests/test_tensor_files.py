"""safetensors files with facts: any damaged byte is noticed."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from artextract.tensor_files import MadeFrom, read_cached, read_facts, read_tensors, tensor_shapes, write_tensors

TENSORS = {"a": np.arange(6, dtype=np.float16).reshape(2, 3), "b": np.array([True, False]), "c": np.empty((0, 4))}
FACTS = MadeFrom(made_from="something")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_tensors(tmp_path / "x.safetensors", TENSORS, FACTS)
    return tmp_path / "x.safetensors"


def test_what_was_written_is_read(file: Path) -> None:
    for tensors in (read_tensors(file), read_cached(file, ("a",), FACTS)):
        assert tensors is not None
        assert tensors.keys() == TENSORS.keys()
        for name, array in TENSORS.items():
            np.testing.assert_array_equal(tensors[name], array)
            assert tensors[name].dtype == array.dtype
    assert read_facts(file, MadeFrom) == FACTS
    assert tensor_shapes(file) == {"a": (2, 3), "b": (2,), "c": (0, 4)}
    assert read_cached(file, (), MadeFrom(made_from="something else")) is None
    with pytest.raises(ValueError, match="lacks the array d"):
        read_tensors(file, ("a", "d"))


def test_any_changed_byte_is_noticed(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = file.read_bytes()
    for place in range(len(whole)):
        for change in (0x01, 0x20, 0xFF):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :])
            with pytest.raises(ValueError, match="damaged"):
                read_tensors(file)
    assert read_cached(file) is None
    assert "x.safetensors is damaged and not used" in caplog.text


@pytest.mark.parametrize("length", [0, 5, 40, -1])
def test_a_cut_file_is_noticed(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])
    assert read_cached(file) is None


def test_a_file_without_a_checksum_is_read(tmp_path: Path) -> None:
    save_file({"a": TENSORS["a"]}, tmp_path / "x.safetensors")
    np.testing.assert_array_equal(read_tensors(tmp_path / "x.safetensors")["a"], TENSORS["a"])
    assert read_cached(tmp_path / "missing.safetensors") is None
