"""What is different on a new site, told in numbers: from the manifests of both, of which most parts are the same."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from publish.check import manifest


def changes_between(before: Path | None, after: Path) -> dict[str, list[int]]:
    """Files that are new, changed and gone, for each part of the site that differs; empty when nobody can say."""
    if before is None:
        return {}
    found = {}
    try:
        old, new = _shards(before), _shards(after)
        for part in sorted(old.keys() | new.keys()):
            if old.get(part) != new.get(part):
                was, now = _files(before, old.get(part)), _files(after, new.get(part))
                changed = sum(1 for name in was.keys() & now.keys() if was[name] != now[name])
                found[part] = [len(now.keys() - was.keys()), changed, len(was.keys() - now.keys())]
    except (OSError, KeyError, TypeError, ValueError, manifest.UnreadableManifestError):
        return {}
    return found


def fewer(before: Mapping[str, int], now: Mapping[str, int]) -> Sequence[str]:
    """A line for each kind of which there is less than there was: that is seldom, and somebody may want to know."""
    return [
        f"Er staan {now[kind]} {kind} op de site, bij de vorige goede export waren dat er {number}."
        for kind, number in before.items()
        if now.get(kind, number) < number
    ]


def _shards(release: Path) -> Mapping[str, Mapping[str, object]]:
    found = manifest.parse_root((release / manifest.ROOT).read_bytes())
    return {str(shard["path"]): shard for shard in found.shards if isinstance(shard, dict)}


def _files(release: Path, shard: Mapping[str, object] | None) -> Mapping[bytes, bytes]:
    """The line that names each file, with that of its SHA-256: as our writer lays a manifest out, four for each."""
    lines = (release / str(shard["manifest"])).read_bytes().splitlines() if shard else []
    return dict(zip(lines[3:-3:4], lines[4:-3:4], strict=True))
