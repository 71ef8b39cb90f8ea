// The answer: a table, a chart and a map where the columns suit, downloads, sources, a link.

import { cell } from "./cell.js";
import { element, fillIn } from "./element.js";
import { addressOf, settings, texts } from "./settings.js";
import { tablist } from "./tablist.js";
import { columnsOf, numberOf, placesIn, textOf } from "./terms.js";

const PAGE = 500;

function kindOf(answer) {
  if ("graph" in answer) return "graph";
  return "boolean" in answer ? "boolean" : "bindings";
}

function counted(answer) {
  const total = answer.total ?? answer.results.bindings.length;
  const shown = answer.results.bindings.length;
  const rows = fillIn(total === 1 ? texts.oneRow : texts.manyRows, { number: total.toLocaleString(settings.language) });
  return shown < total ? `${rows}, ${fillIn(texts.firstShown, { number: shown })}` : rows;
}

function table(answer) {
  const { numbers } = columnsOf(answer);
  const rows = [...answer.results.bindings];
  const body = element("tbody");
  const more = element("button", { type: "button", class: "quiet", click: () => show(body.rows.length + PAGE) }, texts.more);
  const show = (count) => {
    const next = rows.slice(body.rows.length, count).map((row) =>
      element("tr", {}, ...answer.head.vars.map((name) => element("td", { class: numbers.includes(name) ? "number" : null, lang: row[name]?.["xml:lang"] }, cell(row[name])))));
    body.append(...next);
    more.hidden = body.rows.length >= rows.length;
  };
  const collator = new Intl.Collator(settings.language, { numeric: true });
  const compare = (name) => (a, b) => {
    const [x, y] = [numberOf(a[name]), numberOf(b[name])];
    return x !== null && y !== null ? x - y : collator.compare(textOf(a[name]), textOf(b[name]));
  };
  const heads = answer.head.vars.map((name) => {
    const head = element("th", { scope: "col", class: numbers.includes(name) ? "number" : null });
    head.append(element("button", {
      type: "button",
      click: () => {
        const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", order);
        rows.sort(compare(name));
        if (order === "descending") rows.reverse();
        body.replaceChildren();
        show(PAGE);
      },
    }, name));
    return head;
  });
  show(PAGE);
  const whole = element("table", { class: "answer" }, element("thead", {}, element("tr", {}, ...heads)), body);
  return [element("div", { class: "scroll", role: "region", "aria-labelledby": "answer", tabindex: "0" }, whole), more];
}

function boolean(answer) {
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "answer")));
  return [element("table", { class: "answer" }, head, element("tbody", {}, element("tr", {}, element("td", {}, String(answer.boolean)))))];
}

function graph(answer) {
  return [element("div", { class: "scroll", role: "region", "aria-labelledby": "answer", tabindex: "0" }, element("pre", {}, answer.graph))];
}

/** Return the views that suit an answer: `{id, name, draw}`, where `draw` returns nodes or a promise of them. */
function viewsOf(answer) {
  const kind = kindOf(answer);
  if (kind === "boolean") return [{ id: "table", name: texts.table, draw: () => boolean(answer) }];
  if (kind === "graph") return [{ id: "table", name: texts.graph, draw: () => graph(answer) }];
  const views = [{ id: "table", name: texts.table, draw: () => table(answer) }];
  const { numbers, times, others } = columnsOf(answer);
  if (numbers.length && numbers.length + times.length + others.length > 1) {
    views.push({ id: "chart", name: texts.chart, draw: async () => (await import("./chart.js")).chart(answer) });
  }
  if (settings.outlines && placesIn(answer).length) {
    views.push({ id: "map", name: texts.map, draw: async () => (await import("./map.js")).map(answer) });
  }
  return views;
}

function links(query, kind) {
  const line = element("p", { class: "downloads" });
  if (kind !== "graph") {
    line.append(element("a", { class: "button quiet", href: addressOf(query, { cite: "true" }) }, texts.sources), " ");
  }
  line.append(texts.download, " ");
  settings.formats[kind].forEach(([name, label], index) => {
    if (index) line.append(" · ");
    line.append(element("a", { href: addressOf(query, { format: name }), download: `answer.${name}` }, label));
  });
  return line;
}

/** Show `answer` to `query` in the element `place`. */
export function showAnswer(place, query, answer) {
  const kind = kindOf(answer);
  const views = viewsOf(answer);
  const heading = element("h2", { id: "answer", tabindex: "-1" }, kind === "bindings" ? counted(answer) : kind === "graph" ? texts.graph : texts.answer);
  const panel = element("div", { id: "view", ...(views.length > 1 ? { role: "tabpanel", tabindex: "-1" } : {}) });
  const bar = element("div");
  const select = async (id) => {
    bar.replaceChildren(...(views.length > 1 ? [tablist({ label: texts.views, items: views, selected: id, panel: "view", onSelect: select })] : []));
    if (views.length > 1) panel.setAttribute("aria-labelledby", `tab-${id}`);
    panel.replaceChildren(...(await views.find((view) => view.id === id).draw()));
  };
  const hints = answer.hint ? [element("p", { class: "hint", lang: answer.hint.lang }, answer.hint.text)] : [];
  place.replaceChildren(heading, links(query, kind), bar, panel, ...hints);
  return select("table");
}

/** Show what went wrong in the element `place`. */
export function showProblem(place, members) {
  const node = element("div", { class: "warning", role: "alert" }, element("h2", { id: "answer" }, texts.failed));
  // What the protocol says is in English. The detail of an error in the query ends with its hint already.
  const said = [members.title, members.detail, members.detail?.includes(members.repair) ? null : members.repair];
  for (const text of said.filter(Boolean)) node.append(element("p", { lang: "en" }, text));
  if (members.unreachable) node.append(element("p", {}, members.unreachable));
  place.replaceChildren(node);
}
