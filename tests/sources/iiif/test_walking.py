"""Walking from what a person pastes to manifests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from artextract.errors import SourceError
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.walking import FailedDocument, FoundManifest, Walk
from tests.support.iiif_documents import as_json, painting
from tests.support.world import Answer, World

COLLECTION = {"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Collection"}
MANIFEST = "https://m.example/{}/manifest.json"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world with the manifests a, b and c at m.example."""
    with World() as made:
        made.enter(monkeypatch)
        for name in "abc":
            made.on(f"m.example/{name}/manifest.json", Answer(body=as_json(painting("m.example", name))))
        yield made


@pytest.fixture
def client() -> Iterator[PoliteClient]:
    made = PoliteClient(any_public=True)
    yield made
    made.close()


def collection(*names: str, **more: object) -> Answer:
    items = [{"id": MANIFEST.format(name), "type": "Manifest"} for name in names]
    return Answer(body=as_json(COLLECTION | {"items": items} | more))


def names_of(found: list[FoundManifest | FailedDocument]) -> list[str | None]:
    """The labels of manifests; None for a failure."""
    return [item.manifest.about.label if isinstance(item, FoundManifest) else None for item in found]


def walk(client: PoliteClient, *places: object, limit: int | None = None) -> list[FoundManifest | FailedDocument]:
    return list(Walk(KeptPictures(client), limit).manifests([str(place) for place in places]))


def test_entries_of_collections_come_in_their_order_and_once(world: World, client: PoliteClient) -> None:
    inner = {"id": "https://m.example/inner", "type": "Collection"}
    items = [{"id": MANIFEST.format("b"), "type": "Manifest"}, inner, {"id": MANIFEST.format("b"), "type": "Manifest"}]
    world.on("m.example/top", Answer(body=as_json(COLLECTION | {"items": items})))
    world.on("m.example/inner", collection("c", "a", "b"))
    found = walk(client, "https://m.example/top")
    assert names_of(found) == ["b", "c", "a"]
    assert all(isinstance(item, FoundManifest) and item.listed for item in found)
    assert world.asked["m.example/b/manifest.json"] == 1


def test_pages_follow_each_other(world: World, client: PoliteClient) -> None:
    world.on("m.example/top", Answer(body=as_json(COLLECTION | {"first": "https://m.example/p1"})))
    world.on("m.example/p1", collection("a", next="https://m.example/p2"))
    world.on("m.example/p2", collection("b", next={"id": "https://m.example/p1"}))
    assert names_of(walk(client, "https://m.example/top")) == ["a", "b"]


def test_a_limit_ends_the_walk_early(world: World, client: PoliteClient) -> None:
    world.on("m.example/top", collection("a", next="https://m.example/p2", total=3_074_231))
    world.on("m.example/p2", "error")
    manifests = Walk(KeptPictures(client), limit=1).manifests(["https://m.example/top"])
    assert names_of([next(manifests)]) == ["a"]
    manifests.close()
    assert "m.example/p2" not in world.asked


def test_millions_need_a_limit(world: World, client: PoliteClient) -> None:
    world.on("m.example/top", collection("a", total="3074231"))
    with pytest.raises(SourceError, match=r"3,074,231 works are too many .* \(--limit\)"):
        walk(client, "https://m.example/top")


def test_a_document_that_fails_does_not_stop_the_others(world: World, client: PoliteClient) -> None:
    world.on("m.example/top", collection("a", "gone", "page", "check", "b"))
    world.on("m.example/gone/*", "gone")
    world.on("m.example/page/*", "page")
    world.on("m.example/check/*", "browser check 200")
    found = walk(client, "https://m.example/top")
    assert names_of(found) == ["a", None, None, None, "b"]
    failures = [item.error for item in found if isinstance(item, FailedDocument)]
    assert [error.cause for error in failures] == [Cause.GONE, "not a IIIF document", Cause.BROWSER_CHECK]
    assert {error.host for error in failures} == {"m.example"}
    assert "is a web page, not a IIIF manifest" in str(failures[1])


def test_a_manifest_named_alone_is_not_listed(world: World, client: PoliteClient) -> None:
    (found,) = walk(client, MANIFEST.format("a"))
    assert isinstance(found, FoundManifest) and not found.listed


def test_documents_are_fetched_once(world: World, client: PoliteClient) -> None:
    world.on("m.example/top", collection("a", "b"))
    first = walk(client, "https://m.example/top")
    before = world.asked.copy()
    assert walk(client, "https://m.example/top") == first
    assert world.asked == before


@pytest.mark.parametrize(
    "place",
    [
        "https://viewer.example/?manifest=https://m.example/a/manifest.json",
        "https://viewer.example/uv.html#?manifest=https%3A%2F%2Fm.example%2Fa%2Fmanifest.json&c=0",
        "https://viewer.example/?iiif-content=https://m.example/a/manifest.json",
        f"  {MANIFEST.format('a')} ",
    ],
)
def test_a_viewers_address_means_its_manifest(world: World, client: PoliteClient, place: str) -> None:
    assert names_of(walk(client, place)) == ["a"]
    assert not [address for address in world.asked if address.startswith("viewer.example")]


def test_a_text_file_names_addresses_and_files(world: World, client: PoliteClient, tmp_path: Path) -> None:
    (tmp_path / "own.json").write_bytes(as_json(painting("m.example", "own")))
    listed = tmp_path / "list.txt"
    listed.write_text(f"\ufeff# my manifests\n{MANIFEST.format('b')}\n\nown.json\n{MANIFEST.format('a')}", "utf-8")
    found = walk(client, listed)
    assert names_of(found) == ["b", "own", "a"]
    assert all(isinstance(item, FoundManifest) and item.listed for item in found)


def test_a_list_can_be_on_a_server(world: World, client: PoliteClient) -> None:
    world.on("m.example/list", Answer(200, f"{MANIFEST.format('a')}\n{MANIFEST.format('c')}\n".encode(), "text/plain"))
    assert names_of(walk(client, "https://m.example/list")) == ["a", "c"]


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_a_sentence(client: PoliteClient, tmp_path: Path, name: str) -> None:
    (failed,) = walk(client, tmp_path / name)
    assert isinstance(failed, FailedDocument)
    assert "can't be read" in str(failed.error)


def test_collections_within_themselves_end(world: World, client: PoliteClient) -> None:
    itself = [{"id": "https://m.example/top", "type": "Collection"}, {"id": MANIFEST.format("a"), "type": "Manifest"}]
    world.on("m.example/top", Answer(body=as_json(COLLECTION | {"items": itself})))
    assert names_of(walk(client, "https://m.example/top")) == ["a"]
