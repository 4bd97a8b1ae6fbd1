// Moving, selecting and marking in a wall, and the line above its works.

// Tab reaches one card of the wall: the current one, or the first in view.
function showCurrent(wall) {
  const current = wall.cells.get(wall.rows[wall.at]) ?? wall.cells.values().next().value;
  for (const cell of wall.cells.values()) {
    for (const button of cell.querySelectorAll("button")) button.tabIndex = cell === current ? 0 : -1;
  }
}

function moveTo(wall, place) {
  const { layout, scroller } = wall;
  const line = lastUpTo(layout.firsts, place);
  const [top, bottom] = [layout.tops[line], layout.tops[line + 1]];
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
  wall.at = place;
  drawInView(wall);
  const cell = wall.cells.get(wall.rows[place]);
  (cell.querySelector(".ax-picture") ?? cell).focus({ preventScroll: true });
}

function onWallKey(wall, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const next = placeByKey(wall.layout, wall.proportions, wall.at, event.key, wall.scroller.clientHeight);
  const mark = MARK_KEYS[event.key.toLowerCase()];
  if (next !== undefined) {
    if (event.shiftKey) select(wall, wall.anchor, next);
    else wall.anchor = next;
    moveTo(wall, next);
  } else if (event.key === " " && event.target.classList.contains("ax-picture")) toggleSelected(wall, wall.at);
  else if (event.key === "+") addChosenToTray(wall);
  else if (mark) markChosen(wall, mark);
  else if (event.key === "Escape" && wall.selected.size) clearSelection(wall);
  else return;
  event.preventDefault();
}

// A click with Ctrl or Shift selects, any other one enlarges the picture.
function onWallClick(wall, event) {
  const cell = event.target.closest(".ax-card");
  if (!cell || !event.target.closest(".ax-picture") || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  event.stopPropagation();
  const place = Number(cell.dataset.place);
  if (event.shiftKey) select(wall, wall.anchor, place);
  else toggleSelected(wall, place);
}

function toggleSelected(wall, place) {
  const row = wall.rows[place];
  wall.anchor = place;
  if (!wall.selected.delete(row)) wall.selected.add(row);
  showSelection(wall);
}

function select(wall, from, to) {
  for (let place = Math.min(from, to); place <= Math.max(from, to); place++) wall.selected.add(wall.rows[place]);
  showSelection(wall);
}

function clearSelection(wall) {
  wall.selected.clear();
  showSelection(wall);
}

// Calls `act` with the selected works or the current one. A range may reach beyond the works whose texts are known.
async function onChosen(wall, act) {
  const rows = wall.selected.size ? [...wall.selected] : [wall.rows[wall.at]];
  const missing = rows.filter((row) => !wall.texts.has(row));
  while (missing.length) await fetchTexts(wall, missing.splice(0, MOST_TEXTS));
  act(rows.map((row) => `${wall.data.collection}\n${wall.texts.get(row).id}`));
}

const markChosen = (wall, mark) => onChosen(wall, (works) => wall.marks.toggle(works, mark));
const addChosenToTray = (wall) => onChosen(wall, (works) => addToTray(works, wall.data));

// ---- the line above the works

function drawTools(wall) {
  const tools = element("div", "ax-tools", wall.root);
  wall.status = element("span", "", tools, { role: "status" });
  const act = (text, does) => {
    const made = element("button", "", tools, { type: "button", text });
    made.onclick = does;
    return made;
  };
  wall.selecting = [
    act("Add to tray (+)", () => addChosenToTray(wall)),
    act("Right (Y)", () => markChosen(wall, "right")),
    act("Wrong (N)", () => markChosen(wall, "wrong")),
    act("Clear", () => clearSelection(wall)),
  ];
  const label = element("label", "ax-size", tools);
  element("span", "", label, { text: "Size" });
  const { least, most, usual } = SIZES;
  wall.size = Number(localStorage.getItem("artextract-size")) || usual;
  const slider = element("input", "", label, { type: "range", min: least, max: most, step: 10, value: wall.size });
  slider.oninput = () => {
    wall.size = Number(slider.value);
    localStorage.setItem("artextract-size", slider.value);
    layOut(wall);
  };
}

function showSelection(wall) {
  const { selected, rows, cells } = wall;
  const works = (count) => `${count.toLocaleString("en")} work${count === 1 ? "" : "s"}`;
  wall.status.textContent = selected.size ? `${works(selected.size)} selected` : works(rows.length);
  wall.selecting.forEach((button, number) => (button.hidden = !selected.size || (number === 0 && !wall.data.in_tray)));
  for (const [row, cell] of cells) cell.classList.toggle("ax-selected", selected.has(row));
}
