"""What charts of people ask before they draw: is it a release, and may it be drawn?"""

from collections.abc import Iterable

from worklog_core.errors import WorklogError
from worklog_core.privacy.release import Release

__all__ = ["require_release"]


def require_release(release: Release, *, kind: str, columns: Iterable[str]) -> None:
    """Refuse what is no release of a kind, is empty, or does not show what a chart draws.

    The error shows nothing of the release.
    """
    if not isinstance(release, Release) or release.kind != kind:
        found = f"a release of a {release.kind}" if isinstance(release, Release) else "no release"
        raise WorklogError(
            f"release must be the release of a {kind}: found {found}. "
            "Pass release(result, policy); charts of people take nothing else.",
            field="release",
        )
    if not release.rows:
        raise WorklogError(
            f"release must have something to draw: found a {kind} without rows. "
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
