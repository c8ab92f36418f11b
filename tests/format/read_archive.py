#!/usr/bin/env python3
"""A second reader of pgark archives, written from format/SPEC.md alone.

It shares nothing with the program: checksums come from `xxhsum`, decompression from `zstd` and `lz4`.

    read_archive.py PATH            a file or folder: checks everything, prints one line per entry that has rows
    read_archive.py --salvage FILE  scans for blocks without header, trailer or index, prints one line per chunk
"""

import hashlib
import os
import subprocess
import sys
import tempfile

MAGIC = bytes.fromhex("89504741524B0D0A")
SYNC = bytes.fromhex("F5504741424C4BFE")
END = b"PGARKEND"
MASK128 = (1 << 128) - 1


class Damaged(Exception):
    pass


def need(condition, message):
    if not condition:
        raise Damaged(message)


def number(data, at, width):
    return int.from_bytes(data[at : at + width], "little")


def hashes(pieces, algorithm):
    """XXH3 of each piece, by one run of xxhsum: -H3 gives 64 bits, -H2 gives 128."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, piece in enumerate(pieces):
            names.append(os.path.join(folder, str(i)))
            with open(names[-1], "wb") as file:
                file.write(piece)
        text = subprocess.run(["xxhsum", algorithm, *names], check=True, capture_output=True, text=True).stdout
        # "hash  file" or "XXH3 (file) = hash"
        return [int(line.split()[-1] if "=" in line else line.split()[0], 16) for line in text.splitlines()]


def checksum(data):
    return hashes([data], "-H3")[0]


def decompress(codec, stored, raw_size):
    if codec == 0:
        raw = stored
    elif codec == 1:
        # The lz4 program reads frames: an old-style frame is a magic number, a length and the block.
        frame = bytes.fromhex("02214C18") + len(stored).to_bytes(4, "little") + stored
        raw = subprocess.run(["lz4", "-d", "-c"], input=frame, check=True, capture_output=True).stdout
    elif codec == 2:
        raw = subprocess.run(["zstd", "-d", "-c", "-q"], input=stored, check=True, capture_output=True).stdout
    else:
        raise Damaged("unknown codec")
    need(len(raw) == raw_size, "raw size")
    return raw


def block_header(data, at):
    head = data[at : at + 96]
    need(len(head) == 96 and head[:8] == SYNC, "sync marker")
    need(number(head, 88, 8) == checksum(head[:88]), "block header checksum")
    need(number(head, 12, 4) == 0 and number(head, 52, 4) == 0 and number(head, 80, 8) == 0, "reserved")
    return {
        "at": at,
        "kind": head[8],
        "codec": head[9],
        "encoding": head[10],
        "stored": number(head, 16, 8),
        "raw": number(head, 24, 8),
        "payload checksum": number(head, 32, 8),
        "entry": number(head, 40, 4),
        "part": number(head, 44, 4),
        "sequence": number(head, 48, 4),
        "rows": number(head, 56, 8),
        "digest": number(head, 64, 16),
    }


def payload(data, head):
    stored = data[head["at"] + 96 : head["at"] + 96 + head["stored"]]
    need(len(stored) == head["stored"], "payload size")
    need(checksum(stored) == head["payload checksum"], "payload checksum")
    return decompress(head["codec"], stored, head["raw"])


def rows_of(data, head):
    raw = payload(data, head)
    if head["encoding"] == 0:
        need(raw.endswith(b"\n"), "last row")
        rows = [row + b"\n" for row in raw[:-1].split(b"\n")]
    else:
        need(head["encoding"] == 1, "row encoding")
        rows = columnar_rows(raw)
    need(len(rows) == head["rows"], "row count")
    need(sum(hashes(rows, "-H2")) & MASK128 == head["digest"], "row digest")
    return b"".join(rows)


class Stream:
    """Bytes of a columnar payload, taken from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data), "end of a column")
        self.at += count
        return self.data[self.at - count : self.at]


