// Made for the components whose scripts this stands before. Texts are set as text, never as HTML: they
// come from outside.
function element(tag, className, parent, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

