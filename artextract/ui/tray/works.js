// The works of a tray. An item keeps its element from drawing to drawing: nobody who writes a note
// is disturbed by what comes from the server. All texts are set as text, never as HTML.

const PATHS = {
  up: "M12 5l7 7-1.400 1.400L13 8.800V20h-2V8.800l-4.600 4.600L5 12z",
  down: "M12 19l-7-7 1.400-1.400L11 15.200V4h2v11.200l4.600-4.600L19 12z",
  remove: "M6.400 5 12 10.600 17.600 5 19 6.400 13.400 12 19 17.600 17.600 19 12 13.400 6.400 19 5 17.600 10.600 12 5 6.400z",
  drag: "M9 4h2v2H9zm4 0h2v2h-2zM9 9h2v2H9zm4 0h2v2h-2zM9 14h2v2H9zm4 0h2v2h-2zm-4 5h2v2H9zm4 0h2v2h-2z",
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ax-tray");
  if (!root.axTray) root.axTray = makeTray(root);
  root.axTray.update(data, setTriggerValue);
}

function make(tag, className, parent, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

function makeTray(root) {
  const list = root.querySelector("ol");
  const status = root.querySelector("[role=status]");
  const rows = new Map(); // id → { item, element, note, seen, … }
  let data = null;
  let send = null;
  let order = [];
  let waiting = 0;

  const editable = () => data.tray !== null;
  const titleOf = (id) => rows.get(id).item.title;
  document.addEventListener("artextract-tray-waits", () => {
    if (waiting) status.textContent = "Not kept yet: the server doesn’t answer. Trying on …";
  });
  const look = () => {
    if (root.isConnected && data && editable() && document.visibilityState === "visible") {
      if (!waiting) tell(null, "");
    }
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);

  // Send a change; the works are drawn as the server has them once nothing else is on its way.
  async function tell(change, words) {
    waiting += 1;
    if (change) status.textContent = "Keeping …";
    const { tray, error } = await trays().send(data.url, { tray: data.tray, change, whole: true });
    waiting -= 1;
    if (error) status.textContent = error;
    else if (change && !waiting) status.textContent = words || "All is kept.";
    if (tray) settle(tray.items);
    return !error;
  }

  function settle(items) {
    for (const item of items) {
      const row = rows.get(item.id);
      if (row) row.noteIs(item.note);
    }
    if (!waiting) show(items);
  }

  function show(items) {
    const focused = document.activeElement;
    order = items.map((item) => item.id);
    for (const [id, row] of rows) {
      if (order.includes(id)) continue;
      row.element.remove();
      rows.delete(id);
    }
    for (const item of items) {
      if (!rows.has(item.id)) rows.set(item.id, makeRow(item));
    }
    arrange(focused);
  }

  function arrange(focused) {
    order.forEach((id, place) => {
      const { element, number, up, down } = rows.get(id);
      if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
      number.textContent = place + 1;
      if (!up) return;
      up.setAttribute("aria-disabled", String(place === 0));
      down.setAttribute("aria-disabled", String(place === order.length - 1));
    });
    if (focused && list.contains(focused) && document.activeElement !== focused) focused.focus();
  }

  function move(id, place) {
    const from = order.indexOf(id);
    if (place < 0 || place >= order.length || place === from) return;
    const focused = document.activeElement;
    order.splice(from, 1);
    order.splice(place, 0, id);
    arrange(focused);
    const before = order[place + 1] ?? null;
    tell({ do: "place", item: id, before }, `“${titleOf(id)}” is now ${place + 1} of ${order.length}.`);
  }

  async function remove(id) {
    const { item, field } = rows.get(id);
    const note = field.value;
    const place = order.indexOf(id);
    const next = order[place + 1] ?? null;
    rows.get(id).element.remove();
    rows.delete(id);
    order.splice(place, 1);
    arrange();
    const after = order[place] ?? order[place - 1];
    if (after !== undefined) rows.get(after).removing.focus();
    const back = { do: "put", collection: item.collection, works: [item.work], note, before: next };
    if (await tell({ do: "take", item: id }, `“${item.title}” is taken out.`)) {
      sayOfTray(`“${item.title}” is taken out.`, "", item.gone ? null : () => tell(back, ""));
    }
  }

  function makeRow(item) {
    const element = document.createElement("li");
    element.dataset.id = item.id;
    const row = { item, element };
    const open = () => send("open", { collection: item.collection, work: item.work });
    row.number = make("span", "ax-number", element);
    const picture = make(item.gone ? "span" : "button", "ax-tray-picture", element);
    if (item.gone) {
      make("span", "", picture, "No picture");
    } else {
      picture.type = "button";
      picture.onclick = open;
      picture.title = "Open it in Explore";
      const image = make("img", "", picture);
      image.alt = `${item.alternative} (open in Explore)`;
      image.loading = "lazy";
      image.src = item.picture;
      image.onerror = () => image.replaceWith(document.createTextNode("No picture"));
    }
    const facts = make("div", "ax-tray-facts", element);
    make("h2", "", facts, item.title);
    if (item.made) make("p", "", facts, item.made);
    if (item.gone) make("p", "ax-gone", facts, item.gone);
    else make("p", "ax-small", facts, item.licence ? `Licence: ${item.licence}` : "Licence: not recorded");
    if (editable()) makeEditable(row);
    else {
      if (item.note) make("p", "ax-note", facts, item.note);
      row.noteIs = () => {};
    }
    return row;
  }

  function makeEditable(row) {
    const { item, element } = row;
    const label = make("label", "ax-note", element);
    make("span", "ax-small", label, "Note");
    const field = make("textarea", "", label);
    field.setAttribute("aria-label", `Note on ${item.title}`);
    field.maxLength = data.longest_note;
    field.rows = 3;
    field.value = item.note;
    row.field = field;
    keepNote(row);

    const bar = make("div", "ax-tray-tools", element);
    const tool = (name, words, act) => {
      const press = make("button", "", bar);
      press.type = "button";
      press.title = words;
      press.setAttribute("aria-label", `${words}: ${item.title}`);
      press.dataset.tool = name;
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 24 24");
      svg.setAttribute("aria-hidden", "true");
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", PATHS[name]);
      svg.append(path);
      press.append(svg);
      press.onclick = act;
      return press;
    };
    row.up = tool("up", "Move up", () => move(item.id, order.indexOf(item.id) - 1));
    row.down = tool("down", "Move down", () => move(item.id, order.indexOf(item.id) + 1));
    row.removing = tool("remove", "Take out", () => remove(item.id));
    makeDraggable(row);
  }

  // A note goes to the server when one stops writing for a moment, and when one leaves it.
  function keepNote(row) {
    const { field, item } = row;
    let seen = item.note;
    let timer = null;
    const keep = () => {
      clearTimeout(timer);
      if (field.value === seen || !rows.has(item.id)) return;
      const change = { do: "note", item: item.id, text: field.value, seen };
      seen = field.value;
      tell(change, "");
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 700);
    });
    field.addEventListener("blur", keep);
    row.noteIs = (note) => {
      if (field.value === seen) field.value = note;
      else if (note.endsWith(`\n\n${seen}`)) {
        // Somebody else's note came before this one, which was written on meanwhile.
        field.value = note.slice(0, note.length - seen.length) + field.value;
      }
      seen = note;
    };
  }

  // Drawn by the picture's number or by empty space: text can still be selected.
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
      const place = [...list.children].indexOf(element);
      if (place === order.indexOf(item.id)) arrange();
      else move(item.id, place);
    });
  }
  list.addEventListener("dragover", (event) => {
    const dragged = list.querySelector(".ax-dragged");
    const over = event.target.closest("li");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    const below = event.clientY > box.top + box.height / 2;
    list.insertBefore(dragged, below ? over.nextSibling : over);
  });

  return {
    update(given, setTriggerValue) {
      if (data && given.tray !== data.tray) {
        rows.clear();
        list.replaceChildren();
      }
      data = given;
      send = setTriggerValue;
      if (!waiting) settle(given.items);
    },
  };
}
