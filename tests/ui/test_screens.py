"""Each screen without a browser: what it shows, and each failure it can show."""

import re
import time
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.similarity.paths import neighbour_graph
from artextract.sources import demo
from artextract.sources.demo import DemoSource
from artextract.sources.folder import FolderSource
from artextract.ui import galleries
from artextract.ui.jobs.job_queue import JobQueue, job_queue
from artextract.ui.navigation import SCREENS
from artextract.ui.similar import kinds_panel
from artextract.vision.embedding import embed_collection
from tests.support.made import fill_folder, jpeg, made_picture

ROOT = Path(__file__).parents[2]


def screen(name: str = "explore", **address: str | list[str]) -> AppTest:
    """A screen opened at an address, run once."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.switch_page(next(line.path for line in SCREENS if line.path.endswith(f"{name}.py")))
    for parameter, value in address.items():
        app.query_params[parameter] = value
    app.run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    """All that a screen says in Markdown, captions and messages, as people read it."""
    return as_read("\n".join(markdown_of(app)))


def markdown_of(app: AppTest) -> list[str]:
    """The Markdown that a screen sends."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error, app.success, app.title)
    return [str(element.value) for kind in kinds for element in kind]


def as_read(markdown: str) -> str:
    """Markdown without what keeps other people's texts from being Markdown (`work_text.escaped`)."""
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", markdown.replace("\u2060", ""))


def test_the_front_door_leads_to_the_map(ready: Collection) -> None:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "pictures"
    assert "Choose a painting" in words(app)
    assert app.query_params["collection"] == "small"


def test_an_address_restores_the_view(ready: Collection) -> None:
    app = screen(collection="small", colour="artist", work="a/work-01.jpg", style=["Rococo"], q="picture")
    said = words(app)
    assert "#### Picture 1" in said
    assert "Maker 1" in said
    assert app.selectbox(key="_colour").value == "artist"
    assert app.multiselect(key="_style").value == ["Rococo"]
    assert app.text_input(key="_q").value == "picture"


def test_a_filter_stands_in_the_address_and_can_be_cleared(ready: Collection) -> None:
    app = screen(collection="small")
    app.text_input(key="_q").set_value("maker 2").run()
    assert app.query_params["q"] == "maker 2"
    app.multiselect(key="_genre").set_value(["portrait"]).run()
    assert app.query_params["genre"] in ("portrait", ["portrait"])
    app.slider(key="_years").set_value((1805, 1823)).run()
    assert app.query_params["from"] == "1805"
    assert "to" not in app.query_params
    next(button for button in app.button if button.label == "Clear the filters").click().run()
    assert not {"q", "genre", "from"} & set(app.query_params)
    assert app.text_input(key="_q").value == ""


def test_the_work_is_left_by_its_button(ready: Collection) -> None:
    app = screen(collection="small", work="a/work-01.jpg")
    next(button for button in app.button if button.label == "Close").click().run()
    assert "work" not in app.query_params
    assert "Choose a painting" in words(app)


def test_a_work_that_is_not_there_is_no_failure(ready: Collection) -> None:
    assert "Choose a painting" in words(screen(collection="small", work="no/such.jpg"))


def test_a_collection_that_is_not_there_is_said(ready: Collection) -> None:
    assert "The collection gone does not exist. Another collection is shown." in words(screen(collection="gone"))


def test_a_map_not_laid_out_yet_is_offered(ready: Collection) -> None:
    app = screen(collection="small", map="umap")
    assert "This collection has no UMAP map yet." in words(app)
    assert any(button.label == "Compute the UMAP map" for button in app.button)


def test_a_collection_not_embedded_yet_is_said(collection: Collection) -> None:
    for name in ("explore", "similar", "compare"):
        assert "has no paintings embedding yet" in words(screen(name))


def test_a_damaged_collection_is_said_on_every_screen(collection: Collection) -> None:
    (collection.root / "works.parquet").write_bytes(b"nonsense")
    for name in ("explore", "similar", "compare"):
        assert "work table of small is damaged" in words(screen(name))
    (collection.root / "collection.json").write_text("{")
    assert "small" in words(screen("collections"))
    assert "collection.json can't be read" in words(screen("collections"))


