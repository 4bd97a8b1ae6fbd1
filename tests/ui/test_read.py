"""The screen Read a painting: the sentence, the answers, their reasons, the table and the report."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from artextract.attributes.labels import ANOTHER, LABELLED
from artextract.attributes.model_bundle import Bundle
from artextract.attributes.reading import NOT_SURE, Answer, DateAnswer, Label, Reading
from artextract.collection import Collection
from artextract.ui import galleries
from artextract.ui.jobs.job_queue import job_queue
from artextract.ui.reading.panels import NAMES
from artextract.ui.reading.report import report_html
from artextract.ui.reading.upload import table_of
from tests.attributes.test_reading import read, sure_of_all
from tests.support.made import SMALL_COUNT, jpeg, made_picture
from tests.ui.test_screens import screen, wait_for, words


@pytest.fixture
def sure(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture is out of distribution, and every label is sure."""
    monkeypatch.setattr(galleries.reader(), "facts", sure_of_all(galleries.reader()))
    monkeypatch.setattr("artextract.attributes.reader.MAX_OOD_PROBABILITY", 1.0)


def opened(content: bytes) -> AppTest:
    """The screen with one uploaded picture."""
    app = screen("read")
    app.file_uploader[0].upload("mine.jpg", content, "image/jpeg").run()
    assert not app.exception, app.exception
    return app


def test_the_screen_asks_for_a_picture(ready: Collection) -> None:
    assert "Drop, paste or choose a picture of a painting" in words(screen("read"))


def test_the_screen_reads_a_picture(ready: Collection) -> None:
    content = jpeg(made_picture(6, 320, 240))
    app = opened(content)
    said = words(app)
    found = read(content, "mine.jpg").reading
    for name in LABELLED:
        answer = found.answer(name)
        best = answer.labels[0].name
        assert (f"{NAMES[name]}: **{best}**" in said) == (not answer.unsure)
        assert answer.doubt() in said.replace("\\", "")
        trust = any(one.label == f"How reliable is “{best}”?" for one in app.expander)
        assert trust == (not answer.none_of_these)
        assert ("none of these" in said) or not answer.none_of_these
    assert found.summary() in said.replace("\\", "")
    assert ("Date: **" in said) == (found.date is not None)
    assert {"Download report (HTML)", "Download data (JSON)"} <= {b.label for b in app.get("download_button")}
    assert "Nearest training paintings" not in [
        one.value for one in app.subheader
    ]  # no collection has pictures of them


def test_a_work_of_the_collection_is_read(ready: Collection) -> None:
    app = screen("read", collection="small", work="a/work-01.jpg")
    assert "From small: Picture 1" in words(app)
    assert "For researchers: texture" in [one.label for one in app.expander]


def test_an_answer_names_what_the_model_knows(ready: Collection, sure: None) -> None:
    content = jpeg(made_picture(62, 320, 240))
    app = opened(content)
    said = words(app).replace("\\", "")
    assert f"Style: **{read(content, 'mine.jpg').reading.style.labels[0].name}**" in said
    assert ", ".join(Bundle.open().facts.classes.style) in said
    assert ANOTHER not in said


def test_saliency_is_beside_the_picture_with_the_runner_up(ready: Collection, sure: None) -> None:
    content = jpeg(made_picture(62, 320, 240))
    app = opened(content)
    for attribute in ("style", "genre"):
        app.segmented_control(key="_explain").set_value(attribute).run()
        for label in read(content, "mine.jpg").reading.answer(attribute).labels[:2]:
            assert re.search(rf"{label.name}: the map explains \d+% of the logit", words(app).replace("\\", ""))


def test_texture_is_folded_away(ready: Collection, sure: None) -> None:
    app = opened(jpeg(made_picture(62, 320, 240)))
    assert "Gabor filters" not in words(app)
    app.session_state["_texture_open"] = True
    assert "Gabor filters" in words(app.run())


