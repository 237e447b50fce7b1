"""From the events of customer service to exact, explainable numbers."""

from worklog_core._version import __version__ as __version__
