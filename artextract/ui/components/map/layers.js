// Marks, tooltip, pictures and legend of the map. Follows map.js in the same module.

// ---- marks: the chosen work, its neighbours, a placed picture

function drawMarks(map) {
  if (!map.places) return;
  const { chosen, neighbours, placed, path } = map.data;
  const at = (x, y) => project(map, x, y);
  const from = chosen === null ? placed : placeOf(map, chosen);
  map.marks.replaceChildren();
  map.marks.style.zIndex = placed || path.length ? 2 : 0; // otherwise a picture's outline marks the work
  drawPath(map, path.map((row) => at(...placeOf(map, row))));
  if (path.length) return; // without the neighbours
  for (const row of neighbours) {
    const [cx, cy] = at(...placeOf(map, row));
    if (from) {
      const [x1, y1] = at(...from);
      svg("line", map.marks, { x1, y1, x2: cx, y2: cy, class: "ax-spoke" });
    }
    svg("circle", map.marks, { cx, cy, r: 7, class: "ax-near" });
  }
  if (map.walked !== undefined) {
    const [cx, cy] = at(...placeOf(map, map.walked));
    svg("circle", map.marks, { cx, cy, r: 11, class: "ax-walked" });
  }
  if (chosen !== null) {
    const [cx, cy] = at(...from);
    svg("circle", map.marks, { cx, cy, r: 8, class: "ax-here" });
  }
  if (placed) {
    const [x, y] = at(...placed);
    svg("path", map.marks, { d: `M${x} ${y - 11}l11 11-11 11-11-11z`, class: "ax-here" });
    svg("text", map.marks, { x, y: y - 16, class: "ax-yours" }).textContent = "your picture";
  }
}

// A line through the works of a path, with their numbers.
function drawPath(map, places) {
  if (!places.length) return;
  const points = places.map((place) => place.join()).join(" ");
  svg("polyline", map.marks, { points, class: "ax-path" });
  svg("polyline", map.marks, { points, class: "ax-path ax-inner" });
  places.forEach(([cx, cy], number) => {
    svg("circle", map.marks, { cx, cy, r: 9, class: "ax-stop" });
    svg("text", map.marks, { x: cx, y: cy + 4, class: "ax-number" }).textContent = number + 1;
  });
}

// ---- tooltip

function showTip(map, row, event) {
  map.pointed = { row, event };
  if (map.texts.has(row)) return writeTip(map);
  map.tip.classList.remove("ax-shown");
  if (map.fetching) return; // one request at a time; the last work pointed at is next
  map.fetching = true;
  fetchTexts(map, [row]).catch(() => null).finally(() => {
    map.fetching = false;
    if (!map.pointed) return;
    if (map.texts.has(map.pointed.row)) writeTip(map);
    else if (map.pointed.row !== row) showTip(map, map.pointed.row, map.pointed.event);
  });
}

function writeTip(map) {
  const { row, event } = map.pointed;
  const text = map.texts.get(row);
  if (map.tipText !== text) {
    map.tipText = text;
    map.tip.replaceChildren();
    const image = element("img", "", map.tip, { src: map.data.pictures_url + text.thumb, alt: "" });
    image.onerror = () => image.remove();
    element("div", "", map.tip, { text: text.label });
  }
  placeTip(map, event);
}

function placeTip(map, event) {
  map.tip.classList.add("ax-shown");
  const { offsetWidth: width, offsetHeight: height } = map.tip;
  const left = event.clientX + 18 + width > window.innerWidth ? event.clientX - width - 14 : event.clientX + 18;
  const top = Math.min(event.clientY + 14, window.innerHeight - height - 8);
  map.tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
}

function hideTip(map) {
  map.pointed = null;
  map.tip.classList.remove("ax-shown");
}

// ---- pictures on the map

function togglePictures(map, show) {
  map.showPictures = show;
  choosePictures(map);
}

