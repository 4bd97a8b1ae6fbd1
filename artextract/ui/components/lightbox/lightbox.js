// A picture over the whole page, to look at closely, with its facts. The arrow keys walk through its list.

const ICONS = {
  close: "M6.400 5 12 10.600 17.600 5 19 6.400 13.400 12 19 17.600 17.600 19 12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
  previous: "M15.400 7.400 14 6l-6 6 6 6 1.400-1.400L10.800 12z",
  next: "M8.600 16.600 10 18l6-6-6-6-1.400 1.400 4.600 4.600z",
  closer: "M19 13h-6v6h-2v-6H5v-2h6V5h2v6h6z",
  farther: "M19 13H5v-2h14z",
  fit: "M5 15H3v4a2 2 0 0 0 2 2h4v-2H5zM5 5h4V3H5a2 2 0 0 0-2 2v4h2zm14-2h-4v2h4v4h2V5a2 2 0 0 0-2-2zm0 16h-4v2h4a2 2 0 0 0 2-2v-4h-2z",
  detail: "M17 15h2V7a2 2 0 0 0-2-2H9v2h8zM7 17V1H5v4H1v2h4v10a2 2 0 0 0 2 2h10v4h2v-4h4v-2z",
  facts: "M11 7h2v2h-2zm0 4h2v6h-2zm1-9a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16z",
  link: "M3.900 12A3.100 3.100 0 0 1 7 8.900h4V7H7a5 5 0 0 0 0 10h4v-1.900H7A3.100 3.100 0 0 1 3.900 12zM8 13h8v-2H8zm9-6h-4v1.900h4a3.100 3.100 0 0 1 0 6.200h-4V17h4a5 5 0 0 0 0-10z",
  one: "M4 4h16v16H4zm2 2v12h12V6z",
  two: "M3 4h8v16H3zm10 0h8v16h-8zM5 6v12h4V6zm10 0v12h4V6z",
  curtain: "M11 2h2v20h-2zM3 5h6v2H5v10h4v2H3zm12 0h6v14h-6z",
};
const MODES = { one: "One picture", two: "Side by side", curtain: "Curtain" };

let factsAreOpen = false; // as they were left

// Opens a picture. `page` has the addresses of the server and the colours of the page.
export function open(picture, page) {
  const grid = picture.closest(".ax-grid, .ax-tray");
  const state = { page, grid, mode: "one", shown: null, compared: false, ...(grid?.axWalk?.(picture) ?? walkFrom(picture, grid)) };
  const { list, compared } = state;
  if (compared && list.length === 2 && !grid) state.mode = "two";
  const box = draw(state);
  document.body.append(box.dialog);
  box.dialog.showModal();
  box.dialog.focus(); // not a button: the first key would press it
  show(box, state);
}

function walkFrom(picture, grid) {
  const { list, compared } = listOf(picture, looks(), grid ? looks(grid) : []);
  return { list: list.map(entryOf), at: list.indexOf(picture), compared };
}

function draw(state) {
  const dialog = element("dialog", "ax-lightbox", null, { "aria-label": "Picture", tabindex: "-1" });
  for (const [name, value] of Object.entries(state.page.colours)) dialog.style.setProperty(name, value);
  const box = { dialog };
  const button = (parent, icon, title, act) => {
    const made = iconButton(parent, `ax-${icon}`, ICONS[icon], { title });
    made.onclick = act;
    return made;
  };
  box.stage = element("div", "ax-stage", dialog);
  box.pictures = element("div", "ax-panes", box.stage);
  box.curtain = element("input", "ax-curtain", box.stage, {
    type: "range", min: "0", max: "100", step: "0.5", value: "50", "aria-label": "Curtain: how much of the first picture shows",
  });
  box.curtain.oninput = () => box.stage.style.setProperty("--ax-curtain", box.curtain.value);
  box.facts = element("aside", "ax-facts-panel", dialog, { "aria-label": "Facts", tabindex: "0" });
  const bar = element("div", "ax-captions", dialog);
  box.texts = element("div", "ax-texts", bar, { "aria-live": "polite" });
  box.count = element("p", "ax-count", bar);
  box.tools = element("div", "ax-look-tools", bar);
  if (state.compared) drawModes(box, state);
  button(box.tools, "farther", "Zoom out (−)", () => state.shown.zoomBy(0.5));
  button(box.tools, "fit", "Whole picture (0)", () => state.shown.fit());
  button(box.tools, "closer", "Zoom in (+)", () => state.shown.zoomBy(2));
  box.detailButton = button(box.tools, "detail", "Search by a detail (D)", () => chooseDetail(box, state));
  box.factsButton = button(box.tools, "facts", "Facts (I)", () => {
    factsAreOpen = !factsAreOpen;
    showFacts(box);
  });
  if (state.list.length > (state.compared ? 2 : 1)) {
    button(box.stage, "previous", "Previous (←)", () => step(box, state, -1));
    button(box.stage, "next", "Next (→)", () => step(box, state, 1));
  }
  button(dialog, "close", "Close (Esc)", () => dialog.close());
  dialog.onkeydown = (event) => onKey(box, state, event);
  dialog.onclose = () => {
    state.shown?.close();
    dialog.remove();
    returnFocus(state.list[state.at]);
  };
  return box;
}

