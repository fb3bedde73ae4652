/* Figure "costs": a stack of layers and what it costs; the same counts as convbook.costs.of_layers. */
"use strict";

(() => {
  const conv = (filters, kernel, strides = 1, padding = "same") => ({ kind: "Conv", filters, kernel, strides, padding });
  const pool = (size, strides = size, padding = "valid") => ({ kind: "Pool", size, strides, padding });
  const dense = (units) => ({ kind: "Dense", units });
  const [globalPool, flatten] = [{ kind: "GlobalPool" }, { kind: "Flatten" }];
  const times = (count, make) => Array.from({ length: count }, make);
  const vgg = (counts) => counts.flatMap((count, stage) =>
    [...times(count, () => conv(64 * 2 ** Math.min(stage, 3), 3)), pool(2)]);

  const PRESETS = {
    "three convolutions (Géron 2019)": { input: [200, 300, 3], layers: [conv(100, 3, 2), conv(200, 3, 2), conv(400, 3, 2)] },
    "digits, three convolutions": {
      input: [28, 28, 1],
      layers: [conv(64, 3, 1, "valid"), pool(2), conv(64, 3, 1, "valid"), pool(2), conv(64, 3, 1, "valid"), flatten, dense(10)],
    },
    "LeNet-5, modern form": {
      input: [32, 32, 1],
      layers: [conv(6, 5, 1, "valid"), pool(2), conv(16, 5, 1, "valid"), pool(2), conv(120, 5, 1, "valid"), flatten, dense(84), dense(10)],
    },
    "AlexNet": {
      input: [227, 227, 3],
      layers: [conv(96, 11, 4, "valid"), pool(3, 2), conv(256, 5), pool(3, 2), conv(384, 3), conv(384, 3), conv(256, 3), pool(3, 2),
        flatten, dense(4096), dense(4096), dense(1000)],
    },
    "VGG-16": { input: [224, 224, 3], layers: [...vgg([2, 2, 3, 3, 3]), flatten, dense(4096), dense(4096), dense(1000)] },
    "VGG-19": { input: [224, 224, 3], layers: [...vgg([2, 2, 4, 4, 4]), flatten, dense(4096), dense(4096), dense(1000)] },
  };

  const outputs = (size, window, stride, padding) =>
    (padding === "valid" ? Math.floor((size - window) / stride) + 1 : Math.ceil(size / stride));

  const product = (shape) => shape.reduce((a, b) => a * b, 1);

  const outputShape = (shape, layer) => {
    const spatial = shape.slice(0, -1);
    const channels = shape.at(-1);
    if (layer.kind === "Flatten") return [product(shape)];
    if (layer.kind === "Dense") return [...spatial, layer.units];
    if (layer.kind === "GlobalPool") return [channels];
    if (!spatial.length) return null;
    const sizes = spatial.map((size) => outputs(size, layer.kernel ?? layer.size, layer.strides, layer.padding));
    return sizes.some((size) => size < 1) ? null : [...sizes, layer.kind === "Conv" ? layer.filters : channels];
  };

  /* {rows: [{layer, shape, sees (the side of its receptive field; null for all), parameters, multiplications}], parameters, multiplications, predict(), train(batch)},
     bytes of float32; rows end where a window does not fit. */
  const costsOf = (input, layers) => {
    const rows = [];
    let shape = input;
    let [field, jump] = [1, 1];
    for (const layer of layers) {
      const next = outputShape(shape, layer);
      if (!next) break;
      const channels = shape.at(-1);
      const weights = layer.kind === "Conv" ? layer.kernel ** 2 * channels * layer.filters
        : layer.kind === "Dense" ? channels * layer.units : 0;
      if (layer.strides) {
        field += ((layer.kernel ?? layer.size) - 1) * jump;
        jump *= layer.strides;
      }
      rows.push({
        layer,
        shape: next,
        sees: next.length > 1 ? field : null,
        parameters: weights + (layer.filters ?? layer.units ?? 0),
        multiplications: layer.kind === "Dense" ? product(shape) * layer.units : weights * product(next.slice(0, -1)),
      });
      shape = next;
    }
    const parameters = rows.reduce((sum, row) => sum + row.parameters, 0);
    const arrays = [product(input), ...rows.filter(({ layer }) => layer.kind !== "Flatten").map((row) => product(row.shape))];
    const pairs = arrays.map((size, index) => size + (arrays[index + 1] ?? 0));
    return {
      rows,
      parameters,
      multiplications: rows.reduce((sum, row) => sum + row.multiplications, 0),
      predict: 4 * (parameters + Math.max(...pairs)),
      train: (batch) => 4 * (parameters + batch * arrays.reduce((a, b) => a + b, 0)),
    };
  };

  if (typeof module !== "undefined") {
    module.exports = { PRESETS, costsOf };
    return;
  }

  const { element, button, chooser, redraw, register } = convbook;
  const KINDS = { Conv: conv(32, 3), Pool: pool(2), GlobalPool: globalPool, Flatten: flatten, Dense: dense(10) };
  const NAMES = { Conv: "convolution", Pool: "max pooling", GlobalPool: "global pooling", Flatten: "flatten", Dense: "dense" };
  const FIELDS = { Conv: ["filters", "kernel", "strides", "padding"], Pool: ["size", "strides", "padding"], GlobalPool: [], Flatten: [], Dense: ["units"] };
  const LARGEST = 8192;
  const many = (value) => value.toLocaleString("en");
  const mega = (bytes) => `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;

  const build = (stage) => {
    let input;
    let layers;
    let batch = 50;
    const body = element("div", { class: "pictures" });
    const told = element("p", { class: "told", "aria-live": "polite" });

    const take = (name) => {
      input = [...PRESETS[name].input];
      layers = PRESETS[name].layers.map((layer) => ({ ...layer }));
      draw();
    };
    const numeric = (label, value, change) => element("input", {
      type: "number", min: 1, max: LARGEST, value, "aria-label": label,
      onchange: ({ target }) => {
        const number = Math.round(Number(target.value));
        if (number >= 1 && number <= LARGEST) change(number);
        draw();
      },
    });
    const setting = (layer, index) => (name) => {
      const label = `${name} of layer ${index + 1}`;
      if (name !== "padding") return [` ${name} `, numeric(label, layer[name], (value) => {
        layer[name] = value;
      })];
      const select = element("select", {
        "aria-label": label,
        onchange: () => {
          layer.padding = select.value;
          draw();
        },
      }, ...["same", "valid"].map((value) => element("option", { value, selected: layer.padding === value }, value)));
      return [" ", select];
    };
    const insert = (index) => (kind) => {
      layers.splice(index, 0, { ...KINDS[kind] });
      draw();
    };

    const draw = () => {
      const found = costsOf(input, layers);
      const head = element("tr", {}, ...["layer", "output", "sees", "parameters", "multiplications", ""].map((name) => element("th", { scope: "col" }, name)));
      const lines = layers.map((layer, index) => {
        const row = found.rows[index];
        const cells = row
          ? [row.shape.join(" × "), row.sees ? `${row.sees} × ${row.sees}` : "all", many(row.parameters), many(row.multiplications)]
          : ["does not fit", "", "", ""];
        return element("tr", { class: row ? "" : "missing" },
          element("th", { scope: "row" }, NAMES[layer.kind], ...FIELDS[layer.kind].flatMap(setting(layer, index))),
          ...cells.map((text) => element("td", {}, text)),
          element("td", {}, button("×", () => {
            layers.splice(index, 1);
            draw();
          }, { "aria-label": `remove layer ${index + 1}` })));
      });
      const total = element("tr", {}, element("th", { scope: "row" }, "together"), element("td"), element("td"),
        element("td", {}, many(found.parameters)), element("td", {}, many(found.multiplications)), element("td"));
      redraw(body,
        element("div", { class: "knob" }, "input ", ...input.flatMap((size, side) => [
          numeric(["height", "width", "channels"][side], size, (value) => {
            input[side] = value;
          }), " "]), " batch ", numeric("batch", batch, (value) => {
          batch = value;
        })),
        element("table", { class: "stack" }, element("thead", {}, head), element("tbody", {}, ...lines), element("tfoot", {}, total)),
        element("div", { class: "knob buttons" }, "add ", ...Object.keys(KINDS).map((kind) => button(NAMES[kind], () => insert(layers.length)(kind)))));
      told.textContent = `${many(found.parameters)} parameters, ${many(found.multiplications)} multiplications; at least `
        + `${mega(found.predict)} to predict one image, ${mega(found.train(batch))} to train on ${many(batch)}.`;
    };

    stage.append(element("div", { class: "knobs" }, chooser("start from", Object.keys(PRESETS), take)), body, told);
    take(Object.keys(PRESETS)[0]);
  };

  register("costs", build);
})();
