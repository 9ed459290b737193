// The fine print beside a measurement. Data is set with textContent only.
import { make } from "./dom.js";
import { say } from "./say.js";
import { given } from "./value.js";

// A mark for each verdict, so that it does not depend on colour.
export const verdictMarks = { consistent: "●", "depends on wording": "◐", "cannot tell": "○" };

const verdictName = (verdict) => ({
  consistent: say("bias_texts.verdicts.consistent"),
  "depends on wording": say("bias_texts.verdicts.depends_on_wording"),
  "cannot tell": say("bias_texts.verdicts.cannot_tell"),
})[verdict] || verdict;

export const finePrint = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-fine");
  const part = (name) => root.querySelector(name);
  const draw = () => {
    const value = given(props);
    root.hidden = !value;
    if (!value) return;
    part(".pg-fine-found").textContent = value.found;
    part(".pg-fine-mark").textContent = verdictMarks[value.verdict] || "";
    part(".pg-fine-verdict strong").textContent = verdictName(value.verdict);
    part("dl").replaceChildren(...value.rows.flatMap((row) => [make("dt", "", row.name), make("dd", "", row.text)]));
    part("h5").hidden = !value.known.length;
    part("ul").replaceChildren(...value.known.map((known) => {
      const line = make("li", "", known.text + " ");
      const link = make("a", "", known.title);
      if (known.url.startsWith("https://")) Object.assign(link, { href: known.url, target: "_blank", rel: "noopener noreferrer" });
      line.append(link);
      return line;
    }));
    part(".pg-fine-session").textContent = value.session;
  };
  watch("value", draw);
  draw();
};