def test_a_picture_out_of_distribution_has_no_answer(ready: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artextract.attributes.reader.MAX_OOD_PROBABILITY", -1.0)
    app = opened(jpeg(made_picture(61, 320, 240)))
    said = words(app)
    assert "#### Unlike the paintings that the model knows" in said
    assert said.count("none of these") == 2  # the style and the artist; a picture of any style has a genre
    assert "cannot tell" in said
    assert len([one.label for one in app.expander if one.label.startswith("How reliable")]) == 1
    assert list(app.segmented_control(key="_explain").options) == ["Genre"]


def test_several_pictures_give_a_table(ready: Collection) -> None:
    app = screen("read")
    for seed in (1, 2):
        app.file_uploader[0].upload(f"{seed}.jpg", jpeg(made_picture(seed)), "image/jpeg")
    app.run()
    assert not app.exception, app.exception
    assert list(app.dataframe[0].value["File"]) == ["1.jpg", "2.jpg"]
    app.selectbox(key="_look_at").set_value("2.jpg").run()
    assert not app.exception, app.exception


def test_pictures_of_one_name_are_all_read(ready: Collection) -> None:
    app = screen("read")
    for seed in (1, 2):
        app.file_uploader[0].upload("image.png", jpeg(made_picture(seed)), "image/jpeg")
    app.run()
    assert not app.exception, app.exception
    assert list(app.dataframe[0].value["File"]) == ["image.png", "2-image.png"]


@pytest.mark.parametrize("content", [b"text", b""])
def test_what_is_no_picture_is_one_sentence(ready: Collection, content: bytes) -> None:
    app = opened(content)
    assert "mine.jpg is" in words(app)


def test_a_table_of_readings_is_tidy() -> None:
    unsure = Answer([Label("Cubism", 0.412), Label("Fauvism", 0.3)], 16, ("Cubism", "Fauvism"), True, False)
    genre = Answer([Label("portrait", 0.987)], 10, ("portrait",), False, False)
    artist = Answer([Label("Yves Klein", 0.2)], 168, (), True, True)
    dated = Reading(unsure, genre, artist, DateAnswer(1905.2, 1899.6, 1914.0), 0.1, False)
    table = table_of({"a.jpg": dated, "b.jpg": replace(dated, date=None)})
    assert table.to_dict("records")[0] == {
        "File": "a.jpg",
        "Style": "Cubism or Fauvism",
        "Style, %": "41",
        "Genre": "portrait",
        "Genre, %": "99",
        "Artist": "none of the 168",
        "Artist, %": "",
        "Date": "1900–1914",
    }
    assert table["Date"][1] == "cannot tell"


def test_a_report_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(galleries.reader(), "facts", sure_of_all(galleries.reader()))
    monkeypatch.setattr("artextract.attributes.reader.MAX_OOD_PROBABILITY", 1.0)
    found = read(jpeg(made_picture(7, 300, 200)), "<my>.jpg")
    page = report_html("<my>.jpg", Bundle.open().facts, found, "https://art.example/app")
    assert "<h1>&lt;my&gt;.jpg</h1>" in page
    assert "<my>" not in page
    assert "data:image/jpeg;base64," in page
    assert page.count("http") == 1
    assert 'href="https://art.example/app"' in page
    assert f"{date.today():%B %Y} by" in page
    assert "19 styles" in page
    assert html.escape(found.reading.summary()) in page
    assert found.reading.genre.labels[4].name in page
    unknown = report_html("x", Bundle.open().facts, replace(found, reading=out_of_distribution(found.reading)), "")
    assert 'class="bar"' not in unknown
    assert "cannot tell" in unknown


def out_of_distribution(reading: Reading) -> Reading:
    answers = {name: replace(reading.answer(name), unsure=True, none_of_these=True) for name in LABELLED}
    return replace(reading, **answers, date=None, ood_probability=1.0, out_of_distribution=True)


def test_the_works_are_read_from_the_screen_and_colour_the_map(collection: Collection) -> None:
    from artextract.maps.gallery_map import compute_map
    from artextract.vision.embedding import embed_collection, load_embeddings

    job_queue.clear()
    embed_collection(collection, "efficientnet_lite2")
    compute_map(collection, load_embeddings(collection, "efficientnet_lite2"), "tsne")
    app = screen("collections")
    app.button(key="_read_small").click().run()
    wait_for(job_queue(), f"read:{collection.root}")
    app.run()
    assert f"Classified {SMALL_COUNT} pictures of small" in words(app)
    app = screen(collection="small", work="a/work-01.jpg", colour="read_style")
    gallery = galleries.open_gallery("small", "efficientnet_lite2")
    values = set(gallery.works["read_style"])
    assert values <= {*Bundle.open().facts.classes.style, NOT_SURE}
    assert any("Predicted style" in one.value for one in app.get("html"))
