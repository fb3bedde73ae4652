/* Figure "digit": a small network, trained where the page was made, reads what is drawn.
   Its weights are on the page, in the script of class "digit-network" (convbook/in_browser.py). */
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const numbers = (text) => new Float32Array(bytes(text).buffer);

  const prepared = (data) => ({
    ...data,
    pictures: data.pictures.map((text) => Float32Array.from(bytes(text), (value) => value / 255)),
    layers: data.layers.map((layer) => (layer.kernel
      ? { ...layer, kernel: numbers(layer.kernel), bias: numbers(layer.bias) } : layer)),
  });

  /* Maps are {height, width, depth, values}, values in the order of Keras: rows, columns, maps. */
  const convolution = (maps, { shape: [size, , depth, filters], kernel, bias }) => {
    const [height, width] = [maps.height - size + 1, maps.width - size + 1];
    const values = new Float32Array(height * width * filters);
    for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) {
      const to = (row * width + column) * filters;
      for (let filter = 0; filter < filters; filter++) values[to + filter] = bias[filter];
      for (let u = 0; u < size; u++) for (let v = 0; v < size; v++) for (let d = 0; d < depth; d++) {
        const value = maps.values[((row + u) * maps.width + column + v) * depth + d];
        const from = ((u * size + v) * depth + d) * filters;
        for (let filter = 0; filter < filters; filter++) values[to + filter] += value * kernel[from + filter];
      }
      for (let filter = 0; filter < filters; filter++) values[to + filter] = Math.max(0, values[to + filter]);
    }
    return { height, width, depth: filters, values };
  };

  const pooling = ({ height: before, width: across, depth, values: old }) => {
    const [height, width] = [Math.floor(before / 2), Math.floor(across / 2)];
    const values = new Float32Array(height * width * depth).fill(-Infinity);
    for (let row = 0; row < 2 * height; row++) for (let column = 0; column < 2 * width; column++) for (let d = 0; d < depth; d++) {
      const to = ((row >> 1) * width + (column >> 1)) * depth + d;
      values[to] = Math.max(values[to], old[(row * across + column) * depth + d]);
    }
    return { height, width, depth, values };
  };

  const dense = ({ values }, { shape: [inputs, units], kernel, bias }) => {
    const scores = Array.from(bias);
    for (let input = 0; input < inputs; input++) for (let unit = 0; unit < units; unit++) scores[unit] += values[input] * kernel[input * units + unit];
    const largest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - largest));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  };

  /* {probabilities, maps}: the answer, and the maps after each convolution. */
  const answer = (network, picture) => {
    let [maps, seen] = [{ height: network.shape[0], width: network.shape[1], depth: 1, values: picture }, []];
    for (const layer of network.layers) {
      if (layer.kind === "Dense") return { probabilities: dense(maps, layer), maps: seen };
      maps = layer.kind === "Conv2D" ? convolution(maps, layer) : pooling(maps);
      if (layer.kind === "Conv2D") seen.push(maps);
    }
    throw new Error("the network has no last dense layer");
  };

  if (typeof module !== "undefined") {
    module.exports = { prepared, answer };
    return;
  }

  const { element, button, register } = convbook;
  const PAPER = 280;
  const INK = 20; // pixels of the box that a digit fills in MNIST

  /* A picture as MNIST has them: the ink scaled into a box of 20 pixels, its centre of mass in the middle. */
  const asInMnist = (paper, side) => {
    const pixels = paper.getContext("2d").getImageData(0, 0, PAPER, PAPER).data;
    let [left, right, top, bottom] = [PAPER, -1, PAPER, -1];
    for (let y = 0; y < PAPER; y++) for (let x = 0; x < PAPER; x++) if (pixels[4 * (y * PAPER + x) + 3]) {
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
    if (right < 0) return null;
    const scale = INK / Math.max(right - left + 1, bottom - top + 1);
    const small = (dx, dy) => {
      const canvas = element("canvas", { width: side, height: side });
      const drawing = canvas.getContext("2d");
      drawing.imageSmoothingQuality = "high";
      drawing.drawImage(paper, left, top, right - left + 1, bottom - top + 1,
        dx, dy, scale * (right - left + 1), scale * (bottom - top + 1));
      const alpha = drawing.getImageData(0, 0, side, side).data;
      return Float32Array.from({ length: side * side }, (_, index) => alpha[4 * index + 3] / 255);
    };
    const first = small(4, 4);
    const ink = first.reduce((a, b) => a + b);
    const middle = (side - 1) / 2;
    const x = first.reduce((sum, value, index) => sum + value * (index % side), 0) / ink;
    const y = first.reduce((sum, value, index) => sum + value * Math.floor(index / side), 0) / ink;
    return small(4 + Math.round(middle - x), 4 + Math.round(middle - y));
  };

  const show = (canvas, values, step, offset, largest) => {
    const drawing = canvas.getContext("2d");
    const image = drawing.createImageData(canvas.width, canvas.height);
    for (let index = 0; index < canvas.width * canvas.height; index++) {
      const shade = 255 * (1 - values[index * step + offset] / largest);
      image.data.set([shade, shade, shade, 255], 4 * index);
    }
    drawing.putImageData(image, 0, 0);
  };

  const build = (stage) => {
    const source = document.querySelector("script.digit-network");
    if (!source) return;
    const network = prepared(JSON.parse(source.textContent));
    const [side] = network.shape;
    const paper = element("canvas", { class: "paper", width: PAPER, height: PAPER, role: "img", "aria-label": "draw a digit here" });
    const drawing = paper.getContext("2d", { willReadFrequently: true });
    Object.assign(drawing, { lineWidth: 22, lineCap: "round", lineJoin: "round" });
    const seen = element("canvas", { width: side, height: side, role: "img", "aria-label": "what the network sees" });
    const bars = element("div", { class: "bars" });
    const maps = element("div", { class: "maps" });
    const told = element("p", { class: "told", "aria-live": "polite" });
    let example = 0;

    const read = (picture) => {
      const { probabilities, maps: computed } = answer(network, picture);
      show(seen, picture, 1, 0, 1);
      const best = probabilities.indexOf(Math.max(...probabilities));
      bars.replaceChildren(...probabilities.map((value, digit) => element("div", { class: digit === best ? "best" : "" },
        `${digit} `, element("span", { style: `width: ${(7 * value).toFixed(2)}rem` }), ` ${Math.round(100 * value)} %`)));
      maps.replaceChildren(...computed.flatMap((layer, number) => {
        const largest = Math.max(1e-6, ...layer.values);
        const row = element("div", { role: "img", "aria-label": `${layer.depth} maps after convolution ${number + 1}` });
        for (let map = 0; map < layer.depth; map++) {
          const canvas = element("canvas", { width: layer.width, height: layer.height });
          show(canvas, layer.values, layer.depth, map, largest);
          row.append(canvas);
        }
        return [element("h4", {}, `convolution ${number + 1}: ${layer.depth} maps of ${layer.height} × ${layer.width}`), row];
      }));
      told.textContent = `The network reads a ${best}, with a probability of ${Math.round(100 * probabilities[best])} %.`;
    };

    const clear = () => {
      drawing.clearRect(0, 0, PAPER, PAPER);
      told.textContent = "Draw a digit, large and with one stroke of the pen where you can.";
    };
    const at = ({ clientX, clientY }) => {
      const box = paper.getBoundingClientRect();
      return [(clientX - box.left) * PAPER / box.width, (clientY - box.top) * PAPER / box.height];
    };
    paper.addEventListener("pointerdown", (event) => {
      paper.setPointerCapture(event.pointerId);
      drawing.beginPath();
      drawing.moveTo(...at(event));
      drawing.lineTo(...at(event));
      drawing.stroke();
    });
    paper.addEventListener("pointermove", (event) => {
      if (!paper.hasPointerCapture(event.pointerId)) return;
      drawing.lineTo(...at(event));
      drawing.stroke();
      const picture = asInMnist(paper, side);
      if (picture) read(picture);
    });
    const next = () => {
      clear();
      const picture = network.pictures[example];
      example = (example + 1) % network.pictures.length;
      const tiny = element("canvas", { width: side, height: side });
      const image = tiny.getContext("2d").createImageData(side, side);
      picture.forEach((value, index) => image.data.set([0, 0, 0, 255 * value], 4 * index));
      tiny.getContext("2d").putImageData(image, 0, 0);
      drawing.drawImage(tiny, 0, 0, PAPER, PAPER);
      read(picture);
    };

    stage.append(
      element("div", { class: "knobs" }, element("span", { class: "buttons" },
        button("empty the paper", clear), button("a digit of the test set", next))),
      element("div", { class: "pictures" }, element("div", {}, element("h4", {}, "draw here"), paper),
        element("div", {}, element("h4", {}, "the network sees"), seen, bars),
        maps),
      told);
    next();
  };

  register("digit", build);
})();
