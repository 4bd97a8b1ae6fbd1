// The map's arrays, fetched once by address (arrays.js), and the points
// sorted by position, to find the point under the pointer. Follows map.js in the same module.

const REACH = 1.05; // a coordinate's 0 to 65,535 means -REACH to REACH
const MISSING = 254, OFF = 255; // codes that are not colours: not recorded, and greyed by a filter

// Returns null if the arrays are already drawn.
async function fetchArrays(map) {
  const { data } = map;
  const urls = ["positions", "colours", "mask", "selection", "shapes"].map((name) => data[`${name}_url`]);
  const key = JSON.stringify([...urls, data.colouring]);
  if (key === map.key) return null;
  const [positions, colours, mask, selection, shapes] = await Promise.all(urls.map((url) => url && bytesOf(url)));
  const codes = new Uint8Array(colours.slice(0));
  const bits = mask && new Uint8Array(mask);
  if (bits) for (let row = 0; row < codes.length; row++) if (!hasBit(bits, row)) codes[row] = OFF;
  return {
    key, codes, steps: new Uint16Array(positions), shapes: new Uint8Array(shapes),
    selection: selection ? new Uint8Array(selection) : null,
  };
}

function hasBit(bits, row) {
  return (bits[row >> 3] >> (row & 7)) & 1;
}

function takeOver(map, { steps, ...arrays }) {
  Object.assign(map, arrays);
  if (map.positionsUrl === map.data.positions_url) return;
  map.positionsUrl = map.data.positions_url;
  map.places = Float32Array.from(steps, unitOf); // [2n]: x and y of each work
  map.byPlace = sortedByPlace(map.places);
  map.journey = null;
}

function unitOf(step) {
  return (step / 65_535) * 2 * REACH - REACH;
}

function placeOf(map, row) {
  return [map.places[2 * row], map.places[2 * row + 1]];
}

// ---- points by position: rows sorted by cells of a grid

const CELLS = 256; // of each axis

function cellOf(value) {
  return Math.max(0, Math.min(CELLS - 1, Math.floor(((value + REACH) / (2 * REACH)) * CELLS)));
}

function sortedByPlace(places) {
  const count = places.length / 2;
  const cell = (row) => cellOf(places[2 * row + 1]) * CELLS + cellOf(places[2 * row]);
  const begins = new Uint32Array(CELLS * CELLS + 1), rows = new Uint32Array(count);
  for (let row = 0; row < count; row++) begins[cell(row) + 1]++;
  for (let k = 0; k < CELLS * CELLS; k++) begins[k + 1] += begins[k];
  const next = begins.slice();
  for (let row = 0; row < count; row++) rows[next[cell(row)]++] = row;
  return { begins, rows };
}

// Calls `visit(row)` for each point that is not grey in the cells that overlap a part of the map.
function visitPart(map, [left, right], [bottom, top], visit) {
  const { begins, rows } = map.byPlace;
  for (let line = cellOf(bottom); line <= cellOf(top); line++) {
    const end = begins[line * CELLS + cellOf(right) + 1];
    for (let k = begins[line * CELLS + cellOf(left)]; k < end; k++) if (map.codes[rows[k]] !== OFF) visit(rows[k]);
  }
}

// The nearest point that is not grey within `within` pixels of a position in the frame, or undefined.
function pointAt(map, across, down, within = 12) {
  if (!map.byPlace) return undefined;
  let nearest, least = within * within;
  const [left, top] = unproject(map, across - within, down - within);
  const [right, bottom] = unproject(map, across + within, down + within);
  visitPart(map, [left, right], [bottom, top], (row) => {
    const [px, py] = project(map, ...placeOf(map, row));
    const away = (px - across) ** 2 + (py - down) ** 2;
    if (away <= least) [nearest, least] = [row, away];
  });
  return nearest;
}

// ---- the way of the works from one layout to another

const JOURNEY = 600; // ms

// The works move to their new places from `pixels`, where they were in the frame (x and y of each).
function beginJourney(map, pixels) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || pixels.length !== map.places.length) return;
  const from = new Float32Array(pixels.length);
  for (let k = 0; k < pixels.length; k += 2) from.set(unproject(map, pixels[k], pixels[k + 1]), k);
  map.journey = { from, to: map.places, began: performance.now() };
  map.places = from.slice();
}

function pixelsOfAll(map) {
  const pixels = new Float32Array(map.places.length);
  for (let row = 0; row < pixels.length / 2; row++) pixels.set(project(map, ...placeOf(map, row)), 2 * row);
  return pixels;
}

// Moves the works to where they are at this time of the journey.
function travel(map, now = performance.now()) {
  const { from, to, began } = map.journey;
  map.dots.key = ""; // they are painted again
  const along = Math.min(1, (now - began) / JOURNEY), eased = along * along * (3 - 2 * along);
  if (along === 1) [map.places, map.journey] = [to, null];
  else for (let k = 0; k < to.length; k++) map.places[k] = from[k] + (to[k] - from[k]) * eased;
}

// ---- labels and thumbnails, fetched when a work is pointed at or its picture is large

const MOST_TEXTS = 20_000;

// Resolves when `map.texts` has `{label, thumb}` of these rows.
async function fetchTexts(map, rows) {
  const url = map.data.texts_url;
  if (map.textsUrl !== url || map.texts.size > MOST_TEXTS) Object.assign(map, { textsUrl: url, texts: new Map() });
  const { texts } = map;
  const missing = rows.filter((row) => !texts.has(row)).slice(0, 500);
  if (missing.length) await addTexts(texts, url, missing);
}
