// Files that a visitor downloads.
import { bytesOf } from "./arrays.js";

/**
 * Downloads a file.
 * @param {string} message JSON: {"name", "text"} or {"name", "base64", "type"}, or {"name", "picture", "recipe"}: a text's
 *   chips, which are drawn as a PNG.  "": nothing.
 */
export const save = async (message) => {
  if (!message) return;
  const file = JSON.parse(message);
  if (file.picture) {
    const { picture } = await import("./chip_picture.js");
    await picture(file.picture, JSON.stringify(file.recipe), file.name);
    return;
  }
  const link = document.createElement("a");
  const content = file.base64 ? bytesOf(file.base64) : file.text;
  link.href = URL.createObjectURL(new Blob([content], { type: file.type || "application/json" }));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
