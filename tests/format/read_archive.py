#!/usr/bin/env python3
"""A second reader of pgark archives, written from format/SPEC.md alone.

It shares nothing with the program: checksums come from `xxhsum`, decompression from `zstd` and `lz4`.

    read_archive.py FILE            checks everything, prints one line per entry that has rows
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
    need(raw.endswith(b"\n") and raw.count(b"\n") == head["rows"], "row count")
    digest = sum(hashes([row + b"\n" for row in raw[:-1].split(b"\n")], "-H2")) & MASK128
    need(digest == head["digest"], "row digest")
    return raw


def fields(data, at):
    last = 0
    while at < len(data):
        tag, length = number(data, at, 2), number(data, at + 2, 4)
        need(tag & 0x7FFF >= last and at + 6 + length <= len(data), "field")
        last = tag & 0x7FFF
        yield tag, data[at + 6 : at + 6 + length]
        at += 6 + length


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
            totals[number(value, 0, 4)] = {
                "chunks": number(value, 4, 4),
                "rows": number(value, 8, 8),
                "digest": number(value, 16, 16),
                "raw": number(value, 32, 8),
                "stored": number(value, 40, 8),
            }
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
        need(reader.next() == 0, "pack number")
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


def read(data):
    need(data[:8] == MAGIC and number(data, 56, 8) == checksum(data[:56]), "file header")
    need(number(data, 8, 2) == 1 and number(data, 12, 4) == 0, "version and flags")
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

    position = 64
    for row in sorted(rows, key=lambda row: row["at"]):
        need(row["at"] == position, "gap or overlap")
        position += 96 + row["stored"]
    need(position == toc_at, "end of the chunks")

    contents = {entry: b"" for entry in totals}
    sums = {entry: dict.fromkeys(total, 0) for entry, total in totals.items()}
    for row in rows:
        head = block_header(data, row["at"])
        need(all(head[name] == value for name, value in row.items()), "index and chunk")
        contents[row["entry"]] += rows_of(data, head)
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
    with open(sys.argv[-1], "rb") as file:
        data = file.read()
    try:
        salvage(data) if sys.argv[1] == "--salvage" else read(data)
    except Damaged as damage:
        sys.exit(f"damaged: {damage}")


main()
