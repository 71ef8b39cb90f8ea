// Bundles the editor, draws the outlines of countries, and writes both with a manifest into
// ../computeatlas/web/static/bundle. Names of files hold a digest of what is in them, so that they may be cached for
// ever; the manifest maps the names that pages use to those.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

import { drawOutlines } from "./outlines.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = resolve(HERE, "../computeatlas/web/static/bundle");

// Yasqe comes with completers that ask lov.linkeddata.es, and with a table of prefixes from prefix.cc. The editor has its
// own, so those are left out: each pattern is found as often as is said here, or the build fails.
const LEFT_OUT = [
  { pattern: /completers\.forEach\(\((\w+)\) => \{\s*Yasqe\.registerAutocompleter\(\1\);\s*\}\);/g, put: "undefined;", times: 1 },
  { pattern: /fetchFromLov\(\w+, "(?:property|class)", \w+\)/g, put: "[]", times: 2 },
  { pattern: /var fetchFromLov = [^]*?completers = \[[^\]]*\];/g, put: "", times: 1 },
  { pattern: /(?:, \w+ = "https?:\/\/[^"]*")+, prefixes_default = \{[^}]*\}/g, put: ", prefixes_default = {}", times: 1 },
];

const withoutForeignCompleters = {
  name: "without-foreign-completers",
  setup(build) {
    build.onLoad({ filter: /yasqe\.esm\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const { pattern, put, times } of LEFT_OUT) {
        const found = [...contents.matchAll(pattern)].length;
        if (found !== times) throw new Error(`${path}: ${pattern} is there ${found} times, not ${times}: read this version`);
        contents = contents.replace(pattern, put);
      }
      return { contents, loader: "js" };
    });
  },
};

/** Return the licences of the packages whose code is in the bundle, one text. */
function licences(inputs) {
  const root = join(HERE, "node_modules");
  const packages = new Set();
  const take = (name) => {
    if (packages.has(name)) return;
    packages.add(name);
    // A package that is bundled already, as Yasqe is, holds the code of those that it depends on.
    const needs = JSON.parse(readFileSync(join(root, name, "package.json"), "utf8")).dependencies ?? {};
    for (const need of Object.keys(needs)) if (existsSync(join(root, need))) take(need);
  };
  for (const path of [...inputs, "node_modules/world-atlas/", "node_modules/d3-geo/"]) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (match) take(match[1]);
  }
  return [...packages].sort().map((name) => {
    const folder = join(root, name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
    const author = about.author?.name ?? about.author ?? about.homepage ?? "";
    return `${name} ${about.version}: ${about.license}\n\n${text || author}`;
  }).join(`\n\n${"-".repeat(72)}\n\n`) + "\n";
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

const result = await esbuild.build({
  absWorkingDir: HERE,
  entryPoints: ["src/editor.js", "src/editor.css"],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2021",
  charset: "utf8",
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  metafile: true,
  logLevel: "warning",
  plugins: [withoutForeignCompleters],
});

const manifest = {};
const keep = (name, text) => {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  const dot = name.lastIndexOf(".");
  manifest[name] = `${name.slice(0, dot)}-${digest}${name.slice(dot)}`;
  writeFileSync(join(OUT, manifest[name]), text);
};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint && !output.entryPoint.includes("?")) {
    manifest[output.entryPoint.replace("src/", "")] = relative(OUT, resolve(HERE, path));
  }
}
keep("outlines.json", JSON.stringify(drawOutlines()));
keep("licences.txt", licences(Object.keys(result.metafile.inputs)));
writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
