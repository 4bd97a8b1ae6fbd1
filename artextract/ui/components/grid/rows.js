// The rows of a wall: pictures of the same height in their true proportions, side by side, as wide as the wall.

const GAP = 8, CAPTION = 22; // pixels

// Width / height, at most 16 : 1, from a code of `shapes_of` in server/arrays.py.
function proportionOf(code) {
  const share = Math.max(15, Math.min(240, code));
  return share / (255 - share);
}

// `firsts`: the first picture of each row, then the number of pictures. `tops`: the top of each row, then
// the height of the wall. A row ends where its height is nearest to the one asked for.
function rowsOf(proportions, width, height) {
  const firsts = [0], heights = [];
  let sum = 0;
  const heightOf = (count, total) => Math.max(1, (width - GAP * (count - 1)) / total);
  const end = (place, value) => {
    heights.push(value);
    firsts.push(place);
  };
  for (let place = 0; place < proportions.length; place++) {
    const count = place - firsts.at(-1);
    const [without, withIt] = [heightOf(count, sum || 1e-9), heightOf(count + 1, sum + proportions[place])];
    sum += proportions[place];
    if (withIt > height) continue;
    if (count && height / withIt > without / height) {
      end(place, without);
      sum = proportions[place];
      if (heightOf(1, sum) > height) continue;
      end(place + 1, heightOf(1, sum));
    } else end(place + 1, withIt);
    sum = 0;
  }
  if (firsts.at(-1) < proportions.length) end(proportions.length, Math.min(height, heightOf(1, sum))); // not as wide as the wall
  const tops = [0];
  for (const value of heights) tops.push(tops.at(-1) + value + CAPTION + GAP);
  return { firsts, heights, tops };
}

// The last place in rising numbers with a number of at most `value`, at least 0 and before the last number.
function lastUpTo(numbers, value) {
  let [low, high] = [0, numbers.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

// The left edge and the width of each picture of a row.
function placesInRow(rows, proportions, row) {
  let left = 0;
  const places = [];
  for (let place = rows.firsts[row]; place < rows.firsts[row + 1]; place++) {
    const width = proportions[place] * rows.heights[row];
    places.push({ left, width });
    left += width + GAP;
  }
  return places;
}

// The picture that an arrow or a similar key leads to from the one at `at`; `visible` is the height in view.
function placeByKey(rows, proportions, at, key, visible) {
  const last = proportions.length - 1;
  const row = lastUpTo(rows.firsts, at);
  const inRow = (other) => {
    const target = Math.max(0, Math.min(rows.heights.length - 1, other));
    if (target === row) return other < row ? 0 : other > row ? last : at;
    const { left, width } = placesInRow(rows, proportions, row)[at - rows.firsts[row]];
    const middle = left + width / 2;
    const places = placesInRow(rows, proportions, target);
    const next = places.findIndex((place) => place.left + place.width + GAP / 2 > middle);
    return rows.firsts[target] + (next < 0 ? places.length - 1 : next);
  };
  const page = Math.max(1, Math.floor(visible / (rows.tops[row + 1] - rows.tops[row])));
  const leads = {
    ArrowLeft: () => Math.max(0, at - 1), ArrowRight: () => Math.min(last, at + 1),
    ArrowUp: () => inRow(row - 1), ArrowDown: () => inRow(row + 1),
    PageUp: () => inRow(row - page), PageDown: () => inRow(row + page), Home: () => 0, End: () => last,
  };
  return leads[key]?.();
}
