"""Data sets of the hub, against a local stand-in, in the columns of the data sets that people try first."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from artextract.collecting import CollectResult, collect
from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.sources.hugging_face.source import HuggingFaceSource
from artextract.sources.preview import preview
from tests.support.data_set_hub import COMMIT, DataSetHub, serving_data_sets
from tests.support.made import jpeg, made_picture

WIKIART = {
    "image": {"_type": "Image"},
    "artist": {"_type": "ClassLabel", "names": ["Unknown Artist", "claude-monet", "joaquã\xadn-sorolla"]},
    "genre": {"_type": "ClassLabel", "names": ["abstract_painting", "landscape", "Unknown Genre"]},
    "style": {"_type": "ClassLabel", "names": ["Abstract_Expressionism", "Impressionism", "Art_Nouveau_Modern"]},
}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataSetHub]:
    with serving_data_sets(tmp_path / "hub") as serving:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", serving.url)
        template = f"{serving.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield serving


def picture(number: int) -> dict[str, Any]:
    return {"bytes": jpeg(made_picture(number, 200, 150)), "path": None}


def write(
    hub: DataSetHub,
    name: str,
    rows: Sequence[dict[str, Any]],
    features: dict[str, Any] | None = None,
    file: str = "data/train-00000-of-00001.parquet",
    group: int = 5,
) -> Path:
    path = hub.root / name / file
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(list(rows))
    if features:
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, row_group_size=group)
    return path


def card(hub: DataSetHub, name: str, text: str) -> None:
    (hub.root / name).mkdir(parents=True, exist_ok=True)
    (hub.root / name / "README.md").write_text(f"---\n{text}\n---\nA data set.", encoding="utf-8")


def wikiart(hub: DataSetHub, files: int = 3, rows: int = 10) -> None:
    """Like huggan/wikiart: labels as numbers, several files, no title, date or ID."""
    for file in range(files):
        write(
            hub,
            "huggan/wikiart",
            [
                {"image": picture(file * rows + n), "artist": n % 3, "genre": (n % 4) - 1, "style": n % 3}
                for n in range(rows)
            ],
            WIKIART,
            f"data/train-{file:05}-of-{files:05}.parquet",
        )
    card(hub, "huggan/wikiart", "license: unknown")


def collected(source: HuggingFaceSource) -> CollectResult:
    return collect(source, "hub")


def works() -> list[dict[str, Any]]:
    frame = Collection.open("hub").works().astype(object)
    rows = frame.where(frame.notna(), None).to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]


def test_labels_get_their_names_as_in_artgans_lists(hub: DataSetHub) -> None:
    wikiart(hub)
    done = collected(HuggingFaceSource("huggan/wikiart", limit=4))
    assert (done.works, done.skipped) == (4, 0)
    rows = works()
    assert [row["artist"] for row in rows] == [None, "Claude Monet", "Joaquín Sorolla", None]
    assert [row["style"] for row in rows] == [
        *("Abstract Expressionism", "Impressionism", "Art Nouveau", "Abstract Expressionism")
    ]
    assert [row["genre"] for row in rows] == [None, "abstract painting", "landscape", None]
    assert [row["id"] for row in rows] == [f"train-{n}" for n in range(4)]
    assert {row["licence"] for row in rows} == {"Data set: unknown"}
    assert COMMIT[:12] in Collection.open("hub").about.note
    assert rows[2]["source_url"].endswith("/datasets/huggan/wikiart/viewer/default/train?row=2")


def test_a_look_reads_no_picture_and_tells_the_cost(hub: DataSetHub) -> None:
    wikiart(hub)
    total = sum(file.stat().st_size for file in hub.root.rglob("*.parquet"))
    seen = preview(HuggingFaceSource("huggan/wikiart", limit=12))
    assert seen.works == 12
    assert "12 rows from 2 of 3 files, 3 row groups" in seen.remarks[0]
    assert seen.megabytes == pytest.approx(total * 15 / 30 / 1e6, rel=0.3)  # whole row groups
    assert {use.name: use.used_as for use in seen.columns} == {
        "artist": "artist", "genre": "genre", "style": "style", "image": "picture",
    }  # fmt: skip
    assert seen.examples[1]["artist"] == "Claude Monet"


def test_pictures_of_row_groups_that_are_not_wanted_are_not_read(
    hub: DataSetHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("artextract.sources.hugging_face.rows.PICTURE_BLOCK", 64 * 1024)
    noise = np.random.default_rng(1).integers(0, 256, (40, 300, 300, 3), dtype=np.uint8)
    rows = [{"image": {"bytes": jpeg(Image.fromarray(pixels)), "path": None}, "artist": "x"} for pixels in noise]
    size = write(hub, "a/large", rows, group=4).stat().st_size
    preview(HuggingFaceSource("a/large", limit=6))
    texts = hub.sent()
    hub.asked.clear()
    assert collected(HuggingFaceSource("a/large", limit=6)).works == 6
    assert size / 20 < hub.sent() - texts < size / 3  # two row groups of ten


def test_a_second_run_and_a_run_after_a_kill_read_no_picture_again(hub: DataSetHub) -> None:
    wikiart(hub)
    source = HuggingFaceSource("huggan/wikiart", limit=20)
    for work in list(source.works())[:7]:
        work.read()
    source.close()
    hub.asked.clear()
    collected(HuggingFaceSource("huggan/wikiart", limit=5))
    texts = hub.sent()
    hub.asked.clear()
    again = collected(HuggingFaceSource("huggan/wikiart", limit=5))
    assert hub.sent() == texts  # pictures were kept: only texts are read
    assert (again.unchanged, again.works) == (5, 5)
    more = collected(HuggingFaceSource("huggan/wikiart", limit=20))
    assert (more.new, more.unchanged) == (15, 5)


def test_text_columns_dates_and_several_styles(hub: DataSetHub) -> None:
    rows = [
        {
            "title": f"Painting {n}",
            "artist": "claude-monet",
            "date": ("1885.0", "c.1890", None)[n],
            "style": "Impressionism, Naïve Art (Primitivism)",
            "filename": f"{n}.jpg",
            "image": picture(n),
            "embeddings": [0.0] * 8,
        }
        for n in range(3)
    ]
    write(hub, "Artificio/WikiArt", rows)
    collected(HuggingFaceSource("https://huggingface.co/datasets/Artificio/WikiArt/"))
    row = works()[0]
    assert (row["title"], row["artist"], row["year_begin"], row["date_text"]) == (
        "Painting 0", "Claude Monet", 1885, "1885",
    )  # fmt: skip
    assert row["style"] == "Impressionism; Naive Art Primitivism"
    assert row["licence"] is None
    assert not any(column.startswith("embeddings") for column in row)
    source = HuggingFaceSource("Artificio/WikiArt")
    assert [use.used_as for use in source.columns() if use.name == "embeddings"] == [None]


def test_rows_without_a_picture_are_counted_and_not_asked_for_again(hub: DataSetHub) -> None:
    rows = [{"image": None if n % 3 == 0 else picture(n), "text": f"t{n}"} for n in range(10)]
    write(hub, "a/nulls", rows, group=10)
    done = collected(HuggingFaceSource("a/nulls"))
    assert (done.works, done.without_picture, done.skipped) == (6, 4, 0)
    hub.asked.clear()
    preview(HuggingFaceSource("a/nulls"))
    texts = hub.sent()
    hub.asked.clear()
    assert collected(HuggingFaceSource("a/nulls")).without_picture == 4
    assert hub.sent() == texts


def test_of_two_picture_columns_the_person_chooses(hub: DataSetHub) -> None:
    write(hub, "a/two", [{"image": picture(1), "mask": picture(2), "images": [picture(3)], "label": 0}])
    with pytest.raises(SourceError, match=r"several columns with pictures: image, mask\. Choose one with --image"):
        HuggingFaceSource("a/two")
    assert collected(HuggingFaceSource("a/two", image="mask")).works == 1
    with pytest.raises(SourceError, match="no column 'picture'"):
        HuggingFaceSource("a/two", image="picture")


def test_a_column_of_addresses_and_a_licence_of_each_picture(hub: DataSetHub) -> None:
    card(hub, "a/urls", "license: cc0-1.0")
    rows = [{"image_url": f"https://example.org/{n}.jpg", "title": f"W {n}", "license": "CC BY 4.0"} for n in range(4)]
    write(hub, "a/urls", rows)
    seen = preview(HuggingFaceSource("a/urls"))
    assert seen.hosts == {"example.org": 4}
    assert seen.licences == {"CC BY 4.0": 4}
    assert seen.examples[0]["title"] == "W 0"


def test_label_names_from_the_card_where_the_file_has_none(hub: DataSetHub) -> None:
    card(
        hub,
        "a/card",
        "dataset_info:\n  features:\n  - name: style\n    dtype:\n      class_label:\n        names:\n"
        "          '0': Baroque\n          '1': Pop_Art\n  - name: image\n    dtype: image",
    )
    write(hub, "a/card", [{"image": picture(n), "style": n - 1} for n in range(3)])
    collected(HuggingFaceSource("a/card"))
    assert [row["style"] for row in works()] == [None, "Baroque", "Pop Art"]


def test_a_split_by_the_card_or_by_the_names_of_files(hub: DataSetHub) -> None:
    for split in ("train", "test"):
        write(hub, "a/splits", [{"image": picture(len(split)), "title": split}], file=f"data/{split}-0.parquet")
    assert [work.title for work in HuggingFaceSource("a/splits", split="test").works()] == ["test"]
    with pytest.raises(SourceError, match=r"no split 'dev'\. Choose one of test, train"):
        HuggingFaceSource("a/splits", split="dev")
    card(hub, "a/splits", "configs:\n- config_name: default\n  data_files:\n  - split: all\n    path: data/*.parquet")
    assert len(HuggingFaceSource("a/splits", split="all")) == 2


def test_a_gated_data_set_needs_the_token_of_the_environment(hub: DataSetHub, monkeypatch: pytest.MonkeyPatch) -> None:
    wikiart(hub, 1, 3)
    hub.gated = True
    with pytest.raises(SourceError, match=r"is gated\. Accept its terms at .* HF_TOKEN"):
        HuggingFaceSource("huggan/wikiart")
    monkeypatch.setenv("HF_TOKEN", "letmein")
    assert collected(HuggingFaceSource("huggan/wikiart")).works == 3


def test_what_is_not_there_is_one_sentence(hub: DataSetHub, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="has no data set a/b, or it is private"):
        HuggingFaceSource("a/b")
    with pytest.raises(SourceError, match="Write it as OWNER/NAME"):
        HuggingFaceSource("wikiart")
    (hub.root / "a" / "text").mkdir(parents=True)
    (hub.root / "a" / "text" / "x.txt").write_text("x")
    with pytest.raises(SourceError, match="has no Parquet files"):
        HuggingFaceSource("a/text")
    (hub.root / "a" / "text" / "x.parquet").write_text("not Parquet")
    with pytest.raises(SourceError, match="is damaged"):
        HuggingFaceSource("a/text")
    write(hub, "a/none", [{"title": "x"}])
    with pytest.raises(SourceError, match="has no column with pictures"):
        HuggingFaceSource("a/none")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SourceError, match=r"127\.0\.0\.1 is not available"):
        HuggingFaceSource("a/none")


def test_a_hub_that_goes_down_is_a_cause_of_the_report(hub: DataSetHub) -> None:
    wikiart(hub, 2, 5)
    for work in list(HuggingFaceSource("huggan/wikiart", limit=10).works())[:5]:
        work.read()
    source = HuggingFaceSource("huggan/wikiart", limit=10)
    hub.down = True
    done = collected(source)
    assert (done.works, done.skipped) == (5, 5)
    assert done.causes[0].startswith("127.0.0.1: 5 pictures")


def test_a_data_set_in_another_format_is_read_as_the_hub_converted_it(hub: DataSetHub) -> None:
    card(hub, "a/folder", "configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: train/*.jpg")
    file = "default/partial-train/0000.parquet"
    write(hub, "a/folder.converted", [{"image": picture(n), "label": n} for n in range(3)], file=file)
    done = collected(HuggingFaceSource("a/folder"))
    assert done.works == 3
    assert "only this part is read" in done.sentence()


def test_the_note_of_the_collection_tells_the_revision_of_the_last_run(hub: DataSetHub) -> None:
    wikiart(hub, 1, 3)
    collected(HuggingFaceSource("huggan/wikiart"))
    file = Collection.open("hub").root / "collection.json"
    file.write_text(file.read_text().replace(COMMIT[:12], "an-older-one"))
    collected(HuggingFaceSource("huggan/wikiart"))
    assert COMMIT[:12] in Collection.open("hub").about.note
