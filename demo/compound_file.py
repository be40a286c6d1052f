"""Writes OLE compound files (MS-CFB, version 3): the container of encrypted workbooks and of macro projects."""

import struct

SECTOR = 512
MINI_SECTOR = 64
MINI_CUTOFF = 4096
FREE, END_OF_CHAIN, FAT_SECTOR, NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STREAM, ROOT = 2, 5
SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
ENTRIES_PER_SECTOR = SECTOR // 4


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return a compound file with these streams (at most three) below its root.

    ValueError for more streams than one directory sector holds, or for more data than one header lists (7 MB).
    """
    if len(streams) > 3:
        raise ValueError("one directory sector holds the root and three streams")
    small = {name: data for name, data in streams.items() if len(data) < MINI_CUTOFF}
    mini_stream, mini_fat, mini_starts = _pack(small, MINI_SECTOR)
    large = {name: data for name, data in streams.items() if name not in small}
    # The directory and the mini FAT take one sector each; then come the mini stream and the large streams.
    body, chains, starts = _pack({"": mini_stream, **large}, SECTOR)
    fat = [END_OF_CHAIN, END_OF_CHAIN, *(link if link == END_OF_CHAIN else link + 2 for link in chains)]
    fat_sectors = 1
    while fat_sectors * ENTRIES_PER_SECTOR < len(fat) + fat_sectors:
        fat_sectors += 1
    if fat_sectors > 109 or len(mini_fat) > ENTRIES_PER_SECTOR:
        raise ValueError("too much data for one header")
    first_fat = len(fat)
    fat += [FAT_SECTOR] * fat_sectors
    places = {name: start + 2 for name, start in starts.items()} | mini_starts
    root_start = places[""] if mini_stream else END_OF_CHAIN
    return b"".join(
        (
            _header(first_fat, fat_sectors),
            _directory(streams, places, root_start, len(mini_stream)),
            _table(mini_fat, 1),
            body,
            _table(fat, fat_sectors),
        )
    )


def _pack(streams: dict[str, bytes], size: int) -> tuple[bytes, list[int], dict[str, int]]:
    """Put streams into sectors one after the other: the bytes, the chains, and where each stream starts."""
    packed = b""
    chains: list[int] = []
    starts = {}
    for name, data in streams.items():
        count = -(-len(data) // size)
        starts[name] = len(chains) if count else END_OF_CHAIN
        chains += [len(chains) + place + 1 for place in range(count - 1)] + [END_OF_CHAIN] * bool(count)
        packed += data.ljust(count * size, b"\0")
    return packed, chains, starts


def _table(links: list[int], sectors: int) -> bytes:
    filled = links + [FREE] * (sectors * ENTRIES_PER_SECTOR - len(links))
    return struct.pack(f"<{len(filled)}I", *filled)


def _header(first_fat: int, fat_sectors: int) -> bytes:
    head = SIGNATURE + bytes(16)
    head += struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors)
    head += struct.pack("<IIIIIII", 0, 0, MINI_CUTOFF, 1, 1, END_OF_CHAIN, 0)
    listed = [first_fat + place for place in range(fat_sectors)]
    return head + struct.pack("<109I", *listed, *[FREE] * (109 - fat_sectors))


def _directory(streams: dict[str, bytes], places: dict[str, int], root_start: int, mini_size: int) -> bytes:
    """The root and its streams, as a tree that leans to the right, in the order that the format asks for."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    entries = _entry("Root Entry", ROOT, NO_STREAM, 1 if names else NO_STREAM, root_start, mini_size)
    for number, name in enumerate(names, start=1):
        right = number + 1 if number < len(names) else NO_STREAM
        entries += _entry(name, STREAM, right, NO_STREAM, places[name], len(streams[name]))
    unused = bytes(68) + struct.pack("<III", NO_STREAM, NO_STREAM, NO_STREAM) + bytes(48)
    return entries + unused * (3 - len(names))


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
    return entry + struct.pack("<III", NO_STREAM, right, child) + bytes(36) + struct.pack("<IQ", start, size)
