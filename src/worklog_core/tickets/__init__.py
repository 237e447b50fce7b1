"""The life of a ticket: closings and reopenings."""

__all__: list[str] = []