// Shows at most one picture per cell of the frame: of the point nearest to the cell's centre. Unless switched
// in the toolbar, pictures show on small maps, and when few points are in view.
async function choosePictures(map) {
  if (!map.places) return;
  const { chosen, neighbours } = map.data;
  const { width, height } = map.size;
  const columns = Math.ceil(width / CELL);
  const best = new Map(); // cell → the point nearest to its centre
  let inView = 0;
  const scale = pixelsPerUnit(map.view, map.size), [left, top] = unproject(map, 0, 0);
  const [right, bottom] = unproject(map, width, height);
  if (map.showPictures !== false) visitPart(map, [left, right], [bottom, top], (row) => {
    const x = ((map.places[2 * row] / 65_535) * 2 * REACH - REACH - left) * scale;
    const y = (top - (map.places[2 * row + 1] / 65_535) * 2 * REACH + REACH) * scale;
    if (x < 0 || y < 0 || x > width || y > height) return;
    inView++;
    const column = Math.floor(x / CELL), line = Math.floor(y / CELL), cell = line * columns + column;
    const distance = (x - (column + 0.5) * CELL) ** 2 + (y - (line + 0.5) * CELL) ** 2;
    const nearest = best.get(cell);
    if (!nearest) best.set(cell, { row, distance });
    else if (distance < nearest.distance) [nearest.row, nearest.distance] = [row, distance];
  });
  const show = map.showPictures ?? (map.count <= SMALL || inView <= FEW);
  map.pictureTool.setAttribute("aria-pressed", show);
  map.layer.hidden = !show;
  const choice = (map.choice = {}); // a later choice may replace this while it waits for texts
  const first = [chosen, ...neighbours].filter((row) => row !== null); // always shown, and on top
  const cells = [...best.values()].map(({ row }) => row).filter((row) => !first.includes(row));
  const rows = show ? [...cells, ...first.reverse()] : [];
  try {
    if (rows.length) await fetchTexts(map, rows);
  } catch { /* the map works without pictures; the next view fetches again */ }
  if (map.choice !== choice) return;
  const images = new Map(map.pictures.map(({ row, image }) => [row, image]));
  map.pictures = rows.filter((row) => map.texts.has(row)).map((row) => {
    const image = images.get(row) ?? pictureOf(map, row);
    image.className = row === chosen ? "ax-chosen" : neighbours.includes(row) ? "ax-neighbour" : "";
    return { row, image };
  });
  map.layer.replaceChildren(...map.pictures.map(({ image }) => image));
  movePictures(map);
}

function pictureOf(map, row) {
  const image = element("img", "", null, { src: map.data.pictures_url + map.texts.get(row).thumb, alt: "", loading: "lazy" });
  image.onerror = () => image.remove();
  return image;
}

function movePictures(map) {
  for (const { row, image } of map.pictures) {
    const [x, y] = project(map, ...placeOf(map, row));
    image.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
  }
}

function pictureAt(map, x, y) {
  let nearest; // if pictures overlap, the picture whose centre is nearest
  for (const picture of map.pictures) {
    const box = picture.image.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
    const distance = Math.hypot(x - (box.left + box.right) / 2, y - (box.top + box.bottom) / 2);
    if (!nearest || distance < nearest.distance) nearest = { row: picture.row, distance };
  }
  return nearest;
}

// ---- legend

function yearText(year) {
  return year < 0 ? `${Math.round(-year)} BC` : `${Math.round(year)}`;
}

function drawLegend(map) {
  const { colouring, legend_clicks: clickable } = map.data;
  const content = JSON.stringify(colouring);
  if (map.legendContent === content) return; // keeps the keyboard focus
  map.legendContent = content;
  map.legend.replaceChildren();
  if ("low" in colouring) {
    const scale = element("div", "ax-scale", map.legend);
    element("span", "", scale, { text: `${colouring.title} ${yearText(colouring.low)}` });
    element("span", "ax-gradient", scale).style.background = `linear-gradient(90deg, ${VIRIDIS.join()})`;
    element("span", "", scale, { text: yearText(colouring.high) });
    return;
  }
  colouring.labels.forEach((label, code) => {
    const chip = element(clickable ? "button" : "span", "ax-chip", map.legend, clickable ? { type: "button", title: `Filter by ${label}` } : {});
    fillChip(chip, label, colouring.colours[code], colouring.counts[code]);
    if (clickable) chip.onclick = () => map.send("legend", code);
  });
  if (colouring.missing) fillChip(element("span", "ax-chip", map.legend), "Not recorded", NOT_RECORDED, colouring.missing);
}

function fillChip(chip, label, colour, count) {
  element("span", "ax-dot", chip).style.background = colour;
  element("span", "", chip, { text: label });
  element("span", "ax-count", chip, { text: count.toLocaleString("en") });
}
