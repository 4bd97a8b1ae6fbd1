// Draws the map: dots, and as many works as pictures as have room. Follows map.js in the same module.

const CHOSEN = 1.5; // side of the open work's picture in sides of the others
const CELL_PROPORTIONS = 1.6; // height of a cell in its width, on a map's axes: `PROPORTIONS` in maps/grid.py
const OBLONG = 1.2; // most that a cell is longer than wide, or wider than long
const FEW = 5000; // rows of the levels that are looked through faster than a part of the map
const DOT = [0.65, 10], SMALL_DOT = [0.4, 6]; // diameter of a dot, without and beside pictures: in mean distances of
// the works when the whole map is shown, and the largest in pixels

// What the pictures depend on changes with the works that pass the filters, their places and the size of the frame.
function planWall(map) {
  const { codes, size } = map;
  if (!map.places) return;
  const places = map.journey?.to ?? map.places;
  const passing = codes.reduce((sum, code) => sum + (code !== OFF), 0);
  map.plan = planOf(size, passing);
  map.unit = unitsOf(size, map.plan.size / 2 + 8);
  const { cell } = map.data;
  if (cell) { // cells stay nearly square on a phone, so that no gaps open between the rows
    const [x, y] = map.unit;
    map.unit = [Math.min(x, OBLONG * CELL_PROPORTIONS * y), Math.min(y, OBLONG * x / CELL_PROPORTIONS)];
    map.plan = planOf(size, passing, cell * Math.min(map.unit[0], CELL_PROPORTIONS * map.unit[1]));
  }
  map.levels = startLevels(places, codes, map.unit, map.plan);
}

function drawWall(map) {
  const { canvas, pen, size: { width, height }, view, dots } = map;
  const dense = Math.min(2, window.devicePixelRatio || 1);
  const [wide, high] = [width, height].map((side) => Math.max(1, Math.round(side * dense)));
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const [share, largest] = map.showPictures ? SMALL_DOT : DOT;
  const diameter = dotSize(share * Math.sqrt((width * height) / dots.total), view.zoom, largest);
  paintDots(dots, map.places, view, scaleOf(map), map.size, diameter, map.moving);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.drawImage(dots.canvas, 0, 0, wide, high);
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  drawLines(map);
  map.shown = [];
  if (map.showPictures) drawPictures(map, dense);
  drawRings(map);
}

function drawPictures(map, dense) {
  const { view, data: { chosen, neighbours, path } } = map;
  beginFrame(map);
  const side = pictureSide(map.plan, view.zoom);
  const marked = apartFrom(map, [chosen, map.walked, ...path].filter(Number.isInteger), neighbours, side);
  for (const row of rowsInView(map, side)) if (!marked.includes(row)) drawPicture(map, row, side, dense);
  for (const row of marked.toReversed()) {
    const mark = row === chosen || row === map.walked ? "accent" : "text";
    drawPicture(map, row, row === chosen ? Math.max(CHOSEN * side, 76) : side, dense, mark);
  }
  loadSoon(map);
}

// The rows that are always pictures, and after them those of `others` whose pictures cover none of these.
function apartFrom(map, always, others, side) {
  const rows = [...new Set(always)], at = (row) => project(map, ...placeOf(map, row));
  for (const row of others) {
    const [x, y] = at(row);
    const covered = rows.some((other) => {
      const [px, py] = at(other), least = (other === map.data.chosen ? (1 + CHOSEN) / 2 : 1) * side;
      return Math.abs(px - x) < least && Math.abs(py - y) < least;
    });
    if (!covered) rows.push(row);
  }
  return rows;
}

function drawLines(map) {
  const { pen, colours, data: { chosen, neighbours, placed, path } } = map;
  const from = chosen === null ? placed : placeOf(map, chosen);
  if (!from || path.length) return;
  pen.strokeStyle = colours.text;
  pen.lineWidth = 1;
  for (const row of neighbours) {
    pen.beginPath();
    pen.moveTo(...project(map, ...from));
    pen.lineTo(...project(map, ...placeOf(map, row)));
    pen.stroke();
  }
}

// Rings around the works that matter and are no pictures now.
function drawRings(map) {
  const { pen, colours, data: { chosen, neighbours, path } } = map, seen = new Set(map.shown.map(({ row }) => row));
  const draw = (row, colour, radius, width) => {
    if (!Number.isInteger(row) || seen.has(row)) return;
    const at = project(map, ...placeOf(map, row));
    pen.strokeStyle = colour;
    if (pictureAt(map, ...at)?.row !== chosen) ring(pen, at, radius, width);
  };
  if (!path.length) for (const row of neighbours) draw(row, colours.text, 7, 2);
  draw(map.walked, colours.accent, 11, 3);
  draw(chosen, colours.accent, 9, 4);
}

function ring(pen, [x, y], radius, width) {
  pen.lineWidth = width;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

// The works in the frame that have room for a picture at this zoom.
function rowsInView(map, side) {
  const { levels, plan, view, size: { width, height } } = map, level = levelAt(plan, view.zoom), rows = [];
  const count = takenAt(levels, level), places = map.places, [sx, sy] = scaleOf(map);
  const look = (row) => {
    const x = Math.abs(places[2 * row] - view.x) * sx, y = Math.abs(places[2 * row + 1] - view.y) * sy;
    if (2 * x < width + side && 2 * y < height + side) rows.push(row);
  };
  if (count < FEW || map.journey) for (let k = 0; k < count; k++) look(levels.rows[k]);
  else {
    const [left, top] = unproject(map, -side / 2, -side / 2), [right, bottom] = unproject(map, width + side / 2, height + side / 2);
    visitPart(map, [left, right], [bottom, top], (row) => levels.of[row] <= level && look(row));
  }
  return rows;
}

// A picture in its proportions, with a rim in the colour of its category, and around it one for what it is: selected,
// near the open work, or open.
function drawPicture(map, row, side, dense, mark = map.selection && hasBit(map.selection, row) ? "accent" : null) {
  const { pen, colours } = map, share = map.shapes[row] / 255, longer = Math.max(share, 1 - share);
  const width = Math.max(2, (side * share) / longer), height = Math.max(2, (side * (1 - share)) / longer);
  const bitmap = pictureOf(map, row, side * dense);
  if (!bitmap) return;
  const [x, y] = project(map, ...placeOf(map, row));
  const left = Math.round((x - width / 2) * dense) / dense, top = Math.round((y - height / 2) * dense) / dense;
  const rim = Math.max(1.5, Math.min(4, side * 0.03)), outer = mark ? rim + 1 : 0;
  if (mark) {
    pen.fillStyle = colours[mark];
    pen.fillRect(left - rim - outer, top - rim - outer, width + 2 * (rim + outer), height + 2 * (rim + outer));
  }
  pen.fillStyle = colours.of[map.codes[row]];
  pen.fillRect(left - rim, top - rim, width + 2 * rim, height + 2 * rim);
  pen.drawImage(bitmap, left, top, width, height);
  map.shown.push({ row, left, top, right: left + width, bottom: top + height });
}

// The uppermost picture at a position in the frame, or undefined.
function pictureAt(map, across, down) {
  return map.shown.findLast(({ left, top, right, bottom }) => across >= left && across <= right && down >= top && down <= bottom);
}

// The work at a position in the frame, or undefined.
function workAt(map, [across, down]) {
  return pictureAt(map, across, down)?.row ?? pointAt(map, across, down);
}
