/* Figure "shift": a digit is moved; which outputs of a layer change? */
"use strict";

(() => {
  const SIZE = 16;
  const SHAPE = [ // a four, 10 × 8
    "..#...#.", ".##..##.", ".#...#..", "##..##..", "#...#...", "########", "....#...", "...##...", "...#....", "...#....",
  ];

  /* The digit with its corner at a place, as rows of 0 and 1; what leaves the picture is lost. */
  const picture = (top, left) => Array.from({ length: SIZE }, (_, row) => Array.from({ length: SIZE }, (_, column) =>
    SHAPE[row - top]?.[column - left] === "#" ? 1 : 0));

  const pooled = (image, size, reduce) => {
    const half = image.length / size;
    return Array.from({ length: half }, (_, row) => Array.from({ length: half }, (_, column) => {
      const values = [];
      for (let u = 0; u < size; u++) for (let v = 0; v < size; v++) values.push(image[row * size + u][column * size + v]);
      return reduce(values);
    }));
  };

  const LAYERS = {
    "max pooling": (image, size) => pooled(image, size, (values) => Math.max(...values)),
    "average pooling": (image, size) => pooled(image, size, (values) => values.reduce((a, b) => a + b) / values.length),
    "a stride, no pooling": (image, size) => pooled(image, size, ([first]) => first),
    "global max pooling": (image) => pooled(image, image.length, (values) => Math.max(...values)),
  };

  /* Outputs that differ, and those that are not zero in one of the two. */
  const compare = (before, after) => {
    const pairs = before.flatMap((row, r) => row.map((value, c) => [value, after[r][c]]));
    return {
      changed: pairs.filter(([a, b]) => a !== b).length,
      active: pairs.filter(([a, b]) => a !== 0 || b !== 0).length,
    };
  };

  if (typeof module !== "undefined") {
    module.exports = { picture, LAYERS, compare };
    return;
  }

  const { element, button, chooser, squares, redraw, number, register } = convbook;

  const build = (stage) => {
    const [top, left] = [3, 4];
    const move = { down: 0, right: 1 }; // so that something can be seen from the start
    let size = 2;
    const limit = 3;
    const shift = (down, right) => () => {
      move.down = Math.max(-limit, Math.min(limit, move.down + down));
      move.right = Math.max(-limit, Math.min(limit, move.right + right));
      draw();
    };
    const pictures = element("div", { class: "pictures" });
    const told = element("p", { class: "told", "aria-live": "polite" });

    const draw = () => {
      const before = picture(top, left);
      const after = picture(top + move.down, left + move.right);
      const parts = [element("div", {}, element("h4", {}, "picture"),
        squares("the picture", SIZE, SIZE, (row, column) => ({ shade: after[row][column], classes: "small", text: "" })))];
      const counts = [];
      for (const [name, layer] of Object.entries(LAYERS)) {
        const [was, is] = [layer(before, size), layer(after, size)];
        const { changed, active } = compare(was, is);
        parts.push(element("div", {}, element("h4", {}, name),
          squares(name, is.length, is.length, (row, column) => ({
            shade: is[row][column],
            classes: was[row][column] === is[row][column] ? "" : "changed",
          })),
          element("p", { class: "count" }, `${changed} of ${active} changed`)));
        counts.push(`${name} ${changed} of ${active}`);
      }
      redraw(pictures, ...parts);
      told.textContent = move.down || move.right
        ? `Moved by ${number(move.down)} down and ${number(move.right)} to the right. Outputs that changed, of those that are not zero: ${counts.join("; ")}.`
        : "Not moved yet: use the arrows.";
    };

    const arrows = { ArrowUp: shift(-1, 0), ArrowDown: shift(1, 0), ArrowLeft: shift(0, -1), ArrowRight: shift(0, 1) };
    stage.append(
      element("div", {
        class: "knobs",
        onkeydown: (event) => {
          if (!arrows[event.key] || event.target.tagName === "SELECT") return;
          event.preventDefault();
          arrows[event.key]();
        },
      },
      element("span", { class: "buttons" },
        button("←", arrows.ArrowLeft, { "aria-label": "move left" }), button("→", arrows.ArrowRight, { "aria-label": "move right" }),
        button("↑", arrows.ArrowUp, { "aria-label": "move up" }), button("↓", arrows.ArrowDown, { "aria-label": "move down" }),
        button("back to the start", () => {
          Object.assign(move, { down: 0, right: 0 });
          draw();
        })),
      chooser("windows", ["2 × 2", "4 × 4"], (name) => {
        size = Number(name[0]);
        draw();
      })),
      pictures,
      told);
    draw();
  };

  register("shift", build);
})();
