"""What the endpoint says of itself: SPARQL 1.1 Service Description (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.engine.embedded import serialise_turtle
from computeatlas.model.mediatypes import FORMAT_IRIS, Format
from computeatlas.model.namespaces import DATASET_IRI, FORMATS, PREFIXES

if TYPE_CHECKING:
    from computeatlas.model.manifest import Manifest


def service_description(endpoint: str, manifest: Manifest, chosen: Format) -> bytes:
    """Return the description of the service at `endpoint`, which serves the release of `manifest`, as `chosen`."""
    lines = [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in ("sd", "void", "xsd")]
    results = " , ".join(f"<{FORMATS}{name}>" for name in FORMAT_IRIS.values())
    named = " ,\n".join(
        f"      [ sd:name <{iri}> ; sd:graph [ a sd:Graph ; void:triples {count} ] ]"
        for iri, count in manifest.graphs.items()
    )
    lines.append(f"""
<{endpoint}> a sd:Service ;
  sd:endpoint <{endpoint}> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat {results} ;
  sd:defaultDataset <{DATASET_IRI}> .
<{DATASET_IRI}> a sd:Dataset ;
  sd:defaultGraph [ a sd:Graph ; void:triples {manifest.quads} ] ;
  sd:namedGraph
{named} .
""")
    return serialise_turtle("\n".join(lines), chosen)
