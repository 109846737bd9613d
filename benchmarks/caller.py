"""Makes one call again and again over some connections; `caller.py METHOD URL SECONDS HEADER… < BODY`."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from urllib.parse import urlsplit

CONNECTIONS = 32
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Caller(asyncio.Protocol):
    """One connection, which sends the next request as soon as an answer is whole."""

    request = b""
    count = 0
    wrong = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        self.waiting = b""
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        head, found, rest = self.waiting.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not found or len(rest) < int(length[1] if length else 0):
            return
        if not head.startswith(b"HTTP/1.1 20"):
            Caller.wrong = self.waiting
        self.waiting = b""
        Caller.count += 1
        self.transport.write(self.request)


async def main(method: str, url: str, seconds: float, headers: list[str], body: bytes) -> None:
    parts = urlsplit(url)
    lines = [
        f"{method} {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        *headers,
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    Caller.request = "\r\n".join(lines).encode() + body
    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        await loop.create_connection(Caller, parts.hostname, parts.port)
    await asyncio.sleep(seconds / 4)
    before, began_s = Caller.count, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (Caller.count - before) / (time.perf_counter() - began_s)
    if Caller.wrong:
        raise SystemExit(f"the call was not answered as it should be: {Caller.wrong!r}")
    print(f"{rate:.1f} {Caller.count}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:], sys.stdin.buffer.read()))
