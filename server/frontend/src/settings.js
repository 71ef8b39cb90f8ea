// What the page tells the editor: texts in the reader's language, addresses, formats, prefixes, and the answer to the
// query that the page was opened with.

/** The settings; see templates/sparql.html. */
export const settings = JSON.parse(document.getElementById("editor-settings").textContent);

/** The texts of the interface. */
export const texts = settings.texts;

/** Return the path that asks `query`, with more parameters. */
export function addressOf(query, more = {}) {
  return `${settings.endpoint}?${new URLSearchParams({ query, ...more })}`;
}
