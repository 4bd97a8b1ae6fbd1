// The view of the map: drag, wheel, pinch, lasso and box. Follows map.js in the same module.
//
// A view is {x, y, zoom}: the position at the centre of the frame, and the zoom, which is 1 if the whole map fills the
// frame. The axes of a layout have no unit in common, so each is stretched to the frame.

const EDGE = 1; // the frame shows positions from -EDGE to EDGE if the whole map is shown
const STRETCH = 2.5; // most that one axis is stretched more than the other
const FARTHEST = 0.4; // smallest zoom
const MOST_CORNERS = 200; // of a lasso that is sent to the server
const GLIDE = 300; // ms
const STILL = 150; // ms without motion after which all points are drawn

// Pixels per unit of each axis if the frame shows the whole map, with a margin of `margin` pixels.
function unitsOf({ width, height }, margin) {
  const [x, y] = [width, height].map((side) => Math.max(side / 2, side - 2 * margin) / (2 * EDGE));
  return [Math.min(x, STRETCH * y), Math.min(y, STRETCH * x)];
}

function scaleOf(map) {
  return [map.unit[0] * map.view.zoom, map.unit[1] * map.view.zoom];
}

// Position on the map → pixel in the frame.
function project(map, x, y) {
  const [sx, sy] = scaleOf(map);
  return [map.size.width / 2 + (x - map.view.x) * sx, map.size.height / 2 - (y - map.view.y) * sy];
}

function unproject(map, across, down) {
  const [sx, sy] = scaleOf(map);
  return [map.view.x + (across - map.size.width / 2) / sx, map.view.y - (down - map.size.height / 2) / sy];
}

function withinZooms(map, zoom) {
  return Math.max(FARTHEST, Math.min(map.plan.closest, zoom));
}

// The centre of the view stays on the map, or on the part of it that the panel leaves free.
function setView(map, view) {
  const zoom = withinZooms(map, view.zoom), free = freePart(map);
  const within = (value, axis, covered) => {
    const beyond = covered / 2 / (map.unit[axis] * zoom);
    return Math.max(-REACH - beyond, Math.min(REACH + beyond, value));
  };
  map.view = { x: within(view.x, 0, map.size.width - free.width), y: within(view.y, 1, map.size.height - free.height), zoom };
  moved(map);
}

// Redraws with as many points as are smooth, and with all points once the map is still.
function moved(map) {
  map.moving = true;
  redraw(map);
  clearTimeout(map.stillAfter);
  map.stillAfter = setTimeout(() => { map.moving = false; redraw(map); keepView(map); }, STILL);
}

// Moves to a view so that the eye can follow; a gesture ends it.
function glideTo(map, { x, y, zoom }) {
  const from = map.view, began = performance.now();
  if (map.opened === undefined || matchMedia("(prefers-reduced-motion: reduce)").matches) return setView(map, { x, y, zoom });
  const step = (now) => {
    if (map.gliding !== step) return;
    const along = Math.min(1, Math.max(0, (now - began) / GLIDE)), eased = along * along * (3 - 2 * along);
    setView(map, { x: from.x + (x - from.x) * eased, y: from.y + (y - from.y) * eased, zoom: from.zoom + (zoom - from.zoom) * eased });
    map.gliding = along < 1 ? step : null;
    if (map.gliding) requestAnimationFrame(step);
  };
  map.gliding = step;
  requestAnimationFrame(step);
}

function redraw(map) {
  map.drawing ||= requestAnimationFrame(() => {
    map.drawing = 0;
    if (!map.places) return;
    if (map.journey) travel(map);
    if (!map.moving || !map.theme) colour(map);
    drawWall(map);
    drawMarks(map);
    if (map.journey) redraw(map);
    map.root.dataset.view = JSON.stringify(map.view);
    map.root.dispatchEvent(new CustomEvent("ax-view", { detail: map.view }));
  });
}

// Zooms around a fixed position in the frame.
function zoom(map, times, across = map.size.width / 2, down = map.size.height / 2) {
  if (!map.places) return;
  const [x, y] = unproject(map, across, down), to = withinZooms(map, map.view.zoom * times), kept = map.view.zoom / to;
  setView(map, { x: x + (map.view.x - x) * kept, y: y + (map.view.y - y) * kept, zoom: to });
}

function wholeView(map) {
  if (!map.places) return;
  const free = freePart(map);
  centre(map, 0, 0, Math.min(free.width / map.size.width, free.height / map.size.height));
}

