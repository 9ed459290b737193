// Little pictures that the map draws in place of dots.

// Cuts the pictures of a strip, one below the other, into canvases: row -> canvas, in `into`.
export const cut = async ({ rows, strip, width, height }, into) => {
  const picture = Object.assign(new Image(), { src: strip });
  await picture.decode();
  rows.forEach((row, index) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(picture, 0, index * height, width, height, 0, 0, width, height);
    into.set(row, canvas);
  });
};

// A button that is pressed or not -> a function that says which.
export const pressable = (button, changed) => {
  const isPressed = () => button.getAttribute("aria-pressed") === "true";
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(!isPressed()));
    changed();
  });
  return isPressed;
};
