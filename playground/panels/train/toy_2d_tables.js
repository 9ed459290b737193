// The tables below the stages of runs on points of the plane: a race, and all numbers.
import { make } from "../../ui/dom.js";
import { short } from "../../ui/numbers.js";
import { seconds } from "../../ui/run.js";
import { say } from "../../ui/say.js";

export const MEASURES = ["js", "kl", "sliced_wasserstein"];
const NAMES = {
  js: "train.toy_2d.run.js", kl: "train.toy_2d.run.kl", sliced_wasserstein: "train.toy_2d.run.sliced_wasserstein",
  modes_covered: "train.curves.toy_2d.modes_covered", d_loss: "train.curves.toy_2d.d_loss",
  g_loss: "train.curves.toy_2d.g_loss", score_real: "train.curves.toy_2d.score_real",
  score_fake: "train.curves.toy_2d.score_fake", loss: "train.curves.toy_2d.loss",
  distortion: "train.curves.toy_2d.distortion", code_kl: "train.curves.toy_2d.code_kl", sigma: "train.curves.toy_2d.sigma",
};
const IN_NATS = ["distortion", "code_kl"]; // shown in bits
export const nameOf = (number) => (NAMES[number] ? say(NAMES[number]) : number);
export const measure = (number) => (number === null || number === undefined ? "–" : short(number));

/** The same with two digits: what luck gives differs from draw to draw. */
export const about = (number) => measure(typeof number === "number" ? Number(number.toPrecision(2)) : number);

/** The race, after equal seconds of training. place: of its table.  tracks: of the view. */
export const drawRace = (place, tracks) => {
  const racing = tracks.filter((track) => track.state && track.state.rows.length);
  place.hidden = tracks.length < 2 || racing.length < tracks.length;
  if (place.hidden) return;
  const until = Math.min(...racing.map((track) => track.state.rows[track.state.rows.length - 1][1]));
  const rows = racing.map((track) => {
    let at = track.state.rows.length - 1;
    while (at > 0 && track.state.rows[at][1] > until) at -= 1;
    const row = track.state.rows[at];
    return { title: track.title, steps: row[0], values: MEASURES.map((name) => row[3 + track.state.names.indexOf(name)]) };
  });
  place.querySelector("caption").textContent = say("train.toy_2d.run.race", { time: seconds(until) });
  const best = MEASURES.map((_, at) => Math.min(...rows.map((row) => row.values[at])));
  const lines = rows.map((row) => {
    const line = make("tr");
    line.append(make("th", "", row.title), make("td", "pg-number", row.steps.toLocaleString("en")));
    row.values.forEach((number, column) => line.append(make("td", "pg-number" + (number === best[column] ? " pg-toy_2d_run-best" : ""), measure(number) + (number === best[column] ? " ★" : ""))));
    return line;
  });
  const floor = racing[0].frame;
  if (floor) {
    const line = make("tr", "pg-hint");
    line.append(make("th", "", say("train.toy_2d.run.second_draw")), make("td", "", "–"));
    MEASURES.forEach((name) => line.append(make("td", "pg-number", measure(floor["floor_" + name]))));
    lines.push(line);
  }
  place.querySelector("tbody").replaceChildren(...lines);
};

/** All numbers of the newest frames. place: the details that hold the table. */
export const drawNumbers = (place, tracks) => {
  const started = tracks.filter((track) => track.state && track.state.names.length && track.state.rows.length);
  place.hidden = !started.length;
  if (!place.open || !started.length) return;
  const head = make("tr");
  head.append(make("th", "", say("train.toy_2d.run.number")), ...started.map((track) => make("th", "", track.title)), make("th", "", say("train.toy_2d.run.second_draw")));
  place.querySelector("thead").replaceChildren(head);
  const names = [...new Set([...MEASURES, ...started.flatMap((track) => track.state.names)])];
  place.querySelector("tbody").replaceChildren(...names.map((name) => {
    const line = make("tr");
    line.append(make("th", "", nameOf(name)));
    started.forEach((track) => {
      const at = track.state.names.indexOf(name);
      const last = at < 0 ? null : track.state.rows[track.state.rows.length - 1][3 + at];
      line.append(make("td", "pg-number", measure(last !== null && IN_NATS.includes(name) ? last / Math.LN2 : last)));
    });
    const floor = started[0].frame && started[0].frame["floor_" + name];
    line.append(make("td", "pg-number", floor === undefined ? "–" : measure(floor)));
    return line;
  }));
};
