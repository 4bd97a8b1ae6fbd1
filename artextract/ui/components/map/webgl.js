// Paints the points with WebGL 2. Follows map.js in the same module.

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
uniform float hole; // radius of the hole of a ring; 0 for a disc
in vec4 colour;
out vec4 drawn;
void main() {
  float away = length(gl_PointCoord - 0.5) * size;
  drawn = colour * clamp(size * 0.5 - away, 0.0, 1.0) * clamp(away - hole + 1.0, 0.0, 1.0);
}`;

class CardPoints extends Points {
  constructor(canvas, gl) {
    super(canvas);
    this.gl = gl;
    canvas.addEventListener("webglcontextlost", (lost) => lost.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => { this.prepare(); this.onRestored?.(); });
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
      throw new Error(`This browser cannot draw the map: ${gl.getProgramInfoLog(program)}`);
    gl.useProgram(program);
    this.uniforms = Object.fromEntries(["view", "size", "opacity", "hole"].map((name) => [name, gl.getUniformLocation(program, name)]));
    this.vertices = { all: this.makeVertices(), rings: this.makeVertices() };
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  makeVertices() {
    const { gl } = this;
    const made = { array: gl.createVertexArray(), places: gl.createBuffer(), codes: gl.createBuffer() };
    gl.bindVertexArray(made.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, made.places);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.UNSIGNED_SHORT, true, 0, 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, made.codes);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_BYTE, 0, 0);
    return made;
  }

  fill(which, places, codes) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.vertices[which].places);
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.vertices[which].codes);
    gl.bufferData(gl.ARRAY_BUFFER, codes, gl.STATIC_DRAW);
  }

  // palette: [r, g, b, a] per code; r, g, b from 0 to 255, a from 0 to 1.
  setPalette(palette) {
    const texels = new Uint8Array(256 * 4);
    palette.forEach((colour, code) => {
      texels.set([...colour.slice(0, 3).map((part) => part * colour[3]), 255 * colour[3]], 4 * code);
    });
    const { gl } = this;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  // The map's square: its lower left corner in the canvas and its side, pixels.
  begin({ x, y, side }) {
    const { gl, canvas: { width, height } } = this;
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform4f(this.uniforms.view, (2 * side) / width, (2 * side) / height, (2 * x) / width - 1, 1 - (2 * y) / height);
  }

  paint(which, first, count, { size, opacity, hole }) {
    const { gl, uniforms } = this;
    gl.uniform1f(uniforms.size, size);
    gl.uniform1f(uniforms.hole, hole);
    gl.uniform1f(uniforms.opacity, opacity);
    gl.bindVertexArray(this.vertices[which].array);
    gl.drawArrays(gl.POINTS, first, count);
  }

  end() {}

  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
