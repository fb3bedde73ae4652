/* Interactive figures: what they share. Each of the others registers itself by the name of its figure,
   and builds its controls in the place of the still picture. Works from a file, without a server. */
"use strict";

const convbook = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  const fill = (made, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== false) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  /* An element: element("button", {type: "button", onclick: f}, "next") */
  const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  const button = (text, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, text);

  /* A slider with its value beside it; change is called with the number. */
  const slider = (text, { least, most, step = 1, value, shown = String }, change) => {
    const output = element("output", {}, shown(value));
    const input = element("input", {
      type: "range", min: least, max: most, step, value,
      oninput: () => {
        output.textContent = shown(Number(input.value));
        change(Number(input.value));
      },
    });
    return element("label", { class: "knob" }, text, " ", input, " ", output);
  };

  /* A list to choose from; change is called with the key. */
  const chooser = (text, options, change) => {
    const select = element("select", { onchange: () => change(select.value) });
    for (const key of options) select.append(element("option", { value: key }, key));
    return element("label", { class: "knob" }, text, " ", select);
  };

  /* A table of squares. look(row, column) gives {text, shade (0 to 1), classes, label};
     press(row, column), where given, makes each of them a button, with the arrow keys to move among them. */
  const squares = (label, rows, columns, look, press) => {
    const table = element("table", { class: "squares", "aria-label": label });
    const places = [];
    for (let row = 0; row < rows; row++) {
      const line = element("tr");
      places.push([]);
      for (let column = 0; column < columns; column++) {
        const { text = "", shade, classes = "", label: name = text } = look(row, column);
        const attributes = { class: classes };
        if (shade !== undefined) attributes.style = `--shade: ${Math.round(100 * shade)}%`;
        const first = row === 0 && column === 0;
        const inside = press
          ? button(text, () => press(row, column), { tabindex: first ? 0 : -1, "aria-label": `row ${row + 1}, column ${column + 1}: ${name}` })
          : text;
        places[row].push(inside);
        line.append(element("td", attributes, inside));
      }
      table.append(line);
    }
    if (press) table.addEventListener("keydown", (event) => move(event, places));
    return table;
  };

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  const move = (event, places) => {
    const step = STEPS[event.key];
    const row = places.findIndex((line) => line.includes(event.target));
    if (!step || row < 0) return;
    event.preventDefault();
    const column = places[row].indexOf(event.target);
    const next = places[row + step[0]]?.[column + step[1]];
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  /* Puts new content in the place of old, and the keyboard back where it was. */
  const redraw = (place, ...content) => {
    const held = [...place.querySelectorAll("button, input, select")].indexOf(document.activeElement);
    place.replaceChildren(...content);
    if (held < 0) return;
    const next = place.querySelectorAll("button, input, select")[held];
    if (!next) return;
    for (const other of next.closest("table")?.querySelectorAll("button") ?? []) other.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  /* A number as in the text: a true minus sign, at most so many digits behind the point. */
  const number = (value, digits = 2) => String(Number(value.toFixed(digits))).replace("-", "−");

  /* build(stage, isSimple) is called for every figure of this name. */
  const register = (name, build) => {
    document.addEventListener("DOMContentLoaded", () => {
      for (const figure of document.querySelectorAll(`.interactive[data-figure="${name}"]`)) {
        const stage = figure.querySelector(".stage");
        stage.replaceChildren();
        build(stage, figure.classList.contains("simple"));
        figure.classList.add("live");
      }
    });
  };

  return { element, svg, button, slider, chooser, squares, redraw, number, register };
})();
