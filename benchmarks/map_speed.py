"""The map in a browser: how long until it is there, what a click and a frame cost, what is held.

    python -m benchmarks.map_speed wikiart wikiart10 wikiart79    # made by tenfold.py

starts the app anew for each collection and opens Explore on it in headless Chromium, which has no
graphics card. Twice: the first view of a fresh server loads the collection; the second is what later
visitors get. Then works are clicked on, and the map is zoomed and dragged. Times are by the clock,
and beside them the processor's seconds of server and browser: on a busy machine those alone can be
compared.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.people import Server, app
from tests.support.browser import CHROMIUM, FLAGS

READY = '[data-testid="gallery-map"][data-ready="true"]'
PATIENCE = 180_000  # ms
STILL = 600  # ms
CLICKS = 5
FRAMES = 20

OPEN_PLACE = """row => {
  const at = document.querySelector(".ax-map").pixelOf(row);
  const named = [...document.querySelectorAll(".ax-name")].some((name) => {
    const box = name.getBoundingClientRect();
    return at.x > box.left - 4 && at.x < box.right + 4
      && at.y > box.top - 4 && at.y < box.bottom + 4;
  });
  return !named && document.elementFromPoint(at.x, at.y)?.closest(".ax-frame") ? at : null;
}"""
# Each step moves the view as a drag or a wheel does, and waits until its frame is shown.
MOVE = """async ([frames, dx, factor]) => {
  const box = document.querySelector(".ax-frame").getBoundingClientRect();
  const canvas = document.querySelector(".ax-frame");
  const [clientX, clientY] = [box.left + box.width / 2, box.top + box.height / 2];
  const at = { clientX, clientY, bubbles: true };
  const shown = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const pointer = (kind, x) => canvas.dispatchEvent(new PointerEvent(kind,
    { ...at, clientX: clientX + x, pointerId: 1, pointerType: "mouse", button: 0 }));
  canvas.setPointerCapture = () => {};
  if (dx) pointer("pointerdown", 0);
  const took = [];
  for (let k = 1; k <= frames; k++) {
    const began = performance.now();
    if (dx) pointer("pointermove", k * dx);
    else canvas.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: factor, cancelable: true }));
    await shown();
    took.push(performance.now() - began);
  }
  if (dx) pointer("pointerup", frames * dx);
  return took;
}"""


def processes_below(root: int) -> list[Path]:
    """The folders in /proc of a process's descendants."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(folder.name)] = int(after_name[1])
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return [Path(f"/proc/{pid}") for pid in found - {root}]


class Browsers:
    """Chromium's processes: all that this one has started but the app."""

    def __init__(self, app_pid: int | None) -> None:
        self._app = {app_pid}

    def _servers(self) -> list[Server]:
        folders = processes_below(os.getpid())
        return [Server("", int(f.name)) for f in folders if int(f.name) not in self._app]

    def cpu(self) -> float:
        return sum(seconds for one in self._servers() if (seconds := one.cpu()) == seconds)

    def memory(self) -> float:
        return sum(held for one in self._servers() if (held := one.memory()) == held)


class Bytes:
    """What a page fetched of the map's arrays and texts, and what came over its websocket."""

    def __init__(self, page: Page) -> None:
        self.total = self.websocket = 0
        page.on("response", self._count)
        page.on("websocket", lambda socket: socket.on("framereceived", self._count_frame))

    def _count(self, response: Any) -> None:
        if "/artextract/array/" in response.url or "/artextract/texts/" in response.url:
            self.total += int(response.headers.get("content-length", 0))

    def _count_frame(self, content: str | bytes) -> None:
        self.websocket += len(content)


def opened(browser: Browser, url: str) -> tuple[Page, float, Bytes]:
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE)
    counted = Bytes(page)
    began = time.monotonic()
    page.goto(url)
    page.wait_for_selector(READY)
    return page, time.monotonic() - began, counted


def click(page: Page, rows: Iterator[int]) -> float:
    """Seconds from a click on a work to that work and its neighbours' scores.

    Of the rows it takes the first that lies open to the pointer: not under a name or a panel.
    """
    page.wait_for_timeout(STILL)  # the map may still be moving to the work that is open
    place = next(at for row in rows if (at := page.evaluate(OPEN_PLACE, row)))
    before = page.url
    began = time.monotonic()
    page.mouse.click(place["x"], place["y"])
    page.wait_for_function("before => location.href !== before", arg=before)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.locator(".ax-card").first.wait_for()
    return time.monotonic() - began


def measure(browser: Browser, server: Server, name: str) -> dict[str, str]:
    chromium = Browsers(server.pid)
    url = f"{server.url}/explore?collection={name}"
    page, first, _ = opened(browser, url)
    page.close()
    server_cpu, browser_cpu = server.cpu(), chromium.cpu()
    page, later, counted = opened(browser, url)
    row = {
        "works": f"{int(page.locator('.ax-map').get_attribute('data-points') or 0):,}",
        "first view, s": f"{first:.1f}",
        "later view, s": f"{later:.1f}",
        "of that processor: server, browser": f"{server.cpu() - server_cpu:.1f}, {chromium.cpu() - browser_cpu:.1f}",
        "arrays, kB": f"{counted.total / 1000:,.0f}",
    }
    count = int(row["works"].replace(",", ""))
    rows = iter(random.Random(0).sample(range(count), 1000))
    click(page, rows)  # the first loads what compares pictures
    row["pictures"] = str(page.evaluate("document.querySelector('.ax-map').shown().length"))
    server_cpu, received = server.cpu(), counted.websocket
    clicks = [click(page, rows) for _ in range(CLICKS)]
    row["click, s"] = f"{statistics.median(clicks):.2f}"
    row["a click's messages, kB"] = f"{(counted.websocket - received) / CLICKS / 1000:.0f}"
    row["of that the server's processor"] = f"{(server.cpu() - server_cpu) / CLICKS:.2f}"
    for what, dx, factor in (("zoom", 0, -60), ("pan", 7, 0)):
        browser_cpu = chromium.cpu()
        took = page.evaluate(MOVE, [FRAMES, dx, factor])
        row[f"{what}, ms a frame"] = f"{statistics.median(took):.0f} (worst {max(took):.0f})"
        row[f"{what}, processor, ms"] = f"{(chromium.cpu() - browser_cpu) / FRAMES * 1000:.0f}"
    row["memory of server, browser, MiB"] = f"{server.memory():,.0f}, {chromium.memory():,.0f}"
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", help="embedded collections with a map")
    options = parser.parse_args()
    table = []
    for name in options.names:
        with app(Path(__file__).parent.parent) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            table.append(measure(browser, server, name))
            browser.close()
        print(f"{name}: {table[-1]}", flush=True)
    for key in table[0]:
        print("| " + " | ".join([key, *(row[key] for row in table)]) + " |")


if __name__ == "__main__":
    main()
