// The map's arrays, fetched once by address and kept; an address is a digest of the content. Also the points
// sorted by position, to find the point under the pointer. Follows map.js in the same module.

const MOST_KEPT = 16;
const kept = new Map(); // address → promise of the bytes

function bytesAt(url) {
  if (!kept.has(url)) {
    const bytes = fetch(url).then((answer) => {
      if (!answer.ok) throw new Error("The map's data could not be loaded");
      return answer.arrayBuffer();
    });
    bytes.catch(() => kept.delete(url)); // the next rerun fetches again
    kept.set(url, bytes);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(url);
}

// Returns null if the arrays are already drawn.
async function fetchArrays(map) {
  const { data } = map;
  const urls = ["positions", "colours", "mask", "selection"].map((name) => data[`${name}_url`]);
  const key = JSON.stringify([...urls, data.colouring]);
  if (key === map.key) return null;
  const [positions, colours, mask, selection] = await Promise.all(urls.map((url) => url && bytesAt(url)));
  const codes = new Uint8Array(colours.slice(0));
  const bits = mask && new Uint8Array(mask);
  if (bits) for (let row = 0; row < codes.length; row++) if (!((bits[row >> 3] >> (row & 7)) & 1)) codes[row] = OFF;
  return { key, places: new Uint16Array(positions), codes, selection: selection ? new Uint8Array(selection) : null };
}

function takeOver(map, arrays) {
  Object.assign(map, arrays);
  if (map.positionsUrl !== map.data.positions_url) map.byPlace = sortedByPlace(map.places);
  map.positionsUrl = map.data.positions_url;
  map.count = map.codes.length;
}

function placeOf(map, row) {
  return [map.places[2 * row], map.places[2 * row + 1]].map((value) => (value / 65_535) * 2 * REACH - REACH);
}

// ---- points by position: rows sorted by cells of a grid

const SHIFT = 8, CELLS = 256; // a cell is 2 ** SHIFT steps wide, of a coordinate's 65,536

function sortedByPlace(places) {
  const count = places.length / 2;
  const cell = (row) => (places[2 * row + 1] >> SHIFT) * CELLS + (places[2 * row] >> SHIFT);
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
  const cell = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor(((value + REACH) / (2 * REACH)) * CELLS)));
  for (let line = cell(bottom); line <= cell(top); line++) {
    const end = begins[line * CELLS + cell(right) + 1];
    for (let k = begins[line * CELLS + cell(left)]; k < end; k++) if (map.codes[rows[k]] !== OFF) visit(rows[k]);
  }
}

// The nearest point that is not grey within `within` pixels of a position in the frame, or undefined.
function pointAt(map, across, down, within = 12) {
  if (!map.byPlace) return undefined;
  const [x, y] = unproject(map, across, down);
  const reach = within / pixelsPerUnit(map.view, map.size);
  let nearest, least = reach * reach;
  visitPart(map, [x - reach, x + reach], [y - reach, y + reach], (row) => {
    const [px, py] = placeOf(map, row);
    const away = (px - x) ** 2 + (py - y) ** 2;
    if (away <= least) [nearest, least] = [row, away];
  });
  return nearest;
}

// ---- labels and thumbnails, fetched when a work is pointed at or its picture is shown

const MOST_TEXTS = 20_000;

// Resolves when `map.texts` has `{label, thumb}` of these rows.
async function fetchTexts(map, rows) {
  const url = map.data.texts_url;
  if (map.textsUrl !== url || map.texts.size > MOST_TEXTS) Object.assign(map, { textsUrl: url, texts: new Map(), pictures: [] });
  const { texts } = map;
  const missing = rows.filter((row) => !texts.has(row)).slice(0, 500);
  if (!missing.length) return;
  const answer = await fetch(`${url}${missing.join(",")}.json`);
  if (!answer.ok) throw new Error(`no texts: ${answer.status}`);
  const { label, thumb } = await answer.json();
  missing.forEach((row, k) => texts.set(row, { label: label[k], thumb: thumb[k] }));
}
