"""The trays' file: order, notes, who may do what, two writers at once, a writer that is killed."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artextract.errors import StorageError, TrayError
from artextract.settings import TRAYS_VARIABLE, trays_dir
from artextract.sources.tables.delimited import _FORMULA
from artextract.trays.store import FIRST_NAME, MAX_NOTE, MAX_TRAYS, MAX_WORKS, TOKEN, TrayItem, TrayStore, new_token

ANNA, BEN = new_token(), new_token()


def work(number: int, note: str = "") -> TrayItem:
    return TrayItem("small", f"w{number}", f"Title {number}", "Maker", "1800", note)


def ref(number: int) -> tuple[str, str]:
    return work(number).ref


def works_of(store: TrayStore, visitor: str = ANNA) -> list[str]:
    tray = store.current(visitor)
    return [] if tray is None else [item.work for item in tray.items]


@pytest.fixture
def store() -> TrayStore:
    return TrayStore()


def file() -> Path:
    return trays_dir() / "trays.sqlite3"


def test_the_first_work_creates_a_tray_and_a_tray_holds_a_work_once(store: TrayStore) -> None:
    assert store.current(ANNA) is None
    tray = store.add(ANNA, [work(1), work(2)])
    assert (tray.name, [item.title for item in tray.items]) == (FIRST_NAME, ["Title 1", "Title 2"])
    store.write_note(ANNA, tray.id, ref(1), "Snow.")
    again = store.add(ANNA, [work(3), work(1)])
    assert [item.work for item in again.items] == ["w1", "w2", "w3"]
    assert again.items[0].note == "Snow."
    assert store.current(ANNA) == again
    assert file().stat().st_mode & 0o077 == 0  # only the owner may read it


def test_a_removed_work_can_be_added_where_it_was_with_its_note(store: TrayStore) -> None:
    tray = store.add(ANNA, [work(n) for n in range(3)])
    for _ in range(2):
        store.remove(ANNA, tray.id, ref(1))
    assert works_of(store) == ["w0", "w2"]
    restored = store.add(ANNA, [work(1, "Frost")], tray.id, before=ref(2))
    assert [(item.work, item.note) for item in restored.items][1] == ("w1", "Frost")
    assert works_of(store) == ["w0", "w1", "w2"]


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 9), st.none() | st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(0, 9), st.none()),
        st.tuples(st.just("move"), st.integers(0, 9), st.none() | st.integers(0, 9)),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_the_order_is_that_of_a_list(store: TrayStore, moves: list[tuple[str, int, int | None]]) -> None:
    visitor = new_token()
    tray = store.create(visitor, "T").id
    expected: list[str] = []
    for kind, number, neighbour in moves:
        name, before = f"w{number}", None if neighbour is None else f"w{neighbour}"
        before_ref = None if neighbour is None else ref(neighbour)
        for _ in range(2):  # a change that arrives twice changes nothing more
            if kind == "add":
                store.add(visitor, [work(number)], tray, before_ref)
            elif kind == "remove":
                store.remove(visitor, tray, ref(number))
            else:
                store.move(visitor, tray, ref(number), before_ref)
        if kind == "add" and name not in expected:
            expected.insert(expected.index(before) if before in expected else len(expected), name)
        elif kind == "remove" and name in expected:
            expected.remove(name)
        elif kind == "move" and name in expected and before != name and (before is None or before in expected):
            expected.remove(name)
            expected.insert(expected.index(before) if before else len(expected), name)
        assert [item.work for item in store.read(visitor, tray).items] == expected


def test_a_note_is_text_that_can_be_stored(store: TrayStore) -> None:
    tray = store.add(ANNA, [work(1)])
    assert store.write_note(ANNA, tray.id, ref(1), "Ice").items[0].note == "Ice"
    assert store.write_note(ANNA, tray.id, ref(1), "").items[0].note == ""
    note = store.write_note(ANNA, tray.id, ref(1), "a\r\n\ud800" + "x" * 9999).items[0].note
    assert note.startswith("a\n?x") and len(note) == MAX_NOTE


def test_a_tray_belongs_to_its_visitor(store: TrayStore) -> None:
    tray = store.add(ANNA, [work(1)])
    for attempt in (
        lambda: store.read(BEN, tray.id),
        lambda: store.add(BEN, [work(2)], tray.id),
        lambda: store.remove(BEN, tray.id, ref(1)),
        lambda: store.move(BEN, tray.id, ref(1), None),
        lambda: store.write_note(BEN, tray.id, ref(1), "x"),
        lambda: store.rename(BEN, tray.id, "x"),
        lambda: store.rename(BEN, tray.id, ""),
        lambda: store.open(BEN, tray.id),
        lambda: store.delete(BEN, tray.id),
        lambda: store.shared(new_token()),
        lambda: store.shared("%"),
    ):
        with pytest.raises(TrayError):
            attempt()
    assert store.read(ANNA, tray.id) == tray
    assert store.current(BEN) is None


def test_a_link_shows_the_tray_until_it_is_deleted(store: TrayStore) -> None:
    tray = store.add(ANNA, [work(1)])
    store.rename(ANNA, tray.id, "  Winter \n in Holland ")
    assert store.shared(tray.link_token).name == "Winter in Holland"
    assert store.rename(ANNA, tray.id, " ").name == "Winter in Holland"
    content = b"".join(path.read_bytes() for path in trays_dir().iterdir())
    assert ANNA.encode() not in content
    assert tray.link_token.encode() in content  # the check is one that can fail
    store.delete(ANNA, tray.id)
    assert store.current(ANNA) is None
    with pytest.raises(TrayError, match="No tray has this link"):
        store.shared(tray.link_token)


def test_the_tray_opened_last_is_the_current_one(store: TrayStore) -> None:
    first = store.add(ANNA, [work(1)])
    second = store.create(ANNA, "Second")
    store.add(ANNA, [work(2)])
    assert [(tray.name, len(tray.items)) for tray in store.trays_of(ANNA)] == [("Second", 1), (FIRST_NAME, 1)]
    store.open(ANNA, first.id)
    assert works_of(store) == ["w1"]
    assert works_of(store, BEN) == []
    store.add(ANNA, [work(3)], second.id)
    assert works_of(store) == ["w1"]


def test_there_are_limits(store: TrayStore) -> None:
    tray = store.add(ANNA, [work(n) for n in range(MAX_WORKS)])
    with pytest.raises(TrayError, match=f"up to {MAX_WORKS} works"):
        store.add(ANNA, [work(MAX_WORKS)])
    assert store.read(ANNA, tray.id) == tray
    for number in range(MAX_TRAYS - 1):
        store.create(ANNA, str(number))
    with pytest.raises(TrayError, match="Delete a tray first"):
        store.create(ANNA, "more")


def test_many_at_once_lose_nothing(store: TrayStore) -> None:
    """Each thread is a tab of one visitor; the first change comes before there is a tray or a file."""
    failures: list[BaseException] = []

    def tab(number: int) -> None:
        try:
            for place in range(6):
                TrayStore().add(ANNA, [work(number * 100 + place)])
        except BaseException as error:
            failures.append(error)

    tabs = [threading.Thread(target=tab, args=(number,)) for number in range(4)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert not failures
    assert len(store.trays_of(ANNA)) == 1
    assert sorted(works_of(store)) == sorted(f"w{n * 100 + place}" for n in range(4) for place in range(6))
    for n in range(4):  # and the works of each tab in the order in which it added them
        numbers = [int(w[1:]) for w in works_of(store) if int(w[1:]) // 100 == n]
        assert numbers == sorted(numbers)


WRITER = """
import sys
from artextract.trays.store import TrayStore
from artextract.trays.store import TrayItem
store = TrayStore()
for number in range(10_000):
    works = [TrayItem("small", f"k{number % 50}-{part}", "T", note="note") for part in "ab"]
    store.add(sys.argv[1], works, int(sys.argv[2]))
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_answered(store: TrayStore) -> None:
    tray = store.add(ANNA, [work(1)]).id
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, ANNA, str(tray)], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
        process.wait()
        numbers = [int(line) % 50 for line in lines if line.endswith("\n") and line.strip()]
        works = {item.work for item in store.read(ANNA, tray).items if item.work.startswith("k")}
        for number in numbers:
            assert {f"k{number}-a", f"k{number}-b"} <= works
        assert len(works) % 2 == 0  # both works of a change, or neither
        start = time.monotonic()
        for name in works:
            store.remove(ANNA, tray, ("small", name))
        assert time.monotonic() - start < 10  # the lock of the killed process is gone
    assert works_of(store) == ["w1"]


