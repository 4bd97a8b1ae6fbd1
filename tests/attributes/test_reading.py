"""Reading with the shipped model: alone, on the screen, on the command line, over a collection."""

import io
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from artextract.attributes import date_bins
from artextract.attributes.certainty.ood_score import NearestPaintings, energy_of, fit_ood_score, write_nearest
from artextract.attributes.collection_readings import read_collection, stored_readings
from artextract.attributes.evaluation.confusion import label_confusion
from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import SHIPPED, Bundle, ModelFacts
from artextract.attributes.reader import MAX_OOD_PROBABILITY, Reader, open_to_read, read_files
from artextract.attributes.reading import NOT_SURE
from artextract.attributes.saliency import overlay, saliency
from artextract.cli import app
from artextract.collection import Collection
from artextract.sources.demo import DemoSource
from artextract.ui import galleries
from artextract.ui.jobs.job_queue import job_queue
from artextract.ui.reading import cached
from artextract.ui.reading.panels import NAMES
from artextract.ui.reading.report import as_json, report_html
from tests.support.made import SMALL_COUNT, jpeg, made_picture
from tests.ui.test_screens import screen, wait_for, words


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def demo_picture() -> Image.Image:
    """A generated portrait or landscape, larger than the model's input and not square."""
    work = next(iter(DemoSource(1).works()))
    return Image.open(io.BytesIO(work.read())).convert("RGB")


def test_the_shipped_model_is_whole_and_small() -> None:
    bundle = Bundle.open()
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 40e6
    assert len(bundle.facts.classes.style) == 16
    assert len(bundle.facts.classes.genre) == 10
    assert set(bundle.facts.calibration) == {"style", "genre", "artist", "date"}
    assert "non-commercial" in (SHIPPED / "MODEL_CARD.md").read_text()
    assert {row["model"] for row in bundle.measured("ablation")} >= {"majority", "+ tuned backbone"}
    # What the program says of the model agrees with the predictions that it ships.
    known = bundle.validation.dropna(subset="style")
    right = (known["style"] == known["style_predicted"]).groupby(known["copy"]).mean()
    assert right[0] > 0.78
    assert right[1] > 0.6


def test_a_reading_is_made_of_probabilities(reader: Reader) -> None:
    predictions = reader.predict([made_picture(1), made_picture(2, 40, 300)])
    for name, size in reader.facts.shape.outputs.items():
        assert predictions.probabilities[name].shape == (2, size)
        np.testing.assert_allclose(predictions.probabilities[name].sum(axis=1), 1.0)
    for found in reader.readings(predictions):
        assert found.date is None or found.date.low <= found.date.median <= found.date.high
        for name in LABELLED:
            shares = [label.probability for label in found.answer(name).labels]
            assert shares == sorted(shares, reverse=True)


def test_a_reading_does_not_depend_on_what_is_read_with_it(reader: Reader) -> None:
    pictures = [made_picture(seed) for seed in range(7)]
    together = reader.readings(reader.predict(pictures))
    assert [asdict(reader.read(one)) for one in pictures] == [asdict(one) for one in together]


def test_a_folder_is_read_as_each_picture_alone(reader: Reader, tmp_path: Path) -> None:
    paths = []
    for seed in range(9):
        paths.append(tmp_path / f"{seed}.jpg")
        paths[-1].write_bytes(jpeg(made_picture(seed, 300, 200)))
    together = read_files(reader, paths)
    for row, path in enumerate(paths):
        alone = reader.predict([open_to_read(path)])
        for name, found in together.probabilities.items():
            assert np.array_equal(found[row], alone.probabilities[name][0])
        assert together.ood_probability[row] == alone.ood_probability[0]


