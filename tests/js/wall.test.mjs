import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { CAPTION, GAP, lastUpTo, makeMarks, placeByKey, placesInRow, proportionOf, rowsOf } = await load(
  ["element.js", "grid/tray.js", "grid/marks.js", "grid/rows.js"],
  ["CAPTION", "GAP", "lastUpTo", "makeMarks", "placeByKey", "placesInRow", "proportionOf", "rowsOf"],
);

const mixed = Array.from({ length: 200 }, (_, k) => 0.4 + ((k * 37) % 23) / 9); // tall to wide

test("each picture stands in one row in its proportions, and all rows but the last are as wide as the wall", () => {
  const rows = rowsOf(mixed, 900, 150);
  assert.equal(rows.firsts.at(-1), mixed.length);
  rows.heights.forEach((height, row) => {
    const places = placesInRow(rows, mixed, row);
    places.forEach(({ width }, number) => assert.ok(Math.abs(width / height - mixed[rows.firsts[row] + number]) < 1e-9));
    const right = places.at(-1).left + places.at(-1).width;
    if (row < rows.heights.length - 1) assert.ok(Math.abs(right - 900) < 1e-6);
    else assert.ok(right <= 900 + 1e-6);
    assert.ok(height > 75 && height < 300); // near the height asked for
    assert.ok(Math.abs(rows.tops[row + 1] - rows.tops[row] - (height + CAPTION + GAP)) < 1e-6);
  });
});

test("a wall can be empty, narrower than a picture, or have one work", () => {
  assert.deepEqual(rowsOf([], 900, 150), { firsts: [0], heights: [], tops: [0] });
  assert.deepEqual(rowsOf([1], 900, 150).heights, [150]); // not enlarged to fill the row
  assert.deepEqual(rowsOf([8, 8], 300, 150).firsts, [0, 1, 2]);
});

test("arrows go to the neighbour, up and down to the picture above or below", () => {
  const squares = Array(10).fill(1);
  const rows = rowsOf(squares, 4 * 100 + 3 * GAP, 100); // rows of four
  const go = (at, key) => placeByKey(rows, squares, at, key, 250);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => go(5, key)), [4, 6, 1, 9]);
  assert.deepEqual([go(0, "ArrowLeft"), go(9, "ArrowRight"), go(1, "ArrowUp"), go(6, "ArrowDown")], [0, 9, 0, 9]);
  assert.deepEqual([go(5, "Home"), go(5, "End"), go(1, "PageDown"), go(5, "x")], [0, 9, 5, undefined]);
});

test("the last number up to a value is found, within the rows", () => {
  assert.deepEqual([-5, 0, 9, 10, 25, 99].map((value) => lastUpTo([0, 10, 20, 30], value)), [0, 0, 0, 1, 2, 2]);
});

test("codes of proportions are as the server makes them", () => {
  assert.deepEqual([51, 170, 204, 0, 255].map(proportionOf), [1 / 4, 2, 4, 1 / 16, 16]);
});

test("a mark stays until the server has it, is sent again until then, and outlives a reload", () => {
  const kept = new Map();
  globalThis.sessionStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
  const sent = [];
  const send = (changes) => sent.push(changes);
  const marks = makeMarks(() => {});
  marks.update({}, send);
  marks.toggle(["a"], "right");
  marks.update({}, send); // an answer that was on its way
  assert.equal(marks.of("a"), "right");
  marks.toggle(["a", "b"], "right"); // "b" does not have the mark yet: both get it
  assert.deepEqual(sent.at(-1), { a: "right", b: "right" });
  marks.update({ a: "right", b: "right" }, send);
  marks.toggle(["b"], "wrong");
  assert.deepEqual(sent.at(-1), { b: "wrong" });
  assert.deepEqual([marks.having("right"), marks.having("wrong")], [["a"], ["b"]]);
  marks.toggle(["b"], "wrong");
  assert.deepEqual(JSON.parse(kept.get("artextract-marks")), [["a", "right"]]);
});
