"""Many people at once: a load test of the app over its own websocket.

    artextract score-neighbours wikiart     # computes the scores ahead, as the app's job does in time
    python -m benchmarks.people wikiart --people 1 5 20 --seconds 120 --json people.json
    python -m benchmarks.people wikiart --people 5 --clicks 500     # memory over many clicks
    python -m benchmarks.people wikiart --people 0 5 --reader       # reading beside the others
    python -m benchmarks.people wikiart10                           # made by benchmarks/tenfold.py

For each number of people it starts the app anew (or takes the one at `--url`) and drives it as that
many browsers do: each person opens Explore on the collection, then every 1 to 5 seconds clicks on
a work of the map, no work twice. A click is sent as Streamlit's browser side sends it: the map
component's trigger as a widget state, in its fragment, with the hashes of the messages that a
browser would have kept. It has ended when the script's run has; an answer without that work's
large picture, or without ten neighbours with four scores each, is an error. Then what the
page names by address is fetched: whatever the map's data names, once a person, and the large
picture. (Not fetched: Streamlit's own scripts, thumbnails.)

Reported for each number of people: seconds of the first view of a server just started, and of a
click (median, 95th percentile, worst); errors; what a click brought over the websocket and over
HTTP; the server's processor seconds a click, and what of one processor other programs took the
while (figures taken beside busy ones mean little); the server's resident memory before the first
click, after 50, and at the end; with `--reader` the seconds of a reading by one more person, each
of another work.
Memory and processor time need Linux, and `--pid` with `--url`. The clients are one process on the
same machine: `client_cpu` in the JSON is what they took of it.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from artextract.collection import Collection
from benchmarks.browser_tab import FAILURES, Tab, tab_at

PAUSE = (1.0, 5.0)  # seconds between two clicks of a person
WARM = 50  # clicks after which memory is noted
SIMILAR = 10  # cards that must come


@dataclass
class Click:
    """One click."""

    seconds: float
    socket_bytes: int
    web_bytes: int
    faults: list[str]


@dataclass
class Series:
    """What was measured with one number of people."""

    collection: str
    people: int
    works: int = 0
    views: list[float] = field(default_factory=list)
    """Seconds until a page had come; the first from the server that had just started, alone."""
    view_bytes: list[int] = field(default_factory=list)
    """What a page brought over the websocket."""
    view_web_bytes: list[int] = field(default_factory=list)
    clicks: list[Click] = field(default_factory=list)
    readings: list[float] = field(default_factory=list)
    """Seconds of each reading but the first, which loads the model."""
    reading_faults: list[str] = field(default_factory=list)
    memory: dict[int, float] = field(default_factory=dict)
    """MiB that the server holds by the number of clicks done, noted at every 50th."""
    seconds: float = 0.0
    server_cpu: float = 0.0
    """Processor seconds during the clicks."""
    client_cpu: float = 0.0
    machine_cpu: float = 0.0
    """By all processes: what it is more than server and clients is the noise of the figures."""


class Server:
    """What is known of the server's process."""

    def __init__(self, url: str, pid: int | None) -> None:
        self.url = url
        self.pid = pid
        self._folder = Path(f"/proc/{pid}") if pid else None

    def memory(self) -> float:
        """Resident MiB; NaN where it can't be known."""
        if self._folder is None or not (self._folder / "statm").exists():
            return float("nan")
        pages = int((self._folder / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def cpu(self) -> float:
        """Processor seconds so far; NaN where they can't be known."""
        if self._folder is None or not (self._folder / "stat").exists():
            return float("nan")
        after_name = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def machine_cpu() -> float:
    """Processor seconds of all processes so far; NaN where they can't be known."""
    if not Path("/proc/stat").exists():
        return float("nan")
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def app(checkout: Path) -> Iterator[Server]:
    """The app, started anew."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "streamlit_app.py",
        "--server.headless",
        "true",
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=checkout, env=os.environ | {"PYTHONPATH": str(checkout)}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            for _ in range(600):
                with contextlib.suppress(httpx2.HTTPError):
                    if httpx2.get(f"{url}/_stcore/health").is_success:
                        break
                if process.poll() is not None:
                    log.seek(0)
                    raise SystemExit(log.read().decode())
                time.sleep(0.1)
            yield Server(url, process.pid)
        finally:
            process.terminate()
            process.wait()


class Measuring:
    """A series while it is measured."""

    def __init__(self, server: Server, people: int, options: argparse.Namespace) -> None:
        self.series = Series(options.collection, people)
        self._server = server
        self._options = options
        self._address = {"collection": options.collection}
        self._done = asyncio.Event()
        self._model_loaded = asyncio.Event()

    async def run(self) -> Series:
        """Open the pages, then let them click until the time is up, or there are clicks enough."""
        series, options = self.series, self._options
        async with contextlib.AsyncExitStack() as tabs:
            crowd = [await tabs.enter_async_context(tab_at(self._server.url, Tab)) for _ in range(series.people)]
            reading = []
            if options.reader:
                tab = await tabs.enter_async_context(tab_at(self._server.url, Tab))
                reading.append(asyncio.create_task(self._read(tab)))
                loaded = asyncio.create_task(self._model_loaded.wait())
                await asyncio.wait([*reading, loaded], return_when="FIRST_COMPLETED")
            for tab in crowd[:1]:
                await self._look(tab)
                series.works = tab.works
            await asyncio.gather(*[self._look(tab) for tab in crowd[1:]])

            count = min(options.clicks or series.works, series.works)
            rows = iter(self._dice("works").sample(range(series.works), count))
            series.readings.clear()  # those while the pages were opened
            series.memory[0] = self._server.memory()
            began, cpu, own_cpu = time.monotonic(), self._server.cpu(), time.process_time()
            whole_cpu = machine_cpu()
            clicking = [asyncio.create_task(self._click(tab, number, rows)) for number, tab in enumerate(crowd)]
            if clicking:
                await asyncio.wait(clicking, timeout=None if options.clicks else options.seconds)
            else:
                await asyncio.sleep(options.seconds)
            self._done.set()
            await asyncio.gather(*clicking, *reading)
            series.seconds = time.monotonic() - began
            series.server_cpu = self._server.cpu() - cpu
            series.client_cpu = time.process_time() - own_cpu
            series.machine_cpu = machine_cpu() - whole_cpu
            series.memory[len(series.clicks)] = self._server.memory()
        return series

    async def _look(self, tab: Tab) -> None:
        answer = await tab.open("explore", self._address)
        if answer.faults or not tab.works:
            raise SystemExit(f"The page did not come whole: {answer.faults}")
        self.series.views.append(answer.seconds)
        self.series.view_bytes.append(answer.bytes)
        self.series.view_web_bytes.append(tab.web_bytes)

    async def _click(self, tab: Tab, number: int, rows: Iterator[int]) -> None:
        series, pauses = self.series, self._dice(number)
        for row in rows:  # shared: nobody opens a work that another has, for it is remembered
            await asyncio.sleep(pauses.uniform(*PAUSE))
            if self._done.is_set():
                return
            try:
                answer = await tab.click(row, SIMILAR)
                came = await tab.fetch_pictures(answer)
            except FAILURES as error:  # this person gives up
                fault = f"{type(error).__name__}: {error}"
                series.clicks.append(Click(float("nan"), 0, 0, [fault]))
                return
            series.clicks.append(Click(answer.seconds, answer.bytes, came, answer.faults))
            if len(series.clicks) % WARM == 0:
                series.memory[len(series.clicks)] = self._server.memory()

    async def _read(self, tab: Tab) -> None:
        works = list(Collection.open(self._options.collection).works()["id"])
        pauses = self._dice("reader")
        pauses.shuffle(works)
        for work in works:
            answer = await tab.open("read", self._address | {"work": work})
            answer.check_grid("read_similar", SIMILAR, without=work)
            self.series.reading_faults += answer.faults
            if self._model_loaded.is_set():
                self.series.readings.append(answer.seconds)
            self._model_loaded.set()
            await asyncio.sleep(pauses.uniform(*PAUSE))
            if self._done.is_set():
                return

    def _dice(self, what: object) -> random.Random:
        return random.Random(f"{self._options.seed} {self.series.people} {what}")


def summary(series: Series) -> dict[str, Any]:
    """The figures of a series."""
    took = sorted(click.seconds for click in series.clicks if not math.isnan(click.seconds))
    sent = [click.socket_bytes / 1000 for click in series.clicks if not click.faults]
    web = [click.web_bytes / 1000 for click in series.clicks if not click.faults]

    others = series.machine_cpu - series.server_cpu - series.client_cpu

    def middle(values: list[float]) -> float | None:
        return statistics.median(values) if values else None

    return {
        "people": series.people,
        "first view s": series.views[0] if series.views else None,
        "clicks": len(series.clicks),
        "median s": middle(took),
        "p95 s": took[-(-len(took) * 95 // 100) - 1] if took else None,
        "worst s": max(took, default=None),
        "errors": sum(bool(c.faults) for c in series.clicks) + len(series.reading_faults),
        "socket kB": middle(sent),
        "max": max(sent, default=None),
        "HTTP kB": middle(web),
        "server cpu s": series.server_cpu / len(took) if took else None,
        "others' cpu %": 100 * others / series.seconds,
        "MiB before": series.memory[0],
        f"at {WARM}": series.memory.get(WARM),
        "at the end": series.memory[max(series.memory)],
        "readings": len(series.readings),
        "reading s": middle(series.readings),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Rows of figures as Markdown."""

    def cell(value: Any) -> str:
        if value is None:
            return "–"
        return f"{value:.2f}" if isinstance(value, float) and value < 100 else f"{value:,.0f}"

    lines = [list(rows[0]), ["---"] * len(rows[0])]
    lines += [[cell(value) for value in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection", help="an embedded collection with a t-SNE map")
    parser.add_argument("--people", type=int, nargs="+", default=[1, 5, 20])
    parser.add_argument("--seconds", type=float, default=120, help="how long they click")
    parser.add_argument("--clicks", type=int, help="instead: how many clicks by all together")
    parser.add_argument("--reader", action="store_true", help="one more person reads paintings")
    parser.add_argument("--seed", type=int, default=0)
    here = Path(__file__).resolve().parent.parent
    parser.add_argument("--app", type=Path, default=here, help="the checkout to start")
    parser.add_argument("--url", help="an app that runs already: better another --seed each time")
    parser.add_argument("--pid", type=int, help="its process")
    parser.add_argument("--json", type=Path, help="where all the figures go")
    options = parser.parse_args()

    rows, everything = [], []
    for people in options.people:
        load = os.getloadavg()
        running = contextlib.nullcontext(Server(options.url, options.pid))
        with running if options.url else app(options.app.resolve()) as server:
            series = asyncio.run(Measuring(server, people, options).run())
        rows.append(summary(series))
        faults = [fault for click in series.clicks for fault in click.faults]
        for fault in sorted({*faults, *series.reading_faults}):
            print(f"{people} people: {fault}", file=sys.stderr)
        everything.append({"load before": load, "summary": rows[-1], **asdict(series)})
        if options.json:
            options.json.write_text(json.dumps(everything, indent=1))
    print(table(rows))


if __name__ == "__main__":
    main()
