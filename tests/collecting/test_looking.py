"""Looking at a source: its first pictures, and why others are not there."""

from pathlib import Path

from artextract.collecting.looking import PICTURES, look
from artextract.progress import Step
from artextract.sources.folder import FolderSource
from artextract.sources.tables.source import TableSource
from tests.support.made import SMALL_COUNT
from tests.support.world import World


def test_the_first_pictures_are_shown_and_a_damaged_one_is_explained(folder: Path) -> None:
    (folder / "a" / "work-01.jpg").write_bytes(b"\xff\xd8\xff nonsense")
    steps: list[Step] = []
    seen = look(FolderSource(folder), steps.append)
    assert seen.preview.works == SMALL_COUNT
    assert [bool(picture.jpeg) for picture in seen.pictures] == [False] + [True] * (PICTURES - 1)
    assert "work-01" in seen.pictures[0].why or "Work 01" in seen.pictures[0].why
    assert (steps[-1].done, steps[-1].total) == (PICTURES, PICTURES)


def test_no_more_is_fetched_than_is_shown(tmp_path: Path, world: World) -> None:
    table = tmp_path / "works.csv"
    lines = [f"Work {number},http://a.example/{number}.jpg" for number in range(30)]
    table.write_text("\n".join(["title,image", *lines]))
    world.on("a.example/2.jpg", "gone")
    seen = look(TableSource(str(table)))
    assert [picture.title for picture in seen.pictures if picture.jpeg] == [f"Work {n}" for n in (0, 1, 3, 4, 5)]
    assert "404" in seen.pictures[2].why
    assert sum(".jpg" in address for address in world.asked) == PICTURES
