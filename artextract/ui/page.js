// What every screen needs beyond Streamlit's own: a way back, and a side bar that gives way.

export default function () {
  if (window.artextractPage) return;
  window.artextractPage = true;
  leadBackAtOnce();
  closeSideBarOnPhones();
}

// To change the screen from a script, Streamlit first gives the old screen's address the new
// parameters, with an entry in the browser's history: Back would lead to a view that nobody has
// seen. The new screen takes that entry's place.
function leadBackAtOnce() {
  const push = history.pushState.bind(history);
  let pushed = -Infinity;
  history.pushState = (state, title, url) => {
    const to = new URL(url, location.href);
    const between = to.pathname !== location.pathname && to.search === location.search;
    if (between && performance.now() - pushed < 3000) history.replaceState(state, title, url);
    else push(state, title, url);
    pushed = performance.now();
  };
}

// There it lies over the screen that one has just chosen in it.
function closeSideBarOnPhones() {
  document.addEventListener("click", (event) => {
    const bar = event.target.closest('[data-testid="stSidebar"][data-collapsed="false"]');
    if (!bar || !event.target.closest("a") || !matchMedia("(max-width: 768px)").matches) return;
    bar.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}
