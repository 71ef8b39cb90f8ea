// The editor at /sparql: it takes the place of the form that the page has without JavaScript.

import { Yasqe } from "@zazuko/yasqe";

import { Problem, ask, isShareable } from "./asking.js";
import { completeHere, completers } from "./completion.js";
import { element, fillIn } from "./element.js";
import { showAnswer, showProblem } from "./results.js";
import { addressOf, settings, texts } from "./settings.js";
import { tablist } from "./tablist.js";

const KEPT = "compute-atlas-queries";
const START = "SELECT ?s ?p ?o WHERE {\n  ?s ?p ?o\n}\nLIMIT 10\n";

/** The queries of this window, which outlive a reload. Each has an id, a text, and its answer once it has been asked. */
class Queries {
  constructor(opened) {
    this.number = 0;
    this.list = [];
    this.recall();
    if (opened) this.current = this.list.find(({ query }) => query === opened) ?? this.add(opened);
    this.current ??= this.list[0] ?? this.add(START);
  }

  add(query) {
    const tab = { id: `query-${++this.number}`, number: this.number, query };
    this.list.push(tab);
    return tab;
  }

  remove(tab) {
    const index = this.list.indexOf(tab);
    this.list.splice(index, 1);
    if (!this.list.length) this.add(START);
    return this.list[Math.min(index, this.list.length - 1)];
  }

  keep() {
    const data = { queries: this.list.map(({ query }) => query), current: this.list.indexOf(this.current) };
    // A window may have no storage, or no room in it; then the queries are gone after a reload.
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(data));
    } catch {
      return;
    }
  }

  recall() {
    try {
      const { queries, current } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
      for (const query of queries ?? []) this.add(String(query));
      this.current = this.list[current];
    } catch {
      this.list = [];
    }
  }
}

function nameOf(tab) {
  const titleIn = (language) => new RegExp(`^#\\+ title${language}: *(.+)$`, "m").exec(tab.query)?.[1].trim();
  return titleIn(settings.language) || titleIn("") || fillIn(texts.query, { number: tab.number });
}

/** Return the editor proper, in `place`. */
function editorIn(place, run) {
  for (const completer of completers) Yasqe.registerAutocompleter(completer);
  const yasqe = new Yasqe(place, {
    // Nothing is kept, shared or asked by Yasqe itself.
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    requestConfig: { endpoint: settings.endpoint },
    // Its messages on syntax are in English and name rules of the grammar; the server says it better.
    syntaxErrorCheck: false,
    editorHeight: "auto",
    inputStyle: "contenteditable",
    screenReaderLabel: texts.queryField,
    extraKeys: {
      // The tabulator leaves the field, as it leaves any other; Ctrl-] and Ctrl-[ indent.
      Tab: false,
      "Shift-Tab": false,
      "Ctrl-S": false,
      "Ctrl-Space": completeHere,
      "Ctrl-Enter": () => run(),
      "Cmd-Enter": () => run(),
    },
  });
  yasqe.showNotification = () => {};
  yasqe.on("autocompletionShown", (_editor, widget) => widget.hints.setAttribute("aria-label", texts.suggestions));
  const field = yasqe.getInputField();
  field.setAttribute("role", "textbox");
  field.setAttribute("aria-multiline", "true");
  field.setAttribute("aria-describedby", "editor-keys");
  field.id = "query-editor";
  return yasqe;
}

/** Mark the place of an error, as the server tells it: line and column from 1, columns in characters. */
function markFault(yasqe, { line, column, token }) {
  const doc = yasqe.getDoc();
  const at = Math.min(line, doc.lineCount()) - 1;
  const text = doc.getLine(at);
  const start = [...text].slice(0, (column ?? 1) - 1).join("").length;
  const end = token && text.startsWith(token, start) ? start + token.length : start + 1;
  const from = { line: at, ch: Math.min(start, Math.max(text.length - 1, 0)) };
  doc.addLineClass(at, "background", "fault-line");
  doc.addLineClass(at, "gutter", "fault-line");
  doc.markText(from, { line: at, ch: Math.max(end, from.ch + 1) }, { className: "fault" });
  doc.setCursor({ line: at, ch: start });
  yasqe.scrollIntoView({ line: at, ch: start }, 60);
}

function clearFaults(yasqe) {
  const doc = yasqe.getDoc();
  for (const mark of doc.getAllMarks()) if (mark.className === "fault") mark.clear();
  doc.eachLine((line) => {
    doc.removeLineClass(line, "background", "fault-line");
    doc.removeLineClass(line, "gutter", "fault-line");
  });
}

