// For every screen: the browser's Back button, the sidebar on phones, the lightbox, and pictures that are dropped or pasted.

export default function ({ data, parentElement }) {
  const begun = window.artextractPage;
  window.artextractPage = { ...data, element: parentElement };
  if (begun) return;
  fixBackButton();
  closeSideBarOnPhones();
  openPictures();
  takePictures();
}

// A click on a picture opens it in the lightbox, whose script loads with the first one.
function openPictures() {
  document.addEventListener("click", async (event) => {
    const picture = event.target.closest('.ax-look:enabled, [data-testid="stImage"] img');
    if (!picture) return;
    const { element, lightbox, ...addresses } = window.artextractPage;
    const look = getComputedStyle(element); // a component in the sidebar, where the two backgrounds are exchanged
    const colour = (name) => look.getPropertyValue(`--st-${name}`);
    const colours = {
      "--ax-text": colour("text-color"), "--ax-back": colour("background-color"), "--ax-accent": colour("primary-color"),
      "--ax-wall": colour("secondary-background-color"), "--ax-font": colour("font"), "color-scheme": look.colorScheme,
    };
    const { open } = await import(new URL(lightbox, location.href));
    open(picture, { ...addresses, colours });
  });
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

const NAMES = { "image/png": "pasted.png", "image/jpeg": "pasted.jpg", "image/webp": "pasted.webp" };

// Passes pictures that are pasted or dropped anywhere on the screen to the screen's uploader.
function takePictures() {
  document.addEventListener("paste", (event) => give(event, event.clipboardData?.files ?? []));
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files") || event.target.closest?.('[data-testid="stFileUploader"]')) return;
      event.preventDefault(); // or the browser would open the file instead of the app
      if (kind === "drop") give(event, event.dataTransfer.files);
    });
  }
}

function give(event, files) {
  const input = document.querySelector(':is([class*="st-key-_picture_"], .st-key-_read_uploads) input[type="file"]');
  const pictures = [...files].filter((file) => file.type.startsWith("image/"));
  if (!input || !pictures.length) return;
  event.preventDefault();
  const given = new DataTransfer();
  for (const picture of input.multiple ? pictures : pictures.slice(0, 1)) {
    given.items.add(new File([picture], picture.name || NAMES[picture.type] || "pasted", { type: picture.type }));
  }
  input.files = given.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}
