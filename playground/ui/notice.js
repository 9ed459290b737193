// A line that reports an outcome, and a table of facts. Data is set with textContent only.
import { given } from "./value.js";

export const notice = ({ element, props, watch }) => {
  const line = element.querySelector(".pg-notice");
  const draw = () => {
    const value = given(props) || {};
    line.dataset.tone = value.tone || "quiet";
    line.textContent = value.text || "";
    for (const one of value.links || []) {
      const link = document.createElement("a");
      link.textContent = one.title;
      link.href = "?" + one.query;
      line.append(" ", link);
    }
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