// Opens Similar with a part of the picture.
function chooseDetail(box, state) {
  box.stage.querySelector(".ax-draw")?.remove();
  drawDetail(box.stage, (from, to) => {
    const part = state.shown.part(from, to);
    if (part) location.assign(`${addressOf(state.entries[0], state.page.similar)}&box=${part}`);
  });
}

// One picture, or two of them in two ways. Linked pictures move together.
function drawModes(box, state) {
  const group = element("div", "ax-modes", box.tools, { role: "group", "aria-label": "View" });
  box.modes = Object.entries(MODES).map(([mode, title]) => {
    const made = iconButton(group, "", ICONS[mode], { title });
    made.onclick = () => {
      state.mode = mode;
      show(box, state);
    };
    return [mode, made];
  });
  box.link = iconButton(box.tools, "", ICONS.link, { title: "Move both pictures together" });
  box.link.onclick = () => {
    state.shown.link(!state.shown.linked);
    box.link.setAttribute("aria-pressed", String(state.shown.linked));
  };
}

// The pictures that are shown: one, or the first of the list and another one.
function chosen({ list, at, mode }) {
  return mode === "one" ? [list[at]] : [list[0], list[at || 1]];
}

// The place after `by` steps through the list, which has no ends. The first picture stays while others are compared with it.
function placeAfter(at, by, count, compared) {
  const first = compared ? 1 : 0;
  return first + ((Math.max(at, first) - first + by + (count - first)) % (count - first));
}

function step(box, state, by) {
  if (state.list.length < 2) return;
  state.at = placeAfter(state.at, by, state.list.length, state.mode !== "one");
  show(box, state);
}

function show(box, state) {
  const { page, list } = state;
  const pair = state.mode !== "one";
  if (pair) state.at ||= 1;
  const entries = chosen(state);
  const same = entries.every((entry, number) => entry === state.entries?.[number]);
  const places = same ? state.shown.places() : []; // side by side and the curtain show the same detail
  state.shown?.close();
  state.entries = entries;
  box.stage.querySelector(".ax-draw")?.remove();
  box.detailButton.hidden = pair || entries[0].work === undefined;
  box.stage.dataset.mode = state.mode;
  box.curtain.hidden = state.mode !== "curtain";
  for (const [mode, made] of box.modes ?? []) made.setAttribute("aria-pressed", String(mode === state.mode));
  if (box.link) box.link.hidden = !pair;
  box.link?.setAttribute("aria-pressed", "true");
  const pictures = entries.map((entry) => {
    const picture = { alt: entry.alt, first: entry.first, iiif: null };
    picture.ready = detailsOf(entry, page.work).then((details) => {
      picture.iiif = details.iiif;
      return details.levels;
    });
    return picture;
  });
  const swiped = (by) => state.mode === "one" && step(box, state, by);
  state.shown = showPictures(box.pictures, pictures, page.viewer, places, swiped);
  describe(box, state, entries);
  if (list.length > 1) fetchAhead(list[placeAfter(state.at, 1, list.length, pair)], page);
}

// The next picture comes from the browser's memory.
async function fetchAhead(entry, page) {
  const { levels } = await detailsOf(entry, page.work);
  new Image().src = levels[Math.min(1, levels.length - 1)].url;
}

