"""Privacy: what may leave, and under which name."""

from worklog_core.privacy.pseudonyms import PseudonymKey, assign_pseudonyms
from worklog_core.privacy.words import Language, words_in_names

__all__ = [
    "Language",
    "PseudonymKey",
    "assign_pseudonyms",
    "words_in_names",
]
