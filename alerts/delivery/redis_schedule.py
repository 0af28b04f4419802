"""The retry schedule in Redis or Valkey. Every change is one Lua script, so it happens whole or not at all.

Keys, all under ``{<prefix>:webhooks}`` (the braces keep them in one slot of a cluster)::

    …:position          hash    "cluster:topic:partition" -> next offset to read
    …:lanes             set     subscriber ids that ever had a notification
    …:due:<lane>        zset    notification id -> due time, milliseconds since 1970
    …:item:<lane>       hash    notification id -> the notification, MessagePack
    …:open:<c>:<t>:<p>  zset    "lane notification-id" -> offset; the lowest one is the low-water mark
    …:sent:<lane>:<id>  string  was sent lately; expires
    …:gone              hash    lane -> address that answered 410
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import redis.asyncio as redis

from alerts.delivery.notification import Notification, Partition
from alerts.delivery.schedule import ScheduleEmptiedError, ScheduleUnavailableError
from detectors.errors import FenghuoError

# KEYS position, lanes, open · ARGV root, field, next offset, now ms, then lane, id, offset, item for each
_PUT = """
local position = redis.call('HGET', KEYS[1], ARGV[2])
if not position then return -1 end
local new = 0
for i = 5, #ARGV, 4 do
  local lane, id, offset = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  if offset >= tonumber(position)
      and redis.call('EXISTS', ARGV[1] .. ':sent:' .. lane .. ':' .. id) == 0
      and redis.call('HSETNX', ARGV[1] .. ':item:' .. lane, id, ARGV[i + 3]) == 1 then
    redis.call('ZADD', ARGV[1] .. ':due:' .. lane, ARGV[4], id)
    redis.call('ZADD', KEYS[3], offset, lane .. ' ' .. id)
    redis.call('SADD', KEYS[2], lane)
    new = new + 1
  end
end
if tonumber(ARGV[3]) > tonumber(position) then redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
return new
"""
# KEYS due, item · ARGV now ms, hidden until ms, limit
_CLAIM = """
local items = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  redis.call('ZADD', KEYS[1], ARGV[2], id)
  items[#items + 1] = redis.call('HGET', KEYS[2], id)
end
return items
"""
# KEYS due, item, open, sent · ARGV id, member of open, milliseconds to remember (0: not)
_SETTLE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[2])
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[4], '1', 'PX', ARGV[3]) end
return 1
"""
# KEYS due, item · ARGV id, due ms, item
_POSTPONE = """
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
"""
# KEYS position, open · ARGV field
_LOW_WATER = """
local position = redis.call('HGET', KEYS[1], ARGV[1])
local lowest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
if position and lowest and tonumber(lowest) < tonumber(position) then return lowest end
return position
"""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Notification).decode


