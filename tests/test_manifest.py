"""IIIF manifests, checked by a library that was made from the standard's own schema."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iiif_prezi3 import Manifest
from pydantic import ValidationError
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.manifest import has_manifest, image_base, make_manifest
from artextract.metadata.rights import CC0
from tests.conftest import collected

IMAGE = "https://api.nga.gov/iiif/abc"


@pytest.fixture
def gallery(collection: Collection) -> Collection:
    """The small collection as if three of its works were from a IIIF server."""
    works = collection.works()
    works.loc[:2, "iiif"] = [f"{IMAGE}-{number}" for number in range(3)]
    works.loc[:1, "iiif_width"], works.loc[:1, "iiif_height"] = "4000", "3000"
    works.loc[0, "licence"] = "CC0: the gallery's open-access image"
    works.loc[1, "licence"] = "Not open access: for private study"
    works.loc[0, "credit"] = 'Gift of "X" & Co., <in memory>'
    works.loc[0, "title"] = "神奈川沖浪裏"
    works.loc[1, ["title", "artist", "date_text", "style", "source_url"]] = None
    collection.write_works(works)
    return collection


def valid(made: dict[str, Any]) -> Manifest:
    return Manifest(**json.loads(json.dumps(made)))


def test_a_manifest_is_valid_and_holds_each_work(gallery: Collection) -> None:
    made = make_manifest(gallery, gallery.works())
    assert len(valid(made).items) == 3
    first, second, third = made["items"]
    assert first["label"] == {"none": ["神奈川沖浪裏"]}
    assert (first["width"], first["height"]) == (4000, 3000)
    assert (third["width"], third["height"]) == (96, 72)  # what was collected: the same shape
    assert first["rights"] == CC0.iiif_rights
    assert "rights" not in second
    assert second["label"] == {"none": ["Untitled"]}
    assert {"label": {"en": ["Date"]}, "value": {"none": ["1803"]}} in second["metadata"]
    assert first["requiredStatement"]["value"] == {"none": ['Gift of "X" & Co., <in memory>']}
    body = first["items"][0]["items"][0]["body"]
    assert body["id"] == f"{IMAGE}-0/full/max/0/default.jpg"
    assert body["service"][0]["@id"] == f"{IMAGE}-0"
    ids = [part for canvas in made["items"] for part in (canvas["id"], canvas["items"][0]["id"])]
    assert len(set(ids)) == len(ids)
    assert first["items"][0]["items"][0]["target"] == first["id"]


def test_the_check_is_one_that_can_fail(gallery: Collection) -> None:
    made = make_manifest(gallery, gallery.works())
    made["items"][0]["height"] = "tall"
    with pytest.raises(ValidationError):
        valid(made)


def test_the_command_prints_the_works_that_are_named(gallery: Collection) -> None:
    works = gallery.works()["id"]
    done = CliRunner().invoke(app, ["export-manifest", "small", "--work", works[0], "--work", works[2]])
    assert done.exit_code == 0
    assert len(valid(json.loads(done.stdout)).items) == 2
    refused = CliRunner().invoke(app, ["export-manifest", "small", "--work", "nobody"])
    assert refused.exit_code == 1
    assert "small has no work 'nobody'" in refused.stderr


def test_without_iiif_images_it_says_so(collection: Collection) -> None:
    with pytest.raises(CollectionError, match="These works of small have none"):
        make_manifest(collection, collection.works())


@pytest.mark.parametrize(
    ("licence", "rights"),
    [
        ("https://creativecommons.org/publicdomain/zero/1.0/", "http://creativecommons.org/publicdomain/zero/1.0/"),
        ("https://creativecommons.org/licenses/by/4.0/deed.de", "http://creativecommons.org/licenses/by/4.0/"),
        ("CC BY-SA 4.0", "http://creativecommons.org/licenses/by-sa/4.0/"),
        ("https://rightsstatements.org/page/InC/1.0/", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("CC0 requested - not yet cleared", None),
    ],
)
def test_the_rights_are_the_address_that_the_standard_wants(
    gallery: Collection, licence: str, rights: str | None
) -> None:
    works = gallery.works().head(1)
    works.loc[0, "licence"] = licence
    made = make_manifest(gallery, works)
    valid(made)
    assert made["items"][0].get("rights") == rights


@pytest.mark.parametrize(
    "address",
    [f"{IMAGE}/info.json", f"{IMAGE}/info.json/", f"{IMAGE}/", f"{IMAGE}/full/843,/0/default.jpg", f" {IMAGE} "],
)
def test_an_image_is_asked_at_its_base(gallery: Collection, address: str) -> None:
    works = gallery.works().head(1)
    works.loc[0, ["iiif", "iiif_width", "iiif_height"]] = [address, "1024.0", "768.0"]
    canvas = make_manifest(gallery, works)["items"][0]
    body = canvas["items"][0]["items"][0]["body"]
    assert body["id"] == f"{IMAGE}/full/max/0/default.jpg"
    assert body["service"][0]["@id"] == IMAGE
    assert (canvas["width"], canvas["height"]) == (1024, 768)


@pytest.mark.parametrize(
    "address", ["n/a", "https://example.org/iiif/abc/manifest.json", "https://example.org/manifest"]
)
def test_what_is_no_image_address_makes_no_canvas(gallery: Collection, address: str) -> None:
    works = gallery.works().head(1)
    works.loc[0, "iiif"] = address
    assert not has_manifest(works)
    with pytest.raises(CollectionError, match="have none"):
        make_manifest(gallery, works)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://169.254.169.254/latest", "http://127.1:8501/x", "http://[::1]/a", "http://["],
)
def test_no_file_and_no_private_host_goes_out(gallery: Collection, address: str) -> None:
    works = gallery.works().head(2)
    works.loc[0, "iiif"], works["source_url"] = address, address
    assert address not in json.dumps(make_manifest(gallery, works))
    assert image_base(address) is None


ODD = ("", "x", "1e3", "1e400", "-1", "0", "nan", "1.5", "0x10", "٣", "http://[", "=1+1", "\0", "9" * 400)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.sampled_from(ODD) | st.text(max_size=9), min_size=5, max_size=5))
def test_an_odd_cell_does_not_stop_a_manifest(gallery: Collection, cells: list[str]) -> None:
    works = gallery.works().head(2)
    works.loc[0, ["iiif_width", "iiif_height", "iiif_profile", "source_url", "licence"]] = cells
    valid(make_manifest(gallery, works, keep=False))


@pytest.mark.parametrize(
    ("profile", "service", "whole", "thumbnail"),
    [
        ("ImageService3 level1", {"type": "ImageService3", "profile": "level1"}, "max", "200,"),
        ("ImageService2 level2", {"@type": "ImageService2", "profile": "level2"}, "max", "!200,200"),
        ("ImageService1 level1", {"@type": "ImageService1", "profile": "level1"}, "full", "200,"),
        ("ImageService2 level0", {"@type": "ImageService2", "profile": "level0"}, "max", None),
        (None, {"@type": "ImageService2", "profile": "level1"}, "max", "200,"),
    ],
)
def test_the_service_is_the_works_own(
    gallery: Collection, profile: str | None, service: dict[str, str], whole: str, thumbnail: str | None
) -> None:
    works = gallery.works().head(1)
    works["iiif_profile"] = profile
    made = make_manifest(gallery, works)
    valid(made)
    body = made["items"][0]["items"][0]["items"][0]["body"]
    assert service.items() <= body["service"][0].items()
    assert f"/full/{whole}/0/" in body["id"]
    small = made["items"][0].get("thumbnail")
    assert (small and small[0]["id"].split("/")[-3]) == thumbnail


def test_a_table_of_a_folder_may_name_the_images(folder: Path) -> None:
    licences = ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 requested - not yet cleared")
    rows = [
        f"{path.name},{IMAGE}/info.json,1024.0,768.0,{licence}"
        for path, licence in zip(sorted(folder.rglob("*.jpg")), licences, strict=False)
    ]
    (folder / "table.csv").write_text("\n".join(["file,iiif,iiif_width,iiif_height,licence", *rows]))
    gallery = collected(folder, "named")
    canvases = make_manifest(gallery, gallery.works())["items"]
    assert [canvas.get("rights") for canvas in canvases] == ["http://creativecommons.org/publicdomain/zero/1.0/", None]
    assert {(canvas["width"], canvas["height"]) for canvas in canvases} == {(1024, 768)}
