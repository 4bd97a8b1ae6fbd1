// Passes pictures that are pasted anywhere on the screen to the screen's uploader, so that they are
// handled like dropped files.

const NAMES = { "image/png": "pasted.png", "image/jpeg": "pasted.jpg", "image/webp": "pasted.webp" };

export default function () {
  const paste = (event) => {
    const pictures = [...(event.clipboardData?.files ?? [])].filter((f) => f.type.startsWith("image/"));
    const input = document.querySelector('[data-testid="stFileUploader"] input[type="file"]');
    if (!pictures.length || !input) return;
    event.preventDefault();
    const files = new DataTransfer();
    for (const picture of pictures) {
      const name = picture.name || NAMES[picture.type] || "pasted";
      files.items.add(new File([picture], name, { type: picture.type }));
    }
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("paste", paste);
  return () => document.removeEventListener("paste", paste);
}
