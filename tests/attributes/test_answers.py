"""Answers: which labels they list, when they are sure, and the words for them."""

from collections.abc import Sequence

import numpy as np
import pytest

from artextract.attributes.labels import ANOTHER
from artextract.attributes.reading import Answer, DateAnswer, Label, Reading, either, label_answers

PAINTERS = ("Claude Monet", "Camille Pissarro", "Paul Gauguin", ANOTHER)


def one(probabilities: Sequence[float], threshold: float = 0.6, ood: bool = False) -> Answer:
    """The answer on the artist for one picture."""
    return label_answers(np.array([probabilities]), PAINTERS, threshold, np.array([ood]), rest=ANOTHER)[0]


def test_a_label_above_the_threshold_is_sure() -> None:
    answer = one([0.2, 0.7, 0.05, 0.05])
    assert [label.name for label in answer.labels] == ["Camille Pissarro", "Claude Monet", "Paul Gauguin"]
    assert [label.probability for label in answer.labels] == [0.7, 0.2, 0.05]
    assert (answer.likely, answer.unsure, answer.none_of_these) == (("Camille Pissarro",), False, False)
    assert answer.names() == ("Camille Pissarro",)
    assert answer.doubt() == ""


def test_below_the_threshold_two_labels_are_likely() -> None:
    answer = one([0.3, 0.5, 0.05, 0.15])
    assert (answer.likely, answer.unsure, answer.none_of_these) == (("Camille Pissarro", "Claude Monet"), True, False)
    assert answer.doubt() == "Possibly Camille Pissarro (50%) or Claude Monet (30%)."


def test_the_rest_class_is_never_a_label() -> None:
    for answer in (one([0.3, 0.5, 0.05, 0.15]), one([0.1, 0.05, 0.05, 0.8]), one([0.1, 0.05, 0.05, 0.8], ood=True)):
        assert answer.classes == len(PAINTERS) - 1
        assert ANOTHER not in {label.name for label in answer.labels} | set(answer.likely)
        assert ANOTHER not in answer.doubt()


@pytest.mark.parametrize("answer", [one([0.3, 0.25, 0.05, 0.4], threshold=0.2), one([0.9, 0.1, 0, 0], ood=True)])
def test_none_of_the_classes_is_not_sure(answer: Answer) -> None:
    assert answer.none_of_these
    assert answer.unsure
    assert answer.names() == ()
    assert answer.doubt() == "Probably none of the 3 that the model knows."


def test_a_class_called_as_the_rest_class_stays_where_there_is_no_rest() -> None:
    answer = label_answers(np.array([[0.2, 0.8]]), ("a", ANOTHER), 0.5, np.array([False]))[0]
    assert (answer.labels[0].name, answer.unsure, answer.none_of_these) == (ANOTHER, False, False)


def test_too_many_likely_labels_are_no_answer() -> None:
    answer = Answer([Label(name, 0.2) for name in "abcde"], 9, tuple("abcd"), True, False)
    assert answer.names() == ()
    assert answer.doubt() == "The model cannot tell."


def test_names_are_joined() -> None:
    assert [either(names) for names in ("", "a", "ab", "abc")] == ["", "a", "a or b", "a, b or c"]


def sure(name: str) -> Answer:
    return Answer([Label(name, 0.9)], 19, (name,), False, False)


def likely(*names: str) -> Answer:
    return Answer([Label(name, 0.3) for name in names], 19, names, True, False)


def none(nearest: str) -> Answer:
    return Answer([Label(nearest, 0.3)], 169, (nearest,), True, True)


UNTOLD = likely("a", "b", "c", "d")
DATE = DateAnswer(1772.0, 1760.9, 1783.2)


@pytest.mark.parametrize(
    ("style", "genre", "artist", "date", "sentence"),
    [
        (
            sure("Rococo"),
            sure("portrait"),
            none("Thomas Gainsborough"),
            DATE,
            "Most like Rococo portraits of about 1760–1785. The artist is probably not among the 169 that the model "
            "knows.",
        ),
        (
            likely("Impressionism", "Post Impressionism"),
            sure("landscape"),
            likely("Camille Pissarro"),
            DateAnswer(1890.0, 1888.9, 1891.0),
            "Most like Impressionist or Post Impressionist landscapes of about 1890. The model cannot tell the artist.",
        ),
        (
            sure("Romanticism"),
            sure("sketch and study"),
            sure("Eugene Delacroix"),
            None,
            "Most like Romantic sketches and studies. "
            "Of the 19 artists that the model knows, most likely Eugene Delacroix; the model cannot tell the date.",
        ),
        (
            sure("Pop Art"),
            UNTOLD,
            likely("a", "b", "c"),
            None,
            "Most like Pop Art paintings. The model cannot tell the genre, artist or date.",
        ),
        (
            UNTOLD,
            sure("portrait"),
            UNTOLD,
            DATE,
            "Most like portraits of about 1760–1785. The model cannot tell the style or artist.",
        ),
        (
            UNTOLD,
            UNTOLD,
            sure("Yves Klein"),
            DATE,
            "Most like paintings of about 1760–1785. "
            "Of the 19 artists that the model knows, most likely Yves Klein; the model cannot tell the style or genre.",
        ),
        (UNTOLD, UNTOLD, likely("Yves Klein"), None, "The model cannot tell the style, genre, artist or date."),
        (
            sure("Abstract Expressionism"),
            sure("abstract painting"),
            sure("Franz Kline"),
            DateAnswer(1958.0, 1951.0, 1966.0),
            "Most like Abstract Expressionist paintings of about 1950–1965. "
            "Of the 19 artists that the model knows, most likely Franz Kline.",
        ),
        (UNTOLD, UNTOLD, UNTOLD, None, "The model cannot tell the style, genre, artist or date."),
    ],
)
def test_a_reading_in_one_sentence(
    style: Answer, genre: Answer, artist: Answer, date: DateAnswer | None, sentence: str
) -> None:
    assert Reading(style, genre, artist, date, 0.1, False).summary() == sentence


def test_a_picture_out_of_distribution_in_words() -> None:
    assert Reading(none("Cubism"), none("still life"), none("Yves Klein"), None, 0.9, True).summary() == (
        "Unlike the paintings that the model knows: it cannot tell the style, genre, artist or date. "
        "Nearest: Cubist still lifes."
    )
