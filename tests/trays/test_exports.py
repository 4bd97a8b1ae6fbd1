"""What a tray is taken away as, read again by parsers."""

import csv
import io
import json
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from iiif_prezi3 import Manifest
from python_calamine import CalamineWorkbook

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.metadata.rights import CC0
from artextract.trays.exports import LIST, pictures_size, pictures_zip, tray_csv, tray_manifest, tray_page, tray_xlsx
from artextract.trays.resolve import ResolvedItem, resolve, tray_items
from artextract.trays.store import Tray, TrayStore, new_token

NASTY = '<script>alert("x")</script> & „Schnee“\n=1+1, "quoted"'
VISITOR = new_token()


@pytest.fixture
def tray(few: Collection) -> Tray:
    """Five works: free with a IIIF image, not free, unknown, free without a picture file, gone."""
    collection, works = few, few.works()
    ids = list(works["id"][:6])
    works.loc[0, ["licence", "iiif"]] = "CC0: the gallery's open-access image", "https://i.org/a"
    works.loc[0, ["iiif_width", "iiif_height"]] = "400", "300"
    works.loc[0, ["title", "credit"]] = 'A/B: "Snow" <i>\x07..', "Gift of <b>X</b>"
    works.loc[1, "licence"] = "CC0 for the metadata only; image in copyright"
    works.loc[3, "licence"] = "Public Domain"
    works.loc[1, "source_url"] = "javascript:alert(1)"
    collection.write_works(works)
    store = TrayStore()
    filled = store.add(VISITOR, tray_items("small", ids[:5]))
    store.rename(VISITOR, filled.id, "Winter <b>")
    for item, note in zip(filled.items, (NASTY, "=HYPERLINK(1)", "", "", "Kept"), strict=True):
        store.write_note(VISITOR, filled.id, item.ref, note)
    collection.image_path(str(works["image"][3])).unlink()
    collection.write_works(works[works["id"] != ids[4]])
    return store.read(VISITOR, filled.id)


@pytest.fixture
def works(tray: Tray) -> list[ResolvedItem]:
    return resolve(tray.items)


def test_a_work_that_has_gone_is_a_sentence_and_keeps_its_name(works: list[ResolvedItem]) -> None:
    assert [bool(one.gone) for one in works] == [False] * 4 + [True]
    gone = works[4]
    assert gone.gone == f"The collection small does not contain the work {gone.item.work}."
    assert gone.label == f"{gone.item.title} — {gone.item.artist}, {gone.item.date}"
    assert gone.item.title.startswith("Picture")


def test_a_collection_that_has_gone_is_a_sentence(tray: Tray, few: Collection) -> None:
    (few.root / "collection.json").unlink()
    assert all("small is damaged" in one.gone for one in resolve(tray.items))
    few.root.rename(few.root.with_name("other"))
    works = resolve(tray.items)
    assert all("There is no collection called small" in work.gone for work in works)
    assert works[1].title == tray.items[1].title


def test_only_works_that_exist_can_be_added(few: Collection) -> None:
    with pytest.raises(CollectionError, match="small does not contain the work nobody"):
        tray_items("small", ["nobody"])
    with pytest.raises(CollectionError, match="can't be a collection's name"):
        tray_items("../small", ["a"])
    ids = list(few.works()["id"])[5:0:-2]
    assert [work.work for work in tray_items("small", ids)] == ids


def test_the_table(tray: Tray, works: list[ResolvedItem]) -> None:
    text = tray_csv(works).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["number"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[0]["note"] == NASTY
    assert rows[1]["note"] == "'=HYPERLINK(1)"  # no spreadsheet runs it
    assert rows[1]["source_url"] == ""
    assert rows[4]["title"] == tray.items[4].title
    assert rows[4]["remark"] == works[4].gone
    assert [row["id"] for row in rows] == [item.work for item in tray.items]


def test_the_workbook_has_the_same_table_and_no_formula(works: list[ResolvedItem]) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(tray_xlsx(works))).get_sheet_by_index(0).to_python()
    table = list(csv.reader(io.StringIO(tray_csv(works).decode("utf-8-sig"), newline="")))
    assert rows[0] == table[0]
    assert [row[0] for row in rows[1:]] == [1, 2, 3, 4, 5]
    assert rows[2][5] == "=HYPERLINK(1)"  # as a text
    assert [row[-2] for row in rows] == [row[-2] for row in table]


