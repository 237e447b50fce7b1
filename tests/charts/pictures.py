"""What is drawn: the values behind a picture, all of them or those of one kind of mark."""

from typing import Any


def values(chart: Any, mark: str | None = None) -> list[dict[str, Any]]:
    """Return the rows that a chart draws, or those of its first layer of a mark."""
    told = chart if isinstance(chart, dict) else chart.to_dict()
    if mark is None:
        return [row for rows in told["datasets"].values() for row in rows]
    layer = next(layer for layer in told["layer"] if layer["mark"]["type"] == mark)
    return list(told["datasets"][layer["data"]["name"]])
