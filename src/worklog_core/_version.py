"""The version of the library, a literal, for a fingerprint digests it."""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
