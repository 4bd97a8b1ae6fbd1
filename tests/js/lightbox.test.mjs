import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { detailsOf, entryOf, listOf, offsetBetween, placeAfter, placeBeside } = await load(
  ["element.js", "lightbox/viewer.js", "lightbox/pictures.js", "lightbox/detail.js", "lightbox/lightbox.js"],
  ["detailsOf", "entryOf", "listOf", "offsetBetween", "placeAfter", "placeBeside"],
);

const picture = (work, query) => ({ dataset: { key: `c\n${work}`, ...(query && { query: `c\n${query}` }) } });

test("a picture of a grid is walked through with the others of its grid", () => {
  const grid = [picture("a"), picture("b")];
  assert.deepEqual(listOf(grid[1], [picture("z"), ...grid], grid), { list: grid, compared: false });
});

test("similar works come after the work that they are similar to", () => {
  const open = picture("q");
  const similar = [picture("a", "q"), picture("b", "q")];
  const all = [open, ...similar, picture("z")];
  const expected = { list: [open, ...similar], compared: true };
  assert.deepEqual(listOf(open, all, []), expected);
  assert.deepEqual(listOf(similar[1], all, similar), expected);
  assert.deepEqual(listOf(similar[1], similar, similar), { list: similar, compared: false }); // the query is not shown
});

test("both pictures of a comparison open the same list, and a picture alone only itself", () => {
  const [left, right, upload] = [picture("l"), picture("r", "l"), { dataset: {} }];
  for (const one of [left, right]) assert.deepEqual(listOf(one, [left, right], []).list, [left, right]);
  assert.deepEqual(listOf(upload, [left, right], []), { list: [upload], compared: false });
});

test("the list has no ends, and the first picture stays beside the others", () => {
  assert.deepEqual([placeAfter(0, -1, 3, false), placeAfter(2, 1, 3, false), placeAfter(0, 1, 3, false)], [2, 0, 1]);
  assert.deepEqual([placeAfter(1, -1, 3, true), placeAfter(2, 1, 3, true), placeAfter(1, 1, 2, true)], [2, 1, 1]);
});

test("a linked picture keeps its distance from the other one", () => {
  const offset = offsetBetween({ zoom: 2, x: 0.5, y: 0.5 }, { zoom: 3, x: 0.6, y: 0.4 });
  const moved = placeBeside({ zoom: 4, x: 0.2, y: 0.3 }, offset);
  assert.equal(moved.zoom, 6);
  assert.ok(Math.abs(moved.x - 0.3) < 1e-9 && Math.abs(moved.y - 0.2) < 1e-9);
});

test("a picture without a work, or whose work is gone, is shown as the page has it", async () => {
  const image = { src: "http://x/media/1.jpg", alt: "Mine", naturalWidth: 40, naturalHeight: 30 };
  const level = [{ url: image.src, width: 40, height: 30 }];
  const mine = entryOf({ dataset: {}, querySelector: () => image });
  assert.deepEqual((await detailsOf(mine, "/work")).levels, level);
  const gone = entryOf({ ...picture("a"), querySelector: () => image });
  globalThis.fetch = async () => ({ ok: false, status: 404 });
  assert.deepEqual((await detailsOf(gone, "/work")).levels, level);
  assert.equal(gone.first, ""); // a crop does not stand in for the whole picture
  assert.equal(mine.first, image.src);
});
