// The tray button, and the queue that sends changes to the server. All components of a page share the
// queue. Each change is sent until the server answers. Needs element.js.

const TRAY_ICONS = {
  add: "M19 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2zm0 16H5v-3h3.600a4 4 0 0 0 6.800 0H19zm0-5h-5v1a2 2 0 0 1-4 0v-1H5V5h14zM11 6h2v2.500h2.500v2H13V13h-2v-2.500H8.500v-2H11z",
  added: "M19 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2zm-8.300 12.200-4-4 1.400-1.400 2.600 2.600 5.200-5.200 1.400 1.400z",
};

function trays() {
  if (!window.artextractTrays) window.artextractTrays = makeQueue();
  return window.artextractTrays;
}

function makeQueue() {
  const waiting = [];
  let running = false;
  addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });

  async function run() {
    if (running) return;
    running = true;
    while (waiting.length) {
      const { url, request, resolve } = waiting[0];
      const answer = await post(url, request);
      if (answer) {
        waiting.shift();
        resolve(answer);
      } else {
        document.dispatchEvent(new CustomEvent("artextract-tray-waits"));
        await new Promise((go) => setTimeout(go, 1500));
      }
    }
    running = false;
  }

  return {
    added: new Map(), // "collection\nwork" → whether it is in the tray, until the server answers
    send(url, request) {
      return new Promise((resolve) => {
        waiting.push({ url, request, resolve });
        run();
      });
    },
  };
}

// The tray after a change, or the error; null if the server did not answer.
async function post(url, request) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(30000),
    });
    if (answer.status >= 500) return null;
    const content = await answer.json();
    return answer.ok ? { tray: content, error: "" } : { tray: null, error: content.error };
  } catch {
    return null;
  }
}

// Shows a message at the bottom of the screen for a few seconds, with a link to the tray or an Undo button.
function showTrayMessage(text, page, undo) {
  let bar = document.querySelector(".ax-tray-bar");
  if (!bar) {
    bar = element("div", "ax-tray-bar", document.body);
    element("span", "", bar, { role: "status" });
  }
  // The page's colours are set on the component, not on the body.
  const look = getComputedStyle(document.querySelector(".ax-tray-colours") ?? document.body);
  bar.style.setProperty("--ax-back", look.getPropertyValue("--st-text-color") || "#222");
  bar.style.setProperty("--ax-front", look.getPropertyValue("--st-background-color") || "#fff");
  bar.style.fontFamily = look.getPropertyValue("--st-font") || "system-ui";
  bar.hidden = false;
  while (bar.children.length > 1) bar.lastChild.remove();
  requestAnimationFrame(() => (bar.firstChild.textContent = text));
  if (undo) {
    const button = element("button", "", bar, { text: "Undo", type: "button" });
    button.onclick = () => {
      bar.hidden = true;
      undo();
    };
  }
  if (page) {
    const link = element("a", "", bar, { text: "Open tray", href: page });
    link.onclick = (event) => {
      const own = document.querySelector(`[data-testid="stSidebar"] a[href*="${page}"]`);
      if (!own) return;
      event.preventDefault(); // the app opens the screen and keeps the selection
      bar.hidden = true;
      own.click();
    };
  }
  clearTimeout(bar.axTimer);
  const hide = () => {
    if (bar.matches(":hover, :focus-within")) bar.axTimer = setTimeout(hide, 2000);
    else bar.hidden = true;
  };
  bar.axTimer = setTimeout(hide, 7000);
}

// A button that adds works of a collection to the tray. The button of one work also removes it.
function trayButton(parent, { collection, works, added, name, words }, { url, page }) {
  const queue = trays();
  const button = element("button", words ? "ax-tray-button ax-tray-words" : "ax-tray-button", parent, {
    type: "button",
    "data-tray": works.length === 1 ? `${collection}\n${works[0]}` : "",
    "aria-label": `${words || "Tray"}: ${name}`,
  });
  const path = drawIcon(button, TRAY_ICONS.add);
  if (words) element("span", "", button, { text: words });
  button.axShow = (now) => {
    button.setAttribute("aria-pressed", String(now));
    button.title = now ? "Remove from tray" : words || "Add to tray";
    path.setAttribute("d", now ? TRAY_ICONS.added : TRAY_ICONS.add);
  };
  button.axShow(queue.added.get(button.dataset.tray) ?? added);
  button.onclick = async () => {
    const before = button.getAttribute("aria-pressed") === "true";
    if (before && works.length > 1) return;
    const show = (now) => {
      const same = works.length === 1 ? `[data-tray="${CSS.escape(button.dataset.tray)}"]` : "";
      button.axShow(now);
      if (same) document.querySelectorAll(same).forEach((twin) => twin.axShow(now));
    };
    show(!before);
    if (works.length === 1) queue.added.set(button.dataset.tray, !before);
    const change = { do: before ? "remove" : "add", collection, works };
    const { tray, error } = await queue.send(url, { change });
    queue.added.delete(button.dataset.tray);
    if (!tray) show(before);
    showTrayMessage(error || trayWords(before, works.length, tray), tray ? page : "");
  };
  return button;
}

function trayWords(removed, count, tray) {
  const works = (number) => `${number} work${number === 1 ? "" : "s"}`;
  const change = removed ? "Removed from" : count > 1 ? `${works(count)} added to` : "Added to";
  return `${change} “${tray.name}” (${works(tray.count)}).`;
}
