// The names of the map's regions, over the plot. Follows map.js in the same module. While the mouse is on a
// name, map.overName is true, and points below the name ignore the mouse.

const DETAIL = [1.7, 4.5]; // zooms at which the next finer level appears
const BETWEEN = 6; // px between two names
const SHIFTS = [0, -1, 1]; // multiples of its height by which a name may move to find room

function showRegions(map) {
  if (map.names === undefined) {
    map.names = [];
    map.nameLayer = element("div", "ax-names", map.frame, { role: "group", "aria-label": "Regions of the map" });
    map.root.addEventListener("ax-view", () => placeNames(map));
    listenToNames(map);
  }
  const url = map.data.regions_url;
  map.nameTool.hidden = !url;
  if (map.regionsUrl === url) return placeNames(map);
  map.regionsUrl = url;
  drawNames(map, []);
  if (!url) return;
  fetch(url).then((answer) => (answer.ok ? answer.json() : [])).then((regions) => {
    if (map.regionsUrl === url) drawNames(map, regions);
  }).catch(() => { map.regionsUrl = undefined; }); // the map works without names; the next rerun fetches again
}

// regions: [{level, x, y, size, name, figures, more: […]}]. A region without a typical term has no name. A group has also
// `axis`: whether its name stays at the edge of the frame.
function drawNames(map, regions) {
  map.nameLayer.replaceChildren();
  map.names = regions.map((region, number) => {
    if (!region.name) return null;
    const label = element("button", "ax-name", map.nameLayer, {
      type: "button", "aria-label": `${region.name}: ${region.figures}`,
    });
    element("span", "", label, { text: region.name });
    label.classList.toggle("ax-group", region.axis !== undefined);
    label.onclick = () => map.send("region", number); // by keyboard; the frame handles the mouse
    return { ...region, number, label };
  }).filter(Boolean).sort((left, right) => right.size - left.size);
  for (const name of map.names) { // one layout for all names
    name.width = name.label.offsetWidth;
    name.height = name.label.offsetHeight;
  }
  map.finest = Math.max(0, ...map.names.map(({ level }) => level));
  map.root.dataset.names = map.names.length;
  placeNames(map);
}

function toggleNames(map, show) {
  map.nameLayer.hidden = !show;
  map.nameTool.setAttribute("aria-pressed", show);
  placeNames(map);
}

// Places the names of the level that suits the zoom, largest regions first, where there is room.
function placeNames(map) {
  const { width, height } = freePart(map); // not under the panel
  map.placed = [];
  if (map.nameLayer.hidden || !map.names.length || !width) return;
  const level = Math.min(map.finest, DETAIL.filter((from) => map.view.zoom >= from).length);
  map.nameLayer.dataset.level = level;
  for (const name of map.names) {
    const box = name.level === level ? room(map, name, width, height) : null;
    name.label.classList.toggle("ax-shown", box !== null);
    if (!box) continue;
    map.placed.push({ name, box });
    name.label.style.transform = `translate(${Math.round(box.left)}px, ${Math.round(box.top)}px)`;
  }
}

function room(map, name, width, height) {
  const [x, y] = project(map, name.x, name.y);
  if (x < 0 || x > width || (!name.axis && (y < 0 || y > height))) return null;
  const within = (value, size, all) => Math.max(2, Math.min(all - size - 2, value - size / 2));
  for (const shift of SHIFTS) {
    const left = within(x, name.width, width), top = within(y + shift * name.height, name.height, height);
    const box = { left, top, right: left + name.width, bottom: top + name.height };
    if (map.placed.every(({ box: other }) => apart(box, other))) return box;
  }
  return null;
}

function apart(first, second) {
  return first.right + BETWEEN <= second.left || second.right + BETWEEN <= first.left
    || first.bottom + BETWEEN / 2 <= second.top || second.bottom + BETWEEN / 2 <= first.top;
}

// Names let drags and wheels through to the map; a plain click selects the region.
function listenToNames(map) {
  const nameAt = (event) => {
    const [x, y] = placeInFrame(map, event);
    return map.placed?.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)?.name;
  };
  map.frame.addEventListener("pointerdown", (down) => {
    const name = nameAt(down);
    map.overName = name !== undefined;
    if (!name) return;
    window.addEventListener("pointerup", (up) => { // of the window, because a drag may end outside the frame
      if (nameAt(up) === name && Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) < 5) map.send("region", name.number);
    }, { once: true });
  }, true);
  map.frame.addEventListener("pointermove", (move) => {
    if (move.buttons) return; // the map is being dragged
    const name = nameAt(move);
    if (name) showFigures(map, name, move);
    else if (map.overName) hideTip(map);
    map.overName = name !== undefined;
    map.frame.classList.toggle("ax-over-name", map.overName);
    for (const each of map.names) each.label.classList.toggle("ax-pointed-at", each === name);
  }, true);
}

function showFigures(map, name, event) {
  map.tip.replaceChildren();
  map.tipText = undefined; // the tooltip of a point is written again
  element("strong", "", map.tip, { text: name.name });
  element("div", "", map.tip, { text: name.figures });
  for (const line of name.more) element("div", "ax-more", map.tip, { text: line });
  placeTip(map, event);
}
