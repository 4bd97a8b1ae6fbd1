// What a map and a wall fetch from the server: arrays, which are kept, and the texts of works.

const MOST_KEPT = 16;
const kept = new Map(); // address → promise of the bytes; an address is a digest of the content

function bytesOf(url) {
  if (!kept.has(url)) {
    const bytes = fetch(url).then((answer) => {
      if (!answer.ok) throw new Error("The works could not be loaded");
      return answer.arrayBuffer();
    });
    bytes.catch(() => kept.delete(url)); // the next rerun fetches again
    kept.set(url, bytes);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(url);
}

// Adds `{ id, label, thumb }` of the works in `rows` to `texts` (row → text).
async function addTexts(texts, url, rows) {
  const answer = await fetch(`${url}${rows.join(",")}.json`);
  if (!answer.ok) throw new Error(`no texts: ${answer.status}`);
  const { id, label, thumb } = await answer.json();
  rows.forEach((row, k) => texts.set(row, { id: id[k], label: label[k], thumb: thumb[k] }));
}
