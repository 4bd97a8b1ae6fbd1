"""The trays' file: orders, notes, who may do what, two at once, a writer that is killed."""

import os
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
from artextract.settings import trays_file
from artextract.trays.store import TrayStore
from artextract.trays.tray import FIRST_NAME, LONGEST_NOTE, MOST_TRAYS, MOST_WORKS, Laid, new_token

ANNA, BEN = new_token(), new_token()


def work(number: int) -> Laid:
    return Laid("small", f"w{number}", f"Title {number}", "Maker", "1800")


def works_of(store: TrayStore, visitor: str = ANNA) -> list[str]:
    tray = store.current(visitor)
    return [] if tray is None else [item.work for item in tray.items]


@pytest.fixture
def store() -> TrayStore:
    return TrayStore()


def test_the_first_work_begins_a_tray_and_the_same_work_lies_in_it_once(store: TrayStore) -> None:
    assert store.current(ANNA) is None
    tray = store.put(ANNA, [work(1), work(2)])
    assert (tray.name, [item.title for item in tray.items]) == (FIRST_NAME, ["Title 1", "Title 2"])
    store.write_note(ANNA, tray.id, tray.items[0].id, "Snow.", "")
    again = store.put(ANNA, [work(3), work(1)])
    assert [item.work for item in again.items] == ["w1", "w2", "w3"]
    assert again.items[0].note == "Snow."
    assert trays_file().stat().st_mode & 0o077 == 0  # nobody else's to read


def test_a_work_taken_out_can_be_laid_back_where_it_was_with_its_note(store: TrayStore) -> None:
    tray = store.put(ANNA, [work(n) for n in range(3)])
    _, second, third = tray.items
    store.take(ANNA, tray.id, [second.id, second.id])
    assert works_of(store) == ["w0", "w2"]
    back = store.put(ANNA, [work(1)], tray.id, "Frost", third.id)
    assert [(item.work, item.note) for item in back.items][1] == ("w1", "Frost")
    assert works_of(store) == ["w0", "w1", "w2"]


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 9), st.none() | st.integers(0, 9)),
        st.tuples(st.just("take"), st.integers(0, 9), st.none()),
        st.tuples(st.just("place"), st.integers(0, 9), st.none() | st.integers(0, 9)),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_the_order_is_that_of_a_plain_list(store: TrayStore, moves: list[tuple[str, int, int | None]]) -> None:
    visitor = new_token()
    tray = store.begin(visitor, "x").id
    plain: list[str] = []
    for move, number, other in moves:
        items = {item.work: item.id for item in store.read(visitor, tray).items}
        name, before = f"w{number}", None if other is None else f"w{other}"
        if move == "put":
            store.put(visitor, [work(number)], tray, "", items.get(before or ""))
            if name not in plain:
                plain.insert(plain.index(before) if before in plain else len(plain), name)
        elif name not in items:
            continue
        elif move == "take":
            store.take(visitor, tray, [items[name]])
            plain.remove(name)
        elif before is None or (before in items and before != name):
            for _ in range(2):  # said twice it means the same
                store.place(visitor, tray, items[name], items[before] if before else None)
            plain.remove(name)
            plain.insert(plain.index(before) if before else len(plain), name)
        assert [item.work for item in store.read(visitor, tray).items] == plain


def test_two_who_write_on_the_same_work_lose_neither_note(store: TrayStore) -> None:
    tray = store.put(ANNA, [work(1)])
    item = tray.items[0].id
    store.write_note(ANNA, tray.id, item, "Hers", "")
    theirs = store.write_note(ANNA, tray.id, item, "His", "")  # he had seen no note
    assert theirs.items[0].note == "Hers\n\nHis"
    assert store.write_note(ANNA, tray.id, item, "Done", "Hers\n\nHis").items[0].note == "Done"
    assert store.write_note(ANNA, tray.id, item, "Done", "older").items[0].note == "Done"
    assert store.write_note(ANNA, tray.id, item, "", "Done").items[0].note == ""
    odd = store.write_note(ANNA, tray.id, item, "a\r\n\ud800" + "x" * 9999, "").items[0].note
    assert odd.startswith("a\n?x") and len(odd) == LONGEST_NOTE


def test_a_tray_is_its_visitors_alone(store: TrayStore) -> None:
    tray = store.put(ANNA, [work(1)])
    item = tray.items[0].id
    for attempt in (
        lambda: store.read(BEN, tray.id),
        lambda: store.put(BEN, [work(2)], tray.id),
        lambda: store.take(BEN, tray.id, [item]),
        lambda: store.place(BEN, tray.id, item, None),
        lambda: store.write_note(BEN, tray.id, item, "x", ""),
        lambda: store.rename(BEN, tray.id, "x"),
        lambda: store.open(BEN, tray.id),
        lambda: store.delete(BEN, tray.id),
        lambda: store.editing_link(BEN, tray.id),
        lambda: store.adopt(BEN, tray.reading),  # who may read may not therefore write
        lambda: store.adopt(BEN, ""),
        lambda: store.shared(new_token()),
        lambda: store.shared("%"),
        lambda: store.copy(BEN, new_token()),
    ):
        with pytest.raises(TrayError):
            attempt()
    assert store.read(ANNA, tray.id) == tray
    # An item of another's tray can't be changed by way of one's own.
    own = store.put(BEN, [work(7)])
    store.write_note(BEN, own.id, item, "x", "")
    store.take(BEN, own.id, [item])
    assert store.read(ANNA, tray.id) == tray


