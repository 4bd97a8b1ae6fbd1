"""What the server answers of trays, and to whom."""

import csv
import io
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from iiif_prezi3 import Manifest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.settings import PUBLIC_VARIABLE, trays_dir
from artextract.trays import store
from artextract.trays.store import TrayStore, new_token
from artextract.ui.server import public_limits
from artextract.ui.server.routes import routes
from artextract.ui.server.tray_routes import tray_routes
from artextract.ui.server.visitors import COOKIE, COOKIE_DAYS, VisitorCookie
from artextract.ui.work_text import NOT_AVAILABLE

FILES = ("works.csv", "manifest.json", "page.html", "pictures.zip", "works.xlsx")
ROOT = Path(__file__).parents[2]
SCRIPT = "<img src=x onerror=alert(1)>"


def _page(_request: Request) -> Response:
    return HTMLResponse("<p>the app</p>")


APP = Starlette(
    routes=[Route("/", _page), Mount("/artextract", routes=tray_routes())], middleware=[Middleware(VisitorCookie)]
)


def browser() -> TestClient:
    """Somebody's browser, which has opened the app."""
    client = TestClient(APP)
    client.get("/")
    return client


def send(client: TestClient, change: dict[str, Any] | None, tray: int | None = None) -> Any:
    answer = client.post("/artextract/tray", json={"tray": tray, "change": change, "whole": True})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def ids(few: Collection) -> list[str]:
    """The works of "small"."""
    return list(few.works()["id"])


def test_a_browser_is_known_by_a_cookie_that_scripts_and_other_sites_cannot_use() -> None:
    client = TestClient(APP)
    first = client.get("/").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={COOKIE_DAYS * 86400}"} <= set(first.split("; "))
    assert "Secure" not in first
    assert "Secure" in TestClient(APP, base_url="https://host").get("/").headers["set-cookie"]
    assert client.get("/").headers["set-cookie"].split(";")[0] == first.split(";")[0]
    assert browser().cookies[COOKIE] != client.cookies[COOKIE]
    client.cookies.set(COOKIE, "guessed; nothing")
    assert "guessed" not in client.get("/").headers["set-cookie"]
    assert "set-cookie" not in client.get("/artextract/tray/x/works.csv").headers


def test_the_documentation_says_how_long_the_cookie_lasts() -> None:
    page = (ROOT / "docs" / "public_server.md").read_text(encoding="utf-8")
    assert f"for {COOKIE_DAYS} days" in page


def test_a_tray_is_filled_ordered_annotated_and_named(ids: list[str]) -> None:
    client = browser()
    assert send(client, None) == {"id": None, "name": "", "count": 0, "items": []}
    assert send(client, {"do": "remove", "collection": "small", "works": ids[:1]})["id"] is None
    add = {"do": "add", "collection": "small", "works": ids[:3]}
    made = send(client, add)
    assert send(client, add) == made  # a change that arrives twice changes nothing more
    first = made["items"][0]
    assert first["picture"].startswith("/artextract/thumb/small/")
    assert (made["name"], made["count"]) == ("My tray", 3)

    def change(do: str, work: str, **what: Any) -> Any:
        return send(client, {"do": do, "collection": "small", "works": [work], **what}, made["id"])

    change("move", ids[2], before=["small", ids[0]])
    change("note", ids[0], note=SCRIPT)
    now = change("remove", ids[1])
    assert [(item["work"], item["note"]) for item in now["items"]] == [(ids[2], ""), (ids[0], SCRIPT)]
    restored = change("add", ids[1], note="N", before=["small", ids[0]])
    assert [item["work"] for item in restored["items"]] == [ids[2], ids[1], ids[0]]
    # Another tab of the same browser sees it, another browser does not.
    assert send(client, None) == restored
    assert send(browser(), None)["count"] == 0


def test_invalid_changes_are_refused(ids: list[str]) -> None:
    client = browser()
    mine = send(client, {"do": "add", "collection": "small", "works": ids[:1]})
    stranger = browser()

    def error_of(by: TestClient, status: int, **sent: Any) -> str:
        answer = by.post("/artextract/tray", **sent)
        assert answer.status_code == status
        return str(answer.json()["error"])

    add = {"do": "add", "collection": "small", "works": ids[:1]}
    assert "is not yours" in error_of(stranger, 409, json={"tray": mine["id"], "change": add})
    assert "is not yours" in error_of(stranger, 409, json={"tray": mine["id"], "change": None})
    assert "blocks cookies" in error_of(TestClient(APP), 403, json={"change": add})
    sent = {"content": '{"change": null}', "headers": {"content-type": "Application/JSON; charset=utf-8"}}
    assert client.post("/artextract/tray", **sent).status_code == 200
    sent["headers"] = {"content-type": "text/plain"}
    assert "JSON" in error_of(client, 415, **sent)
    for change in ({"do": "drop"}, add | {"before": ["x"]}, add | {"works": []}, {"do": "remove"}, "x", [1]):
        error_of(client, 400, json={"change": change})
    error_of(client, 400, json={"change": add, "tray": 2**70})
    error_of(client, 400, content=b"\xff{", headers={"content-type": "application/json"})
    assert "too large" in error_of(client, 413, json={"change": add | {"do": "note", "note": "x" * 2**20}})
    assert "no collection called gone" in error_of(client, 409, json={"change": add | {"collection": "gone"}})
    assert "not contain the work nobody" in error_of(client, 409, json={"change": add | {"works": ["nobody"]}})
    assert send(client, None) == mine


