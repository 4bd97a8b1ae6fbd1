"""The polite client against a server that misbehaves on purpose."""

import gzip
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import chain, repeat
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from artextract.settings import HOSTS_VARIABLE
from artextract.sources.fetching import http_responses, polite_client
from artextract.sources.fetching.checks import retry_after
from artextract.sources.fetching.http_responses import FetchError, Stamp
from artextract.sources.fetching.polite_client import PoliteClient
from tests.support.gallery_server import StandIn

PICTURE = "/iiif/image-1/full/!40,40/0/default.jpg"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "objects.csv").write_text("objectid\n" + "1\n" * 5000)
    with StandIn(tables) as standing:
        monkeypatch.setenv(HOSTS_VARIABLE, standing.host)
        yield standing


@pytest.fixture
def client(house: StandIn) -> Iterator[PoliteClient]:
    opened = PoliteClient()
    yield opened
    opened.close()


def faulty(house: StandIn, kind: str) -> None:
    house.fault_rate, house.faults = 1.0, (kind,)


def test_what_did_not_change_is_not_sent_again(house: StandIn, client: PoliteClient) -> None:
    answer = client.get(house.url + PICTURE, 10**6)
    assert answer is not None
    assert answer.content.startswith(b"\xff\xd8")
    assert client.get(house.url + PICTURE, 10**6, answer.stamp) is None
    assert client.get(house.url + PICTURE, 10**6, Stamp(etag='"another"')) is not None
    assert house.log.unchanged[PICTURE] == 1


def test_it_says_who_it_is(house: StandIn, client: PoliteClient) -> None:
    client.get(house.url + PICTURE, 10**6)
    assert all(agent.startswith("ArtExtract/") for agent in house.log.agents)


@pytest.mark.parametrize("kind", ["error", "cut", "elsewhere"])
def test_a_passing_fault_is_tried_again(
    house: StandIn, client: PoliteClient, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty(house, kind)
    timer = threading.Timer(0.4, lambda: setattr(house, "fault_rate", 0.0))
    timer.start()
    assert client.get(house.url + PICTURE, 10**6) is not None
    assert house.log.faults[kind] >= 1


def test_a_lasting_fault_is_one_sentence(house: StandIn, client: PoliteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_responses.RetryableError, "attempts", 2)
    for kind, sentence in (
        ("error", "kept answering 500"),
        ("cut", "the connection broke"),
        ("elsewhere", "allow-list"),
    ):
        faulty(house, kind)
        with pytest.raises(FetchError, match=sentence):
            client.get(house.url + PICTURE, 10**6)


def test_a_busy_server_is_left_alone_as_long_as_it_asks(house: StandIn, client: PoliteClient) -> None:
    faulty(house, "busy")
    threading.Timer(0.2, lambda: setattr(house, "fault_rate", 0.0)).start()
    threads = [threading.Thread(target=client.get, args=(house.url + PICTURE, 10**6)) for _ in range(6)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began > 0.9
    assert house.log.too_soon == 0
    assert house.log.delivered[PICTURE] == 6


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), (" 12 ", 12), ("", None), (None, None), ("soon", None)])
def test_how_long_a_server_asks_to_wait(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_a_server_may_name_the_time_itself() -> None:
    now = datetime.now(UTC)
    assert retry_after(format_datetime(now + timedelta(seconds=90))) == pytest.approx(90, abs=30)
    assert retry_after(format_datetime(now - timedelta(days=1))) == 0


def test_who_asks_for_an_hour_is_left_for_another_day(
    house: StandIn, client: PoliteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.gallery_server.RETRY_AFTER", 3600)
    faulty(house, "busy")
    with pytest.raises(FetchError, match="asks to wait 60 minutes"):
        client.get(house.url + PICTURE, 10**6)
    with pytest.raises(FetchError, match="asks to wait"):
        client.get(house.url + "/robots.txt", 10**6)
    assert house.log.asked["/robots.txt"] == 0


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("file:///etc/passwd", "not an http"),
        ("ftp://api.nga.gov/x", "not an http"),
        ("nonsense", "not an http"),
        ("", "not an http"),
        ("http://169.254.169.254/x", "allow-list"),
        ("http://127.0.0.1:1/x", "allow-list"),
        ("http://[::1/x", "not an address"),
    ],
)
def test_an_address_is_data_not_trust(client: PoliteClient, address: str, sentence: str) -> None:
    with pytest.raises(FetchError, match=sentence):
        client.get(address, 100)


def test_a_body_beyond_the_limit_is_cut_off(house: StandIn, client: PoliteClient) -> None:
    with pytest.raises(FetchError, match="are more than the 100 expected"):
        client.get(house.url + PICTURE, 100)
    assert house.log.asked[PICTURE] == 1  # and isn't asked for again


def test_what_the_server_refuses_is_not_asked_again(house: StandIn, client: PoliteClient) -> None:
    with pytest.raises(FetchError, match="answered 404"):
        client.get(house.url + "/nothing", 100)
    assert house.log.asked["/nothing"] == 1


