// The panel over the map of Explore, and full screen; styled by map_area.css. Follows map.js in the same module.

const HALF_PICTURE = 44; // px: half the open work's picture on the map

function panelOf(map) {
  return map.area?.querySelector(".st-key-side");
}

// Finds the area, once. It is not in the page yet when the map is built.
function findArea(map) {
  if (map.area !== undefined) return;
  map.area = map.root.closest(".st-key-map_area");
  map.fullTool.hidden = !map.area;
  if (!map.area) return;
  const { signal } = map.leaving;
  const watch = new MutationObserver(() => panelChanged(map));
  watch.observe(map.area, { childList: true });
  signal.addEventListener("abort", () => { watch.disconnect(); setFull(map, false); });
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) setFull(map, false); }, { signal });
  document.addEventListener("focusin", (event) => { map.inPanel = panelOf(map)?.contains(event.target); }, { signal });
  document.addEventListener("keydown", (event) => { // after the map's own keys (keys.js)
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (map.full) setFull(map, false);
    else if (panelOf(map)?.contains(event.target)) map.send("close", true);
  }, { signal });
  panelChanged(map); // the panel may be older than the map
}

// The panel was added or removed.
function panelChanged(map) {
  const panel = panelOf(map);
  if (panel && !panel.hasAttribute("role")) {
    for (const [name, value] of [["role", "region"], ["aria-label", "Open work"], ["tabindex", -1]]) panel.setAttribute(name, value);
    showChosen(map);
  }
  map.root.dispatchEvent(new CustomEvent("ax-view")); // moves the names of regions
}

// Updates the panel for another open work. The keyboard focus stays in the panel, or returns to the map when
// the panel is closed.
function updatePanel(map) {
  const panel = panelOf(map), { chosen, path } = map.data;
  const opened = `${chosen} ${path}`;
  if (map.opened === opened) return;
  map.opened = opened;
  if (panel) panel.scrollTop = 0;
  if (map.inPanel) (chosen === null && !path.length ? map.frame : panel ?? map.frame).focus({ preventScroll: true });
  scrollToMap(map, chosen !== null || path.length);
  showChosen(map);
}

// A click far below the map scrolls to the map. Closing the work scrolls back, unless the page was scrolled
// meanwhile. On a phone the sheet is always visible.
function scrollToMap(map, open) {
  const page = map.area?.closest('[data-testid="stMain"]'), left = map.left;
  if (!page || window.matchMedia("(max-width: 640px)").matches) return;
  const below = page.getBoundingClientRect().top, half = map.size.height / 2;
  if (!open) {
    map.left = null;
    if (left && Math.abs(map.area.getBoundingClientRect().top - below) < half) scrollBack(page, left, 20);
  } else if (map.frame.getBoundingClientRect().bottom < below + half) {
    map.left = page.scrollTop;
    map.area.scrollIntoView();
  }
}

// Tries repeatedly, because the page is shorter while the screen below the map is redrawn.
function scrollBack(page, to, tries) {
  page.scrollTop = to;
  if (tries && page.scrollTop < to - 4) setTimeout(scrollBack, 100, page, to, tries - 1);
}

// The size of the part of the frame beside or above the panel, from the top left corner.
function freePart(map) {
  const panel = panelOf(map), { width, height } = map.size;
  if (!panel || getComputedStyle(panel).position !== "absolute") return { width, height };
  return panel.offsetWidth < width ? { width: width - panel.offsetWidth, height } : { width, height: height - panel.offsetHeight };
}

// Moves the view to centre a position in the free part.
function centre(map, x, y, zoom) {
  const free = freePart(map), [sx, sy] = map.unit.map((unit) => unit * zoom);
  setView(map, { x: x + (map.size.width - free.width) / 2 / sx, y: y - (map.size.height - free.height) / 2 / sy, zoom });
}

// Moves the view only if the work is under the panel or outside the frame (less a margin, px).
function bringIntoView(map, row, margin) {
  const [x, y] = placeOf(map, row), [left, top] = project(map, x, y), free = freePart(map), { width, height } = map.size;
  const [right, bottom] = [free.width < width ? free.width - HALF_PICTURE : width - margin, free.height < height ? free.height - HALF_PICTURE : height - margin];
  if (left < margin || top < margin || left > right || top > bottom) centre(map, x, y, map.view.zoom);
}

function showChosen(map) {
  if (map.places && map.data.chosen !== null) bringIntoView(map, map.data.chosen, 0);
}

// Keeps the panel over the frame, off the tools and the legend.
function placePanel(map) {
  if (!map.area) return;
  const area = map.area.getBoundingClientRect(), frame = map.frame.getBoundingClientRect();
  map.area.style.setProperty("--ax-top", `${frame.top - area.top}px`);
  map.area.style.setProperty("--ax-bottom", `${area.bottom - frame.bottom}px`);
}

// Fills the window with the area, and the screen if the browser allows it.
function setFull(map, full) {
  if (!map.area || full === Boolean(map.full)) return;
  map.full = full;
  const page = document.documentElement, scroller = map.area.closest('[data-testid="stMain"]');
  if (full) map.scrolled = scroller?.scrollTop;
  page.classList.toggle("ax-full", full);
  map.fullTool.setAttribute("aria-pressed", full);
  if (full) page.requestFullscreen?.().then(() => { if (!map.full) document.exitFullscreen(); }).catch(() => null);
  else if (document.fullscreenElement) document.exitFullscreen();
  if (!full && scroller) scroller.scrollTop = map.scrolled;
}
