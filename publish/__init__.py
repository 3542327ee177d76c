"""The public site: made from what is public, looked at as the harvester would, and only then put online.

One run takes this way:

    services      the run: one at a time, its log, the switch, the way back
    site          what the site is made of, in units; `pages_*`, `data_*` and `diwoo_stream` make their files
    pieces        what stands on pages hundreds of times, written as text; proved equal to the components
    states        which units are the same as on the site that is live: those are taken over
    writer        the only code that writes the site, and everything on the disk before the switch
    check/        the gate: the harvester's view, which `openboek verify` has of any site
    secrets       texts that are never public, for the gate
    refusals      much less than last time, and the mail when a run is refused or fails
    changes       what became different, for the log
    deliveries    copies elsewhere, in the ways of `targets/`
    live          the site as it looks from outside, compared with what should be there
    work          those last two as jobs

`diwoo` is the plain writer that `diwoo_stream` is proved equal to. `server` serves the site in `openboek serve`;
`servers` writes what other web servers need. It knows of register/, woo/ and wmebv/ only their `public.py`.
"""
