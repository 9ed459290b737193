// While a page opens, its panel is hidden: its parts arrive one after another, and would push each other about.

const SETTLING = 120; // milliseconds until what has just arrived is laid out
const FIRST_RESULT = 3000; // milliseconds to wait for the panel's first result; one that takes longer comes into sight as it grows
const LONGEST = 12000; // milliseconds: the server may never answer

const root = document.documentElement;
const show = () => root.classList.remove("pg-opening");
root.classList.add("pg-opening");
setTimeout(show, LONGEST);

/** The first result of the panel in front is there. */
export const firstResultIsThere = () => setTimeout(show, SETTLING);

/**
 * The settings of the page are there.
 * @param {boolean} resultFollows whether the panel in front opens on a result
 */
export const settingsAreThere = (resultFollows) => setTimeout(show, resultFollows ? FIRST_RESULT : SETTLING);
