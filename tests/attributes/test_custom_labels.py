"""A collection's own words: what can be learnt, how it is measured, and reading with it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from artextract.attributes.custom_labels.examples import MIN_PICTURES, examples_of, labelled_columns
from artextract.attributes.custom_labels.fit import fit_labels
from artextract.attributes.custom_labels.linear_head import head_files, heads_for, read_head, with_custom_labels
from artextract.attributes.reading import NOT_SURE
from artextract.cli import app
from artextract.collecting import collect
from artextract.collection import About, Collection
from artextract.errors import SourceError, StorageError
from artextract.maps.gallery_map import compute_map
from artextract.settings import CACHE_VARIABLE
from artextract.sources.folder import FolderSource
from artextract.ui.jobs.job_queue import job_queue
from artextract.vision.embedding import Embeddings, embed_collection, load_embeddings
from artextract.vision.feature_key import FeatureKey
from tests.support.artgan_copy import styled_picture
from tests.support.made import jpeg
from tests.ui.test_screens import screen, wait_for, words

LITE = "efficientnet_lite2"
KEY = FeatureKey("made", "0" * 12, "8px-whole", "float32")
DIMENSION = 16


def made(labels: dict[str, list[str | None]], vectors: np.ndarray) -> tuple[Collection, Embeddings]:
    """A collection of works with these label columns, and their embeddings."""
    collection = Collection.create_or_open("made", About("folder", "Made"))
    count = len(vectors)
    hashes = [f"{number:064x}" for number in range(count)]
    plain = {
        "id": [f"w{n}" for n in range(count)],
        "title": "A title",
        "image": "images/x.jpg",
        "image_sha256": hashes,
        "width": 9,
        "height": 9,
    }
    collection.write_works(pd.DataFrame(plain | labels))
    ids = [f"w{n}" for n in range(count)]
    return collection, Embeddings(KEY, ids, hashes, vectors.astype(np.float32))


def _made_of(columns: dict[str, list[str | None]], vectors: np.ndarray) -> tuple[Collection, str, Embeddings]:
    collection, embeddings = made(columns, vectors)
    return collection, "style", embeddings


def clusters(each: int, kinds: int, spread: float = 0.15, seed: int = 0) -> np.ndarray:
    """`each` vectors about each of `kinds` centres, in turn."""
    random = np.random.default_rng(seed)
    centres = np.eye(DIMENSION)[:kinds]
    return np.tile(centres, (each, 1)) + random.normal(0, spread, (each * kinds, DIMENSION))


def in_turn(names: list[str], each: int) -> list[str | None]:
    return [*names] * each


def test_it_learns_what_is_there_and_says_how_well() -> None:
    collection, embeddings = made({"style": in_turn(["a", "b", "c"], 30)}, clusters(30, 3))
    facts = fit_labels(collection, "style", embeddings).facts
    held = facts.held_out
    assert (facts.terms, facts.pictures) == (("a", "b", "c"), (30, 30, 30))
    assert held.scores.n == 90
    assert held.scores.accuracy > 0.95
    assert held.majority == pytest.approx(1 / 3)
    assert held.sure > 0.8
    assert held.sure_right is not None
    assert held.sure_right > 0.95
    assert not held.by_artist
    assert "3 terms from 90 pictures" in facts.sentence()
    assert read_head(*head_files(collection)).facts == facts


def test_of_labels_that_mean_nothing_it_is_sure_of_next_to_nothing() -> None:
    random = np.random.default_rng(3)
    labels: list[str | None] = list(random.choice(["a", "b", "c"], 150))
    collection, embeddings = made({"style": labels}, clusters(150, 1, 1.0))
    held = fit_labels(collection, "style", embeddings).facts.held_out
    assert held.scores.accuracy < 0.5
    assert held.sure < 0.1
    assert held.scores.ece < 0.2


def test_the_figures_are_of_artists_that_were_held_out() -> None:
    """Each artist has a look of their own, and the label is drawn by artist: nothing to learn."""
    random = np.random.default_rng(1)
    looks, label = np.eye(DIMENSION)[:12], random.permutation(["a", "b"] * 6)
    artist = np.repeat(np.arange(12), 10)
    vectors = looks[artist] + random.normal(0, 0.05, (120, DIMENSION))
    columns: dict[str, list[str | None]] = {"style": [str(label[one]) for one in artist]}
    collection, embeddings = made(columns, vectors)
    blind = fit_labels(collection, "style", embeddings).facts.held_out
    columns["artist"] = [f"Artist {one}" for one in artist]
    collection, embeddings = made(columns, vectors)
    honest = fit_labels(collection, "style", embeddings).facts.held_out
    assert (blind.by_artist, honest.by_artist) == (False, True)
    assert blind.scores.accuracy > 0.95
    assert honest.scores.accuracy < 0.75
    assert "held-out pictures by other artists" in fit_labels(collection, "style", embeddings).facts.sentence()


def test_a_term_of_one_artist_is_measured_as_never_learnt() -> None:
    """Where the artist is held out nothing is left of the term, and of two terms only one."""
    labels: list[str | None] = ["a", "b"] * 20
    artists: list[str | None] = ["Alone" if n % 2 == 0 else f"Other {n}" for n in range(40)]
    collection, embeddings = made({"style": labels, "artist": artists}, clusters(20, 2))
    held = fit_labels(collection, "style", embeddings).facts.held_out
    assert held.by_artist
    assert held.scores.accuracy == pytest.approx(0.5)
    assert held.unknown == 20


def test_a_term_of_one_artist_does_not_change_the_temperature_of_the_others() -> None:
    vectors = clusters(40, 5, 0.6)
    labels, artists = in_turn(["a", "b", "c", "d", "e"], 40), [f"Artist {n % 9}" for n in range(200)]
    columns: dict[str, list[str | None]] = {"style": labels, "artist": [*artists]}
    before = fit_labels(*_made_of(columns, vectors)).facts
    alone = np.random.default_rng(5).normal(0, 0.6, (12, DIMENSION)) + np.eye(DIMENSION)[6]
    columns = {"style": [*labels, *["alone"] * 12], "artist": [*artists, *["Alone"] * 12]}
    after = fit_labels(*_made_of(columns, np.concatenate([vectors, alone]))).facts
    assert (before.held_out.unknown, after.held_out.unknown) == (0, 12)
    assert after.calibration.temperature == pytest.approx(before.calibration.temperature, rel=0.15)
    assert "12 of them count as wrong because too few artists have their term" in after.sentence()


def test_the_limit_of_sure_answers_is_chosen_without_the_pictures_it_is_measured_on() -> None:
    """Of labels that mean nothing, the sure half of the answers is right by chance."""
    sure, right = 0.0, 0.0
    for seed in range(12):
        labels: list[str | None] = list(np.random.default_rng(seed).choice(["a", "b"], 60))
        held = fit_labels(*_made_of({"style": labels}, clusters(60, 1, 1.0, seed))).facts.held_out
        sure += held.sure
        right += held.sure * (held.sure_right or 0.0)
    assert right < 0.65 * sure, (right, sure)


def test_a_work_of_several_terms_is_an_example_of_each() -> None:
    vectors = clusters(20, 3)
    labels: list[str | None] = ["a", "b", "a; b"] * 20
    collection, embeddings = made({"theme": labels}, vectors)
    examples = examples_of(collection.works(), embeddings, "theme")
    assert examples.terms == ("a", "b")
    assert examples.targets[2].tolist() == [0.5, 0.5]
    facts = fit_labels(collection, "theme", embeddings).facts
    assert facts.pictures == (40, 40)
    both = read_head(*head_files(collection)).probabilities(np.eye(DIMENSION)[2:3])[0]
    assert both == pytest.approx([0.5, 0.5], abs=0.2)


def test_rare_terms_are_left_out_and_named() -> None:
    labels: list[str | None] = ["a", "b"] * MIN_PICTURES + ["rare"] * 3 + [None] * 5
    vectors = np.concatenate([clusters(MIN_PICTURES, 2), clusters(8, 1, 0.3)])
    collection, embeddings = made({"school": labels}, vectors)
    facts = fit_labels(collection, "school", embeddings).facts
    assert facts.left_out == {"rare": 3}
    assert facts.held_out.scores.n == 2 * MIN_PICTURES
    assert "left out: 1 (rare …)" in facts.sentence()


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("school", r"Usable terms in the column school: 1\. .* The most common, one, has 30"),
        ("nothing", "No labels can be fitted to 'nothing'. Usable columns: style"),
        ("title", "No labels can be fitted to 'title'"),
        ("theme", "Labels need 2 to 200, each with 12 embedded pictures"),
    ],
)
def test_what_cannot_be_learnt_is_one_sentence(column: str, sentence: str) -> None:
    labels: dict[str, list[str | None]] = {
        "style": in_turn(["a", "b"], 15),
        "school": ["one"] * 30,
        "theme": [f"t{number % 4}" for number in range(30)],
    }
    collection, embeddings = made(labels, clusters(15, 2))
    assert labelled_columns(collection.works()) == ["style"]
    with pytest.raises(SourceError, match=sentence):
        fit_labels(collection, column, embeddings)
    assert not head_files(collection)


def test_a_work_may_have_several_terms_and_another_none() -> None:
    labels: list[str | None] = ["Dutch; Flemish", None] * 15
    collection, _ = made({"school": labels}, clusters(15, 2))
    assert labelled_columns(collection.works()) == ["school"]


def test_only_embedded_works_are_examples() -> None:
    collection, embeddings = made({"style": in_turn(["a", "b"], 20)}, clusters(20, 2))
    few = Embeddings(KEY, embeddings.ids[:10], embeddings.hashes[:10], embeddings.vectors[:10])
    with pytest.raises(SourceError, match="The most common, a, has 5"):
        fit_labels(collection, "style", few)


def test_what_is_like_nothing_learnt_is_not_sure() -> None:
    collection, embeddings = made({"style": in_turn(["a", "b"], 30)}, clusters(30, 2))
    fit_labels(collection, "style", embeddings)
    head = read_head(*head_files(collection))
    near, far = np.eye(DIMENSION)[:1], -np.eye(DIMENSION)[:1] * 5
    sure, ood = head.answers(np.concatenate([near, far]))
    assert (sure.labels[0].name, sure.unsure, sure.none_of_these) == ("a", False, False)
    assert ood.unsure
    assert ood.none_of_these
    assert ood.doubt().startswith("Probably none of the 2 that the model knows")
    table = with_custom_labels(collection.works().iloc[:2], [head], np.concatenate([near, far]).astype(np.float32))
    assert list(table["custom_label_style"]) == ["a", NOT_SURE]


def test_a_head_reads_only_embeddings_of_its_key_and_a_damaged_one_says_so() -> None:
    collection, embeddings = made({"style": in_turn(["a", "b"], 15)}, clusters(15, 2))
    fit_labels(collection, "style", embeddings)
    assert [head.facts.column for head in heads_for(collection, str(KEY))] == ["style"]
    assert heads_for(collection, "another-key") == []
    (file,) = head_files(collection)
    file.write_bytes(b"nonsense")
    with pytest.raises(StorageError, match=r"is damaged\. Fit the labels of made again"):
        read_head(file)
    assert heads_for(collection, str(KEY)) == []


def striped_folder(folder: Path, each: int = 14) -> Path:
    """Pictures whose stripes are named by a column of the museum's own."""
    lines = ["file,artist,Kind of stripe,style"]
    for number in range(3 * each):
        kind, name = number % 3, f"p{number:03}.jpg"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(jpeg(styled_picture(kind, number)))
        lines.append(f"{name},Maker {number % 9},{('upright', 'level', 'blot')[kind]},")
    (folder / "table.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def striped_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the collection "striped", embedded and mapped."""
    root = tmp_path_factory.mktemp("striped")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(root / "cache"))
        folder = striped_folder(root / "pictures")
        collect(FolderSource(folder, folder / "table.csv"), "striped")
        collection = Collection.open("striped")
        embed_collection(collection, LITE)
        compute_map(collection, load_embeddings(collection, LITE), "tsne")
    return root / "cache"


