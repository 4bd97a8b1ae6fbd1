// Paints the points with the processor. A pixel has the mean colour of its points, and its opacity increases
// with their number. Follows map.js in the same module.

const MANY = 50_000; // from this number of points, high-resolution screens are painted at single resolution
const LEVELS = 8; // of opacity for each point on a pixel
const MOST_LEVELS = 2048;

class ProcessorPoints extends Points {
  constructor(canvas) {
    super(canvas);
    this.pen = canvas.getContext("2d");
    this.sets = {};
    this.kept = {};
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
    if (this.image?.width === width && this.image.height === height) this.image.data.fill(0);
    else this.image = this.pen.createImageData(width, height);
  }

  paint(which, first, count, { size, opacity, hole }) {
    const { places, codes } = this.sets[which], { palette, square: { x, y, side } } = this;
    const stamp = stampOf(size, hole), { reach } = stamp;
    const wide = this.canvas.width + 2 * reach, high = this.canvas.height + 2 * reach;
    // First sum the points per pixel, then spread each pixel by the stamp, line by line. This accesses memory in
    // order, and the cost of spreading depends on the pixels, not on the points.
    const own = this.cleared("own", wide * high * 4); // r, g, b weighted by the weight, then the weight
    const scale = side / 65_535;
    for (let k = first; k < first + count; k++) {
      const across = Math.floor(x + places[2 * k] * scale) + reach;
      const down = Math.floor(y - places[2 * k + 1] * scale) + reach;
      if (across < reach || down < reach || across >= wide - reach || down >= high - reach) continue;
      const at = (down * wide + across) * 4, code = codes[k] * 4, weight = palette[code + 3];
      own[at] += palette[code] * weight;
      own[at + 1] += palette[code + 1] * weight;
      own[at + 2] += palette[code + 2] * weight;
      own[at + 3] += weight;
    }
    const sums = this.cleared("sums", wide * high * 4);
    const offsets = Int32Array.from(stamp.cells, ([dx, dy]) => (dy * wide + dx) * 4);
    const weights = Float32Array.from(stamp.cells, ([, , weight]) => weight);
    for (let at = 0; at < own.length; at += 4) {
      if (own[at + 3] === 0) continue;
      const r = own[at], g = own[at + 1], b = own[at + 2], a = own[at + 3];
      for (let cell = 0; cell < offsets.length; cell++) {
        const to = at + offsets[cell], weight = weights[cell];
        sums[to] += r * weight;
        sums[to + 1] += g * weight;
        sums[to + 2] += b * weight;
        sums[to + 3] += a * weight;
      }
    }
    this.blend(sums, wide, reach, opacity);
  }

  // Blends the sums over the image.
  blend(sums, wide, reach, opacity) {
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

  cleared(name, length) {
    if (this.kept[name]?.length === length) return this.kept[name].fill(0);
    return (this.kept[name] = new Float32Array(length));
  }

  end() {
    this.pen.putImageData(this.image, 0, 0);
  }

  close() {}
}

// The pixels that a point covers, with weights: a disc, or a ring around a hole.
function stampOf(size, hole) {
  const reach = Math.ceil(size / 2), middle = size % 2 < 1 ? -0.5 : 0, cells = [];
  for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) {
    const away = Math.hypot(dx - middle, dy - middle);
    const weight = Math.min(1, size / 2 + 0.5 - away) * Math.min(1, Math.max(0, away - hole + 1));
    if (weight > 0.05) cells.push([dx, dy, weight]);
  }
  return { reach, cells };
}
