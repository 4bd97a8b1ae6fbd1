"""The Tray screen without a browser: whose tray it shows, and what it says where it shows none."""

import pytest

from artextract.collection import Collection
from artextract.trays.store import TrayStore
from artextract.trays.tray import new_token
from artextract.trays.works import to_lay
from tests.ui.test_screens import screen, words

ANNA = new_token()


@pytest.fixture
def anna(few: Collection, monkeypatch: pytest.MonkeyPatch) -> TrayStore:
    """Her browser opens the screens, and two works lie in her tray."""
    monkeypatch.setattr("artextract.ui.server.visitors.visitor", lambda: ANNA)
    store = TrayStore()
    store.put(ANNA, to_lay("small", list(few.works()["id"][:2])))
    return store


def labels(app) -> set[str]:
    return {button.label for button in app.button}


def test_without_a_cookie_it_says_so(few: Collection) -> None:
    assert "Your browser keeps no cookies" in words(screen("tray"))


def test_an_empty_tray_says_how_it_is_filled(few: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artextract.ui.server.visitors.visitor", lambda: ANNA)
    assert "Nothing lies in it yet." in words(screen("tray"))


def test_a_tray_is_named_left_for_another_and_deleted(anna: TrayStore) -> None:
    app = screen("tray")
    assert "Send it" in words(app)
    name = next(field for field in app.text_input if field.label == "Name of the tray")
    name.set_value("Winter").run()
    assert [line.name for line in anna.trays_of(ANNA)] == ["Winter"]
    next(button for button in app.button if button.label == "New tray").click().run()
    assert "Nothing lies in it yet." in words(app)
    assert [line.name for line in anna.trays_of(ANNA)] == ["Tray 2", "Winter"]
    winter = next(line.id for line in anna.trays_of(ANNA) if line.name == "Winter")
    app.selectbox(key="_open_tray").set_value(winter).run()
    assert "Send it" in words(app)
    next(button for button in app.button if button.label == "Delete it for good").click().run()
    assert not app.exception
    assert [line.name for line in anna.trays_of(ANNA)] == ["Tray 2"]


def test_what_goes_wrong_meanwhile_is_one_sentence(anna: TrayStore) -> None:
    app = screen("tray")
    for number in range(60):
        if len(anna.trays_of(ANNA)) < 50:
            anna.begin(ANNA, str(number))
    next(button for button in app.button if button.label == "New tray").click().run()
    assert not app.exception
    assert "as many as there can be" in words(app)


def test_a_reading_link_shows_the_tray_and_lets_it_be_copied_alone(anna: TrayStore) -> None:
    tray = anna.current(ANNA)
    assert tray is not None
    anna.rename(ANNA, tray.id, "*Winter*")
    app = screen("tray", shared=tray.reading)
    assert app.title[0].value == "\\*Winter\\*"
    assert labels(app) == {"Copy to my trays"}
    assert not app.text_input
    next(iter(app.button)).click().run()
    assert "shared" not in app.query_params
    assert [(line.name, line.count) for line in anna.trays_of(ANNA)] == [("*Winter*", 2)] * 2


@pytest.mark.parametrize("name", ["shared", "edit"])
def test_a_guessed_address_gets_a_sentence_and_nothing_else(anna: TrayStore, name: str) -> None:
    app = screen("tray", **{name: new_token()})
    assert [error.value for error in app.error] == [
        "There is no tray at this address. Ask whoever sent it for the link again."
    ]
    assert not app.button and not app.text_input
    assert "Send it" not in words(app)


def test_an_editing_link_gives_the_tray_and_leaves_the_address(
    anna: TrayStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray = anna.current(ANNA)
    assert tray is not None
    ben = new_token()
    monkeypatch.setattr("artextract.ui.server.visitors.visitor", lambda: ben)
    app = screen("tray", edit=anna.editing_link(ANNA, tray.id))
    assert "edit" not in app.query_params
    assert "Send it" in words(app)
    assert anna.current(ben) == tray


def test_trays_that_cannot_be_read_spoil_no_other_screen(anna: TrayStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from artextract.settings import trays_file
    from artextract.ui.server import tray_works

    monkeypatch.setattr(tray_works, "visitor", lambda: ANNA)
    assert len(tray_works.tray_works()) == 2
    for file in trays_file().parent.iterdir():
        file.write_bytes(b"nonsense" * 999)
    assert tray_works.tray_works() == frozenset()
    assert "The trays can't be read or written" in words(screen("tray"))


def test_a_tray_opens_whatever_its_token(few: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artextract.ui.server.visitors.visitor", lambda: ANNA)
    monkeypatch.setattr("artextract.trays.statements.new_token", lambda: "_a__b")
    TrayStore().put(ANNA, to_lay("small", list(few.works()["id"][:2])))
    app = screen("tray")
    assert not app.exception
    assert "Send it" in words(app)
