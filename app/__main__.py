"""`python -m app`: the same as the command `openboek`."""

from app.cli import main

main()
