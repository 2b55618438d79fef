"""Makes the client of redis-py, with the few options that matter here.

Every wait has an end. A connection that turns out to be dead is replaced once, at once; silence is
never tried again, for whoever asked has somebody waiting.
"""

from redis import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.retry import Retry

from services.runtime.redis.setting import RedisSettings


def make_client(settings: RedisSettings) -> Redis:
    """Return a client that threads may share; nothing is connected yet."""
    options: dict[str, object] = {
        "host": settings.host,
        "port": settings.port,
        "db": settings.database,
        "username": settings.user,
        "password": settings.password.get_secret_value() if settings.password else None,
        "client_name": "tartan",
        "protocol": 2,
        "socket_timeout": settings.patience,
        "socket_connect_timeout": settings.patience,
        "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,)),
    }
    if settings.encrypted:
        options |= {"ssl_ca_certs": str(settings.ca) if settings.ca else None}
    pool = BlockingConnectionPool(  # type: ignore[no-untyped-call] # the client's own
        max_connections=settings.connections,
        timeout=settings.patience,
        connection_class=SSLConnection if settings.encrypted else Connection,
        **options,
    )
    return Redis(connection_pool=pool)
