"""The modules of the editor: what they import, read from their text."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: `import … from "./x.js"`, `export … from "./x.js"`, `import "./x.js"` and `import("./x.js")`.
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']\./([\w.-]+)["']""")


def test_modules_import_one_another_without_a_circle(repository: Path) -> None:
    sources = repository / "server/frontend/src"
    imports = {path.name: set(IMPORT.findall(path.read_text("utf-8"))) for path in sources.glob("*.js")}
    order = list(TopologicalSorter(imports).static_order())
    assert order[-1] == "editor.js"
    # Those that are loaded only when they are needed count too.
    assert {"map.js", "chart.js"} <= imports["results.js"]
    assert set(order) == {path.name for path in sources.glob("*.js")}
