// The zoomable pictures of the lightbox: one, or two that are linked. OpenSeadragon draws them.

const CLOSER = 4; // The highest zoom: screen pixels per pixel of the picture, and at least this many times the whole picture

let loading = null;

function loadOpenSeadragon(url) {
  loading ??= new Promise((loaded, failed) => {
    const script = element("script", "", document.head, { src: url });
    script.onload = loaded;
    script.onerror = () => {
      loading = null; // the next picture tries again
      failed(new Error("OpenSeadragon did not load."));
    };
  });
  return loading;
}

// How the place of one picture relates to that of another. A place is { zoom, x, y }: times the zoom that shows the
// whole picture, and the centre in parts of the picture's width and height.
function offsetBetween(leader, other) {
  return { zoom: other.zoom / leader.zoom, x: other.x - leader.x, y: other.y - leader.y };
}

// The place of a linked picture when its leader is at `leader`.
function placeBeside(leader, offset) {
  return { zoom: leader.zoom * offset.zoom, x: leader.x + offset.x, y: leader.y + offset.y };
}

function placeOf({ viewport, world }, now = true) {
  const centre = viewport.getCenter(now);
  return {
    zoom: viewport.getZoom(now) / viewport.getHomeZoom(), x: centre.x, y: centre.y / world.getItemAt(0).getBounds().height,
  };
}

function move({ viewport, world }, { zoom, x, y }) {
  viewport.zoomTo(zoom * viewport.getHomeZoom(), null, true);
  viewport.panTo(new window.OpenSeadragon.Point(x, y * world.getItemAt(0).getBounds().height), true);
}

// Shows pictures side by side, or one on another, in `stage`. A picture has an `alt`, a `first` (the address of what is
// shown at once) and, when `ready`, `levels` and `iiif`. `places` are where the pictures are to be, as `shown.places`
// gives them. `onSwipe` takes 1 or -1 for a swipe over a whole picture.
function showPictures(stage, pictures, script, places, onSwipe) {
  const viewers = [];
  const panes = pictures.map((picture) => {
    const pane = element("div", "ax-pane", stage, { role: "img", "aria-label": picture.alt });
    element("img", "ax-first", pane, { alt: "", ...(picture.first && { src: picture.first }) });
    return pane;
  });
  const shown = { viewers, linked: true, closed: false, leader: 0, offset: { zoom: 1, x: 0, y: 0 } };
  const both = () => viewers.length === 2 && viewers.every((viewer) => viewer?.world.getItemCount());
  const lead = (number) => {
    shown.leader = number;
    if (both()) shown.offset = offsetBetween(placeOf(viewers[number]), placeOf(viewers[1 - number]));
  };
  const follow = (number) => {
    if (shown.linked && number === shown.leader && both()) {
      move(viewers[1 - number], placeBeside(placeOf(viewers[number]), shown.offset));
    }
  };
  pictures.forEach(async (picture, number) => {
    const [levels] = await Promise.all([picture.ready, loadOpenSeadragon(script)]);
    if (shown.closed) return;
    const viewer = openViewer(panes[number], levels, onSwipe);
    viewers[number] = viewer;
    for (const kind of ["pointerdown", "wheel"]) {
      panes[number].addEventListener(kind, () => shown.leader !== number && lead(number), { capture: true, passive: true });
    }
    viewer.addHandler("viewport-change", () => follow(number));
    viewer.addOnceHandler("open", () => {
      limitZoom(viewers);
      if (!both()) return;
      viewers.forEach((each, nth) => places[nth] && move(each, places[nth]));
      lead(0);
    });
    sharpen(viewer, picture.iiif, () => limitZoom(viewers));
  });
  shown.places = () => (both() ? viewers.map((viewer) => placeOf(viewer, false)) : []);
  shown.part = (from, to) => (viewers[0]?.world.getItemCount() ? partOf(viewers[0], from, to) : null);
  shown.zoomBy = (factor) => {
    for (const viewport of viewportsOf(shown)) viewport.zoomBy(factor).applyConstraints();
  };
  shown.panBy = (x, y) => {
    for (const viewport of viewportsOf(shown)) {
      const step = 0.2 / viewport.getZoom();
      viewport.panBy(new window.OpenSeadragon.Point(x * step, y * step)).applyConstraints();
    }
  };
  shown.fit = () => {
    for (const viewer of viewers) viewer?.viewport.goHome();
    shown.offset = { zoom: 1, x: 0, y: 0 };
  };
  shown.link = (linked) => {
    shown.linked = linked;
    lead(shown.leader);
  };
  shown.close = () => {
    shown.closed = true;
    for (const viewer of viewers) viewer?.destroy();
    stage.replaceChildren();
  };
  return shown;
}

