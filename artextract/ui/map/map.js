// The gallery's map. One Plotly figure, updated in place on every rerun. Its arrays are in data.js, what
// lies over it and below it (marks, tooltip, pictures, legend) in layers.js: both follow in this module.
//
// Test hooks on the root element: dataset.ready, dataset.points, and pixelOf(row), which gives a
// work's place on the page.

const NOT_RECORDED = "#b3aea6";
const GREYED = "rgba(128,128,128,0.18)";
const WHOLE = [-1.12, 1.12]; // positions lie within ±1.05
const FINGERS = window.matchMedia("(pointer: coarse)").matches;
const SMALL = 2000; // up to so many works the map begins with pictures on it
const CELL = 58; // px: at most one picture stands in each cell of this side
const ICONS = {
  pan: "M12 2l3 3h-2v5h5V8l3 3-3 3v-2h-5v5h2l-3 3-3-3h2v-5H6v2l-3-3 3-3v2h5V5H9z",
  lasso: "M12 4c5 0 9 2.600 9 6s-4 6-9 6c-1 0-2-.1-3-.3.200 1 .1 2.300-1 3.300l-1.300-1.500c.7-.6.7-1.500.3-2.500C4.600 14 3 12.200 3 10c0-3.400 4-6 9-6zm0 2c-4 0-7 1.900-7 4s3 4 7 4 7-1.900 7-4-3-4-7-4z",
  select: "M4 4h4v2H6v2H4zm6 0h4v2h-4zm6 0h4v4h-2V6h-2zM4 10h2v4H4zm14 0h2v4h-2zM4 16h2v2h2v2H4zm14 0h2v4h-4v-2h2zm-8 2h4v2h-4z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  home: "M12 4l9 8h-3v8h-5v-5h-2v5H6v-8H3z",
  pictures: "M4 5h16v14H4zm2 2v8l4-4 3 3 2-2 3 3V7z",
};

let loading; // Plotly, fetched once a page
function plotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { loading = undefined; reject(new Error("the map's script could not be loaded")); };
    document.head.append(script);
  });
  return loading;
}

