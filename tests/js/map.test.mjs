import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const names = [
  "beginJourney", "hasBit", "levelAt", "paintDots", "pictureSide", "planOf", "pointAt", "project", "setDots", "shuffled",
  "sortedByPlace", "startLevels", "takenAt", "travel", "unitsOf", "unproject", "visitPart", "NEVER", "OFF", "SPACING",
];
const scripts = ["data", "levels", "pictures", "dots", "wall", "gestures"].map((name) => `map/${name}.js`);
const {
  beginJourney, hasBit, levelAt, paintDots, pictureSide, planOf, pointAt, project, setDots, shuffled,
  sortedByPlace, startLevels, takenAt, travel, unitsOf, unproject, visitPart, NEVER, OFF, SPACING,
} = await load(scripts, names);

// Five works: the four corners and the middle.
const PLACES = Float32Array.from([-1, -1, 1, -1, -1, 1, 1, 1, 0, 0]);
const SIZE = { width: 800, height: 600 };

function mapOf(view = { x: 0, y: 0, zoom: 1 }, codes = [0, 0, 0, 0, 0]) {
  return {
    view, size: SIZE, places: PLACES, codes: Uint8Array.from(codes), byPlace: sortedByPlace(PLACES), unit: unitsOf(SIZE, 20),
    dots: {},
  };
}

// Works in groups, by a generator with a fixed seed.
function madeWorks(count) {
  let seed = 7;
  const random = () => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647);
  const middles = Array.from({ length: 24 }, () => 1.6 * random() - 0.8);
  const places = Float32Array.from({ length: 2 * count }, (_, k) => {
    const group = Math.floor(k / 2) % 12;
    return middles[2 * group + (k % 2)] + (random() + random() - 1) * 0.2;
  });
  return { places, codes: new Uint8Array(count) };
}

test("the steps through a table reach every row once", () => {
  for (const count of [1, 2, 3, 7, 10, 97, 1000, 12_672]) assert.equal(new Set(shuffled(count)).size, count);
});

test("a bit mask is read from the lowest bit", () => {
  const bits = Uint8Array.from([0b10000101, 0b11]);
  assert.deepEqual([...Array(10).keys()].filter((row) => hasBit(bits, row)), [0, 2, 7, 8, 9]);
});

test("the whole map fills the frame, stretched within limits", () => {
  for (const [across, down] of [[0, 0], [800, 600]]) {
    const [x, y] = unproject(mapOf(), across, down);
    assert.ok(Math.abs(x) > 1 && Math.abs(x) < 1.1 && Math.abs(y) > 1 && Math.abs(y) < 1.1);
  }
  const [x, y] = unitsOf({ width: 4000, height: 400 }, 20);
  assert.ok(x > y && x <= 2.5 * y);
});

test("a pixel and its place on the map convert both ways", () => {
  const map = mapOf({ x: 0.3, y: -0.2, zoom: 7 });
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

test("pictures do not cover each other at any zoom, and stay when one zooms in", () => {
  const { places, codes } = madeWorks(2000), plan = planOf(SIZE, 2000), unit = unitsOf(SIZE, 20);
  const levels = startLevels(places, codes, unit, plan);
  let before = [];
  for (let zoom = 1; zoom <= plan.closest; zoom *= 1.5) {
    const shown = [...levels.rows.subarray(0, takenAt(levels, levelAt(plan, zoom)))], side = pictureSide(plan, zoom);
    const pixels = shown.map((row) => [places[2 * row] * unit[0] * zoom, places[2 * row + 1] * unit[1] * zoom]);
    pixels.forEach(([x, y], k) => pixels.slice(k + 1).forEach(([px, py]) =>
      assert.ok(Math.abs(x - px) > side || Math.abs(y - py) > side, `${zoom}`)));
    assert.deepEqual(shown.slice(0, before.length), before);
    before = shown;
  }
  assert.ok(before.length > 600, `${before.length} pictures`);
});

test("as many works are pictures as have room, and none that a filter greys", () => {
  const { places, codes } = madeWorks(500), plan = planOf(SIZE, 250), unit = unitsOf(SIZE, 20);
  codes.fill(OFF, 250);
  const levels = startLevels(places, codes, unit, plan), shown = levels.rows.subarray(0, takenAt(levels, 0));
  for (let row = 0; row < 500; row++) {
    const near = shown.some((other) => [0, 1].every((axis) =>
      Math.abs(places[2 * row + axis] - places[2 * other + axis]) * unit[axis] < SPACING * plan.size));
    assert.ok(row < 250 ? near : levels.of[row] === NEVER);
  }
});

test("pictures grow with the zoom until one fills the frame, also on maps with cells", () => {
  for (const plan of [planOf(SIZE, 2), planOf(SIZE, 24), planOf(SIZE, 100_000), planOf(SIZE, 1000, 5), planOf(SIZE, 100, 60)]) {
    assert.ok(pictureSide(plan, 0.5 * plan.closest) < pictureSide(plan, plan.closest));
    assert.ok(Math.abs(pictureSide(plan, plan.closest) - 540) < 1);
  }
  assert.ok(Math.abs(pictureSide(planOf(SIZE, 100, 60), 1) - 60) < 6); // they fill their cells
});

test("works travel from where they were in the frame to their new places, unless motion is unwanted", () => {
  const pixels = Float32Array.from({ length: 10 }, (_, k) => 10 * k);
  globalThis.matchMedia = () => ({ matches: false });
  const map = mapOf();
  beginJourney(map, pixels);
  const { began } = map.journey;
  travel(map, began);
  for (const [k, value] of project(map, map.places[2], map.places[3]).entries()) assert.ok(Math.abs(value - pixels[2 + k]) < 1e-3);
  travel(map, began + 300);
  assert.ok(map.places[0] > Math.min(map.journey.from[0], -1) && map.places[0] < Math.max(map.journey.from[0], -1));
  travel(map, began + 600);
  assert.equal(map.places, PLACES);
  globalThis.matchMedia = () => ({ matches: true });
  beginJourney(map, pixels);
  assert.equal(map.journey, null);
});

test("dots have their colours, greyed ones are faint, and selected ones have a ring", () => {
  globalThis.window = { devicePixelRatio: 1 };
  const image = { data: new Uint8ClampedArray(4 * 100 * 100) };
  const dots = { canvas: {}, pen: { createImageData: () => image, putImageData: () => null } };
  const palette = Object.assign([], { 0: [200, 0, 0, 1], 253: [0, 0, 200, 1], [OFF]: [0, 0, 0, 0.1] });
  setDots(dots, Uint8Array.from([0, OFF, 0]), Uint8Array.from([0b100]), palette, [250, 250, 250]);
  paintDots(dots, Float32Array.from([0, 0, 0.5, 0, -0.5, 0]), { x: 0, y: 0 }, [50, 50], { width: 100, height: 100 }, 5, false);
  const at = (across) => [...image.data.subarray(4 * (50 * 100 + across), 4 * (50 * 100 + across) + 3)];
  assert.deepEqual(at(50), [200, 0, 0]);
  assert.ok(at(75).every((part) => part > 200 && part < 250));
  assert.deepEqual([at(25), at(29)], [[200, 0, 0], [0, 0, 200]]);
  assert.deepEqual(at(2), [250, 250, 250]);
});
