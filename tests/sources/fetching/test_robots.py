"""robots.txt as RFC 9309 has it."""

import pytest

from artextract.sources.fetching.http_responses import FetchedBody, FetchError, ServerRefusedError, Stamp
from artextract.sources.fetching.robots import RobotsFiles


def robots(text: str) -> RobotsFiles:
    return RobotsFiles(lambda _url, _limit: FetchedBody(text.encode(), Stamp()))


def allows(text: str, path: str) -> bool:
    try:
        robots(text).check(f"https://gallery.example{path}")
    except FetchError as error:
        assert "asks programs not to fetch" in str(error)
        return False
    return True


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /iiif\nAllow: /iiif/open\n", "/iiif/open/1.jpg", True),  # the longest match wins
        ("User-agent: *\nAllow: /iiif\nDisallow: /iiif/private\n", "/iiif/private/1.jpg", False),
        ("User-agent: *\nAllow: /a\nDisallow: /a\n", "/a", True),  # of equal length: allowed
        ("User-agent: *\nDisallow: /*/full/*.tif\n", "/iiif/full/1.tif", False),  # wildcards
        ("User-agent: *\nDisallow: /*/full/*.tif\n", "/iiif/full/1.jpg", True),
        ("User-agent: *\nDisallow: /*.jpg$\n", "/1.jpg", False),  # the end of the path
        ("User-agent: *\nDisallow: /*.jpg$\n", "/1.jpg?size=2", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: artextract\nAllow: /\n", "/x", True),  # groups
        ("User-agent: *\nAllow: /\n\nUser-agent: ArtExtract\nDisallow: /x\n", "/x", False),
        ("User-agent: other\nDisallow: /\n", "/x", True),
        ("User-agent: ArtExtract\nDisallow: /a\n\nUser-agent: ArtExtract\nDisallow: /b\n", "/a", False),  # two groups
        ("", "/x", True),
    ],
)
def test_the_rules_of_rfc_9309(text: str, path: str, allowed: bool) -> None:
    assert allows(text, path) is allowed


def test_a_pause_may_have_decimals_and_belongs_to_its_group() -> None:
    text = "User-agent: *\nCrawl-delay: 9\n\nUser-agent: ArtExtract\nCrawl-delay: 0.25\n"
    assert robots(text).check("https://gallery.example/x") == 0.25
    assert robots("User-agent: *\nDisallow: /y\n").check("https://gallery.example/x") == 0


def test_a_server_without_the_file_allows_everything_and_is_asked_once() -> None:
    requests = []

    def refuse(url: str, _limit: int) -> FetchedBody:
        requests.append(url)
        raise ServerRefusedError("404")

    files = RobotsFiles(refuse)
    assert files.check("https://gallery.example/x") == files.check("https://gallery.example/y") == 0
    assert requests == ["https://gallery.example/robots.txt"]


def test_a_file_that_is_not_available_allows_nothing() -> None:
    def fail(_url: str, _limit: int) -> FetchedBody:
        raise FetchError("the server answered 500")

    with pytest.raises(FetchError, match="answered 500"):
        RobotsFiles(fail).check("https://gallery.example/x")
