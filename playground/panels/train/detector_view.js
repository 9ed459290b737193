// What a detector sees in a training: its findings now, and those that are gone.
(() => {
  const playground = (window.playground = window.playground || {});

  playground.detector = (element, props, trigger, watch, server) => {
    const { make, given } = playground;
    const [title, state, note, list, past] = ["h4", ".pg-detector-state", ".pg-detector-note", ".pg-detector-list", ".pg-detector-past"].map((name) => element.querySelector(name));
    let [told, run, timer] = ["", "", 0];
    let before = new Map(); // findings of the last look: name → title
    const gone = new Map(); // name → the line that says so
    const remember = (answer) => {
      const now = new Map(answer.findings.map((finding) => [finding.name, finding.title]));
      before.forEach((words, name) => now.has(name) || gone.set(name, `✓ “${words}” is gone since step ${answer.step.toLocaleString("en")}.`));
      now.forEach((_, name) => gone.delete(name));
      before = now;
      past.replaceChildren(...[...gone.values()].map((words) => make("li", "", words)));
    };
    const seenNow = () => !document.hidden && element.isConnected && element.getClientRects().length > 0;
    const look = async () => {
      clearTimeout(timer);
      if (run && seenNow()) {
        const asked = run;
        const answer = await server.diagnose_run({ run }).catch(() => null);
        if (answer && asked === run) drawAnswer(answer); // of another run by now: nothing is gone from that
      }
      timer = setTimeout(look, 1500);
    };
    const drawAnswer = (answer) => {
      const same = JSON.stringify(answer.findings || answer.error);
      const words = answer.error || (answer.findings.length
        ? `${answer.findings.length === 1 ? "One thing is" : answer.findings.length + " things are"} wrong:`
        : answer.young ? "Too early to tell: it looks after the first 60 steps." : "Nothing is wrong, as far as it can see.");
      if (state.textContent !== words) state.textContent = words;
      if (note.textContent !== (answer.note || "")) note.textContent = answer.note || "";
      if (same === told) return;
      told = same;
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
      const asked = (value && value.run) || "";
      title.textContent = value && value.of ? `The detector, on the ${value.of}` : "The detector";
      if (asked === run && run) return;
      run = asked;
      told = "";
      before = new Map();
      gone.clear();
      [list, past].forEach((one) => one.replaceChildren());
      note.textContent = "";
      state.textContent = run ? "It is looking …" : "It looks at a run as soon as one is there.";
      look();
    };
    watch("value", open);
    open();
  };
})();