def test_an_uploaded_picture_finds_its_like(ready: Collection) -> None:
    app = screen("similar", criterion="embedding")
    image = ready.image_path(ready.works()["image"].iloc[0])
    app.file_uploader[0].upload("mine.jpg", image.read_bytes(), "image/jpeg").run()
    assert not app.exception
    assert app.segmented_control(key="_sort").value == "Cosine similarity"
    app.segmented_control(key="_sort").set_value("LPIPS").run()
    assert not app.exception
    assert "lower is closer" in words(app)


@pytest.mark.parametrize("name", ["similar", "read"])
def test_an_upload_is_known_by_its_bytes_and_a_cut_one_is_shown_with_a_remark(ready: Collection, name: str) -> None:
    app = screen(name)
    app.file_uploader[0].upload("contents", jpeg(made_picture(3, 320, 240))[:-2], "application/octet-stream").run()
    assert not app.exception
    assert "The last bytes of contents are missing" in words(app)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"text", "mine.jpg is not a picture in a supported format"), (b"", "mine.jpg is empty (0 bytes)")],
)
def test_an_upload_that_is_no_picture_is_one_sentence(ready: Collection, content: bytes, sentence: str) -> None:
    app = screen("similar")
    app.file_uploader[0].upload("mine.jpg", content, "image/jpeg").run()
    assert not app.exception
    assert sentence in words(app)


def test_two_works_are_compared(ready: Collection) -> None:
    app = screen("compare", collection="small", work="a/work-01.jpg", other="b/work-02.jpg")
    assert {metric.label for metric in app.metric} == {"Cosine similarity", "SSIM", "RMSE", "LPIPS"}
    assert all(float(metric.value) >= -1 for metric in app.metric)
    assert "Difference picture" in words(app)
    assert re.search(r"nearer than \d+\.\d% of the pairs of works here", words(app))


@pytest.mark.parametrize("before", ["explore", "read"])
def test_compare_begins_with_the_work_that_was_open(ready: Collection, before: str) -> None:
    app = screen(before, collection="small", work="a/work-07.jpg")
    app.query_params.clear()  # as the menu does
    app.query_params["collection"] = "small"
    app.switch_page("pages/3_compare.py").run()
    assert "a/work-07.jpg" in app.query_params["work"]