function element(tag, className, parent, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

function svg(tag, parent, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

function button(name, title, parent, onClick) {
  const made = element("button", "ax-tool", parent, {
    type: "button", title, "aria-label": title, "data-testid": `map-${name}`,
  });
  svg("path", svg("svg", made, { viewBox: "0 0 24 24" }), { d: ICONS[name] });
  made.onclick = onClick;
  return made;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".ax-map");
  const map = (root.galleryMap ??= build(root));
  map.send = setTriggerValue;
  map.data = data;
  map.draw();
  return () => {
    window.Plotly?.purge(map.plot);
    map.leaving?.abort();
    map.tip.remove(); // it hangs on the document's body
    root.replaceChildren();
    delete root.galleryMap;
  };
}

function build(root) {
  // On a touch screen one finger scrolls the page ("scroll") until a tool is taken up.
  const map = { root, mode: FINGERS ? "scroll" : "pan", showPictures: null, pictures: [], recentred: null, texts: null, selection: [] };
  const bar = element("div", "ax-bar", root);
  map.status = element("span", "ax-status", bar, { "aria-live": "polite", "data-testid": "map-status" });
  map.tools = element("div", "ax-tools", bar, { role: "toolbar", "aria-label": "Map tools" });
  map.modes = {};
  for (const [mode, title] of [["pan", "Move the map"], ["lasso", "Select with a lasso"], ["select", "Select with a box"]])
    map.modes[mode] = button(mode, title, map.tools, () => setMode(map, FINGERS && map.mode === mode ? "scroll" : mode));
  button("plus", "Zoom in", map.tools, () => zoom(map, 0.6));
  button("minus", "Zoom out", map.tools, () => zoom(map, 1 / 0.6));
  button("home", "Show the whole map", map.tools, () => wholeView(map));
  map.pictureTool = button("pictures", "Show pictures on the map", map.tools, () => togglePictures(map, !map.showPictures));
  map.frame = element("div", "ax-frame", root);
  map.plot = element("div", "ax-plot", map.frame, { role: "img" });
  map.layer = element("div", "ax-pictures", map.frame, { "aria-hidden": "true" });
  map.marks = svg("svg", map.frame, { class: "ax-marks", "aria-hidden": "true" });
  map.tip = element("div", "ax-tip", document.body, { "data-testid": "map-tooltip" });
  map.legend = element("div", "ax-legend", root, { "data-testid": "map-legend" });
  map.draw = () => draw(map);
  root.pixelOf = (row) => pixelOf(map, row);
  return map;
}

async function draw(map) {
  const { data, root } = map;
  map.status.textContent = data.status;
  map.plot.setAttribute("aria-label", data.title);
  map.plot.style.height = `${Math.min(data.height, Math.max(320, root.clientWidth))}px`; // never a tall strip
  map.modes.lasso.hidden = map.modes.select.hidden = !data.selectable;
  drawLegend(map);
  fetchTexts(map);
  let Plotly, arrays;
  try {
    [Plotly, arrays] = await Promise.all([plotly(data.plotly_url), fetchArrays(map)]);
  } catch (error) {
    map.status.textContent = `${error.message}: reload the page.`;
    return;
  }
  if (data !== map.data) return; // a newer rerun came meanwhile: it draws
  // On a click nothing that Plotly draws is other than before: the marks lie on a layer of their own.
  if (arrays) {
    takeOver(map, arrays);
    if (map.showPictures === null) togglePictures(map, map.x.length <= SMALL);
    await Plotly.react(map.plot, traces(map), layout(map), {
      displayModeBar: false, responsive: true, scrollZoom: true, doubleClick: false,
    });
    if (!map.listening) listen(map);
    setMode(map, map.mode);
  }
  drawMarks(map);
  if (map.recentred !== null && data.recentre > map.recentred) recentre(map);
  map.recentred = data.recentre;
  root.dataset.points = map.x.length;
  root.dataset.ready = "true";
  choosePictures(map);
}

function traces(map) {
  const { colouring } = map.data;
  const size = map.x.length > 5000 ? 5 : map.x.length > 1000 ? 7 : 10;
  const at = (rows) => ({ x: rows.map((row) => map.x[row]), y: rows.map((row) => map.y[row]) });
  const cloud = (rows, marker) => ({
    type: "scattergl", mode: "markers", ...at(rows), customdata: rows, hoverinfo: "none",
    marker: { size, line: { width: 0 }, ...marker },
    selected: { marker: { opacity: marker.opacity ?? 0.85 } },
    unselected: { marker: { opacity: marker.opacity ?? 0.85 } },
  });
  const accent = getComputedStyle(map.root).getPropertyValue("--st-primary-color") || "#9a3b1f";
  return [
    { ...cloud(map.rows.off, { color: GREYED, opacity: 1 }), hoverinfo: "skip" },
    cloud(map.rows.missing, { color: NOT_RECORDED, opacity: 0.6 }),
    cloud(map.rows.on, { opacity: 0.85, ...colours(map, colouring) }),
    { ...cloud(map.selection, { symbol: "circle-open", size: size + 4, color: accent, opacity: 0.6, line: { width: 1 } }), hoverinfo: "skip" },
  ];
}

function colours(map, colouring) {
  const values = map.rows.on.map((row) => map.colour[row]);
  if ("low" in colouring)
    return { color: values, colorscale: "Viridis", cmin: colouring.low, cmax: colouring.high };
  // Codes on a scale of steps: WebGL takes numbers several times as fast as colour names.
  const count = Math.max(1, colouring.colours.length);
  const steps = colouring.colours.flatMap((colour, code) => [[code / count, colour], [(code + 1) / count, colour]]);
  return { color: values, colorscale: steps.length ? steps : "Greys", cmin: -0.5, cmax: count - 0.5 };
}

function layout(map) {
  // The view is kept by hand: Plotly's uirevision knows drags alone, not buttons and recentring.
  const full = map.revision === map.data.revision && map.plot._fullLayout;
  const range = (name) => [...(full ? full[name].range : WHOLE)];
  map.revision = map.data.revision;
  const axis = { visible: false, zeroline: false, showgrid: false };
  return {
    datarevision: ++drawn, showlegend: false, hovermode: "closest", hoverdistance: 12,
    dragmode: dragMode(map.mode), margin: { l: 0, r: 0, t: 0, b: 0 }, clickmode: "event",
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: { ...axis, range: range("xaxis") }, yaxis: { ...axis, range: range("yaxis"), scaleanchor: "x" },
  };
}
let drawn = 0;

function listen(map) {
  map.listening = true;
  const { plot } = map;
  plot.on("plotly_hover", ({ points, event }) => showTip(map, points[0].customdata, event));
  plot.on("plotly_unhover", () => hideTip(map));
  plot.on("plotly_click", ({ points }) => {
    if (!map.overPicture) map.send("click", points[0].customdata);
  });
  plot.on("plotly_selected", (found) => {
    if (!found) return;
    const rows = found.points.filter((p) => p.curveNumber === 1 || p.curveNumber === 2).map((p) => p.customdata);
    if (!rows.length) return; // Plotly tells again, with nothing, when its own outline is taken away
    window.Plotly.relayout(plot, { selections: [] }); // our rings show it from here on
    map.send("select", rows);
  });
  plot.on("plotly_doubleclick", () => map.selection.length && map.send("select", []));
  plot.on("plotly_relayouting", () => { movePictures(map); drawMarks(map); });
  plot.on("plotly_relayout", () => { choosePictures(map); drawMarks(map); });
  new ResizeObserver(() => { choosePictures(map); drawMarks(map); }).observe(plot);
  // A picture on the map lets drags and wheels through to the plot; a plain click opens its work.
  map.frame.addEventListener("pointerdown", (down) => {
    const picture = pictureAt(map, down.clientX, down.clientY);
    map.overPicture = picture !== undefined;
    if (!picture) return;
    window.addEventListener("pointerup", (up) => {
      if (Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) < 5) map.send("click", picture.row);
    }, { once: true });
  }, true);
  map.frame.addEventListener("pointermove", (move) => {
    const picture = pictureAt(map, move.clientX, move.clientY);
    if (picture) showTip(map, picture.row, move);
  });
  map.frame.addEventListener("pointerleave", () => hideTip(map));
  map.frame.addEventListener("touchstart", (touch) => {
    if (map.mode === "scroll") touch.stopPropagation();
  }, { capture: true, passive: true });
  map.leaving = new AbortController(); // a finger never "leaves": the tip goes when the page scrolls
  document.addEventListener("scroll", () => hideTip(map),
    { capture: true, passive: true, signal: map.leaving.signal });
}

