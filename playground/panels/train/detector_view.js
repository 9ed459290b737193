// The detector's findings in a run: those of now, and those that are gone.
import { make } from "../../ui/dom.js";
import { isSeen, lifetime } from "../../ui/lifetime.js";
import { say } from "../../ui/say.js";
import { given } from "../../ui/value.js";

export const detector = ({ element, props, watch, server }) => {
  const [title, state, note, list, past] = ["h4", ".pg-detector-state", ".pg-detector-note", ".pg-detector-list", ".pg-detector-past"].map((name) => element.querySelector(name));
  const checked = element.querySelector(".pg-detector-checked");
  let [drawn, run, timer] = ["", "", 0];
  let before = new Map(); // the last findings: name → title
  const gone = new Map(); // name → its line
  const remember = (answer) => {
    const now = new Map(answer.findings.map((finding) => [finding.name, finding.title]));
    before.forEach((words, name) => now.has(name) || gone.set(name, say("train.detector.past", { title: words, step: answer.step })));
    now.forEach((_, name) => gone.delete(name));
    before = now;
    past.replaceChildren(...[...gone.values()].map((words) => make("li", "", words)));
  };
  const signal = lifetime(element);
  const look = async () => {
    clearTimeout(timer);
    if (run && isSeen(element)) {
      const current = run;
      const answer = await server.diagnose_run({ run }).catch(() => null);
      if (answer && current === run) drawAnswer(answer); // not of a run that was left meanwhile
    }
    if (!signal.aborted) timer = setTimeout(look, 1500);
  };
  const drawAnswer = (answer) => {
    const same = JSON.stringify(answer.findings || answer.error);
    const words = answer.error || (answer.findings.length
      ? say("train.detector.wrong", { count: answer.findings.length })
      : answer.young ? say("train.detector.young") : say("train.detector.sound"));
    checked.hidden = Boolean(answer.error) || answer.findings.length > 0 || answer.young;
    checked.lastElementChild.textContent = checked.hidden ? "" : answer.judged;
    if (state.textContent !== words) state.textContent = words;
    if (note.textContent !== (answer.note || "")) note.textContent = answer.note || "";
    if (same === drawn) return;
    drawn = same;
    if (answer.findings) remember(answer);
    list.replaceChildren(...(answer.findings || []).map((finding) => {
      const item = make("li", "pg-detector-finding");
      item.dataset.finding = finding.name;
      item.append(make("strong", "", "⚠ " + finding.title), make("p", "", finding.sentence));
      return item;
    }));
  };
  const open = () => {
    const value = given(props);
    const next = (value && value.run) || "";
    title.textContent = value && value.of ? say("train.detector.title_of", { model: value.of }) : say("train.detector.title");
    if (next === run && run) return;
    run = next;
    drawn = "";
    before = new Map();
    gone.clear();
    [list, past].forEach((one) => one.replaceChildren());
    note.textContent = "";
    checked.hidden = true;
    state.textContent = run ? say("train.detector.looking") : say("train.detector.waiting");
    look();
  };
  watch("value", open);
  open();
};
