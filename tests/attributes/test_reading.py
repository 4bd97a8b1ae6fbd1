"""Reading with the shipped model: alone, on the screen, on the command line, over a collection."""

import copy
import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from artextract.attributes import date_bins
from artextract.attributes.certainty.ood_score import NearestPaintings, fit_ood_score, label_votes, write_nearest
from artextract.attributes.collection_readings import read_collection, stored_readings, with_readings
from artextract.attributes.evaluation.confusion import UNKNOWN_ARTIST, label_confusion
from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import SHIPPED, Bundle, ModelFacts
from artextract.attributes.reader import MAX_OOD_PROBABILITY, Reader, open_to_read, read_files
from artextract.attributes.reading import NOT_SURE
from artextract.attributes.saliency import overlay, saliency
from artextract.cli import app
from artextract.collection import Collection
from artextract.sources.demo import DemoSource
from artextract.ui.reading import cached
from artextract.ui.reading.report import as_json
from tests.support.made import SMALL_COUNT, jpeg, made_picture


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
    assert len(bundle.facts.classes.style) == 19
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


def sure_of_all(reader: Reader) -> ModelFacts:
    """Facts of the model with which every label is sure."""
    calibration = {name: replace(one, threshold=0.0) for name, one in reader.facts.calibration.items()}
    return reader.facts.model_copy(update={"calibration": calibration, "max_ood": dict.fromkeys(LABELLED, 1.0)})


def read(content: bytes, name: str) -> cached.ReadPicture:
    """What the app reads in a picture, not remembered: that is done for a visitor."""
    return cached.read_picture.__wrapped__(content, name)


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
        assert ood.answer(name).none_of_these == (name != "genre")  # a painting of another style still has a genre
        assert ood.answer(name).labels == known.answer(name).labels


def test_a_date_is_stated_up_to_a_century_and_in_the_years_of_a_sure_style(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "facts", sure_of_all(reader))
    predictions = reader.predict([made_picture(1, 224, 224)])
    style = reader.readings(replace(predictions, ood_probability=np.zeros(1)))[0].style.labels[0].name
    for years, of_style, stated in ((100, (1250, 1400), True), (300, (1250, 1400), False), (100, (1500, 1600), False)):
        monkeypatch.setattr(reader.bundle, "style_years", {style: of_style})
        law = np.where(np.arange(date_bins.BINS) < years / date_bins.WIDTH, 1.0, 0.0)
        probabilities = predictions.probabilities | {"date": law[None] / law.sum()}
        found = replace(predictions, probabilities=probabilities, ood_probability=np.zeros(1), date_margin=0.0)
        assert (reader.readings(found)[0].date is not None) == stated


@pytest.mark.parametrize("asked", [True, False], ids=["unknown styles", "known styles alone"])
def test_the_ood_score_falls_with_prominence_and_similarity(asked: bool) -> None:
    random = np.random.default_rng(0)
    logits, near = random.normal(0, 3, (400, 5)), random.normal(0.7, 0.1, 400)
    unknown = asked & (np.arange(400) >= 300)
    logits[~unknown, 0] += 8
    near[unknown] -= 0.1
    fitted = fit_ood_score(logits, near, unknown, np.ones(400), 0.3)
    found = fitted.of(logits, near)
    assert (found[~unknown] > 0.5).mean() == pytest.approx(0.3, abs=0.01)
    assert (fitted.of(logits, near + 0.1) < found).all()  # nearer
    more = logits.copy()
    more[np.arange(400), logits.argmax(axis=1)] += 2
    assert (fitted.of(more, near) < found).all()  # the likeliest stands out more
    np.testing.assert_allclose(fitted.of(5 * logits - 3, near), found)  # scale and level don't matter


def test_near_paintings_vote_for_their_style() -> None:
    stored = np.eye(12, dtype=np.float32)
    styles = np.array([0] * 6 + [1] * 5 + [-1])
    votes = label_votes(stored[[0, 7, 11]] @ stored.T, styles, 3)
    assert votes.sum(axis=1) == pytest.approx(1)
    assert votes[0].argmax() == 0
    assert votes[1].argmax() == 1
    assert (votes[:, 2] == 0).all()


def test_noise_is_not_sure(reader: Reader) -> None:
    random = np.random.default_rng(0)
    noise = [Image.fromarray(random.integers(0, 256, (200, 300, 3), dtype=np.uint8)) for _ in range(6)]
    found = reader.readings(reader.predict(noise))
    assert np.mean([one.style.unsure for one in found]) > 0.5
    assert np.mean([one.artist.unsure for one in found]) > 0.5


