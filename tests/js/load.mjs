// The scripts of a component become one module in the browser (registration.py). Here some of them
// become a module that exports what is tested.
import { readFileSync } from "node:fs";

const FOLDER = new URL("../../artextract/ui/components/", import.meta.url);

export async function load(files, names) {
  const texts = files.map((file) => readFileSync(new URL(file, FOLDER), "utf8"));
  const text = `${texts.join("\n")}\nexport { ${names.join(", ")} };`;
  return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}
