"""IIIF manifests, checked by a library that was made from the standard's own schema."""

import json
from typing import Any

import pytest
from iiif_prezi3 import Manifest
from pydantic import ValidationError
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.manifest import CC0, make_manifest

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
    assert first["rights"] == CC0
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