def test_the_manifest_is_valid_and_has_the_notes(tray: Tray, works: list[ResolvedItem]) -> None:
    made = json.loads(json.dumps(tray_manifest(tray, works, "http://host:1/base/")))
    manifest = Manifest(**made)
    assert made["id"] == f"http://host:1/base/artextract/tray/{tray.link_token}/manifest.json"
    assert len(manifest.items) == 5
    first, second, third, _, gone = made["items"]
    note = first["annotations"][0]["items"][0]
    assert (note["motivation"], note["target"]) == ("commenting", first["id"])
    assert note["body"] == {"type": "TextualBody", "value": NASTY, "format": "text/plain"}
    assert "annotations" not in third
    assert first["rights"] == CC0.iiif_rights
    assert "rights" not in second  # it begins with CC0, but it isn't
    assert first["items"][0]["items"][0]["body"]["service"][0]["@id"] == "https://i.org/a"
    picture = second["items"][0]["items"][0]["body"]["id"]
    sha256 = works[1].value("image_sha256")
    assert picture == f"http://host:1/base/artextract/view/small/{sha256}.jpg"
    assert gone["label"] == {"none": [works[4].label]}
    placeholder = gone["items"][0]["items"][0]["body"]["id"]  # older viewers cannot draw an empty canvas
    assert placeholder == "http://host:1/base/artextract/gone.jpg"
    assert gone["summary"] == {"en": [works[4].gone]}
    parts = [one["id"] for one in made["items"]]
    assert len(set(parts)) == 5


class Page(HTMLParser):
    """What stands in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v or "" for name, v in attributes if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_each_text_of_the_page_has_its_own_direction(tray: Tray, works: list[ResolvedItem]) -> None:
    page = tray_page(tray, works)
    assert page.count("<h2 dir='auto'>") == 5
    assert '<p class="facts">' not in page


def test_the_page_is_whole_in_itself_and_nothing_in_it_runs(tray: Tray, works: list[ResolvedItem]) -> None:
    page = Page(tray_page(tray, works))
    assert not {"script", "b", "i", "link", "iframe"} & set(page.tags)
    assert NASTY in page.text
    assert "Winter <b>" in page.text
    assert page.tags.count("article") == 5
    assert page.tags.count("img") == 3  # one file is missing, one work has gone
    assert "The picture cannot be read." in page.text
    assert works[4].gone in page.text and works[4].title in page.text
    assert "Credit: Gift of <b>X</b>" in page.text
    assert "Licence: not recorded" in page.text
    pictures = [one for one in page.addresses if one.startswith("data:image/jpeg;base64,")]
    assert len(pictures) == 3
    others = [one for one in page.addresses if one not in pictures]
    assert others and all(one.startswith("https://example.org/") for one in others)


def test_the_archive_has_the_free_pictures_and_names_the_rest(
    tray: Tray, works: list[ResolvedItem], tmp_path: Path
) -> None:
    assert works[0].picture is not None
    (tmp_path / "out.zip").write_bytes(b"".join(pictures_zip(tray, works)))
    assert pictures_size(works) == works[0].picture.stat().st_size
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == ["001 A B Snow i .. — Maker 1, 1801.jpg", LIST]
        assert archive.read(names[0]) == works[0].picture.read_bytes()
        said = archive.read(LIST).decode("utf-8-sig")
    assert "never treated as free" in said
    assert "Pictures in this folder: 1" in said and "Left out: 4" in said
    for one, why in zip(
        works[1:],
        (
            "Licence: CC0 for the metadata only; image in copyright",
            "Licence: not recorded",
            "The file cannot be read",
            works[4].gone,
        ),
        strict=True,
    ):
        assert f"{one.label}\n   {why}" in said
