"""Similar, asked by words, and by words and a picture together."""

import io
import json
import shutil
import time
from pathlib import Path

import pytest
import streamlit
from PIL import Image
from streamlit.testing.v1 import AppTest

from artextract.collection import Collection
from artextract.settings import CACHE_VARIABLE
from artextract.text.index import index_file, index_text
from artextract.ui.jobs.job_queue import job_queue
from artextract.ui.navigation import SIMILAR
from artextract.ui.search.query import box_of, cut_out
from tests.support.made import jpeg, made_picture
from tests.ui.test_screens import screen, words


@pytest.fixture
def read(ready: Collection) -> Collection:
    """The collection "small", its texts read."""
    index_text(ready)
    return ready


def test_texts_are_read_by_a_job_and_then_found(ready: Collection) -> None:
    job_queue.clear()
    index_file(ready).unlink(missing_ok=True)
    app = screen("similar", collection="small")
    app.text_input(key="_words").set_value("maker 2").run()
    assert app.query_params["words"] == "maker 2"
    (job,) = [job for job in job_queue().jobs() if job.key.startswith("words:")]
    deadline = time.monotonic() + 60
    while job.running and time.monotonic() < deadline:
        time.sleep(0.02)
    assert job.outcome.startswith("Indexed ")
    app.run()
    assert not app.exception
    assert "works with these words" in words(app)


def test_words_beside_a_work_have_a_slider_that_the_address_keeps(read: Collection) -> None:
    app = screen("similar", collection="small", words="picture", work="a/work-01.jpg")
    assert app.select_slider(key="_mix").value == 50
    app.select_slider(key="_mix").set_value(80).run()
    assert app.query_params["mix"] == "80"
    assert not app.exception
    app = screen("similar", collection="small", words="picture", work="a/work-01.jpg", mix="0")
    assert app.select_slider(key="_mix").value == 0
    assert "Near to the words and the picture" in words(app)


def test_from_a_work_on_the_map_to_its_like_in_words(read: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    app = screen("explore", collection="small", work="a/work-01.jpg")
    opened: list[tuple[str, dict[str, str]]] = []
    # A real session knows its pages before a callback runs, AppTest only afterwards.
    monkeypatch.setattr(streamlit, "switch_page", lambda path, query_params: opened.append((path, query_params)))
    next(each for each in app.button if each.label == "Similar, but different").click().run()
    assert not app.exception
    assert opened == [(SIMILAR.path, {"collection": "small", "work": "a/work-01.jpg"})]
    app = screen("similar", **opened[0][1])
    assert app.title[0].value == "Similar works"
    assert app.selectbox(key="_work").value == "a/work-01.jpg"


def test_words_beside_an_uploaded_picture(read: Collection) -> None:
    app = screen("similar", collection="small", words="rococo")
    assert "_mix" not in {slider.key for slider in app.select_slider}
    image = read.image_path(read.works()["image"].iloc[0])
    app.file_uploader[0].upload("mine.jpg", image.read_bytes(), "image/jpeg").run()
    assert not app.exception
    assert app.select_slider(key="_mix").value == 50


def test_words_that_are_none_are_one_sentence(read: Collection) -> None:
    assert "Enter at least one word to search for." in words(screen("similar", collection="small", words="?!"))


def test_nonsense_finds_nothing(read: Collection) -> None:
    for name in ("similar", "explore"):
        assert "Nothing similar found." in words(screen(name, collection="small", words="xqzvw"))


def test_explore_counts_the_works_with_the_words_and_forgets_them_when_closed(read: Collection) -> None:
    app = screen("explore", collection="small")
    app.text_input(key="_words").set_value("maker 2").run()
    assert app.query_params["words"] == "maker 2"
    assert "works with these words" in words(app)
    app.button(key="_close_found").click().run()
    assert "words" not in app.query_params
    assert "these words" not in words(app)


def test_the_words_search_among_the_works_that_pass_the_filters(read: Collection) -> None:
    artist = str(read.works()["artist"].iloc[0])
    app = screen("explore", collection="small", words="maker", artist=[artist])
    count = int((read.works()["artist"] == artist).sum())
    assert f"{count} work" in words(app)


def test_a_work_alone_has_a_row_for_each_kind_of_similarity(read: Collection) -> None:
    app = screen("similar", collection="small", work="a/work-01.jpg")
    assert "##### Subject and style" in words(app)
    assert "##### Title and description" in words(app)
    assert "The colours and textures of these works have not been computed yet." in words(app)
    app.button(key="_kind_embedding").click().run()
    assert app.query_params["criterion"] == "embedding"
    assert app.segmented_control(key="_sort").value == "Cosine similarity"


def test_an_upload_that_is_a_work_is_not_similar_to_itself_and_stays_on_other_screens(read: Collection) -> None:
    app = screen("similar", collection="small")
    work = read.works().iloc[0]
    app.file_uploader[0].upload("mine.jpg", read.image_path(work["image"]).read_bytes(), "image/jpeg").run()
    assert "This is in the collection" in words(app)
    app.switch_page("pages/1_explore.py").run()
    assert "mine.jpg" in {button.label for button in app.button}
    app.button(key="_forget").click().run()
    assert "mine.jpg" not in {button.label for button in app.button}


@pytest.fixture
def copied(ready_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "small" in a cache of the test's own."""
    shutil.copytree(ready_cache, tmp_path / "copy")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "copy"))
    return Collection.open("small")


