"""What a source would bring and cost, before any picture is read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import survey
from artextract.settings import CONTACT_VARIABLE
from artextract.sources.base import SourceWork, no_picture
from artextract.sources.folder import FolderSource
from artextract.sources.preview import preview
from tests.support.listed_source import ListedSource
from tests.support.made import SMALL_COUNT


def never() -> bytes:
    raise AssertionError("a picture was read")


def work(number: int, host: str, licence: str | None = "CC0", size: int | None = None) -> SourceWork:
    address = f"https://{host}/{number}.jpg"
    return SourceWork(
        str(number), never, address, title=f"Work {number}", licence=licence, extra={"room": "7"}, size=size
    )


def test_hosts_licences_examples_and_cost_without_reading_a_picture() -> None:
    works = [work(n, "a.org", size=1_000_000) for n in range(12)] + [work(n, "b.org", None) for n in range(20, 50)]
    works.append(SourceWork("x", no_picture, "", title="No picture"))
    seen = preview(ListedSource(works))
    assert (seen.works, seen.without_picture) == (43, 1)
    assert list(seen.hosts.items()) == [("b.org", 30), ("a.org", 12)]
    assert seen.licences == {"none stated": 31, "CC0": 12}
    assert len(seen.examples) == 10
    assert seen.examples[0] == {
        "id": "0", "title": "Work 0", "licence": "CC0", "room": "7", "picture": "https://a.org/0.jpg",
    }  # fmt: skip
    assert 12 < seen.megabytes < 12 + 30
    assert 0 < seen.minutes < preview(ListedSource([work(n, "a.org") for n in range(300)])).minutes


def test_hosts_are_asked_at_the_same_time() -> None:
    one = preview(ListedSource([work(n, "a.org") for n in range(400)])).minutes
    four = preview(ListedSource([work(n, f"{n % 4}.org") for n in range(400)])).minutes
    assert four == pytest.approx(one / 4)


def test_a_host_that_wants_longer_pauses_takes_longer() -> None:
    usual = preview(ListedSource([work(n, "a.org") for n in range(50)])).minutes
    slow = preview(ListedSource([work(n, "tile.loc.gov") for n in range(50)])).minutes
    assert slow > 2 * usual


def test_dates_that_are_no_years_are_told() -> None:
    works = [replace(work(n, "a.org"), date_text="earlier than thought") for n in range(2)]
    works.append(replace(work(2, "a.org"), date_text="1850", year_begin=1850))
    (told,) = preview(ListedSource(works)).remarks
    assert told == "Dates that could not be read as years: 2 (first: 'earlier than thought')."


def test_a_host_that_needs_a_contact_is_told_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONTACT_VARIABLE, raising=False)
    works = [work(1, "commons.wikimedia.org"), work(2, "a.org")]
    (told,) = preview(ListedSource(works)).remarks
    assert told.startswith("commons.wikimedia.org answers only programs that name a contact")
    monkeypatch.setenv(CONTACT_VARIABLE, "me@example.org")
    assert preview(ListedSource(works)).remarks == []


def test_the_beginning_of_a_long_address_is_shown() -> None:
    long = SourceWork("1", never, f"https://a.org/{'x' * 200}.jpg")
    assert any("picture: https://a.org/xxx" in line for line in preview(ListedSource([long])).lines())


def test_a_folder_is_measured(folder: Path) -> None:
    seen = preview(FolderSource(folder, folder / "table.csv"))
    total = sum(file.stat().st_size for file in folder.rglob("*.jpg"))
    assert seen.megabytes == pytest.approx(total / 1e6)
    assert list(seen.hosts.items()) == [("", SMALL_COUNT)]


def test_every_command_can_look_and_then_collects_nothing(folder: Path) -> None:
    done = CliRunner().invoke(app, ["collect", "folder", str(folder), "--look"])
    assert done.exit_code == 0
    assert f"{SMALL_COUNT} works. Nothing was fetched yet." in done.stdout
    assert f"this computer: {SMALL_COUNT}" in done.stdout
    done = CliRunner().invoke(app, ["collect", "folder", str(folder), "--look", "--json"])
    assert json.loads(done.stdout)["works"] == SMALL_COUNT
    assert survey().collections == []
    assert CliRunner().invoke(app, ["collect", "folder", str(folder)]).exit_code == 2