def test_nothing_is_sure_about_a_picture_out_of_distribution(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "facts", sure_of_all(reader))
    predictions = reader.predict([made_picture(1, 224, 224)])
    known, ood = (
        reader.readings(replace(predictions, ood_probability=np.array([at])))[0]
        for at in (MAX_OOD_PROBABILITY, MAX_OOD_PROBABILITY + 0.01)
    )
    assert (known.out_of_distribution, ood.out_of_distribution) == (False, True)
    assert ood.ood_probability == MAX_OOD_PROBABILITY + 0.01
    assert not known.style.unsure
    assert ood.date is None
    for name in LABELLED:
        assert ood.answer(name).unsure
        assert ood.answer(name).none_of_these
        assert ood.answer(name).labels == known.answer(name).labels


def test_a_date_is_stated_up_to_a_century(reader: Reader) -> None:
    predictions = reader.predict([made_picture(1, 224, 224)])
    for years, stated in ((100, True), (300, False)):
        law = np.where(np.arange(date_bins.BINS) < years / date_bins.WIDTH, 1.0, 0.0)
        probabilities = predictions.probabilities | {"date": law[None] / law.sum()}
        found = replace(predictions, probabilities=probabilities, ood_probability=np.zeros(1))
        assert (reader.readings(found)[0].date is not None) == stated


def sure_of_all(reader: Reader) -> ModelFacts:
    """Facts of the model with which every label is sure."""
    calibration = {name: replace(one, threshold=0.0) for name, one in reader.facts.calibration.items()}
    return reader.facts.model_copy(update={"calibration": calibration})


def test_the_ood_score_is_energy_and_similarity_each_on_its_own_scale() -> None:
    random = np.random.default_rng(0)
    logits, near = random.normal(0, 3, (400, 5)), random.normal(0.7, 0.1, 400)
    fitted = fit_ood_score(logits, near, 0.7)
    found = fitted.of(logits, near)
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert (found <= fitted.threshold).mean() == pytest.approx(0.7, abs=0.01)
    assert (fitted.of(logits + 1, near) < found).all()  # more energy
    assert (fitted.of(logits, near + 0.1) < found).all()  # nearer
    assert energy_of(np.zeros((1, 4)))[0] == pytest.approx(np.log(4))


def test_noise_is_not_sure(reader: Reader) -> None:
    random = np.random.default_rng(0)
    noise = [Image.fromarray(random.integers(0, 256, (200, 300, 3), dtype=np.uint8)) for _ in range(6)]
    found = reader.readings(reader.predict(noise))
    assert np.mean([one.style.unsure for one in found]) > 0.5
    assert np.mean([one.artist.unsure for one in found]) > 0.5


def test_saliency_is_a_map_of_the_picture(reader: Reader) -> None:
    picture = made_picture(3, 300, 200)
    for attribute, index in (("style", 0), ("artist", 5), ("date", date_bins.BINS - 10)):
        cells = saliency(reader, picture, attribute, index)
        assert cells.ndim == 2
        assert cells.min() >= 0
        assert cells.max() in (0, 1)
    assert overlay(picture, cells, 0.0).tobytes() == picture.tobytes()
    assert overlay(picture, cells, 0.5).size == picture.size


def test_saliency_follows_what_speaks_for_the_label(reader: Reader) -> None:
    """Painting over the most salient cell lowers the logit more than over the least salient."""
    picture = made_picture(4, 224, 224)
    index = int(np.argmax(reader.predict([picture]).probabilities["style"][0]))
    cells = saliency(reader, picture, "style", index)
    side = 224 // cells.shape[0]
    drops = []
    for place in (cells.argmax(), cells.argmin()):
        row, column = divmod(int(place), cells.shape[1])
        grey = picture.copy()
        left, top = column * side, row * side
        grey.paste((128, 128, 128), (left, top, left + side, top + side))
        before = reader.predict([picture]).probabilities["style"][0, index]
        drops.append(before - reader.predict([grey]).probabilities["style"][0, index])
    assert drops[0] > drops[1]


