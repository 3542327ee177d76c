"""`python -m app`: the same as the command `openboek`."""

import gc

gc.disable()  # nothing that is loaded now becomes rubbish: looking for it takes a fifth of the time of a start

from app.cli import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main()
