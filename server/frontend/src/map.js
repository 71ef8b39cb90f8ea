// A map of an answer's places over the outlines of countries. Places that lie close together share a mark; each mark
// has the number of its entry in a list below, and leads there.

import { geoAzimuthalEqualArea } from "d3-geo";

import { cell } from "./cell.js";
import { drawn, element, fillIn } from "./element.js";
import { settings, texts } from "./settings.js";
import { addressOfTerm, placesIn, textOf } from "./terms.js";

// Marks nearer than this share one, in the thousandth part of the width: they stay apart on a narrow screen too.
const APART = 36;
// The narrowest part of the map that is shown, of 1000.
const NARROWEST = 260;

/** Return the name of a row: its first text that is no number and no coordinate, else its first thing. */
function nameOf(row, names) {
  const terms = names.map((name) => row[name]).filter(Boolean);
  return terms.find((term) => term.type === "literal" && !term.datatype) ?? terms.find((term) => term.type === "uri") ?? terms[0];
}

/** Return the part of the map that holds all points, with room around, in the map's proportions. */
function windowOf(points, { width, height }) {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const wide = Math.max(...xs) - Math.min(...xs);
  const high = Math.max(...ys) - Math.min(...ys);
  const size = Math.min(1, Math.max(NARROWEST, wide * 1.3, ((high * 1.3) / height) * width) / width);
  const fit = (low, spread, most) => Math.max(0, Math.min(most - size * most, low + spread / 2 - (size * most) / 2));
  return { x: fit(Math.min(...xs), wide, width), y: fit(Math.min(...ys), high, height), width: size * width, height: size * height };
}

/** Return points in marks. The answer is known to the browser alone, so the server, which clusters its own maps, cannot. */
function gather(points, apart) {
  const marks = [];
  for (const point of points) {
    const near = marks.find((mark) => Math.hypot(mark.x - point.x, mark.y - point.y) < apart);
    if (near) near.points.push(point);
    else marks.push({ x: point.x, y: point.y, points: [point] });
  }
  return marks;
}

/** Return the nodes of a map of `answer`. */
export async function map(answer) {
  const outlines = await (await fetch(settings.outlines)).json();
  const { rotate, scale, translate } = outlines.projection;
  const project = geoAzimuthalEqualArea().rotate(rotate).scale(scale).translate(translate).precision(0);
  const all = placesIn(answer).map(({ row, at }) => {
    const [x, y] = project(at);
    return { row, x, y };
  });
  const points = all.filter(({ x, y }) => x >= 0 && y >= 0 && x <= outlines.width && y <= outlines.height);
  const outside = all.length - points.length;
  const notes = outside ? [element("p", { class: "soft" }, fillIn(texts.outside, { number: outside }))] : [];
  if (!points.length) return notes;

  const part = windowOf(points, outlines);
  const unit = part.width / 1000;
  const marks = gather(points, APART * unit);
  const svg = drawn("svg", {
    class: "drawing answer-map",
    viewBox: [part.x, part.y, part.width, part.height].map((number) => number.toFixed(1)).join(" "),
    role: "group",
    "aria-label": fillIn(texts.mapOf, { number: points.length }),
  });
  svg.append(drawn("g", { class: "land", "aria-hidden": "true" }, ...outlines.countries.map(({ d }) => drawn("path", { d, "vector-effect": "non-scaling-stroke" }))));
  const list = element("ol", { class: "places" });
  marks.forEach((mark, index) => {
    const names = mark.points.map(({ row }) => textOf(nameOf(row, answer.head.vars)));
    const different = [...new Set(names)];
    const label = different.join(", ");
    svg.append(drawn("a", { href: `#place-${index + 1}`, "aria-label": `${index + 1}: ${label}`, class: "mark-place" },
      drawn("title", {}, label),
      drawn("circle", { class: "reach", cx: mark.x, cy: mark.y, r: (APART / 2) * unit }),
      drawn("circle", { class: "spot", cx: mark.x, cy: mark.y, r: Math.min(APART / 2, 10 + 2 * Math.sqrt(mark.points.length)) * unit }),
      drawn("text", { x: mark.x, y: mark.y, dy: "0.35em", "text-anchor": "middle", "font-size": 14 * unit, "aria-hidden": "true" }, String(index + 1)),
    ));
    const things = new Map(mark.points.map(({ row }) => [textOf(nameOf(row, answer.head.vars)), row]));
    const entries = [...things].flatMap(([name, row], number) => {
      const thing = answer.head.vars.map((variable) => row[variable]).find((term) => addressOfTerm(term));
      const entry = thing ? element("a", { href: addressOfTerm(thing) }, name) : cell(nameOf(row, answer.head.vars));
      return number ? [", ", entry] : [entry];
    });
    list.append(element("li", { id: `place-${index + 1}`, tabindex: "-1" }, ...entries));
  });
  return [element("figure", {}, svg), ...notes, list];
}
