"""How we talk to AWS: with time limits of our own, so that one hung socket is a transient error.

botocore's default would wait as long as a function may run; with these limits a request that is
never answered takes less time than ingest keeps for an upload.
"""

from botocore.config import Config

CONNECTIONS = 32
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS, _PAUSES_SECONDS = 2, 5, 3, 3
CONFIG = Config(
    max_pool_connections=CONNECTIONS,
    connect_timeout=_CONNECT_SECONDS,
    read_timeout=_READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
)
LONGEST_REQUEST_SECONDS = _ATTEMPTS * (_CONNECT_SECONDS + _READ_SECONDS) + _PAUSES_SECONDS
