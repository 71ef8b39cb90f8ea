"""What a server is told when it starts, and what a reload tells it anew."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError
from computeatlas.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from computeatlas.model.archive import TextArchive
    from computeatlas.model.manifest import Manifest
    from computeatlas.model.queryfile import QueryFile

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass
class Served:
    """What is served now, which a reload changes: manifest and directory of a release, None for other data."""

    manifest: Manifest | None = None
    directory: Path | None = None


@dataclass(frozen=True)
class Renewal:
    """What a reload finds beside the data: `Settings` has them at once."""

    served: Served
    questions: tuple[QueryFile, ...]
    views: Mapping[str, QueryFile]
    rules: tuple[QueryFile, ...]


@dataclass
class Settings:
    """Limits, what is served, and who may do what.

    `union`: the default graph is the union of all graphs. `token`: who sends it may write; None where nobody may.
    `proxies`: whose word on the client's address counts. `questions` are the example queries, `views` those of the
    pages by their names, `rules` those by which triples are inferred. `archive` has the texts of archived documents,
    for the pages of passages alone.
    """

    limits: Limits = field(default_factory=Limits)
    union: bool = True
    served: Served = field(default_factory=Served)
    questions: tuple[QueryFile, ...] = ()
    views: Mapping[str, QueryFile] = field(default_factory=dict)
    rules: tuple[QueryFile, ...] = ()
    allow_service: bool = False
    token: str | None = None
    proxies: tuple[Network, ...] = ()
    archive: TextArchive | None = None

    def renew(self, found: Renewal) -> None:
        """Go by what a reload found; raises UsageError, and changes nothing, where the query of a view is gone."""
        if missing := sorted(set(self.views) - set(found.views)):
            raise UsageError("the queries of views are missing", where=", ".join(missing), hint="put them back")
        self.served, self.questions = found.served, found.questions
        self.views, self.rules = found.views, found.rules
        self.edition = _digest(self)

    def __post_init__(self) -> None:
        #: Names questions, views and rules: what is made of them is made anew when it changes.
        self.edition = _digest(self)

    @property
    def writable(self) -> bool:
        """Whether anybody may write."""
        return self.token is not None


def _digest(settings: Settings) -> str:
    queries = (*settings.questions, *settings.views.values(), *settings.rules)
    made_of = [(sorted(query.header.items()), query.text) for query in queries]
    return blake2b(repr(made_of).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks written in `texts`, addresses or CIDR blocks; raises UsageError for anything else."""
    networks: list[Network] = []
    for text in texts:
        try:
            networks.append(ipaddress.ip_network(text, strict=False))
        except ValueError as error:
            raise UsageError(
                "is not an address or a network", where=text, hint="write an address or CIDR, such as 10.0.0.0/8"
            ) from error
    return tuple(networks)
