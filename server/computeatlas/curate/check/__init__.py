"""The layers of `computeatlas check`, and how their findings are reported."""
