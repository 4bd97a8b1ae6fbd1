"""10,000 works on 40 hosts, some dead, some slow, some that refuse: rate and memory, killed three times.

    python -m benchmarks.fetching [--rows 10000] [--kills 3]

The hosts are one local server, which also runs here: on two cores it costs as much as the program. The
program collects in a process of its own, which is killed by SIGKILL as often as wanted and started again.
At the end: no work may be lost, and no picture fetched twice but for those that were under way at a kill.
"""

import argparse
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from artextract.collecting.run import collect
from artextract.collection import About, Collection
from artextract.settings import CACHE_VARIABLE
from artextract.sources.base import ColumnUse, SourceWork
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import CONNECTIONS, PoliteClient
from tests.support.world import World, picture_of

HOSTS = 40
RULES = {0: "dead", 1: "dead", 2: "refused", 3: "unknown", 4: "silent", 5: "forbidden", 6: "browser check", 7: "error"}
SLOW = (8, 9, 10)  # Hosts that answer after half a second
NAME = "rows"


@dataclass
class Rows:
    """A source: works whose pictures are at the addresses of a file, one a line."""

    file: Path

    def __post_init__(self) -> None:
        self.about = About("Rows", "rows")
        self._urls = self.file.read_text().split()
        self._client = PoliteClient(any_public=True)
        self._kept = KeptPictures(self._client)

    def __len__(self) -> int:
        return len(self._urls)

    def works(self) -> Iterator[SourceWork]:
        for number, url in enumerate(self._urls):
            yield SourceWork(f"{number}", partial(self._kept.get, url), url, title=f"Work {number}")

    def remarks(self) -> list[str]:
        return self._client.remarks()

    def columns(self) -> list[ColumnUse]:
        return []

    def close(self) -> None:
        self._client.close()


def fill(world: World, rows: int) -> list[str]:
    """Set the rules of the hosts; the addresses of the works, in no order."""
    for host, rule in RULES.items():
        world.on(f"h{host}.example", rule)
    for host in SLOW:
        world.delays[f"h{host}.example"] = 0.5
    addresses = [f"http://h{number % HOSTS}.example/{number}.jpg" for number in range(rows)]
    random.Random(0).shuffle(addresses)
    return addresses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--collect", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.collect:
        done = collect(Rows(given.collect), NAME)
        print(done.sentence(), *done.causes, sep="\n")
        return
    with tempfile.TemporaryDirectory() as folder, World() as world:
        rows = Path(folder) / "rows.txt"
        rows.write_text("\n".join(fill(world, given.rows)))
        expected = {url.removeprefix("http://") for url in rows.read_text().split() if _good(url)}
        cache = {CACHE_VARIABLE: f"{folder}/cache"}
        began = time.monotonic()
        for kill in range(given.kills + 1):
            running = world.command("--collect", str(rows), module="benchmarks.fetching", **cache)
            goal = len(expected) * (kill + 1) / (given.kills + 1) if kill < given.kills else len(expected) + 1
            while running.poll() is None and len(expected & world.delivered.keys()) < goal:
                time.sleep(0.05)
            running.send_signal(signal.SIGKILL) if kill < given.kills else None
            told, said = running.communicate()
            print(
                f"run {kill + 1}: {len(world.delivered):,} pictures after {time.monotonic() - began:.0f} s", flush=True
            )
        seconds = time.monotonic() - began
        print(told.decode(), said.decode()[-2000:], sep="\n")
        os.environ |= cache
        _judge(world, rows.read_text().split(), given.kills)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{len(expected) / seconds:.0f} pictures/s; at most {peak:.0f} MB of memory in a run")


def _good(address: str) -> bool:
    return int(address.partition("//h")[2].partition(".")[0]) not in RULES


def _judge(world: World, urls: list[str], kills: int) -> None:
    """Check that nothing is lost, wrong, or fetched twice without need."""
    addresses = [url.removeprefix("http://") for url in urls]
    collection = Collection.open(NAME)
    works = {int(row["id"]): collection.root / str(row["image"]) for row in collection.works().to_dict("records")}
    lost = {number for number, url in enumerate(urls) if _good(url)} - works.keys()
    wrong = sum(file.read_bytes() != picture_of(addresses[number]) for number, file in works.items())
    twice = sum(max(world.delivered[address] - 1, 0) for address in addresses)
    asked = sum(n for address, n in world.asked.items() if not _good(f"http://{address}"))
    print(f"lost: {len(lost)}; wrong: {wrong}; fetched twice: {twice} (at most {kills * CONNECTIONS})")
    print(f"requests to the {len(RULES)} hosts that fail: {asked}")
    if lost or wrong or twice > kills * CONNECTIONS:
        sys.exit(1)


if __name__ == "__main__":
    main()
