"""Adding a collection on the screen: what is recognised, the preview, mending it, collecting, the report."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, TextInput

from artextract.collecting.report import read_report
from artextract.collection import Collection
from artextract.settings import contact, contact_is
from artextract.ui.jobs.job_queue import job_queue
from tests.support.made import SMALL_COUNT
from tests.support.world import Answer, World
from tests.ui.test_screens import screen, words

ROWS = [
    ("id", "Name", "Maker", "Year", "Foto"),
    ("1", "A bridge", "Blake", "1801", "http://pictures.example/1.jpg"),
    ("2", "A river", "Turner", "1810", "http://pictures.example/2.jpg"),
    ("3", "A tower", "Turner", "1820", "http://closed.example/3.jpg"),
    ("4", "A storm", "Blake", "1830", ""),
]


@pytest.fixture(autouse=True)
def no_jobs() -> Iterator[None]:
    job_queue.clear()
    yield


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "works.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return path


def finished(app: AppTest) -> AppTest:
    """The screen after its jobs."""
    for job in job_queue().jobs():
        job._ended.wait(60)
    return app.run()


def previewed(text: str, app: AppTest | None = None) -> AppTest:
    """The screen that shows a preview of what a person entered."""
    app = app or screen("collections")
    field(app, "Folder, file or address").set_value(text)
    button(app, "Preview").click().run()
    app = app if app.error else finished(app)
    assert not app.exception, app.exception
    return app


def button(app: AppTest, label: str) -> Button:
    return next(one for one in app.button if one.label == label)


def field(app: AppTest, label: str) -> TextInput:
    """The first field with this label."""
    return next(one for one in app.text_input if one.label == label)


def collected(app: AppTest, works: int, name: str) -> Collection:
    field(app, "Name of the collection").set_value(name)
    button(app, f"Collect {works} {'work' if works == 1 else 'works'}").click().run()
    app = finished(app)
    assert not app.exception, app.exception
    return Collection.open(name)


def test_a_folder_is_previewed_with_its_table_and_collected(folder: Path) -> None:
    app = previewed(str(folder))
    assert f"{SMALL_COUNT} works" in words(app)
    entry = field(app, "Metadata table (optional)")
    app = finished(entry.set_value(str(folder / "table.csv")).run())
    assert "title → title" in words(app).replace("\\", "")
    works = collected(app, SMALL_COUNT, "added").works()
    assert works["artist"].str.startswith("Maker").all()
    assert f"added has {SMALL_COUNT} works: {SMALL_COUNT} new" in words(app)
    assert "### added" in words(app)
    assert "`paintings`" in words(app)
    button(app, "Close").click().run()
    assert "12 new" not in words(app)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a folder, a table"),
        ("/nowhere", "There is no file or folder /nowhere"),
        ("paintings", "'paintings' is not a folder, a file or an address."),
        ("https://museum.example/a.zip", "a.zip is a packed archive. Unpack it"),
        ("https://huggingface.co/papers", "is not the address of a data set"),
    ],
)
def test_what_is_not_recognised_is_one_sentence(text: str, sentence: str) -> None:
    app = previewed(text)
    assert sentence in words(app)
    assert not job_queue().jobs()


def test_a_name_that_is_not_allowed_is_one_sentence(folder: Path) -> None:
    app = previewed(str(folder))
    field(app, "Name of the collection").set_value("../x")
    button(app, f"Collect {SMALL_COUNT} works").click().run()
    assert "can't be a collection's name" in words(app)
    assert not app.exception


def test_a_table_of_addresses_is_previewed_mended_collected_and_retried(table: Path, world: World) -> None:
    world.on("closed.example", "forbidden")
    app = previewed(str(table))
    said = words(app).replace("\\", "")
    assert "4 works" in said
    assert "1 without a picture" in said
    assert "pictures.example (2), closed.example (1)" in said
    assert "http://closed.example/3.jpg: the server" in said  # the first pictures tell what will go wrong
    assert world.delivered["pictures.example/1.jpg"] == 1
    column = next(box for box in app.selectbox if box.label == "Name")
    assert column.value == "title"
    column.set_value("theme").run()
    app = finished(app)
    assert "Name → theme" in words(app).replace("\\", "")
    works = collected(app, 3, "mended").works()
    assert works["theme"].tolist() == ["A bridge", "A river"]
    assert world.delivered["pictures.example/1.jpg"] == 1  # not fetched twice
    app = finished(app)
    assert "closed.example: 1 picture, refused" in words(app).replace("\\", "")
    world.on("closed.example", Answer(200, world.answer("pictures.example/7.jpg").body, "image/jpeg"))
    button(app, "Retry the failed pictures").click().run()
    finished(app)
    assert len(Collection.open("mended").works()) == 3
    assert read_report(Collection.open("mended")) == []  # the work without a picture is no failure
    assert world.delivered["pictures.example/1.jpg"] == 1
    said = words(app.run())
    assert "mended has 3 works: 1 new" in said, said


def test_a_column_that_works_cannot_have_leaves_the_preview(table: Path, world: World) -> None:
    app = previewed(str(table))
    next(box for box in app.selectbox if box.label == "Maker").set_value("picture").run()
    app = finished(app)
    assert "Maker → picture" in words(app).replace("\\", "")
    assert next(one for one in app.button if one.label.startswith("Collect ")).disabled
    next(box for box in app.selectbox if box.label == "Foto").set_value("picture").run()
    assert "3 works" in next(one for one in finished(app).button if one.label.startswith("Collect ")).label


def test_a_manifest_is_previewed_and_collected(world: World) -> None:
    service = {"@id": "http://art.example/iiif/a", "profile": "http://iiif.io/api/image/2/level2.json"}
    image = {"resource": {"@id": "http://art.example/iiif/a/full/full/0/default.jpg", "service": service}}
    canvas = {"@type": "sc:Canvas", "@id": "http://art.example/c", "label": "A page", "images": [image]}
    manifest = {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@type": "sc:Manifest",
        "@id": "http://art.example/object/7",
        "label": "A book of hours",
        "sequences": [{"canvases": [canvas]}],
    }
    world.on("art.example/object/7", Answer(body=json.dumps(manifest).encode()))
    app = previewed("http://art.example/object/7")  # the address does not tell that it is a manifest
    assert "#### A book of hours" in words(app)
    assert "art.example (1)" in words(app).replace("\\", "")
    field(app, "Name of the collection").set_value("hours")
    button(app, "Collect 1 work").click().run()
    finished(app)
    assert len(Collection.open("hours").works()) == 1


def test_only_free_works_are_collected_if_the_person_says_so(tmp_path: Path, world: World) -> None:
    path = tmp_path / "rights.csv"
    path.write_text(
        "id,title,image_url,rights\n1,A,http://pictures.example/1.jpg,CC0\n"
        "2,B,http://pictures.example/2.jpg,In copyright\n"
    )
    app = previewed(str(path))
    assert "2 works" in words(app)
    next(box for box in app.checkbox if "CC0" in box.label).check().run()
    app = finished(app)
    assert any("Left out because their licence is not free" in one.value for one in app.caption)
    assert collected(app, 1, "free").works()["id"].tolist() == ["1"]


def test_a_page_is_not_read(world: World) -> None:
    world.on("museum.example/works", "page")
    assert "is a web page. Enter the address of the IIIF manifest" in words(previewed("museum.example/works"))


def test_another_kind_is_chosen(folder: Path) -> None:
    app = previewed(str(folder))
    kind = next(one for one in app.segmented_control if one.label == "Recognised as")
    assert kind.value == "folder"
    app = finished(kind.set_value("table").run())
    assert "JSON" in words(app)  # a folder that is a table has JSON files
    assert not app.exception


def test_a_dropped_table_is_kept(table: Path, world: World, cache: Path) -> None:
    app = screen("collections")
    app.file_uploader[0].set_value(("my works.csv", table.read_bytes(), "text/csv"))
    button(app, "Preview").click().run()
    app = finished(app)
    assert "4 works" in words(app)
    assert [path.read_bytes() for path in cache.glob("sources/dropped/*/my works.csv")] == [table.read_bytes()]


def test_a_server_that_wants_a_contact_is_asked_for_with_one(tmp_path: Path, world: World) -> None:
    table = tmp_path / "commons.csv"
    table.write_text("title,image\nA,http://commons.wikimedia.org/wiki/File:A.jpg\n")
    app = previewed(str(table))
    said = words(app).replace("\\", "")
    assert "answer only programs that name a contact" in said
    entry = field(app, "Your e-mail address")
    assert "neither an e-mail address nor" in words(entry.set_value("nobody").run())
    entry = field(app, "Your e-mail address")
    finished(entry.set_value("me@example.org").run())
    assert "me@example.org" in world.headers["upload.wikimedia.org"]["User-Agent"]


def test_a_contact_is_used_for_a_while() -> None:
    with contact_is("me@example.org"):
        assert contact() == "me@example.org"
    assert contact() == ""
