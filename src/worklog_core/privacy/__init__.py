"""Privacy: what may leave, and under which name."""

from worklog_core.privacy.audit import Audit
from worklog_core.privacy.levels import FieldPolicy, PrivacyLevel, Treatment
from worklog_core.privacy.policy import Coarsening, PrivacyPolicy
from worklog_core.privacy.pseudonyms import PseudonymKey, assign_pseudonyms
from worklog_core.privacy.release import Release, release
from worklog_core.privacy.small_groups import (
    SmallGroups,
    Suppression,
    WithheldField,
    judge_small_groups,
)
from worklog_core.privacy.words import Language, words_in_names

__all__ = [
    "Audit",
    "Coarsening",
    "FieldPolicy",
    "Language",
    "PrivacyLevel",
    "PrivacyPolicy",
    "PseudonymKey",
    "Release",
    "SmallGroups",
    "Suppression",
    "Treatment",
    "WithheldField",
    "assign_pseudonyms",
    "judge_small_groups",
    "release",
    "words_in_names",
]
