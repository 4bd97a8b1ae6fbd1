"""Many hosts at once: each has its own pace, its own faults and its own end."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from artextract.errors import SourceError
from artextract.settings import CONTACT_VARIABLE, HOSTS_VARIABLE, contact
from artextract.sources.fetching import hosts, polite_client
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, RetryableError
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from tests.support.world import Answer, World, picture_of


@pytest.fixture
def client(world: World) -> Iterator[PoliteClient]:
    opened = PoliteClient(any_public=True)
    yield opened
    opened.close()


@pytest.fixture
def pictures(client: PoliteClient) -> KeptPictures:
    return KeptPictures(client)


def why_not(pictures: KeptPictures, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        pictures.get(url)
    return caught.value


@pytest.mark.parametrize(
    ("rule", "cause", "status", "requests"),
    [
        ("forbidden", Cause.REFUSED, 403, 1),
        ("login", Cause.LOGIN, 401, 1),
        ("browser check", Cause.BROWSER_CHECK, 403, 1),
        ("browser check 200", Cause.BROWSER_CHECK, 200, 1),
        ("gone", Cause.GONE, 404, 1),
        ("wrong size", Cause.SIZE, 400, 1),
        ("busy for an hour", Cause.TOO_MANY, 429, 1),
        ("error", Cause.SERVER_ERROR, 500, 2),
        ("cut", Cause.NO_ANSWER, None, 2),
        ("empty", Cause.NOT_A_PICTURE, 200, 1),
        ("page", Cause.NOT_A_PICTURE, 200, 1),
        ("page called a picture", Cause.NOT_A_PICTURE, 200, 1),
        ("json", Cause.NOT_A_PICTURE, 200, 1),
        ("film", Cause.FILM, 200, 1),
        ("pdf", Cause.FILM, 200, 1),
        (Answer(200, b"8BPS\0\1" + bytes(99), "image/vnd.adobe.photoshop"), Cause.NOT_A_PICTURE, 200, 1),
        (Answer(200, b"\n\n<svg xmlns=", "image/svg+xml"), Cause.NOT_A_PICTURE, 200, 1),
        (Answer(200, b"\n", "image/jpeg"), Cause.NOT_A_PICTURE, 200, 1),
        (Answer(200, b"OggS" + bytes(99), "application/ogg"), Cause.FILM, 200, 1),
        (Answer(200, b"\xff\xd8" + bytes(41 * 2**20), "image/jpeg"), Cause.TOO_LARGE, 200, 1),
        (Answer(200, bytes.fromhex("00000018667479706d703432") + bytes(99), "image/jpeg"), Cause.FILM, 200, 1),
        (Answer(302, kind="text/plain", headers={"Location": "http://10.0.0.1/x"}), Cause.HOST_NOT_ALLOWED, None, 1),
        (Answer(302, kind="text/plain", headers={"Location": "https://in.example/"}), Cause.HOST_NOT_ALLOWED, None, 1),
        ("-> https://a.example/x.jpg", Cause.REFUSED, None, 6),
    ],
)
def test_each_failure_has_its_cause(
    world: World,
    pictures: KeptPictures,
    rule: str | Answer,
    cause: Cause,
    status: int | None,
    requests: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RetryableError, "attempts", 2)
    world.on("in.example", "private")
    world.on("a.example/x.jpg", rule)
    error = why_not(pictures, "https://a.example/x.jpg")
    assert (error.cause, error.status) == (cause, status)
    assert error.host
    assert world.asked["a.example/x.jpg"] == requests
    assert pictures.get("https://a.example/other.jpg") if cause != Cause.TOO_MANY else True


@pytest.mark.parametrize("rule", ["dead", "refused", "unknown", "silent"])
def test_a_host_that_does_not_answer_ends_in_seconds_and_alone(
    world: World, pictures: KeptPictures, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = polite_client.httpx2.Timeout(0.5)
    monkeypatch.setattr(polite_client, "FIRST_PATIENCE", patience)
    world.on("dead.example", rule)
    with ThreadPoolExecutor(32) as pool:
        began = time.monotonic()
        dead = [pool.submit(why_not, pictures, f"http://dead.example/{n}.jpg") for n in range(50)]
        alive = [pool.submit(pictures.get, f"http://alive.example/{n}.jpg") for n in range(50)]
        assert {done.result().cause for done in dead} == {Cause.NO_ANSWER}
        assert all(done.result() for done in alive)
        assert time.monotonic() - began < 30
    assert sum(n for address, n in world.asked.items() if address.startswith("dead")) <= 3


def test_a_host_is_left_after_twenty_like_failures_and_the_others_go_on(world: World, client: PoliteClient) -> None:
    world.on("no.example", "forbidden")
    pictures = KeptPictures(client)
    errors = [why_not(pictures, f"https://no.example/{n}.jpg") for n in range(60)]
    asked = sum(n for address, n in world.asked.items() if address.endswith(".jpg"))
    assert asked == hosts.FAILURES
    assert {(error.cause, error.host, error.status) for error in errors} == {(Cause.REFUSED, "no.example", 403)}
    assert "the rest was skipped" in str(errors[-1])
    assert pictures.get("https://yes.example/1.jpg") == picture_of("yes.example/1.jpg")


def test_failures_of_different_kinds_or_with_pictures_between_leave_no_host(
    world: World, pictures: KeptPictures
) -> None:
    for number in range(45):
        world.on(f"a.example/{number}.jpg", ("forbidden", "page")[number % 2])
        world.on(f"b.example/{number}.jpg", "forbidden" if number % 15 else "slow")
        world.on(f"c.example/{number}.jpg", "pdf")
    for number in range(45):
        why_not(pictures, f"https://a.example/{number}.jpg")
        why_not(pictures, f"https://c.example/{number}.jpg")
        if number % 15:
            why_not(pictures, f"https://b.example/{number}.jpg")
        else:
            pictures.get(f"https://b.example/{number}.jpg")
    for host in "abc":
        assert pictures.get(f"https://{host}.example/good.jpg")


def test_a_host_that_asks_to_wait_again_and_again_is_left(
    world: World, pictures: KeptPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polite_client, "LONGEST_WAIT", 1.5)
    world.on("a.example", "busy")
    assert why_not(pictures, "https://a.example/1.jpg").cause == Cause.TOO_MANY
    assert why_not(pictures, "https://a.example/2.jpg").cause == Cause.TOO_MANY
    assert world.asked["a.example/1.jpg"] + world.asked["a.example/2.jpg"] == 2


def test_two_connections_to_a_host_however_many_threads(world: World, pictures: KeptPictures) -> None:
    world.delay = 0.02
    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(pictures.get, [f"https://{'ab'[n % 2]}.example/{n}.jpg" for n in range(60)]))
    assert set(world.most_at_once.values()) == {2}


def test_the_pause_of_one_host_delays_no_other(world: World, pictures: KeptPictures) -> None:
    world.on("slow.example/robots.txt", Answer(200, b"User-agent: *\nCrawl-delay: 1\n", "text/plain"))
    pictures.get("https://slow.example/0.jpg")
    waiting = threading.Thread(target=lambda: [pictures.get(f"https://slow.example/{n}.jpg") for n in (1, 2)])
    waiting.start()
    for number in range(20):
        pictures.get(f"https://quick.example/{number}.jpg")
    assert waiting.is_alive()
    waiting.join()


def test_robots_txt_is_kept_to_also_after_a_redirect(world: World, pictures: KeptPictures) -> None:
    rules = b"User-agent: *\nDisallow: /private/\n"
    world.on("b.example/robots.txt", Answer(200, rules, "text/plain"))
    world.on("a.example/x.jpg", "-> https://b.example/private/x.jpg")
    for url in ("https://b.example/private/y.jpg", "https://a.example/x.jpg"):
        assert why_not(pictures, url).cause == Cause.ROBOTS
    assert not [address for address in world.asked if "private" in address]


@pytest.mark.parametrize(("rule", "allowed"), [("forbidden", True), ("error", False)])
def test_a_robots_txt_that_cannot_be_read_is_the_matter_of_its_host(
    world: World, pictures: KeptPictures, rule: str, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9309, section 2.3.1: 4xx allows everything, 5xx nothing."""
    monkeypatch.setattr(RetryableError, "attempts", 2)
    world.on("a.example/robots.txt", rule)
    if allowed:
        assert pictures.get("https://a.example/x.jpg")
    else:
        assert [why_not(pictures, f"https://a.example/{n}.jpg").cause for n in range(3)] == [Cause.SERVER_ERROR] * 3
        assert world.asked["a.example/robots.txt"] == 2
    assert pictures.get("https://b.example/x.jpg")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.jpg",
        "http://127.0.0.1:9/x.jpg",
        "http://[::1]/x.jpg",
        "http://[::ffff:10.0.0.1]/x.jpg",
        "http://[64:ff9b::a00:1]/x.jpg",
        "http://10.1.2.3/x.jpg",
        "http://169.254.169.254/latest/meta-data",
        "http://224.0.0.1/x.jpg",
        "http://0.0.0.0/x.jpg",
        "http://localhost/x.jpg",
        "http://a.localhost/x.jpg",
        "http://in.example/x.jpg",
        "http://a.example:8080/x.jpg",
        "ftp://a.example/x.jpg",
        "file:///etc/passwd",
        "x.jpg",
        "http://[::1/x.jpg",
        "http://a.example:99999/x.jpg",
    ],
)
def test_only_public_hosts_are_asked(world: World, pictures: KeptPictures, url: str) -> None:
    world.on("in.example", "private")
    assert why_not(pictures, url).cause == Cause.HOST_NOT_ALLOWED
    assert not world.asked


