"""Collecting runs: many hosts, doubled IDs, works without pictures, stops, kills and the report."""

import csv
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from artextract import progress
from artextract.collecting import collect, run
from artextract.collection import Collection
from artextract.errors import SourceError, Stopped
from artextract.progress import Step
from artextract.sources.base import SourceWork, no_picture
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.kept_pictures import kept_file
from artextract.sources.folder import FolderSource
from tests.support.listed_source import ListedSource
from tests.support.made import fill_folder, jpeg, made_picture


def work(work_id: str, host: str = "a.org", read: Callable[[], bytes] | None = None) -> SourceWork:
    picture = jpeg(made_picture(sum(work_id.encode()), 32, 24))
    return SourceWork(work_id, read or (lambda: picture), f"https://{host}/{work_id}.jpg", title=f"Work {work_id}")


def fails(cause: Cause, host: str, status: int | None = None) -> Callable[[], bytes]:
    def read() -> bytes:
        raise FetchError(f"https://{host}: no.", cause, host, status)

    return read


def ids(name: str = "c") -> list[str]:
    return Collection.open(name).works()["id"].tolist()


def test_doubled_ids_are_made_unique_and_said() -> None:
    done = collect(ListedSource([work("1"), work("2"), work("1"), work("1")]), "c")
    assert ids() == ["1", "2", "1-2", "1-3"]
    assert "2 works have the ID of an earlier work" in done.sentence()
    again = collect(ListedSource([work("1"), work("2"), work("1"), work("1")]), "c")
    assert (again.works, again.unchanged) == (4, 4)


def test_a_work_without_a_picture_is_counted_and_is_no_failure() -> None:
    done = collect(ListedSource([work("1"), work("2", read=no_picture)]), "c")
    assert (done.works, done.without_picture, done.skipped) == (1, 1, 0)
    assert "Left out because the source names no picture: 1" in done.sentence()
    assert done.causes == []
    with pytest.raises(SourceError, match="None of the 2 works of A list names a picture"):
        collect(ListedSource([work(i, read=no_picture) for i in "12"]), "d")


def test_the_report_has_host_cause_and_status_and_one_line_each_is_printed() -> None:
    works = [work("ok")]
    works += [work(f"g{n}", read=fails(Cause.GONE, "a.org", 404)) for n in range(3)]
    works += [work("r", read=fails(Cause.ROBOTS, "b.org")), work("bad", "c.org", lambda: b"no picture")]
    done = collect(ListedSource(works), "c")
    assert done.report_file is not None
    rows = list(csv.DictReader(done.report_file.open(encoding="utf-8-sig")))
    assert [(row["id"], row["host"], row["cause"], row["status"]) for row in rows] == [
        *[(f"g{n}", "a.org", "gone", "404") for n in range(3)],
        ("r", "b.org", "robots.txt", ""),
        ("bad", "c.org", "damaged", ""),
    ]
    assert done.skipped == 5
    assert len(done.causes) == 3
    assert done.causes[0].startswith("a.org: 3 pictures, gone")


def test_hosts_that_hang_do_not_stop_the_others_and_the_order_stays() -> None:
    others = threading.Barrier(3)  # the three works of the quick host are read together
    done = threading.Event()

    def hangs() -> bytes:
        assert done.wait(60)
        return jpeg(made_picture(1, 32, 24))

    def quick() -> bytes:
        others.wait(60)
        done.set()
        return jpeg(made_picture(2, 32, 24))

    works = [work(f"h{n}", f"hangs{n % 4}.org", hangs) for n in range(400)]
    works += [work(f"q{n}", "quick.org", quick) for n in range(3)]
    assert collect(ListedSource(works), "c").works == 403
    assert ids() == [one.id for one in works]


def test_one_host_gets_a_few_requests_at_once() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def read() -> bytes:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.005)
        with lock:
            now[0] -= 1
        return jpeg(made_picture(1, 32, 24))

    collect(ListedSource([work(str(n), read=read) for n in range(60)]), "c")
    assert most[0] <= 4


def test_a_stopped_run_keeps_the_works_so_far_and_the_next_one_is_complete() -> None:
    works = [work(f"{n:03}", f"{n % 7}.org") for n in range(100)]
    source = ListedSource(works)

    def stop(step: Step) -> None:
        if step.done >= 20:
            raise Stopped

    with pytest.raises(Stopped):
        collect(source, "c", stop)
    assert source.closed
    assert ids() == sorted(ids())
    assert 20 <= len(ids()) < 100
    again = collect(ListedSource(works), "c")
    assert (again.works, again.new) == (100, 100 - again.unchanged)
    assert ids() == [one.id for one in works]


