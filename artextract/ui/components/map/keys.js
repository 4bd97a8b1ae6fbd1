// The map by keyboard. Follows map.js in the same module.

const KEYS = [
  ["← ↑ → ↓", "Go to the nearest work in that direction"], ["Enter", "Open the work; press again to go to its details"], ["Esc", "Close the open work"],
  ["+ −", "Zoom in, zoom out"], ["0", "Show the whole map"], ["/", "Search"],
  ["F", "Enter or leave full screen"], ["?", "Show or hide these keys"],
];
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function listenToKeys(map) {
  const { frame } = map;
  frame.tabIndex = 0;
  frame.setAttribute("role", "application"); // screen readers pass the arrow keys to the map
  map.said = element("div", "ax-said", map.root, { "aria-live": "polite" });
  map.keys = element("dl", "ax-keys", frame, { "data-testid": "map-keys" });
  map.keys.hidden = true;
  for (const [key, what] of KEYS) {
    element("dt", "", map.keys, { text: key });
    element("dd", "", map.keys, { text: what });
  }
  frame.addEventListener("keydown", (event) => {
    if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key in WAYS) walk(map, ...WAYS[key]);
    else if (key === "Enter" && (map.walked ?? map.data.chosen) === map.data.chosen) panelOf(map)?.focus();
    else if (key === "Enter") map.send("click", map.walked);
    else if (key === "Escape" && !map.keys.hidden) map.keys.hidden = true;
    else if (key === "Escape" && map.full) setFull(map, false);
    else if (key === "Escape") map.send("close", true);
    else if (key === "+" || key === "=") zoom(map, 1 / 0.6);
    else if (key === "-") zoom(map, 0.6);
    else if (key === "0") wholeView(map);
    else if (key === "f" || key === "F") setFull(map, !map.full);
    else if (key === "?") { hideTip(map); map.keys.hidden = !map.keys.hidden; }
    else if (key === "/") document.querySelector(".st-key-search input")?.focus();
    else return;
    event.preventDefault();
  });
  frame.addEventListener("blur", () => { map.walked = undefined; hideTip(map); redraw(map); });
}

// Goes to the nearest work within 45° of a direction, from the current or open work. Without one, goes to
// the work nearest to the centre of the view.
function walk(map, across, up) {
  if (!map.places) return;
  const from = map.walked ?? map.data.chosen;
  const [x, y] = from === null ? [map.view.x, map.view.y] : placeOf(map, from);
  let nearest, least = Infinity;
  visitPart(map, [-REACH, REACH], [-REACH, REACH], (row) => {
    const [px, py] = placeOf(map, row);
    const along = (px - x) * across + (py - y) * up, aside = Math.abs((px - x) * up) + Math.abs((py - y) * across);
    if (from !== null && (row === from || along <= 0 || aside > along)) return;
    const away = along * along + 4 * aside * aside; // prefers works straight ahead to near ones
    if (away < least) [nearest, least] = [row, away];
  });
  if (nearest === undefined) return;
  map.walked = nearest;
  bringIntoView(map, [nearest], 20);
  redraw(map);
  const [left, top] = project(map, ...placeOf(map, nearest)), box = map.frame.getBoundingClientRect();
  showTip(map, nearest, { clientX: box.left + left, clientY: box.top + top });
  fetchTexts(map, [nearest]).then(() => { map.said.textContent = map.texts.get(nearest).label; }).catch(() => null);
}