def test_a_label_s_confusion_is_a_row_and_a_column_in_sentences() -> None:
    bundle = Bundle.open()
    found = label_confusion(bundle, "style", "Rococo")
    table = bundle.validation.dropna(subset="style")
    predicted = table[table["style_predicted"] == "Rococo"]
    assert found.predicted == len(predicted)
    right = (predicted["style"] == "Rococo").mean()
    assert f"predicted as Rococo, {right:.0%} are Rococo" in found.sentences()[0]
    assert sum(share.count for share in found.predicted_classes) == found.labelled
    assert "No validation painting is labelled Nobody" in label_confusion(bundle, "artist", "Nobody").sentences()[0]


def read(content: bytes, name: str) -> cached.ReadPicture:
    """What the app reads in a picture, not remembered: that is done for a visitor."""
    return cached.read_picture.__wrapped__(content, name)


def test_the_command_line_and_the_app_agree_to_the_last_digit(tmp_path: Path) -> None:
    content = jpeg(made_picture(5, 500, 380))
    (tmp_path / "one.jpg").write_bytes(content)
    done = CliRunner().invoke(app, ["predict", str(tmp_path / "one.jpg"), "--json"])
    said = json.loads(done.stdout)["readings"][0]
    found = read(content, "one.jpg").reading
    assert {"model": "m", "readings": [said]} == json.loads(json.dumps(as_json(str(tmp_path / "one.jpg"), "m", found)))


def test_predict_speaks_in_words_and_refuses_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(jpeg(made_picture(5)))
    (tmp_path / "no.jpg").write_text("no")
    done = CliRunner().invoke(app, ["predict", str(tmp_path / "one.jpg")])
    assert "style" in done.stdout
    assert read((tmp_path / "one.jpg").read_bytes(), "one.jpg").reading.summary() in done.stdout
    done = CliRunner().invoke(app, ["predict", str(tmp_path / "one.jpg"), str(tmp_path / "no.jpg")])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no.jpg is not a picture" in done.stderr
    done = CliRunner().invoke(app, ["predict", str(tmp_path / "one.jpg"), "--model", str(tmp_path)])
    assert "There is no model in" in done.stderr


def test_a_collection_is_read_once(collection: Collection, reader: Reader) -> None:
    first = read_collection(collection, reader)
    assert (first.works, first.computed, first.reused) == (SMALL_COUNT, SMALL_COUNT, 0)
    again = read_collection(collection, reader)
    assert (again.computed, again.reused) == (0, SMALL_COUNT)
    table = stored_readings(collection, reader.bundle)
    assert table is not None
    assert len(table) == SMALL_COUNT
    work = collection.works().iloc[3]
    picture = Image.open(collection.image_path(work["image"])).convert("RGB")
    row = table[table["image_sha256"] == work["image_sha256"]].iloc[0]
    best = reader.read(picture).genre.labels[0]
    assert (row["genre"], row["genre_probability"]) == (best.name, best.probability)


def upload(app: Any, *files: tuple[str, bytes]) -> Any:
    app.file_uploader[0].upload([(name, content, "image/jpeg") for name, content in files])
    app.run()
    assert not app.exception, app.exception
    return app


def test_the_screen_asks_for_a_picture(ready: Collection) -> None:
    assert "Upload a picture of a painting" in words(screen("read"))


def test_the_screen_reads_a_picture(ready: Collection) -> None:
    content = jpeg(made_picture(6, 320, 240))
    app = screen("read")
    app.file_uploader[0].upload("mine.jpg", content, "image/jpeg").run()
    assert not app.exception, app.exception
    said = words(app)
    found = read(content, "mine.jpg").reading
    for name in LABELLED:
        answer = found.answer(name)
        best = answer.labels[0].name
        assert (f"{NAMES[name]}: **{best}**" in said) == (not answer.unsure)
        assert answer.doubt() in said.replace("\\", "")
        trust = any(one.label == f"How reliable is “{best}”?" for one in app.expander)
        assert trust == (not answer.none_of_these)
    assert found.summary() in said.replace("\\", "")
    assert ("Date: **about" in said) == (found.date is not None)
    assert "Nearest training paintings" in [one.value for one in app.subheader]
    assert {"Download report (HTML)", "Download data (JSON)"} <= {b.label for b in app.get("download_button")}
    for view in ("why", "texture"):
        app.segmented_control(key="_view").set_value(view).run()
        assert not app.exception, app.exception
    assert "Gabor filters" in words(app)


