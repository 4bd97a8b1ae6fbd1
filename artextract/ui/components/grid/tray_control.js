export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".ax-tray-control");
  const focused = place.contains(document.activeElement);
  place.replaceChildren();
  const press = trayButton(place, data.works, data);
  if (focused) press.focus();
}
