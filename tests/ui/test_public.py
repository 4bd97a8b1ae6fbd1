"""The screens of a public server: what they say and refuse."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from artextract.collection import Collection
from artextract.errors import LimitError
from artextract.settings import PUBLIC_VARIABLE, public
from artextract.ui.jobs.job_queue import JobQueue, job_queue
from artextract.ui.navigation import SCREENS
from artextract.ui.server import public_limits
from artextract.ui.server.public_limits import Limits, RateLimiter
from artextract.ui.server.request_costs import charge
from artextract.ui.server.start import show_error
from artextract.ui.server.visitors import visitor_of
from artextract.ui.work_text import NOT_AVAILABLE, NOT_READY, redact
from tests.support.made import jpeg, made_picture
from tests.ui.test_screens import as_read, screen, words

NAMES = [Path(line.path).stem.partition("_")[2] for line in SCREENS]


@pytest.fixture
def open_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    job_queue.clear()
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")


@pytest.mark.usefixtures("open_to_all")
@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("There is no file /srv/cache/collections/a.jpg: check the path.", False),
        ("~/pictures/mine could not be written.", False),
        ("[Errno 30] Read-only file system: '/trays'", False),
        ("Check the file /trays.", False),
        (r"The file C:\\trays is damaged.", False),
        ("See https://example.org/a/b for more.", True),
        ("Style and/or genre; 3/4 of them.", True),
    ],
)
def test_no_sentence_names_a_place_on_the_server(sentence: str, kept: bool) -> None:
    assert redact(sentence) == (sentence if kept else NOT_AVAILABLE)


def test_at_home_a_sentence_names_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert redact("No file /srv/a/b.") == "No file /srv/a/b."
    for text, is_public in (("1", True), ("yes", True), ("0", False), ("", False)):
        monkeypatch.setenv(PUBLIC_VARIABLE, text)
        assert public() is is_public


@pytest.mark.usefixtures("open_to_all")
def test_no_job_is_started_whoever_asks() -> None:
    with pytest.raises(LimitError, match="cannot be started"):
        JobQueue().start("key", "Label", lambda _report: "done")


@pytest.mark.usefixtures("open_to_all")
def test_costly_questions_are_refused_in_a_sentence_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_limits, "LIMITER", RateLimiter(Limits(computations=((4, 0.5), (100, 1)))))
    for _ in range(2):
        with charge("reading"):
            pass
    with pytest.raises(LimitError, match=r"try again in [34] s"), charge("reading"):
        pass
    monkeypatch.setattr(public_limits, "LIMITER", RateLimiter(Limits(running_computations=(0, 0))))
    with pytest.raises(LimitError, match="The server is busy"), charge("words"):
        pass


# The screens.


def every_text(app: AppTest) -> str:
    """All that a screen says, labels of its controls included."""
    labels = [getattr(one, "label", "") for kind in (app.button, app.text_input) for one in kind]
    return "\n".join([words(app), *labels])


@pytest.mark.usefixtures("open_to_all")
@pytest.mark.parametrize("name", NAMES)
def test_no_screen_starts_a_job_or_names_a_path(ready: Collection, name: str) -> None:
    app = screen(name, collection="small", map="umap", work="a/work-01.jpg", criterion="palette", words="a ship")
    assert "On the computer that runs this app" not in every_text(app)
    assert not any("Folder" in one.label for one in app.text_input)
    assert str(ready.root.parent) not in every_text(app)
    for button in list(app.button):
        button.click().run()
        assert not app.exception
    assert job_queue().jobs() == []


@pytest.mark.usefixtures("open_to_all")
@pytest.mark.parametrize("view", ["duplicates", "differences", "similarity", "wall", "poses"])
def test_nor_do_their_views(ready: Collection, view: str) -> None:
    name, address = {
        "duplicates": ("compare", {"view": "duplicates"}),
        "differences": ("compare", {"view": "differences"}),
        "similarity": ("model_report", {"report": view}),
        "wall": ("faces", {"view": "all"}),
        "poses": ("faces", {"view": "poses"}),
    }[view]
    app = screen(name, collection="small", **address)
    assert [one.label for one in app.button] == []
    assert job_queue().jobs() == []


@pytest.mark.usefixtures("open_to_all")
def test_collections_shows_what_there_is_and_nothing_else(ready: Collection) -> None:
    app = screen("collections")
    assert "### small" in words(app)
    assert (len(app.button), len(app.text_input), len(app.selectbox)) == (0, 0, 0)


@pytest.mark.usefixtures("open_to_all")
def test_an_empty_public_server_makes_no_demo() -> None:
    for name in ("explore", "collections"):
        assert "No collection yet" in words(screen(name))
    assert job_queue().jobs() == []


@pytest.mark.usefixtures("open_to_all")
def test_what_is_not_ready_is_said_without_commands(collection: Collection) -> None:
    for name in ("explore", "similar"):
        app = screen(name, collection="small")
        assert NOT_READY in words(app)
        assert "artextract embed" not in words(app)


@pytest.mark.usefixtures("open_to_all")
def test_a_picture_too_large_or_one_too_many_is_a_sentence(ready: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    content = jpeg(made_picture(99))

    def limit(**limits: Any) -> None:
        monkeypatch.setattr(public_limits, "LIMITER", RateLimiter(Limits(**limits)))

    limit(upload_pixels=1000)
    app = screen("similar")
    app.file_uploader[0].upload("mine.jpg", content, "image/jpeg").run()
    assert "mine.jpg has more than" in words(app)
    limit(upload_size=0.0001)
    app.run()
    assert "accepts up to 0.0001 MB" in words(app)
    limit(computations=((2, 0.01), (100, 1)))
    public_limits.LIMITER.computations.spend(visitor_of())
    app = screen("read")
    app.file_uploader[0].upload("mine.jpg", content, "image/jpeg").run()
    assert not app.exception
    assert "Too many requests" in words(app)


def a_screen_with_a_fault() -> None:
    from artextract.errors import StorageError
    from artextract.ui.server.start import show_error

    for error in (StorageError("No file /srv/cache/a.jpg."), StorageError("The disk is full."), OSError("/srv/cache")):
        show_error(error)


def test_an_error_that_no_screen_caught_names_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC_VARIABLE, "1")
    app = AppTest.from_function(a_screen_with_a_fault).run()
    assert [as_read(error.value) for error in app.error] == [NOT_AVAILABLE, "The disk is full.", NOT_AVAILABLE]
    monkeypatch.delenv(PUBLIC_VARIABLE)
    app.run()
    assert [as_read(error.value) for error in app.error] == ["No file /srv/cache/a.jpg.", "The disk is full."]
    assert show_error(OSError()) is False  # Streamlit shows its traceback
