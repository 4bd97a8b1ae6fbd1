// The works of a tray. A work keeps its element when the tray is redrawn, so that answers of the server do
// not disturb a note that is being written.

const TOOL_ICONS = {
  up: "M12 5l7 7-1.400 1.400L13 8.800V20h-2V8.800l-4.600 4.600L5 12z",
  down: "M12 19l-7-7 1.400-1.400L11 15.200V4h2v11.200l4.600-4.600L19 12z",
  remove: "M6.400 5 12 10.600 17.600 5 19 6.400 13.400 12 19 17.600 17.600 19 12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ax-tray");
  if (!root.axTray) root.axTray = makeTray(root);
  root.axTray(data, setTriggerValue);
}

function makeTray(root) {
  const list = root.querySelector("ol");
  const status = root.querySelector("[role=status]");
  const rows = new Map(); // key → { item, element, setNote, … }
  let data = null;
  let send = null;
  let order = []; // keys
  let pending = 0; // changes without an answer

  const keyOf = (item) => `${item.collection}\n${item.work}`;
  const named = (key) => (key === undefined ? null : key.split("\n"));
  const editable = () => data.tray !== null;
  document.addEventListener("artextract-tray-waits", () => {
    if (pending) status.textContent = "Not saved yet: the server does not answer. Trying again…";
  });
  const refresh = () => {
    const visible = root.isConnected && document.visibilityState === "visible";
    if (visible && data && editable() && !pending) change(null, "");
  };
  document.addEventListener("visibilitychange", refresh);
  addEventListener("focus", refresh);

  // Sends a change. Shows the works as the server has them when no other change is pending.
  async function change(what, words) {
    pending += 1;
    if (what) status.textContent = "Saving…";
    const { tray, error } = await trays().send(data.url, { tray: data.tray, change: what, whole: true });
    pending -= 1;
    if (error) status.textContent = error;
    else if (what && !pending) status.textContent = words || "All changes are saved.";
    if (tray) update(tray.items);
    return !error;
  }

  const ofWork = (what, item) => ({ do: what, collection: item.collection, works: [item.work] });

  function update(items) {
    for (const item of items) rows.get(keyOf(item))?.setNote(item.note);
    if (pending) return;
    order = items.map(keyOf);
    for (const [key, row] of rows) {
      if (order.includes(key)) continue;
      row.element.remove();
      rows.delete(key);
    }
    for (const item of items) {
      if (!rows.has(keyOf(item))) rows.set(keyOf(item), makeRow(item));
    }
    arrange();
  }

  function arrange() {
    const focused = document.activeElement;
    order.forEach((key, place) => {
      const { element, number, up, down } = rows.get(key);
      if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
      number.textContent = place + 1;
      up?.setAttribute("aria-disabled", String(place === 0));
      down?.setAttribute("aria-disabled", String(place === order.length - 1));
    });
    if (list.contains(focused) && document.activeElement !== focused) focused.focus();
  }

  function move(item, place) {
    const from = order.indexOf(keyOf(item));
    if (place < 0 || place >= order.length || place === from) return arrange();
    order.splice(place, 0, ...order.splice(from, 1));
    arrange();
    const words = `“${item.title}” is now ${place + 1} of ${order.length}.`;
    change({ ...ofWork("move", item), before: named(order[place + 1]) }, words);
  }

  async function remove(item) {
    const key = keyOf(item);
    const { element, field } = rows.get(key);
    const place = order.indexOf(key);
    const undone = { ...ofWork("add", item), note: field.value, before: named(order[place + 1]) };
    element.remove();
    rows.delete(key);
    order.splice(place, 1);
    arrange();
    rows.get(order[place] ?? order[place - 1])?.removing.focus();
    const words = `Removed “${item.title}”.`;
    if (await change(ofWork("remove", item), words)) {
      showTrayMessage(words, "", item.gone ? null : () => change(undone, ""));
    }
  }

  function makeRow(item) {
    const row = { item, element: document.createElement("li"), setNote: () => {} };
    row.number = element("span", "ax-number", row.element);
    if (item.gone) element("span", "ax-tray-picture", row.element, { text: "No picture" });
    else {
      const picture = element("button", "ax-look ax-tray-picture", row.element, {
        type: "button", title: "Enlarge", "data-key": keyOf(item),
      });
      const image = element("img", "", picture, { alt: item.alternative, loading: "lazy", src: item.picture });
      image.onerror = () => {
        image.replaceWith(document.createTextNode("No picture"));
        picture.disabled = true;
      };
    }
    const facts = element("div", "ax-tray-facts", row.element);
    const title = element("h2", "", facts, item.gone ? { text: item.title } : {});
    if (!item.gone) {
      const open = element("button", "ax-open", title, { text: item.title, type: "button", title: "Open in Explore" });
      open.onclick = () => send("open", { collection: item.collection, work: item.work });
    }
    if (item.artist_and_date) element("p", "", facts, { text: item.artist_and_date });
    if (item.gone) element("p", "ax-gone", facts, { text: item.gone });
    else element("p", "ax-small", facts, { text: `Licence: ${item.licence || "not recorded"}` });
    if (editable()) makeEditable(row);
    else if (item.note) element("p", "ax-note", facts, { text: item.note });
    return row;
  }

  function makeEditable(row) {
    const { item } = row;
    makeNote(row);
    const bar = element("div", "ax-tray-tools", row.element);
    const tool = (name, title, act) => {
      const attributes = { title, "aria-label": `${title}: ${item.title}`, "data-tool": name };
      const button = iconButton(bar, "", TOOL_ICONS[name], attributes);
      button.onclick = () => button.getAttribute("aria-disabled") !== "true" && act();
      return button;
    };
    row.up = tool("up", "Move up", () => move(item, order.indexOf(keyOf(item)) - 1));
    row.down = tool("down", "Move down", () => move(item, order.indexOf(keyOf(item)) + 1));
    row.removing = tool("remove", "Remove", () => remove(item));
    makeDraggable(row);
  }

  // Saves the note when the writer pauses or leaves the field.
  function makeNote(row) {
    const label = element("label", "ax-note", row.element);
    element("span", "ax-small", label, { text: "Note" });
    const field = element("textarea", "", label, {
      "aria-label": `Note on ${row.item.title}`, maxlength: data.max_note, rows: 3,
    });
    let saved = (field.value = row.item.note);
    let timer = null;
    const save = () => {
      clearTimeout(timer);
      if (field.value === saved || !rows.has(keyOf(row.item))) return;
      saved = field.value;
      change({ ...ofWork("note", row.item), note: saved }, "");
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, 700);
    });
    field.addEventListener("blur", save);
    row.field = field;
    row.setNote = (note) => {
      if (pending || field.value !== saved) return; // keeps the text that is being written
      saved = field.value = note;
    };
  }

  // Only the number is a handle, so that text can still be selected.
  function makeDraggable({ item, element, number }) {
    number.title = "Drag to move";
    number.onpointerdown = () => (element.draggable = true);
    number.onpointerup = () => (element.draggable = false);
    element.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.title);
      element.classList.add("ax-dragged");
    });
    element.addEventListener("dragend", () => {
      element.draggable = false;
      element.classList.remove("ax-dragged");
      move(item, [...list.children].indexOf(element));
    });
  }
  list.addEventListener("dragover", (event) => {
    const dragged = list.querySelector(".ax-dragged");
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest("li");
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY > box.top + box.height / 2 ? over.nextSibling : over);
  });

  return (given, setTriggerValue) => {
    if (data && given.tray !== data.tray) {
      rows.clear();
      list.replaceChildren();
    }
    data = given;
    send = setTriggerValue;
    update(given.items);
  };
}
