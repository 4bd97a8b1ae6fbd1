// Works that are marked as right or wrong. A change is sent again with the next one until the server has it.

const MARK_ICONS = {
  right: "M9 16.200 4.800 12l-1.400 1.400L9 19 21 7l-1.400-1.400z",
  wrong: "M6.400 5 12 10.600 17.600 5 19 6.400 13.400 12 19 17.600 17.600 19 12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
};
const MARK_TITLES = { right: "Right: more like this (Y)", wrong: "Wrong: not like this (N)" };
const MARK_KEYS = { y: "right", n: "wrong" };

const STORED = "artextract-marks";
let restored = false; // once a page: a reload begins a new session, which knows no marks

const stored = () => JSON.parse(sessionStorage.getItem(STORED) ?? "[]");

// The marks of a grid. `shown` is called after a change.
function makeMarks(shown) {
  const pending = new Map(); // work → mark that the server may not have yet; "" without a mark
  let known = new Map();
  let send = null;
  const of = (work) => pending.get(work) ?? known.get(work) ?? "";
  const set = (works, mark) => {
    for (const work of works) pending.set(work, mark);
    sessionStorage.setItem(STORED, JSON.stringify([...new Map([...known, ...pending])].filter(([, given]) => given)));
    shown();
    send(Object.fromEntries(pending));
  };
  return {
    of,
    set,
    // Marks works, or removes the mark if all of them have it.
    toggle: (works, mark) => set(works, works.every((work) => of(work) === mark) ? "" : mark),
    having: (mark) => [...new Set([...known.keys(), ...pending.keys()])].filter((work) => of(work) === mark),
    update(marks, sendChanges) {
      [known, send] = [new Map(Object.entries(marks)), sendChanges];
      const forgotten = restored ? [] : stored().filter(([work]) => !known.has(work));
      restored = true;
      for (const [work, mark] of forgotten) set([work], mark);
      for (const [work, mark] of pending) if ((known.get(work) ?? "") === mark) pending.delete(work);
      shown();
    },
  };
}

function markButtons(parent, work, name, marks) {
  for (const [mark, title] of Object.entries(MARK_TITLES)) {
    const attributes = { title, "aria-label": `${title}: ${name}`, "data-action": mark };
    iconButton(parent, "ax-mark", MARK_ICONS[mark], attributes).onclick = () => marks.toggle([work], mark);
  }
}

function showMarks(cards, marks) {
  for (const card of cards) {
    const mark = card.dataset.key ? marks.of(card.dataset.key) : "";
    card.dataset.mark = mark;
    for (const button of card.querySelectorAll(".ax-mark")) {
      button.setAttribute("aria-pressed", String(button.dataset.action === mark));
    }
  }
}

// What can be done with a collection's marked works, above the cards.
function drawMarksBar(bar, marks, collection, data, send) {
  const [right, wrong] = ["right", "wrong"].map((mark) => marks.having(mark).filter((work) => work.startsWith(`${collection}\n`)));
  bar.hidden = !right.length && !wrong.length;
  const focused = bar.contains(document.activeElement) ? document.activeElement.textContent : "";
  bar.replaceChildren();
  element("span", "", bar, { text: `${right.length} right, ${wrong.length} wrong`, role: "status" });
  const button = (text, act) => (element("button", "", bar, { type: "button", text }).onclick = act);
  if (right.length && data.more) button("Show more like these", () => send("more", collection));
  if (right.length && data.in_tray) button("Add the right ones to the tray", () => addToTray(right, data));
  button("Clear marks", () => marks.set([...right, ...wrong], ""));
  [...bar.querySelectorAll("button")].find((other) => other.textContent === focused)?.focus();
}

// Adds works, which may be of several collections, to the tray.
async function addToTray(keys, { url, page }) {
  for (const [collection, works] of byCollection(keys)) {
    const { tray, error } = await trays().send(url, { change: { do: "add", collection, works } });
    showTrayMessage(error || trayWords(false, works.length, tray), tray ? page : "");
    if (tray) for (const key of keys) document.querySelectorAll(`[data-tray="${CSS.escape(key)}"]`).forEach((twin) => twin.axShow(true));
  }
}

function byCollection(keys) {
  const found = new Map();
  for (const [collection, work] of keys.map((key) => key.split("\n"))) {
    found.set(collection, [...(found.get(collection) ?? []), work]);
  }
  return found;
}
