"""Answers requests for words of a working set by TCP, on the loopback, in a process of its own.

Usage: word_server.py LATENCY_US.  Standard input begins with the working set: its number of words, then the words.  The
server prints its port.  A request is the first word and the number of words; the answer follows after the latency.  It
ends with its standard input, which the driver holds: so however the driver ends.
"""
import asyncio
import struct
import sys

REQUEST = struct.Struct("=QQ")


async def serve(words, latency_s):
    async def answer(reader, writer):
        try:
            while True:
                first, count = REQUEST.unpack(await reader.readexactly(REQUEST.size))
                await asyncio.sleep(latency_s)
                while count:
                    part = min(count, len(words) - first)
                    writer.write(words[first:first + part])
                    first, count = 0, count - part
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.close()


def main(latency_us):
    count, = struct.unpack("=Q", sys.stdin.buffer.read(8))
    words = memoryview(sys.stdin.buffer.read(8 * count)).cast("Q")
    asyncio.run(serve(words, float(latency_us) / 1e6))


if __name__ == "__main__":
    main(*sys.argv[1:])
