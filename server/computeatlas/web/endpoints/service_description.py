"""What the endpoint says of itself: SPARQL 1.1 Service Description and VoID, of the data as they are now.

https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from computeatlas.engine.base import Delivery, Query
from computeatlas.engine.embedded import serialise_turtle
from computeatlas.model.mediatypes import FORMAT_IRIS, FORMATS, Format, ResultKind
from computeatlas.model.namespaces import DATASET_IRI, PREFIXES
from computeatlas.model.namespaces import FORMATS as FORMAT_NAMESPACE

if TYPE_CHECKING:
    from computeatlas.engine.base import Engine
    from computeatlas.web.http.settings import Settings

_COUNT_GRAPHS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY STR(?g)"
_COUNT_DEFAULT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
#: Who the server asks on its own behalf as: not one of the clients.
_SELF = "self"


class Describer:
    """Describes the service and its data; the counts are taken once for each version of the data."""

    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        self._settings = settings
        self._counts: tuple[str, int, list[dict[str, str]]] = ("", 0, [])

    async def service(self, site: str, chosen: Format) -> bytes:
        """Return the description of the service below `site` as `chosen`: what it can do, its limits, its graphs.

        Raises what counting raises: OverloadedError, QueryTimeoutError.
        """
        settings = self._settings
        endpoint = f"{site}sparql"
        languages = ["sd:SPARQL11Query"]
        features = []
        if settings.union:
            features.append("sd:UnionDefaultGraph")
        if settings.allow_service:
            features.append("sd:BasicFederatedQuery")
        if settings.writable:
            languages.append("sd:SPARQL11Update")
            features.append("sd:EmptyGraphs")
        results = [_iri(form) for form in FORMATS]
        inputs = [_iri(form) for form in FORMATS if ResultKind.GRAPH in form.kinds] if settings.writable else []
        triples, graphs = await self._count()
        named = " ,\n".join(
            f"      [ a sd:NamedGraph ; sd:name <{row['g']}> ; sd:graph [ a sd:Graph ; void:triples {row['n']} ] ]"
            for row in graphs
        )
        lines = [
            *(f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in ("rdfs", "sd", "void")),
            f"<{endpoint}> a sd:Service ;",
            f"  sd:endpoint <{endpoint}> ;",
            f"  sd:supportedLanguage {' , '.join(languages)} ;",
            *([f"  sd:feature {' , '.join(features)} ;"] if features else []),
            f"  sd:resultFormat {' , '.join(results)} ;",
            *([f"  sd:inputFormat {' , '.join(inputs)} ;"] if inputs else []),
            f'  rdfs:comment "{_limits(settings)}"@en ;',
            f"  sd:defaultDataset <{_data_set(settings, site)}> .",
            f"<{_data_set(settings, site)}> a sd:Dataset , void:Dataset ;",
            f"  void:sparqlEndpoint <{endpoint}> ;",
            f"  void:triples {triples} ;",
            f"  sd:defaultGraph [ a sd:Graph ; void:triples {triples} ]",
            *([" ;\n  sd:namedGraph\n" + named] if named else []),
            " .",
        ]
        return serialise_turtle("\n".join(lines), chosen)

    async def data(self, site: str, chosen: Format) -> bytes:
        """Return the VoID description of the data as `chosen`; raises what counting raises."""
        triples, _graphs = await self._count()
        lines = [
            *(f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in ("dcterms", "void")),
            f"<{_data_set(self._settings, site)}> a void:Dataset ;",
            f"  void:sparqlEndpoint <{site}sparql> ;",
            f"  void:triples {triples}",
        ]
        if (manifest := self._settings.served.manifest) is not None:
            lines.append(' ;\n  dcterms:title "Compute Atlas"@en ;')
            lines.append("  dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;")
            lines.append(f'  dcterms:hasVersion "{manifest.version}"')
        lines.append(" .")
        return serialise_turtle("\n".join(lines), chosen)

    async def _count(self) -> tuple[int, list[dict[str, str]]]:
        version = self._engine.version
        if self._counts[0] != version:
            triples = await self._rows(_COUNT_DEFAULT)
            self._counts = (version, int(triples[0]["n"]), await self._rows(_COUNT_GRAPHS))
        return self._counts[1:]

    async def _rows(self, query: str) -> list[dict[str, str]]:
        """Return the rows of a SELECT query of ours as texts."""
        settings = self._settings
        delivery = Delivery((("bindings", "json"),), timeout=settings.limits.timeout)
        answer = await self._engine.ask(_SELF, Query(query, union=settings.union), delivery)
        data = await answer.whole(settings.limits.max_result)
        bindings = json.loads(data)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings]


def _data_set(settings: Settings, site: str) -> str:
    return DATASET_IRI if settings.served.manifest is not None else f"{site}.well-known/void#dataset"


def _iri(form: Format) -> str:
    return f"<{FORMAT_NAMESPACE}{FORMAT_IRIS[form.name]}>"


def _limits(settings: Settings) -> str:
    limits = settings.limits
    parts = [
        f"A query may take {limits.timeout:g} seconds and {limits.memory // (1 << 20)} MiB",
        f"have {limits.max_query} characters and brackets {limits.max_nesting} deep",
        f"and its result {limits.max_result} bytes",
    ]
    if limits.max_rows is not None:
        parts.append(f"and {limits.max_rows} rows")
    if limits.rate:
        parts.append(f"a client may send {limits.rate}")
    parts.append(f"{limits.workers_per_client} queries of one client run at once")
    return ", ".join(parts) + "."
