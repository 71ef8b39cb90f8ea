// Terms of RDF as people read them, and what their columns are made of.

import { settings } from "./settings.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"].map((name) => XSD + name));
const TIMES = new Set(["date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"].map((name) => XSD + name));
const POINT = /^\s*(?:<[^>]*>\s*)?POINT\s*\(\s*(-?[\d.]+(?:e-?\d+)?)\s+(-?[\d.]+(?:e-?\d+)?)\s*\)\s*$/i;

/** Return `iri` as a prefixed name where a prefix of ours covers it, else between angle brackets. */
export function shorten(iri) {
  let best = "";
  for (const [prefix, namespace] of Object.entries(settings.prefixes)) {
    if (iri.startsWith(namespace) && namespace.length > (settings.prefixes[best]?.length ?? 0)) best = prefix;
  }
  const local = best && iri.slice(settings.prefixes[best].length);
  return local && !/[/#]/.test(local) ? `${best}:${local}` : `<${iri}>`;
}

/** Return where a term links to: to its page here where it is one of ours, to itself on the web, else nowhere. */
export function addressOfTerm(term) {
  if (term?.type !== "uri") return null;
  for (const [start, path] of settings.paths) {
    if (term.value.startsWith(start)) return path + encodeURI(term.value.slice(start.length));
  }
  return /^https?:\/\//.test(term.value) ? term.value : null;
}

/** Return the text of a term; an empty one where there is none. */
export function textOf(term) {
  if (!term) return "";
  if (term.type === "uri") return shorten(term.value);
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type === "triple") return ["subject", "predicate", "object"].map((part) => textOf(term.value[part])).join(" ");
  return term.value;
}

/** Return the number that a term is, or null. */
export function numberOf(term) {
  if (!term || !NUMBERS.has(term.datatype)) return null;
  const number = Number(term.value);
  return Number.isFinite(number) ? number : null;
}

/** Return the date that a term is, or null. */
export function dateOf(term) {
  if (!term || !TIMES.has(term.datatype)) return null;
  const date = new Date(/^\d{4}(-\d\d)?$/.test(term.value) ? `${term.value}${term.value.length === 4 ? "-01" : ""}-01` : term.value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Return `[longitude, latitude]` of a point in well-known text (OGC 06-103r4), or null. */
export function pointOf(term) {
  const match = term?.type === "literal" || term?.type === "typed-literal" ? POINT.exec(term.value) : null;
  return match ? [Number(match[1]), Number(match[2])] : null;
}

/** Return the kinds of columns: `numbers` and `times` hold nothing else, `others` are texts and things. */
export function columnsOf({ head, results }) {
  const kinds = { numbers: [], times: [], others: [] };
  for (const name of head.vars) {
    const terms = results.bindings.map((row) => row[name]).filter(Boolean);
    if (!terms.length) continue;
    if (terms.every((term) => numberOf(term) !== null)) kinds.numbers.push(name);
    else if (terms.every((term) => dateOf(term) !== null)) kinds.times.push(name);
    else if (!terms.some((term) => pointOf(term))) kinds.others.push(name);
  }
  return kinds;
}

/** Return, for each row with a place, `{row, at: [longitude, latitude]}`: from a column of points, or from two of numbers. */
export function placesIn({ head, results }) {
  const points = head.vars.find((name) => results.bindings.some((row) => pointOf(row[name])));
  if (points) {
    return results.bindings.flatMap((row) => (pointOf(row[points]) ? [{ row, at: pointOf(row[points]) }] : []));
  }
  const latitude = head.vars.find((name) => /lat(itude)?$/i.test(name));
  const longitude = head.vars.find((name) => /(long?|lng|longitude)$/i.test(name) && name !== latitude);
  if (!latitude || !longitude) return [];
  return results.bindings.flatMap((row) => {
    const at = [numberOf(row[longitude]), numberOf(row[latitude])];
    const isPlace = at[0] !== null && at[1] !== null && Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90;
    return isPlace ? [{ row, at }] : [];
  });
}
