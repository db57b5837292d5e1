"""A TCP relay to an upstream that takes its time: every new connection waits before its first byte passes.

usage: slow_connect.py PORT UPSTREAM-PORT SECONDS
"""

import asyncio
import sys


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main(port, upstream_port, seconds):
    async def serve(reader, writer):
        await asyncio.sleep(seconds)
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", upstream_port)
        except OSError:
            return writer.close()
        await asyncio.gather(copy(reader, there), copy(there_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
