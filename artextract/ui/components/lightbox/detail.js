// A detail of the picture, drawn with the pointer, to search with.

const SMALLEST_BOX = 12; // Pixels of the screen; less is a click
const DETAIL_HINT = "Draw a box around a detail, or press Enter to search with what you see";

// Lets the person draw a box on `stage`; `found` takes two of its corners on the page. Escape ends it.
function drawDetail(stage, found) {
  const veil = element("div", "ax-draw", stage, { tabindex: "0", role: "group", "aria-label": DETAIL_HINT });
  const frame = element("div", "ax-detail-box", veil, { hidden: "" });
  element("p", "", veil, { text: DETAIL_HINT });
  let from = null;
  veil.onpointerdown = (event) => {
    from = [event.clientX, event.clientY];
    veil.setPointerCapture(event.pointerId);
  };
  veil.onpointermove = (event) => {
    if (!from) return;
    frame.hidden = false;
    const { left, top } = veil.getBoundingClientRect();
    const [x, y] = [Math.min(from[0], event.clientX), Math.min(from[1], event.clientY)];
    const sizes = [x - left, y - top, Math.abs(event.clientX - from[0]), Math.abs(event.clientY - from[1])];
    ["left", "top", "width", "height"].forEach((side, number) => (frame.style[side] = `${sizes[number]}px`));
  };
  veil.onpointerup = (event) => {
    const to = [event.clientX, event.clientY];
    const isBox = from && to.every((place, side) => Math.abs(place - from[side]) >= SMALLEST_BOX);
    if (isBox) found(from, to);
    from = null;
  };
  veil.onkeydown = (event) => {
    event.stopPropagation();
    const { left, top, right, bottom } = veil.getBoundingClientRect();
    if (event.key === "Enter") found([left, top], [right, bottom]);
    if (event.key !== "Escape") return;
    event.preventDefault(); // or the lightbox would close
    veil.remove();
  };
  veil.focus();
}
