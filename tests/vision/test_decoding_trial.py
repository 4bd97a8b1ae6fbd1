"""A stranger's picture is decoded first in a process that can be ended."""

import pytest

from artextract.errors import BadImageError, LimitError
from artextract.vision import decoding_trial
from artextract.vision.decoding_trial import try_to_decode
from artextract.vision.images import open_picture
from tests.support.made import jpeg, made_picture
from tests.support.odd_pictures import slow_pictures

GOOD = jpeg(made_picture(1))


def test_a_good_picture_passes_and_a_bad_one_gets_the_same_sentence() -> None:
    try_to_decode(GOOD, "é\0\n.jpg", 100)
    for content in (GOOD[: len(GOOD) // 2], slow_pictures()["slow runs"]):
        with pytest.raises(BadImageError) as here:
            open_picture(content, "é\0\n.jpg")
        with pytest.raises(BadImageError) as there:
            try_to_decode(content, "é\0\n.jpg", 100)
        assert str(there.value) == str(here.value)


def test_a_picture_that_is_not_decoded_by_the_deadline_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding_trial, "DEADLINE", 0.01)
    with pytest.raises(BadImageError, match=r"p\.jpg takes too long to decode: "):
        try_to_decode(GOOD, "p.jpg", 100)


def test_a_decoder_that_crashes_ends_only_its_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding_trial, "__name__", "no_such_module")
    with pytest.raises(BadImageError, match=r"p\.jpg is damaged"):
        try_to_decode(GOOD, "p.jpg", 100)


def test_too_many_pictures_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding_trial, "PATIENCE", 0.0)
    for _ in range(decoding_trial.AT_ONCE):
        decoding_trial._turns.acquire()
    try:
        with pytest.raises(LimitError, match="busy"):
            try_to_decode(GOOD, "p.jpg", 100)
    finally:
        decoding_trial._turns.release(decoding_trial.AT_ONCE)
