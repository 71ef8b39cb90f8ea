// What stands in a cell of an answer.

import { element } from "./element.js";
import { addressOfTerm, textOf } from "./terms.js";

/** Return the content of the cell of a term: a link where it has an address, else its text. */
export function cell(term) {
  const address = addressOfTerm(term);
  return address ? element("a", { href: address }, textOf(term)) : textOf(term);
}
