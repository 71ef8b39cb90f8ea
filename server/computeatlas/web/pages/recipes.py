"""`/recipes`: how to get the data into other programs, with addresses of this server: each runs as it stands."""

from __future__ import annotations

from flask import Blueprint, render_template, request

blueprint = Blueprint("recipes", __name__)


@blueprint.get("/recipes")
def recipes() -> str:
    """Show the recipes; those in code stand in `<pre data-runs="LANGUAGE">`, and the tests run each."""
    return render_template("recipes.html", site=request.host_url)
