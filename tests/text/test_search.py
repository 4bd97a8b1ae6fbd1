"""Search by words: texts indexed and found by word and by meaning, with why."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import ArtExtractError, NotReadyError, Stopped
from artextract.progress import Step
from artextract.sources.folder import FolderSource
from artextract.text.index import index_file, index_text, is_indexed, sentences
from artextract.text.query_words import query_words
from artextract.text.rank_fusion import fuse, ranks
from artextract.text.search import TextMatch, TextSearcher
from artextract.text.text_embedding import text_embedder
from tests.support.made import jpeg, made_picture

TEXTS = [
    ("first.jpg", "Seascape No. 3", "A vessel is tossed by huge waves under black clouds."),
    ("fruit.jpg", "Still life", "Pears and grapes lie in a bowl. A knife rests beside them."),
    ("reading.jpg", "Interior", "A young lady sits by a window with an open book."),
    ("street.jpg", "The ships’ yard", "Carpenters saw planks between tall houses."),
    ("café.jpg", "À la fenêtre du café", ""),
]


def write_folder(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    lines = ["file,title,artist,medium,style,description"]
    for number, (file, title, description) in enumerate(TEXTS):
        (folder / file).write_bytes(jpeg(made_picture(number)))
        lines.append(f'{file},{title},Painter {number},oil on canvas,Realism,"{description}"')
    (folder / "table.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture
def described(tmp_path: Path) -> Collection:
    """The collection "described" of `TEXTS`."""
    folder = write_folder(tmp_path / "described")
    collect(FolderSource(folder, folder / "table.csv"), "described")
    return Collection.open("described")


def found(collection: Collection, query: str, k: int = 5) -> list[TextMatch]:
    """All results of a search, the works with the words first."""
    return [match for _, matches in TextSearcher(collection).search(query, k).parts() for match in matches]


def test_a_ship_in_a_storm_finds_vessel_and_waves(described: Collection) -> None:
    done = index_text(described)
    assert (done.works, done.computed, done.reused) == (5, 5, 0)
    results = TextSearcher(described).search("a ship in a storm", 2)
    by_id = {one.id: one for one in results.near}
    storm = by_id["first.jpg"]
    assert storm.bm25 is None  # it has neither word
    assert results.count == 0
    assert by_id.keys() == {"first.jpg", "street.jpg"}
    assert "vessel" in storm.passage
    yard = by_id["street.jpg"]
    assert yard.matched == {"title": ("ships",)}  # by its stem
    assert any("ships (title)" in line for line in yard.why)


def test_words_are_found_without_their_accents_and_in_every_field(described: Collection) -> None:
    index_text(described)
    assert found(described, "FENETRE")[0].matched["title"] == ("fenêtre",)
    canvas = TextSearcher(described).search("canvas", 2)
    assert (canvas.count, len(canvas.exact)) == (5, 2)
    assert {field for one in canvas.exact for field in one.matched} == {"medium"}
    assert found(described, "painter 3")[0].id == "street.jpg"


def test_works_with_all_words_come_first_and_nonsense_finds_nothing(described: Collection) -> None:
    index_text(described)
    bowl = TextSearcher(described).search("pears in a bowl", 5)
    assert (bowl.count, [one.id for one in bowl.exact]) == (1, ["fruit.jpg"])
    assert bowl.parts()[0][0] == "1 work with these words"
    some = TextSearcher(described).search("waves carpenters", 5)
    assert (some.count, {one.id for one in some.near}) == (0, {"first.jpg", "street.jpg"})
    assert found(described, "carpen")[0].id == "street.jpg"  # no work has this word, so words may begin with it
    assert not found(described, "xqzvw flimbusk")


def test_numbers_find_the_work_that_has_them_and_no_other(described: Collection) -> None:
    described.write_works(described.works().assign(inventory_number=[f"1942.9.{n}" for n in range(5)]))
    index_text(described)
    works = described.works()
    for number, work in (("1942.9.3", works["id"][3]), ("first", "first.jpg"), ("street.jpg", "street.jpg")):
        results = TextSearcher(described).search(number, 5)
        assert [one.id for one in results.exact] == [work], number
    assert not found(described, "1942.9.77")


def test_works_with_texts_near_to_those_of_a_work(described: Collection) -> None:
    works = described.works()
    works.loc[works["id"] == "reading.jpg", "description"] = "A ship is tossed by the waves of a storm."
    works.loc[works["id"] == "café.jpg", ["title", "medium", "style"]] = None
    described.write_works(works)
    index_text(described)
    searcher = TextSearcher(described)
    near = searcher.near_work("reading.jpg", 5)
    assert near[0].id == "first.jpg"
    assert "reading.jpg" not in {one.id for one in near}
    among = np.array([work != "first.jpg" for work in searcher.ids])
    assert "first.jpg" not in {one.id for one in searcher.near_work("reading.jpg", 5, among)}
    assert searcher.near_work("café.jpg", 5) == []
    assert searcher.near_work("unknown", 5) == []


def test_words_beside_a_picture_are_weighed(described: Collection) -> None:
    index_text(described)
    searcher = TextSearcher(described)
    similarity = np.array([0.9 if work == "fruit.jpg" else 0.1 for work in searcher.ids])
    for weight, first in ((0, "fruit.jpg"), (1, "street.jpg")):
        assert searcher.search_beside("carpenters", 1, similarity, weight)[0].id == first
    # Words that find nothing leave the order of the picture.
    assert searcher.search_beside("qzxv wobbleflop", 1, similarity, 0.5)[0].id == "fruit.jpg"


@pytest.mark.parametrize(
    ("title", "query", "matched"),
    [
        ("Interior by Hammershøi", "Hammershoi", "hammershøi"),
        ("Interior by Hammershøi", "Hammershøi", "hammershøi"),
        ("Interior by Hammershoi", "Hammershøi", "hammershoi"),
        ("Łódź street", "Lodz", "łódź"),
        ("Straße in Prag", "Strasse", "strasse"),
        ("Ærø", "aero", "ærø"),
        ("Flower by O’Keeffe", "OKeeffe", "o’keeffe"),
        ("冨嶽三十六景 神奈川沖浪裏", "神奈川", "神奈川"),
        ("冨嶽三十六景 神奈川沖浪裏", "浪裏", "浪裏"),
    ],
)
def test_words_are_found_by_their_plain_spelling_and_in_parts(
    described: Collection, title: str, query: str, matched: str
) -> None:
    works = described.works()
    works.loc[2, "title"] = title
    described.write_works(works)
    index_text(described)
    (first,) = TextSearcher(described).search(query, 5).exact
    assert first.id == works.loc[2, "id"]
    assert matched in first.matched["title"]


@given(st.text(max_size=60))
def test_any_query_finds_or_is_refused_in_a_sentence(query: str) -> None:
    try:
        words = query_words(query)
    except ArtExtractError as error:
        assert str(error)
    else:
        assert words


@pytest.mark.parametrize(
    ("query", "count"), [("a AND (b", 0), ("title:storm", 0), ("NEAR/3 *", 2), ("x" * 900, 0), ("波 storm", 0)]
)
def test_nothing_in_a_query_is_a_command(described: Collection, query: str, count: int) -> None:
    index_text(described)
    searcher = TextSearcher(described)
    assert searcher.search(query, 2).count == count
    with pytest.raises(ArtExtractError, match="Enter at least one word"):
        searcher.search('"', 2)
    with pytest.raises(ArtExtractError, match="at most 1,000 characters"):
        searcher.search("word " * 1000, 2)


def test_the_index_follows_the_works_and_reads_only_what_changed(described: Collection, tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="artextract index-text described"):
        TextSearcher(described)
    assert not is_indexed(described)
    index_text(described)
    assert is_indexed(described)
    works = described.works()
    works.loc[works["id"] == "fruit.jpg", "description"] = "A violin hangs on a wall."
    described.write_works(works[works["id"] != "street.jpg"])
    assert not is_indexed(described)
    done = index_text(described)
    assert (done.works, done.computed, done.reused) == (4, 1, 3)
    assert is_indexed(described)
    searcher = TextSearcher(described)
    assert "street.jpg" not in searcher.ids
    assert found(described, "musical instrument")[0].id == "fruit.jpg"
    assert all("Pears" not in one.passage for one in found(described, "pears"))


def test_a_damaged_index_is_made_anew(described: Collection) -> None:
    index_text(described)
    index_file(described).write_bytes(b"nonsense" * 1000)
    assert not is_indexed(described)
    with pytest.raises(NotReadyError):
        TextSearcher(described)
    assert index_text(described).computed == 5
    assert found(described, "book")[0].id == "reading.jpg"


def many(described: Collection, count: int) -> None:
    works = described.works()
    rows = works.loc[[0] * count].assign(id=[f"work {n}" for n in range(count)])
    described.write_works(rows.assign(title=[f"Picture {n}" for n in range(count)]))


def test_a_stopped_run_is_gone_on_with(described: Collection) -> None:
    many(described, 1200)

    def stop(step: Step) -> None:
        if step.done:
            raise Stopped

    with pytest.raises(Stopped):
        index_text(described, stop)
    assert not is_indexed(described)
    steps: list[Step] = []
    done = index_text(described, steps.append)
    assert 0 < done.reused < done.works == 1200
    assert steps[-1].done == steps[-1].total == done.computed


def test_a_killed_run_is_gone_on_with(described: Collection) -> None:
    many(described, 4000)
    with subprocess.Popen(
        [sys.executable, "-m", "artextract.cli", "index-text", "described"],
        env=os.environ.copy(),
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "of 4,000" in line and ": 0 of" not in line:
                run.send_signal(signal.SIGKILL)
                break
    done = index_text(described)
    assert 0 < done.computed < done.works
    assert is_indexed(described)
    assert found(described, "picture 3999", 1)[0].id == "work 3999"


def test_the_command_line_searches_by_words(described: Collection) -> None:
    asked = CliRunner().invoke(app, ["search", "described", "--words", "a stormy sea", "-k", "2"])
    assert asked.exit_code == 0, asked.output
    assert "≈ “A vessel is tossed by huge waves" in asked.stdout
    for arguments in (["--words", "??"], ["--words", "x", "--work", "first.jpg"]):
        assert CliRunner().invoke(app, ["search", "described", *arguments]).exit_code in (1, 2)


def test_the_embedding_of_words_is_of_unit_length_and_knows_what_is_alike() -> None:
    ship, vessel, bread, nothing = text_embedder().embed(["ship", "vessel", "bread", ""])
    assert float(np.linalg.norm(ship)) == pytest.approx(1, abs=1e-5)
    assert not nothing.any()
    assert ship @ vessel > ship @ bread + 0.1


def test_ranks_are_fused_by_their_reciprocals() -> None:
    nan = float("nan")
    assert ranks(np.array([0.5, nan, 0.9, 0.5]))[[0, 2, 3]].tolist() == [2, 1, 2]
    fused = fuse([np.array([3.0, 2.0, nan]), np.array([nan, 2.0, nan])], [1.0, 1.0])
    assert fused.tolist() == pytest.approx([1 / 61, 1 / 62 + 1 / 61, 0])
    alone = fuse([np.array([1.0, 2.0]), np.array([2.0, 1.0])], [0.0, 1.0])
    assert alone[0] > alone[1]


def test_a_description_is_compared_sentence_by_sentence() -> None:
    text = "A man sits. He has a hat on his head. “So,” he says to Mr. B. Quietly."
    assert sentences(text)[0] == "A man sits."
    assert " ".join(sentences(text)) == text