def test_a_private_host_is_asked_if_the_person_names_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    host = f"127.0.0.1:{world._http.server_address[1]}"
    monkeypatch.setenv(HOSTS_VARIABLE, host)
    client = PoliteClient(any_public=True)
    assert KeptPictures(client).get(f"http://{host}/x.jpg")
    assert KeptPictures(client).get("https://a.example/x.jpg")
    client.close()


def test_a_host_that_demands_a_contact_is_not_asked_without_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://upload.wikimedia.org/x.jpg"
    client = PoliteClient(any_public=True)
    error = why_not(KeptPictures(client), url)
    assert (error.cause, error.host) == (Cause.NO_CONTACT, "upload.wikimedia.org")
    assert CONTACT_VARIABLE in str(error)
    assert not world.asked
    client.close()
    monkeypatch.setenv(CONTACT_VARIABLE, "me@example.org")
    client = PoliteClient(any_public=True)
    assert KeptPictures(client).get(url)
    assert KeptPictures(client).get("https://www.artic.edu/x.jpg")
    client.close()
    assert world.headers["upload.wikimedia.org"]["User-Agent"].endswith("(gallery explorer; +me@example.org)")
    assert "me@example.org" in world.headers["www.artic.edu"]["AIC-User-Agent"]


@pytest.mark.parametrize("named", ["me@example.org", "https://example.org/~me", " a.b+c@x.example.org ", ""])
def test_a_contact_is_an_address(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONTACT_VARIABLE, named)
    assert contact() == named.strip()


@pytest.mark.parametrize("named", ["me", "me@", "a@b\nX: y", "http://a b", "me (at) x.org", "ä@x.org", "http://a)x"])
def test_another_contact_is_one_sentence(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONTACT_VARIABLE, named)
    with pytest.raises(SourceError, match=CONTACT_VARIABLE):
        PoliteClient(any_public=True)
