"""Checkpoints and cosignatures (protocol.md, section 6)."""

import re

from verifier.encoding import HANDLE, decode64, decode_key, encode64, require, sha256, signed


def read_checkpoint(text):
    """Returns room, size and root of the three lines of a checkpoint."""
    m = re.fullmatch(r"warroom/([^\n]+)\n(0|[1-9]\d*)\n([^\n]+)\n", text)
    root = m and decode64(m.group(3), 32)
    require(root, "a checkpoint cannot be read")
    return m.group(1), int(m.group(2)), root


def read_pin(raw):
    """Returns room, size and root of a pin: a checkpoint with or without its signatures."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return read_checkpoint(text.split("\n\n")[0].rstrip("\n") + "\n")


class Note:
    """A signed checkpoint. It raises Tampered if a signature of one of the keys is wrong."""

    def __init__(self, raw, room, keys):
        self.signers, self.cosigners, self.times = [], [], []
        text, separator, last = raw.decode("utf-8", "replace").rpartition("\n\n")
        lines = last.split("\n")
        require(separator and lines.pop() == "" and 0 < len(lines) <= 100
                and not re.search(rb"[\x00-\x09\x0b-\x1f]", raw),
                "a checkpoint is not a signed note")
        self.text = text + "\n"
        self.room, self.size, self.root = read_checkpoint(self.text)
        require(self.room == room, "a checkpoint is of another room")
        for line in lines:
            m = re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line)
            rest = m and decode64(m.group(2))
            require(rest and len(rest) > 4, "a signature line of a checkpoint cannot be read")
            self.check_line(m.group(1), rest[:4], rest[4:], keys)

    def check_line(self, name, key_hash, rest, keys):
        """Verifies a signature line of one of the keys; other lines are skipped."""
        def fits(key, algorithm):
            public = decode_key(key)
            return public and key_hash == sha256(name.encode(), b"\n", algorithm, public)[:4]

        def check(key, signature, text):
            require(signed(key, signature, text.encode()), "a signature of %s is wrong" % name)
        owner, _, key = name.partition("/")
        if name == "warroom/" + self.room:
            for key in keys:
                if fits(key, b"\x01"):
                    check(key, rest, self.text)
                    self.signers.append(key)
        elif owner == "times" and fits(key, b"\xf7"):
            if key in keys:
                times = encode64(rest[:32])
                check(key, rest[32:], "warroom/times/v1\n%s%s\n" % (self.text, times))
                self.times.append((key, rest[:32]))
        elif re.fullmatch(HANDLE, owner) and fits(key, b"\x04"):
            seconds = int.from_bytes(rest[:8], "big")
            check(key, rest[8:], "cosignature/v1\ntime %d\n%s" % (seconds, self.text))
            self.cosigners.append((owner, key, seconds))
