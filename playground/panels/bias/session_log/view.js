// The session log: a row for each measurement, with the link that measures it again. Texts are set as text, not HTML.
import { make } from "../../../ui/dom.js";
import { verdictMarks } from "../../../ui/fine_print.js";
import { sayThatItScrolls } from "../../../ui/scroll_hint.js";
import { given } from "../../../ui/value.js";

export const sessionLog = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-session-log");
  const row = (entry) => {
    const line = make("tr");
    const title = make("th");
    title.scope = "row";
    if (entry.query) title.append(Object.assign(make("a", "", entry.title), { href: "?" + entry.query }));
    else title.textContent = entry.title;
    const verdict = (verdictMarks[entry.verdict] || "") + " " + entry.verdict_name;
    line.append(title, ...[entry.summary, verdict, entry.p, entry.adjusted].map((text) => make("td", "", text)));
    return line;
  };
  const draw = () => {
    const value = given(props) || { summary: "", rows: [] };
    root.querySelector(".pg-session-log-summary").textContent = value.summary;
    root.querySelector(".pg-scroll").hidden = !value.rows.length;
    root.querySelector("tbody").replaceChildren(...value.rows.map(row));
  };
  sayThatItScrolls(root.querySelector(".pg-scroll"));
  watch("value", draw);
  draw();
};
