/* Figure "suppression": thresholds of a detector, the boxes that stay, precision and recall. */
"use strict";

(() => {
  // Boxes are [left, top, right, bottom] in a picture of 120 × 80.
  const OBJECTS = [[8, 14, 34, 60], [44, 20, 66, 66], [58, 22, 84, 68], [92, 8, 114, 34]];
  const FOUND = [
    [[9, 13, 35, 61], 0.97], [[5, 17, 33, 57], 0.82], [[12, 18, 38, 66], 0.64],
    [[45, 21, 67, 65], 0.93], [[41, 18, 63, 60], 0.71],
    [[57, 24, 83, 68], 0.88], [[60, 18, 88, 66], 0.58],
    [[93, 10, 113, 35], 0.76], [[96, 14, 119, 38], 0.41],
    [[88, 44, 108, 72], 0.9], [[18, 62, 40, 78], 0.34], [[70, 2, 88, 20], 0.79],
  ];

  const area = ([left, top, right, bottom]) => Math.max(0, right - left) * Math.max(0, bottom - top);

  const iou = (a, b) => {
    const both = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
    return both / (area(a) + area(b) - both);
  };

  /* Indices that stay, best score first: each takes away the worse ones that overlap it by more than the threshold. */
  const suppress = (boxes, scores, threshold) => {
    const order = scores.map((_, index) => index).sort((a, b) => scores[b] - scores[a]);
    const kept = [];
    for (const index of order) if (kept.every((other) => iou(boxes[other], boxes[index]) <= threshold)) kept.push(index);
    return kept;
  };

  /* For each detection, best first: is it the first to reach an object by this overlap? */
  const matched = (boxes, objects, overlap) => {
    const free = new Set(objects.keys());
    return boxes.map((box) => {
      let best = -1;
      for (const index of free) {
        const value = iou(box, objects[index]);
        if (value >= overlap && (best < 0 || value > iou(box, objects[best]))) best = index;
      }
      return free.delete(best);
    });
  };

  /* [{recall, precision}] as more and more detections are let in. */
  const curve = (right, objects) => {
    let found = 0;
    return right.map((is, index) => {
      found += is;
      return { recall: found / objects, precision: found / (index + 1) };
    });
  };

  /* Area under the curve, made to fall (PASCAL VOC since 2010). */
  const averagePrecision = (points) => points.reduce((total, { recall }, index) => {
    const before = index ? points[index - 1].recall : 0;
    return total + (recall - before) * Math.max(...points.slice(index).map(({ precision }) => precision));
  }, 0);

  if (typeof module !== "undefined") {
    module.exports = { iou, suppress, matched, curve, averagePrecision };
    return;
  }

  const { element, svg, slider, redraw, number, register } = convbook;

  const build = (stage) => {
    const chosen = { suppression: 0.5, score: 0.3, overlap: 0.5 };
    const pictures = element("div", { class: "pictures" });
    const told = element("p", { class: "told", "aria-live": "polite" });
    const twoDigits = (value) => value.toFixed(2);
    const change = (name) => (value) => {
      chosen[name] = value;
      draw();
    };

    const rectangle = ([left, top, right, bottom], name) =>
      svg("rect", { x: left, y: top, width: right - left, height: bottom - top, class: name });

    const draw = () => {
      const [boxes, scores] = [FOUND.map(([box]) => box), FOUND.map(([, score]) => score)];
      const kept = suppress(boxes, scores, chosen.suppression);
      const right = matched(kept.map((index) => boxes[index]), OBJECTS, chosen.overlap);
      const points = curve(right, OBJECTS.length);
      const shown = kept.filter((index) => scores[index] >= chosen.score);
      const hits = right.slice(0, shown.length).filter(Boolean).length;

      const scene = svg("svg", { viewBox: "0 0 120 80", role: "img", "aria-label": "objects and the boxes that stay" });
      for (const box of OBJECTS) scene.append(rectangle(box, "object"));
      for (const index of boxes.keys()) if (!kept.includes(index) && scores[index] >= chosen.score) scene.append(rectangle(boxes[index], "removed"));
      shown.forEach((index, place) => scene.append(
        rectangle(boxes[index], right[place] ? "hit" : "miss"),
        svg("text", { x: boxes[index][0] + 1, y: boxes[index][1] + 4.6, class: right[place] ? "hit" : "miss" }, twoDigits(scores[index]))));

      const plot = svg("svg", { viewBox: "-14 -8 122 108", role: "img", "aria-label": "precision against recall" });
      plot.append(svg("path", { d: "M0 0V80H100", class: "axis" }));
      for (const tick of [0, 0.5, 1]) plot.append(
        svg("text", { x: 100 * tick, y: 87, class: "tick" }, String(tick)),
        svg("text", { x: -4, y: 82 - 80 * tick, class: "tick side" }, String(tick)));
      plot.append(svg("text", { x: 50, y: 96, class: "tick" }, "recall"), svg("text", { x: 0, y: -3, class: "tick name" }, "precision"));
      plot.append(svg("path", { class: "curve", d: points.map(({ recall, precision }, index) =>
        `${index ? "L" : "M"}${100 * recall} ${80 - 80 * precision}`).join("") }));
      points.forEach(({ recall, precision }, index) => plot.append(
        svg("circle", { cx: 100 * recall, cy: 80 - 80 * precision, r: index < shown.length ? 2.2 : 1.2, class: index === shown.length - 1 ? "here" : "" })));

      redraw(pictures, element("div", {}, scene), element("div", { class: "plot" }, plot));
      told.textContent = `${boxes.length} boxes, ${kept.length} after suppression, ${shown.length} of them above the score: `
        + `${hits} right, ${shown.length - hits} wrong, ${OBJECTS.length - hits} objects missed. `
        + (shown.length ? `Precision ${number(hits / shown.length)}, recall ${number(hits / OBJECTS.length)}. ` : "")
        + `Average precision ${number(averagePrecision(points))}.`;
    };

    const share = { least: 0, most: 1, step: 0.05, shown: twoDigits };
    stage.append(
      element("div", { class: "knobs" },
        slider("suppress above an IoU of", { ...share, value: chosen.suppression }, change("suppression")),
        slider("show from a score of", { ...share, value: chosen.score }, change("score")),
        slider("right from an IoU of", { ...share, least: 0.3, most: 0.95, value: chosen.overlap }, change("overlap"))),
      pictures,
      told);
    draw();
  };

  register("suppression", build);
})();
