// Narrow screens, where the sampler's settings are a drawer at the bottom and results are below the settings.

const isNarrow = () => window.innerWidth < 900;

/** Closes the drawer of settings, on a narrow screen. */
export const closeDrawer = () => {
  const open = document.querySelector(".pg-drawer button.label-wrap.open");
  if (isNarrow() && open) open.click();
};

/**
 * Scrolls to a result, on a narrow screen.
 * @param {string} selector
 */
export const goTo = (selector) => {
  const place = document.querySelector(selector);
  if (isNarrow() && place) place.scrollIntoView({ block: "start", behavior: "smooth" });
};
