import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { pointAt, pointSize, project, rowsOf, sortedByPlace, stampOf, shuffleStep, unproject, visitPart, OFF } = await load(
  ["map/data.js", "map/points.js", "map/raster.js", "map/gestures.js"],
  ["pointAt", "pointSize", "project", "rowsOf", "sortedByPlace", "stampOf", "shuffleStep", "unproject", "visitPart", "OFF"],
);

// Five works: the four corners and the middle. Coordinates are 0…65,535 for -1.05…1.05.
const PLACES = Uint16Array.from([0, 0, 65_535, 0, 0, 65_535, 65_535, 65_535, 32_768, 32_768]);

function mapOf(view = { x: 0, y: 0, span: 2.24 }, codes = [0, 0, 0, 0, 0]) {
  return {
    view, size: { width: 800, height: 600 }, places: PLACES, codes: Uint8Array.from(codes), byPlace: sortedByPlace(PLACES),
  };
}

test("the steps through a table reach every row once", () => {
  for (const count of [1, 2, 3, 7, 10, 97, 1000, 12_672]) {
    const seen = new Set();
    for (let k = 0, row = 0; k < count; k++, row = (row + shuffleStep(count)) % count) seen.add(row);
    assert.equal(seen.size, count);
  }
});

test("rows are read from a bit mask, and bits beyond the count are ignored", () => {
  assert.deepEqual(rowsOf(Uint8Array.from([0b10000101, 0b11]), 9), [0, 2, 7, 8]);
  assert.deepEqual(rowsOf(null, 9), []);
});

test("a pixel and its place on the map convert both ways", () => {
  const map = mapOf({ x: 0.3, y: -0.2, span: 0.7 });
  for (const [across, down] of [[0, 0], [800, 600], [123, 456]]) {
    const [x, y] = unproject(map, across, down);
    const [left, top] = project(map, x, y);
    assert.ok(Math.abs(left - across) < 1e-9 && Math.abs(top - down) < 1e-9);
  }
});

test("the point at a pixel is the nearest one, and greyed points are passed over", () => {
  const [across, down] = project(mapOf(), 0, 0);
  assert.equal(pointAt(mapOf(), across + 3, down), 4);
  assert.equal(pointAt(mapOf(), across + 30, down), undefined);
  assert.equal(pointAt(mapOf(undefined, [0, 0, 0, 0, OFF]), across, down), undefined);
});

test("a part of the map visits the works in it and no distant ones", () => {
  const seen = [];
  visitPart(mapOf(), [0.5, 1.05], [0.5, 1.05], (row) => seen.push(row));
  assert.deepEqual(seen, [3]);
});

test("points grow as one comes near and shrink as there are more", () => {
  assert.ok(pointSize(20_000, { span: 0.1 }) > pointSize(20_000, { span: 2.24 }));
  assert.ok(pointSize(1_000_000, { span: 2.24 }) < pointSize(500, { span: 2.24 }));
});

test("a ring has a hole and a disc has none", () => {
  const middle = ({ cells }) => cells.find(([dx, dy]) => dx === 0 && dy === 0);
  assert.ok(middle(stampOf(7, 0)));
  assert.equal(middle(stampOf(11, 8)), undefined);
});
