"""Pages of the site together, before they are written: what is wrong with them, and which links lead nowhere."""

from collections.abc import Collection, Mapping

from publish.check.pages import Pages


def faults_together(files: Mapping[str, bytes], others: Collection[str] = ()) -> list[str]:
    """`others`: files that are there too."""
    inspected = frozenset(name for name in files if name.endswith(".html"))
    pages = Pages("https://openboek.example", inspected, lambda path: path in files or path in others)
    for name in sorted(inspected):
        pages.add(name, files[name])
    pages.judge_links(files.__getitem__)
    return [str(fault) for fault in pages.faults]
