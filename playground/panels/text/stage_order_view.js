// The order of the sampler's stages: rows that move by drag, by button and by keyboard; each move is announced.
import { make } from "../../ui/dom.js";
import { setPlace } from "../../ui/roving.js";
import { say } from "../../ui/say.js";
import { given } from "../../ui/value.js";

/** The names with the one at `from` moved to place `to`. */
export const movedStage = (names, from, to) => {
  const rest = names.filter((_, index) => index !== from);
  return [...rest.slice(0, to), names[from], ...rest.slice(to)];
};
let show = null; // draws an order in the list that is on the page

/** A link has set the order: its names with commas, "" for the standard one. */
export const showStageOrder = (order) => void show?.(order);

export const stage_order = ({ element, props }) => {
  const root = element.querySelector(".pg-order");
  const [list, reset, status] = [".pg-order-rows", ".pg-order-reset", ".pg-order-status"].map((name) => root.querySelector(name));
  const stages = given(props);
  const labels = Object.fromEntries(stages.map((stage) => [stage.name, stage.label]));
  const standard = stages.map((stage) => stage.name);
  let names = standard;
  let focused = 0;

  const draw = (takeFocus) => {
    reset.disabled = names.join() === standard.join();
    list.replaceChildren(...names.map((name, index) => {
      const row = make("li", "pg-order-row");
      row.tabIndex = index === focused ? 0 : -1;
      row.dataset.stage = name;
      row.append(make("span", "pg-order-grip", "⠿"), make("span", "pg-order-name", labels[name]));
      row.firstChild.setAttribute("aria-hidden", "true");
      [["↑", -1, "sampler.order.up"], ["↓", 1, "sampler.order.down"]].forEach(([sign, step, key]) => {
        const button = make("button", "pg-order-move", sign);
        button.type = "button";
        button.tabIndex = -1;
        button.disabled = index + step < 0 || index + step >= names.length;
        button.setAttribute("aria-label", say(key, { stage: labels[name] }));
        button.addEventListener("click", () => move(index, index + step));
        row.append(button);
      });
      return row;
    }));
    if (takeFocus) list.children[focused].focus();
  };

  const orderBox = () => document.querySelector("#setting-stage_order textarea, #setting-stage_order input");
  // Gradio listens to its box of text. The focus is in this list, so the page takes the change for the visitor's.
  const store = () => {
    const box = orderBox();
    if (!box) return;
    box.value = names.join() === standard.join() ? "" : names.join();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const move = (from, to) => {
    if (to < 0 || to >= names.length || to === from) return;
    names = movedStage(names, from, to);
    focused = to;
    draw(true);
    status.textContent = say("sampler.order.moved", { stage: labels[names[to]], place: to + 1, count: names.length });
    store();
  };

  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (event.altKey || event.shiftKey) return move(focused, focused + step);
    focused = Math.min(names.length - 1, Math.max(0, focused + step));
    draw(true);
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest(".pg-order-row");
    focused = [...list.children].indexOf(row);
    setPlace([...list.children], focused);
  });

  // Dragging by the grip: with pointer events, which a finger has too.
  let drag = null;
  const placeAt = (y) => [...list.children].filter((row) => row !== drag.row).filter((row) => {
    const box = row.getBoundingClientRect();
    return y > box.top + box.height / 2;
  }).length;
  list.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".pg-order-grip")) return;
    event.preventDefault();
    const row = event.target.closest(".pg-order-row");
    drag = { row, from: [...list.children].indexOf(row), to: null };
    list.setPointerCapture(event.pointerId);
    row.classList.add("pg-dragged");
  });
  list.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.to = placeAt(event.clientY);
    const others = [...list.children].filter((row) => row !== drag.row);
    if (list.children[drag.to] !== drag.row) list.insertBefore(drag.row, others[drag.to] || null);
  });
  const drop = (event) => {
    if (!drag) return;
    const { from, to, row } = drag;
    drag = null;
    row.classList.remove("pg-dragged");
    if (event.type === "pointerup" && to !== null && to !== from) move(from, to);
    else draw();
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);

  reset.addEventListener("click", () => {
    names = standard;
    focused = 0;
    draw(true);
    status.textContent = say("sampler.order.reset_done");
    store();
  });
  // Called when a link sets the order; and once here, for a link may have set it before this part was opened.
  show = (order) => {
    const linked = order ? order.split(",") : standard;
    if (linked.join() === names.join()) return;
    names = linked;
    focused = 0;
    draw();
  };
  draw();
  setTimeout(() => show(orderBox()?.value ?? ""), 0);
};
