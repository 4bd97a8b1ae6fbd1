// Works without a picture, as dots in the colours of their categories, painted by the processor: a million dots take
// about as long as the pictures. Follows map.js in the same module.
//
// Dots greyed by a filter are painted first, then those without a recorded value, then the rest. Each group is
// shuffled, so that the first dots are a fair sample: if there are too many, only they are painted while the map moves.

const SMOOTH = 50, QUICK = 25; // ms a frame: above, fewer dots are painted in motion; below, more
const FEWEST_DOTS = 50_000;
const COVER = 0.35; // share of the frame that has dots, about
const FAINTEST = 0.16; // a single dot is still visible
const RING_CODE = 253; // the palette's code of selected works; colours have lower codes

// All rows, each far from the one before: the step is near the golden section of the count, and coprime to it.
function shuffled(count) {
  const rows = new Uint32Array(count), common = (a, b) => (b ? common(b, a % b) : a);
  let step = Math.max(1, Math.floor(count * 0.618));
  while (common(step, count) !== 1) step++;
  for (let k = 0, row = 0; k < count; k++, row = (row + step) % count) rows[k] = row;
  return rows;
}

function startDots() {
  const canvas = document.createElement("canvas");
  return { canvas, pen: canvas.getContext("2d", { alpha: false, willReadFrequently: true }), share: 1, groups: [] };
}

// codes: Uint8Array [n]; bits: the selected works, or null; palette: [r, g, b, opacity] by code.
function setDots(dots, codes, bits, palette, background) {
  const rows = shuffled(codes.length);
  dots.groups = [(code) => code === OFF, (code) => code === MISSING, (code) => code < RING_CODE].map((belongs) => rows.filter((row) => belongs(codes[row])));
  dots.selected = bits ? rows.filter((row) => hasBit(bits, row)) : rows.subarray(0, 0);
  Object.assign(dots, { codes, total: codes.length, key: "", background: packed([...background, 1]) });
  dots.colours = Int32Array.from({ length: 256 }, (_, code) => packed(palette[code] ?? [0, 0, 0, 0]));
  dots.opacities = Float32Array.from({ length: 256 }, (_, code) => palette[code]?.[3] ?? 0);
}

function packed([r, g, b]) {
  return (255 << 24) | (b << 16) | (g << 8) | r; // as the pixels of a canvas are in memory
}

// Paints the dots, unless they are painted already. `scale` has the pixels per unit of each axis.
function paintDots(dots, places, { x, y }, scale, { width, height }, diameter, moving) {
  const { canvas, total } = dots;
  const dense = total > FEWEST_DOTS ? 1 : Math.min(2, window.devicePixelRatio || 1);
  const [wide, high] = [width, height].map((side) => Math.max(1, Math.round(side * dense)));
  const share = moving ? pace(dots) : 1;
  dots.last = moving ? performance.now() : null;
  const key = [x, y, ...scale, wide, high, diameter, share].join();
  if (key === dots.key) return;
  dots.key = key;
  if (canvas.width !== wide || canvas.height !== high || !dots.image) {
    Object.assign(canvas, { width: wide, height: high });
    dots.image = dots.pen.createImageData(wide, high);
    dots.pixels = new Int32Array(dots.image.data.buffer);
  }
  dots.pixels.fill(dots.background);
  const frame = { wide, high, sx: scale[0] * dense, sy: scale[1] * dense, places };
  frame.left = wide / 2 - x * frame.sx;
  frame.top = high / 2 + y * frame.sy;
  const size = diameter * dense, area = 4 * REACH * REACH * frame.sx * frame.sy;
  const over = (share * total * size * size * 0.8) / (area * COVER); // dots on a pixel
  const opacity = Math.max(FAINTEST, Math.min(1, 3 / over));
  for (const rows of dots.groups) paintRows(dots, rows.subarray(0, Math.ceil(rows.length * share)), frame, stampOf(size), opacity);
  if (dots.selected.length) {
    paintRows(dots, dots.selected, frame, stampOf(size + 4 * dense), 1, RING_CODE);
    paintRows(dots, dots.selected, frame, stampOf(size), 1);
  }
  dots.pen.putImageData(dots.image, 0, 0);
}

// Paints the dots of these rows in their own colours, or in the colour of `code`.
function paintRows(dots, rows, { wide, high, sx, sy, left, top, places }, stamp, opacity, code) {
  const { pixels, codes, colours, opacities } = dots, { reach } = stamp;
  const count = stamp.cells.length, offsets = Int32Array.from(stamp.cells, ([dx, dy]) => dy * wide + dx);
  const weights = new Int32Array(count), right = wide - reach, bottom = high - reach;
  for (let k = 0, strength = -1; k < rows.length; k++) {
    const row = rows[k], across = (left + places[2 * row] * sx) | 0, down = (top - places[2 * row + 1] * sy) | 0;
    if (across < reach || down < reach || across >= right || down >= bottom) continue;
    const own = code ?? codes[row], at = down * wide + across, redBlue = colours[own] & 0xff00ff, green = colours[own] & 0xff00;
    if (strength !== opacities[own]) {
      strength = opacities[own];
      for (let cell = 0; cell < count; cell++) weights[cell] = 256 * opacity * strength * stamp.cells[cell][2];
    }
    for (let cell = 0; cell < count; cell++) {
      const to = at + offsets[cell], below = pixels[to], weight = weights[cell], rest = 256 - weight;
      pixels[to] = 0xff000000
        | (((Math.imul(redBlue, weight) + Math.imul(below & 0xff00ff, rest)) >>> 8) & 0xff00ff)
        | (((Math.imul(green, weight) + Math.imul(below & 0xff00, rest)) >>> 8) & 0xff00);
    }
  }
}

// The share of the dots that this machine paints smoothly.
function pace(dots) {
  const took = dots.last ? performance.now() - dots.last : 0;
  if (took > SMOOTH) dots.share = Math.max(Math.min(1, FEWEST_DOTS / dots.total), dots.share * 0.7);
  else if (took && took < QUICK) dots.share = Math.min(1, dots.share * 1.2);
  return dots.share;
}

// Diameter in pixels, larger when zoomed in, but at most `largest`; `diameter` is that for the whole map.
function dotSize(diameter, zoom, largest) {
  return Math.min(largest, Math.max(1.5, diameter) * Math.max(1, zoom) ** 0.4);
}

// The pixels that a dot covers, with weights.
function stampOf(size) {
  const reach = Math.ceil(size / 2), middle = size % 2 < 1 ? -0.5 : 0, cells = [];
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) {
    const weight = Math.min(1, size / 2 + 0.5 - Math.hypot(dx - middle, dy - middle));
    if (weight > 0.05) cells.push([dx, dy, weight]);
  }
  return { reach, cells };
}
