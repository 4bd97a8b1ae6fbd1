// The map's arrays: fetched once by address and kept, so that a rerun brings addresses alone. An address
// is the digest of its content. Follows map.js in the same module.

const MOST_KEPT = 16;
const kept = new Map(); // address → promise of its bytes

function bytesAt(url) {
  if (!kept.has(url)) {
    const bytes = fetch(url).then((answer) => {
      if (!answer.ok) throw new Error("the map's data could not be loaded");
      return answer.arrayBuffer();
    });
    bytes.catch(() => kept.delete(url)); // the next rerun asks again
    kept.set(url, bytes);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(url);
}

// null where they are those that are drawn already.
async function fetchArrays(map) {
  const { data } = map;
  const asked = ["positions", "colours", "mask", "selection"].map((name) => data[`${name}_url`]);
  const key = JSON.stringify([...asked, data.colouring]);
  if (key === map.key) return null;
  const [positions, colours, mask, selection] = await Promise.all(asked.map((url) => url && bytesAt(url)));
  const count = colours.byteLength / 4;
  return {
    key,
    x: new Float32Array(positions, 0, count),
    y: new Float32Array(positions, 4 * count, count),
    colour: new Float32Array(colours),
    on: unpacked(mask, count),
    selection: selection ? Array.from(new Uint32Array(selection)) : [],
  };
}

function unpacked(mask, count) {
  const on = new Uint8Array(count).fill(1);
  if (!mask) return on;
  const bits = new Uint8Array(mask);
  for (let row = 0; row < count; row++) on[row] = (bits[row >> 3] >> (row & 7)) & 1;
  return on;
}

function takeOver(map, arrays) {
  Object.assign(map, arrays);
  const continuous = "low" in map.data.colouring;
  map.rows = { off: [], missing: [], on: [] };
  for (let row = 0; row < map.x.length; row++) {
    const missing = continuous ? Number.isNaN(map.colour[row]) : map.colour[row] < 0;
    map.rows[!map.on[row] ? "off" : missing ? "missing" : "on"].push(row);
  }
}
