// Files that are dropped on a part of the page.

/**
 * Hands a file that is dropped on a part of the page to an upload button, as if it had been chosen there.
 * @param {string} zone selector of the part
 * @param {string} button selector of the button
 */
export const dropInto = (zone, button) => {
  const over = (event) => (event.target.closest ? event.target.closest(zone) : null);
  const hasFile = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const mark = (place, on) => place && place.classList.toggle("pg-dropping", on);
  document.addEventListener("dragover", (event) => {
    const place = over(event);
    if (place && hasFile(event)) event.preventDefault();
    mark(document.querySelector(zone), Boolean(place && hasFile(event)));
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(document.querySelector(zone), false));
  document.addEventListener("drop", (event) => {
    const place = over(event);
    mark(document.querySelector(zone), false);
    if (!place || !hasFile(event)) return;
    event.preventDefault();
    const home = document.querySelector(button);
    const input = home && (home.querySelector("input[type=file]") || home.parentElement.querySelector("input[type=file]"));
    if (!input) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
};
