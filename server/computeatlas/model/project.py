"""Where the parts of a graph lie: ontology, curated data, queries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError
from computeatlas.model.files import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(__file__).resolve().parents[1]
#: In an installed wheel the graph lies inside the package, in a source tree beside `server/`.
_SHIPPED = (_PACKAGE / "root", _PACKAGE.parents[1])


@dataclass(frozen=True)
class Project:
    """A directory with `ontology/`, `graph_data/` and `queries/`: somebody's graph."""

    root: Path
    shipped: bool = False

    @property
    def is_installed(self) -> bool:
        """Whether the graph lies inside an installed package, where an update would overwrite what is written."""
        return self.shipped and (self.root.parent / "model").is_dir()

    @classmethod
    def find(cls, root: str | Path | None = None) -> Project:
        """Return the project at `root`, or the one that came with the package.

        Raises UsageError where the directory is missing or is not of that shape.
        """
        if root is not None:
            project = cls(Path(root))
            project._require_shape()
            return project
        for candidate in _SHIPPED:
            if (candidate / "ontology").is_dir() and (candidate / "graph_data").is_dir():
                return cls(candidate, shipped=True)
        raise UsageError(
            "no graph found beside the package",
            why="neither a wheel's data nor a source tree is there",
            hint="name a directory with --root",
        )

    def _require_shape(self) -> None:
        if not self.root.is_dir():
            raise UsageError("no such directory", where=str(self.root), hint="name an existing one with --root")
        for part in ("ontology", "graph_data"):
            if not (self.root / part).is_dir():
                raise UsageError(
                    f"has no directory {part}/",
                    where=str(self.root),
                    why="a graph needs ontology/ and graph_data/, and may have queries/",
                    hint="name the directory that holds them with --root",
                )

    @property
    def journal(self) -> Path:
        """The file that lists what a change of several curated files has yet to put in place; see `replace_files`."""
        return self.root / ".computeatlas-journal"

    def relative(self, path: Path) -> str:
        """Return `path` relative to the root, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def files(self, folder: str, suffix: str) -> list[Path]:
        """Return the files below `folder` that end in `suffix`, in the order of their relative paths."""
        base = self.root / folder
        # A broken link is kept, so that reading it fails where somebody sees it.
        found = [path for path in base.rglob(f"*{suffix}") if path.is_file() or path.is_symlink()]
        return sorted(found, key=self.relative)

    def turtle(self, folder: str) -> list[Path]:
        """Return the Turtle files below `folder`."""
        return self.files(folder, ".ttl")

    def linked_directories(self) -> list[Path]:
        """Return the links to directories among ontology and data, in the order of their relative paths."""
        found = [path for folder in ("ontology", "graph_data") for path in (self.root / folder).rglob("*")]
        return sorted((path for path in found if path.is_symlink() and path.is_dir()), key=self.relative)

    def shapes(self) -> list[Path]:
        """Return the SHACL shapes: those of the graph, or the project's own where it has none."""
        return self._own_or_shipped("ontology/shapes", ".ttl")

    def ontology(self) -> list[Path]:
        """Return the Turtle files of the ontology: terms and code lists, not the shapes."""
        shapes = self.root / "ontology" / "shapes"
        return [path for path in self.turtle("ontology") if not path.is_relative_to(shapes)]

    def rules(self) -> list[Path]:
        """Return the inference rules: those of the graph, or the project's own where it has none."""
        return self._own_or_shipped("ontology/rules", ".rq")

    def checks(self) -> list[Path]:
        """Return the check queries: those of the graph, or the project's own where it has none."""
        return self._own_or_shipped("queries/checks", ".rq")

    def derivation(self) -> Path:
        """Return the query that derives the current view from the claims."""
        return self._own_or_shipped("queries/derive", ".rq")[0]

    def quality(self) -> list[Path]:
        """Return the queries that measure the quality of a release: those of the graph, or the project's own."""
        return self._own_or_shipped("queries/quality", ".rq")

    def questions(self) -> list[Path]:
        """Return the example queries: the `.rq` files directly in `queries/`."""
        return sorted((self.root / "queries").glob("*.rq"))

    def views(self) -> list[Path]:
        """Return the queries of the pages: the project's own, each replaced by the graph's of the same name."""
        shipped = [] if self.shipped else Project.find().views()
        by_name = {path.name: path for path in (*shipped, *self.files("queries/views", ".rq"))}
        return [by_name[name] for name in sorted(by_name)]

    def _own_or_shipped(self, folder: str, suffix: str) -> list[Path]:
        own = self.files(folder, suffix)
        return own if own or self.shipped else Project.find().files(folder, suffix)

    def inputs(self) -> Iterator[tuple[str, Path]]:
        """Yield (name, file) of all that a release is made from, in the order of the names.

        The name is the relative path; of files that stand in for ones the graph lacks it begins with `shipped/`.
        """
        named = {self.relative(path): path for path in [*self.ontology(), *self.turtle("graph_data")]}
        for path in [*self.shapes(), *self.rules(), *self.checks(), self.derivation(), *self.quality()]:
            if path.is_relative_to(self.root):
                named[self.relative(path)] = path
            else:
                named["shipped/" + Project.find().relative(path)] = path
        yield from sorted(named.items())

    def digests(self) -> dict[str, str]:
        """Return the SHA-256, in hexadecimal, of each input by its name."""
        return {name: file_digest(path) for name, path in self.inputs()}