async function describe(box, state, entries) {
  const all = await Promise.all(entries.map((entry) => detailsOf(entry, state.page.work)));
  if (entries !== state.entries) return; // another picture is shown by now
  box.texts.replaceChildren(...all.map((details, number) => caption(details, entries[number], box, state)));
  const first = state.mode === "one" ? 0 : 1;
  const count = state.list.length - first;
  box.count.textContent = count > 1 ? `${state.at + 1 - first} of ${count}` : "";
  box.facts.replaceChildren(...all.map(factsOf));
  box.factsButton.hidden = !all.some((details) => details.facts.length);
  showFacts(box);
}

function caption(details, entry, box, state) {
  const made = element("div", "ax-caption");
  element("h2", "", made, { text: details.title });
  const note = state.grid?.axNote?.(entry.key);
  if (note) element("p", "ax-note", made, { text: note });
  const line = [details.made, details.number].filter(Boolean).join(" · ");
  if (line) element("p", "", made, { text: line });
  if (entry.work === undefined || !details.number) return made;
  const rights = element("p", "ax-rights", made);
  element("span", "", rights, { text: details.licence ? `Licence: ${details.licence}` : "Licence not recorded" });
  const href = addressOf(entry, state.page.explore);
  if (isOpen(href)) return made;
  const link = element("a", "", rights, { text: "Open", href });
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
    const card = looks().find((other) => other.dataset.key === entry.key && titleOf(other));
    if (!card) return;
    event.preventDefault();
    box.dialog.close();
    titleOf(card).click(); // the app opens the work without loading the page again
  };
  return made;
}

const titleOf = (picture) => picture.closest(".ax-card, .ax-tray li")?.querySelector(".ax-open");

function addressOf({ collection, work }, screen) {
  const backbone = new URLSearchParams(location.search).get("backbone");
  return `${screen}?${new URLSearchParams({ collection, ...(backbone && { backbone }), work })}`;
}

function isOpen(href) {
  const [here, there] = [new URL(location.href), new URL(href, location.href)];
  return here.pathname === there.pathname && here.searchParams.get("work") === there.searchParams.get("work");
}

function factsOf(details) {
  const list = document.createElement("dl");
  const rows = details.facts.map(([name, value]) => [name, value]);
  if (details.page) rows.push(["Source page", details.page]);
  for (const [name, value] of rows) {
    element("dt", "", list, { text: name });
    const place = element("dd", "", list, value === details.page ? {} : { text: value });
    if (value === details.page) element("a", "", place, { text: value, href: value, target: "_blank", rel: "noreferrer" });
  }
  return list;
}

function showFacts(box) {
  const shown = factsAreOpen && !box.factsButton.hidden;
  box.facts.hidden = !shown;
  box.factsButton.setAttribute("aria-expanded", String(shown));
}

function onKey(box, state, event) {
  event.stopPropagation(); // the page behind has keys of its own
  if (event.target === box.curtain || event.ctrlKey || event.metaKey || event.altKey) return;
  const pans = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const acts = {
    ArrowLeft: () => step(box, state, -1), ArrowRight: () => step(box, state, 1),
    "+": () => state.shown.zoomBy(2), "=": () => state.shown.zoomBy(2), "-": () => state.shown.zoomBy(0.5),
    y: () => mark(box, state, "right"), n: () => mark(box, state, "wrong"), 0: () => state.shown.fit(),
    d: () => box.detailButton.hidden || box.detailButton.click(), i: () => box.factsButton.hidden || box.factsButton.click(),
  };
  const act = event.shiftKey && pans[event.key] ? () => state.shown.panBy(...pans[event.key]) : acts[event.key.toLowerCase()] ?? acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Marks the picture that is shown last as right or wrong, if the list has marks.
function mark(box, state, mark) {
  const entry = state.entries.at(-1);
  if (!entry.key || !state.grid?.axMark) return;
  state.grid.axMark(entry.key, mark);
  describe(box, state, state.entries);
}

// The focus goes to the picture that was shown last.
function returnFocus({ key, image, focus }) {
  if (focus) return focus();
  const picture = looks().find((other) => key && other.dataset.key === key) ?? image.closest("button");
  picture?.focus();
}
