"""The screens that came with the National Gallery: getting it, and its time."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.manifest import make_manifest
from artextract.maps.gallery_map import compute_map
from artextract.settings import CACHE_VARIABLE, HOSTS_VARIABLE
from artextract.sources.fetching.http_responses import host_of
from artextract.sources.folder import FolderSource
from artextract.sources.nga import source
from artextract.sources.nga.source import NgaSource
from artextract.ui.explore.selection_panel import Selection
from artextract.ui.jobs.job_queue import job_queue
from artextract.vision.embedding import embed_collection, load_embeddings
from tests.support.gallery_server import StandIn
from tests.support.gallery_tables import Tables, many
from tests.support.made import SMALL_COUNT
from tests.ui.test_screens import screen, wait_for, words

LITE = "efficientnet_lite2"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    job_queue.clear()
    with StandIn(tmp_path / "tables") as standing:
        many(standing.url, 90, 80).write(tmp_path / "tables")
        monkeypatch.setenv(HOSTS_VARIABLE, standing.host)
        monkeypatch.setattr(source, "OPENDATA", f"{standing.url}/data")
        yield standing


def button(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label == label).click()


def test_the_starter_set_is_a_press_away(house: StandIn) -> None:
    app = screen("collections")
    button(app, "Get the starter set: 200 paintings")
    app.run()
    wait_for(job_queue(), "collect:nga")
    job = job_queue().jobs()[0]
    assert not job.error, job.error
    works = Collection.open("nga").works()
    assert f"{len(works)} works" in job.outcome
    assert "not open access" in job.outcome
    assert works["licence"].str.startswith("CC0").all()
    app = screen("explore", collection="nga", colour="theme", theme=["portrait"])
    assert app.title[0].value == "National Gallery of Art"
    chosen = works["theme"].fillna("").str.split("; ").map(lambda terms: "portrait" in terms).sum()
    assert app.multiselect(key="_theme").value == ["portrait"]
    assert f"portrait ({chosen})" in app.multiselect(key="_theme").options


def test_the_form_takes_what_it_is_told(house: StandIn, tmp_path: Path) -> None:
    app = screen("collections")
    app.number_input(key="_nga_limit").set_value(7)
    app.checkbox(key="_nga_all_rights").check()
    app.text_input(key="_nga_name").input("seven")
    app.button(key="_nga_add").click().run()
    wait_for(job_queue(), "collect:seven")
    assert len(Collection.open("seven").works()) == 7


def test_without_a_network_a_person_reads_one_sentence(house: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOSTS_VARIABLE, "127.0.0.1:9")
    monkeypatch.setattr(source, "OPENDATA", "http://127.0.0.1:9/data")
    app = screen("collections")
    button(app, "Get the starter set: 200 paintings")
    app.run()
    wait_for(job_queue(), "collect:nga")
    app.run()
    assert not app.exception
    assert "127.0.0.1 cannot be reached. Check the network connection" in words(app)
    assert any(one.label == "Create the demo collection" for one in app.button)


@pytest.fixture(scope="module")
def timed_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the collection "timed": 80 works with years and terms, embedded and mapped."""
    root = tmp_path_factory.mktemp("timed")
    with StandIn(root / "tables") as house, pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        patch.setenv(HOSTS_VARIABLE, house.host)
        many(house.url, 90, 80).write(house.tables)
        collect(NgaSource(size=64, all_rights=True, opendata=f"{house.url}/data"), "timed")
        collection = Collection.open("timed")
        embed_collection(collection, LITE)
        compute_map(collection, load_embeddings(collection, LITE), "tsne")
    return root / "cache"


@pytest.fixture
def timed(timed_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "timed"; its works are not to be changed."""
    monkeypatch.setenv(CACHE_VARIABLE, str(timed_cache))
    collection = Collection.open("timed")
    monkeypatch.setenv(HOSTS_VARIABLE, host_of(str(collection.works()["iiif"].iloc[0])))  # else no manifest names it
    return collection


def test_the_timeline_shows_works_and_periods(timed: Collection) -> None:
    app = screen("timeline", collection="timed", by="school")
    dated = timed.works()[["year_begin", "year_end"]].notna().any(axis=1).sum()
    assert f"{dated} of 80 works have a year" in words(app)
    assert f"#### {dated} works from" in words(app)
    assert app.selectbox(key="_by").value == "school"
    app = screen("timeline", collection="timed", view="periods")
    assert "#### Most typical work of each period" in words(app)


def test_two_styles_and_two_periods(folder: Path) -> None:
    lines = ["file,style,year"]
    for number in range(SMALL_COUNT):
        style = ("Dada & Merz <3", "Rococo")[number % 2]
        year = 1800 + number % 5 + (5 if number >= SMALL_COUNT // 2 else 0)
        lines.append(f"work-{number:02}.jpg,{style},{year}")
    (folder / "table.csv").write_text("\n".join(lines))
    collect(FolderSource(folder, folder / "table.csv"), "two")
    two = Collection.open("two")
    embed_collection(two, LITE)
    app = screen("timeline", collection="two", view="periods")
    assert "#### Most typical work of each period" in words(app)
    (key,) = [one.proto.body for one in app.get("html") if "Rococo" in one.proto.body]
    assert "Dada &amp; Merz &lt;3" in key


def test_chosen_years_stand_in_the_address_and_narrow_the_works(timed: Collection) -> None:
    app = screen("timeline", collection="timed")
    app.slider(key="_years").set_value((1500, 1700)).run()
    assert (app.query_params["from"], app.query_params["to"]) == ("1500", "1700")
    works = timed.works()
    middle = (works["year_begin"].fillna(works["year_end"]) + works["year_end"].fillna(works["year_begin"])) / 2
    inside = middle.between(1500, 1701, inclusive="left").sum()
    assert f"#### {inside} works from 1500 to 1700" in words(app)
    again = screen("timeline", collection="timed", **{"from": "1500", "to": "1700"})
    assert again.slider(key="_years").value == (1500, 1700)


def test_a_collection_without_years_or_terms_says_so(house: StandIn, tmp_path: Path) -> None:
    tables = Tables(house.url)
    tables.person(1, "Nobody")
    for objectid in range(1, 9):
        tables.add_object(objectid)
        tables.image(objectid)
    folder = tables.write(tmp_path / "bare")
    collect(NgaSource(size=64, opendata=str(folder)), "bare")
    bare = Collection.open("bare")
    embed_collection(bare, LITE)
    compute_map(bare, load_embeddings(bare, LITE), "tsne")
    assert "There is no timeline" in words(screen("timeline", collection="bare"))
    app = screen("explore", collection="bare")  # nothing to colour by
    assert not app.exception


def test_a_selection_goes_out_as_a_manifest(timed: Collection) -> None:
    app = screen("explore", collection="timed")
    ids = timed.works()["id"].tolist()[:3]
    app.session_state["_selection"] = Selection("timed", ids)
    app.run()
    labels = [one.label for one in app.get("download_button")]
    assert labels == ["Download CSV", "IIIF manifest"]
    app.session_state["_selection"] = Selection("timed", [])
    app.run()
    assert not app.get("download_button")


def test_the_kept_manifest_names_the_works(timed: Collection) -> None:
    made = make_manifest(timed, timed.works().head(2), "http://gallery.example:8501")
    base, name = made["id"].rsplit("/", 1)
    assert base == "http://gallery.example:8501/artextract/manifest/timed"
    assert json.loads((timed.root / "manifests" / name).read_text()) == made
