// The points themselves, on WebGL 2. A library draws more than points, and on a machine without a
// graphics card pays for it: docs/measured.md has deck.gl and regl-scatterplot beside this. Follows map.js
// in the same module.
//
// Three groups lie one above the other: those that a filter greys, those of which nothing is recorded,
// the rest. Within a group the order is strewn, so that what covers what doesn't follow the table, and the
// first of them are a fair sample of all: that many are drawn while the map moves, and then all.

const REACH = 1.05; // a coordinate's 0 to 65,535 means -REACH to REACH
const MISSING = 254, OFF = 255; // the codes that aren't colours
const GROUPS = 3;
const SMOOTH = 50, QUICK = 25; // ms a frame: above, fewer points are drawn in motion; below, more
const FEWEST = 50_000;
const COVER = 0.35; // of the map's square that has points on it, about
const FAINTEST = 0.16; // a single point can still be seen

const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in uint code;
uniform vec4 view; // scale, then shift
uniform float size;
uniform float opacity;
uniform sampler2D palette;
out vec4 colour;
void main() {
  gl_Position = vec4(place * view.xy + view.zw, 0.0, 1.0);
  gl_PointSize = size;
  colour = texelFetch(palette, ivec2(int(code), 0), 0) * opacity;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
uniform float size;
uniform float hole; // radius of what is left out in the middle: a ring; 0 for a disc
in vec4 colour;
out vec4 drawn;
void main() {
  float away = length(gl_PointCoord - 0.5) * size;
  drawn = colour * clamp(size * 0.5 - away, 0.0, 1.0) * clamp(away - hole + 1.0, 0.0, 1.0);
}`;

class Points {
  constructor(parent) {
    this.canvas = element("canvas", "ax-canvas", parent, { "aria-hidden": "true" });
    this.share = 1; // of the points, drawn in motion
    this.counts = [0, 0, 0];
    this.total = 0;
    const gl = this.gl = this.canvas.getContext("webgl2", { antialias: false });
    if (!gl) throw new Error("The map needs WebGL 2, and this browser has none");
    this.canvas.addEventListener("webglcontextlost", (lost) => lost.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => { this.prepare(); this.onRestored?.(); });
    this.prepare();
  }

  prepare() {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
      throw new Error(`The map can't be drawn by this browser: ${gl.getProgramInfoLog(program)}`);
    gl.useProgram(program);
    this.uniforms = Object.fromEntries(["view", "size", "opacity", "hole"].map((name) => [name, gl.getUniformLocation(program, name)]));
    this.all = this.vertices();
    this.ringed = this.vertices();
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  vertices() {
    const { gl } = this;
    const made = { array: gl.createVertexArray(), places: gl.createBuffer(), codes: gl.createBuffer(), count: 0 };
    gl.bindVertexArray(made.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, made.places);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.UNSIGNED_SHORT, true, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, made.codes);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0);
    return made;
  }

  fill(vertices, places, codes) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices.places);
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
    gl.bindBuffer(gl.ARRAY_BUFFER, vertices.codes);
    gl.bufferData(gl.ARRAY_BUFFER, codes, gl.STATIC_DRAW);
    vertices.count = codes.length;
  }

  // places: Uint16Array [2n]; codes: Uint8Array [n], OFF where a filter greys.
  setPoints(places, codes) {
    const total = this.total = codes.length;
    const group = (code) => (code === OFF ? 0 : code === MISSING ? 1 : 2);
    const counts = this.counts = new Array(GROUPS).fill(0);
    for (let row = 0; row < total; row++) counts[group(codes[row])]++;
    const next = [0, counts[0], counts[0] + counts[1]];
    const strewnPlaces = new Uint16Array(2 * total), strewnCodes = new Uint8Array(total);
    const step = strewingStep(total);
    for (let k = 0, row = 0; k < total; k++, row = (row + step) % total) {
      const to = next[group(codes[row])]++;
      strewnPlaces[2 * to] = places[2 * row];
      strewnPlaces[2 * to + 1] = places[2 * row + 1];
      strewnCodes[to] = codes[row];
    }
    this.fill(this.all, strewnPlaces, strewnCodes);
  }

  // The points to ring: those whose bit is set. `code` names the ring's colour in the palette.
  setRings(places, bits, code) {
    const rows = rowsOf(bits, places.length / 2);
    const ringed = new Uint16Array(2 * rows.length);
    rows.forEach((row, k) => { ringed[2 * k] = places[2 * row]; ringed[2 * k + 1] = places[2 * row + 1]; });
    this.fill(this.ringed, ringed, new Uint8Array(rows.length).fill(code));
  }

  // palette: [r, g, b, a] a code, 0 to 255 but for a, 0 to 1.
  setPalette(palette) {
    const texels = new Uint8Array(256 * 4);
    palette.forEach((colour, code) => {
      if (colour) texels.set([...colour.slice(0, 3).map((part) => part * colour[3]), 255 * colour[3]], 4 * code);
    });
    const { gl } = this;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  // view: see gestures.js. In motion the share of the points that this machine draws smoothly.
  draw(view, { width, height }, moving) {
    const { gl, canvas, uniforms } = this;
    const dense = Math.min(2, window.devicePixelRatio || 1);
    const [across, down] = [Math.round(width * dense), Math.round(height * dense)];
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    gl.viewport(0, 0, across, down);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.total) return;
    const share = moving ? this.pace() : 1;
    this.last = moving ? performance.now() : null;
    const scale = pixelsPerUnit(view, { width, height });
    const size = pointSize(this.total, view) * dense;
    const side = 2 * REACH * scale * dense;
    const over = (share * this.total * size * size * 0.8) / (side * side * COVER);
    const [sx, sy] = [(2 * scale) / width, (2 * scale) / height];
    gl.uniform4f(uniforms.view, 2 * REACH * sx, 2 * REACH * sy, -(REACH + view.x) * sx, -(REACH + view.y) * sy);
    gl.uniform1f(uniforms.size, size);
    gl.uniform1f(uniforms.hole, 0);
    gl.uniform1f(uniforms.opacity, Math.max(FAINTEST, Math.min(1, 3 / over)));
    gl.bindVertexArray(this.all.array);
    let first = 0;
    for (const count of this.counts) {
      gl.drawArrays(gl.POINTS, first, Math.ceil(count * share));
      first += count;
    }
    if (!this.ringed.count) return;
    gl.uniform1f(uniforms.size, size + 4 * dense);
    gl.uniform1f(uniforms.hole, size / 2 + dense);
    gl.uniform1f(uniforms.opacity, Math.max(0.3, Math.min(1, 3 / over)));
    gl.bindVertexArray(this.ringed.array);
    gl.drawArrays(gl.POINTS, 0, this.ringed.count);
  }

  pace() {
    const took = this.last ? performance.now() - this.last : 0;
    if (took > SMOOTH) this.share = Math.max(Math.min(1, FEWEST / this.total), this.share * 0.7);
    else if (took && took < QUICK) this.share = Math.min(1, this.share * 1.2);
    return this.share;
  }

  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function pointSize(count, view) {
  const whole = count > 300_000 ? 2 : count > 50_000 ? 3 : count > 5000 ? 5 : count > 1000 ? 7 : 10;
  return Math.min(Math.max(whole, 7), whole * Math.max(1, WHOLE / view.span) ** 0.4); // grows as one comes near
}

// Coprime to the count and near its golden section: steps of it come to every row once, far apart.
function strewingStep(count) {
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