def test_checkpoints_keep_the_table_and_do_not_take_renamed_files_for_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fill_folder(tmp_path / "pictures", 12)
    collect(FolderSource(folder, folder / "table.csv"), "c")
    before = set(ids())
    monkeypatch.setattr(run, "CHECKPOINT", 0.0)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    (folder / "a").rename(folder / "z")
    for name in ("b/new.jpg", "z/new.jpg"):
        (folder / name).write_bytes(jpeg(made_picture(len(name), 50, 40)))
    seen: list[set[str]] = []

    def look(step: Step) -> None:
        seen.append(set(ids()))
        if step.done == step.total - 1:
            raise Stopped

    with pytest.raises(Stopped):
        collect(FolderSource(folder), "c", look)
    assert all(before <= shown <= before | {"b/new.jpg", "z/new.jpg"} for shown in seen)
    done = collect(FolderSource(folder), "c")
    assert (done.works, done.renamed) == (14, 6)


def test_a_fetched_picture_is_linked_and_a_persons_file_is_copied(cache: Path, folder: Path) -> None:
    picture = jpeg(made_picture(5))
    collect(ListedSource([work("1", read=lambda: picture)]), "plain")
    root = Collection.open("plain").root
    row = Collection.open("plain").works().iloc[0]
    assert (root / row["image"]).stat().st_nlink == 1
    kept = cache / "sources" / "pictures" / row["image_sha256"][:2] / row["image_sha256"]
    kept.parent.mkdir(parents=True)
    kept.write_bytes(picture)
    assert kept_file(row["image_sha256"]) == kept
    collect(ListedSource([work("1", read=lambda: picture)]), "linked")
    assert (Collection.open("linked").root / row["image"]).samefile(kept)
    collect(FolderSource(folder), "files")
    assert all(file.stat().st_nlink == 1 for file in folder.rglob("*.jpg"))


def test_what_a_killed_run_left_is_swept(folder: Path, cache: Path) -> None:
    collect(FolderSource(folder), "c")
    root = Collection.open("c").root
    left = [next(root.glob("images/*")) / ".tmp-1.jpg", next(root.glob("thumbs/*")) / ".tmp-2.jpg"]
    fetched = cache / "sources" / "pictures" / "ab" / ".tmp-3"
    another_run_writes = fetched.with_name(".tmp-4")
    fetched.parent.mkdir(parents=True)
    for file in (*left, fetched, another_run_writes):
        file.touch()
    os.utime(fetched, (0, 0))
    collect(FolderSource(folder), "c")
    assert list(cache.rglob(".tmp-*")) == [another_run_writes]


def slow_works() -> ListedSource:
    def slow(number: int) -> Callable[[], bytes]:
        def read() -> bytes:
            time.sleep(0.02)
            return jpeg(made_picture(number, 32, 24))

        return read

    return ListedSource([work(f"{n:03}", f"{n % 3}.org", slow(n)) for n in range(300)])


def _collect_slowly(cache: str) -> None:
    os.environ["ARTEXTRACT_CACHE"] = cache
    run.CHECKPOINT = 0.0
    collect(slow_works(), "c")


def test_a_kill_loses_nothing_that_was_stored_and_the_table_is_whole(cache: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_collect_slowly, args=(str(cache),))
    process.start()
    deadline = time.monotonic() + 60
    while not (cache / "collections" / "c" / "works.parquet").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    first = ids()
    assert 0 < len(first) < 300
    assert first == sorted(first)
    collect(slow_works(), "c")
    assert ids() == [f"{n:03}" for n in range(300)]
    assert not list(Collection.open("c").root.rglob(".tmp-*"))


def test_what_is_wrong_with_a_picture_that_is_shown_has_a_column() -> None:
    whole = jpeg(made_picture(5, 300, 200))
    works = [work("1"), work("2", read=lambda: whole[:-20])]
    for _ in range(2):  # also where the picture is known
        assert collect(ListedSource(works), "c").works == 2
        said = Collection.open("c").works()["picture_remark"].fillna("").tolist()
        assert said[0] == ""
        assert said[1].startswith("The last bytes of 2.jpg are missing")
    collect(ListedSource([work("1"), work("2", read=lambda: whole)]), "c")
    assert "picture_remark" not in Collection.open("c").works()