@pytest.mark.parametrize("count", [6, 10])
def test_each_row_of_similar_works_has_as_many_as_the_slider_says(
    ready: Collection, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    lengths = set()
    monkeypatch.setattr(kinds_panel, "picture_grid", lambda cards, **_: lengths.add(len(cards)))
    screen("similar", collection="small", work="a/work-07.jpg", count=str(count))
    assert lengths == {count}


def test_the_choices_of_the_map_are_not_beside_all_works(ready: Collection) -> None:
    assert any(slider.label == "Similar works" for slider in screen(collection="small").select_slider)
    assert not screen(collection="small", view="works").select_slider


def test_a_work_to_compare_is_found_by_its_words(ready: Collection) -> None:
    app = screen("compare", collection="small", work="a/work-01.jpg")
    app.text_input(key="_find_work").set_value("picture 7 maker").run()
    assert "Picture 7 — Maker 3, 1807" in app.selectbox(key="_work").options
    assert len(app.selectbox(key="_work").options) == 3  # and Picture 17, and the chosen work
    app.selectbox(key="_work").set_value("a/work-07.jpg").run()
    assert app.query_params["work"] == "a/work-07.jpg"
    app.text_input(key="_find_other").set_value("nothing like it").run()
    assert "No work matches." in words(app)


def wait_for(jobs: JobQueue, key: str) -> None:
    deadline = time.monotonic() + 60
    while any(job.running for job in jobs.jobs()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert key in [job.key for job in jobs.jobs()]


def test_an_empty_cache_makes_the_demo_by_itself_and_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    job_queue.clear()
    monkeypatch.setattr(demo, "DemoSource", partial(DemoSource, 13))
    app = screen()
    assert "Welcome to ArtExtract" in words(app)
    wait_for(job_queue(), "collect:demo")
    app.run()
    assert as_read(app.title[0].value) == "Demo (generated pictures)"
    assert "These pictures are not works of art. A program generated them" in words(app)
    assert any(button.label == "Download 200 real paintings" for button in app.button)


def test_a_job_that_fails_says_why(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    job_queue.clear()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    app = screen("collections")
    app.selectbox(key="_with_small").set_value("convnext_tiny")
    app.button(key="_embed_small").click().run()
    wait_for(job_queue(), f"embed:{collection.root}:convnext_tiny")
    app.run()
    assert "The weights of convnext_tiny could not be downloaded" in words(app)


def test_two_who_ask_for_the_same_share_one_job(tmp_path: Path) -> None:
    folder = fill_folder(tmp_path / "many", 60)
    collect(FolderSource(folder), "many")
    jobs, begun = JobQueue(), []

    def work(report: object) -> str:
        begun.append(1)
        time.sleep(0.3)
        return "done"

    first = jobs.start("key", "label", work)
    assert jobs.start("key", "label", work) is first
    other = jobs.start("other", "label", work)
    deadline = time.monotonic() + 10
    while other.running and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (first.outcome, len(begun)) == ("done", 2)
    assert jobs.start("key", "label", work) is not first


def test_a_collection_with_an_older_embedding_is_offered_the_better_one(collection: Collection) -> None:
    job_queue.clear()
    embed_collection(collection, "efficientnet_lite2")
    for name in ("explore", "collections"):
        said = words(screen(name, collection="small"))
        assert "A better embedding for paintings is available" in said
        assert "non-commercial research only" in said
    app = screen("collections")
    app.button(key="_better_small").click().run()
    wait_for(job_queue(), f"embed:{collection.root}:paintings")
    app.run()
    assert "There is a better embedding" not in words(app)
    assert "`paintings`, `efficientnet_lite2`" in words(app)
    app = screen("explore", collection="small")
    assert app.selectbox(key="_backbone").value == "paintings"
    assert "There is a better embedding" not in words(app)


def test_the_licence_stands_where_a_backbone_is_chosen(ready: Collection) -> None:
    app = screen("collections")
    for name, licence in (
        ("style", "WikiArt: non-commercial research only"),
        ("efficientnet_lite2", "Apache-2.0"),
        ("dinov2_small", "They are downloaded when they are first used"),
    ):
        app.selectbox(key="_with_small").set_value(name).run()
        assert licence in words(app)


def test_a_path_is_begun_at_a_work_and_leads_to_the_next_that_is_opened(ready: Collection) -> None:
    neighbour_graph(galleries.open_gallery("small", "efficientnet_lite2").searcher)
    app = screen(collection="small", work="a/work-01.jpg")
    press(app, "Find a path")
    assert app.query_params["from_work"] == "a/work-01.jpg"
    assert "Path from Picture 1" in words(app)
    app.query_params["to_work"] = "b/work-08.jpg"  # as a click on a work does
    app.run()
    assert "#### Path from Picture 1 to Picture 8" in words(app)
    press(app, "Another path")
    assert app.query_params["path"] == "2"
    assert "#### Path from Picture 1 to Picture 8" in words(app)
    press(app, "Close path")
    assert not {"from_work", "to_work", "path"} & set(app.query_params)


def test_a_link_restores_a_path_and_one_to_nowhere_is_none(ready: Collection) -> None:
    neighbour_graph(galleries.open_gallery("small", "efficientnet_lite2").searcher)
    ends = {"from_work": "a/work-01.jpg", "to_work": "b/work-08.jpg"}
    said = words(screen(collection="small", path="2", **ends))
    assert "#### Path from Picture 1 to Picture 8" in said
    assert "7 works in small steps" in said
    said = words(screen(collection="small", from_work="a/work-01.jpg", to_work="gone"))
    assert "#### Path from" not in said
    few = screen(collection="small", style=["Rococo"], genre=["portrait"], **ends)
    assert "needs 5 works between its ends; only 3 are left" in words(few)


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception
