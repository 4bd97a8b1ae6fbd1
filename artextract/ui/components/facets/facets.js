// Facets: bars of counts, as buttons.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ax-facets");
  const focused = document.activeElement?.dataset?.bar; // keeps the keyboard focus
  root.replaceChildren();
  for (const facet of data.facets) draw(facet, root, setTriggerValue);
  if (focused) [...root.querySelectorAll("button")].find((button) => button.dataset.bar === focused)?.focus();
}

function draw(facet, root, send) {
  const section = element("section", facet.upright ? "ax-facet ax-upright" : "ax-facet", root);
  element("h5", "", section, { text: facet.label });
  const list = element("div", "ax-bars", section);
  const most = Math.max(1, ...facet.bars.map((bar) => bar.count));
  for (const bar of facet.bars) {
    const title = `${bar.label}: ${bar.count.toLocaleString("en")} ${bar.count === 1 ? "work" : "works"}`;
    const button = element("button", "ax-facet-bar", list, {
      type: "button", title, "aria-label": title, "aria-pressed": bar.chosen, "data-bar": `${facet.name} ${bar.value}`,
    });
    button.style.setProperty("--ax-share", bar.count / most);
    if (!facet.upright) {
      element("span", "ax-facet-name", button, { text: bar.label });
      element("span", "ax-facet-count", button, { text: bar.count.toLocaleString("en") });
    }
    button.onclick = () => send("bar", { name: facet.name, value: bar.value });
  }
  if (facet.upright && facet.bars.length) {
    const ends = element("p", "ax-facet-ends", section);
    element("span", "", ends, { text: facet.bars[0].label });
    element("span", "", ends, { text: facet.bars.at(-1).label });
  }
  if (facet.more) element("p", "ax-facet-more", section, { text: `and ${facet.more.toLocaleString("en")} more` });
}
