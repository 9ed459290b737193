// A line that reports an outcome, and a table of facts. Data is set with textContent only.
import { make } from "./dom.js";
import { say } from "./say.js";
import { given } from "./value.js";

const folded = (text, isOpen) => {
  const fold = make("details", "pg-notice-details");
  fold.open = isOpen;
  fold.append(make("summary", "", say("shared.details")), make("span", "", text));
  return fold;
};

export const notice = ({ element, props, watch }) => {
  const line = element.querySelector(".pg-notice");
  const draw = () => {
    const value = given(props) || {};
    line.dataset.tone = value.tone || "quiet";
    const wasOpen = Boolean(line.querySelector("details")?.open); // a text that grows is told of many times
    line.textContent = value.text || "";
    for (const one of value.links || []) {
      const link = document.createElement("a");
      link.textContent = one.title;
      link.href = "?" + one.query;
      line.append(" ", link);
    }
    if (value.details) line.append(" ", folded(value.details, wasOpen));
    line.classList.toggle("pg-visually-hidden", !value.text);
  };
  watch("value", draw);
  draw();
};

export const facts = ({ element, props, watch }) => {
  const list = element.querySelector(".pg-facts");
  const draw = () => {
    list.replaceChildren();
    for (const row of (given(props) || {}).rows || []) {
      const name = document.createElement("dt");
      name.textContent = row.name;
      const text = document.createElement("dd");
      if (row.link && row.link.startsWith("https://")) {
        const link = document.createElement("a");
        link.href = row.link;
        link.rel = "noopener noreferrer";
        link.target = "_blank";
        link.textContent = row.text;
        text.append(link);
      } else {
        text.textContent = row.text;
      }
      list.append(name, text);
    }
  };
  watch("value", draw);
  draw();
};
