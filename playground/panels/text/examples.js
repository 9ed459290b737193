// Example prompts: a press runs the panel in front.

const BUTTONS = ["generate", "endings", "compare", "beam-search"];

/** Presses the button of the panel in front, if its result comes from the prompt. */
export const runFront = () => BUTTONS.map((id) => document.getElementById(id)).find((one) => one?.checkVisibility())?.click();
