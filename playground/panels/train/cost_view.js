// The cost of runs so far, added up: fetched every few seconds while they train and are in view.
import { make } from "../../ui/dom.js";
import { isSeen } from "../../ui/lifetime.js";
import { given } from "../../ui/value.js";

const WAIT = 3000;

export const cost = ({ element, props, watch, server }) => {
  const part = (name) => element.querySelector(name);
  let [runs, timer, drawn] = [[], 0, ""];
  const fill = (answer) => {
    part(".pg-cost-body").hidden = Boolean(answer.error);
    part(".pg-empty").textContent = answer.error || "";
    if (answer.error) return;
    part(".pg-facts").replaceChildren(...answer.rows.flatMap((row) => [make("dt", "", row[0]), make("dd", "", row[1])]));
    part(".pg-cost-sources").replaceChildren(...answer.sources.map((source) => {
      const line = make("li", "", source.text + " ");
      const link = make("a", "", source.title);
      if (source.url.startsWith("https://")) [link.href, link.target, link.rel] = [source.url, "_blank", "noopener"];
      line.append(link, document.createTextNode("."));
      return line;
    }));
  };
  const ask = async () => {
    clearTimeout(timer);
    if (!runs.length) return;
    let wait = WAIT;
    if (isSeen(element)) {
      const current = runs;
      const answer = await server.run_cost({ runs }).catch(() => null);
      if (current !== runs) return;
      const words = JSON.stringify(answer);
      if (answer && words !== drawn) fill(answer);
      if (answer) drawn = words;
      if (answer && (answer.ended || answer.error)) wait = 4 * WAIT;
    }
    if (element.isConnected) timer = setTimeout(ask, wait);
  };
  const draw = () => {
    const value = given(props) || {};
    const now = value.runs || [];
    if (now.length && now.join() === runs.join()) return;
    [runs, drawn] = [now, ""];
    part(".pg-cost-body").hidden = true;
    part(".pg-empty").textContent = value.empty || "";
    ask();
  };
  watch("value", draw);
  draw();
};
