"""The manifest of a release: what it holds, made from what, with which digests."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from computeatlas.model.errors import ReleaseError

#: Raised when the meaning of a release directory changes; older and newer ones are refused.
LAYOUT = 1
MANIFEST_NAME = "manifest.json"
#: Copies of the data for who has no bzip2, which a release may have besides; see `release/copies.py`.
NQUADS_COPY, TURTLE_COPY = "compute-atlas.nq.gz", "compute-atlas.ttl.gz"


@dataclass(frozen=True)
class Manifest:
    """A release: version of the graph, digest of its N-Quads, counts, files and inputs.

    `digest` is the SHA-256 of the uncompressed, sorted N-Quads; `graphs` maps graph IRIs to numbers of quads;
    `files` maps file names to their SHA-256 and size in bytes; `inputs` maps input names to their SHA-256;
    `generator` is the version of the program that built it. `as_of` is the day, in ISO 8601, by which the documents of
    a release that looks back had been issued, None for a release of all documents.
    """

    version: str
    digest: str
    quads: int
    graphs: dict[str, int]
    files: dict[str, dict[str, str | int]]
    inputs: dict[str, str]
    generator: str
    as_of: str | None = None
    layout: int = field(default=LAYOUT)

    def to_json(self) -> str:
        """Return the manifest as JSON with sorted keys, the same bytes for the same release."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, *, where: str) -> Manifest:
        """Return the manifest in `text`; raises ReleaseError, naming `where`, if it is none of this layout."""
        try:
            data = json.loads(text)
            layout = data["layout"]
            if layout != LAYOUT:
                raise ReleaseError(
                    f"the release has layout {layout}, this program reads {LAYOUT}", where=where, hint="build it again"
                )
            return cls(**data)
        except (ValueError, KeyError, TypeError) as error:
            raise ReleaseError(
                "is not the manifest of a release", where=where, why=str(error), hint="build it again"
            ) from error
