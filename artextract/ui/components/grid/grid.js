// A grid of works: of given cards, or of any number of works (wall.js).

const ICONS = {
  map: "M12 2a7 7 0 0 1 7 7c0 5-7 13-7 13S5 14 5 9a7 7 0 0 1 7-7zm0 4.500A2.500 2.500 0 1 0 12 11.500 2.500 2.500 0 0 0 12 6.500z",
  compare: "M10 3h2v18h-2v-2H4V5h6zM6 7v10h4V7zm8-2h6v14h-6v-2h4V7h-4z",
  similar: "M3 5h18v2H3zm3 6h12v2H6zm3 6h6v2H9z",
};

export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".ax-grid");
  grid.axDraw ??= data.wall ? makeWall(grid) : makeCards(grid);
  grid.axDraw(data, setTriggerValue);
}

function makeCards(grid) {
  const bar = element("div", "ax-bar");
  let [data, send] = [null, null];
  const marks = makeMarks(() => {
    showMarks(grid.querySelectorAll(".ax-card"), marks);
    const marked = data.cards.find((card) => card.work && marks.of(keyOfCard(card)));
    if (marked) drawMarksBar(bar, marks, marked.work[0], data, send);
    else bar.hidden = true;
  });
  grid.axMark = (work, mark) => marks.toggle([work], mark);
  grid.axNote = (work) => marks.of(work) && `Marked as ${marks.of(work)}`;
  grid.addEventListener("keydown", (event) => {
    const work = event.target.closest(".ax-card")?.dataset.key;
    const mark = MARK_KEYS[event.key.toLowerCase()];
    if (!work || !mark || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    marks.toggle([work], mark);
  });
  return (given, setTriggerValue) => {
    [data, send] = [given, setTriggerValue];
    grid.style.setProperty("--ax-column", `${data.column_width}px`);
    grid.style.setProperty("--ax-aspect", data.aspect);
    const focused = placeOfFocus(grid);
    grid.replaceChildren(bar, ...data.cards.map((card) => drawCard(card, data, send, marks)));
    marks.update(data.marks, (changes) => send("mark", changes));
    if (focused) grid.querySelectorAll(focused.card)[focused.nth]?.querySelector(focused.part)?.focus();
  };
}

const keyOfCard = (card) => card.work.join("\n");

// The focused part of a card, to focus it again after redrawing.
function placeOfFocus(grid) {
  const at = document.activeElement;
  const item = grid.contains(at) ? at.closest(".ax-card") : null;
  if (!item) return null;
  const card = `.ax-card[data-id="${CSS.escape(item.dataset.id)}"]`;
  const part = at.dataset.action ? `[data-action="${at.dataset.action}"]` : `.${at.className.split(" ")[0]}`;
  return { card, part, nth: [...grid.querySelectorAll(card)].indexOf(item) };
}

function drawCard(card, { scores, actions, in_tray, url, page, query, look }, send, marks) {
  const item = element("div", "ax-card", null, { "data-id": card.id, ...(card.work && { "data-key": keyOfCard(card) }) });
  const open = element("button", "ax-open", null, { type: "button", title: card.title });
  open.onclick = () => send("open", card.id);
  const frame = look && card.work ? lookButton(item, keyOfCard(card), query) : element("span", "ax-picture", open);
  item.append(open);
  const alt = card.alternative || [card.title, card.subtitle].filter(Boolean).join(", ");
  const image = element("img", "", frame, { loading: "lazy", alt, src: card.picture_url });
  image.onerror = () => {
    image.replaceWith(document.createTextNode("No picture"));
    frame.disabled = true; // nothing to enlarge
  };
  if (card.badge) element("span", "ax-badge", frame, { text: card.badge });
  element("span", "ax-title", open, { text: card.title });
  if (card.subtitle) element("span", "ax-subtitle", open, { text: card.subtitle });
  if (in_tray && card.work) {
    const [collection, work] = card.work;
    trayButton(item, { collection, works: [work], added: in_tray.includes(keyOfCard(card)), name: card.title }, { url, page });
  }
  for (const line of card.why ?? []) element("p", "ax-why", item, { text: line });
  if (card.why_url) {
    element("img", "ax-why-picture", item, { src: card.why_url, alt: card.why_alt, title: card.why_alt });
  }
  if (card.scores?.length) drawScores(card.scores, scores, item);
  if (actions.length || card.work) drawActions(card, actions, item, send, marks);
  return item;
}

// A picture that opens in the lightbox (`lightbox/pictures.js`).
function lookButton(parent, key, query) {
  const made = element("button", "ax-look ax-picture", parent, { type: "button", title: "Enlarge", "data-key": key });
  if (query) made.dataset.query = query;
  return made;
}

function drawScores(texts, scores, parent) {
  const list = element("dl", "ax-scores", parent);
  scores.forEach((score, number) => {
    const text = texts[number];
    const line = element("div", "", list, { title: text === null ? score.missing : score.hint });
    element("dt", "", line, { text: score.label });
    element("dd", "", line, { text: text === null ? "–" : `${text} ${score.arrow}` });
  });
}

function drawActions(card, actions, parent, send, marks) {
  const bar = element("div", "ax-actions", parent);
  for (const action of actions) {
    const label = `${action.label}: ${card.title}`;
    const attributes = { title: action.label, "aria-label": label, "data-action": action.name };
    iconButton(bar, "", ICONS[action.icon], attributes).onclick = () => send("action", { id: card.id, name: action.name });
  }
  if (card.work) markButtons(bar, keyOfCard(card), card.title, marks);
}
