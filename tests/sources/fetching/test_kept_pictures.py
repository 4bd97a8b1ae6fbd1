"""Pictures are fetched once, whatever happens to the program meanwhile."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from artextract.sources.fetching import kept_pictures
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.kept_pictures import KeptPictures, kept_file
from artextract.sources.fetching.polite_client import PoliteClient
from tests.support.world import ANSWERS, Answer, World, picture_of

URL = "https://a.example/x.jpg"
ADDRESS = "a.example/x.jpg"


@pytest.fixture
def client(world: World) -> Iterator[PoliteClient]:
    opened = PoliteClient(any_public=True)
    yield opened
    opened.close()


def test_a_picture_is_fetched_once_and_kept_by_its_content(world: World, client: PoliteClient) -> None:
    content = picture_of(ADDRESS)
    assert KeptPictures(client).kept(URL) is None
    assert KeptPictures(client).get(URL) == KeptPictures(client).get(URL) == content
    assert KeptPictures(client).kept(URL) == content
    assert world.asked[ADDRESS] == 1
    file = kept_file(hashlib.sha256(content).hexdigest())
    assert file is not None
    assert file.read_bytes() == content
    assert kept_file("0" * 64) is None


def test_the_same_address_from_many_threads_is_fetched_once(world: World, client: PoliteClient) -> None:
    world.delay = 0.05
    kept = KeptPictures(client)
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(kept.get, [URL] * 16))) == 1
    assert world.asked[ADDRESS] == 1


def test_another_version_is_asked_for_but_only_sent_if_it_changed(world: World, client: PoliteClient) -> None:
    kept = KeptPictures(client)
    kept.get(URL, "1")
    assert kept.get(URL, "2") == picture_of(ADDRESS)
    assert (world.asked[ADDRESS], world.unchanged[ADDRESS]) == (2, 1)
    kept.get(URL, "2")
    assert world.asked[ADDRESS] == 2
    world.on(ADDRESS, Answer(body=picture_of("other"), kind="image/jpeg"))
    assert kept.get(URL, "3") == picture_of("other")


@pytest.mark.parametrize("damage", ["changed", "empty", "missing", "no record", "damaged record", "old record"])
def test_what_is_kept_is_verified(world: World, client: PoliteClient, cache: Path, damage: str) -> None:
    KeptPictures(client).get(URL)
    file = kept_file(hashlib.sha256(picture_of(ADDRESS)).hexdigest())
    (record,) = (cache / "sources" / "pictures" / "addresses").glob("*/*.json")
    assert file is not None
    match damage:
        case "changed":
            file.write_bytes(picture_of("other"))
        case "empty":
            file.write_bytes(b"")
        case "missing":
            file.unlink()
        case "no record":
            record.unlink()
        case "damaged record":
            record.write_text(record.read_text()[:-9])
        case _:
            record.write_text('{"url": "https://a.example/x.jpg"}')
    assert KeptPictures(client).get(URL) == picture_of(ADDRESS)
    assert world.delivered[ADDRESS] == 2
    assert file.read_bytes() == picture_of(ADDRESS)


def test_a_gone_address_is_asked_again_after_thirty_days_or_if_wanted(
    world: World, client: PoliteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.on(ADDRESS, "gone")

    def cause(kept: KeptPictures, version: str = "") -> tuple[str, int | None, str]:
        with pytest.raises(FetchError) as caught:
            kept.get(URL, version)
        return caught.value.cause, caught.value.status, caught.value.host

    expected = (Cause.GONE, 404, "a.example")
    for version, asked in (("", 1), ("", 1), ("a newer version", 2)):
        assert cause(KeptPictures(client), version) == expected
        assert world.asked[ADDRESS] == asked
    monkeypatch.setattr(kept_pictures, "GONE_FOR", kept_pictures.GONE_FOR * 0)
    world.on(ADDRESS, Answer(body=picture_of("back"), kind="image/jpeg"))
    assert KeptPictures(client).get(URL, "a newer version") == picture_of("back")


def test_other_failures_are_asked_for_again_by_the_next_run(world: World, client: PoliteClient) -> None:
    world.on(ADDRESS, "forbidden")
    for _ in range(2):
        with pytest.raises(FetchError):
            KeptPictures(client).get(URL)
    assert world.asked[ADDRESS] == 2


def test_a_picture_that_fails_the_callers_check_is_not_kept(world: World, client: PoliteClient) -> None:
    def refuse(_content: bytes) -> str | None:
        raise FetchError("another size")

    with pytest.raises(FetchError, match="another size"):
        KeptPictures(client).get(URL, check=refuse)
    assert KeptPictures(client).kept(URL) is None


def test_a_damaged_picture_is_given_but_not_kept(world: World, client: PoliteClient) -> None:
    world.on(ADDRESS, "damaged")
    for requests in (2, 4):
        assert KeptPictures(client).get(URL) == ANSWERS["damaged"].body
        assert world.asked[ADDRESS] == requests
    world.on(ADDRESS, Answer(body=picture_of("mended"), kind="image/jpeg"))
    assert KeptPictures(client).get(URL) == KeptPictures(client).get(URL) == picture_of("mended")
    assert world.asked[ADDRESS] == 5


def test_a_document_is_kept_too(world: World, client: PoliteClient) -> None:
    world.on("a.example/info.json", Answer(body=b'{"width": 3}'))
    kept = KeptPictures(client)
    assert kept.get_document("https://a.example/info.json") == b'{"width": 3}'
    assert kept.get_document("https://a.example/info.json") == b'{"width": 3}'
    assert world.asked["a.example/info.json"] == 1


@pytest.mark.parametrize("format_name", ["PNG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "JPEG2000"])
def test_the_formats_that_can_be_shown_are_pictures(world: World, client: PoliteClient, format_name: str) -> None:
    import io

    from tests.support.made import made_picture

    body = io.BytesIO()
    made_picture(3).save(body, format_name)
    world.on(ADDRESS, Answer(body=body.getvalue(), kind="application/octet-stream"))
    assert KeptPictures(client).get(URL) == body.getvalue()
