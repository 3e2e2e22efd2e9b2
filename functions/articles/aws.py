"""How we talk to AWS: with time limits of our own, so that one hung socket is a transient error.

botocore's default would wait as long as a function may run; with these limits a request that is
never answered takes less time than ingest keeps for an upload.
"""

from botocore.config import Config

CONNECTIONS = 32
CONFIG = Config(
    max_pool_connections=CONNECTIONS,
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
