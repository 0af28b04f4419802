"""The retry schedule in Redis or Valkey. Every change is one Lua script, so it happens whole or not at all.

Keys, all under ``{<prefix>:webhooks}`` (the braces keep them in one slot of a cluster)::

    …:position          hash    "cluster:topic:partition" -> next offset to read; beside it "settled …", "version …"
    …:desks:<c>:<t>:<p> hash    "lane" or "lane entity" -> what a desk knows, MessagePack
    …:lanes             set     subscriber ids that ever had a notification
    …:due:<lane>        zset    notification id -> due time, milliseconds since 1970
    …:item:<lane>       hash    notification id -> the notification, MessagePack
    …:unsettled:<c>:<t>:<p>  zset    "subscriber notification-id offset" -> offset; the lowest is the low-water mark
    …:sent:<lane>:<id>  string  was sent lately; expires
    …:gone              hash    lane -> address that answered 410
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import redis.asyncio as redis

from alerts.delivery.notification import Cover, Notification, Partition
from alerts.delivery.schedule import Change, Memory, ScheduleEmptiedError, ScheduleUnavailableError
from detectors.errors import FenghuoError

# KEYS position, lanes · ARGV root, field, next offset, home field, its version ('': no change of the desks), then four
# lists, each after its length: opened (field, member, offset), items (lane, id, due ms, item, own offset or '', number
# of what it settles, and for each field, member, offset), dropped (field, member), files (name, value or '')
_PUT = """
local root, field, at = ARGV[1], ARGV[2], 5
local function take() at = at + 1; return ARGV[at] end
local position = redis.call('HGET', KEYS[1], field)
if not position then return -1 end
local version = redis.call('HGET', KEYS[1], 'version ' .. ARGV[4]) or '0'
if ARGV[5] ~= '' and version ~= ARGV[5] then return -1 end
for _ = 1, tonumber(take()) do
  local where, member, offset = take(), take(), take()
  redis.call('ZADD', root .. ':unsettled:' .. where, 'NX', offset, member)
end
local new = 0
for _ = 1, tonumber(take()) do
  local lane, id, due, item, own, covers = take(), take(), take(), take(), take(), {}
  for n = 1, tonumber(take()) do covers[n] = {take(), take(), take()} end
  if own == '' or tonumber(own) >= tonumber(position) then
    if redis.call('EXISTS', root .. ':sent:' .. lane .. ':' .. id) == 1
        or redis.call('HSETNX', root .. ':item:' .. lane, id, item) == 0 then
      for _, cover in ipairs(covers) do redis.call('ZREM', root .. ':unsettled:' .. cover[1], cover[2]) end
    else
      redis.call('ZADD', root .. ':due:' .. lane, due, id)
      for _, cover in ipairs(covers) do
        redis.call('ZADD', root .. ':unsettled:' .. cover[1], 'NX', cover[3], cover[2])
      end
      redis.call('SADD', KEYS[2], lane)
      new = new + 1
    end
  end
end
for _ = 1, tonumber(take()) do
  local where, member = take(), take()
  redis.call('ZREM', root .. ':unsettled:' .. where, member)
end
for _ = 1, tonumber(take()) do
  local name, value = take(), take()
  if value == '' then redis.call('HDEL', root .. ':desks:' .. ARGV[4], name)
  else redis.call('HSET', root .. ':desks:' .. ARGV[4], name, value) end
