"""IIIF manifests as a source: works, their columns, their ids, and a collection made from them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from iiif_prezi3 import Manifest as JudgedManifest
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.manifest import make_manifest
from artextract.sources.base import SourceWork
from artextract.sources.iiif import source
from artextract.sources.iiif.source import IiifSource
from artextract.sources.iiif.works import person_in, readable_id
from artextract.trays.exports import tray_manifest
from artextract.trays.resolve import resolve
from artextract.trays.store import Tray, TrayItem
from tests.support.iiif_documents import as_json, body, canvas, manifest, old_canvas, old_manifest, painting, service
from tests.support.image_services import ImageService
from tests.support.world import Answer, World

HERE = "https://m.example/m/manifest.json"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with World() as made:
        made.enter(monkeypatch)
        yield made


def write(folder: Path, *documents: Any) -> list[str]:
    """The documents as files; their paths."""
    paths = []
    for number, document in enumerate(documents):
        path = folder / f"{number}.json"
        path.write_bytes(as_json(document))
        paths.append(str(path))
    return paths


def works_in(source: IiifSource) -> list[SourceWork]:
    source.close()
    return list(source.works())


def fact(label: str, value: Any) -> dict[str, Any]:
    return {"label": {"en": [label]}, "value": {"en": value if isinstance(value, list) else [value]}}


def picture(name: str) -> dict[str, Any]:
    return body(f"https://img.example/{name}/full/max/0/default.jpg", service(f"https://img.example/{name}", 3, 1))


def test_metadata_becomes_columns(tmp_path: Path) -> None:
    document = manifest(
        HERE,
        canvas("https://m.example/m/canvas/1", picture("a"), size=(2000, 1500), label={"none": ["1"]}),
        label={"en": ["The Gulf Stream (1899)"], "fr": ["Le courant"]},
        summary={"en": ["A man <i>adrift</i>"]},
        metadata=[
            *(fact("Artist / Maker", "Winslow Homer (American, 1836–1910)"), fact("Title", "The Gulf Stream")),
            *(fact("Date", "1899"), fact("Medium", "Oil on canvas"), fact("Object Number", "06.1234")),
            *(fact("Subjects", ["Sea", "Boats"]), fact("Dimensions (cm)", "71.4 x 124.8")),
        ],
        rights="http://creativecommons.org/publicdomain/zero/1.0/",
        requiredStatement=fact("Attribution", "The museum"),
        homepage=[{"id": "https://m.example/gulf", "type": "Text", "format": "text/html"}],
        provider=[{"id": "https://m.example", "type": "Agent", "label": {"en": ["Museum Foundation", "Street"]}}],
    )
    (work,) = works_in(opened := IiifSource(write(tmp_path, document)))
    assert (work.title, work.artist, work.medium) == ("The Gulf Stream", "Winslow Homer", "Oil on canvas")
    assert (work.date_text, work.year_begin, work.year_end) == ("1899", 1899, 1899)
    assert (work.theme, work.description) == ("Sea; Boats", "A man adrift")
    assert work.licence == "http://creativecommons.org/publicdomain/zero/1.0/"
    assert (work.credit, work.source_url) == ("The museum", "https://m.example/gulf")
    assert work.id == "m.example/m"
    extra = {name: value for name, value in work.extra.items() if value}
    assert extra == {
        "artist_statement": "Winslow Homer (American, 1836–1910)",
        "object_number": "06.1234",
        "dimensions_cm": "71.4 x 124.8",
        "provider": "Museum Foundation",
        "source_id": HERE,
        "iiif": "https://img.example/a",
        "iiif_profile": "ImageService3 level1",
        "iiif_width": "2000",
        "iiif_height": "1500",
    }
    assert {use.name: use.used_as for use in opened.columns()}["Artist / Maker"] == "artist"


def test_a_canvas_is_a_work_of_a_manifest_alone_and_the_first_picture_of_a_listed_one(
    world: World, tmp_path: Path
) -> None:
    views = manifest(
        HERE,
        canvas("https://m.example/m/canvas/0"),
        canvas("https://m.example/m/canvas/1", picture("a"), label={"none": ["Front"]}),
        canvas("https://m.example/m/canvas/2", picture("b"), label={"none": ["A detail of the hand"]}),
        label={"en": ["The Vase"]},
        metadata=[fact("Artist", "Ann"), fact("Description", "Of the vase")],
        summary={"en": ["A vase"]},
    )
    world.on("m.example/m/manifest.json", Answer(body=as_json(views)))
    listed = tmp_path / "list.txt"
    listed.write_text(HERE)
    alone = works_in(IiifSource([HERE]))
    assert [work.title for work in alone] == ["The Vase, Front", "A detail of the hand"]
    assert [(work.artist, work.description) for work in alone] == [("Ann", None)] * 2
    assert [work.id for work in alone] == ["m.example/m/1", "m.example/m/2"]
    assert works_in(IiifSource([str(listed)], each="canvas")) == alone or len(alone) == 2
    (one,) = works_in(opened := IiifSource([str(listed)]))
    assert (one.id, one.title, one.description) == ("m.example/m", "The Vase", "A vase")
    assert one.extra["iiif"] == "https://img.example/a"
    assert any("1 further picture" in remark for remark in opened.remarks())
    assert any("Canvases without a picture: 1 empty" in remark for remark in opened.remarks())
    assert [work.id for work in works_in(IiifSource([HERE], each="manifest"))] == ["m.example/m"]


def test_rare_labels_stand_in_one_column(tmp_path: Path) -> None:
    canvases = [
        canvas(f"https://m.example/c/{n}", picture(f"p{n}"), metadata=[fact("Shelf", f"S{n}")]) for n in range(11)
    ]
    canvases[3]["metadata"].append(fact("Watermark", "a fish"))
    canvases[3]["metadata"].append(fact("Seal", "red"))
    works = works_in(IiifSource(write(tmp_path, manifest(HERE, *canvases))))
    assert works[3].extra["facts"] == "watermark: a fish; seal: red"
    assert [work.extra["shelf"] for work in works] == [f"S{n}" for n in range(11)]
    assert not any("watermark" in work.extra for work in works)


def test_doubles_come_once_and_ids_are_unique(tmp_path: Path) -> None:
    same = canvas("https://m.example/c/1", picture("a"))
    other = canvas("https://m.example/c/1", picture("b"))
    works = works_in(opened := IiifSource(write(tmp_path, manifest(HERE, same, same, other)), each="canvas"))
    assert len({work.id for work in works}) == len(works) == 2
    assert any("1 work came more than once" in remark for remark in opened.remarks())
    assert [work.id for work in works_in(IiifSource([str(tmp_path / "0.json")]))] == [work.id for work in works]


@pytest.mark.parametrize(
    ("address", "readable"),
    [
        ("https://x.org/iiif/manifests/object/299843/manifest.json", "x.org/object/299843"),
        ("https://x.org/iiif/m/60834383.json", "x.org/m/60834383"),
        ("https://x.org/m.json#/canvas/1", "x.org/m/1"),
        ("https://x.org/q/?canvas=n2&n=3", "x.org/q/canvas-n2-n-3"),
        ("https://x.org/Ch%C3%A2teau%20d'eau/manifest", "x.org/Château-d-eau"),
    ],
)
def test_an_id_is_readable_and_safe_in_addresses(address: str, readable: str) -> None:
    assert readable_id(address) == readable
    assert len(readable_id(f"{address}/{'long' * 100}")) <= 100


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Artist: Vincent van Gogh, Dutch, 1853 - 1890", "Vincent van Gogh"),
        ("Georges Seurat, French, 1859-1891", "Georges Seurat"),
        ("Jean-Antoine Watteau (French, 1684 - 1721)", "Jean-Antoine Watteau"),
        ("Blake, William, 1757–1827", "Blake, William"),
        ("Peter Scheemakers, 1691–1781, Flemish, active in Britain (from ca. 1720)", "Peter Scheemakers"),
        ("Ann (American, born 1950); Bob", "Ann; Bob"),
        ("Workshop of Titian", "Workshop of Titian"),
        ("1889", "1889"),
    ],
)
def test_the_name_stands_without_the_life(text: str, person: str) -> None:
    assert person_in(text) == person


def test_a_document_that_fails_is_one_line_of_the_report(world: World, tmp_path: Path) -> None:
    world.on("m.example/a/manifest.json", Answer(body=as_json(painting("m.example", "a"))))
    world.on("m.example/b/manifest.json", "gone")
    listed = tmp_path / "list.txt"
    listed.write_text("https://m.example/a/manifest.json\nhttps://m.example/b/manifest.json\n")
    result = collect(IiifSource([str(listed)]), "mixed")
    assert (result.works, result.skipped) == (1, 1)
    assert result.report_file is not None
    assert "https://m.example/b/manifest.json" in result.report_file.read_text()


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_works_of_each_kind_of_server_are_collected(world: World, tmp_path: Path, version: int, level: int) -> None:
    world.on("img.example/a/*", ImageService(version, level, 900, 600))
    whole = "native" if version == 1 else "default"
    shown = f"https://img.example/a/full/{'max' if version == 3 else 'full'}/0/{whole}.jpg"
    resource = {"@id": shown, "@type": "dctypes:Image", "service": service("https://img.example/a", version, level)}
    document = old_manifest(
        HERE, old_canvas("https://m.example/c", resource) | {"width": 900, "height": 600}, label="M"
    )
    result = collect(IiifSource(write(tmp_path, document), size=300), "kinds")
    works = Collection.open(result.collection).works()
    assert works["title"].tolist() == ["M"]
    assert works["width"].tolist() == [900 if level == 0 else 300]
    assert works["iiif_profile"].tolist() == [f"ImageService{version} level{level}"]


@pytest.mark.parametrize("rights", ["http://creativecommons.org/publicdomain/zero/1.0/", "Not open access"])
def test_our_own_manifest_comes_back_whole(world: World, tmp_path: Path, rights: str) -> None:
    labels = ("Artist", "Medium", "Classification", "Genre", "School")
    document = painting(
        "m.example",
        "The-Sea",
        metadata=[
            *(fact(label, f"{label} {label}") for label in labels),
            *(fact("Date", "1826-7, reprinted 1892"), fact("Earliest year", "1825"), fact("Latest year", "1827")),
            *(fact("Style", ["Cubism", "Fauvism"]), fact("Theme", ["Sea", "Sky"])),
        ],
        summary={"en": ["Alt text"]},
        rights=rights,
        requiredStatement=fact("Credit", "Gift of Bob"),
        homepage=[{"id": "https://m.example/a", "type": "Text", "format": "text/html"}],
    )
    collect(IiifSource(write(tmp_path, document)), "first")
    collection = Collection.open("first")
    exported = make_manifest(collection, collection.works(), keep=False)
    JudgedManifest(**exported)
    (before,) = works_in(IiifSource(write(tmp_path, document)))
    (after,) = works_in(IiifSource(write(tmp_path, exported)))
    for name in set(vars(before)) - {"id", "read", "extra"}:
        assert getattr(after, name) == getattr(before, name), name
    assert (before.year_begin, before.genre, before.licence) == (1825, "Genre Genre", rights)
    for name in ("iiif", "iiif_profile", "iiif_width", "iiif_height"):
        assert after.extra[name] == before.extra[name], name


def test_notes_of_a_tray_come_back(world: World, tmp_path: Path) -> None:
    collect(IiifSource(write(tmp_path, painting("m.example", "a"))), "first")
    (work,) = Collection.open("first").works()["id"]
    items = (TrayItem("first", work, "a", note="Look at the\n<left> hand"),)
    exported = tray_manifest(Tray(1, "Mine", "t", items), resolve(items), "http://localhost:8501")
    (back,) = works_in(IiifSource(write(tmp_path, exported)))
    assert back.extra["note"] == "Look at the\n<left> hand"


def test_more_works_than_the_bound_need_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_WITHOUT_LIMIT", 5)
    many = manifest(HERE, *(canvas(f"https://m.example/c/{n}", body(f"https://x.org/{n}.jpg")) for n in range(6)))
    paths = write(tmp_path, many)
    with pytest.raises(SourceError, match=r"more than 5 works\. Set a maximum number \(--limit\)"):
        IiifSource(paths)
    limited = IiifSource(paths, limit=3)
    assert len(works_in(limited)) == 3
    assert "Stopped at the limit of 3 works." in limited.remarks()


def test_manifests_without_a_picture_are_a_sentence(tmp_path: Path) -> None:
    film = canvas("https://m.example/c", {"id": "https://x.org/a.mp4", "type": "Video", "format": "video/mp4"})
    with pytest.raises(SourceError, match=r"There is no picture to collect\. .*1 with a film"):
        IiifSource(write(tmp_path, manifest(HERE, film)))


def test_the_command_takes_several_addresses(world: World, tmp_path: Path) -> None:
    paths = write(tmp_path, painting("m.example", "a"), painting("m.example", "b"))
    done = CliRunner().invoke(app, ["collect", "iiif", *paths, "--name", "both", "--size", "128"])
    assert done.exit_code == 0, done.output
    assert sorted(Collection.open("both").works()["title"]) == ["a", "b"]


def test_what_is_a_work_is_one_of_two() -> None:
    with pytest.raises(SourceError, match="--each must be canvas or manifest, not 'page'"):
        IiifSource(["x"], each="page")


def test_a_manifest_that_cannot_be_read_is_told_before_collecting(world: World, tmp_path: Path) -> None:
    world.on("gone.example", "gone")
    (path,) = write(tmp_path, manifest(HERE, canvas("https://m.example/c", picture("a"))))
    source = IiifSource([path, "https://gone.example/manifest.json"])
    source.close()
    (told,) = [remark for remark in source.remarks() if "could not be read" in remark]
    assert told.startswith("1 document could not be read, such as https://gone.example/manifest.json: ")
