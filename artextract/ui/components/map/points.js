// The points. The graphics card paints them (webgl.js), or else the processor (raster.js), which is about a
// hundred times as fast as WebGL in software for a million points. Follows map.js in the same module.
//
// Three groups are painted in order: points greyed by a filter, points without a recorded value, the rest.
// Each group is shuffled, so that the first points are a fair sample: while the map moves, only they are drawn.

const REACH = 1.05; // a coordinate's 0 to 65,535 means -REACH to REACH
const MISSING = 254, OFF = 255; // codes that are not colours
const SMOOTH = 50, QUICK = 25; // ms a frame: above, fewer points are drawn in motion; below, more
const FEWEST = 50_000;
const COVER = 0.35; // share of the map's square that has points, about
const FAINTEST = 0.16; // a single point is still visible

class Points {
  constructor(canvas) {
    this.canvas = canvas;
    this.share = 1; // of the points that are drawn in motion
    this.counts = [0, 0, 0];
    this.total = 0;
  }

  // places: Uint16Array [2n]; codes: Uint8Array [n], OFF if greyed by a filter.
  setPoints(places, codes) {
    const total = this.total = codes.length;
    const group = (code) => (code === OFF ? 0 : code === MISSING ? 1 : 2);
    const counts = this.counts = [0, 0, 0];
    for (let row = 0; row < total; row++) counts[group(codes[row])]++;
    const next = [0, counts[0], counts[0] + counts[1]];
    const shuffledPlaces = new Uint16Array(2 * total), shuffledCodes = new Uint8Array(total);
    const step = shuffleStep(total);
    for (let k = 0, row = 0; k < total; k++, row = (row + step) % total) {
      const to = next[group(codes[row])]++;
      shuffledPlaces[2 * to] = places[2 * row];
      shuffledPlaces[2 * to + 1] = places[2 * row + 1];
      shuffledCodes[to] = codes[row];
    }
    this.fill("all", shuffledPlaces, shuffledCodes);
  }

  // Rings the points whose bit is set. `code` is the ring's colour in the palette.
  setRings(places, bits, code) {
    const rows = rowsOf(bits, places.length / 2);
    const ringed = new Uint16Array(2 * rows.length);
    rows.forEach((row, k) => { ringed[2 * k] = places[2 * row]; ringed[2 * k + 1] = places[2 * row + 1]; });
    this.ringed = rows.length;
    this.fill("rings", ringed, new Uint8Array(rows.length).fill(code));
  }

  // view: see gestures.js. In motion, draws the share of the points that this machine draws smoothly.
  draw(view, { width, height }, moving) {
    const { canvas, total, counts } = this;
    const dense = this.density();
    const [across, down] = [Math.max(1, Math.round(width * dense)), Math.max(1, Math.round(height * dense))];
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    const share = moving ? this.pace() : 1;
    this.last = moving ? performance.now() : null;
    const scale = pixelsPerUnit(view, { width: across, height: down });
    const size = pointSize(total, view) * dense;
    const side = 2 * REACH * scale;
    const over = (share * total * size * size * 0.8) / (side * side * COVER); // points on a pixel
    const opacity = Math.max(FAINTEST, Math.min(1, 3 / over));
    this.begin({ x: across / 2 - (REACH + view.x) * scale, y: down / 2 + (REACH + view.y) * scale, side });
    let first = 0;
    for (const count of counts) {
      if (count) this.paint("all", first, Math.ceil(count * share), { size, opacity, hole: 0 });
      first += count;
    }
    const ring = { size: size + 4 * dense, opacity: Math.max(0.3, opacity), hole: size / 2 + dense };
    if (this.ringed) this.paint("rings", 0, Math.ceil(this.ringed * share), ring);
    this.end();
  }

  density() {
    return Math.min(2, window.devicePixelRatio || 1);
  }

  pace() {
    const took = this.last ? performance.now() - this.last : 0;
    if (took > SMOOTH) this.share = Math.max(Math.min(1, FEWEST / this.total), this.share * 0.7);
    else if (took && took < QUICK) this.share = Math.min(1, this.share * 1.2);
    return this.share;
  }
}

function pointSize(count, view) {
  const whole = count > 300_000 ? 2 : count > 50_000 ? 3 : count > 5000 ? 5 : count > 1000 ? 7 : 10;
  return Math.min(Math.max(whole, 7), whole * Math.max(1, WHOLE / view.span) ** 0.4); // larger when zoomed in
}

// A step that visits every row once, far from the previous row: coprime to the count, near its golden section.
function shuffleStep(count) {
  const common = (a, b) => (b ? common(b, a % b) : a);
  let step = Math.max(1, Math.floor(count * 0.618));
  while (common(step, count) !== 1) step++;
  return step;
}

function rowsOf(bits, count) {
  const rows = [];
  for (let byte = 0; bits && byte < bits.length; byte++)
    for (let bit = 0; bits[byte] >> bit; bit++)
      if ((bits[byte] >> bit) & 1 && 8 * byte + bit < count) rows.push(8 * byte + bit);
  return rows;
}
