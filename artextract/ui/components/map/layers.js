// Marks, tooltip and legend of the map. Follows map.js in the same module.

// ---- marks over the pictures: a placed picture, a path

function drawMarks(map) {
  const { placed, path } = map.data;
  map.marks.replaceChildren();
  drawPath(map, path.map((row) => project(map, ...placeOf(map, row))));
  if (path.length || !placed) return;
  const [x, y] = project(map, ...placed);
  svg("path", map.marks, { d: `M${x} ${y - 11}l11 11-11 11-11-11z`, class: "ax-here" });
  svg("text", map.marks, { x, y: y - 16, class: "ax-yours" }).textContent = "your picture";
}

// A line through the works of a path, with their numbers.
function drawPath(map, places) {
  if (!places.length) return;
  const points = places.map((place) => place.join()).join(" ");
  svg("polyline", map.marks, { points, class: "ax-path" });
  svg("polyline", map.marks, { points, class: "ax-path ax-inner" });
  places.forEach(([cx, cy], number) => {
    svg("circle", map.marks, { cx, cy, r: 9, class: "ax-stop" });
    svg("text", map.marks, { x: cx, y: cy + 4, class: "ax-stop-number" }).textContent = number + 1;
  });
}

// ---- tooltip

const LARGE = 140; // px: a picture on the map that the tooltip need not show

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
    if (!map.shown.some((picture) => picture.row === row && picture.bottom - picture.top > LARGE)) {
      const image = element("img", "", map.tip, { src: `${map.data.pictures_url}thumb/${text.thumb}`, alt: "" });
      image.onerror = () => image.remove();
    }
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
  chip.classList.toggle("ax-none", !count);
  element("span", "ax-dot", chip).style.background = colour;
  element("span", "", chip, { text: label });
  element("span", "ax-count", chip, { text: count.toLocaleString("en") });
}
