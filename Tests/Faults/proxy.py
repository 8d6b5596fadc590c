"""A TCP proxy that misbehaves: delays, stalls, cuts, and sends a client's bytes again on a connection of their own."""
import asyncio
import random
import threading


class Proxy:
    """Passes connections on to `target`, in a thread of its own. `mischief` 0 to 1 says how often something goes wrong."""

    def __init__(self, target: str, seed: int, mischief: float = 0.0, repeats: bool = False):
        host, port = target.rsplit(":", 1)
        self.target, self.chance = (host, int(port)), random.Random(seed)
        self.mischief, self.repeats = mischief, repeats
        self.holds = False
        self.events: dict[str, int] = {}
        self.loop = asyncio.new_event_loop()
        self.open: set[asyncio.Task] = set()
        started = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self.thread.start()
        started.wait(10)

    def _run(self, started: threading.Event):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0.05))
        self.loop.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def cut(self):
        """Ends every connection now."""
        self.loop.call_soon_threadsafe(lambda: [task.cancel() for task in list(self.open)])

    def hold(self, holds: bool):
        """Nothing passes any more, in neither direction, until it is let go; nobody is told."""
        self.holds = holds

    def _does(self, what: str, share: float) -> bool:
        if self.chance.random() >= self.mischief * share:
            return False
        self.events[what] = self.events.get(what, 0) + 1
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        task = asyncio.current_task()
        self.open.add(task)
        sent = bytearray()
        try:
            there, to_target = await asyncio.open_connection(*self.target)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pass(reader, to_target, sent))
                    group.create_task(self._pass(there, writer, None))
            finally:
                to_target.close()
        except* (OSError, Cut, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.open.discard(task)
        if self.repeats and sent and len(sent) < 1 << 16 and self._does("repeat", 1):
            await self._repeat(bytes(sent))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytearray | None):
        while part := await reader.read(1 << 14):
            while self.holds:
                await asyncio.sleep(0.01)
            if self._does("delay", 0.3):
                await asyncio.sleep(self.chance.uniform(0.005, 0.1))
            if self._does("stall", 0.02):
                await asyncio.sleep(self.chance.uniform(0.5, 1.5))
            if self._does("cut", 0.06):
                # Somewhere in the middle of what was sent.
                writer.write(part[:self.chance.randrange(len(part) + 1)])
                await writer.drain()
                raise Cut
            if sent is not None:
                sent += part
            writer.write(part)
            await writer.drain()
        raise Cut

    async def _repeat(self, request: bytes):
        """What a client does that never heard the answer: the same bytes again."""
        try:
            reader, writer = await asyncio.open_connection(*self.target)
            writer.write(request)
            await writer.drain()
            async with asyncio.timeout(1):
                while await reader.read(1 << 14):
                    pass
            writer.close()
        except (OSError, TimeoutError):
            pass


class Cut(Exception):
    """A connection ends."""