def planes(stream, count, width):
    """count values of width bytes each (SPEC 16.1)."""
    mask = int.from_bytes(stream.take((width + 7) // 8), "little")
    need(mask >> width == 0, "mask")
    columns = [None if mask >> k & 1 else stream.take(1) * count for k in range(width)]
    columns = [stream.take(count) if column is None else column for column in columns]
    return [bytes(value) for value in zip(*columns)]


def unzigzag(value):
    return -(value >> 1) - 1 if value & 1 else value >> 1


def integers(stream, count, width, transform, multiples):
    """SPEC 16.2, as numbers modulo 2^(8 width)."""
    need(multiples in (0, 1), "multiples")
    if multiples:
        base, divisor = (int.from_bytes(stream.take(width), "big") for _ in range(2))
        return [(base + divisor * q) % (1 << (8 * width)) for q in differences(stream, count, width, transform)]
    return differences(stream, count, width, transform)


def differences(stream, count, width, transform):
    numbers = lambda: [int.from_bytes(value, "big") for value in planes(stream, count, width)]
    if transform == 0:
        return numbers()
    modulus = 1 << (8 * width)
    value = int.from_bytes(stream.take(width), "big")
    step = unzigzag(int.from_bytes(stream.take(width), "big")) if transform == 2 else 0
    values = [value]
    for difference in numbers()[1:]:
        step = unzigzag(difference) + (step if transform == 2 else 0)
        value = (value + step) % modulus
        values.append(value)
    return values


def codes(stream, count, bits):
    if bits == 0:
        return [0] * count
    if bits == 16:
        return [int.from_bytes(value, "big") for value in planes(stream, count, 2)]
    packed = int.from_bytes(stream.take((count * bits + 7) // 8), "little")
    need(packed >> (count * bits) == 0, "bits behind the last code")
    return [packed >> (i * bits) & ((1 << bits) - 1) for i in range(count)]


def decimal(stored, scale):
    """The binary form of a numeric (SPEC 16.4)."""
    m = unzigzag(stored)
    groups = (scale + 3) // 4
    digits, number_left = [], abs(m) * 10 ** (4 * groups - scale)
    while number_left:
        digits.insert(0, number_left % 10000)
        number_left //= 10000
    weight = len(digits) - 1 - groups if digits else 0
    while digits and digits[-1] == 0:
        digits.pop()
    sign = 0x4000 if m < 0 else 0
    words = [len(digits), weight & 0xFFFF, sign, scale, *digits]
    return b"".join(word.to_bytes(2, "big") for word in words)


def texts_of_words(stream, count, entries):
    """SPEC 16.5."""
    big = lambda many, width: [int.from_bytes(value, "big") for value in planes(stream, many, width)]
    sizes = stream.take(entries)
    need(all(1 <= size <= 16 for size in sizes), "length of a word")
    known = [stream.take(size) for size in sizes]
    counts = big(count, 4)
    need(entries > 0 and sum(counts) > 0, "no words")
    codes_of_all = big(sum(counts), 2)
    need(max(codes_of_all) <= entries, "code without a word")
    literal_sizes = big(codes_of_all.count(0), 4) if 0 in codes_of_all else []
    need(all(literal_sizes), "empty literal")
    literals = iter([stream.take(size) for size in literal_sizes])
    words = iter([known[code - 1] if code else next(literals) for code in codes_of_all])
    return [b"".join(next(words) for _ in range(many)) for many in counts]


def column_values(head, stream, rows):
    nulls, lengths, kind, transform, detail, multiples = head[:6]
    need(not multiples or kind in (1, 3), "multiples of what are no integers")
    width, entries = number(head, 8, 4), number(head, 12, 4)
    if nulls == 1:
        return [None] * rows
    present = list(range(rows))
    if nulls == 2:
        bitmap = int.from_bytes(stream.take((rows + 7) // 8), "little")
        need(bitmap >> rows == 0, "bits behind the last row")
        present = [row for row in present if not bitmap >> row & 1]
    count = len(present)
    sizes = lambda many: [int.from_bytes(value, "big") for value in planes(stream, many, 4)] if lengths else [width] * many
    if kind == 0:
        values = [stream.take(size) for size in sizes(count)]
    elif kind == 1:
        values = [value.to_bytes(width, "big") for value in integers(stream, count, width, transform, multiples)]
    elif kind == 2:
        words = [stream.take(size) for size in sizes(entries)]
        values = [words[code] for code in codes(stream, count, detail)]
    elif kind == 4:
        need(lengths == 0 and width == 0, "lengths beside words")
        values = texts_of_words(stream, count, entries)
    else:
        need(kind == 3, "values of unknown form")
        scales = stream.take(count) if detail == 255 else bytes([detail]) * count
        values = [decimal(value, scale) for value, scale in zip(integers(stream, count, 8, transform, multiples), scales)]
    result = [None] * rows
    for row, value in zip(present, values):
        result[row] = value
    return result


def columnar_rows(raw):
    """The COPY binary rows that a columnar payload stands for, one by one (SPEC 16)."""
    count, rows, row_bytes = number(raw, 0, 2), number(raw, 4, 4), number(raw, 8, 8)
    at, columns = 16 + 20 * count, []
    for i in range(count):
        head = raw[16 + 20 * i : 36 + 20 * i]
        size = number(head, 16, 4)
        stream = Stream(raw[at : at + size])
        columns.append(column_values(head, stream, rows))
        need(stream.at == size, "bytes behind a column")
        at += size
    need(raw[at:] == bytes(32), "tail")
    result = []
    for row in range(rows):
        fields = [column[row] for column in columns]
        parts = [b"\xff\xff\xff\xff" if value is None else len(value).to_bytes(4, "big") + value for value in fields]
        result.append(count.to_bytes(2, "big") + b"".join(parts))
    need(sum(map(len, result)) == row_bytes, "row bytes")
    return result


def fields(data, at):
    last = 0
    while at < len(data):
        tag, length = number(data, at, 2), number(data, at + 2, 4)
        need(tag & 0x7FFF >= last and at + 6 + length <= len(data), "field")
        last = tag & 0x7FFF
        yield tag, data[at + 6 : at + 6 + length]
        at += 6 + length


def data_totals(value):
    return {
        "chunks": number(value, 4, 4),
        "rows": number(value, 8, 8),
        "digest": number(value, 16, 16),
        "raw": number(value, 32, 8),
        "stored": number(value, 40, 8),
    }


def toc(raw):
    need(number(raw, 0, 4) == 0, "TOC flags")
    entries, totals = [], {}
    for tag, value in fields(raw, 8):
        if tag == 0x8002:
            entry = dict(fields(value, 0))
            entries.append(entry)
            need(number(entry[0x8001], 0, 4) == len(entries), "entry id")
        elif tag == 0x8003:
            need(len(value) == 48, "data totals")
            totals[number(value, 0, 4)] = data_totals(value)
        else:
            need(tag & 0x8000 == 0, "unknown mandatory field")
    return entries, totals


class Varints:
    def __init__(self, data, at):
        self.data, self.at = data, at

    def next(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value


def index(raw):
    need(number(raw, 0, 4) == 0, "index flags")
    reader, rows, entry, end = Varints(raw, 16), [], 0, 64
    for _ in range(number(raw, 8, 8)):
        entry += reader.next()
        row = {"entry": entry, "part": reader.next(), "sequence": reader.next()}
        row["pack"] = reader.next()
        zigzag = reader.next()
        row["at"] = end + (-(zigzag >> 1) - 1 if zigzag & 1 else zigzag >> 1)
        for name in ("stored", "raw", "rows", "encoding", "codec"):
            row[name] = reader.next()
        row["digest"] = number(raw, reader.at, 16)
        reader.at += 16
        end = row["at"] + 96 + row["stored"]
        rows.append(row)
    need(reader.at == len(raw), "bytes after the index")
    keys = [(row["entry"], row["part"], row["sequence"]) for row in rows]
    need(keys == sorted(set(keys)), "order of the index")
    return rows


def file_header(data, in_packs, pack):
    need(data[:8] == MAGIC and number(data, 56, 8) == checksum(data[:56]), "file header")
    flags = number(data, 12, 4)
    need(number(data, 8, 2) == 1 and flags in ((4,) if in_packs else (0, 2)), "version and flags")
    need(number(data, 20, 4) == pack, "pack number")
    return data[24:40]


def early_toc_end(data, entries):
    """The end of the preliminary TOC, which has the same entries (SPEC 18)."""
    head = block_header(data, 64)
    need(head["kind"] == 4 and toc(payload(data, head)) == (entries, {}), "preliminary TOC")
    return 64 + 96 + head["stored"]


def ends(data, at, limit, totals):
    """Where the blocks of ended entries end that stand between two chunks."""
    while at < limit:
        head = block_header(data, at)
        need(head["kind"] == 5, "kind of a block between the chunks")
        raw = payload(data, head)
        need(len(raw) > 0 and len(raw) % 48 == 0, "size of a block of ended entries")
        for place in range(0, len(raw), 48):
            need(data_totals(raw[place : place + 48]) == totals[number(raw, place, 4)], "totals of an ended entry")
        at += 96 + head["stored"]
    return at


def read(data, packs):
    """packs: None for an archive of one file; else gives the content of a pack by its number."""
    archive_id = file_header(data, packs is not None, 0)
    tail = data[-96:]
    need(tail[88:] == END and number(tail, 80, 8) == checksum(tail[:80]), "trailer")
    toc_at, toc_size, _, index_at, index_size, _, chunks, size = (number(tail, at, 8) for at in range(0, 64, 8))
    need(size == len(data) and number(tail, 64, 8) == number(data, 56, 8), "trailer of this file")
    need(toc_at + toc_size == index_at and index_at + index_size + 96 == size, "order of the blocks")
    toc_head, index_head = block_header(data, toc_at), block_header(data, index_at)
    need(toc_head["kind"] == 2 and 96 + toc_head["stored"] == toc_size, "TOC block")
    need(index_head["kind"] == 3 and 96 + index_head["stored"] == index_size, "index block")
    entries, totals = toc(payload(data, toc_head))
    rows = index(payload(data, index_head))
    need(len(rows) == chunks, "number of chunks")

    files = {0: data[:toc_at]}
    if packs is not None:
        need(toc_at == 64, "place of the TOC")
        files = {pack: packs(pack) for pack in range(1, 1 + max((row["pack"] for row in rows), default=0))}
        for pack, content in files.items():
            need(file_header(content, True, pack) == archive_id, "archive id")
    is_stream = number(data, 12, 4) == 2
    for pack, content in files.items():
        position = early_toc_end(content, entries) if is_stream else 64
        for row in sorted((row for row in rows if row["pack"] == pack), key=lambda row: row["at"]):
            position = ends(content, position, row["at"], totals) if is_stream else position
            need(row["at"] == position, "gap or overlap")
            position += 96 + row["stored"]
        position = ends(content, position, len(content), totals) if is_stream else position
        need(position == len(content), "end of the chunks")

    contents = {entry: b"" for entry in totals}
    sums = {entry: dict.fromkeys(total, 0) for entry, total in totals.items()}
    for row in rows:
        content = files[row["pack"]]
        head = block_header(content, row["at"])
        need(all(head[name] == value for name, value in row.items() if name != "pack"), "index and chunk")
        contents[row["entry"]] += rows_of(content, head)
        total = sums[row["entry"]]
        total["chunks"] += 1
        for name in ("rows", "raw", "stored", "digest"):
            total[name] += row[name]
        total["digest"] &= MASK128
    need(sums == totals, "totals")
    for entry, content in contents.items():
        name = entries[entry - 1].get(0x8004, b"").decode(errors="replace")
        digest, sha = totals[entry]["digest"], hashlib.sha256(content).hexdigest()
        print(f"entry {entry} {name} rows {totals[entry]['rows']} digest {digest:032x} sha256 {sha}")


def salvage(data):
    at = 64
    while (at := data.find(SYNC, at)) >= 0:
        try:
            head = block_header(data, at)
        except Damaged:
            at += 1
            continue
        try:
            content = rows_of(data, head) if head["kind"] == 1 else payload(data, head)
            at += 96 + head["stored"]
        except Damaged as damage:
            print(f"lost: entry {head['entry']} part {head['part']} sequence {head['sequence']}: {damage}")
            at += 96
            continue
        if head["kind"] == 1:
            print(f"found: entry {head['entry']} part {head['part']} sequence {head['sequence']} rows {head['rows']}")


def main():
    path = sys.argv[-1]

    def content(name):
        with open(name, "rb") as file:
            return file.read()

    try:
        if sys.argv[1] == "--salvage":
            salvage(content(path))
        elif os.path.isdir(path):
            read(content(path + "/archive.toc"), lambda pack: content(f"{path}/pack-{pack:06}"))
        else:
            read(content(path), None)
    except Damaged as damage:
        sys.exit(f"damaged: {damage}")


main()
