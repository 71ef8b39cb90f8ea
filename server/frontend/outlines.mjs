// The outlines of the countries of Europe, from Natural Earth by way of world-atlas, projected and ready for SVG.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { geoAzimuthalEqualArea, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { presimplify, simplify, sphericalTriangleArea } from "topojson-simplify";

const ATLAS = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
const WIDTH = 1000;
// Points at the rim of the map: Iceland, Portugal, the Strait of Gibraltar, Crete, Cyprus, Vardø, the North Cape, and
// a point far enough east.
const FRAME = {
  type: "MultiPoint",
  coordinates: [[-24.5, 64.5], [-9.5, 37], [-5.5, 35], [26, 34.3], [34.8, 34.5], [31.5, 70.5], [25.7, 71.3], [40, 50]],
};
// Corners of lines that span a triangle of less than this, in steradians (some 50 km²), are left out.
const DETAIL = 1.3e-6;

/**
 * Return `{width, height, projection, countries}`: for each country its ISO 3166-1 numeric code (null where it has
 * none) and the data of an SVG path. `projection` has the parameters of the Lambert azimuthal equal-area projection of
 * a sphere, centred as EPSG:3035 is, in the terms of d3-geo, so that points can be projected elsewhere too.
 */
export function drawOutlines() {
  const projection = geoAzimuthalEqualArea().rotate([-10, -52]).fitWidth(WIDTH, FRAME);
  const height = Math.ceil(geoPath(projection).bounds(FRAME)[1][1]);
  projection.clipAngle(45).clipExtent([[0, 0], [WIDTH, height]]);
  const path = geoPath(projection).digits(1);

  const fine = presimplify(JSON.parse(readFileSync(ATLAS, "utf8")), sphericalTriangleArea);
  const coarse = simplify(fine, DETAIL);
  const whole = new Map(feature(fine, fine.objects.countries).features.map((item) => [item.properties.name, item]));
  const countries = [];
  for (const item of feature(coarse, coarse.objects.countries).features) {
    // The smallest countries would vanish: they keep all their corners.
    const d = path(item) ?? path(whole.get(item.properties.name));
    if (d) countries.push({ id: item.id ?? null, d });
  }
  const [longitude, latitude] = projection.rotate();
  return {
    width: WIDTH,
    height,
    projection: {
      name: "azimuthal equal-area",
      rotate: [longitude, latitude],
      scale: projection.scale(),
      translate: projection.translate(),
    },
    countries,
  };
}
