// The points painted by the processor. What falls on a pixel is summed up: its colour is the mean of the
// points', its opacity grows with their number. Follows map.js in the same module.

const MANY = 50_000; // points from which each screen pixel is painted once, however fine the screen
const LEVELS = 8; // of opacity for each point on a pixel
const MOST_LEVELS = 2048;

class ProcessorPoints extends Points {
  constructor(canvas) {
    super(canvas);
    this.pen = canvas.getContext("2d");
    this.sets = {};
  }

  density() {
    return this.total > MANY ? 1 : super.density();
  }

  fill(which, places, codes) {
    this.sets[which] = { places, codes };
  }

  setPalette(palette) {
    this.palette = new Float32Array(256 * 4);
    palette.forEach((colour, code) => this.palette.set(colour, 4 * code));
  }

  begin(square) {
    const { width, height } = this.canvas;
    this.square = square;
    this.image = this.pen.createImageData(width, height);
  }

  paint(which, first, count, { size, opacity, hole }) {
    const { places, codes } = this.sets[which], { palette, square: { x, y, side } } = this;
    const stamp = stampOf(size, hole), { reach } = stamp;
    const wide = this.canvas.width + 2 * reach, high = this.canvas.height + 2 * reach;
    const sums = this.cleared(wide * high * 4); // r, g, b weighted by the weight, then the weight
    const offsets = stamp.cells.map(([dx, dy]) => (dy * wide + dx) * 4), weights = stamp.cells.map(([, , weight]) => weight);
    const scale = side / 65_535, cells = offsets.length;
    for (let k = first; k < first + count; k++) {
      const across = Math.floor(x + places[2 * k] * scale) + reach;
      const down = Math.floor(y - places[2 * k + 1] * scale) + reach;
      if (across < reach || down < reach || across >= wide - reach || down >= high - reach) continue;
      const at = (down * wide + across) * 4, code = codes[k] * 4;
      const r = palette[code], g = palette[code + 1], b = palette[code + 2], a = palette[code + 3];
      for (let cell = 0; cell < cells; cell++) {
        const to = at + offsets[cell], weight = weights[cell] * a;
        sums[to] += r * weight;
        sums[to + 1] += g * weight;
        sums[to + 2] += b * weight;
        sums[to + 3] += weight;
      }
    }
    this.lay(sums, wide, reach, opacity);
  }

  // Lays the sums over what was painted before.
  lay(sums, wide, reach, opacity) {
    const { width, height, data } = this.image;
    const cover = Float32Array.from({ length: MOST_LEVELS + 1 }, (_, level) => 1 - (1 - Math.min(0.98, opacity)) ** (level / LEVELS));
    for (let line = 0, to = 0; line < height; line++) {
      for (let at = ((line + reach) * wide + reach) * 4, end = at + 4 * width; at < end; at += 4, to += 4) {
        const weight = sums[at + 3];
        if (!weight) continue;
        const alpha = weight < 1 ? weight * Math.min(1, opacity) : cover[Math.min(MOST_LEVELS, Math.round(weight * LEVELS))];
        const below = (data[to + 3] / 255) * (1 - alpha), whole = alpha + below;
        data[to] = (sums[at] / weight * alpha + data[to] * below) / whole;
        data[to + 1] = (sums[at + 1] / weight * alpha + data[to + 1] * below) / whole;
        data[to + 2] = (sums[at + 2] / weight * alpha + data[to + 2] * below) / whole;
        data[to + 3] = 255 * whole;
      }
    }
  }

  cleared(length) {
    if (this.kept?.length === length) return this.kept.fill(0);
    return (this.kept = new Float32Array(length));
  }

  end() {
    this.pen.putImageData(this.image, 0, 0);
  }

  close() {}
}

// The pixels that a point covers about its own, each with how much: a disc, or a ring about a hole.
function stampOf(size, hole) {
  const reach = Math.ceil(size / 2), middle = size % 2 < 1 ? -0.5 : 0, cells = [];
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) {
    const away = Math.hypot(dx - middle, dy - middle);
    const weight = Math.min(1, size / 2 + 0.5 - away) * Math.min(1, Math.max(0, away - hole + 1));
    if (weight > 0.05) cells.push([dx, dy, weight]);
  }
  return { reach, cells };
}
