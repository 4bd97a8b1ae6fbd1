"""A public server: its limits, and what a running one answers and refuses."""

import http.client
import json
import math
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from starlette.requests import HTTPConnection
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from artextract.collection import Collection
from artextract.settings import PUBLIC_VARIABLE
from artextract.trays.store import new_token
from artextract.ui.server.health import health
from artextract.ui.server.public_limits import Limits, TokenBuckets, limits_table
from artextract.ui.server.visitors import COOKIE, Visitor, visitor_of
from tests.support.running_app import RunningApp, running_app


@pytest.fixture(scope="module")
def server(ready_cache: Path) -> Iterator[RunningApp]:
    """A public server on "small"."""
    with running_app(ready_cache, **{PUBLIC_VARIABLE: "1"}) as app:
        yield app


def answer_of(url: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            return int(answer.status), bytes(answer.read())
    except HTTPError as error:
        return error.code, error.read()


def status_of(url: str, **headers: str) -> int:
    return answer_of(url, **headers)[0]


def eventually(url: str) -> bytes:
    """The answer, once the limits allow it again."""
    deadline = time.monotonic() + 60
    status, content = answer_of(url)
    while status == 429 and time.monotonic() < deadline:
        time.sleep(0.2)
        status, content = answer_of(url)
    assert status == 200
    return content


def metric(server: RunningApp, line: str) -> float:
    """The value of a line of the metrics, 0 if it isn't there."""
    text = eventually(f"{server.url}/artextract/metrics").decode()
    values = [one.rpartition(" ")[2] for one in text.splitlines() if one.startswith(line)]
    return float(values[0]) if values else 0.0


# The buckets.


ANNA, BEN = Visitor("anna", "192.0.2.1"), Visitor("ben", "192.0.2.1")


def test_a_bucket_gives_its_burst_and_then_what_it_gains() -> None:
    now = [0.0]
    buckets = TokenBuckets(((3, 0.5), (100, 1)), 10, clock=lambda: now[0])
    assert [buckets.spend(ANNA) for _ in range(3)] == [0, 0, 0]
    assert buckets.spend(ANNA) == 2.0
    assert buckets.spend(ANNA, 4) == math.inf
    now[0] = 2.0
    assert (buckets.spend(ANNA), buckets.spend(ANNA)) == (0.0, 2.0)
    assert buckets.spend(BEN) == 0.0


def test_many_visitors_of_one_address_share_its_bucket() -> None:
    buckets = TokenBuckets(((3, 1), (5, 1)), 100, clock=lambda: 0.0)
    waits = [buckets.spend(Visitor(f"made up {n}", "192.0.2.1")) for n in range(8)]
    assert [wait > 0 for wait in waits] == [False] * 5 + [True] * 3
    assert buckets.spend(Visitor("elsewhere", "192.0.2.2")) == 0.0


def test_the_least_recently_used_bucket_is_forgotten() -> None:
    buckets = TokenBuckets(((1, 0.1), (99, 1)), 3, clock=lambda: 0.0)
    for number in range(3):
        assert buckets.spend(Visitor(f"{number}", "192.0.2.1")) == 0.0
    assert buckets.spend(Visitor("2", "192.0.2.1")) > 0
    assert buckets.spend(Visitor("0", "192.0.2.1")) == 0.0


def visitor_from(host: str, cookie: str = "") -> Visitor:
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
    return visitor_of(HTTPConnection({"type": "http", "headers": headers, "client": (host, 1)}))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("not an address", "not an address", True),
    ],
)
def test_addresses_of_one_household_are_one(first: str, second: str, same: bool) -> None:
    assert (visitor_from(first) == visitor_from(second)) is same


def test_a_cookie_names_a_visitor_if_the_server_could_have_sent_it() -> None:
    token = new_token()
    assert visitor_from("192.0.2.1", token).name == token
    without = visitor_from("192.0.2.1")
    for made_up in ("x", token[:-1], f"{token}x", f"-{token[1:]}"):
        assert visitor_from("192.0.2.1", made_up) == without
    assert without.name == "without a cookie at 192.0.2.1"


def test_the_documentation_has_the_table_of_limits() -> None:
    page = (Path(__file__).parents[2] / "docs" / "public_server.md").read_text(encoding="utf-8")
    assert limits_table() in page, "run python -m artextract.ui.server.public_limits and copy the table"


