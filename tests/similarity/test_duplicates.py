"""Copies within a collection: made pairs, the list and its CSV, its place on the screen."""

import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import Stopped
from artextract.progress import Step
from artextract.similarity.duplicates.alignment import align, alignment_features
from artextract.similarity.duplicates.find import find_duplicates, list_duplicates
from artextract.sources.folder import FolderSource
from artextract.ui.compare.duplicates_panel import opened_pair
from artextract.ui.jobs.job_queue import job_queue
from artextract.vision.embedding import embed_collection
from tests.support.made import jpeg
from tests.ui.test_screens import screen, words


def rich_picture(seed: int, width: int = 320, height: int = 240) -> Image.Image:
    """Strokes of many sizes, unlike any other seed's."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3))
    for cells in (4, 9, 20, 45):
        coarse = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        layer = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        total += np.asarray(layer) / 4
    return Image.fromarray(total.astype(np.uint8))


def recompressed(image: Image.Image, quality: int = 25) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def detail(image: Image.Image, share: float = 0.55) -> Image.Image:
    width, height = image.size
    left, top = width // 5, height // 4
    return image.crop((left, top, left + int(width * share), top + int(height * share)))


@pytest.mark.parametrize(
    ("change", "kind", "mirrored"),
    [
        (recompressed, "same", False),
        (lambda one: one.resize((200, 150)), "same", False),
        (lambda one: ImageOps.grayscale(one).convert("RGB"), "same", False),
        (ImageOps.mirror, "same", True),
        (detail, "detail", False),
        (lambda one: recompressed(ImageOps.mirror(detail(one)), 80), "detail", True),
    ],
)
def test_a_changed_copy_is_known(change: Callable[[Image.Image], Image.Image], kind: str, mirrored: bool) -> None:
    picture = rich_picture(1)
    found = align(alignment_features(change(picture)), alignment_features(picture))
    assert found is not None
    assert (found.kind, found.mirrored) == (kind, mirrored)
    assert found.agreement > 0.8
    back = align(alignment_features(picture), alignment_features(change(picture)))
    assert back is not None
    assert back.kind == {"same": "same", "detail": "whole"}[kind]
    if kind == "detail":
        assert found.right_share == pytest.approx(0.55**2, abs=0.05)


def test_different_pictures_are_not_the_same() -> None:
    pictures = [alignment_features(rich_picture(seed)) for seed in range(8)]
    for number, one in enumerate(pictures):
        assert all(align(one, other) is None for other in pictures[:number])


def test_plain_pictures_are_not_the_same() -> None:
    red, blue = (alignment_features(Image.new("RGB", (200, 150), colour)) for colour in ("red", "blue"))
    assert align(red, blue) is None


@pytest.fixture
def copies(tmp_path: Path) -> Collection:
    """Six pictures; the first also under another name, mirrored, and as a detail of it."""
    folder = tmp_path / "copies"
    folder.mkdir()
    for seed in range(6):
        (folder / f"{seed}.jpg").write_bytes(jpeg(rich_picture(seed)))
    first = rich_picture(0)
    (folder / "again.jpg").write_bytes(jpeg(first))
    (folder / "detail.jpg").write_bytes(jpeg(detail(first)))
    (folder / "mirror.jpg").write_bytes(jpeg(ImageOps.mirror(first)))
    collect(FolderSource(folder), "copies")
    collection = Collection.open("copies")
    embed_collection(collection, "efficientnet_lite2")
    return collection


def test_the_list_its_csv_and_its_screen(copies: Collection, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    done = CliRunner().invoke(app, ["find-duplicates", "copies", "--csv", str(file), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["works"] == 9
    assert said["pairs"] == len(said["duplicates"]) == 6  # four pictures of one painting
    by_pair = {(row["work"], row["other_work"]): row for row in said["duplicates"]}
    assert by_pair["0.jpg", "again.jpg"]["kind"] == "same file"
    detailed = by_pair["detail.jpg", "0.jpg"]
    assert (detailed["kind"], detailed["mirrored"]) == ("detail", False)
    assert detailed["share"] == pytest.approx(0.3, abs=0.05)
    mirrored = [row for row in said["duplicates"] if row["mirrored"]]
    assert {name for row in mirrored for name in (row["work"], row["other_work"])} == {
        "0.jpg",
        "again.jpg",
        "detail.jpg",
        "mirror.jpg",
    }
    assert len(pd.read_csv(file)) == 6
    again = CliRunner().invoke(app, ["find-duplicates", "copies"]).stdout
    assert "Compared 0 pairs" in again
    shown = screen("compare", collection="copies", view="duplicates")
    assert len(shown.dataframe[0].value) == 6
    assert "6 pairs of works" in words(shown)


def test_a_stopped_run_goes_on_from_there(copies: Collection) -> None:
    def stop(step: Step) -> None:
        if step.stage == "Aligning works" and step.done:
            raise Stopped

    with pytest.raises(Stopped):
        find_duplicates(copies, stop)
    rest = find_duplicates(copies)
    assert rest.pairs == 6
    for shard in (copies.root / "duplicates").glob("shard-*"):
        shard.write_bytes(b"nonsense")
    assert len(list_duplicates(copies)) == 1  # the two files that are alike to the byte
    assert find_duplicates(copies).pairs == 6


def test_the_screen_looks_for_copies_and_a_pair_opens(copies: Collection) -> None:
    job_queue.clear()
    app = screen("compare", collection="copies", view="duplicates")
    assert "Nothing has been compared yet" in words(app)
    next(button for button in app.button if button.label == "Find duplicates").click().run()
    deadline = time.monotonic() + 60
    while any(job.running for job in job_queue().jobs()) and time.monotonic() < deadline:
        time.sleep(0.05)
    app.run()
    assert not app.exception
    assert "6 pairs of works show the same picture" in words(app)
    table = list_duplicates(copies)
    assert opened_pair(table, [0]) == {"work": table["work"].iloc[0], "other": table["other_work"].iloc[0]}
    assert opened_pair(table, []) == {}
