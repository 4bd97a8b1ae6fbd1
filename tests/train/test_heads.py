"""The linear heads on pooled outputs, and the years that paintings without a date can have."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from artextract.attributes import date_bins
from artextract.attributes.certainty.calibration import set_thresholds
from artextract.attributes.labels import ANOTHER
from artextract.errors import SourceError, WeightsError
from tests.support.artgan_copy import make_copy
from tests.train.test_training import attribute_settings
from train.attributes import train
from train.data.paintings import year_spans
from train.heads import tuned_heads

STYLES = ("Cubism", "Impressionism", "Ukiyo e")


def write_heads(folder: Path, width: int, **classes: list[str]) -> Path:
    """Heads as `train.backbone` writes them."""
    random = np.random.default_rng(0)
    tensors = {}
    for name, labels in classes.items():
        tensors[f"{name}.weight"] = random.normal(size=(len(labels), width)).astype(np.float32)
        tensors[f"{name}.bias"] = np.arange(len(labels), dtype=np.float32)
    save_file(tensors, folder / "final.heads.safetensors")
    (folder / "classes.json").write_text(json.dumps(classes))
    return folder / "final.heads.safetensors"


def test_heads_keep_their_classes_without_excluded_painters(tmp_path: Path) -> None:
    artists = ["adolf-hitler", "claude-monet", ANOTHER]
    file = write_heads(tmp_path, 4, style=["Baroque"], genre=["portrait"], artist=artists)
    classes, heads = tuned_heads(file)
    assert classes.artist == ("claude-monet", ANOTHER)
    assert heads.biases["artist"].tolist() == [1, 2]


def test_heads_without_their_classes_are_one_sentence(tmp_path: Path) -> None:
    file = write_heads(tmp_path, 4, style=["Baroque"], genre=["portrait"], artist=[ANOTHER])
    (tmp_path / "classes.json").write_text("[]")
    with pytest.raises(WeightsError, match="does not hold linear heads for the classes"):
        tuned_heads(file)


def test_a_model_of_heads_alone_is_trained_and_read_without_a_sequence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTEXTRACT_CACHE", str(tmp_path / "cache"))
    copy = make_copy(tmp_path / "copy")
    heads = write_heads(
        tmp_path, 1280, style=list(STYLES), genre=["landscape", "portrait"], artist=["claude-monet", ANOTHER]
    )
    settings = attribute_settings(copy, tmp_path / "run", hidden=0, heads=str(heads), rare_styles=["Cubism"])
    bundle = train(settings)
    assert bundle.sequence_model() is None
    fitted, facts = bundle.heads(), bundle.facts
    assert facts.classes.style == STYLES
    assert fitted.weights["style"].shape == (3, 2560)
    # The untuned network counts a little for every class, and more for rare styles.
    evidence = np.linalg.norm(fitted.weights["style"][:, 1280:], axis=1)
    assert evidence[0] > evidence[1:].max() > 0
    assert facts.calibration["style"].shift[0] > facts.calibration["style"].shift[1] == 0
    assert set(facts.in_set_from) == set(facts.max_ood) == {"style", "genre", "artist"}


def test_years_come_from_the_title_else_from_lives_else_from_other_works(tmp_path: Path) -> None:
    people = tmp_path / "constituents.csv"
    people.write_text(
        "forwarddisplayname,beginyear,endyear,artistofngaobject\nLucas Cranach,1472,1553,0\nLucas Cranach,1515,1586,1\n"
    )
    rows = [
        ("lucas-cranach", 1530, "fit", "Renaissance"),
        ("lucas-cranach", None, "fit", "Renaissance"),
        *(("paul-klee", year, "fit", "Cubism") for year in (1910, 1920, 1930)),
        ("paul-klee", None, "aside", "Cubism"),
        ("nobody", None, "fit", "Medieval"),
        ("nobody", None, "fit", "Cubism"),
    ]
    table = pd.DataFrame(rows, columns=["painter", "year", "part", "style"]).astype({"year": "Int64"})
    found = year_spans(table, people)
    # Of two people of one name, the one whose works the gallery holds.
    assert found[[0, 1, 5, 6]].tolist() == [[1530, 1530], [1533, 1586], [1900, 1940], [1200, 1450]]
    assert np.isnan(found[7]).all()
    assert found[:, 0][~np.isnan(found[:, 0])].min() >= date_bins.FIRST
    people.write_text("name\nx\n")
    with pytest.raises(SourceError, match=r"constituents\.csv is not a table of constituents"):
        year_spans(table, people)


def test_label_sets_hold_the_right_class_in_each_class_and_group() -> None:
    random = np.random.default_rng(0)
    n, groups = 4000, np.arange(4000) % 2
    target = random.integers(0, 3, n)
    logits = random.normal(0, 1, (n, 3)) + 2 * np.eye(3)[target] * np.where(groups, 0.5, 1.5)[:, None]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    limits = set_thresholds(probabilities[:2000], target[:2000], groups[:2000], 0.1)
    held = probabilities[np.arange(n), target] >= limits[target]
    for label in range(3):
        for group in (0, 1):
            chosen = (target == label) & (groups == group) & (np.arange(n) >= 2000)
            assert held[chosen].mean() > 0.85
    few = set_thresholds(probabilities[:6], np.zeros(6, int), np.zeros(6, int), 0.1)
    assert few.tolist() == [0, 0, 0]  # too few to rule anything out
