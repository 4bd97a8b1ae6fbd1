// A link to be sent on: shown whole, copied by one press.

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".ax-link");
  const field = place.querySelector("input");
  const press = place.querySelector("button");
  const status = place.querySelector("[role=status]");
  if (field.value !== data.link) status.textContent = "";
  field.value = data.link;
  field.setAttribute("aria-label", data.name);
  press.textContent = `Copy the ${data.name.toLowerCase()}`;
  field.onfocus = () => field.select();
  press.onclick = async () => {
    let copied;
    try {
      await navigator.clipboard.writeText(data.link);
      copied = true;
    } catch {
      field.select(); // where the page isn't served by HTTPS there is only the old way
      copied = document.execCommand("copy");
    }
    status.textContent = copied ? "Copied." : "Press Ctrl+C to copy it.";
  };
}
