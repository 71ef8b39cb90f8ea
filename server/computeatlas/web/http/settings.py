"""What a server is told once, when it starts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError
from computeatlas.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from computeatlas.model.manifest import Manifest
    from computeatlas.model.queryfile import QueryFile

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass
class Served:
    """What is served now, which a reload changes: manifest and directory of a release, None for other data."""

    manifest: Manifest | None = None
    directory: Path | None = None


@dataclass(frozen=True)
class Settings:
    """Limits, what is served, and who may do what.

    `union`: the default graph is the union of all graphs. `token`: who sends it may write; None where nobody may.
    `proxies`: whose word on the client's address counts. `questions` are the example queries, `views` those of the
    pages by their names, `rules` those by which triples are inferred.
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

    @property
    def writable(self) -> bool:
        """Whether anybody may write."""
        return self.token is not None


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
