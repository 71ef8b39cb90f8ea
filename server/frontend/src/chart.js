// A chart of an answer. It never adds up: each row is a mark of its own, for amounts of different currencies or
// certainties have no sum.

import * as Plot from "@observablehq/plot";

import { element, fillIn } from "./element.js";
import { settings, texts } from "./settings.js";
import { columnsOf, dateOf, numberOf, textOf } from "./terms.js";

const MOST = 80;
const ROW = 24;
const LETTER = 6.6;

// Amounts may have a dozen digits; the title of each mark has them all.
const compact = new Intl.NumberFormat(settings.language, { notation: "compact", maximumFractionDigits: 2 });

const isYear = (number) => Number.isInteger(number) && number >= 1900 && number <= 2100;

function choice(label, names, selected, onChange) {
  const select = element("select", { change: () => onChange(select.value) }, ...names.map((name) => element("option", { value: name, selected: name === selected }, name)));
  return element("label", {}, label, " ", select);
}

function shortened(text, letters) {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

function draw(rows, value, against, columns, width) {
  const common = {
    width,
    className: "atlas-plot",
    ariaLabel: fillIn(texts.chartOf, { value, against }),
    // Plot writes a style element, which the page's policy refuses. In a document of its own nothing is applied, and it
    // is taken out before the drawing comes here; editor.css has these rules.
    document: document.implementation.createHTMLDocument(""),
  };
  const numbers = (name) => rows.map((row) => numberOf(row[name]));
  const format = (name) => (numbers(name).every((number) => number === null || isYear(number)) ? "d" : (number) => compact.format(number));
  const title = (row) => `${textOf(row[against])}: ${textOf(row[value])}`;
  const y = { grid: true, label: value, tickFormat: format(value) };
  if (columns.times.includes(against)) {
    const data = rows.filter((row) => row[value] && row[against]);
    return Plot.plot({ ...common, y, x: { label: against }, marks: [Plot.dot(data, { x: (row) => dateOf(row[against]), y: (row) => numberOf(row[value]), title, r: 4, fill: "currentColor" })] });
  }
  if (columns.numbers.includes(against)) {
    const data = rows.filter((row) => row[value] && row[against]);
    return Plot.plot({ ...common, y, x: { label: against, tickFormat: format(against) }, marks: [Plot.dot(data, { x: (row) => numberOf(row[against]), y: (row) => numberOf(row[value]), title, r: 4, fill: "currentColor" })] });
  }
  const data = rows.filter((row) => row[value]);
  const names = [...new Set(data.map((row) => textOf(row[against])))];
  const margin = Math.min(width * 0.42, Math.max(...names.map((name) => name.length)) * LETTER + 16);
  const x = (row) => numberOf(row[value]);
  const category = (row) => textOf(row[against]);
  return Plot.plot({
    ...common,
    height: names.length * ROW + 60,
    marginLeft: margin,
    x: { grid: true, label: value, zero: format(value) !== "d", tickFormat: format(value), ticks: Math.max(2, Math.floor((width - margin) / 90)) },
    y: { label: null, domain: names, tickFormat: (name) => shortened(name, Math.floor((margin - 16) / LETTER)) },
    marks: [Plot.ruleY(data, { x1: 0, x2: x, y: category, strokeOpacity: format(value) === "d" ? 0 : 0.4 }), Plot.dot(data, { x, y: category, title, r: 5, fill: "currentColor" })],
  });
}

/** Return the nodes of a chart of `answer`, which has a column of numbers and another. */
export function chart(answer) {
  const columns = columnsOf(answer);
  const rows = answer.results.bindings.slice(0, MOST);
  const all = answer.head.vars.filter((name) => Object.values(columns).flat().includes(name));
  const years = columns.numbers.filter((name) => rows.every((row) => !row[name] || isYear(numberOf(row[name]))));
  let value = columns.numbers.find((name) => !years.includes(name)) ?? columns.numbers[0];
  let against = [...columns.times, ...columns.others, ...years, ...columns.numbers].find((name) => name !== value);
  const controls = element("p", { class: "controls" });
  const figure = element("figure", { class: "chart" });
  const update = () => {
    controls.replaceChildren(
      choice(texts.value, columns.numbers, value, (name) => { value = name; update(); }), " ",
      choice(texts.against, all, against, (name) => { against = name; update(); }),
    );
    const width = Math.max(280, Math.min(1000, document.getElementById("view").clientWidth - 8));
    const svg = draw(rows, value, against, columns, width);
    for (const style of svg.querySelectorAll("style")) style.remove();
    svg.setAttribute("role", "img");
    // Plot names groups within, which are no images of their own.
    for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    figure.replaceChildren(document.adoptNode(svg));
    if (answer.results.bindings.length > rows.length) {
      figure.append(element("figcaption", {}, fillIn(texts.firstShown, { number: rows.length.toLocaleString(settings.language) })));
    }
  };
  update();
  return [controls, figure];
}
