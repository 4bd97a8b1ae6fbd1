// A grid of any number of works. It draws the works in view, and fetches their texts when they come into view. The
// keys: arrows move, Space selects, Enter enlarges, + adds to the tray, Y and N mark (wall_keys.js).

const SIZES = { least: 60, most: 320, usual: 150 };
const MOST_TEXTS = 200; // of one request

function makeWall(root) {
  root.classList.add("ax-wall");
  const wall = { root, cells: new Map(), texts: new Map(), selected: new Set(), rows: [], at: 0, anchor: 0, list: 0 };
  drawTools(wall);
  wall.bar = element("div", "ax-bar", root);
  wall.scroller = element("div", "ax-scroller", root, { role: "region", tabindex: "-1" });
  wall.canvas = element("div", "ax-canvas", wall.scroller, { role: "list" });
  wall.marks = makeMarks(() => {
    showMarks(wall.cells.values(), wall.marks);
    drawMarksBar(wall.bar, wall.marks, wall.data.collection, wall.data, wall.send);
  });
  root.axMark = (work, mark) => wall.marks.toggle([work], mark);
  root.axNote = (work) => noteOn(wall, work);
  root.axWalk = (picture) => walkFrom(wall, picture);
  wall.scroller.addEventListener("scroll", () => drawSoon(wall), { passive: true });
  wall.canvas.addEventListener("keydown", (event) => onWallKey(wall, event));
  wall.canvas.addEventListener("focusin", (event) => {
    const place = Number(event.target.closest(".ax-card")?.dataset.place);
    if (place === wall.at || Number.isNaN(place)) return;
    wall.at = place;
    showCurrent(wall);
  });
  wall.canvas.addEventListener("click", (event) => onWallClick(wall, event), { capture: true });
  new ResizeObserver(() => wall.proportions && layOut(wall)).observe(wall.scroller);
  return (data, send) => update(wall, data, send);
}

async function update(wall, data, send) {
  Object.assign(wall, { data, send });
  const { rows_url, shapes_url, texts_url, why_url, order } = data.wall;
  wall.canvas.setAttribute("aria-label", data.label);
  wall.scroller.setAttribute("aria-label", data.label);
  if (wall.textsUrl !== texts_url) { // the rows are other works now
    Object.assign(wall, { textsUrl: texts_url, texts: new Map(), byWork: new Map(), selected: new Set() });
    for (const row of wall.cells.keys()) remove(wall, row);
  }
  wall.marks.update(data.marks, (changes) => send("mark", changes));
  const key = `${rows_url} ${why_url}`;
  if (wall.key === key) return;
  wall.key = key;
  const [rows, shapes, why] = await Promise.all([rows_url, shapes_url, why_url].map((url) => url && bytesOf(url)));
  if (wall.key !== key) return; // another order came since
  wall.rows = new Uint32Array(rows);
  wall.why = new Uint16Array(why || 0);
  const codes = new Uint8Array(shapes);
  wall.proportions = Float32Array.from(wall.rows, (row) => proportionOf(codes[row]));
  const focused = wall.canvas.contains(document.activeElement);
  if (!order || wall.order !== order) {
    wall.selected.clear();
    wall.at = wall.anchor = wall.scroller.scrollTop = 0;
  }
  wall.order = order;
  wall.at = Math.max(0, Math.min(wall.at, wall.rows.length - 1));
  layOut(wall);
  showSelection(wall);
  if (focused && wall.rows.length) moveTo(wall, wall.at); // the next work is where the marked one was
  wall.root.dataset.ready = "true";
}

function layOut(wall) {
  const width = wall.canvas.clientWidth;
  if (!width) return; // hidden
  const first = wall.layout ? wall.layout.firsts[lastUpTo(wall.layout.tops, wall.scroller.scrollTop)] : 0;
  const resized = wall.layout && wall.width !== `${width} ${wall.size}`;
  wall.width = `${width} ${wall.size}`;
  wall.layout = rowsOf(wall.proportions, width, Math.min(wall.size, width));
  wall.canvas.style.height = `${wall.layout.tops.at(-1)}px`;
  if (resized && first) wall.scroller.scrollTop = wall.layout.tops[lastUpTo(wall.layout.firsts, first)];
  drawInView(wall);
}

function drawSoon(wall) {
  wall.frame ??= requestAnimationFrame(() => {
    wall.frame = null;
    drawInView(wall);
  });
}