def test_links(store: TrayStore) -> None:
    tray = store.put(ANNA, [work(1)])
    store.rename(ANNA, tray.id, "  Winter \n in Holland ")
    assert store.shared(tray.reading).name == "Winter in Holland"
    assert store.rename(ANNA, tray.id, " ").name == "Winter in Holland"
    editing = store.editing_link(ANNA, tray.id)
    with pytest.raises(TrayError):
        store.shared(editing)  # links don't stand in for each other
    store.adopt(BEN, editing)
    assert works_of(store, BEN) == ["w1"]
    newer = store.editing_link(ANNA, tray.id)
    with pytest.raises(TrayError):
        store.adopt(new_token(), editing)
    store.adopt(new_token(), newer)
    held = b"".join(path.read_bytes() for path in trays_file().parent.iterdir())
    for secret in (ANNA, BEN, editing, newer):
        assert secret.encode() not in held
    assert tray.reading.encode() in held  # the check is one that can fail

    reader = new_token()
    store.write_note(ANNA, tray.id, tray.items[0].id, "Ice", "")
    copy = store.copy(reader, tray.reading)
    assert (copy.name, copy.items[0].note) == ("Winter in Holland", "Ice")
    store.take(reader, copy.id, [copy.items[0].id])
    assert works_of(store, ANNA) == ["w1"]

    store.delete(BEN, tray.id)
    assert store.current(ANNA) is None
    with pytest.raises(TrayError, match="no tray at this address"):
        store.shared(tray.reading)


def test_the_tray_opened_last_is_the_current_one(store: TrayStore) -> None:
    first = store.put(ANNA, [work(1)])
    second = store.begin(ANNA, "Second")
    store.put(ANNA, [work(2)])
    assert [(line.name, line.count) for line in store.trays_of(ANNA)] == [("Second", 1), (FIRST_NAME, 1)]
    store.open(ANNA, first.id)
    assert works_of(store) == ["w1"]
    assert works_of(store, BEN) == []
    store.put(ANNA, [work(3)], second.id)
    assert works_of(store) == ["w1"]


def test_there_are_limits(store: TrayStore) -> None:
    tray = store.put(ANNA, [work(n) for n in range(MOST_WORKS)])
    with pytest.raises(TrayError, match=f"holds {MOST_WORKS} works at the most"):
        store.put(ANNA, [work(MOST_WORKS)])
    assert store.read(ANNA, tray.id) == tray
    for number in range(MOST_TRAYS - 1):
        store.begin(ANNA, str(number))
    with pytest.raises(TrayError, match="delete one first"):
        store.begin(ANNA, "more")


def test_many_at_once_lose_nothing(store: TrayStore) -> None:
    """Each thread is a tab of one visitor, the first of them before there is a tray or a file."""
    failures: list[BaseException] = []

    def tab(number: int) -> None:
        try:
            for one in range(6):
                TrayStore().put(ANNA, [work(number * 100 + one)])
        except BaseException as error:
            failures.append(error)

    tabs = [threading.Thread(target=tab, args=(number,)) for number in range(4)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert not failures
    assert len(store.trays_of(ANNA)) == 1
    assert sorted(works_of(store)) == sorted(f"w{n * 100 + one}" for n in range(4) for one in range(6))
    tray = store.current(ANNA)
    assert tray is not None
    for n in range(4):  # and each tab's own works in the order in which it laid them
        own = [int(w[1:]) for w in works_of(store) if int(w[1:]) // 100 == n]
        assert own == sorted(own)


WRITER = """
import sys
from artextract.trays.store import TrayStore
from artextract.trays.tray import Laid
store = TrayStore()
for number in range(10_000):
    works = [Laid("small", f"k{number}-{part}", "T") for part in "ab"]
    store.put(sys.argv[1], works, int(sys.argv[2]), "note")
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_was_answered(store: TrayStore) -> None:
    tray = store.put(ANNA, [work(1)]).id
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, ANNA, str(tray)],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(7)]
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
        process.wait()
        numbers = [int(line) for line in said if line.endswith("\n") and line.strip()]
        items = store.read(ANNA, tray).items
        kept = {item.work for item in items}
        for number in numbers:
            assert {f"k{number}-a", f"k{number}-b"} <= kept
        assert sum(w.startswith("k") for w in kept) % 2 == 0  # both of a change, or neither
        began = time.monotonic()
        store.take(ANNA, tray, [item.id for item in items if item.work.startswith("k")])
        assert time.monotonic() - began < 10  # its lock went with it
    assert works_of(store) == ["w1"]


def test_a_file_that_cannot_be_read_is_a_sentence(store: TrayStore) -> None:
    trays_file().parent.mkdir(parents=True)
    trays_file().write_bytes(b"not a database, and longer than a header of one " * 9)
    with pytest.raises(StorageError, match="The trays can't be read or written"):
        store.current(ANNA)


def test_a_newer_programs_file_is_left_alone(store: TrayStore) -> None:
    store.put(ANNA, [work(1)])
    with sqlite3.connect(trays_file()) as data:
        data.execute("PRAGMA user_version = 9")
    with pytest.raises(StorageError, match="newer program"):
        store.put(ANNA, [work(2)])


def test_the_folder_can_be_named_by_path(tmp_path: Path) -> None:
    store = TrayStore(tmp_path / "elsewhere" / "t.sqlite3")
    store.put(ANNA, [work(1)])
    assert (tmp_path / "elsewhere" / "t.sqlite3").is_file()