@pytest.fixture
def striped(striped_cache: Path, cache: Path) -> Collection:
    """The collection "striped", in a cache of its own."""
    shutil.copytree(striped_cache, cache)
    return Collection.open("striped")


def test_a_tables_own_column_is_fitted_and_predicted_from_the_command_line(striped: Collection, tmp_path: Path) -> None:
    assert "kind_of_stripe" in striped.works()
    runner = CliRunner()
    done = runner.invoke(app, ["fit-labels", "striped", "--column", "kind_of_stripe", "--json"])
    assert done.exit_code == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["terms"] == ["blot", "level", "upright"]
    assert facts["held_out"]["scores"]["accuracy"] > 0.9
    picture = tmp_path / "new.jpg"
    picture.write_bytes(jpeg(styled_picture(1, 999)))
    done = runner.invoke(app, ["predict", str(picture), "--collection", "striped", "--json"])
    label = json.loads(done.stdout)["readings"][0]["custom_labels"]["kind_of_stripe"]
    assert label["labels"][0]["name"] == "level"
    done = runner.invoke(app, ["fit-labels", "striped", "--column", "style"])
    assert done.exit_code == 1
    assert "Usable columns: kind_of_stripe" in done.stderr


def test_a_collection_without_labels_says_what_to_do(striped: Collection, tmp_path: Path) -> None:
    picture = tmp_path / "new.jpg"
    picture.write_bytes(jpeg(styled_picture(1, 999)))
    done = CliRunner().invoke(app, ["predict", str(picture), "--collection", "striped"])
    assert done.exit_code == 1
    assert "striped has no custom labels. Run `artextract fit-labels striped --column" in done.stderr


def test_labels_are_fitted_and_predicted_on_the_screens(striped: Collection) -> None:
    job_queue.clear()
    shown = screen("collections")
    assert shown.selectbox(key="_label_column_striped").options == ["Kind of stripe"]
    shown.button(key="_fit_labels_striped").click().run()
    wait_for(job_queue(), f"fit-labels:{striped.root}:kind_of_stripe")
    shown.run()
    assert "3 terms from 42 pictures" in words(shown)
    column = "custom_label_kind_of_stripe"
    shown = screen(collection="striped", work="p001.jpg", colour=column, **{column: ["level"]})
    assert shown.multiselect(key=f"_{column}").value == ["level"]
    assert any("Kind of stripe (custom label)" in one.value for one in shown.get("html"))
    shown = screen("read", collection="striped", work="p001.jpg")
    assert "Custom labels of striped" in [one.value for one in shown.subheader]
    assert "Kind of stripe: **level**" in words(shown)
