"""The reader's language: which one it is, and the texts of the pages in it.

Catalogues are the `.po` files of `translations/LANGUAGE/`, read by Babel as they are, so that no compiled copy of them
need be kept. A text without a translation is shown in English.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request

if TYPE_CHECKING:
    from flask import Response

#: Language → its own name, the first the one that is shown where nothing else is asked for.
LANGUAGES = {"en": "English", "sv": "Svenska"}
_COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def read_catalogue(directory: Path, language: str) -> NullTranslations:
    """Return the texts of the `.po` files in `directory`."""
    merged = Translations()
    for path in sorted(directory.glob("*.po")):
        compiled = io.BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        catalogue = Translations(compiled)
        merged.merge(catalogue)
        # merge() leaves the rule for plurals behind.
        merged.plural = catalogue.plural
    return merged


def language() -> str:
    """Return the language of the page that is being made: `?lang=`, a cookie, or what the browser prefers."""
    if not has_request_context():
        return next(iter(LANGUAGES))
    if "language" not in g:
        asked = (request.args.get("lang"), request.cookies.get(_COOKIE))
        chosen = next((value for value in asked if value in LANGUAGES), None)
        g.language = chosen or request.accept_languages.best_match(list(LANGUAGES)) or next(iter(LANGUAGES))
    return str(g.language)


def in_language(code: str) -> str:
    """Return the path of the page that is being made, in the language `code`."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{quote(request.path)}?{urlencode([*pairs, ('lang', code)])}"


def register(app: Flask) -> None:
    """Give the templates of `app` `_()`, `ngettext()`, `language()` and `LANGUAGES`."""
    root = Path(__file__).parents[1] / "translations"
    catalogues = {name: read_catalogue(root / name, name) for name in LANGUAGES}

    def gettext(text: str) -> str:
        return catalogues[language()].gettext(text)

    def ngettext(one: str, many: str, number: int) -> str:
        return catalogues[language()].ngettext(one, many, number)

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES, in_language=in_language)

    @app.after_request
    def remember(response: Response) -> Response:
        response.vary.update(("Accept-Language", "Cookie"))
        chosen = request.args.get("lang") in LANGUAGES and response.mimetype == "text/html"
        if chosen and request.cookies.get(_COOKIE) != language():
            response.set_cookie(_COOKIE, language(), max_age=_YEAR, samesite="Lax", httponly=True)
        return response
