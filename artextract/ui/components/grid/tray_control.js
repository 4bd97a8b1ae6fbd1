export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".ax-tray-control");
  const focused = place.contains(document.activeElement);
  place.replaceChildren();
  const button = trayButton(place, data.works, data);
  if (focused) button.focus();
}
