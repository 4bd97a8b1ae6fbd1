"""Odd pictures: no file is more than a sentence, takes more memory than the budget, or keeps a decoder busy."""

import os
import socket
from pathlib import Path

import pytest

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import BadImageError
from artextract.sources.folder import FolderSource
from artextract.vision import images
from artextract.vision.decoding import memory
from artextract.vision.decoding.memory import MEMORY
from artextract.vision.images import check_pixels, open_picture
from tests.support.made import jpeg, made_picture
from tests.support.odd_pictures import hostile_pictures, odd_pictures, slow_pictures

GOOD = ("mode", "longer", "size", "turned", "profile", "transparent", "comment")
"""What is odd in pictures that are read all the same."""
NAMES = (b"caf\xe9.jpg", b"new\nline.jpg", b"red\x1b[31m.jpg", b"nul\x7f.jpg", b"%2e%2e.jpg", b"#?&=.jpg", b"'\".jpg")


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    return odd_pictures()


@pytest.mark.timeout(100)
@pytest.mark.parametrize("at_least", [None, 40])
def test_every_odd_picture_is_opened_or_refused_in_a_sentence(
    pictures: dict[str, bytes], at_least: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(pictures) >= 150
    monkeypatch.setattr(MEMORY, "room", _checked(MEMORY.room))
    opened = {name for name, content in pictures.items() if _opens(content, name, at_least)}
    assert opened >= {name for name in pictures if name.startswith(GOOD)}


def _checked(room):
    def checked(need: int):
        assert 0 < need <= MEMORY.most
        return room(need)

    return checked


def _opens(content: bytes, name: str, at_least: int | None = None) -> bool:
    try:
        picture = open_picture(content, name, at_least)
    except BadImageError as error:
        assert str(error).startswith((name, f"There is not enough memory to open {name}"))
        assert str(error).endswith((".", "`)."))
        return False
    assert picture.image.mode == "RGB"
    return True


def test_hostile_pictures_are_refused_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = hostile_pictures()
    monkeypatch.setattr(images, "_loaded", lambda *_: pytest.fail("it was decoded"))
    assert not any(_opens(content, name) for name, content in hostile.items())


@pytest.mark.parametrize("name", slow_pictures())
def test_slow_files_are_refused_also_where_only_their_header_is_read(name: str) -> None:
    content = slow_pictures()[name]
    if name != "slow scans":  # scans follow the header
        with pytest.raises(BadImageError, match=r"takes too long to decode \(a |is not a picture"):
            check_pixels(content, name, 10**9)
    with pytest.raises(BadImageError, match=r"takes too long to decode \(a |is not a picture"):
        open_picture(content, name)


def test_collecting_takes_every_picture_that_can_be_opened(
    pictures: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    sample = {name: pictures[name] for name in list(pictures)[::4] if pictures[name]}
    good = 0
    for number, (name, content) in enumerate(sample.items()):
        (folder / f"{number}.jpg").write_bytes(content)
        good += _opens(content, name, 640)
    for number, file_name in enumerate(NAMES):
        cut = 2 * (number % 2)  # some miss their end, which their remark says with their name
        (folder / os.fsdecode(file_name)).write_bytes(jpeg(made_picture(number))[: -cut or None])
    (folder / os.fsdecode(b"broken\xe9\n.jpg")).write_bytes(b"no picture")
    (folder / "folder.jpg").mkdir()
    os.mkfifo(folder / "pipe.jpg")
    (folder / "loop.jpg").symlink_to("loop.jpg")
    monkeypatch.chdir(folder)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.jpg")
    result = collect(FolderSource(folder), "odd")
    assert result.works == good + len(NAMES)
    assert result.skipped == len(sample) - good + 3  # the broken one, the pipe and the socket
    works = Collection.open("odd").works()
    assert "Caf\\xe9" in set(works["title"])
    "".join(map(str, works.to_numpy().ravel())).encode()
    assert "\udce9" not in result.sentence()


def test_a_small_file_of_a_slow_kind_is_still_read() -> None:
    assert open_picture(b"P5 4 4 254\n" + bytes([254] * 16)).image.getpixel((1, 1)) == (255, 255, 255)
    assert open_picture(b"P3 2 1 255\n1 2 3 4 5 6\n").image.getpixel((1, 0)) == (4, 5, 6)


def test_the_budget_is_below_two_gigabytes() -> None:
    assert memory.MEMORY.most < 10**9
