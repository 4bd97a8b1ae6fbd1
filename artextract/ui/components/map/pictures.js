// The pictures of the works in several sizes: fetched when they are shown, a few requests at a time, and forgotten when
// they take too much memory. Follows map.js in the same module.

// Long sides in pixels. Small pictures come together in sheets (`_sheet` in server/routes.py); for the others the server
// has a folder. No picture is shown at much less than half of its size.
const SIDES = [64, 128, 320, 600, 1200];
const FOLDERS = [null, null, "thumb", "view", "view"];
const SHEET_COLUMNS = 8;
const ENLARGED = 1.15; // a picture is shown up to this much larger than it is
const AT_ONCE = 6; // requests
const MOST_PIXELS = 24e6; // in memory, with 4 bytes each
const PAUSE = 5000; // ms after a refused request

function startPictures(url) {
  return { url, of: new Map(), pixels: 0, frame: 0, busy: 0, wanted: [], resumes: 0 };
}

function forgetPictures(store) {
  for (const { bitmaps } of store.of.values()) bitmaps.forEach((bitmap) => bitmap?.close());
  store.of.clear();
}

function beginFrame(map) {
  map.pictures.frame++;
  map.pictures.wanted = [];
}

// The best picture that is there for a side of `pixels` on the screen, or undefined; a better one is fetched.
function pictureOf(map, row, pixels) {
  const store = map.pictures, best = SIDES.findIndex((side) => side * ENLARGED >= pixels);
  const level = best < 0 ? SIDES.length - 1 : best;
  let own = store.of.get(row);
  if (!own) store.of.set(row, own = { bitmaps: [], asked: [] });
  own.shown = store.frame;
  if (!own.bitmaps[level] && !own.asked[level]) store.wanted.push({ row, own, level });
  return own.bitmaps.find((bitmap, k) => bitmap && k >= level) ?? own.bitmaps.findLast(Boolean);
}

// Fetches what the last frame wanted. In motion it waits until more is wanted, because sheets hold many pictures.
function loadSoon(map) {
  const store = map.pictures;
  if (store.wanted.length) store.timer ||= setTimeout(() => { store.timer = 0; load(map); }, map.moving ? 200 : 0);
}

async function load(map) {
  const store = map.pictures, now = performance.now();
  if (now < store.resumes) return void setTimeout(() => redraw(map), store.resumes - now);
  const waiting = store.wanted.filter(({ own, level }) => !own.asked[level]);
  const unnamed = waiting.filter(({ row, level }) => FOLDERS[level] && !map.texts.has(row));
  if (unnamed.length && !store.naming) {
    store.naming = true;
    await attempt(map, () => fetchTexts(map, unnamed.map(({ row }) => row)));
    store.naming = false;
  }
  for (const one of waiting) {
    if (store.busy >= AT_ONCE) return;
    const alone = FOLDERS[one.level] !== null;
    if (one.own.asked[one.level] || (alone && !map.texts.has(one.row))) continue;
    const sheet = alone ? [one] : waiting.filter(({ own, level }) => level === one.level && !own.asked[level]).slice(0, SHEET_COLUMNS ** 2);
    for (const { own, level } of sheet) own.asked[level] = true;
    store.busy++;
    attempt(map, () => (alone ? fetchPicture(map, store, one) : fetchSheet(map, store, sheet))).then((done) => {
      store.busy--;
      if (!done) for (const { own, level } of sheet) own.asked[level] = false;
      redraw(map);
    });
  }
}

// Resolves to whether it succeeded. A server that refuses is left alone for a while.
async function attempt(map, action) {
  try {
    await action();
    return true;
  } catch {
    map.pictures.resumes = performance.now() + PAUSE;
    return false;
  }
}

async function fetchBitmap(url) {
  const answer = await fetch(url);
  if (answer.status === 404) return null; // asked once
  if (!answer.ok) throw new Error(`no picture: ${answer.status}`);
  return createImageBitmap(await answer.blob());
}

async function fetchSheet(map, store, wanted) {
  const { level } = wanted[0], side = SIDES[level];
  const sheet = await fetchBitmap(`${map.data.sheets_url}${side}/${wanted.map(({ row }) => row).join(",")}.jpg`);
  if (!sheet) return;
  const parts = await Promise.all(wanted.map((_, k) =>
    createImageBitmap(sheet, (k % SHEET_COLUMNS) * side, Math.floor(k / SHEET_COLUMNS) * side, side, side)));
  wanted.forEach(({ own }, k) => keep(store, own, level, parts[k]));
  sheet.close();
}

async function fetchPicture(map, store, { row, own, level }) {
  const whole = await fetchBitmap(`${map.data.pictures_url}${FOLDERS[level]}/${map.texts.get(row).thumb}`);
  if (!whole) return;
  const less = SIDES[level] / Math.max(whole.width, whole.height);
  if (less > 0.8) return keep(store, own, level, whole);
  const size = { resizeWidth: Math.max(1, Math.round(whole.width * less)), resizeHeight: Math.max(1, Math.round(whole.height * less)) };
  keep(store, own, level, await createImageBitmap(whole, { ...size, resizeQuality: "medium" }));
  whole.close();
}

// Beside the smallest picture of a work only the last one that was fetched is kept.
function keep(store, own, level, bitmap) {
  for (let k = 1; k < SIDES.length; k++) if (level) drop(store, own, k);
  own.bitmaps[level] = bitmap;
  own.asked[level] = true;
  store.pixels += bitmap.width * bitmap.height;
  if (store.pixels < MOST_PIXELS) return;
  const hidden = [...store.of].filter(([, { shown }]) => shown < store.frame).sort(([, a], [, b]) => a.shown - b.shown);
  for (const [row, old] of hidden) {
    if (store.pixels < 0.7 * MOST_PIXELS) return;
    for (const k of SIDES.keys()) drop(store, old, k);
    store.of.delete(row);
  }
}

function drop(store, own, level) {
  const bitmap = own.bitmaps[level];
  if (!bitmap) return;
  store.pixels -= bitmap.width * bitmap.height;
  bitmap.close();
  own.bitmaps[level] = undefined;
  own.asked[level] = false;
}
