"""The Model report: its figures and tables on made predictions, and the screen on the shipped."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from artextract.attributes.evaluation.metrics import reliability
from artextract.attributes.model_bundle import Bundle
from artextract.collecting import collect
from artextract.collection import Collection
from artextract.sources.folder import FolderSource
from artextract.ui import galleries, model_paintings
from artextract.ui.navigation import MODEL_REPORT
from artextract.ui.report import charts, paintings, scores
from tests.support.made import jpeg, made_picture
from tests.ui.test_screens import ROOT, words


@pytest.fixture(autouse=True)
def own_model() -> None:
    """No test sees the model that another one opened."""
    galleries.bundle.clear()


def table_of(pairs: list[tuple[str | None, str]]) -> pd.DataFrame:
    """Predictions of style: right class and answer, each surer than the one before."""
    count = len(pairs)
    return pd.DataFrame({
        "file": [f"S/claude-monet_number-{i}-{1880 + i}.jpg" for i in range(count)],
        "title": [f"Number {i}" for i in range(count)],
        "painter": "claude-monet",
        "copy": 0,
        "year": pd.array([1880 + i if i else None for i in range(count)], dtype="Int64"),
        "style": [right for right, _ in pairs],
        "style_predicted": [said for _, said in pairs],
        "style_probability": np.linspace(0.5, 0.9, count, dtype=np.float32),
        "style_right": np.linspace(0.1, 0.2, count, dtype=np.float32),
        "date_low": 1870.0,
        "date_median": 1882.0,
        "date_high": 1883.0,
    })


PAIRS: list[tuple[str | None, str]] = [
    ("Cubism", "Cubism"),
    ("Cubism", "Cubism"),
    ("Cubism", "Fauvism"),
    ("Cubism", "Rococo"),
    ("Fauvism", "Fauvism"),
    ("Fauvism", "Cubism"),
    (None, "Fauvism"),
]


def screen(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.switch_page(MODEL_REPORT.path)
    for parameter, value in address.items():
        app.query_params[parameter] = value
    app.run()
    assert not app.exception, app.exception
    return app


def test_the_headline_agrees_with_sklearn() -> None:
    from sklearn.metrics import balanced_accuracy_score, f1_score

    table = table_of(PAIRS)
    figures = scores.headline(table, "style")
    known = table.dropna(subset="style")
    right, said = known["style"], known["style_predicted"]
    assert figures["n"] == 6
    assert figures["accuracy"] == pytest.approx(3 / 6)
    with pytest.warns(UserWarning, match="not in y_true"):
        assert figures["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(right, said))
    f1 = f1_score(right, said, labels=["Cubism", "Fauvism"], average="macro")
    assert figures["macro_f1"] == pytest.approx(f1)


def test_confusable_classes_stand_together() -> None:
    counts = np.diag([90, 90, 90, 90])
    counts[0, 2] = counts[2, 0] = counts[1, 3] = counts[3, 1] = 30
    order = list(scores.order_of(counts))
    assert sorted(order) == [0, 1, 2, 3]
    assert abs(order.index(0) - order.index(2)) == 1
    assert abs(order.index(1) - order.index(3)) == 1


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_or_never_confused_classes_have_an_order(count: int) -> None:
    assert sorted(scores.order_of(np.diag([5] * count))) == list(range(count))


def test_shares_are_of_the_row_or_of_the_column() -> None:
    matrix = scores.confusion_of(table_of(PAIRS), "style")
    assert set(matrix.index) == set(matrix.columns) == {"Cubism", "Fauvism", "Rococo"}
    cell = matrix.index.get_loc("Cubism"), matrix.columns.get_loc("Fauvism")
    assert scores.shares(matrix.to_numpy(), 1)[cell] == pytest.approx(1 / 4)
    assert scores.shares(matrix.to_numpy(), 0)[cell] == pytest.approx(1 / 2)


def test_each_class_has_its_rates_and_gaps() -> None:
    table = scores.per_class(table_of(PAIRS), "style").set_index("class")
    assert list(table["support"]) == [4, 2, 0]
    assert table.loc["Cubism", "precision"] == pytest.approx(100 * 2 / 3)
    assert table.loc["Cubism", "recall"] == pytest.approx(50)
    assert table.loc["Cubism", "f1"] == pytest.approx(100 * 4 / 7)
    assert pd.isna(table.loc["Rococo", "recall"])
    assert table.loc["Rococo", "precision"] == 0


def test_the_interval_of_the_accuracy_is_by_artist() -> None:
    table = table_of(PAIRS)
    table["painter"] = ["a", "a", "b", "b", "c", None, "c"]
    found = scores.headline(table, "style")
    assert found["artists"] == 4
    assert 0 <= found["accuracy_low"] < found["accuracy"] < found["accuracy_high"] <= 1


def test_a_painting_without_a_name_is_told_without_one() -> None:
    table = table_of(PAIRS)[:1].assign(file="Baroque/00017.jpg", title=None, painter=None)
    told = paintings.painting_table(table, "style").iloc[0]
    assert (told["title"], told["artist"], told["page"]) == ("Untitled", "", None)
    pictures = model_paintings.PaintingPictures("one", {"Baroque/00017.jpg": ("w", "/t.jpg")})
    assert paintings.painting_cards(table, "style", pictures)[0].title == "Untitled"
    assert model_paintings.label_of(dict(table.iloc[0])) == "Untitled"


def test_a_cell_and_the_mistakes_come_most_confident_first() -> None:
    table = table_of(PAIRS)
    assert list(paintings.cell(table, "style", "Cubism", "Cubism").index) == [1, 0]
    assert list(paintings.confident_mistakes(table, "style", 2).index) == [5, 3]


def test_paintings_are_told_with_their_page() -> None:
    told = paintings.painting_table(table_of(PAIRS)[:2], "style")
    assert list(told["year"]) == ["", "1881"]
    assert told.loc[1, "artist"] == "Claude Monet"
    assert told.loc[1, "page"] == "https://www.wikiart.org/en/claude-monet/number-1-1881"


def test_a_page_is_without_copy_number_and_missing_for_the_untitled() -> None:
    page = model_paintings.wikiart_page
    assert page("Cubism/a-b_lilies-1910(2).jpg") == "https://www.wikiart.org/en/a-b/lilies-1910"
    assert page("Cubism/a-b_not-detected-123.jpg") is None


def test_the_matrix_can_be_clicked_where_it_is_drawn() -> None:
    matrix = scores.confusion_of(table_of(PAIRS), "style")
    for measure in charts.MEASURES:
        figure = charts.confusion_figure(matrix, measure, "style", (matrix.index[0], matrix.index[2]))
        heat, points = figure.data
        assert np.shape(heat.z) == (3, 3)
        assert len(points.customdata) == 9
        for x, y, (true, predicted) in zip(points.x, points.y, points.customdata, strict=True):
            assert (matrix.columns[x], matrix.index[y]) == (predicted, true)
        frame = figure.layout.shapes[0]
        assert (frame.x0, frame.y0) == (1.5, -0.5)
        assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text


def test_the_charts_hold_what_they_are_given() -> None:
    bars = reliability(np.array([0.5, 0.52, 0.9]), np.array([True, False, True]))
    right, line, counts = charts.reliability_figure(bars, 0.123).data
    assert list(right.y) == [50, 100]
    assert list(line.x) == list(line.y)
    assert list(counts.y) == [2, 1]


@pytest.mark.parametrize("attribute", ["style", "genre", "artist"])
def test_the_report_shows_the_figures_of_an_attribute(attribute: str) -> None:
    app = screen(attribute=attribute)
    shown = {metric.label: metric.value for metric in app.metric}
    known = Bundle.open().validation.dropna(subset=attribute)
    right = (known[attribute] == known[f"{attribute}_predicted"]).mean()
    assert shown["Accuracy"] == f"{right:.1%}"
    assert shown["Paintings"] == f"{len(known):,}"
    dated = Bundle.open().validation.dropna(subset="year")
    error = (dated["date_median"] - dated["year"].astype(float)).abs().median()
    assert shown["Median error"] == f"{error:.1f} years"
    assert shown["Dated paintings"] == f"{len(dated):,}"
    assert "95% interval of the accuracy: " in words(app)
    assert "A perfectly calibrated model with these probabilities" in words(app)
    assert len(app.get("plotly_chart")) == 2
    assert "#### Classes" in words(app)
    assert "Most confident mistakes" in words(app)


def test_a_cell_shows_its_paintings_and_stands_in_the_address() -> None:
    table = Bundle.open().validation
    first = paintings.confident_mistakes(table, "style", 1).iloc[0]
    app = screen()
    before = len(app.dataframe)
    app.selectbox(key="_is").set_value(first["style"]).run()
    app.selectbox(key="_called").set_value(first["style_predicted"]).run()
    assert not app.exception
    assert app.query_params["is"] in (first["style"], [first["style"]])
    assert len(app.dataframe) == before + 1
    count = len(paintings.cell(table, "style", first["style"], first["style_predicted"]))
    assert f"{count:,} paintings, the most confident predictions first." in words(app)
    app.segmented_control(key="_attribute").set_value("genre").run()
    assert not app.exception
    assert app.query_params["attribute"] in ("genre", ["genre"])
    assert not {"is", "called"} & set(app.query_params)


def test_nonsense_in_the_address_is_left_out() -> None:
    app = screen(attribute="colour", **{"is": "nothing", "called": "Baroque"})
    assert app.segmented_control(key="_attribute").value == "style"
    assert app.selectbox(key="_is").value is None
    assert "Click a cell of the matrix" in words(app)


def test_paintings_that_a_collection_has_are_shown_as_pictures(tmp_path: Path) -> None:
    wrong = paintings.confident_mistakes(Bundle.open().validation, "style", 2)
    for number, file in enumerate(wrong["file"]):
        path = tmp_path / "few" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(made_picture(number)))
    collect(FolderSource(tmp_path / "few"), "few")
    pictures = model_paintings.pictures_in([Collection.open("few")])
    assert pictures is not None
    assert set(pictures.works) == set(wrong["file"])
    cards = paintings.painting_cards(wrong, "style", pictures)
    assert [card.id for card in cards] == list(wrong["file"])
    assert "/artextract/thumb/few/" in cards[0].picture_url
    assert cards[0].subtitle.startswith(f"Predicted {wrong['style_predicted'].iloc[0]}")
    screen()


def test_a_collection_without_these_paintings_gives_none(collection: Collection) -> None:
    assert model_paintings.pictures_in([collection]) is None
    (collection.root / "works.parquet").write_bytes(b"nonsense")
    assert model_paintings.pictures_in([collection]) is None


def test_a_model_that_is_missing_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Bundle.open
    monkeypatch.setattr(Bundle, "open", lambda: real(tmp_path))
    app = screen()
    assert "There is no model in" in words(app)
    assert not app.metric


def test_an_ablation_of_a_model_before_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "attribute": "style",
        "model": "one",
        "n": 9,
        "classes": 11,
        "accuracy": 0.5,
        "balanced_accuracy": 0.5,
        "macro_f1": 0.5,
        "top5": 1.0,
        "ece": 0.1,
    }
    rows = {"ablation": [row], "artist_disjoint": [row | {"classes": 19}], "unknown_styles": []}
    monkeypatch.setattr(Bundle, "measured", lambda _self, name: rows[name])
    app = screen()
    table = next(frame.value for frame in app.dataframe if "model" in frame.value)
    assert (table["accuracy"].iloc[0], table["top5"].iloc[0]) == (50.0, 100.0)
    assert "ece_by_chance" not in table
    said = words(app)
    assert said.count("These figures are from an earlier model with 11 styles; the current model has 19.") == 1


def test_without_an_ablation_its_section_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Ablation: what each part of the model contributes" in words(screen())
    assert "#### Unseen artists" in words(screen())
    monkeypatch.setattr(Bundle, "measured", lambda _self, _name: [])
    said = words(screen())
    assert "Ablation: what each part of the model contributes" not in said
    assert "#### Unseen artists" not in said