function setMode(map, mode) {
  map.mode = mode;
  map.frame.dataset.mode = mode;
  for (const [name, tool] of Object.entries(map.modes)) tool.setAttribute("aria-pressed", name === mode);
  const drag = dragMode(mode);
  if (map.plot.layout && map.plot.layout.dragmode !== drag) window.Plotly.relayout(map.plot, { dragmode: drag });
}

function dragMode(mode) {
  return mode === "scroll" ? "pan" : mode;
}

function axes(map) {
  const { xaxis, yaxis } = map.plot._fullLayout;
  return [xaxis, yaxis];
}

function zoom(map, factor, centre) {
  const around = (axis, middle) => {
    const [low, high] = axis.range;
    const at = middle ?? (low + high) / 2;
    const half = ((high - low) / 2) * factor;
    return [at - half, at + half];
  };
  const [xaxis, yaxis] = axes(map);
  window.Plotly.relayout(map.plot, {
    "xaxis.range": around(xaxis, centre?.[0]), "yaxis.range": around(yaxis, centre?.[1]),
  });
}

function wholeView(map) {
  window.Plotly.relayout(map.plot, { "xaxis.range": [...WHOLE], "yaxis.range": [...WHOLE] });
}

function recentre(map) {
  const { chosen } = map.data;
  if (chosen === null) return;
  const [xaxis] = axes(map);
  zoom(map, Math.min(1, 0.7 / (xaxis.range[1] - xaxis.range[0])), [map.x[chosen], map.y[chosen]]);
}

function pixelOf(map, row) {
  const [xaxis, yaxis] = axes(map);
  const box = map.plot.getBoundingClientRect();
  return { x: box.left + xaxis._offset + xaxis.l2p(map.x[row]), y: box.top + yaxis._offset + yaxis.l2p(map.y[row]) };
}
