"""Collecting from the National Gallery: against a stand-in, at its best and at its worst."""

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from artextract.collecting import CollectResult, collect
from artextract.collection import Collection
from artextract.errors import SourceError, Stopped
from artextract.progress import Step
from artextract.settings import HOSTS_VARIABLE
from artextract.sources.fetching import kept_pictures
from artextract.sources.fetching.hosts import CONNECTIONS_PER_HOST
from artextract.sources.nga.source import LICENCES, NgaSource
from tests.support.gallery_server import FAULTS, StandIn, open_real, real_images
from tests.support.gallery_tables import Tables, many

PAINTINGS = 400


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A gallery of 40 paintings."""
    with StandIn(tmp_path / "tables") as standing:
        many(standing.url, 60, 40).write(tmp_path / "tables")
        monkeypatch.setenv(HOSTS_VARIABLE, standing.host)
        yield standing


def gallery(house: StandIn, **options: object) -> CollectResult:
    options = {"size": 64, "all_rights": True, "opendata": f"{house.url}/data"} | options
    return collect(NgaSource(**options), "nga")


def images_asked(house: StandIn) -> dict[str, int]:
    with house.lock:  # it may be counting just now
        return {path: n for path, n in house.log.asked.items() if path.endswith(".jpg")}


def test_every_column_is_filled_as_the_tables_say(house: StandIn) -> None:
    done = gallery(house)
    assert (done.works, done.new, done.skipped) == (40, 40, 0)
    works = Collection.open("nga").works()
    assert works["source_url"].tolist() == [f"https://www.nga.gov/artworks/{i}" for i in range(1, 41)]
    assert set(works["licence"]) == set(LICENCES.values())
    assert works["classification"].eq("Painting").all()
    assert works["credit"].eq("Gift of Mr. and Mrs. X, “in memory”").all()
    assert works[["width", "height"]].max(axis=1).between(32, 64).all()
    assert (works["year_begin"] <= works["year_end"]).fillna(True).all()
    assert works["iiif"].str.startswith(f"{house.url}/iiif/").all()
    assert works["school"].notna().any()


def test_open_access_alone_unless_asked_for_the_rest(house: StandIn) -> None:
    done = gallery(house, all_rights=False)
    works = Collection.open("nga").works()
    assert works["licence"].str.startswith("CC0").all()
    assert 0 < len(works) < 40
    said = " ".join(done.remarks)
    assert "not open access" in said
    assert "rights unknown" in said
    assert f"{len(works)} of the classification Painting were chosen" in said


def test_a_limit_and_a_starter_set(house: StandIn) -> None:
    assert gallery(house, limit=5).works == 5
    assert list(Collection.open("nga").works()["id"]) == ["1", "2", "3", "4", "5"]
    every = len(NgaSource(opendata=f"{house.url}/data"))
    assert len(NgaSource(starter=True, opendata=f"{house.url}/data")) == every  # fewer than 200


def test_a_second_run_asks_for_nothing_that_did_not_change(house: StandIn) -> None:
    gallery(house)
    before = images_asked(house)
    done = gallery(house)
    assert (done.new, done.updated, done.unchanged) == (0, 0, 40)
    assert images_asked(house) == before
    assert house.log.unchanged["/data/objects.csv"] == 1
    assert house.log.delivered["/data/objects.csv"] == 1


def test_what_the_tables_call_changed_is_asked_for_with_its_stamp(house: StandIn) -> None:
    gallery(house)
    table = pd.read_csv(house.tables / "objects.csv", dtype=str)
    table.loc[:4, "lastdetectedmodification"] = "2026-11-01 09:00:00-04"
    table.to_csv(house.tables / "objects.csv", index=False)
    changed = house.image

    def repainted(uuid: str):
        picture = changed(uuid)
        return picture.rotate(180) if uuid.removesuffix("-b") == "image-1" else picture

    house.image = repainted
    house.jpeg.cache_clear()
    before = images_asked(house)
    done = gallery(house)
    again = {p: n - before.get(p, 0) for p, n in images_asked(house).items() if n > before.get(p, 0)}
    assert len(again) == 5
    assert sum(n for path, n in house.log.unchanged.items() if path.endswith(".jpg")) == 4
    assert (done.updated, done.unchanged) == (1, 39)


def test_new_works_alone_are_fetched_later(house: StandIn) -> None:
    gallery(house, limit=30)
    asked = images_asked(house)
    done = gallery(house)
    assert (done.works, done.new, done.unchanged) == (40, 10, 30)
    assert all(images_asked(house)[path] == n for path, n in asked.items())


def test_failures_stand_in_a_report_and_are_tried_again(house: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    made = house.image

    def without_three(uuid: str):
        if uuid.removesuffix("-b") in ("image-3", "image-7", "image-9"):
            raise KeyError(uuid)
        return made(uuid)

    house.image = without_three
    done = gallery(house)
    assert (done.works, done.skipped) == (37, 3)
    rows = list(csv.DictReader(done.report_file.open(encoding="utf-8-sig")))
    assert [row["id"] for row in rows] == ["3", "7", "9"]
    assert "answered 404" in rows[0]["why"]
    house.image = made
    assert gallery(house).skipped == 3
    monkeypatch.setattr(kept_pictures, "GONE_FOR", timedelta(0))
    done = gallery(house)
    assert (done.works, done.new, done.skipped, done.report_file) == (40, 3, 0, None)


def test_a_table_that_lies_about_a_size_is_set_right_by_the_server(house: StandIn) -> None:
    table = pd.read_csv(house.tables / "published_images.csv", dtype=str)
    table["width"], table["height"] = "300", "40"
    table.to_csv(house.tables / "published_images.csv", index=False)
    done = gallery(house, limit=10)
    assert (done.works, done.skipped) == (10, 0)
    assert sum(path.endswith("info.json") for path in house.log.asked) == 10


def test_an_address_in_a_table_is_not_followed_off_the_list(house: StandIn) -> None:
    table = pd.read_csv(house.tables / "published_images.csv", dtype=str)
    table.loc[0, "iiifurl"] = "http://169.254.169.254/latest"
    table.loc[1, "iiifurl"] = "file:///etc"
    table.to_csv(house.tables / "published_images.csv", index=False)
    done = gallery(house)
    assert done.skipped >= 1
    assert "allow-list" in done.report_file.read_text() or "not an http" in (done.report_file.read_text())


def test_progress_tells_what_became_of_the_works(house: StandIn) -> None:
    steps: list[Step] = []
    collect(NgaSource(size=64, all_rights=True, opendata=f"{house.url}/data"), "nga", steps.append)
    assert steps[-1].note == "40 new"


def test_a_stopped_run_keeps_what_was_fetched(house: StandIn) -> None:
    def stop(step: Step) -> None:
        if step.done >= 10:
            raise Stopped

    with pytest.raises(Stopped):
        collect(NgaSource(size=64, all_rights=True, opendata=f"{house.url}/data"), "nga", stop)
    time.sleep(0.3)  # what was under way ends
    fetched = len(images_asked(house))
    assert 10 <= fetched < 40
    before = images_asked(house)
    assert gallery(house).works == 40
    delivered_twice = [p for p, n in images_asked(house).items() if before.get(p) and n > before[p]]
    assert len(delivered_twice) <= CONNECTIONS_PER_HOST


def test_wrong_requests_are_one_sentence(house: StandIn, tmp_path: Path) -> None:
    for options, sentence in (
        ({"size": 9000}, "64 to 4096 px, not 9000"),
        ({"opendata": str(tmp_path / "nowhere")}, "There is no folder"),
        ({"classification": "Cheese"}, "nothing of the classification 'Cheese'"),
    ):
        with pytest.raises(SourceError, match=sentence):
            NgaSource(**{"opendata": str(house.tables)} | options)
    tables = Tables(house.url)
    tables.person(1, "Nobody")
    tables.add_object(1)
    tables.image(1, openaccess=0)
    folder = tables.write(tmp_path / "closed")
    with pytest.raises(SourceError, match=r"None of the 1 works .* Use --all-rights"):
        NgaSource(opendata=str(folder))


def test_without_a_network_the_command_says_one_sentence(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    ran = command("--opendata", "http://127.0.0.1:9/data", hosts="127.0.0.1:9", cache=cache)
    _, said = ran.communicate(timeout=60)
    assert ran.returncode == 1
    sentences = [line for line in said.decode().splitlines() if not line.startswith("Fetching")]
    assert len(sentences) == 1
    assert "cannot be reached" in sentences[0]
    assert "demo work without a network" in sentences[0]


def command(*arguments: str, hosts: str, cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "artextract.cli", "collect", "nga", "--json", *arguments],
        env=os.environ | {HOSTS_VARIABLE: hosts, "ARTEXTRACT_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_gallery_at_its_worst_killed_and_restarted_twice(tmp_path: Path, cache: Path) -> None:
    """One answer in five is a fault; 400 works arrive, right, once each, by a polite guest."""
    house = StandIn(tmp_path / "tables")
    many(house.url, 2500, PAINTINGS).write(tmp_path / "tables")
    house.fault_rate = 0.2
    house.faults = (*[kind for kind in FAULTS if kind != "busy"] * 8, "busy")
    arguments = ("--opendata", f"{house.url}/data", "--all-rights", "--size", "64")
    with house:
        for target in (100, 225):
            running = command(*arguments, hosts=house.host, cache=cache)
            while len(images_asked(house)) < target:
                assert running.poll() is None, running.communicate()
                time.sleep(0.02)
            running.send_signal(signal.SIGKILL)
            running.wait()
            while house.under_way:  # the server has not noticed yet that its guest is gone
                time.sleep(0.02)
        running = command(*arguments, hosts=house.host, cache=cache)
        told, said = running.communicate(timeout=300)
        assert running.returncode == 0, said.decode()
    done = json.loads(told)
    assert (done["works"], done["skipped"]) == (PAINTINGS, 0)

    works = Collection.open("nga").works()
    assert works["id"].is_unique
    for row in works.to_dict("records"):
        content = (Collection.open("nga").root / str(row["image"])).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["image_sha256"]
        box = max(int(row["width"]), int(row["height"]))
        assert content == house.jpeg(str(row["iiif"]).rpartition("/")[2], (box, box)), row["id"]
    assert set(house.log.faults) == set(FAULTS)
    assert house.log.most_at_once <= CONNECTIONS_PER_HOST
    assert house.log.too_soon == 0
    # Fetched once, but for what was under way at the two kills, or came twice for its size.
    delivered = [house.log.delivered[path] for path in images_asked(house)]
    faulty = house.log.faults["html"] + house.log.faults["wrong size"]
    assert sum(delivered) <= PAINTINGS + faulty + 2 * CONNECTIONS_PER_HOST + len([
        path for path in house.log.asked if path.endswith("info.json")
    ])


@pytest.mark.skipif(not real_images(), reason="ARTEXTRACT_GALLERY_IMAGES names no folder")
def test_real_pictures_arrive_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = real_images()
    with open_real(files, tmp_path / "tables") as house:
        monkeypatch.setenv(HOSTS_VARIABLE, house.host)
        done = gallery(house, size=640)
    assert (done.works, done.skipped) == (len(files), 0)