def test_a_table_comes_compressed_and_only_if_it_changed(house: StandIn, client: PoliteClient, tmp_path: Path) -> None:
    file, address = tmp_path / "objects.csv.gz", house.url + "/data/objects.csv"
    client.download(address, file, 10**6)
    assert gzip.decompress(file.read_bytes()) == (house.tables / "objects.csv").read_bytes()
    client.download(address, file, 10**6)
    assert house.log.unchanged["/data/objects.csv"] == 1
    (house.tables / "objects.csv").write_text("objectid\n2\n")
    client.download(address, file, 10**6)
    assert gzip.decompress(file.read_bytes()) == b"objectid\n2\n"


def test_robots_txt_is_kept_to(house: StandIn, client: PoliteClient) -> None:
    client.follow_robots(house.url + PICTURE)
    client.follow_robots(house.url + PICTURE)
    with pytest.raises(FetchError, match="asks programs not to fetch"):
        client.follow_robots(house.url + "/private/x.jpg")
    assert house.log.asked["/robots.txt"] == 1


def test_a_pause_that_robots_txt_asks_for_is_made(house: StandIn, client: PoliteClient) -> None:
    house.robots = "User-agent: *\nCrawl-delay: 1\n"
    client.follow_robots(house.url + PICTURE)
    began = time.monotonic()
    for _ in range(3):
        client.get(house.url + PICTURE, 10**6)
    assert time.monotonic() - began > 1.9


def test_without_a_network_it_says_so_soon_and_once(monkeypatch: pytest.MonkeyPatch, house: StandIn) -> None:
    monkeypatch.setenv(HOSTS_VARIABLE, "127.0.0.1:9")
    client = PoliteClient()
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 cannot be reached\. Check the network"):
        client.get("http://127.0.0.1:9/x", 100)
    monkeypatch.setattr(client, "_request", lambda *_: pytest.fail("asked again"))
    with pytest.raises(FetchError, match="cannot be reached"):
        client.get("http://127.0.0.1:9/y", 100)


def test_closing_ends_the_waiting(house: StandIn) -> None:
    client = PoliteClient()
    faulty(house, "busy")
    threading.Timer(0.3, client.close).start()
    with pytest.raises(FetchError, match="Stopped"):
        client.get(house.url + PICTURE, 10**6)


@contextmanager
def dripping(monkeypatch: pytest.MonkeyPatch, answer: Callable[[int], Iterable[bytes]]) -> Iterator[str]:
    """The address of a server that pauses after each piece of its answer.

    Args:
        monkeypatch: puts it on the allow-list.
        answer: the pieces of the answer to the n-th request of a connection, from 0.
    """

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            number = 0
            try:
                while self.request.recv(65536):
                    for piece in answer(number):
                        self.request.sendall(piece)
                        time.sleep(0.02)
                    number += 1
            except OSError:  # its guest has gone
                pass

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        host = f"127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv(HOSTS_VARIABLE, host)
        yield f"http://{host}/x.jpg"
        server.shutdown()


def ever(start: bytes, piece: bytes) -> Callable[[int], Iterable[bytes]]:
    return lambda _number: chain([start], repeat(piece))


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "answer",
    [
        ever(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ever(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        ever(CHUNKED, b"1\r\nx\r\n"),
        ever(CHUNKED + b"1;", b"x"),
        ever(CHUNKED + b"0\r\nX: ", b"x"),
        lambda _: (b"HTTP/1.1 302 Found\r\nX: ", *[b"x"] * 9, b"\r\nLocation: /y.jpg\r\n\r\n"),
    ],
    ids=["header", "interim answers", "body", "chunks", "chunk size", "trailer", "redirects"],
)
def test_who_drips_is_left_when_the_deadline_is_over(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[int], Iterable[bytes]], tmp_path: Path
) -> None:
    monkeypatch.setattr(http_responses.RetryableError, "attempts", 1)
    with dripping(monkeypatch, answer) as address:
        monkeypatch.setattr(polite_client, "DEADLINE", 0.5)
        client = PoliteClient()
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"[xy]\.jpg: the response was too slow\."):
            client.get(address, 10**6)
        with pytest.raises(FetchError, match=r"[xy]\.jpg: the response was too slow\."):
            client.download(address, tmp_path / "x.gz", 10**6)
        assert 0.9 < time.monotonic() - began < 5
        client.close()


@pytest.mark.timeout(30)
def test_the_deadline_holds_on_a_connection_that_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_responses.RetryableError, "attempts", 1)
    asked = []

    def answer(number: int) -> Iterable[bytes]:
        asked.append(number)
        if number == 0:
            return [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]
        return chain([b"HTTP/1.1 200 OK\r\nX: "], repeat(b"x"))

    with dripping(monkeypatch, answer) as address:
        monkeypatch.setattr(polite_client, "DEADLINE", 0.5)
        client = PoliteClient()
        assert client.get(address, 10**6) is not None
        with pytest.raises(FetchError, match="response was too slow"):
            client.get(address, 10**6)
        assert asked == [0, 1]  # both by one connection
        client.close()


def test_a_long_answer_has_the_time_that_its_bytes_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_responses, "SLOWEST", 100)
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
    with dripping(monkeypatch, lambda _: [start, *[b"0123456789"] * 40]) as address:
        monkeypatch.setattr(polite_client, "DEADLINE", 0.4)
        client = PoliteClient()
        began = time.monotonic()
        assert client.get(address, 10**6) is not None
        assert time.monotonic() - began > 0.7  # longer than the deadline by itself
        client.close()
