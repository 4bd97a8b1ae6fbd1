// Creates elements for the scripts that follow. Texts come from outside, so they are never set as HTML.
function element(tag, className, parent, { text, ...attributes } = {}) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) {
    made.textContent = text;
    made.dir = "auto"; // a title may be written from right to left
  }
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

function svg(tag, parent, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

// A button with an icon. Its title is also its label, unless the attributes have another label.
function iconButton(parent, className, icon, { title, ...attributes }) {
  const made = element("button", className, parent, { type: "button", title, "aria-label": title, ...attributes });
  drawIcon(made, icon);
  return made;
}

// Draws an icon and returns its path.
function drawIcon(parent, path) {
  return svg("path", svg("svg", parent, { viewBox: "0 0 24 24", "aria-hidden": "true" }), { d: path });
}
