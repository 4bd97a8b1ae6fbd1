// The view of the map: drag, wheel, pinch, lasso and box. Follows map.js in the same module.
//
// A view is {x, y, span}: the position at the centre of the frame, and the part of the map along the frame's
// shorter side. Positions are between -1.05 and 1.05.

const WHOLE = 2.24; // span of the view that shows the whole map
const NEAREST = 0.004; // smallest span; coordinates have 65,536 steps
const MOST_CORNERS = 200; // of a lasso that is sent to the server
const STILL = 150; // ms without motion after which all points are drawn

function pixelsPerUnit(view, { width, height }) {
  return Math.min(width, height) / view.span;
}

// Position on the map → pixel in the frame.
function project(map, x, y) {
  const scale = pixelsPerUnit(map.view, map.size);
  return [map.size.width / 2 + (x - map.view.x) * scale, map.size.height / 2 - (y - map.view.y) * scale];
}

function unproject(map, across, down) {
  const scale = pixelsPerUnit(map.view, map.size);
  return [map.view.x + (across - map.size.width / 2) / scale, map.view.y - (down - map.size.height / 2) / scale];
}

function setView(map, view) {
  const span = Math.max(NEAREST, Math.min(2 * WHOLE, view.span));
  const free = freePart(map), scale = pixelsPerUnit({ span }, map.size);
  const within = (value, covered) => Math.max(-REACH - covered / 2 / scale, Math.min(REACH + covered / 2 / scale, value));
  map.view = { x: within(view.x, map.size.width - free.width), y: within(view.y, map.size.height - free.height), span };
  moved(map);
}

// Redraws with as many points as are smooth, and with all points once the map is still.
function moved(map) {
  map.moving = true;
  redraw(map);
  clearTimeout(map.stillAfter);
  map.stillAfter = setTimeout(() => { map.moving = false; redraw(map); choosePictures(map); }, STILL);
}

function redraw(map) {
  map.drawing ||= requestAnimationFrame(() => {
    map.drawing = 0;
    if (!map.points || !map.places) return;
    map.points.draw(map.view, map.size, map.moving);
    movePictures(map);
    drawMarks(map);
    map.root.dataset.view = JSON.stringify(map.view);
    map.root.dispatchEvent(new CustomEvent("ax-view", { detail: map.view }));
  });
}

// Zooms around a fixed position in the frame.
function zoom(map, factor, across = map.size.width / 2, down = map.size.height / 2) {
  const [x, y] = unproject(map, across, down);
  const span = Math.max(NEAREST, Math.min(2 * WHOLE, map.view.span * factor));
  const kept = span / map.view.span;
  setView(map, { x: x + (map.view.x - x) * kept, y: y + (map.view.y - y) * kept, span });
}

function wholeView(map) {
  const shorter = ({ width, height }) => Math.min(width, height);
  centre(map, 0, 0, WHOLE * shorter(map.size) / Math.max(1, shorter(freePart(map))));
}

function centreOnChosen(map) {
  const { chosen } = map.data;
  if (chosen === null) return;
  const [x, y] = placeOf(map, chosen);
  centre(map, x, y, Math.min(map.view.span, 0.45));
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
      if (gap) zoom(map, gap / apart, (ax + bx) / 2, (ay + by) / 2);
      gap = apart;
    } else if (outline) {
      if (map.mode === "select") outline = [began, [now[0], began[1]], now, [began[0], now[1]]];
      else if (Math.hypot(now[0] - outline.at(-1)[0], now[1] - outline.at(-1)[1]) > 3) outline.push(now);
      map.lasso.setAttribute("points", outline.map((corner) => corner.join()).join(" "));
    } else {
      const scale = pixelsPerUnit(map.view, map.size);
      setView(map, { ...map.view, x: map.view.x - (now[0] - before[0]) / scale, y: map.view.y + (now[1] - before[1]) / scale });
    }
  });
  const lifted = (event) => {
    if (!down.delete(event.pointerId)) return;
    map.lasso.setAttribute("points", "");
    const now = placeInFrame(map, event);
    if (event.type === "pointerup" && began && Math.hypot(now[0] - began[0], now[1] - began[1]) < 5 && !(outline?.length > 4)) {
      const row = pictureAt(map, event.clientX, event.clientY)?.row ?? pointAt(map, ...now);
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
    const turn = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
    zoom(map, Math.exp(Math.max(-300, Math.min(300, turn)) * 0.0015), ...placeInFrame(map, event));
  }, { passive: false });
  map.leaving = new AbortController();
  document.addEventListener("scroll", () => hideTip(map),
    { capture: true, passive: true, signal: map.leaving.signal });
  new ResizeObserver(() => {
    map.size = { width: map.plot.clientWidth, height: map.plot.clientHeight };
    placePanel(map);
    moved(map);
  }).observe(map.plot);
}

function pointed(map, event, [across, down]) {
  if (map.overName) return;
  const row = pictureAt(map, event.clientX, event.clientY)?.row ?? pointAt(map, across, down);
  map.frame.classList.toggle("ax-pointed", row !== undefined);
  if (row === undefined) hideTip(map);
  else showTip(map, row, event);
}
