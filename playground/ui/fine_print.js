// The fine print beside a measurement. Data is set with textContent only.
import { corrected, onCorrection } from "./corrected_verdicts.js";
import { make } from "./dom.js";
import { save } from "./download.js";
import { say } from "./say.js";
import { given } from "./value.js";

// A mark for each verdict, so that it does not depend on colour.
export const verdictMarks = { consistent: "●", "depends on wording": "◐", "cannot tell": "○" };

const verdictName = (verdict) => ({
  consistent: say("bias_texts.verdicts.consistent"),
  "depends on wording": say("bias_texts.verdicts.depends_on_wording"),
  "cannot tell": say("bias_texts.verdicts.cannot_tell"),
})[verdict] || verdict;

// What a verdict means, for who does not read statistics: "consistent" with what?
const meaningOf = (verdict) => ({
  consistent: say("bias_texts.verdict_meanings.consistent"),
  "depends on wording": say("bias_texts.verdict_meanings.depends_on_wording"),
  "cannot tell": say("bias_texts.verdict_meanings.cannot_tell"),
})[verdict] || "";

/**
 * A table as CSV (RFC 4180): quotes around what needs them, and lines that end with CR LF.
 * @param {string[][]} rows
 */
export const csv = (rows) => {
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map((one) => cell(String(one))).join(",") + "\r\n").join("");
};

// The link, the JSON and the table of exactly this result.
const share = (part, value) => {
  const { query, file, name } = value;
  part(".pg-fine-share").hidden = !file;
  if (!file) return;
  const address = window.location.origin + window.location.pathname + "?" + query;
  part(".pg-fine-link").hidden = part(".pg-fine-copy").hidden = !query;
  part(".pg-fine-long").hidden = Boolean(query);
  part(".pg-fine-link").href = "?" + query;
  part(".pg-fine-copy").textContent = say("shared.fine_print.copy");
  part(".pg-fine-copy").onclick = async () => {
    await navigator.clipboard.writeText(address);
    part(".pg-fine-copy").textContent = say("shared.fine_print.copied");
  };
  part(".pg-fine-json").onclick = () => save(JSON.stringify({ name: name + ".json", text: JSON.stringify(file, null, 1) }));
  part(".pg-fine-csv").hidden = !file.table.length;
  part(".pg-fine-csv").onclick = () => save(JSON.stringify({ name: name + ".csv", text: csv(file.table), type: "text/csv" }));
};

export const finePrint = ({ element, props, watch }) => {
  const root = element.querySelector(".pg-fine");
  const part = (name) => root.querySelector(name);
  const draw = () => {
    const value = corrected(given(props));
    root.hidden = !value;
    if (!value) return;
    part(".pg-fine-found").textContent = value.found;
    part(".pg-fine-mark").textContent = verdictMarks[value.verdict] || "";
    part(".pg-fine-verdict strong").textContent = verdictName(value.verdict);
    part(".pg-fine-meaning").textContent = meaningOf(value.verdict);
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
    share(part, value);
  };
  watch("value", draw);
  onCorrection(element, draw);
  draw();
};