def test_a_work_of_the_collection_is_read(ready: Collection) -> None:
    app = screen("read", collection="small", work="a/work-01.jpg")
    assert "From small: Picture 1" in words(app)
    assert "How reliable is" in app.expander[0].label


def test_a_guess_that_is_not_sure_is_no_heading(ready: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(galleries.reader(), "facts", sure_of_all(galleries.reader()))
    for seed, limit, heading in ((61, -1.0, False), (62, 1.0, True)):
        monkeypatch.setattr("artextract.attributes.reader.MAX_OOD_PROBABILITY", limit)
        content = jpeg(made_picture(seed, 320, 240))
        app = screen("read")
        app.file_uploader[0].upload("mine.jpg", content, "image/jpeg").run()
        said = words(app)
        best = read(content, "mine.jpg").reading.style.labels[0].name
        assert (f"Style: **{best}**" in said) == heading
        assert ("Probably none of the 16 " in said) == (not heading)
        assert "Date: **about" not in said or heading


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


def test_a_large_picture_reads_the_same_alone_and_in_a_collection(tmp_path: Path, reader: Reader) -> None:
    from artextract.collecting import collect
    from artextract.sources.folder import FolderSource

    content = jpeg(made_picture(8, 2100, 1500))
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "one.jpg").write_bytes(content)
    collect(FolderSource(tmp_path / "large"), "large")
    opened = Collection.open("large")
    read_collection(opened, reader)
    table = stored_readings(opened, reader.bundle)
    assert table is not None
    best = read(content, "one.jpg").reading.style.labels[0]
    assert table["style_probability"].iloc[0] == best.probability


@pytest.mark.parametrize("content", [b"text", b""])
def test_what_is_no_picture_is_one_sentence(ready: Collection, content: bytes) -> None:
    app = screen("read")
    app.file_uploader[0].upload("mine.jpg", content, "image/jpeg").run()
    assert not app.exception, app.exception
    assert "mine.jpg is" in words(app)


def test_a_report_stands_alone() -> None:
    content = jpeg(made_picture(7, 300, 200))
    found = read(content, "<my>.jpg")
    page = report_html(
        "<my>.jpg",
        "model",
        found.reading,
        {"The picture": found.image},
        {"style": ["Of 3 called so, 1 was."]},
        ["Lilies — Monet: cosine 0.9"],
    )
    assert "&lt;my&gt;.jpg" in page
    assert "<my>" not in page
    assert "data:image/jpeg;base64," in page
    assert "http" not in page
    assert found.reading.genre.labels[4].name in page


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


def test_the_nearest_training_painting_is_the_picture_itself(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, 1280)).astype(np.float32) * np.geomspace(5, 0.01, 1280)
    write_nearest(tmp_path / "training.safetensors", vectors, vectors[:40] + 9)
    found = NearestPaintings(tmp_path / "training.safetensors")
    for row in (0, 7, 199):
        near = found.near(vectors[row], 3)
        assert near[0].row == row
        assert near[0].cosine > 0.999
        assert near[0].cosine >= near[1].cosine >= near[2].cosine
    assert found.knn_similarity(vectors[:3]).shape == (3,)
    assert (found.ood_probability(vectors[:50]) < 0.5).all()
    assert (found.ood_probability(vectors[:50] + 9) > 0.5).all()
