"""The languages in which the library says something to people."""

from enum import Enum

from worklog_core.errors import WorklogError, describe

__all__ = ["Language", "require_language"]


class Language(Enum):
    """The languages that pseudonyms, rules and accounts are said in.

    Example:
        >>> from worklog_core import Language
        >>> [language.value for language in Language]
        ['en', 'de']
    """

    ENGLISH = "en"
    GERMAN = "de"


def require_language(language: object) -> Language:
    """Return a language, or raise the error that names the argument."""
    if not isinstance(language, Language):
        raise WorklogError(
            f"language must be a member of Language: found {describe(language)}. "
            "Choose Language.ENGLISH or Language.GERMAN.",
            field="language",
            value=language,
        )
    return language
