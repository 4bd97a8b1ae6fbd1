// Facets: bars of counts that are buttons. All texts are set as text: values come from outside.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ax-facets");
  const held = document.activeElement?.dataset?.bar; // who walks by keyboard stays where they were
  root.replaceChildren();
  for (const facet of data.facets) draw(facet, root, setTriggerValue);
  if (held) [...root.querySelectorAll("button")].find((one) => one.dataset.bar === held)?.focus();
}

function draw(facet, root, send) {
  const section = element("section", facet.upright ? "ax-facet ax-upright" : "ax-facet", root);
  element("h5", "", section, facet.label);
  const list = element("div", "ax-bars", section);
  const most = Math.max(1, ...facet.bars.map((bar) => bar.count));
  for (const bar of facet.bars) {
    const button = element("button", "ax-facet-bar", list);
    button.type = "button";
    button.dataset.bar = `${facet.name} ${bar.value}`;
    button.setAttribute("aria-pressed", bar.chosen);
    const words = `${bar.label}: ${bar.count.toLocaleString("en")} ${bar.count === 1 ? "work" : "works"}`;
    button.title = words;
    button.setAttribute("aria-label", words);
    button.style.setProperty("--ax-share", bar.count / most);
    if (!facet.upright) {
      element("span", "ax-facet-name", button, bar.label);
      element("span", "ax-facet-count", button, bar.count.toLocaleString("en"));
    }
    button.onclick = () => send("press", { name: facet.name, value: bar.value });
  }
  if (facet.upright && facet.bars.length) {
    const ends = element("p", "ax-facet-ends", section);
    element("span", "", ends, facet.bars[0].label);
    element("span", "", ends, facet.bars.at(-1).label);
  }
  if (facet.more) element("p", "ax-facet-more", section, `and ${facet.more.toLocaleString("en")} more`);
}
