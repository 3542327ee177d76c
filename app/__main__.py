"""`python -m app`: the same as the command `openboek`."""

import gc

gc.disable()  # nothing that is loaded now becomes rubbish: looking for it takes a fifth of the time of a start

from app.cli import main  # noqa: E402

gc.freeze()
gc.set_threshold(50_000, 20, 10)  # a list of all findings is a million things: looking among them took half its time
gc.enable()

if __name__ == "__main__":
    main()
