"""Files with more bytes than are read: a smaller copy of them is taken where there is one."""

import io
from pathlib import Path

import pytest
from PIL import Image

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.files import LARGEST
from artextract.sources.folder import FolderSource
from artextract.vision.decoding.large_files import smaller_copy
from artextract.vision.images import open_picture
from tests.support.made import jpeg, made_picture
from tests.support.tiffs import pyramid


def large(path: Path, content: bytes) -> Path:
    """A file of 256 MB and more, of which the disk holds only the content."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with path.open("r+b") as file:
        file.truncate(LARGEST + 1)
    return path


def test_a_level_of_a_large_pyramid_is_taken(tmp_path: Path) -> None:
    copy = smaller_copy(large(tmp_path / "p.tif", pyramid(sub=False)))
    assert copy is not None
    picture = open_picture(copy)
    assert picture.image.size == (40, 20)  # upright
    assert picture.image.getpixel((5, 5))[2] > 240  # type: ignore[index]


def test_a_large_jpeg_is_taken_at_half_its_size_or_less(tmp_path: Path) -> None:
    copy = smaller_copy(large(tmp_path / "p.jpg", jpeg(made_picture(1, 640, 480))))
    assert copy is not None
    assert open_picture(copy).image.size == (320, 240)


def test_other_large_files_have_no_smaller_copy(tmp_path: Path) -> None:
    png = io.BytesIO()
    Image.new("RGB", (8, 8)).save(png, "PNG")
    progressive = jpeg(made_picture(1, 640, 480), progressive=True)
    for content in (png.getvalue(), pyramid(sub=False)[:100], progressive, b""):
        assert smaller_copy(large(tmp_path / "p", content)) is None


def test_collecting_says_which_large_files_were_taken_smaller(tmp_path: Path) -> None:
    large(tmp_path / "p" / "big.jpg", jpeg(made_picture(1, 640, 480)))
    large(tmp_path / "p" / "flat.png", b"\x89PNG\r\n\x1a\n")
    result = collect(FolderSource(tmp_path / "p"), "small")
    assert (result.works, result.skipped) == (1, 1)
    assert "big.jpg is very large: a smaller copy of it was taken." in result.remarks
    assert list(Collection.open("small").works()["width"]) == [320]
    assert result.report_file is not None
    assert "flat.png is larger than 256 MB: save a smaller copy (for a folder: `" in result.report_file.read_text()


@pytest.mark.parametrize("count", [1, 5])
def test_collecting_says_which_pictures_miss_their_end(tmp_path: Path, count: int) -> None:
    for number in range(count):
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / f"{number}.jpg").write_bytes(jpeg(made_picture(number, 320, 240))[:-2])
    result = collect(FolderSource(tmp_path / "p"), "small")
    assert result.works == count
    assert result.remarks[0] == "The last bytes of 0.jpg are missing. It can be shown, but download the file again."
    assert len(result.remarks) == min(count, 4)
