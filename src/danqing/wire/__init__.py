"""Codecs between the wire and the domain: bytes in, values out, and back; no sockets, no files, no asyncio."""
