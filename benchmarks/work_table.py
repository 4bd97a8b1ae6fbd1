"""Work tables of a million rows: opening, filtering, counting, looking for words.

    python -m benchmarks.work_table wikiart                 # a million rows of its works
    python -m benchmarks.work_table wikiart --rows 126720 --rounds 5

makes a table of that many rows out of the collection's (ids and titles are given numbers, so that
no two are alike) in a folder that is removed at the end, and asks the same of it in four ways, each
in a process of its own, round by round:

- object: Python strings, pandas' own way before version 3;
- decoded: pandas 3's strings, decoded from Parquet; regular expressions; case folded for each text.
  This is how the program did it before;
- now: `Collection.works`, `Filters`, `work_columns.choices` as they are;
- duckdb: SQL on the Parquet file (only where the package is installed: `pip install duckdb`).

All must give the same answers. Reported: the median of the rounds in milliseconds, its ratio to
"now", and the process's own memory (what it doesn't share; from /proc, so on Linux alone).
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from artextract.collection import About, Collection
from artextract.settings import CACHE_VARIABLE
from artextract.similarity.filters import Filters, TitleText
from artextract.ui import work_columns
from artextract.work_table import TERM_SEPARATOR

STYLES, GENRE, ARTIST = ["Cubism", "Rococo"], "portrait", "Claude Monet"
YEARS, WORDS = (1850, 1900), ["monet", "lil"]


class Decoded:
    """As it was: everything decoded, texts looked through as they are."""

    def open(self, file: Path) -> None:
        frame = pq.read_table(file).to_pandas()
        for name in frame.select_dtypes("str"):
            text = frame[name]
            frame[name] = text.mask(text.isna() | (text.str.strip() == ""))
        self.works = frame

    def by_style(self) -> int:
        pattern = f"(?:^|{TERM_SEPARATOR})(?:{'|'.join(STYLES)})(?:{TERM_SEPARATOR}|$)"
        found = self.works["style"].str.contains(pattern, regex=True)
        return int(found.fillna(False).astype(bool).sum())

    def by_artist(self) -> int:
        return int(self.works["artist"].isin([ARTIST]).sum())

    def by_genre_and_years(self) -> int:
        works = self.works
        ends = works["year_end"].fillna(works["year_begin"])
        begins = works["year_begin"].fillna(works["year_end"])
        mask = works["genre"].isin([GENRE]).to_numpy(dtype=bool, copy=True)
        mask &= (ends >= YEARS[0]).fillna(False).to_numpy(dtype=bool)
        mask &= (begins <= YEARS[1]).fillna(False).to_numpy(dtype=bool)
        return int(mask.sum())

    def counts(self) -> int:
        styles = self.works["style"].dropna().str.split(TERM_SEPARATOR, regex=False).explode()
        return int(styles.value_counts().iloc[0] + self.works["artist"].value_counts().iloc[0])

    def words(self) -> int:
        title, artist = self.works["title"].fillna(""), self.works["artist"].fillna("")
        text = (title + " " + artist).str.casefold()
        found = np.ones(len(text), dtype=bool)
        for word in WORDS:
            found &= text.str.contains(word, regex=False).to_numpy(dtype=bool)
        return int(found.sum())

    words_again = words


class Object(Decoded):
    """Python strings."""

    def open(self, file: Path) -> None:
        super().open(file)
        names = self.works.select_dtypes("str").columns
        self.works = self.works.astype(dict.fromkeys(names, object))


class Now:
    """As it is."""

    def open(self, _file: Path) -> None:
        self.works = Collection.open("million").works()
        self.texts: TitleText | None = None

    def _filtered(self, filters: Filters) -> int:
        return int(filters.allowed(self.works, self.texts).sum())

    def by_style(self) -> int:
        return self._filtered(Filters(style=tuple(STYLES)))

    def by_artist(self) -> int:
        return self._filtered(Filters(artist=(ARTIST,)))

    def by_genre_and_years(self) -> int:
        return self._filtered(Filters(genre=(GENRE,), year_from=YEARS[0], year_to=YEARS[1]))

    def counts(self) -> int:
        return sum(next(iter(work_columns.choices(self.works, name).values())) for name in ("style", "artist"))

    def words(self) -> int:
        self.texts = TitleText(self.works)  # as a `Searcher` makes it, when it is opened
        return self.words_again()

    def words_again(self) -> int:
        return self._filtered(Filters(text=" ".join(WORDS)))


class DuckDB:
    """SQL on the Parquet file."""

    def open(self, file: Path) -> None:
        import duckdb

        self._database = duckdb.connect()
        self._database.sql("set threads = 2")
        self._database.sql(f"create table works as select * from read_parquet('{file}')")

    def _count(self, where: str) -> int:
        return int(self._database.sql(f"select count(*) from works where {where}").fetchall()[0][0])

    def by_style(self) -> int:
        return self._count(f"len(list_intersect(string_split(style, '; '), {STYLES})) > 0")

    def by_artist(self) -> int:
        return self._count(f"artist = '{ARTIST}'")

    def by_genre_and_years(self) -> int:
        return self._count(
            f"genre = '{GENRE}' and coalesce(year_end, year_begin) >= {YEARS[0]} "
            f"and coalesce(year_begin, year_end) <= {YEARS[1]}"
        )

    def counts(self) -> int:
        one = "select count(*) n from (select unnest(string_split(style, '; ')) s from works)"
        other = "select count(*) n from works where artist is not null"
        return sum(
            int(self._database.sql(f"{query} group by {by} order by n desc limit 1").fetchall()[0][0])
            for query, by in ((one, "s"), (other, "artist"))
        )

    def words(self) -> int:
        text = "lower(coalesce(title, '') || ' ' || coalesce(artist, ''))"
        return self._count(" and ".join(f"contains({text}, '{word}')" for word in WORDS))

    words_again = words


WAYS: dict[str, Callable[[], Any]] = {"object": Object, "decoded": Decoded, "now": Now, "duckdb": DuckDB}
ASKED = {
    "open": "open the table",
    "by_style": "filter by two styles",
    "by_artist": "filter by an artist",
    "by_genre_and_years": "filter by genre and years",
    "counts": "count styles and artists",
    "words": "two words, their texts made ready first",
    "words_again": "two words",
}


def own_memory() -> float:
    """MiB of this process that no other shares; NaN where it can't be known."""
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.exists():
        return float("nan")
    kilobytes = re.findall(r"Private_(?:Clean|Dirty): +(\d+)", rollup.read_text())
    return sum(map(int, kilobytes)) / 1024


