// The pictures of a page that open in the lightbox, and the list that each one belongs to. A picture of a work has the
// class `ax-look` and its collection and work as `data-key`; a similar work also has that of the query, `data-query`.

const keyOf = (collection, work) => `${collection}\n${work}`;

function looks(within = document) {
  return [...within.querySelectorAll(".ax-look:enabled")];
}

// The pictures to walk through from `picture`, and whether the first is the one that the others are compared with.
function listOf(picture, all, inGrid) {
  const query = picture.dataset.query ?? picture.dataset.key;
  const similar = (inGrid.length ? inGrid : all).filter((other) => query && other.dataset.query === query);
  if (!similar.length) return { list: inGrid.length ? inGrid : [picture], compared: false };
  const first = picture.dataset.query ? all.find((other) => other.dataset.key === query) : picture;
  const list = [first, ...similar].filter(Boolean);
  return { list, compared: Boolean(first) };
}

// What the lightbox keeps of a picture: the page may be drawn again while it is open.
function entryOf(picture) {
  const image = picture.querySelector("img") ?? picture;
  const [collection, work] = (picture.dataset.key ?? "").split("\n");
  const whole = work === undefined || /\/(thumb|view)\//.test(image.src); // not a face cut out of the work's picture
  return { key: picture.dataset.key ?? "", collection, work, image, first: whole ? image.src : "", alt: image.alt };
}

// What the server says of a work (`_work` in server/routes.py), asked once; of a picture without a work its own size.
function detailsOf(entry, url) {
  entry.details ??= Promise.resolve(entry.ready) // until then the list of a wall (grid/wall.js) does not know the work
    .then(() => (entry.work === undefined ? ofImage(entry) : ask(entry, url)))
    .catch(() => ofImage(entry));
  return entry.details;
}

function ofImage({ image, alt }) {
  const level = { url: image.src, width: image.naturalWidth || 1, height: image.naturalHeight || 1 };
  return { title: alt, made: "", number: "", licence: "", credit: "", page: "", facts: [], levels: [level], iiif: null };
}

async function ask({ collection, work }, url) {
  const answer = await fetch(`${url}?${new URLSearchParams({ collection, work })}`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}