def test_saliency_adds_up_to_the_pooled_heads_logit(reader: Reader) -> None:
    picture = made_picture(3, 300, 200)
    weights = reader.heads.weights["date"][:, :1280]
    logits = reader.predict([picture]).vectors[0, :1280] @ weights.T
    groups = [[3], [7, 8, 9]]
    found = saliency(reader, picture, "date", groups)
    for group, each in zip(groups, found, strict=True):
        expected = float(logits[group].mean() - logits.mean())
        assert each.cells.sum() == pytest.approx(expected, rel=1e-3, abs=1e-4)
        assert 0 <= each.share <= 1


def test_saliency_is_of_the_whole_logit_if_the_head_only_reads_the_tuned_network(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = copy.deepcopy(reader.heads)
    heads.weights["style"][:, 1280:] = 0
    heads.biases["style"][:] = 0
    monkeypatch.setattr(reader, "heads", heads)
    picture = made_picture(4, 224, 224)
    assert saliency(reader, picture, "style", [[0]])[0].share == pytest.approx(1, abs=1e-3)


def test_an_overlay_is_orange_for_a_class_and_blue_against_it() -> None:
    picture = made_picture(4, 80, 60)
    grey = np.asarray(picture.convert("L").convert("RGB"))
    assert np.array_equal(np.asarray(overlay(picture, np.zeros((4, 4)), 1.0)), grey)
    cells = np.zeros((4, 4))
    cells[:, 0], cells[:, 3] = 2.0, -2.0
    found = np.asarray(overlay(picture, cells, 2.0)).astype(int)
    assert found.shape == grey.shape
    assert (found[:, :5, 0] > found[:, :5, 2]).all()
    assert (found[:, -5:, 0] < found[:, -5:, 2]).all()
    weak = np.asarray(overlay(picture, cells, 20.0)).astype(int)
    assert np.abs(weak - grey).mean() < np.abs(found - grey).mean()


def test_a_label_s_confusion_is_a_row_and_a_column_in_sentences() -> None:
    bundle = Bundle.open()
    found = label_confusion(bundle, "style", "Rococo")
    table = bundle.validation.dropna(subset="style")
    predicted = table[table["style_predicted"] == "Rococo"]
    assert found.true_classes.sum() == len(predicted)
    right = (predicted["style"] == "Rococo").mean()
    assert f"predicted as Rococo, {right:.0%} are Rococo" in found.sentences()[0]
    assert found.predicted_classes.sum() == (table["style"] == "Rococo").sum()
    assert "No validation painting is labelled Nobody" in label_confusion(bundle, "artist", "Nobody").sentences()[0]


def test_reliability_of_an_artist_counts_the_paintings_by_all_others() -> None:
    """What the box says is about the open answer: also about paintings by artists that the model doesn't know."""
    bundle = Bundle.open()
    table = bundle.validation.dropna(subset="painter")
    answered = table[table["artist_open"] == "Claude Monet"]
    found = label_confusion(bundle, "artist", "Claude Monet")
    assert found.predicted_classes.sum() == (table["painter"] == "claude-monet").sum()
    counts = found.true_classes.to_dict()
    assert counts["Claude Monet"] == (answered["painter"] == "claude-monet").sum()
    unknown = ~answered["painter"].isin(bundle.facts.classes.artist)
    assert counts.get(UNKNOWN_ARTIST, 0) == unknown.sum()
    assert sum(counts.values()) == len(answered)


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


def test_works_out_of_distribution_have_no_label_and_no_year(
    collection: Collection, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("artextract.attributes.reader.MAX_OOD_PROBABILITY", -1.0)
    read_collection(collection, reader)
    table = stored_readings(collection, reader.bundle)
    works = with_readings(collection.works(), table)
    assert set(works["read_style"]) == set(works["read_artist"]) == {NOT_SURE}
    assert works["read_year"].isna().all()


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


def test_the_nearest_training_painting_is_the_picture_itself(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, 1280)).astype(np.float32) * np.geomspace(5, 0.01, 1280)
    parts = np.split(vectors, 2, axis=1)
    others = [part[:40] + 9 for part in parts]
    write_nearest(tmp_path / "training.safetensors", parts, {name: np.zeros(200, int) for name in LABELLED}, others)
    found = NearestPaintings(tmp_path / "training.safetensors")
    for row in (0, 7, 199):
        near = found.near(vectors[row], 3)
        assert near[0] == row
        cosines = found.vectors[near] @ found.project(vectors[row : row + 1])[0]
        assert cosines[0] > 0.999
        assert cosines[0] >= cosines[1] >= cosines[2]
    similarity, voted = found.compare(vectors[:3], {name: np.zeros((3, 2)) for name in LABELLED})
    assert similarity.shape == (3,)
    assert all((logits[:, 0] > logits[:, 1]).all() for logits in voted.values())
    assert (found.ood_probability(vectors[:50]) < 0.5).all()
    assert (found.ood_probability(vectors[:50] + 9) > 0.5).all()
