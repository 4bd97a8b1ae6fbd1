// The gallery's map, updated in place on every rerun. The scripts that follow: data.js (arrays), levels.js (which works
// are pictures), pictures.js (their pictures), dots.js (the other works), wall.js (draws both), gestures.js (view, mouse
// and touch), layers.js (marks, tooltip, legend), region_labels.js, keys.js (keyboard), map_area.js (panel and full
// screen).
//
// The root element has the event "ax-view" after each change of the view. Test hooks: dataset.ready, dataset.points,
// dataset.view, pixelOf(row), the position of a work on the page, and shown(), the pictures with their place on the page.

const NOT_RECORDED = "#b3aea6";
const GREYED = [128, 128, 128, 0.18];
const HIGH = 0.62; // of the window: the height of a map that is narrow
const VIRIDIS = ["#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725"];
const FINGERS = window.matchMedia("(pointer: coarse)").matches;
const ICONS = {
  pan: "M12 2l3 3h-2v5h5V8l3 3-3 3v-2h-5v5h2l-3 3-3-3h2v-5H6v2l-3-3 3-3v2h5V5H9z",
  lasso: "M12 4c5 0 9 2.600 9 6s-4 6-9 6c-1 0-2-.1-3-.3.200 1 .1 2.300-1 3.300l-1.300-1.500c.7-.6.7-1.500.3-2.500C4.600 14 3 12.200 3 10c0-3.400 4-6 9-6zm0 2c-4 0-7 1.900-7 4s3 4 7 4 7-1.900 7-4-3-4-7-4z",
  select: "M4 4h4v2H6v2H4zm6 0h4v2h-4zm6 0h4v4h-2V6h-2zM4 10h2v4H4zm14 0h2v4h-2zM4 16h2v2h2v2H4zm14 0h2v4h-4v-2h2zm-8 2h4v2h-4z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  home: "M12 4l9 8h-3v8h-5v-5h-2v5H6v-8H3z",
  pictures: "M4 5h16v14H4zm2 2v8l4-4 3 3 2-2 3 3V7z",
  names: "M4 5h16v4h-2V7h-5v10h2v2H9v-2h2V7H6v2H4z",
  full: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
};

function button(name, title, parent, onClick) {
  const made = iconButton(parent, "ax-tool", ICONS[name], { title, "data-testid": `map-${name}` });
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
    cancelAnimationFrame(map.drawing);
    clearTimeout(map.stillAfter);
    forgetPictures(map.pictures);
    map.leaving.abort();
    map.tip.remove(); // a child of the document's body
    root.replaceChildren();
    delete root.galleryMap;
  };
}

function build(root) {
  // On a touch screen, one finger scrolls the page ("scroll") until a tool is chosen.
  const map = { root, mode: FINGERS ? "scroll" : "pan", showPictures: true, pictures: startPictures(""), dots: startDots(), shown: [], centreCount: null, texts: new Map(), size: { width: 1, height: 1 }, view: { x: 0, y: 0, zoom: 1 } };
  const bar = element("div", "ax-map-bar", root);
  map.status = element("span", "ax-status", bar, { "aria-live": "polite", "data-testid": "map-status" });
  map.tools = element("div", "ax-map-tools", bar, { role: "toolbar", "aria-label": "Map tools" });
  map.modes = {};
  for (const [mode, title] of [["pan", "Move the map"], ["lasso", "Select with a lasso"], ["select", "Select with a box"]])
    map.modes[mode] = button(mode, title, map.tools, () => setMode(map, FINGERS && map.mode === mode ? "scroll" : mode));
  button("plus", "Zoom in", map.tools, () => zoom(map, 1 / 0.6));
  button("minus", "Zoom out", map.tools, () => zoom(map, 0.6));
  button("home", "Show the whole map", map.tools, () => wholeView(map));
  map.pictureTool = button("pictures", "Show pictures on the map", map.tools, () => togglePictures(map));
  map.pictureTool.setAttribute("aria-pressed", true);
  map.nameTool = button("names", "Show the names of regions", map.tools, () => toggleNames(map, map.nameLayer.hidden));
  map.nameTool.setAttribute("aria-pressed", true);
  map.nameTool.hidden = true; // until there are names
  map.fullTool = button("full", "Full screen (F)", map.tools, () => setFull(map, !map.full));
  map.frame = element("div", "ax-frame", root);
  map.plot = element("div", "ax-plot", map.frame, { role: "img" });
  map.canvas = element("canvas", "ax-map-canvas", map.plot, { "aria-hidden": "true" });
  map.pen = map.canvas.getContext("2d", { alpha: false });
  map.marks = svg("svg", map.frame, { class: "ax-marks", "aria-hidden": "true" });
  map.lasso = svg("polygon", svg("svg", map.frame, { class: "ax-marks ax-lasso", "aria-hidden": "true" }), { points: "" });
  map.tip = element("div", "ax-tip", document.body, { "data-testid": "map-tooltip" });
  map.legend = element("div", "ax-legend", root, { "data-testid": "map-legend" });
  map.draw = () => draw(map);
  root.pixelOf = (row) => pixelOf(map, row);
  root.shown = () => shownPictures(map);
  listen(map);
  listenToKeys(map);
  return map;
}

