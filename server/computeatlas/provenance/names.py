"""Things with their labels, as an answer's sources name them."""

from __future__ import annotations

from dataclasses import dataclass

from computeatlas.model.namespaces import shorten


@dataclass(frozen=True)
class Name:
    """A thing with its labels, by language, `""` for none."""

    iri: str
    labels: tuple[tuple[str, str], ...] = ()

    def label(self, language: str = "en") -> str:
        """Return the label in `language`, else in English, else any, else the IRI as short as it goes."""
        labels = dict(self.labels)
        return labels.get(language) or labels.get("en") or next(iter(labels.values()), "") or shorten(self.iri)
