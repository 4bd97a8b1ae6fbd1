"""JPEGs that miss their last bytes are shown, and it is said."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from artextract.errors import BadImageError
from artextract.vision.images import open_picture
from tests.support.made import jpeg, made_picture

KINDS = {
    f"{mode}{', progressive' if progressive else ''}": jpeg(
        made_picture(3, 600, 400).convert(mode), progressive=progressive
    )
    for mode in ("RGB", "L", "CMYK")
    for progressive in (False, True)
}


@pytest.mark.parametrize("missing", [2, 3, 4, 20, 200])
@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("at_least", [None, 100])
def test_without_its_last_bytes_a_jpeg_is_shown_with_a_remark(
    content: bytes, missing: int, at_least: int | None
) -> None:
    whole = open_picture(content, at_least=at_least)
    cut = open_picture(content[:-missing], "scan.jpg", at_least)
    assert whole.remark == ""
    assert cut.remark == "The last bytes of scan.jpg are missing. It can be shown, but download the file again."
    assert (cut.width, cut.height, cut.image.size) == (600, 400, whole.image.size)
    difference = np.abs(np.asarray(cut.image).astype(int) - np.asarray(whole.image))
    assert np.median(difference) <= 1
    assert difference[: int(len(difference) * 0.9)].max() <= 4


@pytest.mark.parametrize("content", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_half_a_picture_is_refused(content: bytes, share: float) -> None:
    with pytest.raises(BadImageError, match=r"scan\.jpg is damaged or truncated: a part of the picture is missing"):
        open_picture(content[: int(len(content) * share)], "scan.jpg")


def test_the_orientation_of_a_cut_jpeg_counts() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = open_picture(jpeg(made_picture(3, 600, 400), exif=exif)[:-2])
    assert (picture.width, picture.height) == picture.image.size == (400, 600)


def test_a_png_without_its_end_is_read() -> None:
    buffer = io.BytesIO()
    made_picture(1).save(buffer, "PNG")
    assert open_picture(buffer.getvalue()[:-12]).image.size == (96, 72)


@given(
    st.sampled_from([*KINDS.values()]), st.integers(0, 10**6), st.integers(0, 10**6), st.binary(min_size=1, max_size=4)
)
def test_cut_and_damaged_jpegs_raise_nothing_but_a_sentence(
    content: bytes, end: int, place: int, change: bytes
) -> None:
    content = content[: end % len(content)]
    place %= max(len(content), 1)
    try:
        open_picture(content[:place] + change + content[place + len(change) :], at_least=100)
    except BadImageError as error:
        assert str(error).endswith(".")