def test_a_description_is_the_alternative_text_of_the_picture(copied: Collection) -> None:
    copied.write_works(copied.works().assign(description='A ship <b>with "three" masts</b>'))
    alternative = 'alt="A ship &lt;b&gt;with &quot;three&quot; masts&lt;/b&gt;"'
    app = screen("compare", collection="small", work="a/work-01.jpg", other="b/work-02.jpg")
    assert sum(alternative in one.proto.body for one in app.get("html")) == 2
    app = screen("explore", collection="small", work="a/work-01.jpg")
    shown = [one.proto.body for one in app.get("html")]
    assert any(alternative in body for body in shown)
    assert any("<th>Description</th><td dir='auto'>A ship &lt;b&gt;" in body for body in shown)


def test_the_columns_of_a_table_stand_among_the_facts(copied: Collection) -> None:
    copied.write_works(copied.works().assign(inv_nr="A 12", renamed_to="b.jpg", medium="<i>oil"))
    app = screen("explore", collection="small", work="a/work-01.jpg")
    shown = "".join(one.proto.body for one in app.get("html"))
    assert "<th>Inv nr</th><td dir='auto'>A 12</td>" in shown
    assert shown.count("<th>Medium</th>") == 1
    assert "Renamed to" not in shown


def test_more_is_found_by_a_press_and_stays_in_the_address(read: Collection) -> None:
    app = screen("similar", collection="small", words="picture", count="6")
    app.button(key="_more").click().run()
    assert app.select_slider(key="_count").value == 10
    assert "count" not in app.query_params  # it is what is usual
    app.select_slider(key="_count").set_value(50).run()
    assert app.query_params["count"] == "50"
    assert "_more" not in {button.key for button in app.button}
    assert screen("similar", collection="small", count="7").select_slider(key="_count").value == 10


@pytest.mark.parametrize(
    "text", ["", "a,b,c,d", "1,2", "0.5,0.5,0,0.1", "1,0,0.1,0.1", "-0.1,0,0.5,0.5", "nan,0,1,1", "0,0,1,1,1"]
)
def test_an_address_that_is_no_box_is_the_whole_picture(text: str) -> None:
    assert box_of(text) is None


def test_a_box_ends_at_the_edge_of_the_picture() -> None:
    assert box_of("0.5,0.25,0.9,0.5") == (0.5, 0.25, 0.5, 0.5)


def test_a_detail_is_cut_out_of_the_picture_and_has_a_least_size() -> None:
    content = jpeg(made_picture(1, 400, 200))
    for box, size in (((0.25, 0.5, 0.5, 0.25), (200, 50)), ((0.5, 0.5, 0.001, 0.001), (16, 16))):
        with Image.open(io.BytesIO(cut_out(content, "made.jpg", box))) as detail:
            assert detail.size == pytest.approx(size, abs=1)


def test_a_detail_is_shown_beside_what_is_similar_to_it(read: Collection) -> None:
    app = screen("similar", collection="small", work="a/work-01.jpg", box="0.25,0.5,0.5,0.25")
    assert "A detail of Picture 1" in words(app).replace("\\", "")
    assert "##### Subject and style" in words(app)
    next(button for button in app.button if button.label == "Whole picture").click().run()
    assert "box" not in app.query_params


def test_filters_and_the_picture_travel_between_screens(read: Collection) -> None:
    artist = str(read.works()["artist"].iloc[0])
    count = int((read.works()["artist"] == artist).sum())
    app = screen("timeline", collection="small", artist=[artist])
    assert f"of {count} works have a year" in words(app)
    app.button(key="_clear").click().run()
    assert "artist" not in app.query_params
    app = screen(
        "similar", collection="small", work="a/work-01.jpg", artist=[artist], criterion="embedding", count="50"
    )
    assert artist in words(app)
    app = screen("read", collection="small")
    picture = jpeg(made_picture(3, 320, 240))
    app.file_uploader[0].upload("mine.jpg", picture, "image/jpeg").run()
    for page in ("2_similar", "8_faces", "5_read"):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
    assert "mine.jpg" in {button.label for button in app.button}
    assert "Try it with" not in words(app)


def test_another_collection_has_other_filters(read: Collection) -> None:
    def links(**parameters: str) -> None:
        import streamlit as st

        from artextract.ui import address

        for name, value in parameters.items():
            st.query_params[name] = value
        st.json(address.parameters_with())
        st.json(address.parameters_with(collection="other"))

    app = AppTest.from_function(
        links, kwargs={"collection": "small", "artist": "A", "from": "1800", "count": "6"}
    ).run()
    same, other = (json.loads(one.value) for one in app.json)
    assert same == {"collection": "small", "artist": ["A"], "from": ["1800"]}
    assert other == {"collection": "other"}
