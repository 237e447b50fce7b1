"""Exports: a release as rows of a product's own columns, and back."""

from worklog_core.exports import enneo, klink, respondio
from worklog_core.exports.cells import ArrayStyle, DecimalMark, DurationStyle

__all__ = ["ArrayStyle", "DecimalMark", "DurationStyle", "enneo", "klink", "respondio"]