end
if ARGV[5] ~= '' then redis.call('HINCRBY', KEYS[1], 'version ' .. ARGV[4], 1) end
if tonumber(ARGV[3]) > tonumber(position) then redis.call('HSET', KEYS[1], field, ARGV[3]) end
return new
"""
# KEYS position, desks · ARGV field, offset, settled
_BEGIN = """
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], 'settled ' .. ARGV[1], ARGV[3])
redis.call('HINCRBY', KEYS[1], 'version ' .. ARGV[1], 1)
return 1
"""
# KEYS position, desks · ARGV field
_LOAD = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return false end
local settled = redis.call('HGET', KEYS[1], 'settled ' .. ARGV[1])
local version = redis.call('HGET', KEYS[1], 'version ' .. ARGV[1])
return {version or '0', settled or '0', redis.call('HGETALL', KEYS[2])}
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
# KEYS due, item, sent · ARGV id, root, milliseconds to remember (0: not), then field, member of what it settles
_SETTLE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
for n = 4, #ARGV, 2 do redis.call('ZREM', ARGV[2] .. ':unsettled:' .. ARGV[n], ARGV[n + 1]) end
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[3], '1', 'PX', ARGV[3]) end
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
local settled = redis.call('HGET', KEYS[1], 'settled ' .. ARGV[1])
if position and settled and tonumber(settled) > tonumber(position) then position = settled end
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
        scripts = (_BEGIN, _LOAD, _PUT, _CLAIM, _SETTLE, _POSTPONE, _LOW_WATER)
        register = self._redis.register_script
        self._begin, self._load, self._put, self._claim, self._settle, self._postpone, self._low_water = map(
            register, scripts
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

    async def begin(self, partition: Partition, offset: int, settled: int = 0) -> None:
        field = _field(partition)
        keys = [self._key("position"), self._key("desks", field)]
        await _done(self._begin(keys=keys, args=[field, offset, settled]))

    async def position(self, partition: Partition) -> int | None:
        value = await _done(self._redis.hget(self._key("position"), _field(partition)))
        return None if value is None else int(value)

    async def put(
        self,
        partition: Partition,
        notifications: Sequence[Notification],
        next_offset: int,
        now: datetime,
        change: Change | None = None,
    ) -> int:
        home, version = (_field(change.home), str(change.version)) if change else ("", "")
        args: list[str | int | bytes] = [self._root, _field(partition), next_offset, home, version]
        change = change or Change(partition, 0)
        args.append(len(change.opened))
        for who, cover in change.opened:
            args += [*_entry(who, cover), cover.offset]
        args.append(len(notifications))
        for item in notifications:
            due = now + change.gather if item.desk == "digest" else now
            args += [item.lane, item.notification_id, _ms(due), _encode(item)]
            args += ["" if version else item.offset, len(item.settles)]
            for cover in item.settles:
                args += [*_entry(item.subscriber_id, cover), cover.offset]
        args.append(len(change.dropped))
        for who, cover in change.dropped:
            args += _entry(who, cover)
        args.append(len(change.files))
        for name, value in change.files.items():
            args += [name, value or ""]
        new = int(await _done(self._put(keys=[self._key("position"), self._key("lanes")], args=args)))
        if new < 0:
            raise ScheduleEmptiedError(
                f"{partition.topic}[{partition.number}] has no position in {self._server}, or another version"
            )
        return new

    async def load(self, home: Partition) -> Memory | None:
        field = _field(home)
        keys = [self._key("position"), self._key("desks", field)]
        reply = await _done(self._load(keys=keys, args=[field]))
        if reply is None:
            return None
        version, settled, flat = reply
        files = {name.decode(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
        return Memory(int(version), int(settled), files)

    async def claim(self, lane: str, now: datetime, lease: timedelta, limit: int) -> list[Notification]:
        keys = [self._key("due", lane), self._key("item", lane)]
        return [
            _decode(item)
            for item in await _done(self._claim(keys=keys, args=[_ms(now), _ms(now + lease), limit]))
        ]

    async def settle(self, notification: Notification, *, sent_memory: timedelta | None = None) -> None:
        lane, key = notification.lane, notification.notification_id
        keys = [self._key("due", lane), self._key("item", lane), self._key("sent", lane, key)]
        remember = int(sent_memory / timedelta(milliseconds=1)) if sent_memory else 0
        args: list[str | int] = [key, self._root, remember]
        for cover in notification.settles:
            args += _entry(notification.subscriber_id, cover)
        await _done(self._settle(keys=keys, args=args))

    async def postpone(self, notification: Notification, due: datetime) -> None:
        lane = notification.lane
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

    async def close(self) -> None:
        await self._redis.aclose()

    def _key(self, *parts: str) -> str:
        return ":".join((self._root, *parts))

    def _open(self, partition: Partition) -> str:
        return self._key("unsettled", _field(partition))


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


def _entry(subscriber_id: str, cover: Cover) -> list[str]:
    """Where a message of the topic is noted as not settled, and as what."""
    return [_field(cover.partition), f"{subscriber_id} {cover.notification_id} {cover.offset}"]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _server(client: "redis.Redis") -> str:
    """Host and port, never the password."""
    options = client.connection_pool.connection_kwargs
    return f"{options.get('host', options.get('path', 'localhost'))}:{options.get('port', 6379)}"
