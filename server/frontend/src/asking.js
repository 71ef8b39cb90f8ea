import { addressOf, settings, texts } from "./settings.js";

// A longer address may be refused on its way; such a query is sent as a form.
const LONGEST_ADDRESS = 6000;
const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.1";

/** What went wrong: the members of the problem details (RFC 9457) that the server answered with. */
export class Problem extends Error {
  constructor(members) {
    super(members.detail ?? members.title ?? members.unreachable);
    this.members = members;
  }
}

/** Say whether the address that asks `query` is short enough to be shared. */
export function isShareable(query) {
  return addressOf(query).length <= LONGEST_ADDRESS;
}

function hasEmptyColumn({ head, results }) {
  return Boolean(results?.bindings.length) && head.vars.some((name) => !results.bindings.some((row) => name in row));
}

/**
 * Return the answer to `query`: an object of the SPARQL 1.1 Query Results JSON Format, or `{graph}` with Turtle.
 * Where a column is empty for a reason that the server names, `hint` has its `text` and `lang`.
 * Throws Problem, and AbortError where `signal` gave up.
 */
export async function ask(query, signal) {
  const options = { headers: { Accept: ACCEPT }, signal };
  let address = addressOf(query);
  if (!isShareable(query)) {
    address = settings.endpoint;
    options.method = "POST";
    options.body = new URLSearchParams({ query });
  }
  let response;
  let text;
  try {
    response = await fetch(address, options);
    text = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ unreachable: texts.unreachable });
  }
  const type = response.headers.get("Content-Type") ?? "";
  if (!response.ok) {
    throw new Problem(type.startsWith("application/problem+json") ? JSON.parse(text) : { title: `HTTP ${response.status}` });
  }
  if (type.startsWith("text/turtle")) return { graph: text };
  const answer = JSON.parse(text);
  const hint = response.headers.get("Atlas-Hint");
  // What the protocol says is in English. It says it of the query; whether a column is empty is seen here.
  return hint && hasEmptyColumn(answer) ? { ...answer, hint: { text: hint, lang: "en" } } : answer;
}
