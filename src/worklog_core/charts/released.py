"""What charts of people ask before they draw: is it a release, and may it be drawn?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from worklog_core.errors import WorklogError
from worklog_core.privacy.release import Release
from worklog_core.undetermined import Undetermined

__all__ = ["group_name", "heading_of", "require_release", "require_title"]


def require_release(release: Release, *, kinds: Sequence[str], columns: Iterable[str] = ()) -> None:
    """Refuse what is no release of some kinds, is empty, or does not show what a chart draws.

    The error shows nothing of the release.
    """
    if not isinstance(release, Release) or release.kind not in kinds:
        found = f"a release of a {release.kind}" if isinstance(release, Release) else "no release"
        raise WorklogError(
            f"release must be the release of a {' or a '.join(kinds)}: found {found}. "
            "Pass release(result, policy); charts of people take nothing else.",
            field="release",
        )
    if not release.rows:
        raise WorklogError(
            f"release must have something to draw: found a {release.kind} without rows. "
            "Choose another period.",
            field="release",
        )
    missing = [name for name in columns if release.rows[0].get(name) is None]
    if missing:
        raise WorklogError(
            f"release must show {', '.join(missing)} to be drawn: found them withheld at level "
            f"{release.level.value}. Release it at a level that shows them.",
            field="release",
        )


def require_title(title: str | None) -> str:
    """Return the title of a chart of a release, which has none of its own."""
    if not title:
        raise WorklogError(
            "title must say what a release is of: found none. "
            'Pass for example title="First response, March".',
            field="title",
        )
    return title


def heading_of(release: Release) -> str:
    """Return what stands above a chart of a release in place of what the report was asked for."""
    return f"released at level {release.form.value}; days of {release.time_zone}"


def group_name(row: Mapping[str, Any]) -> str:
    """Return the name of a group: of those that are withheld `others`, of none `unknown`."""
    if row["name"] is not None:
        return str(row["name"])
    return "others" if row["reasons"]["name"] is Undetermined.WITHHELD else "unknown"