async function draw(map) {
  const { data, root } = map;
  map.status.textContent = data.status;
  map.plot.setAttribute("aria-label", data.title);
  map.frame.setAttribute("aria-label", `${data.title}. Press ? for the keys.`);
  const highest = Math.max(320, root.clientWidth, HIGH * window.innerHeight);
  root.style.setProperty("--ax-height", `${Math.min(data.height, highest)}px`);
  findArea(map);
  placePanel(map);
  map.modes.lasso.hidden = map.modes.select.hidden = !data.selectable;
  drawLegend(map);
  let arrays;
  try {
    arrays = await fetchArrays(map);
  } catch (error) {
    map.status.textContent = `${error.message}.`;
    return;
  }
  if (data !== map.data) return; // a newer rerun draws instead
  if (arrays) update(map, arrays); // not after a click
  updatePanel(map);
  keepView(map);
  redraw(map);
  if (map.centreCount !== null && data.centre_count > map.centreCount) centreOnChosen(map);
  map.centreCount = data.centre_count;
  showRegions(map);
  root.dataset.points = map.codes.length;
  root.dataset.ready = "true";
}

function update(map, arrays) {
  const { data } = map, isNew = map.revision !== data.revision;
  const sameWorks = map.pictures.url === data.sheets_url && map.places;
  const before = sameWorks && map.positionsUrl !== data.positions_url ? pixelsOfAll(map) : null;
  if (!sameWorks) {
    forgetPictures(map.pictures);
    map.pictures = startPictures(data.sheets_url);
  }
  takeOver(map, arrays);
  map.size = sizeOf(map);
  planWall(map);
  map.revision = data.revision;
  if (isNew) {
    beginView(map);
    showChosen(map);
  }
  if (before) beginJourney(map, before);
  map.theme = null;
  setMode(map, map.mode);
}

// Takes over the colours of the works and of the page, if they have changed: the theme can be another one at any time.
function colour(map) {
  const style = getComputedStyle(map.root);
  const [back, text, accent] = ["secondary-background", "text", "primary"].map((name) => style.getPropertyValue(`--st-${name}-color`));
  const theme = [back, text, accent].join();
  if (theme === map.theme) return;
  const colours = palette(map);
  setDots(map.dots, map.codes, map.selection, colours, rgb(back));
  Object.assign(map, { theme, colours: { of: colours.map((each) => `rgb(${each.slice(0, 3).map(Math.round)})`), text, accent } });
}

// [r, g, b, a] by code.
function palette(map) {
  const { colouring } = map.data;
  const made = [];
  if ("low" in colouring) {
    for (let code = 0; code < RING_CODE; code++) {
      const along = (code / (RING_CODE - 1)) * (VIRIDIS.length - 1), step = Math.min(VIRIDIS.length - 2, Math.floor(along));
      const [from, to] = [rgb(VIRIDIS[step]), rgb(VIRIDIS[step + 1])];
      made[code] = [...from.map((part, k) => part + (to[k] - part) * (along - step)), 0.85];
    }
  } else colouring.colours.forEach((colour, code) => { made[code] = [...rgb(colour), 0.85]; });
  made[RING_CODE] = [...rgb(getComputedStyle(map.root).getPropertyValue("--st-primary-color")), 1];
  made[MISSING] = [...rgb(NOT_RECORDED), 0.6];
  made[OFF] = GREYED;
  return made;
}

function rgb(colour) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = colour; // converts any notation to #rrggbb
  return [1, 3, 5].map((at) => parseInt(pen.fillStyle.slice(at, at + 2), 16));
}

function setMode(map, mode) {
  map.mode = mode;
  map.frame.dataset.mode = mode;
  for (const [name, tool] of Object.entries(map.modes)) tool.setAttribute("aria-pressed", name === mode);
}

function togglePictures(map) {
  map.showPictures = !map.showPictures;
  map.pictureTool.setAttribute("aria-pressed", map.showPictures);
  redraw(map);
}

function pixelOf(map, row) {
  const box = map.plot.getBoundingClientRect();
  const [x, y] = project(map, ...placeOf(map, row));
  return { x: box.left + x, y: box.top + y };
}

function shownPictures(map) {
  const box = map.plot.getBoundingClientRect();
  return map.shown.map(({ row, left, top, right, bottom }) =>
    ({ row, left: box.left + left, top: box.top + top, right: box.left + right, bottom: box.top + bottom }));
}
