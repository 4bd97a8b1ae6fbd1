// Fixes for every screen: the browser's Back button, and the sidebar on phones.

export default function () {
  if (window.artextractPage) return;
  window.artextractPage = true;
  fixBackButton();
  closeSideBarOnPhones();
}

// When a script changes the screen, Streamlit first adds a history entry with the old screen and the new
// parameters. Back would open this view, which nobody has seen, so the new screen replaces the entry.
function fixBackButton() {
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

// On phones the sidebar covers the screen: close it after a choice.
function closeSideBarOnPhones() {
  document.addEventListener("click", (event) => {
    const bar = event.target.closest('[data-testid="stSidebar"][data-collapsed="false"]');
    if (!bar || !event.target.closest("a") || !matchMedia("(max-width: 768px)").matches) return;
    bar.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}