def test_a_file_that_cannot_be_read_is_a_sentence(store: TrayStore) -> None:
    trays_dir().mkdir(parents=True)
    file().write_bytes(b"not a database, and longer than a header of one " * 9)
    with pytest.raises(StorageError, match="The trays cannot be read or written"):
        store.current(ANNA)


def test_the_file_of_another_version_is_left_alone(store: TrayStore) -> None:
    store.add(ANNA, [work(1)])
    with sqlite3.connect(file()) as data:
        data.execute("PRAGMA user_version = 9")
    with pytest.raises(StorageError, match="a different version"):
        store.add(ANNA, [work(2)])


def test_a_setting_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRAYS_VARIABLE, str(tmp_path / "elsewhere"))
    TrayStore().add(ANNA, [work(1)])
    assert (tmp_path / "elsewhere" / "trays.sqlite3").is_file()


def test_a_folder_that_cannot_be_written_is_noticed(store: TrayStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store.is_writable  # the folder can be made
    store.add(ANNA, [work(1)])
    assert store.is_writable
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != trays_dir())
    assert not store.is_writable  # SQLite writes files beside its own
    monkeypatch.setenv(TRAYS_VARIABLE, "/proc/trays")
    with pytest.raises(StorageError):
        TrayStore().current(ANNA)


def test_no_command_line_or_spreadsheet_misreads_a_token() -> None:
    tokens = {new_token() for _ in range(3000)}
    assert len(tokens) == 3000
    for token in tokens:
        assert TOKEN.fullmatch(token)
        assert not token.startswith(_FORMULA)
    assert not any(re.fullmatch(r"[\d.]+([eE]\d+)?", token) for token in tokens)
    assert {token[0].isalpha() for token in tokens} == {True}
