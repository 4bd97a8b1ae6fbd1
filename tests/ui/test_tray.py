"""The Tray screen without a browser: whose tray it shows, and what it says if it shows none."""

import os
from pathlib import Path

import pytest
import streamlit as st

from artextract.collection import Collection
from artextract.settings import PUBLIC_VARIABLE, TRAYS_VARIABLE, trays_dir
from artextract.trays.resolve import tray_items
from artextract.trays.store import TrayStore, new_token
from artextract.ui.server.tray_routes import tray_works
from artextract.ui.server.visitors import COOKIE, COOKIE_DAYS
from artextract.ui.work_text import NOT_AVAILABLE
from tests.ui.test_screens import as_read, screen, words

ANNA = new_token()


@pytest.fixture
def cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screens are drawn for Anna's browser."""
    monkeypatch.setattr(type(st.context), "cookies", {COOKIE: ANNA})


@pytest.fixture
def anna(few: Collection, cookie: None) -> TrayStore:
    """Her tray holds two works."""
    store = TrayStore()
    store.add(ANNA, tray_items("small", list(few.works()["id"][:2])))
    return store


def names(store: TrayStore) -> list[str]:
    return [tray.name for tray in store.trays_of(ANNA)]


def test_without_a_cookie_it_says_so(few: Collection) -> None:
    assert "Your browser blocks cookies" in words(screen("tray"))


@pytest.mark.usefixtures("cookie")
def test_an_empty_tray_says_how_to_fill_it_and_how_long_its_cookie_lasts(few: Collection) -> None:
    text = words(screen("tray"))
    assert "Your tray is empty." in text
    assert f"for {COOKIE_DAYS} days" in text


def test_a_tray_is_named_left_for_another_and_deleted(anna: TrayStore) -> None:
    app = screen("tray")
    assert "Share" in words(app)
    next(field for field in app.text_input if field.label == "Name").set_value("Winter").run()
    assert names(anna) == ["Winter"]
    next(button for button in app.button if button.label == "New tray").click().run()
    assert "Your tray is empty." in words(app)
    assert names(anna) == ["Tray 2", "Winter"]
    winter = next(tray.id for tray in anna.trays_of(ANNA) if tray.name == "Winter")
    app.selectbox(key="_open_tray").set_value(winter).run()
    assert "Share" in words(app)
    next(button for button in app.button if button.label == "Delete tray").click().run()
    assert not app.exception
    assert names(anna) == ["Tray 2"]


def test_an_error_in_a_callback_is_one_sentence(anna: TrayStore) -> None:
    app = screen("tray")
    while len(anna.trays_of(ANNA)) < 50:
        anna.create(ANNA, "more")
    next(button for button in app.button if button.label == "New tray").click().run()
    assert not app.exception
    assert "Delete a tray first" in words(app)


def test_a_link_shows_the_tray_and_changes_nothing(anna: TrayStore) -> None:
    tray = anna.current(ANNA)
    assert tray is not None
    anna.rename(ANNA, tray.id, "*Winter*")
    app = screen("tray", shared=tray.link_token)
    assert app.title[0].value == "\\*Winter\\*"
    assert not app.button and not app.text_input and not app.code


def test_a_guessed_link_gets_a_sentence_and_nothing_else(anna: TrayStore) -> None:
    app = screen("tray", shared=new_token())
    assert [as_read(error.value) for error in app.error] == [
        "No tray has this link. Ask the sender for the link again."
    ]
    assert not app.button and not app.text_input
    assert "Share" not in words(app)


def test_the_link_can_be_copied(anna: TrayStore) -> None:
    tray = anna.current(ANNA)
    assert tray is not None
    assert [code.value.rpartition("/")[2] for code in screen("tray").code] == [f"tray?shared={tray.link_token}"]


@pytest.mark.parametrize("public", ["", "1"])
def test_trays_that_cannot_be_read_are_a_sentence_and_spoil_no_other_screen(
    anna: TrayStore, monkeypatch: pytest.MonkeyPatch, public: str
) -> None:
    monkeypatch.setenv(PUBLIC_VARIABLE, public)
    assert len(tray_works() or ()) == 2
    for file in trays_dir().iterdir():
        file.write_bytes(b"nonsense" * 999)
    assert tray_works() is None
    text = words(screen("tray"))
    assert (NOT_AVAILABLE if public else "The trays cannot be read or written") in text
    assert (str(trays_dir()) in text) == (not public)


@pytest.mark.usefixtures("cookie")
def test_trays_that_cannot_be_written_are_a_sentence_without_a_path(
    few: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tray_works() == frozenset()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    assert tray_works() is None
    text = words(screen("tray"))
    assert "Trays are not available" in text
    assert str(trays_dir().parent) not in text


@pytest.mark.usefixtures("cookie")
def test_trays_have_a_folder_of_their_own(few: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRAYS_VARIABLE, str(tmp_path / "trays"))
    TrayStore().add(ANNA, tray_items("small", list(few.works()["id"][:1])))
    assert len(tray_works() or ()) == 1
    assert not (tmp_path / "cache" / "trays").exists()
