// Completion from our own data: prefixes, classes, properties and the variables of the query. Yasqe's own completers
// ask other hosts; they are not in the bundle.

import { element } from "./element.js";
import { settings } from "./settings.js";
import { shorten } from "./terms.js";

const LIMIT = 100;
const CLASS_FOLLOWS = new Set(["a", "rdf:type", "rdfs:domain", "rdfs:range", "rdfs:subClassOf"]);
// Letters before the list shows itself; the key combination shows it after none.
const SOME = 2;

let terms = null;
let isAskedFor = false;

/** Show what may stand at the cursor, even after nothing. */
export function completeHere(yasqe) {
  isAskedFor = true;
  try {
    yasqe.autocomplete();
  } finally {
    isAskedFor = false;
  }
}

async function fetchTerms() {
  terms ??= fetch(settings.completions, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : { terms: [] }))
    .catch(() => ({ terms: [] }));
  return (await terms).terms;
}

function previousToken(yasqe) {
  const cursor = yasqe.getDoc().getCursor();
  return yasqe.getPreviousNonWsToken(cursor.line, yasqe.getCompleteToken());
}

function isLongEnough(token) {
  return isAskedFor || token.string.trim().length >= SOME;
}

function labelOf(term) {
  return term.labels[settings.language] ?? term.labels.en ?? Object.values(term.labels)[0] ?? "";
}

/** Return the terms of `kind` that fit what is typed: by the beginning of their name, or by a word of a label. */
async function matching(kind, typed) {
  const wanted = typed.replace(/^</, "").toLowerCase();
  const prefixed = wanted.includes(":");
  const scored = [];
  for (const term of await fetchTerms()) {
    if (term.kind !== kind) continue;
    const name = shorten(term.iri).toLowerCase();
    const local = name.slice(name.indexOf(":") + 1);
    if (name.startsWith(wanted) || term.iri.toLowerCase().startsWith(wanted)) scored.push([0, term]);
    else if (!prefixed && local.startsWith(wanted)) scored.push([1, term]);
    else if (!prefixed && Object.values(term.labels).some((label) => label.toLowerCase().includes(wanted))) scored.push([2, term]);
  }
  return scored.sort((a, b) => a[0] - b[0]).slice(0, LIMIT).map(([, term]) => term);
}

/** Write a term as a prefixed name, and declare its prefix where the query does not. */
function insert(yasqe, term, from, to) {
  const name = shorten(term.iri);
  yasqe.getDoc().replaceRange(name, from, to);
  if (name.startsWith("<")) return;
  const prefix = name.slice(0, name.indexOf(":"));
  if (yasqe.getPrefixesFromQuery()[prefix] === undefined) yasqe.addPrefixes({ [prefix]: settings.prefixes[prefix] });
}

function termCompleter(name, kind, isPlace) {
  return {
    name,
    bulk: false,
    autoShow: true,
    isValidCompletionPosition(yasqe) {
      const token = yasqe.getCompleteToken();
      return !/^[?$"'#]/.test(token.string) && isLongEnough(token) && isPlace(yasqe, token);
    },
    async get(yasqe, token) {
      return (await matching(kind, (token?.string ?? "").trim())).map((term) => term.iri);
    },
    async postprocessHints(yasqe, hints) {
      const known = new Map((await fetchTerms()).map((term) => [term.iri, term]));
      return hints.map((hint) => {
        const term = known.get(hint.text);
        return {
          ...hint,
          hint: (_editor, data) => insert(yasqe, term, hint.from ?? data.from, hint.to ?? data.to),
          render: (node) => node.append(shorten(term.iri), " ", element("span", { class: "hint-label" }, labelOf(term))),
        };
      });
    },
  };
}

const followsClassProperty = (yasqe) => CLASS_FOLLOWS.has(previousToken(yasqe)?.state?.lastProperty);

const classes = termCompleter("classes", "class", followsClassProperty);

// A property may stand where the grammar lets `a` stand.
const properties = termCompleter("properties", "property", (yasqe, token) => Boolean(token.state.possibleCurrent?.includes("a")));

const variables = {
  name: "variables",
  bulk: false,
  autoShow: true,
  isValidCompletionPosition: (yasqe) => /^[?$]/.test(yasqe.getCompleteToken().string),
  get(yasqe, token) {
    const typed = token?.string ?? "";
    const all = yasqe.getValue().match(/[?$]\w+/g) ?? [];
    return [...new Set(all)].filter((name) => name !== typed && name.startsWith(typed)).sort();
  },
};

const prefixes = {
  name: "prefixes",
  bulk: false,
  autoShow: true,
  onInitialize(yasqe) {
    // A prefix of ours that is used and not declared is declared.
    yasqe.on("change", (_editor, change) => {
      if (!["+input", "paste"].includes(change?.origin)) return;
      const cursor = yasqe.getDoc().getCursor();
      const prefix = /^([\w-]+):/.exec(yasqe.getTokenAt(cursor).string)?.[1];
      if (!prefix || !Object.hasOwn(settings.prefixes, prefix) || yasqe.getPrefixesFromQuery()[prefix] !== undefined) return;
      if (previousToken(yasqe)?.string.toUpperCase() === "PREFIX") return;
      yasqe.addPrefixes({ [prefix]: settings.prefixes[prefix] });
    });
  },
  isValidCompletionPosition(yasqe) {
    const token = yasqe.getCompleteToken();
    return previousToken(yasqe)?.string.toUpperCase() === "PREFIX" && (isAskedFor || /\w/.test(token.string));
  },
  get(yasqe, token) {
    const typed = (token?.string ?? "").trim();
    return Object.keys(settings.prefixes).filter((name) => `${name}:`.startsWith(typed)).sort()
      .map((name) => `${name}: <${settings.prefixes[name]}>`);
  },
};

/** The completers, for `Yasqe.registerAutocompleter`. */
export const completers = [prefixes, classes, properties, variables];
