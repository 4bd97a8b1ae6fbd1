// Which works are pictures at which zoom. Each level adds works to those of the level before, at a smaller distance,
// so that pictures never cover each other and a picture stays when one zooms in. Follows map.js in the same module.

const PER_SIDE = 22; // pictures along a side of the frame's square, if there are many works
const SMALLEST = 36; // px: side of a picture when the whole map is shown
const SLOW = 0.33; // power of the zoom by which pictures grow
const CLOSE = 0.6, CLOSEST = 0.33; // distance of works that are close together, in the mean distance of all works
const SPACING = 1.07; // least distance of two pictures, in their sides
const NEIGHBOURHOOD = 1.15; // side of a neighbourhood in such distances: larger leaves room, smaller lets many collide
const FEW_CELLS = 2500, SMALLEST_CELL = 9; // so few works with cells all have pictures, if the cells have so many px
const STEPS = 4; // levels until the distance is halved
const CANDIDATES = 30, FEWEST_CANDIDATES = 50_000; // works that are looked at for each one that is taken
const NEVER = 255; // the level of a work that is no picture at any zoom

// How large the pictures of `count` works are: `size` pixels when the whole map is shown. They grow slowly with the zoom
// until most works in the frame have room, at the zoom `knee`, and then by the power `fast` (below 1: their distances
// grow more) until one fills the frame at the zoom `closest`. If works have cells of their own, `cell` pixels wide,
// pictures fill them as soon as they are large enough.
function planOf({ width, height }, count, cell = 0) {
  const side = Math.sqrt(width * height), full = 0.9 * Math.min(width, height);
  const apart = side / Math.sqrt(Math.max(1, count)), filling = Math.min(full, (0.97 * cell) / SPACING);
  const usual = Math.max(SMALLEST, side / PER_SIDE, Math.min(side / 6, 0.84 * apart));
  const size = filling > (count > FEW_CELLS ? 0.6 * usual : SMALLEST_CELL) ? filling : usual;
  const knee = Math.max(1, (SPACING * size) / (CLOSE * apart)) ** (1 / (1 - SLOW)), times = full / (size * knee ** SLOW);
  const closest = Math.max(1.5 * times * knee, full / (CLOSEST * apart)), fast = Math.log(times) / Math.log(closest / knee);
  return { size, filling, knee, fast, closest: filling ? Math.max(1, Math.min(closest, full / filling)) : closest };
}

function grownSide({ size, knee, fast }, zoom) {
  return size * (zoom < 1 ? zoom : Math.min(zoom, knee) ** SLOW * Math.max(1, zoom / knee) ** fast);
}

function pictureSide(plan, zoom) {
  return Math.max(plan.filling * zoom, grownSide(plan, zoom));
}

function levelAt(plan, zoom) {
  return Math.max(0, Math.floor(STEPS * Math.log2((zoom * plan.size) / grownSide(plan, zoom)) + 1e-6));
}

// The levels of works, none of which is computed yet. `unit` has the pixels per unit of each axis.
function startLevels(places, codes, unit, { size }) {
  const count = codes.length, [x, y] = [0, 1].map((axis) => {
    const pixels = new Float32Array(count);
    for (let row = 0; row < count; row++) pixels[row] = (places[2 * row + axis] + REACH) * unit[axis];
    return pixels;
  });
  return {
    x, y, extent: unit.map((pixels) => 2 * REACH * pixels), size,
    of: new Uint8Array(count).fill(NEVER), // the level of each row
    rows: new Uint32Array(count), // in the order in which they were taken
    ends: [], // how many were taken up to each level
    waiting: shuffled(count).filter((row) => codes[row] !== OFF),
  };
}

// Computes the levels up to `level`, and returns how many works they have.
function takenAt(levels, level) {
  while (levels.ends.length <= level) takeLevel(levels);
  return levels.ends[level];
}

// Takes the work nearest to the middle of each neighbourhood. The neighbourhoods with the most works come first. Then
// it takes every work that has room.
function takeLevel(levels) {
  const { x, y, extent, size, of, rows, ends } = levels;
  const level = ends.length, least = SPACING * size * 2 ** (-level / STEPS);
  const columns = Math.ceil(extent[0] / least) + 3, lines = Math.ceil(extent[1] / least) + 3;
  // Works at this distance along one axis have a cell each, so a work's rivals are in the cells around its own.
  const cellOf = (row, side = least) => (Math.floor(y[row] / side) + 1) * columns + Math.floor(x[row] / side) + 1;
  const holders = new Int32Array(columns * lines).fill(-1);
  let taken = ends.at(-1) ?? 0;
  for (let k = 0; k < taken; k++) holders[cellOf(rows[k])] = rows[k];
  const take = (row) => {
    const own = cellOf(row);
    if (holders[own] >= 0) return;
    for (let line = own - columns; line <= own + columns; line += columns) for (let cell = line - 1; cell <= line + 1; cell++) {
      const other = holders[cell];
      if (other >= 0 && Math.abs(x[row] - x[other]) < least && Math.abs(y[row] - y[other]) < least) return;
    }
    holders[own] = row;
    of[row] = level;
    rows[taken++] = row;
  };
  const some = levels.waiting.subarray(0, Math.max(FEWEST_CANDIDATES, CANDIDATES * taken));
  mostCentral(levels, some, (row) => cellOf(row, NEIGHBOURHOOD * least), holders.length).forEach(take);
  some.forEach(take);
  levels.waiting = levels.waiting.filter((row) => of[row] === NEVER);
  ends.push(taken);
}

// The waiting work of each cell nearest to the mean position of all in the cell; the cells with the most works first.
function mostCentral({ x, y }, waiting, cellOf, cellCount) {
  const [counts, sumX, sumY] = [Uint32Array, Float64Array, Float64Array].map((Kind) => new Kind(cellCount));
  const cells = Uint32Array.from(waiting, (row) => cellOf(row));
  for (let k = 0; k < cells.length; k++) {
    counts[cells[k]]++;
    sumX[cells[k]] += x[waiting[k]];
    sumY[cells[k]] += y[waiting[k]];
  }
  const best = new Int32Array(cellCount).fill(-1), nearest = new Float32Array(cellCount).fill(Infinity);
  for (let k = 0; k < cells.length; k++) {
    const cell = cells[k], row = waiting[k];
    const away = (sumX[cell] / counts[cell] - x[row]) ** 2 + (sumY[cell] / counts[cell] - y[row]) ** 2;
    if (away < nearest[cell]) [best[cell], nearest[cell]] = [row, away];
  }
  return best.filter((row) => row >= 0).sort((one, other) => counts[cellOf(other)] - counts[cellOf(one)]);
}