function centreOnChosen(map) {
  const { chosen } = map.data;
  if (chosen !== null) centre(map, ...placeOf(map, chosen), Math.max(map.view.zoom, 5));
}

// The position of an event in the frame.
function placeInFrame(map, event) {
  const box = map.frame.getBoundingClientRect();
  return [event.clientX - box.left - map.frame.clientLeft, event.clientY - box.top - map.frame.clientTop];
}

function listen(map) {
  const { frame } = map;
  const down = new Map(); // pointer → position in the frame
  let began, outline, gap;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    map.gliding = null;
    if (!(event.pointerType === "touch" && map.mode === "scroll")) frame.setPointerCapture(event.pointerId);
    down.set(event.pointerId, placeInFrame(map, event));
    began = down.size === 1 ? placeInFrame(map, event) : null; // two fingers are not a click
    outline = began && (map.mode === "lasso" || map.mode === "select") ? [began] : null;
    gap = null;
    hideTip(map);
  });
  frame.addEventListener("pointermove", (event) => {
    const now = placeInFrame(map, event);
    if (!down.has(event.pointerId)) {
      if (event.pointerType !== "touch") pointed(map, event, now);
      return;
    }
    const before = down.get(event.pointerId);
    down.set(event.pointerId, now);
    if (event.pointerType === "touch" && map.mode === "scroll") return; // the page scrolls
    if (down.size === 2) {
      const [[ax, ay], [bx, by]] = [...down.values()];
      const apart = Math.hypot(ax - bx, ay - by);
      if (gap) zoom(map, apart / gap, (ax + bx) / 2, (ay + by) / 2);
      gap = apart;
    } else if (outline) {
      if (map.mode === "select") outline = [began, [now[0], began[1]], now, [began[0], now[1]]];
      else if (Math.hypot(now[0] - outline.at(-1)[0], now[1] - outline.at(-1)[1]) > 3) outline.push(now);
      map.lasso.setAttribute("points", outline.map((corner) => corner.join()).join(" "));
    } else {
      const [sx, sy] = scaleOf(map);
      setView(map, { ...map.view, x: map.view.x - (now[0] - before[0]) / sx, y: map.view.y + (now[1] - before[1]) / sy });
    }
  });
  const lifted = (event) => {
    if (!down.delete(event.pointerId)) return;
    map.lasso.setAttribute("points", "");
    const now = placeInFrame(map, event);
    if (event.type === "pointerup" && began && Math.hypot(now[0] - began[0], now[1] - began[1]) < 5 && !(outline?.length > 4)) {
      const row = workAt(map, now);
      if (row !== undefined && !map.overName) {
        map.walked = undefined; // the keyboard continues from here
        map.send("click", row);
      }
    } else if (event.type === "pointerup" && outline?.length > 2) {
      const every = Math.ceil(outline.length / MOST_CORNERS);
      const corners = outline.filter((_, k) => k % every === 0).map((corner) => unproject(map, ...corner));
      map.send("select", corners.map((corner) => corner.map((value) => Number(value.toFixed(5)))));
    }
    began = outline = null;
  };
  frame.addEventListener("pointerup", lifted);
  frame.addEventListener("pointercancel", lifted);
  frame.addEventListener("pointerleave", () => hideTip(map));
  frame.addEventListener("dblclick", () => map.selection && map.send("select", []));
  frame.addEventListener("wheel", (event) => {
    event.preventDefault();
    map.gliding = null;
    const turn = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    zoom(map, Math.exp(Math.max(-300, Math.min(300, turn)) * -0.0015), ...placeInFrame(map, event));
  }, { passive: false });
  map.leaving = new AbortController();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(redraw, STILL, map), { signal: map.leaving.signal });
  document.addEventListener("scroll", () => hideTip(map),
    { capture: true, passive: true, signal: map.leaving.signal });
  new ResizeObserver(() => {
    resized(map);
    placePanel(map);
    moved(map);
  }).observe(map.plot);
}

function sizeOf({ plot }) {
  return { width: Math.max(1, plot.clientWidth), height: Math.max(1, plot.clientHeight) }; // 0 in a closed expander
}

function resized(map) {
  const size = sizeOf(map), before = map.size;
  if (size.width === before.width && size.height === before.height) return;
  map.size = size;
  planWall(map);
  if (before.width === 1) wholeView(map);
}

function pointed(map, event, at) {
  if (map.overName) return;
  const row = workAt(map, at);
  map.frame.classList.toggle("ax-pointed", row !== undefined);
  if (row === undefined) hideTip(map);
  else showTip(map, row, event);
}