// Draws the rows in view and a screen before and after them.
function drawInView(wall) {
  const { layout, rows, scroller } = wall;
  const [top, height] = [scroller.scrollTop, scroller.clientHeight];
  const [from, to] = [lastUpTo(layout.tops, top - height), lastUpTo(layout.tops, top + 2 * height)];
  const inView = new Map();
  for (let line = from; line <= to && line < layout.heights.length; line++) {
    placesInRow(layout, wall.proportions, line).forEach((place, number) => {
      inView.set(rows[layout.firsts[line] + number], { ...place, line, place: layout.firsts[line] + number });
    });
  }
  for (const [row, cell] of wall.cells) if (!inView.has(row) && !cell.contains(document.activeElement)) remove(wall, row);
  let next = wall.canvas.firstChild; // in reading order
  for (const [row, where] of inView) {
    const cell = cellOf(wall, row);
    position(wall, cell, where);
    if (cell === next) next = next.nextSibling;
    else wall.canvas.insertBefore(cell, next);
  }
  showMarks(wall.cells.values(), wall.marks);
  showCurrent(wall);
  fetchMissing(wall, [...inView.keys()]);
}

function position(wall, cell, { left, width, line, place }) {
  const { tops, heights } = wall.layout;
  cell.style.cssText = `left:${left}px;top:${tops[line]}px;width:${width}px;--ax-height:${heights[line]}px`;
  cell.dataset.place = place;
  const open = cell.querySelector(".ax-open");
  if (open) open.title = [open.textContent, whyOf(wall, place)].filter(Boolean).join("\n");
  cell.setAttribute("aria-posinset", place + 1);
  cell.setAttribute("aria-setsize", wall.rows.length);
}

function remove(wall, row) {
  wall.cells.get(row).remove();
  wall.cells.delete(row);
}

function cellOf(wall, row) {
  if (!wall.cells.has(row)) {
    const cell = wall.texts.has(row) ? drawWork(wall, row) : element("div", "ax-card ax-waiting", null, { tabindex: "-1" });
    cell.setAttribute("role", "listitem");
    cell.classList.toggle("ax-selected", wall.selected.has(row));
    wall.cells.set(row, cell);
  }
  return wall.cells.get(row);
}

function drawWork(wall, row) {
  const { data } = wall;
  const work = wall.texts.get(row);
  const card = { id: work.id, title: work.label, subtitle: "", picture_url: data.wall.pictures_url + work.thumb, work: [data.collection, work.id] };
  return drawCard(card, data, wall.send, wall.marks);
}

const whyOf = (wall, place) => (place < wall.why.length ? `Most like “${wall.data.wall.examples[wall.why[place]]}”` : "");

// The texts of rows without texts, one request at a time. Then those that are still in view are drawn again.
async function fetchMissing(wall, rows) {
  wall.wanted = rows.filter((row) => !wall.texts.has(row)).slice(0, MOST_TEXTS);
  if (wall.fetching || !wall.wanted.length) return;
  wall.fetching = true;
  try {
    while (wall.wanted.length) await fetchTexts(wall, wall.wanted.splice(0));
  } finally {
    wall.fetching = false;
  }
}

async function fetchTexts(wall, rows) {
  const { textsUrl, texts } = wall;
  await addTexts(texts, textsUrl, rows);
  if (textsUrl !== wall.textsUrl) return;
  rows.forEach((row) => {
    wall.byWork.set(texts.get(row).id, row);
    const waiting = wall.cells.get(row);
    if (!waiting?.classList.contains("ax-waiting")) return;
    const focused = document.activeElement === waiting;
    remove(wall, row);
    if (focused) moveTo(wall, wall.at);
  });
  drawSoon(wall);
}

// ---- the lightbox

function noteOn(wall, work) {
  const place = wall.rows.indexOf(wall.byWork.get(work.split("\n")[1]));
  const mark = wall.marks.of(work);
  return [mark && `Marked as ${mark}`, place < 0 ? "" : whyOf(wall, place)].filter(Boolean).join(" · ");
}

// The list that the lightbox walks through, in the order of now: marks may change it meanwhile.
function walkFrom(wall, picture) {
  const { rows } = wall;
  const made = [];
  const list = new Proxy(made, { get: (_, name) => (name === "length" ? rows.length : (made[name] ??= entryAt(wall, rows[name], Number(name)))) });
  return { list, at: Number(picture.closest(".ax-card").dataset.place) };
}

function entryAt(wall, row, place) {
  const entry = { key: "", collection: wall.data.collection, image: { src: "" }, first: "", alt: "" };
  const fill = () => {
    const { id, label, thumb } = wall.texts.get(row);
    const src = wall.data.wall.pictures_url + thumb;
    Object.assign(entry, { key: `${entry.collection}\n${id}`, work: id, alt: label, first: src, image: { src } });
  };
  entry.focus = () => moveTo(wall, place);
  if (wall.texts.has(row)) fill();
  else entry.ready = fetchTexts(wall, [row]).then(fill);
  return entry;
}
