"""`python -m computeatlas` is the command `computeatlas`."""

from computeatlas.cli.main import main

if __name__ == "__main__":
    main()