def test_a_public_server_names_no_path(
    few: Collection, ids: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    client = browser()
    add = {"do": "add", "collection": "small", "works": ids[:1]}
    send(client, add)
    tray = TrayStore().current(client.cookies[COOKIE])
    assert tray is not None
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")

    def damaged(_name: str) -> Collection:
        raise CollectionError(f"The file {few.root / 'works.parquet'} is damaged.")

    monkeypatch.setattr(Collection, "open", damaged)
    answers = [client.post("/artextract/tray", json={"change": None, "whole": True})]
    answers += [client.get(f"/artextract/tray/{tray.link_token}/{file}") for file in FILES[:3]]
    read_me = zipfile.ZipFile(io.BytesIO(client.get(f"/artextract/tray/{tray.link_token}/pictures.zip").content))
    texts = [answer.text for answer in answers] + [read_me.read("READ ME.txt").decode()]
    for file in trays_dir().iterdir():
        file.write_bytes(b"nonsense" * 999)
    broken = client.post("/artextract/tray", json={"change": None})
    assert (broken.status_code, broken.json()["error"]) == (409, NOT_AVAILABLE)
    texts.append(client.get(f"/artextract/tray/{tray.link_token}/works.csv").text)
    assert all(NOT_AVAILABLE in text for text in texts)
    assert not any(str(tmp_path) in text for text in texts)


def test_a_link_gives_the_exports_and_a_guessed_one_a_sentence(ids: list[str]) -> None:
    client = browser()
    made = send(client, {"do": "add", "collection": "small", "works": ids[:2]})
    visitor = client.cookies[COOKIE]
    TrayStore().rename(visitor, made["id"], "Winter/„Eis“")
    send(client, {"do": "note", "collection": "small", "works": ids[:1], "note": SCRIPT})
    tray = TrayStore().current(visitor)
    assert tray is not None
    colleague = TestClient(APP)

    def get(file: str, token: str = tray.link_token) -> Any:
        answer = colleague.get(f"/artextract/tray/{token}/{file}")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        return answer

    table = get("works.csv")
    assert "filename*=UTF-8''Winter%20Eis.csv" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ids[:2]
    manifest = get("manifest.json")
    assert manifest.headers["access-control-allow-origin"] == "*"
    assert len(Manifest(**manifest.json()).items) == 2
    assert manifest.json()["id"] == f"http://testserver/artextract/tray/{tray.link_token}/manifest.json"
    page = get("page.html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert SCRIPT not in page.text and "&lt;img src=x" in page.text
    assert zipfile.ZipFile(io.BytesIO(get("pictures.zip").content)).namelist() == ["READ ME.txt"]

    for token in (new_token(), str(tray.id), "%25", "' OR 1=1 --", visitor):
        for file in FILES:
            answer = get(file, token)
            assert answer.status_code == 404
            assert answer.text.startswith("No tray has this link.")
    assert get("secrets.txt").status_code == 404
    assert colleague.get("/artextract/tray").status_code == 405


def test_viewers_on_other_sites_may_show_the_pictures_of_a_manifest(ready: Collection) -> None:
    sha256 = ready.works()["image_sha256"].iloc[0]
    for picture in (f"view/small/{sha256}.jpg", "gone.jpg"):
        answer = TestClient(Starlette(routes=routes())).get(f"/artextract/{picture}")
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["content-type"] == "image/jpeg"


def test_a_change_is_sent_again_while_the_file_is_locked(ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    add = {"do": "add", "collection": "small", "works": ids[:1]}
    send(client, add)
    monkeypatch.setattr(store, "WAIT", 0.01)
    with closing(sqlite3.connect(trays_dir() / "trays.sqlite3", isolation_level=None)) as backup:
        backup.execute("BEGIN EXCLUSIVE")
        refused = client.post("/artextract/tray", json={"change": add | {"works": ids[1:2]}})
        assert (refused.status_code, "Try again" in refused.json()["error"]) == (503, True)
        backup.execute("ROLLBACK")
    assert send(client, add | {"works": ids[1:2]})["count"] == 2


def test_the_archive_needs_no_disk_and_is_bounded(
    few: Collection, ids: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    works = few.works()
    works["licence"] = "Public Domain"
    few.write_works(works)
    client = browser()
    send(client, {"do": "add", "collection": "small", "works": ids})
    tray = TrayStore().current(client.cookies[COOKIE])
    assert tray is not None
    address = f"/artextract/tray/{tray.link_token}/pictures.zip"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    answer = client.get(address)
    assert len(zipfile.ZipFile(io.BytesIO(answer.content)).namelist()) == len(ids) + 1
    monkeypatch.setattr(public_limits, "LIMITER", public_limits.RateLimiter(public_limits.Limits(tray_pictures=0)))
    assert client.get(address).content == answer.content  # at home there is no limit
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    answer = client.get(address)
    assert (answer.status_code, "Divide the tray" in answer.text) == (413, True)
