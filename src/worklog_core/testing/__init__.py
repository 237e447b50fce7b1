"""What users of the library test their own rules with: strategies, laws, conformance vectors.

Nothing is imported here: the strategies need the extra `hypothesis`, and the rest does not.
"""

__all__: list[str] = []