function start() {
  const form = document.getElementById("ask");
  const textarea = form.elements.query;
  const results = document.getElementById("results");
  const opened = textarea.value.replace(/\r\n/g, "\n");
  const queries = new Queries(opened);
  if (settings.answer) {
    queries.current.answer = settings.hint ? { ...settings.answer, hint: { text: settings.hint } } : settings.answer;
  }

  let running = null;
  const tabs = element("div", { class: "tabs-row" });
  const panel = element("div", { id: "query-panel", role: "tabpanel" });
  const host = element("div", { class: "editor" });
  const button = element("button", { type: "button", click: () => (running ? running.abort() : run()) }, texts.run);
  const share = element("a", { class: "share" }, texts.share);
  const copied = element("span", { role: "status", class: "soft" });
  const copy = element("button", {
    type: "button",
    class: "quiet",
    click: async () => {
      await navigator.clipboard.writeText(share.href);
      copied.textContent = texts.copied;
    },
  }, texts.copy);
  // Pages that did not come over TLS have no clipboard.
  copy.hidden = !navigator.clipboard;
  const keys = element("span", { id: "editor-keys", class: "soft small" }, texts.keys);
  const status = element("p", { role: "status", class: "soft small" });
  panel.append(host, element("p", { class: "editor-bar" }, button, " ", share, " ", copy, " ", copied, " ", keys), status);

  form.replaceWith(tabs, panel);
  panel.append(results);
  const yasqe = editorIn(host, () => run());

  function showLink() {
    const { query } = queries.current;
    share.hidden = !isShareable(query) || !query.trim();
    share.href = addressOf(query);
    copied.textContent = "";
  }

  function showTabs() {
    const add = element("button", { type: "button", class: "quiet", click: () => { open(queries.add(START)); yasqe.focus(); } }, texts.newQuery);
    const close = element("button", { type: "button", class: "quiet", click: () => shut(queries.current) }, texts.closeQuery);
    const list = tablist({
      label: texts.queries,
      items: queries.list.map((tab) => ({ id: tab.id, name: nameOf(tab) })),
      selected: queries.current.id,
      panel: "query-panel",
      onSelect: (id) => open(queries.list.find((tab) => tab.id === id)),
      onClose: (id) => shut(queries.list.find((tab) => tab.id === id)),
    });
    tabs.replaceChildren(list, add, close);
    panel.setAttribute("aria-labelledby", `tab-${queries.current.id}`);
  }

  function showOutcome(tab) {
    clearFaults(yasqe);
    if (tab.answer) return showAnswer(results, tab.asked ?? tab.query, tab.answer);
    if (tab.problem) {
      showProblem(results, tab.problem);
      if (tab.problem.line && tab.asked === tab.query) markFault(yasqe, tab.problem);
    } else results.replaceChildren();
    return null;
  }

  function open(tab) {
    running?.abort();
    queries.current = tab;
    status.textContent = "";
    yasqe.setValue(tab.query);
    yasqe.getDoc().clearHistory();
    showTabs();
    showLink();
    showOutcome(tab);
    queries.keep();
  }

  function shut(tab) {
    open(queries.remove(tab));
    document.getElementById(`tab-${queries.current.id}`).focus();
  }

  async function run() {
    running?.abort();
    // What a keyboard of a telephone wrote is read after a while only.
    yasqe.display.input.updateFromDOM?.();
    const tab = queries.current;
    const control = new AbortController();
    running = control;
    tab.asked = tab.query;
    tab.answer = tab.problem = undefined;
    clearFaults(yasqe);
    results.replaceChildren();
    results.setAttribute("aria-busy", "true");
    button.textContent = texts.stop;
    status.textContent = texts.running;
    const begun = performance.now();
    try {
      tab.answer = await ask(tab.asked, control.signal);
      const seconds = ((performance.now() - begun) / 1000).toLocaleString(settings.language, { maximumFractionDigits: 2 });
      status.textContent = fillIn(texts.done, { seconds });
    } catch (error) {
      status.textContent = error.name === "AbortError" ? texts.stopped : "";
      if (error instanceof Problem) tab.problem = error.members;
      else if (error.name !== "AbortError") throw error;
    } finally {
      if (running === control) {
        running = null;
        button.textContent = texts.run;
        results.removeAttribute("aria-busy");
        await showOutcome(tab);
      }
    }
    // The address of the page is the link to what it shows.
    if (queries.current === tab && isShareable(tab.asked)) history.replaceState(null, "", addressOf(tab.asked));
    queries.keep();
  }

  yasqe.on("change", () => {
    const { current } = queries;
    const query = yasqe.getValue();
    if (query === current.query) return;
    const before = nameOf(current);
    current.query = query;
    clearFaults(yasqe);
    if (nameOf(current) !== before) showTabs();
    showLink();
    queries.keep();
  });

  for (const link of document.querySelectorAll(".examples a[data-query]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const query = new URL(link.href).searchParams.get("query");
      const { current } = queries;
      if (current.query === START) current.query = query;
      open(current.query === query ? current : queries.add(query));
      link.closest("details").open = false;
      run();
    });
  }

  // Lines may break anew when the window changes.
  new ResizeObserver(() => yasqe.refresh()).observe(host);
  open(queries.current);
}

start();
