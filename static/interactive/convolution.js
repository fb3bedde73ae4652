/* Figure "convolution": a window steps over an image; image, kernel, stride, padding and dilation can be changed.
   The simple one leaves stride, padding and dilation as they are. */
"use strict";

(() => {
  const KERNELS = {
    "vertical edge": [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
    "horizontal edge": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "sum": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "middle": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "2×2": [[1, -1], [-1, 1]],
  };
  const IMAGE = [
    [0, 0, 0, 0, 0, 0, 0],
    [0, 2, 2, 2, 0, 0, 0],
    [0, 2, 0, 0, 0, 0, 0],
    [0, 2, 2, 2, 0, 0, 0],
    [0, 0, 0, 2, 0, 0, 0],
    [0, 2, 2, 2, 0, 0, 0],
    [0, 0, 0, 0, 0, 0, 0],
  ];
  const MOST = 3; // of an image's values

  const outputSize = (width, kernel, { stride, padding, dilation }) =>
    Math.floor((width + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;

  /* The products of one window: [{row, column, weight, value, inside}]; rows and columns of the image. */
  const windowAt = (image, kernel, { stride, padding, dilation }, outRow, outColumn) =>
    kernel.flatMap((weights, u) => weights.map((weight, v) => {
      const row = outRow * stride - padding + u * dilation;
      const column = outColumn * stride - padding + v * dilation;
      const inside = row >= 0 && row < image.length && column >= 0 && column < image[0].length;
      return { row, column, weight, value: inside ? image[row][column] : 0, inside };
    }));

  const sum = (window) => window.reduce((total, { weight, value }) => total + weight * value, 0);

  /* As Keras computes it (no kernel is flipped). Empty where the window does not fit. */
  const convolve = (image, kernel, settings) => {
    const rows = Math.max(0, outputSize(image.length, kernel.length, settings));
    const columns = Math.max(0, outputSize(image[0].length, kernel[0].length, settings));
    return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) =>
      sum(windowAt(image, kernel, settings, row, column))));
  };

  if (typeof module !== "undefined") {
    module.exports = { convolve };
    return;
  }

  const { element, button, slider, chooser, squares, redraw, number, register } = convbook;

  const build = (stage, isSimple) => {
    const image = IMAGE.map((row) => [...row]);
    let kernel = KERNELS["vertical edge"].map((row) => [...row]);
    const settings = { stride: 1, padding: 0, dilation: 1 };
    let at = 0;
    let playing = null;

    const change = (name) => (value) => {
      settings[name] = value;
      at = 0;
      draw();
    };
    const next = () => {
      at += 1;
      draw();
    };
    const play = button("play", () => {
      if (playing) stop();
      else {
        playing = setInterval(next, 600);
        play.textContent = "stop";
      }
    });
    const stop = () => {
      clearInterval(playing);
      playing = null;
      play.textContent = "play";
    };
    const step = (by) => () => {
      stop();
      at += by;
      draw();
    };
    const pictures = element("div", { class: "pictures" });
    const told = element("p", { class: "told", "aria-live": "polite" });

    const draw = () => {
      const output = convolve(image, kernel, settings);
      const columns = output[0]?.length ?? 0;
      const count = output.length * columns;
      at = count ? (at + count) % count : 0;
      const [outRow, outColumn] = count ? [Math.floor(at / columns), at % columns] : [0, 0];
      const window = count ? windowAt(image, kernel, settings, outRow, outColumn) : [];
      const { padding } = settings;
      const seen = new Map(window.map((part) => [`${part.row} ${part.column}`, part]));
      const input = squares("image; press a pixel to change it", image.length + 2 * padding, image[0].length + 2 * padding,
        (row, column) => {
          const value = image[row - padding]?.[column - padding];
          const part = seen.get(`${row - padding} ${column - padding}`);
          const classes = [value === undefined ? "zero" : "", part ? "seen" : ""].join(" ");
          return { text: number(value ?? 0), shade: (value ?? 0) / MOST, classes };
        },
        (row, column) => {
          const [r, c] = [row - padding, column - padding];
          if (image[r]?.[c] === undefined) return;
          image[r][c] = (image[r][c] + 1) % (MOST + 1);
          draw();
        });
      const weights = squares("kernel; press a weight to change it", kernel.length, kernel[0].length,
        (row, column) => ({ text: number(kernel[row][column]), classes: "weight" }),
        (row, column) => {
          const value = kernel[row][column];
          kernel[row][column] = value >= 2 ? -2 : value + 1;
          draw();
        });
      const largest = Math.max(1, ...output.flat().map(Math.abs));
      const answers = squares("output; press a value to see its window", output.length, columns,
        (row, column) => ({
          text: number(output[row][column]),
          shade: Math.abs(output[row][column]) / largest,
          classes: `${output[row][column] < 0 ? "negative" : "positive"} ${row === outRow && column === outColumn ? "here" : ""}`,
        }),
        (row, column) => {
          stop();
          at = row * columns + column;
          draw();
        });
      redraw(pictures,
        element("div", {}, element("h4", {}, `image, ${image.length} × ${image[0].length}`), input),
        element("div", {}, element("h4", {}, "kernel"), weights),
        element("div", {}, element("h4", {}, `output, ${output.length} × ${columns}`), answers));
      told.textContent = count
        ? `Output at row ${outRow + 1}, column ${outColumn + 1}: ${
          window.map(({ weight, value }) => `${number(value)}·${weight < 0 ? `(${number(weight)})` : number(weight)}`).join(" + ")
        } = ${number(output[outRow][outColumn])}`
        : "The window does not fit into the image.";
    };

    stage.append(
      element("div", { class: "knobs" },
        chooser("kernel", Object.keys(KERNELS), (name) => {
          kernel = KERNELS[name].map((row) => [...row]);
          at = 0;
          draw();
        }),
        ...(isSimple ? [] : [
          slider("stride", { least: 1, most: 3, value: 1 }, change("stride")),
          slider("padding", { least: 0, most: 2, value: 0 }, change("padding")),
          slider("dilation", { least: 1, most: 3, value: 1 }, change("dilation")),
        ]),
        element("span", { class: "buttons" }, button("back", step(-1)), play, button("next", step(1)))),
      pictures,
      told);
    draw();
  };

  register("convolution", build);
})();
