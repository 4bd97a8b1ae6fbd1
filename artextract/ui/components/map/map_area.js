// The panel over the map of Explore, and full screen; styled by map_area.css. Follows map.js in the same module.

const HALF_PICTURE = 44; // px: half the open work's picture on the map
const MARGIN = 0.12; // around the open work and its neighbours, in the shorter side of the free part

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
  map.page = location.pathname;
  window.navigation?.addEventListener("currententrychange", () => keepView(map), { signal });
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

// The size of the part of the frame that the panel (on a phone: the sheet) does not cover, from the top left corner.
function freePart(map) {
  const { width, height } = map.size, frame = map.frame.getBoundingClientRect();
  const cover = [panelOf(map), map.area?.querySelector(".st-key-open_work")].find((part) =>
    part && ["absolute", "fixed"].includes(getComputedStyle(part).position))?.getBoundingClientRect();
  if (!cover) return { width, height };
  if (cover.width < 0.9 * width) return { width: width - cover.width, height };
  return { width, height: Math.max(0, Math.min(height, cover.top - frame.top)) || height };
}

// Moves the view to centre a position in the free part.
function centre(map, x, y, zoom) {
  const free = freePart(map), [sx, sy] = map.unit.map((unit) => unit * zoom);
  setView(map, { x: x + (map.size.width - free.width) / 2 / sx, y: y - (map.size.height - free.height) / 2 / sy, zoom });
}

// Moves the view only as far as needed to have the first work in the free part (less a margin, px), and as many of the
// others as have room there together with it.
function bringIntoView(map, rows, margin) {
  const places = map.journey?.to ?? map.places, free = freePart(map), [sx, sy] = scaleOf(map);
  let box;
  for (const row of rows) {
    const [x, y] = project(map, places[2 * row], places[2 * row + 1]);
    const larger = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
    if (!box || (larger[2] - larger[0] <= free.width - 2 * margin && larger[3] - larger[1] <= free.height - 2 * margin)) box = larger;
  }
  const beyond = (low, high, size) => low < margin ? low - margin : Math.max(0, high - size + margin);
  const across = beyond(box[0], box[2], free.width), down = beyond(box[1], box[3], free.height);
  if (across || down) glideTo(map, { ...map.view, x: map.view.x + across / sx, y: map.view.y - down / sy });
}

// The map makes room for the panel: the open work and its neighbours are beside it.
function showChosen(map) {
  const { chosen, neighbours } = map.data, { width, height } = freePart(map);
  const margin = Math.max(HALF_PICTURE, MARGIN * Math.min(width, height));
  if (map.places && chosen !== null) bringIntoView(map, [chosen, ...neighbours], margin);
}

// ---- the view in the address, as `at`: a link opens it again

let linked = viewInAddress(); // of the first map that is drawn

function viewInAddress() {
  const [x, y, zoom] = (new URLSearchParams(location.search).get("at") ?? "").split(",").map(Number);
  return zoom > 0 && Number.isFinite(x + y + zoom) ? { x, y, zoom } : null;
}

// The view of a map that is shown for the first time.
function beginView(map) {
  map.view = (map.area && linked) || { x: 0, y: 0, zoom: 1 };
  map.view.zoom = withinZooms(map, map.view.zoom);
  linked = null;
}

// Writes the view into the address, unless it is the whole map. Streamlit writes the address without it at each change.
function keepView(map) {
  if (!map.area || location.pathname !== map.page || !map.places) return;
  const address = new URL(location.href), { x, y, zoom } = map.view;
  if (x || y || zoom !== 1) address.searchParams.set("at", [x, y, zoom].map((value) => Number(value.toPrecision(4))));
  else address.searchParams.delete("at");
  if (address.search !== location.search) history.replaceState(history.state, "", address);
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