def measure(way: str, file: Path) -> None:
    """Ask everything once; print the seconds, the answers and the memory."""
    table, before = WAYS[way](), own_memory()
    seconds, answers = {}, {}
    for name in ASKED:
        began = time.perf_counter()
        answers[name] = table.open(file) if name == "open" else getattr(table, name)()
        seconds[name] = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "answers": answers, "memory": own_memory() - before}))


def make(name: str, rows: int) -> pd.DataFrame:
    """The collection's rows over and over, each with an id and a title of its own."""
    works = Collection.open(name).works()
    times = -(-rows // len(works))
    copies = [works.assign(id=works["id"] + f"~{n}", title=works["title"] + f" {n}") for n in range(times)]
    return pd.concat(copies, ignore_index=True).iloc[:rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="a collection with styles, genres, artists and years")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        measure(options.way, options.file)
        return

    ways = [way for way in WAYS if way != "duckdb" or find_spec("duckdb")]
    frame = make(options.name, options.rows)
    with tempfile.TemporaryDirectory() as cache:
        os.environ[CACHE_VARIABLE] = cache
        made = Collection.create_or_open("million", About("folder", "Many", ""))
        began = time.perf_counter()
        made.write_works(frame)
        written = time.perf_counter() - began
        file = str(made.root / "works.parquet")
        sizes = [(made.root / f"works.{end}").stat().st_size / 2**20 for end in ("parquet", "arrow")]
        found: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
        for _ in range(options.rounds):
            for way in ways:
                call = [sys.executable, __file__, options.name, "--way", way, "--file", file]
                done = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True)
                found[way].append(json.loads(done.stdout))
    answers = [json.dumps(one["answers"]) for runs in found.values() for one in runs]
    if len(set(answers)) > 1:
        raise SystemExit(f"They don't agree: {set(answers)}")
    print(
        f"{options.rows:,} rows, written in {written:.1f} s; Parquet {sizes[0]:.0f} MiB, its copy {sizes[1]:.0f} MiB\n"
    )
    print(f"| ms (median of {options.rounds}) | {' | '.join(ways)} |")
    print("| --- " * (len(ways) + 1) + "|")
    for name, label in ASKED.items():
        middle = {w: statistics.median(one["seconds"][name] for one in found[w]) for w in ways}
        cells = [f"{1000 * middle[w]:,.0f} ({middle[w] / middle['now']:.1f})" for w in ways]
        print(f"| {label} | {' | '.join(cells)} |")
    memory = [statistics.median(one["memory"] for one in found[w]) for w in ways]
    print(f"| own memory, MiB | {' | '.join(f'{one:,.0f}' for one in memory)} |")


if __name__ == "__main__":
    main()