class RedisSchedule:
    """A :class:`~alerts.delivery.schedule.Schedule` that survives the process.

    Args:
        url: ``redis://host:port/db`` (``rediss://`` for TLS).
        prefix: the topic prefix, so that two installations can share a server.
        password: of the server, None if it asks for none.
    """

    def __init__(self, url: str, prefix: str = "fenghuo", password: str | None = None) -> None:
        self._root = f"{{{prefix}:webhooks}}"
        try:
            more: dict[str, Any] = {} if password is None else {"password": password}
            self._redis = redis.Redis.from_url(url, socket_timeout=10.0, socket_connect_timeout=5.0, **more)
        except ValueError as error:
            raise FenghuoError(
                "redis address", str(error), "write it like redis://127.0.0.1:6379/0"
            ) from None
        self._server = _server(self._redis)
        self._put, self._claim, self._settle, self._postpone, self._low_water = map(
            self._redis.register_script, (_PUT, _CLAIM, _SETTLE, _POSTPONE, _LOW_WATER)
        )

    async def check(self) -> None:
        """Make sure the server answers.

        Raises:
            FenghuoError: it does not; names the server (without its password) and the remedy.
        """
        try:
            await self._redis.ping()
        except redis.RedisError as error:
            remedy = "start Redis or Valkey there, or name another server"
            raise FenghuoError(
                f"redis {self._server}", f"does not answer ({type(error).__name__})", remedy
            ) from None

    async def begin(self, partition: Partition, offset: int) -> None:
        await _done(self._redis.hset(self._key("position"), _field(partition), str(offset)))

    async def position(self, partition: Partition) -> int | None:
        value = await _done(self._redis.hget(self._key("position"), _field(partition)))
        return None if value is None else int(value)

    async def put(
        self, partition: Partition, notifications: Sequence[Notification], next_offset: int, now: datetime
    ) -> int:
        args: list[str | int | bytes] = [self._root, _field(partition), next_offset, _ms(now)]
        for item in notifications:
            args += [item.subscriber_id, item.notification_id, item.offset, _encode(item)]
        keys = [self._key("position"), self._key("lanes"), self._open(partition)]
        new = int(await _done(self._put(keys=keys, args=args)))
        if new < 0:
            raise ScheduleEmptiedError(
                f"{partition.topic}[{partition.number}] has no position in {self._server}"
            )
        return new

    async def claim(self, lane: str, now: datetime, lease: timedelta, limit: int) -> list[Notification]:
        keys = [self._key("due", lane), self._key("item", lane)]
        return [
            _decode(item)
            for item in await _done(self._claim(keys=keys, args=[_ms(now), _ms(now + lease), limit]))
        ]

    async def settle(self, notification: Notification, *, sent_memory: timedelta | None = None) -> None:
        lane, key = notification.subscriber_id, notification.notification_id
        keys = [
            self._key("due", lane),
            self._key("item", lane),
            self._open(notification.partition),
            self._key("sent", lane, key),
        ]
        remember = int(sent_memory / timedelta(milliseconds=1)) if sent_memory else 0
        await _done(self._settle(keys=keys, args=[key, f"{lane} {key}", remember]))

    async def postpone(self, notification: Notification, due: datetime) -> None:
        lane = notification.subscriber_id
        keys = [self._key("due", lane), self._key("item", lane)]
        await _done(
            self._postpone(keys=keys, args=[notification.notification_id, _ms(due), _encode(notification)])
        )

    async def next_due(self, lane: str) -> datetime | None:
        first = await _done(self._redis.zrange(self._key("due", lane), 0, 0, withscores=True))
        return datetime.fromtimestamp(first[0][1] / 1000, UTC) if first else None

    async def low_water(self, partition: Partition) -> int | None:
        keys = [self._key("position"), self._open(partition)]
        value = await _done(self._low_water(keys=keys, args=[_field(partition)]))
        return None if value is None else int(value)

    async def lanes(self) -> set[str]:
        return {lane.decode() for lane in await _done(self._redis.smembers(self._key("lanes")))}

    async def disable(self, lane: str, url: str) -> None:
        await _done(self._redis.hset(self._key("gone"), lane, url))

    async def disabled(self, lane: str) -> str | None:
        value = await _done(self._redis.hget(self._key("gone"), lane))
        return None if value is None else value.decode()

    async def enable(self, lane: str) -> None:
        await _done(self._redis.hdel(self._key("gone"), lane))

    async def close(self) -> None:
        await self._redis.aclose()

    def _key(self, *parts: str) -> str:
        return ":".join((self._root, *parts))

    def _open(self, partition: Partition) -> str:
        return self._key("open", _field(partition))


async def _done(reply: Any) -> Any:
    """Await a reply, with the client's own errors told apart from an answer.

    The argument is untyped because redis-py types one method for both its clients, waiting and not.
    """
    try:
        return await reply
    except redis.RedisError as error:
        raise ScheduleUnavailableError(f"{type(error).__name__}: {error}") from None


def _field(partition: Partition) -> str:
    return f"{partition.cluster}:{partition.topic}:{partition.number}"


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _server(client: "redis.Redis") -> str:
    """Host and port, never the password."""
    options = client.connection_pool.connection_kwargs
    return f"{options.get('host', options.get('path', 'localhost'))}:{options.get('port', 6379)}"
