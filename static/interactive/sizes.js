/* Figure "sizes": every window of a convolution along one axis, its zeros, and what no window sees. */
"use strict";

(() => {
  /* Zeros before and after, and the number of outputs; 0 where the window does not fit. As TensorFlow has it. */
  const layout = (width, kernel, stride, dilation, padding) => {
    const span = (kernel - 1) * dilation + 1;
    if (padding === "valid") {
      return { before: 0, after: 0, outputs: Math.max(0, Math.floor((width - span) / stride) + 1) };
    }
    const outputs = Math.ceil(width / stride);
    const zeros = Math.max(0, (outputs - 1) * stride + span - width);
    return { before: Math.floor(zeros / 2), after: Math.ceil(zeros / 2), outputs };
  };

  if (typeof module !== "undefined") {
    module.exports = { layout };
    return;
  }

  const { element, svg, slider, chooser, redraw, register } = convbook;
  const UNIT = 30;
  const COLOURS = 4; // of windows, in the style sheet

  const build = (stage) => {
    const chosen = { W: 13, F: 6, S: 5, R: 1, padding: "same" };
    const picture = element("div");
    const told = element("p", { class: "told", "aria-live": "polite" });
    const change = (name) => (value) => {
      chosen[name] = value;
      draw();
    };

    const draw = () => {
      const { W, F, S, R, padding } = chosen;
      const { before, after, outputs } = layout(W, F, S, R, padding);
      const starts = Array.from({ length: outputs }, (_, index) => index * S - before);
      const places = (start) => Array.from({ length: F }, (_, u) => start + u * R);
      const seen = new Set(starts.flatMap(places));
      const missed = Array.from({ length: W }, (_, place) => place).filter((place) => outputs && !seen.has(place));
      const middle = (place) => (place + before + 0.5) * UNIT;

      const drawing = svg("svg", {
        class: "wide", role: "img", "aria-label": "the input, its zeros and every window",
        viewBox: `0 0 ${Math.max(W + before + after, 18) * UNIT} ${UNIT + 14 + 15 * Math.max(outputs, 1)}`,
      });
      for (let place = -before; place < W + after; place++) {
        const real = place >= 0 && place < W;
        drawing.append(svg("rect", {
          x: middle(place) - UNIT / 2 + 1, y: 1, width: UNIT - 2, height: UNIT - 2,
          class: !real ? "padded" : seen.has(place) ? "input" : "missed",
        }));
        if (real) drawing.append(svg("text", { x: middle(place), y: 20, class: "place" }, String(place)));
      }
      starts.forEach((start, index) => {
        const y = UNIT + 12 + 15 * index;
        const group = svg("g", { class: `window-${index % COLOURS}` });
        group.append(svg("rect", { x: middle(start) - 11, y: y - 5, width: (F - 1) * R * UNIT + 22, height: 10, rx: 5 }));
        for (const place of places(start)) group.append(svg("circle", { cx: middle(place), cy: y, r: 3.6 }));
        drawing.append(group);
      });
      redraw(picture, drawing);
      told.textContent = outputs
        ? `${outputs} output${outputs > 1 ? "s" : ""}; zeros: ${before} before, ${after} after; `
          + (missed.length ? `in no window: ${missed.join(", ")}` : "every position is seen")
          + (S > 1 && R > 1 ? ". (Keras refuses S and R above 1 together.)" : ".")
        : `A window of ${(F - 1) * R + 1} does not fit into ${W} positions.`;
    };

    stage.append(
      element("div", { class: "knobs" },
        slider("width W", { least: 4, most: 14, value: chosen.W }, change("W")),
        slider("kernel F", { least: 1, most: 7, value: chosen.F }, change("F")),
        slider("stride S", { least: 1, most: 5, value: chosen.S }, change("S")),
        slider("dilation R", { least: 1, most: 3, value: chosen.R }, change("R")),
        chooser("padding", ["same", "valid"], change("padding"))),
      picture,
      told);
    draw();
  };

  register("sizes", build);
})();
