"""The embedded AWS: the service of template.yaml, running in this process."""

from .embedded import EmbeddedAws
from .keeping import KeptError
from .server import PortTakenError
from .template import TemplateError

__all__ = ["EmbeddedAws", "KeptError", "PortTakenError", "TemplateError"]