def test_the_proxy_refuses_the_same_uploads() -> None:
    proxy = (Path(__file__).parents[2] / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert f"larger than {Limits().upload_size} MB" in proxy


# The running server.


def test_a_page_names_its_visitor_once(server: RunningApp) -> None:
    with urllib.request.urlopen(f"{server.url}/", timeout=30) as answer:
        cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    known = urllib.request.Request(f"{server.url}/", headers={"Cookie": cookie.partition(";")[0]})
    with urllib.request.urlopen(known, timeout=30) as answer:
        again = answer.headers.get_all("set-cookie")
    assert again == [cookie]  # one issuer, and the same length of life


def test_it_answers_to_its_own_names_only(server: RunningApp) -> None:
    place = urlsplit(server.url)
    websocket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    websocket["Sec-WebSocket-Key"] = "c29tZSBzaXh0ZWVuIGJ5dA=="

    def asked_as(host: str, path: str, **headers: str) -> int:
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
        connection.request("GET", path, headers={"Host": host, "Origin": f"http://{host}"} | headers)
        with closing(connection):
            return connection.getresponse().status

    for host in ("evil.example", f"evil.example:{place.port}"):
        assert [asked_as(host, path) for path in ("/", "/artextract/health", "/_stcore/health")] == [400] * 3
        assert asked_as(host, "/_stcore/stream", **websocket) == 403
    assert asked_as(f"127.0.0.1:{place.port}", "/_stcore/stream", **websocket) == 101


def test_it_says_how_it_is(server: RunningApp) -> None:
    found = json.loads(eventually(f"{server.url}/artextract/health"))
    assert (found["alive"], found["ready"], found["collections"]) == (True, True, 1)
    assert "/" not in json.dumps(found)


def test_a_server_without_collections_is_alive_but_not_ready(tmp_path: Path) -> None:
    with running_app(tmp_path, **{PUBLIC_VARIABLE: "1"}) as app:
        assert status_of(f"{app.url}/artextract/health") == 503


def test_the_free_space_is_known_before_there_is_a_cache_folder(cache: Path) -> None:
    health.clear()
    state = health()
    assert not cache.exists()
    assert (state.ready, state.disk_free_mib > 0) == (False, True)


def test_metrics_are_for_those_inside(server: RunningApp) -> None:
    address = f"{server.url}/artextract/metrics"
    text = eventually(address).decode()
    for name in (
        "artextract_requests_total",
        "artextract_refused_total",
        "artextract_work_seconds",
        "artextract_network_queue_length 0.0",
        "artextract_visitors",
        "process_resident_memory",
    ):
        assert name in text
    assert status_of(address, **{"X-Forwarded-For": "192.0.2.1"}) == 404


def test_an_upload_of_300_megabytes_is_refused_before_it_is_read(server: RunningApp) -> None:
    place = urlsplit(server.url)
    for headers, status, sentence in (
        ({"Content-Length": str(300 * 2**20)}, 413, b"larger than 20 MB"),
        ({"Transfer-Encoding": "chunked"}, 411, b"Content-Length"),
    ):
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
        connection.putrequest("PUT", "/_stcore/upload_file/session/file")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, sentence in answer.read()) == (status, True)
        connection.close()
    assert server.is_up


def test_uploads_are_counted_by_their_size(server: RunningApp) -> None:
    before = metric(server, 'artextract_refused_total{what="upload"}')
    place = urlsplit(server.url)
    seen = []
    for _ in range(5):  # of 19 MB each; none has a session, so none is taken
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
        connection.putrequest("PUT", "/_stcore/upload_file/session/file")
        connection.putheader("Content-Length", str(19 * 2**20))
        connection.endheaders()
        seen.append(connection.getresponse().status)
        connection.close()
    assert seen[0] != 429
    assert seen[-1] == 429
    assert metric(server, 'artextract_refused_total{what="upload"}') > before


def test_two_thousand_requests_in_a_burst_are_bounded_and_it_stays_up(server: RunningApp, ready: Collection) -> None:
    picture = f"/artextract/thumb/small/{ready.works()['image_sha256'].iloc[0]}.jpg"
    assert eventually(server.url + picture)
    place = urlsplit(server.url)
    refused = 'artextract_refused_total{what="thumb"}'
    before = metric(server, refused)

    def ask(part: int) -> Counter[int]:
        connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
        seen: Counter[int] = Counter()
        for number in range(250):  # each as from another address: it isn't believed
            forged = {"X-Forwarded-For": f"192.0.{part}.{number}"}
            connection.request("GET", picture, headers=forged)
            answer = connection.getresponse()
            answer.read()
            seen[answer.status] += 1
        connection.close()
        return seen

    with ThreadPoolExecutor(8) as people:
        answers = sum(people.map(ask, range(8)), Counter())
    assert set(answers) == {200, 429}
    assert server.is_up
    assert metric(server, refused) - before == answers[429]
    assert eventually(server.url + picture)


def test_nobody_clears_what_all_share_and_connections_are_bounded(server: RunningApp) -> None:
    stream = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        socket.send(BackMsg(clear_cache=True).SerializeToString())
        deadline = time.monotonic() + 20
        refused = 'artextract_refused_total{what="message"}'
        while not metric(server, refused) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert metric(server, refused) == 1
    refused_at = None
    for number in range(60):
        try:
            with connect(stream, subprotocols=["streamlit"]):  # type: ignore[list-item]
                pass
        except InvalidStatus:
            refused_at = number
            break
    assert refused_at is not None
    assert server.is_up
