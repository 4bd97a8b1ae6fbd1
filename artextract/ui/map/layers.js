// What lies over and below the gallery's map. Follows map.js and data.js in the same module.

// ---- marks: the chosen work, its neighbours, a placed picture

function drawMarks(map) {
  if (!map.plot._fullLayout) return;
  const { chosen, neighbours, placed } = map.data;
  const [xaxis, yaxis] = axes(map);
  const at = (x, y) => [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)];
  const from = chosen === null ? placed : [map.x[chosen], map.y[chosen]];
  map.marks.replaceChildren();
  map.marks.style.zIndex = placed ? 2 : 0; // a picture on the map is outlined instead of marked
  for (const row of neighbours) {
    const [cx, cy] = at(map.x[row], map.y[row]);
    if (from) {
      const [x1, y1] = at(...from);
      svg("line", map.marks, { x1, y1, x2: cx, y2: cy, class: "ax-spoke" });
    }
    svg("circle", map.marks, { cx, cy, r: 7, class: "ax-near" });
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

// ---- texts and tooltip

function fetchTexts(map) {
  const url = map.data.texts_url;
  if (map.textsUrl === url) return;
  map.textsUrl = url;
  fetch(url).then((answer) => (answer.ok ? answer.json() : null)).then((texts) => {
    if (map.textsUrl !== url || !texts) return;
    map.texts = texts;
    map.root.dataset.texts = "true";
    choosePictures(map);
  }).catch(() => { map.textsUrl = undefined; }); // the map works without; the next rerun asks again
}

function showTip(map, row, event) {
  if (!map.texts || row === undefined) return;
  if (map.tipRow !== row) {
    map.tipRow = row;
    map.tip.replaceChildren();
    const image = element("img", "", map.tip, { src: map.data.pictures_url + map.texts.thumb[row], alt: "" });
    image.onerror = () => image.remove();
    element("div", "", map.tip).textContent = map.texts.label[row];
  }
  map.tip.classList.add("ax-shown");
  const { offsetWidth: width, offsetHeight: height } = map.tip;
  const left = event.clientX + 18 + width > window.innerWidth ? event.clientX - width - 14 : event.clientX + 18;
  const top = Math.min(event.clientY + 14, window.innerHeight - height - 8);
  map.tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
}

function hideTip(map) {
  map.tip.classList.remove("ax-shown");
}

// ---- pictures on the map

function togglePictures(map, show) {
  map.showPictures = show;
  map.pictureTool.setAttribute("aria-pressed", show);
  choosePictures(map);
}

function choosePictures(map) {
  if (!map.plot._fullLayout) return;
  map.layer.hidden = !map.showPictures;
  map.pictures = [];
  if (!map.showPictures || !map.texts) return map.layer.replaceChildren();
  const [xaxis, yaxis] = axes(map);
  const best = new Map(); // cell → the point nearest to its middle
  for (let row = 0; row < map.x.length; row++) {
    if (!map.on[row]) continue;
    const x = xaxis.l2p(map.x[row]), y = yaxis.l2p(map.y[row]);
    if (x < 0 || y < 0 || x > xaxis._length || y > yaxis._length) continue;
    const column = Math.floor(x / CELL), line = Math.floor(y / CELL);
    const distance = Math.hypot(x - (column + 0.5) * CELL, y - (line + 0.5) * CELL);
    const cell = `${column},${line}`;
    if (distance < (best.get(cell)?.distance ?? Infinity)) best.set(cell, { row, distance });
  }
  const { chosen, neighbours } = map.data;
  const first = [chosen, ...neighbours].filter((row) => row !== null); // always shown, and on top
  const cells = [...best.values()].map(({ row }) => row).filter((row) => !first.includes(row));
  map.layer.replaceChildren();
  for (const row of [...cells, ...first.reverse()]) {
    const image = element("img", "", map.layer, { src: map.data.pictures_url + map.texts.thumb[row], alt: "", loading: "lazy" });
    image.onerror = () => image.remove();
    image.className = row === chosen ? "ax-chosen" : first.includes(row) ? "ax-neighbour" : "";
    map.pictures.push({ row, image });
  }
  movePictures(map);
}

function movePictures(map) {
  if (!map.pictures.length) return;
  const [xaxis, yaxis] = axes(map);
  for (const { row, image } of map.pictures)
    image.style.transform = `translate(${xaxis.l2p(map.x[row])}px, ${yaxis.l2p(map.y[row])}px) translate(-50%, -50%)`;
}

function pictureAt(map, x, y) {
  let nearest; // where pictures overlap, the one whose middle is nearest
  for (const picture of map.pictures) {
    const box = picture.image.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
    const distance = Math.hypot(x - (box.left + box.right) / 2, y - (box.top + box.bottom) / 2);
    if (!nearest || distance < nearest.distance) nearest = { row: picture.row, distance };
  }
  return nearest;
}

// ---- legend

function drawLegend(map) {
  const { colouring, legend_clicks: clickable } = map.data;
  const content = JSON.stringify(colouring);
  if (map.legendContent === content) return; // keeps the keyboard's place
  map.legendContent = content;
  map.legend.replaceChildren();
  if ("low" in colouring) {
    const scale = element("div", "ax-scale", map.legend);
    element("span", "", scale).textContent = `${colouring.title} ${Math.round(colouring.low)}`;
    element("span", "ax-gradient", scale);
    element("span", "", scale).textContent = Math.round(colouring.high);
    return;
  }
  colouring.labels.forEach((label, code) => {
    const chip = element(clickable ? "button" : "span", "ax-chip", map.legend, clickable ? { type: "button", title: `Filter by ${label}` } : {});
    element("span", "ax-dot", chip).style.background = colouring.colours[code];
    element("span", "", chip).textContent = label;
    element("span", "ax-count", chip).textContent = colouring.counts[code].toLocaleString("en");
    if (clickable) chip.onclick = () => map.send("legend", code);
  });
  if (colouring.missing) {
    const chip = element("span", "ax-chip", map.legend);
    element("span", "ax-dot", chip).style.background = NOT_RECORDED;
    element("span", "", chip).textContent = "Not recorded";
    element("span", "ax-count", chip).textContent = colouring.missing.toLocaleString("en");
  }
}
