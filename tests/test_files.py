"""Only regular files are opened, whatever a path that somebody names leads to."""

import csv
import errno
import os
import resource
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch
from typer.testing import CliRunner

from artextract.attributes.model_bundle import SHIPPED, Bundle
from artextract.attributes.reader import Reader
from artextract.cli import app
from artextract.collection import Collection
from artextract.errors import BadImageError, SourceError, StorageError, WeightsError
from artextract.files import (
    SEAL,
    TEMPORARY,
    is_sealed,
    only_writer,
    open_regular,
    read_regular,
    read_regular_text,
    seal,
    stamp,
    sweep_temporary,
    write_atomic,
    write_bytes,
)
from artextract.similarity.index.faiss_index import flat_index
from artextract.sources.nga.tables import COLUMNS, read_table
from artextract.sources.wikiart import read_labels
from artextract.vision.device import find_device
from artextract.vision.gabor import GaborBank
from tests.support.artgan_copy import make_copy
from tests.support.faults import flip, full_disk, unfinished
from tests.support.made import SMALL_COUNT
from train.config import AttributeSettings, Copy, Data
from train.data.augmentation import random_crop
from train.data.paintings import labelled_paintings
from train.data.sequences import gabor_cells

pytestmark = pytest.mark.timeout(150)  # who opens a pipe waits without end
MEMORY = 4 * 2**30
"""Bytes of address space: who reads a device to its end fails, and the machine doesn't."""


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe.jpg")
    return tmp_path / "pipe.jpg"


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, which is killed where it doesn't end."""
    return subprocess.run(
        [sys.executable, "-m", "artextract.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )


def refused(*arguments: str) -> str:
    """What the command line says of what it can't do: one line."""
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 1, done.output
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_what_is_no_regular_file_is_named(tmp_path: Path, pipe: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        for path, said in (
            (pipe, "it is a named pipe, not a file"),
            (tmp_path, "it is a folder, not a file"),
            (tmp_path / "socket", "it is a socket, not a file"),
            (Path(os.devnull), "it is a device, not a file"),
            (tmp_path / "dangling", "No such file or directory"),
        ):
            with pytest.raises(OSError, match=said) as refusal:
                open_regular(path)
            assert refusal.value.strerror == said


def test_a_file_is_read_to_its_end_and_no_further_than_the_limit(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc" * 100)
    (tmp_path / "link").symlink_to(tmp_path / "x")
    assert read_regular(tmp_path / "link", 300) == b"abc" * 100
    with pytest.raises(OSError, match="it has more than 0 MB") as refusal:
        read_regular(tmp_path / "x", 299)
    assert refusal.value.errno == errno.EFBIG


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="no /proc here")
def test_a_file_that_says_it_is_empty_is_read_all_the_same() -> None:
    made_up = Path("/proc/self/maps")
    assert made_up.stat().st_size == 0
    assert len(read_regular(made_up).splitlines()) > 10
    with pytest.raises(OSError, match="it has more than"):
        read_regular(made_up, 100)


def test_text_comes_as_pathlib_reads_it(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes("\ufeffé\r\nb\rc".encode())
    for encoding in ("utf-8", "utf-8-sig"):
        assert read_regular_text(tmp_path / "x", encoding) == (tmp_path / "x").read_text(encoding)


def test_a_pipe_among_the_pictures_is_skipped_and_named(folder: Path, cache: Path) -> None:
    os.mkfifo(folder / "x.jpg")
    (folder / "gone.jpg").symlink_to(folder / "nowhere.jpg")
    done = in_a_process("collect", "folder", str(folder), "--name", "mine")
    assert done.returncode == 0, done.stderr
    assert Collection.open("mine").count() == SMALL_COUNT
    with (cache / "collections/mine/reports/skipped.csv").open(newline="", encoding="utf-8-sig") as report:
        why = {row["id"]: row["why"] for row in csv.DictReader(report)}
    assert list(why) == ["x.jpg"]
    assert "gone.jpg" in done.stdout  # a link that leads nowhere
    assert why["x.jpg"].endswith("x.jpg can't be read (it is a named pipe, not a file).")


def test_a_device_without_end_is_not_read(pipe: Path) -> None:
    done = in_a_process("predict", "/dev/zero")
    assert done.returncode == 1
    assert done.stderr == "zero can't be read (it is a device, not a file): check the file.\n"


def test_a_picture_that_is_none_is_one_sentence(pipe: Path, tmp_path: Path) -> None:
    assert "pipe.jpg can't be read (it is a named pipe, not a file)" in refused("predict", str(pipe))
    assert "can't be read (it is a folder, not a file)" in refused("predict", str(tmp_path))
    with pytest.raises(BadImageError, match=r"pipe\.jpg can't be read \(it is a named pipe"):
        random_crop(pipe, 32, 0.5, [0])


def test_a_training_picture_that_is_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    with pytest.raises(BadImageError, match=r"gone\.jpg can't be read \(No such file"):
        gabor_cells([tmp_path / "gone.jpg"], GaborBank(), 7, False, find_device("cpu"))


def test_to_look_at_a_pipe_does_not_let_its_writer_go_on(pipe: Path) -> None:
    code = "import sys; open(sys.argv[1], 'wb').close()"
    with subprocess.Popen([sys.executable, "-c", code, str(pipe)]) as writer:
        for _ in range(20):
            with pytest.raises(OSError, match="named pipe"):
                open_regular(pipe)
            time.sleep(0.05)
        assert writer.poll() is None  # it waits for a reader still
        writer.kill()


def test_a_pipe_is_no_table_picture_or_weights_file(collection: Collection, folder: Path, pipe: Path) -> None:
    said = "can't be read (it is a named pipe, not a file)"
    for arguments in (
        ("collect", "folder", str(folder), "--name", "x", "--metadata", str(pipe)),
        ("search", "small", "--image", str(pipe)),
        ("embed", "small", "--weights", str(pipe)),
    ):
        assert said in refused(*arguments)


def test_a_pipe_is_no_list_or_table_of_a_data_set(tmp_path: Path, pipe: Path) -> None:
    images, labels = make_copy(tmp_path / "copy")
    with pytest.raises(SourceError, match=r"pipe\.jpg can't be read \(it is a named pipe"):
        labelled_paintings(
            Data(copies=[Copy(images=images, labels=labels, validation=pipe)], aside=0.1, artist_at_least=2)
        )
    (labels / "Style/style_val.csv").unlink()
    os.mkfifo(labels / "Style/style_val.csv")
    with pytest.raises(SourceError, match=r"style_val\.csv can't be read \(it is a named pipe"):
        read_labels(labels)
    for name in COLUMNS:
        os.mkfifo(tmp_path / f"{name}.csv")
    with pytest.raises(SourceError, match=r"objects\.csv is not a readable table \(it is a named pipe"):
        read_table(tmp_path, "objects")


def test_a_pipe_is_no_configuration(pipe: Path) -> None:
    with pytest.raises(SourceError, match=r"pipe\.jpg can't be read \(it is a named pipe"):
        AttributeSettings.read(pipe)


def test_a_pipe_in_a_models_folder_is_one_sentence(tmp_path: Path) -> None:
    for file in SHIPPED.iterdir():
        if file.is_file():
            (tmp_path / file.name).symlink_to(file)
    (tmp_path / "backbone.safetensors").symlink_to(Bundle.open().backbone_file)
    for name, sentence in (
        ("training.safetensors", r"training\.safetensors is missing or damaged"),
        ("backbone.safetensors", r"backbone\.safetensors can't be read \(it is a named pipe"),
        ("attributes.safetensors", r"attributes\.safetensors can't be read \(it is a named pipe"),
    ):
        (tmp_path / name).unlink()
        os.mkfifo(tmp_path / name)
        with pytest.raises(WeightsError, match=sentence):
            Reader(Bundle.open(tmp_path))
    (tmp_path / "training.parquet").unlink()
    os.mkfifo(tmp_path / "training.parquet")
    bundle = Bundle(tmp_path, Bundle.open().facts)
    with pytest.raises(WeightsError, match=r"training\.parquet is missing or damaged"):
        _ = bundle.training
    with pytest.raises(WeightsError, match=r"backbone\.safetensors is missing or damaged"):
        _ = bundle.fingerprint
    (tmp_path / "ablation.json").unlink()
    os.mkfifo(tmp_path / "ablation.json")
    with pytest.raises(WeightsError, match=r"ablation\.json is missing or damaged"):
        bundle.measured("ablation")


def test_a_file_is_as_readable_as_others(tmp_path: Path) -> None:
    plain, atomic = tmp_path / "plain", tmp_path / "atomic"
    plain.touch()
    with write_atomic(atomic) as temporary:
        temporary.touch(mode=0o600)
    assert atomic.stat().st_mode == plain.stat().st_mode


def test_a_written_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "file", b"content")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def libraries_that_write(path: Path) -> dict[str, Callable[[], None]]:
    tensors = np.zeros((40, 1000), np.float32)
    return {
        "safetensors": lambda: save_file({"x": tensors}, path),
        "torch safetensors": lambda: save_torch({"x": torch.from_numpy(tensors)}, path),
        "torch": lambda: save_torch_state(path),
        "faiss": lambda: faiss.write_index(flat_index(tensors + 1), str(path)),
        "numpy": lambda: write_array(path, tensors),
        "parquet": lambda: pq.write_table(pa.table({"x": np.random.default_rng(0).random(50_000)}), path),
        "pillow": lambda: Image.effect_noise((300, 300), 90).save(path, "PNG"),
        "zip": lambda: write_zip(path),
        "bytes": lambda: write_through(path),
    }


def write_array(path: Path, array: np.ndarray) -> None:
    with path.open("wb") as file:  # by its name, NumPy would add a suffix
        np.save(file, array)


def save_torch_state(path: Path) -> None:
    with path.open("wb") as file:
        torch.save({"x": torch.zeros(10_000)}, file)


def write_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("x", bytes(10_000))


def write_through(path: Path) -> None:
    path.write_bytes(bytes(10_000))


@pytest.mark.parametrize("name", list(libraries_that_write(Path())))
def test_a_full_disk_is_a_sentence_whichever_library_writes(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    write_bytes(file, b"before")

    def write() -> None:
        with write_atomic(file) as temporary:
            libraries_that_write(temporary)[name]()

    with full_disk(), pytest.raises(StorageError, match="could not be written"):
        write()
    assert file.read_bytes() == b"before"
    assert unfinished(tmp_path) == []
    write()
    assert file.stat().st_size > 1000


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"), "disk is full"),
        (RuntimeError("write error in x: 1 != 2 (Disk quota exceeded)"), "disk is full"),
        (OSError(errno.EROFS, "Read-only file system"), r"could not be written \(Read-only file system\)"),
        (IsADirectoryError(errno.EISDIR, "Is a directory"), "is a folder, but should be a file"),
    ],
)
def test_the_errors_of_a_disk_are_sentences(tmp_path: Path, error: Exception, said: str) -> None:
    with pytest.raises(StorageError, match=said) as refusal, write_atomic(tmp_path / "file"):
        raise error
    assert len(str(refusal.value).splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no number"), write_atomic(tmp_path / "file"):
        raise ValueError("no number")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_s_holder_removes_what_killed_writers_left(tmp_path: Path) -> None:
    (tmp_path / f"{TEMPORARY}1.jpg").touch()
    with only_writer(tmp_path, "test"):
        assert unfinished(tmp_path) == []


def test_without_a_lock_only_abandoned_files_are_removed(tmp_path: Path) -> None:
    old, new, kept = tmp_path / f"{TEMPORARY}old", tmp_path / f"{TEMPORARY}new", tmp_path / "old.jpg"
    for file in (old, new, kept):
        file.touch()
    for file in (old, kept):
        os.utime(file, (0, 0))
    sweep_temporary(tmp_path, abandoned=True)
    assert sorted(tmp_path.iterdir()) == [new, kept]


@given(content=st.binary(max_size=200), place=st.floats(0, 1))
def test_a_seal_breaks_with_any_byte(tmp_path_factory: pytest.TempPathFactory, content: bytes, place: float) -> None:
    file = tmp_path_factory.mktemp("sealed") / "file"
    file.write_bytes(content)
    seal(file)
    assert file.read_bytes()[:-SEAL] == content
    assert is_sealed(file)
    flip(file, place)
    assert not is_sealed(file)
    file.write_bytes(content[:SEAL])
    assert not is_sealed(file)


def test_a_stamp_changes_when_a_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "file"
    assert stamp(file) == ""
    write_bytes(file, b"one")
    first = stamp(file)
    assert stamp(file) == first
    write_bytes(file, b"two")
    assert stamp(file) != first
