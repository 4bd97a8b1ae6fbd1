// The tray: one small control, the same wherever a work stands, and how changes reach the server.
// All components of a page share one queue of changes: each is sent until it is answered.

const TRAY_ICONS = {
  out: "M19 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2zm0 16H5v-3h3.600a4 4 0 0 0 6.800 0H19zm0-5h-5v1a2 2 0 0 1-4 0v-1H5V5h14zM11 6h2v2.500h2.500v2H13V13h-2v-2.500H8.500v-2H11z",
  kept: "M19 3H5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2zm-8.300 12.200-4-4 1.400-1.400 2.600 2.600 5.200-5.200 1.400 1.400z",
};

function trays() {
  if (!window.artextractTrays) window.artextractTrays = makeQueue();
  return window.artextractTrays;
}

function makeQueue() {
  const waiting = [];
  const held = new Map(); // "collection\nwork" → whether it shall lie in the tray, until answered
  let running = false;
  addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });

  async function run() {
    if (running) return;
    running = true;
    while (waiting.length) {
      const { url, asked, done } = waiting[0];
      let answer;
      let told;
      try {
        answer = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(asked),
          signal: AbortSignal.timeout(30000),
        });
        told = await answer.json();
      } catch {
        told = null; // no answer, or one that broke off: it is asked again
      }
      if (!told || answer.status >= 500) {
        document.dispatchEvent(new CustomEvent("artextract-tray-waits"));
        await new Promise((go) => setTimeout(go, 1500));
        continue;
      }
      waiting.shift();
      done(answer.ok ? told : null, answer.ok ? "" : told.error);
    }
    running = false;
  }

  return {
    held,
    waits: () => waiting.length > 0,
    send(url, asked) {
      return new Promise((resolve) => {
        waiting.push({ url, asked, done: (tray, error) => resolve({ tray, error }) });
        run();
      });
    },
  };
}

// What was done, said at the foot of the screen for a while, with the way to the tray.
function sayOfTray(text, page, undo) {
  let bar = document.querySelector(".ax-tray-bar");
  if (!bar) {
    bar = document.createElement("div");
    bar.className = "ax-tray-bar";
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    bar.append(said);
    document.body.append(bar);
  }
  // The page's colours stand on the component, not on the body.
  const look = getComputedStyle(document.querySelector(".ax-tray-colours") ?? document.body);
  bar.style.setProperty("--ax-back", look.getPropertyValue("--st-text-color") || "#222");
  bar.style.setProperty("--ax-front", look.getPropertyValue("--st-background-color") || "#fff");
  bar.style.fontFamily = look.getPropertyValue("--st-font") || "system-ui";
  bar.hidden = false;
  while (bar.children.length > 1) bar.lastChild.remove();
  requestAnimationFrame(() => (bar.firstChild.textContent = text));
  if (undo) {
    const back = document.createElement("button");
    back.type = "button";
    back.textContent = "Undo";
    back.onclick = () => {
      bar.hidden = true;
      undo();
    };
    bar.append(back);
  }
  if (page) {
    const link = document.createElement("a");
    link.href = page;
    link.textContent = "Open the tray";
    link.onclick = (event) => {
      const own = document.querySelector(`[data-testid="stSidebar"] a[href*="${page}"]`);
      if (!own) return;
      event.preventDefault(); // the app changes the screen itself: what is selected stays
      bar.hidden = true;
      own.click();
    };
    bar.append(link);
  }
  clearTimeout(bar.axTimer);
  const hide = () => {
    if (bar.matches(":hover, :focus-within")) bar.axTimer = setTimeout(hide, 2000);
    else bar.hidden = true;
  };
  bar.axTimer = setTimeout(hide, 7000);
}

// A button that lays works of a collection into the tray; that of one work takes it out again.
function trayButton(parent, { collection, works, kept, name, words }, { url, page }) {
  const queue = trays();
  const press = document.createElement("button");
  press.type = "button";
  press.className = words ? "ax-tray-button ax-tray-words" : "ax-tray-button";
  press.dataset.tray = works.length === 1 ? `${collection}\n${works[0]}` : "";
  press.setAttribute("aria-label", words ? `${words}: ${name}` : `In the tray: ${name}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.append(path);
  press.append(svg);
  if (words) press.append(Object.assign(document.createElement("span"), { textContent: words }));
  press.axShow = (now) => {
    press.setAttribute("aria-pressed", String(now));
    press.title = now ? "In the tray: press to take it out" : words || "Lay it into the tray";
    path.setAttribute("d", now ? TRAY_ICONS.kept : TRAY_ICONS.out);
  };
  press.axShow(queue.held.get(press.dataset.tray) ?? kept);
  press.onclick = async () => {
    const before = press.getAttribute("aria-pressed") === "true";
    if (before && works.length > 1) return;
    const show = (now) => {
      const same = works.length === 1 ? `[data-tray="${CSS.escape(press.dataset.tray)}"]` : "";
      press.axShow(now);
      if (same) document.querySelectorAll(same).forEach((other) => other.axShow(now));
    };
    show(!before);
    if (works.length === 1) queue.held.set(press.dataset.tray, !before);
    const change = before
      ? { do: "out", collection, work: works[0] }
      : { do: "put", collection, works };
    const { tray, error } = await queue.send(url, { change });
    queue.held.delete(press.dataset.tray);
    if (!tray) show(before);
    sayOfTray(error || said(before, works.length, tray), tray ? page : "");
  };
  parent.append(press);
  return press;
}

function said(before, count, tray) {
  const there = `${tray.count} work${tray.count === 1 ? "" : "s"}`;
  if (before) return `Taken out of “${tray.name}”: ${there}.`;
  return `${count > 1 ? `${count} works laid` : "Laid"} into “${tray.name}”: ${there}.`;
}
