"""The command line `computeatlas`, one module a command."""
