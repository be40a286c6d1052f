"""OLE compound files (.xls): the names in the directory and the bytes of a stream."""

import struct

SECTOR_SHIFT_AT, FAT_COUNT_AT, DIRECTORY_AT, MINI_CUTOFF_AT, DIFAT_AT = 30, 44, 48, 56, 76
# Numbers of directory, FAT, mini FAT and DIFAT sectors in the header.
COUNTS_AT = (40, 44, 64, 72)
ENTRY_SIZE = 128
END_OF_CHAIN = 0xFFFFFFFA
STREAM, ROOT = 2, 5


class CompoundFile:
    """A compound file in memory; damaged chains end where they break."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift = struct.unpack_from("<H", data, SECTOR_SHIFT_AT)[0] if len(data) >= 512 else 9
        self.sector_size = 1 << shift if shift in (9, 12) else 512
        self.fat = self._read_fat() if len(data) >= 512 else []

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.sector_size
        return self.data[start : start + self.sector_size]

    def _read_fat(self) -> list[int]:
        """Read the table of sector chains; the header names its first 109 sectors, a chain of sectors the others."""
        sectors = list(struct.unpack_from("<109I", self.data, DIFAT_AT))
        following, left = struct.unpack_from("<II", self.data, DIFAT_AT - 8)
        left = min(left, len(self.data) // self.sector_size)
        while following < END_OF_CHAIN and left:
            block = self._sector(following)
            if len(block) < self.sector_size:
                break
            *more, following = struct.unpack(f"<{self.sector_size // 4}I", block)
            sectors += more
            left -= 1
        fat: list[int] = []
        # Each sector counts once: a chain that comes back to itself would grow far beyond the file.
        for sector in dict.fromkeys(sectors):
            block = self._sector(sector) if sector < END_OF_CHAIN else b""
            fat += struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
        return fat

    def _chain(self, first: int) -> bytes:
        blocks, sector, seen = [], first, 0
        while sector < len(self.fat) and seen * self.sector_size <= len(self.data):
            blocks.append(self._sector(sector))
            sector, seen = self.fat[sector], seen + 1
        return b"".join(blocks)

    def _entries(self) -> list[tuple[str, int, int, int]]:
        """Return name, kind, first sector and size of each directory entry."""
        if len(self.data) < 512:
            return []
        directory = self._chain(struct.unpack_from("<I", self.data, DIRECTORY_AT)[0])
        entries = []
        for start in range(0, len(directory) - ENTRY_SIZE + 1, ENTRY_SIZE):
            entry = directory[start : start + ENTRY_SIZE]
            length, kind = struct.unpack_from("<HB", entry, 64)
            first, size = struct.unpack_from("<II", entry, 116)
            if kind and 2 <= length <= 64:
                entries.append((entry[: length - 2].decode("utf-16-le", "replace"), kind, first, size))
        return entries

    def is_sound(self) -> bool:
        """True when no count or size in the file claims more than the file can hold."""
        if len(self.data) < 512:
            return False
        sectors = len(self.data) // self.sector_size + 1
        counts = [struct.unpack_from("<I", self.data, at)[0] for at in COUNTS_AT]
        sizes = [size for _, kind, _, size in self._entries() if kind in (STREAM, ROOT)]
        return all(count <= sectors for count in counts) and all(size <= len(self.data) for size in sizes)

    def names(self) -> set[str]:
        """Return the names of all streams and storages."""
        return {name for name, *_ in self._entries()}

    def stream(self, wanted: tuple[str, ...]) -> bytes:
        """Return the bytes of the first stream of one of these names, empty when there is none."""
        for name, kind, first, size in self._entries():
            if kind == STREAM and name in wanted and size >= struct.unpack_from("<I", self.data, MINI_CUTOFF_AT)[0]:
                return self._chain(first)[:size]
        return b""