// The part of the picture between two points of the page: left, top, width and height in parts of the picture's sides;
// null if it is outside.
function partOf({ element: pane, viewport, world }, from, to) {
  const { left, top } = pane.getBoundingClientRect();
  const { height } = world.getItemAt(0).getBounds();
  const [a, b] = [from, to].map(([x, y]) => {
    const place = viewport.pointFromPixel(new window.OpenSeadragon.Point(x - left, y - top), true);
    return [place.x, place.y / height].map((part) => Math.min(1, Math.max(0, part)));
  });
  const part = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];
  return part[2] > 0 && part[3] > 0 ? part.map((number) => Number(number.toFixed(4))) : null;
}

// What a button moves: the picture that was touched last (a linked one follows it), or both.
function viewportsOf({ viewers, linked, leader }) {
  return viewers.filter((viewer, number) => viewer && (number === leader || !linked)).map((viewer) => viewer.viewport);
}

function openViewer(pane, levels, onSwipe) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const viewer = window.OpenSeadragon({
    element: element("div", "ax-zoom", pane),
    tileSources: { type: "legacy-image-pyramid", levels },
    drawer: "canvas", // needs neither a graphics card nor the museum's permission to read pixels
    showNavigationControl: false, keyboardNavEnabled: false, animationTime: still ? 0 : 0.5,
    minZoomImageRatio: 1, maxZoomPixelRatio: CLOSER, visibilityRatio: 0.7, zoomPerScroll: 1.3,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: false },
    gestureSettingsTouch: { dblClickToZoom: false, dblClickDragToZoom: false },
    gestureSettingsPen: { clickToZoom: false },
  });
  viewer.addOnceHandler("tile-drawn", () => pane.querySelector(".ax-first").remove());
  const whole = () => viewer.viewport.getZoom() < 1.02 * viewer.viewport.getHomeZoom();
  viewer.addHandler("canvas-double-click", ({ position }) => {
    const { viewport } = viewer;
    if (!whole()) return viewport.goHome();
    const closer = Math.min(3 * viewport.getHomeZoom(), viewport.getMaxZoom());
    viewport.zoomTo(closer, viewport.pointFromPixel(position)).applyConstraints();
  });
  let pressed = null;
  viewer.addHandler("canvas-press", ({ position }) => (pressed = whole() ? position : null));
  viewer.addHandler("canvas-pinch", () => (pressed = null));
  viewer.addHandler("canvas-drag", (event) => (event.preventDefaultAction = Boolean(pressed)));
  viewer.addHandler("canvas-drag-end", (event) => {
    if (!pressed) return;
    event.preventDefaultAction = true;
    const by = event.position.x - pressed.x;
    if (event.pointerType !== "touch" || Math.abs(by) < 50) return;
    setTimeout(() => onSwipe(by < 0 ? 1 : -1)); // later: it destroys this viewer
  });
  return viewer;
}

// The museum's own server is asked for tiles only when the pixels of the largest local picture show.
function sharpen(viewer, iiif, success) {
  let asked = !iiif;
  const check = () => {
    const item = viewer.world.getItemAt(0);
    if (asked || !item || item.viewportToImageZoom(viewer.viewport.getZoom()) * devicePixelRatio < 1) return;
    asked = true;
    viewer.addTiledImage({ tileSource: `${iiif}/info.json`, x: 0, y: 0, width: 1, success, error: () => {} });
  };
  viewer.addHandler("open", check);
  viewer.addHandler("zoom", check);
}

// Linked pictures can be enlarged as far as the larger of them.
function limitZoom(viewers) {
  const times = viewers.filter(Boolean).map(({ viewport }) => {
    viewport.maxZoomLevel = null; // as far as the pixels go
    return viewport.getMaxZoom() / viewport.getHomeZoom();
  });
  for (const viewer of viewers) {
    if (viewer) viewer.viewport.maxZoomLevel = Math.max(CLOSER, ...times) * viewer.viewport.getHomeZoom();
  }
}
