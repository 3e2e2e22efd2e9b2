"""The embedded AWS: template.yaml, running in this process."""

from .embedded import EmbeddedAws
from .tap import Tap

__all__ = ["EmbeddedAws", "Tap"]
