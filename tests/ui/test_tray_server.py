"""What the server answers of trays, and to whom."""

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from iiif_prezi3 import Manifest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from artextract.collection import Collection
from artextract.trays.store import TrayStore
from artextract.trays.tray import new_token
from artextract.ui.server.trays import tray_routes
from artextract.ui.server.visitors import COOKIE, VisitorCookie

SCRIPT = "<img src=x onerror=alert(1)>"


def _page(_request: Request) -> Response:
    return HTMLResponse("<p>the app</p>")


APP = Starlette(
    routes=[Route("/", _page), *tray_routes("/artextract")],
    middleware=[Middleware(VisitorCookie)],
)


def browser() -> TestClient:
    """Somebody's browser, which has opened the app."""
    client = TestClient(APP)
    client.get("/")
    return client


def tell(client: TestClient, change: dict[str, Any] | None, tray: int | None = None) -> Any:
    asked = {"tray": tray, "change": change, "whole": True}
    answer = client.post("/artextract/tray", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def ids(few: Collection) -> list[str]:
    """The works of "small"."""
    return list(few.works()["id"])


def test_a_browser_is_known_by_a_cookie_that_scripts_and_other_sites_cannot_use() -> None:
    client = TestClient(APP)
    first = client.get("/").headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(first.split("; "))
    assert "Secure" not in first
    assert "Secure" in TestClient(APP, base_url="https://host").get("/").headers["set-cookie"]
    assert client.get("/").headers["set-cookie"].split(";")[0] == first.split(";")[0]
    assert browser().cookies[COOKIE] != client.cookies[COOKIE]
    client.cookies.set(COOKIE, "guessed; nothing")
    assert "guessed" not in client.get("/").headers["set-cookie"]
    assert "set-cookie" not in client.get("/artextract/tray/x/works.csv").headers


def test_a_tray_is_filled_ordered_noted_and_named(ids: list[str]) -> None:
    client = browser()
    assert tell(client, None) == {"id": None, "name": "", "count": 0, "items": []}
    put = {"do": "put", "collection": "small", "works": ids[:3]}
    made = tell(client, put)
    assert tell(client, put) == made  # said twice it means the same
    first, second, third = made["items"]
    assert first["picture"].startswith("/artextract/thumb/small/")
    assert (made["name"], made["count"]) == ("My tray", 3)
    change: Callable[..., Any] = lambda **what: tell(client, what, made["id"])  # noqa: E731
    change(do="place", item=third["id"], before=first["id"])
    change(do="note", item=first["id"], text=SCRIPT, seen="")
    change(do="out", collection="small", work=second["work"])
    now = change(do="take", item=second["id"])
    assert [(one["work"], one["note"]) for one in now["items"]] == [(ids[2], ""), (ids[0], SCRIPT)]
    back = change(do="put", collection="small", works=[ids[1]], note="N", before=first["id"])
    assert [one["work"] for one in back["items"]] == [ids[2], ids[1], ids[0]]
    # Another tab of the same browser sees it, another browser doesn't.
    assert tell(client, None) == back
    assert tell(browser(), None)["count"] == 0


def test_what_is_no_change_is_refused(ids: list[str]) -> None:
    client = browser()
    mine = tell(client, {"do": "put", "collection": "small", "works": ids[:1]})
    stranger = browser()

    def refused(by: TestClient, status: int, **sent: Any) -> str:
        answer = by.post("/artextract/tray", **sent)
        assert answer.status_code == status
        return str(answer.json()["error"])

    put = {"do": "put", "collection": "small", "works": ids[:1]}
    assert "isn't yours" in refused(stranger, 409, json={"tray": mine["id"], "change": put})
    assert "isn't yours" in refused(stranger, 409, json={"tray": mine["id"], "change": None})
    assert "no cookies" in refused(TestClient(APP), 403, json={"change": put})
    sent = {"content": '{"change": null}', "headers": {"content-type": "text/plain"}}
    assert "JSON" in refused(client, 415, **sent)
    for change in ({"do": "drop"}, {"do": "take", "item": 2**70}, {"do": "take"}, "x", [1]):
        refused(client, 400, json={"change": change})
    refused(client, 400, content=b"\xff{", headers={"content-type": "application/json"})
    note = {"do": "note", "item": 1, "text": "x" * 2**20, "seen": ""}
    assert "too much" in refused(client, 413, json={"change": note})
    assert "no collection called gone" in refused(
        client, 409, json={"change": {"do": "put", "collection": "gone", "works": ["a"]}}
    )
    assert "no work 'nobody'" in refused(
        client, 409, json={"change": {"do": "put", "collection": "small", "works": ["nobody"]}}
    )
    assert tell(client, None) == mine


def test_a_reading_link_gives_what_is_taken_away_and_a_guessed_one_a_sentence(
    ids: list[str],
) -> None:
    client = browser()
    made = tell(client, {"do": "put", "collection": "small", "works": ids[:2]})
    TrayStore().rename(client.cookies[COOKIE], made["id"], "Winter/„Eis“")
    tell(client, {"do": "note", "item": made["items"][0]["id"], "text": SCRIPT, "seen": ""})
    visitor = client.cookies[COOKIE]
    tray = TrayStore().current(visitor)
    assert tray is not None
    colleague = TestClient(APP)

    def get(what: str, token: str = tray.reading) -> Any:
        answer = colleague.get(f"/artextract/tray/{token}/{what}")
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
    where = f"http://testserver/artextract/tray/{tray.reading}/manifest.json"
    assert manifest.json()["id"] == where
    page = get("page.html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert SCRIPT not in page.text and "&lt;img src=x" in page.text
    assert zipfile.ZipFile(io.BytesIO(get("pictures.zip").content)).namelist() == ["READ ME.txt"]

    editing = TrayStore().editing_link(visitor, tray.id)
    kinds = ("works.csv", "manifest.json", "page.html", "pictures.zip")
    for token in (new_token(), str(tray.id), "%25", "' OR 1=1 --", editing, visitor):
        for what in kinds:
            answer = get(what, token)
            assert answer.status_code == 404
            assert answer.text.startswith("There is no tray at this address.")
    assert get("secrets.txt").status_code == 404
    assert colleague.get("/artextract/tray").status_code == 405
