#!/usr/bin/env python3
"""Check an export of warroom: a zip, or the directory that it was unpacked into.

Written from protocol.md alone, which must be beside this file; numbers in brackets are its
sections. verify_partial.py continues with partial exports and entry proofs. Needs Python 3.9 and
the package "cryptography". The first fault ends the check. Exit codes as of warroom verify: 0 no
fault, 4 tampered with, 6 no fault, but not all is proven, 1 not an export; 2 the check could not
start. Not compared: the files that warroom derives from the log, and roles. The check stops with 6
at two rare kinds of entries: one that needs a newer warroom, and one that is missing and has two
redactions between which no copy by the hub decides."""

import argparse, base64, datetime, functools, hashlib, io, json, pathlib, re, struct, sys, zipfile
import zlib
from types import SimpleNamespace as Record

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    PAGE = pathlib.Path(__file__).with_name("protocol.md").read_text("utf-8")
except (ImportError, OSError) as missing:
    print(f"not checked: {missing}. Needed: the Python package cryptography (Debian: "
          "python3-cryptography), and protocol.md beside this file", file=sys.stderr)
    sys.exit(2)

HANDLE, RIGHTS = "[a-z0-9_-]{1,32}", ("watch", "write", "command")
SUMS, SIGNATURE = "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"
BAGIT = rb"BagIt-Version: ([0-9]+\.[0-9]+)\nTag-File-Character-Encoding: UTF-8\n"
TAGS = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "allowed_signers"}
REPORT = r"README\.txt|timeline\.txt|report\.(md|html|json)|checkpoints/[0-9]{5}\.txt|"
NAMES = {"log": REPORT + r"(plan|roster)\.json|(log|evidence|custody)\.jsonl|evidence/[0-9a-f]{64}",
         "part": REPORT + r"part\.jsonl", "entry": r"README\.txt|entry\.jsonl|proof\.txt"}
EVENT = dict(v=int, room=str, id=str, key=str, n=int, prev=str, kind=str, at=str, by=str, via=str)
BODY = {**dict.fromkeys("title kind severity criterion reason detected hub_key salt key handle "
                        "right root sha256 blob class name".split(), str), "rules": int,
        "size": int, "last_seq": int, "drill": bool, "report": bool, "restricted": list}  # see 5
FOLLOWED = ["plan.adopted", "key.admitted", "right.changed", "key.struck", "entry.redacted",
            "log.resumed", "evidence.collected"]  # kinds, see 5
FREE_TEXTS = {kind: re.findall("`(.*?)`", texts) for texts, kinds in re.findall(
    r"(?m)^\| ([a-z`., \[\]]+) \| ((?:`[a-z]+\.[a-z]+`(?:, )?)+) \|$", PAGE)
    for kind in re.findall("`(.*?)`", kinds)}  # the table of section 10

class Stop(ValueError):
    """Ends the check with an exit code and a reason."""

def require(condition, reason, code=4):
    if not condition:
        raise Stop(code, [reason])

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def encode64(raw):
    return base64.b64encode(raw).decode()

def decode64(text, size=None):
    """Decodes base64 strictly; returns b"" if it is malformed or of another size."""
    try:
        raw = base64.b64decode(text, validate=True)
        return raw if encode64(raw) == text and size in (None, len(raw)) else b""
    except ValueError:
        return b""

def decode_key(text):
    """Returns the 32 bytes of a public key (1), or b""."""
    return decode64(text.translate(str.maketrans("-_+/", "+/--")) + "=", 32)

@functools.lru_cache(None)
def is_signed(key, signature, text):
    """Reports whether a key signed a text (1)."""
    try:
        Ed25519PublicKey.from_public_bytes(decode_key(key)).verify(signature, text)
        return True
    except (InvalidSignature, ValueError):
        return False

def list_zip(raw):
    """Returns what the directory at the end of a zip lists; [] if it is not of an export."""
    ends = [m.start() for m in re.finditer(b"PK\5\6", raw)]  # evidence may be a zip as well
    for end in ends[:-1000:-1]:  # other bytes may follow
        try:
            entries = zipfile.ZipFile(io.BytesIO(raw[:end + 22])).infolist()
        except Exception:  # a damaged zip raises many kinds of errors
            continue
        if any(e.filename.endswith("/bagit.txt") for e in entries):
            return entries
    return []

def unzip(raw):
    """Returns the files of a zip, which must be byte for byte as in section 9, and directories."""
    entries = list_zip(raw)
    require(entries, "it is not a zip of an export, or it is cut off", 1)
    require(not any(e.compress_type or e.compress_size != e.file_size for e in entries)
            and len(raw) < 2**32, "it is compressed or larger than 4 GiB: unpack it", 1)
    files, central, at = {}, b"", 0
    while raw[at:at + 4] == b"PK\3\4":
        size, length = struct.unpack_from("<IH", raw, at + 22)
        start = at + 30 + length
        name, content = raw[at + 30:start], raw[start:start + size]
        header = struct.pack("<5H3I2H", 0, 0, 0, 0, 33, zlib.crc32(content), size, size, length, 0)
        require(raw[at:at + 30] == b"PK\3\4" + header and name.decode() not in files,
                "a file in the zip was changed, or is there twice")
        central += b"PK\1\2\0\0" + header + bytes(10) + struct.pack("<I", at) + name
        files[name.decode()], at = content, start + size
    end = struct.pack("<4s4x2H2IH", b"PK\5\6", len(files), len(files), len(central), at, 0)
    require(raw[at:] == central + end, "the end of the zip was changed")
    return ({name.split("/", 1)[1]: content for name, content in files.items()},
            {name.split("/", 1)[0] for name in files})

def read_directory(top):
    """Returns the files of an unpacked export (9)."""
    paths = [*top.rglob("*")] if (top / "bagit.txt").is_file() else []
    require(not any(p.is_symlink() or not (p.is_file() or p.is_dir() and any(p.iterdir()))
                    for p in paths), "it has something else than regular files")
    return {p.relative_to(top).as_posix(): p.read_bytes() for p in paths if p.is_file()}, set()

class Bag:
    """An export whose manifests list all of its files, and whose signature verifies (9, 11).

    kind is log, part or entry; data has the files below data/, notes the checkpoints, less what is
    not proven, good what else was found."""

    def __init__(self, path, key, pin, witness):
        self.pin, self.witness, path = pin, witness, pathlib.Path(path)
        self.less, self.good = [], []
        files, self.tops = read_directory(path) if path.is_dir() else unzip(path.read_bytes())
        self.info_text = files.get("bag-info.txt", b"").decode("utf-8", "replace")
        self.info = dict(re.findall("(?m)^(.*?): (.*)$", self.info_text))
        require("bagit.txt" in files, "it has no bagit.txt", 1)
        bagit, form = re.fullmatch(BAGIT, files["bagit.txt"]), self.info.get("Warroom-Form") or "1"
        require(bagit and (bagit[1] != b"1.0" or re.fullmatch("[0-9]*[1-9][0-9]*", form)),
                "bagit.txt or the form of the export was changed")
        kinds = [kind for kind in NAMES if f"data/{kind}.jsonl" in files]
        require(bagit[1] == b"1.0" and form.lstrip("0") in ("1", "2") and len(kinds) == 1,
                "it has no log, or a newer program wrote it", 1)
        self.data = {n[5:]: c for n, c in files.items() if n.startswith("data/")}
        self.kind, data = kinds[0], {"data/" + name for name in self.data}
        notes = sorted(name for name in self.data if name.startswith("checkpoints/"))
        require(all(re.fullmatch(NAMES[self.kind], name) for name in self.data)
                and notes == ["checkpoints/%05d.txt" % (i + 1) for i in range(len(notes))]
                and {*files} - data == TAGS | {SUMS, SIGNATURE}, "a file is missing or was added")
        for manifest, names in (SUMS, TAGS), ("manifest-sha256.txt", data):
            want = sorted(f"{sha256(files[name]).hex()}  {name}\n" for name in names)
            require(sorted(files[manifest].decode().splitlines(True)) == want,
                    f"{manifest} does not list the files")
        self.check_signature(*(files[name] for name in ("allowed_signers", SIGNATURE, SUMS)))
        require(not key or key.strip() in (self.key, self.fingerprint), "another key signed it")
        self.is_known = key or pin and read_pin(pin, [self.key]).signers  # by the reader
        self.notes = [self.data[name] for name in notes]
        self.lines = self.data[self.kind + ".jsonl"].splitlines(True)

    def check_signature(self, signer, armor, sums):
        """Sets principal, key and fingerprint of who signed the tag manifest (9)."""
        def ssh(*parts):
            return b"".join(struct.pack(">I", len(part)) + part for part in parts)
        line = re.fullmatch(f'({HANDLE}) namespaces="warroom" ssh-ed25519 (.+)\n', signer.decode())
        key, got = decode64(line[2], 51), armor.decode().split("\n")
        signature, hashed = decode64("".join(got[1:-2]))[-64:], ssh(b"warroom", b"", b"sha512")
        want = b"SSHSIG\0\0\0\1" + ssh(key) + hashed + ssh(ssh(b"ssh-ed25519", signature))
        self.principal, self.key = line[1], base64.urlsafe_b64encode(key[-32:]).decode()[:-1]
        self.fingerprint = "SHA256:" + encode64(sha256(key)).rstrip("=")
        hashed += ssh(hashlib.sha512(sums).digest())
        require(key == ssh(b"ssh-ed25519", key[-32:])
                and got == ["-----BEGIN SSH SIGNATURE-----", *re.findall(".{1,70}", encode64(want)),
                            "-----END SSH SIGNATURE-----", ""]
                and is_signed(self.key, signature, b"SSHSIG" + hashed), "its signature is wrong")

    def need(self, condition, sentence):
        """Adds a sentence to less unless the condition holds."""
        self.less += [] if condition else [sentence]

    def check_info(self, room, size, root, ending, by_hub):
        """Checks bag-info.txt (9), and reports whose signature covers the derived files (11)."""
        short, sizes = self.info.get("Internal-Sender-Identifier", ""), map(len, self.data.values())
        want = {"External-Identifier": room, "Warroom-Entries": str(size),
                "Warroom-Root": encode64(root), "Payload-Oxum": f"{sum(sizes)}.{len(self.data)}"}
        require(self.info == {**self.info, **want} and re.fullmatch("[0-9A-Z]{26}", room)
                and self.info_text == "".join("%s: %s\n" % line for line in self.info.items())
                and re.fullmatch("[a-z0-9_-]{1,64}", short)
                and self.tops <= {f"{short}-{room}{ending}"},
                "bag-info.txt or the name of the directory was changed")
        self.need(by_hub or self.is_known, f"{self.fingerprint} is not known to be the hub's key")
        self.good.append(f"signed by {self.fingerprint}, but not compared with the log: README.txt "
                         "and the other files that are derived from it")

def parse(raw):
    """Returns a JSON object with folded names, or {}, and whether it is ambiguous or newer (3)."""
    twice = []
    def fold(pairs):
        folded = {name.casefold(): value for name, value in pairs}
        twice.extend(pairs[len(folded):])
        return folded
    try:
        holder = json.loads(raw.decode("utf-8", "replace"), object_pairs_hook=fold,
                            parse_constant=int)  # int("NaN") is a ValueError
        v, kind = holder.get("v"), holder.get("kind")
        return holder, bool(twice or type(v) is int and v > 1
                            or kind and str(kind) not in FREE_TEXTS)
    except RecursionError:  # warroom may be able to read it
        return {}, True
    except (ValueError, AttributeError):
        return {}, False

def typed(holder, types):
    """Returns members of a JSON object; a missing one is empty, one of another type a fault (3)."""
    got = {name: of() if holder.get(name) is None else holder[name] for name, of in types.items()}
    require(all(type(got[name]) is of for name, of in types.items()), "a member of another type")
    return got

def moment(text):
    """Returns the nanoseconds since 1970 of a time of RFC 3339."""
    m = re.fullmatch("([-0-9]{10}T[:0-9]{8})([.,][0-9]+)?(Z|[+-][0-9]{2}:[0-5][0-9])", text)
    require(m, "not a time")
    second = datetime.datetime.fromisoformat(m[1] + m[3].replace("Z", "+00:00")).timestamp()
    return int(second) * 10**9 + int(f"{m[2] or '.'}000000000"[1:10])

def read_event(holder):
    """Returns a message from its members; a fault if they have another form (3)."""
    event = Record(**typed(holder, EVENT), body=holder.get("body"), fault="", void=False)
    require(event.v > 0 <= event.n and event.room and event.id and event.kind, "not a message")
    event.moment = moment(event.at)
    return event

class Message:
    """A stored message: a line of the log (9), its event (3) and its leaf (4).

    The fault of an event is "not authentic", "newer" if it is ambiguous or newer, or empty."""

    def __init__(self, line):
        stored = json.loads(line)
        self.sig, payload = (stored[n].encode() if n in stored else decode64(
            stored.get(n + "_base64", "")) for n in ("sig", "payload"))
        again = {name: stored[name] for name in ("seq", "recorded", "subject")}
        for name, raw in ("sig", self.sig), ("payload", payload):
            text = raw.decode("utf-8", "replace")
            if text.encode() != raw:
                again[name + "_base64"] = encode64(raw)
            elif text or name == "payload":
                again[name] = text
        escaped = re.sub("[^\0-\x7f]", lambda c: json.dumps(c[0])[1:-1], line.decode())
        self.seq, recorded, subject = again["seq"], again["recorded"], again["subject"]
        require(json.dumps(again, separators=(",", ":")).replace("\x7f", "\\u007f") + "\n"
                == escaped.replace("\x7f", "\\u007f") and type(self.seq) is int
                and 0 <= self.seq < 2**64 and re.fullmatch(r"[^.,]{19}\.[0-9]{9}Z", recorded)
                and re.fullmatch(r"(log|gone)(\.(?![*>](\.|$))[^.\x00-\x20\s]+)+", subject)
                and len(subject.encode()) < 512 and not re.search(rb"[\r\n]", self.sig),
                "a line of the log has another form")
        self.recorded, where = moment(recorded), subject.split(".")
        self.on_log, (handle, key) = where[0] == "log", where[1:] if len(where) == 3 else ["", ""]
        signature = decode64(self.sig.decode("latin-1"), 64) or bytes(64)
        def is_by(key):
            return is_signed(key, signature, b"warroom/v1\n" + payload)
        holder, is_newer = parse(payload)
        try:
            self.event = read_event(holder)
            require([self.event.by, self.event.key] == [handle, key] and is_by(key)
                    and len(payload) <= 524288, "its author did not sign it")
            self.event.fault = "newer" if is_newer else ""
        except ValueError:
            fault = "newer" if is_newer and is_by(key) else "not authentic"
            self.event = Record(by=handle, key=key, fault=fault)
        self.event.leaf, key = sha256(b"\0", signature, payload), str(holder.get("key"))
        # the key with which a newer warroom removed an entry (8)
        self.remover = key if is_newer and not self.on_log and is_by(key) else None

def without_texts(event):
    """Returns members of a message with its free texts (10) replaced, and these texts."""
    texts, places = [], FREE_TEXTS[event.kind]
    def replace(value, path=""):
        if path in places and value is not None:
            texts.append(value)
            return "[redacted]" if str(value).strip() else value
        if type(value) is dict:
            return {name: replace(v, f"{path}.{name}".strip(".")) for name, v in value.items()}
        return [replace(v, path + "[]") for v in value] if type(value) is list else value
    return (event.v, event.n, event.prev, replace(event.body)), texts

def read_redaction(seq, event):
    """Returns what a message redacts, or None if something in it prevents its effect (8)."""
    try:
        r = Record(by=seq, **typed(event.body, dict(
            seq=int, entry=str, reason=str, recorded=int, leaf=str, void=bool, event=dict)))
        r.event = read_event(r.event)
        r.event.leaf, r.event.void = decode64(r.leaf, 32), r.void
        is_one = (event.kind == "entry.redacted" and not event.fault and r.seq > 2
                  and FREE_TEXTS[r.event.kind] and r.entry == r.event.id and r.event.leaf
                  and r.event.room == event.room and r.reason.strip()
                  and all(type(text) is str and text.strip() in ("", "[redacted]")
                          for text in without_texts(r.event)[1]))
        return r if is_one else None
    except (ValueError, LookupError, AttributeError):
        return None

class Log:
    """The log of a bag, checked message by message (4, 5, 7, 8). Redactions fill its gaps."""

    def __init__(self, bag):
        messages, self.bag = [Message(line) for line in bag.lines], bag
        self.room, self.rules, self.is_lobby, self.strays = "", None, False, 0
        self.members, self.chains, self.evidence = {}, {}, {}
        self.restored, self.new_hubs = [], set()  # the sizes restored; keys that a person named
        self.leaves = []  # with the running hash over the times, and the latest time, at each
        self.unread = set()  # keys with a message that is ambiguous or newer
        self.verified = {}  # of each message that verifies: event, effect and the latest time
        # redactions by the sequence that they redact: those that fill a gap, all that take effect
        self.gaps, self.redactions = {}, {}
        self.stored = {m.seq: m for m in messages}
        require([m.seq for m in messages] == sorted(self.stored), "the messages are not in order")
        copies = {m.sig for m in messages if not m.on_log}
        for m in sorted(messages, key=lambda m: m.sig not in copies):  # those with a copy first
            r = m.on_log and read_redaction(m.seq, m.event)
            if r and r.seq not in self.stored and r.seq < m.seq:
                r.sig = m.sig
                first = self.gaps.setdefault(r.seq, r)
                require(first.sig == r.sig or first.sig in copies and r.sig not in copies,
                        f"several redactions of entry {r.seq}", 6)
        self.last_times, latest = bytes(32), 0
        for expected, seq in enumerate(sorted([*self.stored, *self.gaps]), 1):
            if seq != expected:
                is_newer = any(m.seq > expected and m.remover in self.members for m in messages)
                raise Stop(6 if is_newer else 4, [f"entry {expected} is missing"])
            m = self.stored.get(seq) or self.gaps[seq]
            self.last_times = sha256(self.last_times, struct.pack(">QQ", seq, m.recorded % 2**64))
            latest = max(latest, m.recorded)
            if seq in self.gaps or m.on_log:
                self.leaves.append((m.event.leaf, self.last_times, latest))
                self.take(seq, m.event)
        for seq in self.gaps:
            require(seq in self.redactions, f"the redaction of entry {seq} has no effect")
        bag.need(not any(m.remover in self.members for m in messages), "a message is newer")

    def take(self, seq, event):
        """Adds a message to the chain of its author (4), and applies it if it takes effect."""
        number, leaf = self.chains.get(event.key, (0, ""))
        self.unread |= {event.key} if event.fault == "newer" else set()
        is_stray = event.fault or self.room not in ("", event.room) or event.n <= number
        is_next = not is_stray and (event.n, event.prev) == (number + 1, leaf)
        require(seq > 1 or is_next, "entry 1 does not declare a room")
        has_effect = is_next and not event.void and event.v == 1 and (
            self.apply(seq, event) if seq > 1 else self.open_room(event))
        if is_next:
            self.chains[event.key] = event.n, encode64(event.leaf)
            self.verified[seq] = event, has_effect or event.v > 1, self.leaves[-1][2]
        if seq in self.gaps:
            require(is_next, f"the redaction of entry {seq} is wrong")
        elif event.key not in self.members or is_stray and event.fault != "newer":
            self.strays += 1
        else:
            require(is_next, f"messages of {event.by} before entry {seq} are missing or changed, "
                    "or only a newer warroom can read them", 6 if event.key in self.unread else 4)

    def apply(self, seq, event):
        """Applies a message, and reports whether it takes effect (5)."""
        kind, members, author = event.kind, self.members, self.members.get(event.key)
        try:
            body = {} if event.body is None else event.body
            body = typed(body, BODY if kind in FOLLOWED else {})
        except (ValueError, AttributeError):
            return False
        if (not author or author.handle != event.by or author.right in ("watch", "revoked")
                or self.rules is None and kind not in ("plan.adopted", "key.admitted")
                or author.is_hub and (kind in ("log.resumed", "entry.redacted")
                                      or kind == "plan.adopted" and not self.is_lobby)
                or author.right != "command" and kind == "log.resumed"):
            return False
        if kind not in FOLLOWED:
            return True
        self.bag.need(author.right == "command" or kind == "evidence.collected",
                      f"entry {seq}, {kind}, takes a role, which was not checked")
        key, handle, right = (body[name] for name in ("key", "handle", "right"))
        if kind == "plan.adopted" and self.rules is None:
            self.rules = body["rules"]
            self.bag.need(self.rules <= 3, "the room has rules of a newer warroom")
        elif kind == "key.admitted":
            if right in RIGHTS and re.fullmatch(HANDLE, handle) and handle != "hub":
                members.setdefault(key, Record(handle=handle, right=right, is_hub=False))
        elif kind == "key.struck" or kind == "right.changed" and right in RIGHTS:
            for k, m in members.items():
                if m.handle == handle and not m.is_hub and m.right != "revoked":
                    m.right = (right if kind == "right.changed" else
                               "revoked" if key in ("", k) else m.right)
        elif kind == "log.resumed":
            hub_key = body["hub_key"]
            hub = members.get(hub_key, Record(handle="hub", right="command", is_hub=True))
            if (hub.is_hub and hub.right != "revoked" and body["size"] > 0
                    and 0 <= body["last_seq"] < seq and 0 < len(hub_key) <= 64
                    and 0 < len(body["root"]) <= 64):
                self.restored.append(body["size"])
                self.new_hubs |= {hub_key} - members.keys()
                for m in members.values():
                    m.right = "revoked" if m.is_hub and m is not hub else m.right
                members[hub_key] = hub
        elif kind == "evidence.collected" and body["size"] > 0 and body["name"] and re.fullmatch(
                "[0-9a-f]{64} [0-9A-HJKMNP-TV-Z]{26} (log|metric|snapshot|memory|other)",
                "%(sha256)s %(blob)s %(class)s" % body):
            report_seq = seq if body["report"] else 2**64  # a redaction may delete older reports
            self.evidence[body["sha256"]] = body["size"], report_seq
        elif kind == "entry.redacted":
            r = read_redaction(seq, event)
            if r and self.describes(r) and self.gaps.get(r.seq, r).by == seq:
                self.redactions[r.seq] = r
                self.bag.good.append(f"entry {r.seq} was redacted: {r.reason}")
                still = self.stored.get(r.seq)
                # without the right "command" it may lack the role, and then it takes no effect
                require(not still or author.right != "command" or still.event.leaf == r.event.leaf
                        and without_texts(still.event)[0] == without_texts(r.event)[0],
                        f"entry {r.seq} is still there, and not what entry {seq} states")
        return True

    def describes(self, r):
        """Reports whether a redaction is the first that describes an earlier message (8)."""
        event, has_effect, latest = self.verified.get(r.seq) or (None, False, 0)
        return (event and r.seq not in self.redactions and r.recorded <= latest
                and (has_effect or r.void) and all(
                    getattr(event, name) == getattr(r.event, name)
                    for name in ("id", "kind", "by", "key", "via", "moment")))

    def open_room(self, event):
        """Applies the first message (5)."""
        body, self.is_lobby = typed(event.body, BODY), event.kind == "lobby.opened"
        title, hub_key, self.room = body["title"], body["hub_key"], event.room
        require(all(re.fullmatch(HANDLE, name) for name in [event.by, *body["restricted"]]) and (
            self.is_lobby or event.kind == "incident.declared" and title.strip()
            and re.fullmatch("[^\r\n]{1,200}", title)), "entry 1 does not declare a room")
        if event.body.get("detected") is not None:
            moment(body["detected"])
        hub = Record(handle="hub", right="command", is_hub=True)
        self.members = {hub_key: hub} if hub_key else {}
        is_hub = self.is_lobby and hub_key == event.key
        self.members[event.key] = Record(handle=event.by, right="command", is_hub=is_hub)

def tree(leaves):
    """Returns a function for the root over the first leaves; None if there are fewer (4)."""
    @functools.lru_cache(None)
    def root(begin, end):
        if end - begin == 1:
            return leaves[begin][0]
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        return sha256(b"\1", root(begin, middle), root(middle, end))
    return lambda size: root(0, size) if 0 < size <= len(leaves) else None

def read_checkpoint(raw):
    """Returns what the first three lines of a checkpoint or pin state (6)."""
    raw = raw.replace(b"\r\n", b"\n")
    m = re.fullmatch("warroom/([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\n*",
                     raw.decode("utf-8", "replace").partition("\n\n")[0])
    root = m and decode64(m[3], 32)
    require(root, "a checkpoint cannot be read")
    return Record(room=m[1], size=int(m[2]), root=root, raw=raw, signers=set(), seen=[], times=[])

def read_note(raw, room, keys):
    """Returns a checkpoint with who signed it (6). A wrong signature of a key is a fault."""
    note, m = read_checkpoint(raw), re.fullmatch("((?:[^\0-\x1f]+\n){3})\n"
        "((?:\u2014 [^\\s\0-\x1f+]+ [^\\s\0-\x1f]+\n){1,100})", raw.decode())
    require(m and note.room == room, "a checkpoint has another form")
    for name, blob in re.findall("\u2014 (.+) (.+)\n", m[2]):
        blob, (owner, _, own) = decode64(blob), name.partition("/")
        require(len(blob) > 4, "a signature line of a checkpoint cannot be read")
        def is_by(key, algorithm, begin, text):
            public = decode_key(key)
            if not public or blob[:4] != sha256(name.encode(), b"\n", algorithm, public)[:4]:
                return False
            require(is_signed(key, blob[begin:], text.encode()), f"a signature of {name} is wrong")
            return True
        seconds, times = int.from_bytes(blob[4:12], "big"), blob[4:36]
        if name == "warroom/" + room:
            note.signers |= {key for key in keys if is_by(key, b"\x01", 4, m[1])}
        elif owner == "times" and own in keys and is_by(
                own, b"\xf7", 36, f"warroom/times/v1\n{m[1]}{encode64(times)}\n"):
            note.times.append((own, times))
        elif re.fullmatch(HANDLE, owner) and is_by(
                own, b"\x04", 12, f"cosignature/v1\ntime {seconds}\n{m[1]}"):
            note.seen.append((owner, own, seconds))
    return note

def read_pin(pin, keys):
    """Returns a pin with its signatures if one of the keys signed it: it need not be signed."""
    try:
        note = read_note(pin.raw, pin.room, keys)
        return note if note.signers else pin
    except ValueError:
        return pin

def check_log(bag):
    """Checks a whole log, its checkpoints and its evidence (6, 7, 11)."""
    log = Log(bag)
    size, root, signer = len(log.leaves), tree(log.leaves), log.members.get(bag.key)
    hubs = {key for key, m in log.members.items() if m.is_hub}
    require(not signer or signer.handle == bag.principal, "it is signed in another's name")
    bag.need(signer and signer.right != "revoked", "the signer is not a member")
    notes = [read_note(raw, log.room, log.members) for raw in bag.notes]
    signers, witnesses, is_timed = set(), set(), False  # of the checkpoints that cover all entries
    for note in notes + ([read_pin(bag.pin, hubs)] if bag.pin else []):
        require(note.room == log.room, "the pin is of another room")
        if root(note.size) != note.root:
            require(any(restored < note.size for restored in log.restored),
                    f"the log is not the one of a checkpoint at {note.size} entries")
            bag.need(False, f"the checkpoint at {note.size} entries is older than the restored log")
            continue
        require(note.signers or note.seen or note not in notes, "nobody signed a checkpoint")
        _, all_times, latest = log.leaves[note.size - 1]
        times = {times for key, times in note.times if key in hubs}
        require(times <= {all_times} or log.restored, "a recording time was changed")
        bag.need(times <= {all_times}, "the hub signed other times before the log was restored")
        is_timed |= note.size == size and all_times in times
        for handle, key, seconds in note.seen:
            if key in log.members and log.members[key].handle == handle:
                is_late = latest > (seconds + 3600) * 10**9
                bag.need(not is_late, "an entry was recorded after a cosignature")
                require(not is_late or (log.rules or 0) < 2, "recorded after a cosignature")
                witnesses |= {handle} if note.size == size and note in notes else set()
        signers |= note.signers if note.size == size and note in notes else set()
    require(signer or signers, "nobody signed that the log ends here")
    bag.need(signers & hubs, "no checkpoint of the hub covers all entries")
    bag.need(bag.key in hubs or is_timed and log.leaves[-1][1] == log.last_times,
             "the hub did not sign the last recording times")
    bag.need(len(witnesses) >= bag.witness, "too few people cosigned the whole log")
    evidence = {n[9:]: c for n, c in bag.data.items() if n.startswith("evidence/")}
    last_redaction = max((r.by for r in log.redactions.values()), default=0)
    bag.need(all(digest in evidence or report_seq < last_redaction
                 for digest, (_, report_seq) in log.evidence.items()), "evidence is missing")
    require(all(sha256(content).hex() == digest and len(content) == log.evidence[digest][0]
                for digest, content in evidence.items()), "evidence was changed or added")
    bag.check_info(log.room, size, root(size), "", bag.key in hubs - log.new_hubs)
    bag.good.append(f"{size} entries, {log.strays} strays")

def run(path, key=None, pin=None, witness=0):
    """Checks an export and returns the exit code and what was found."""
    try:
        bag = Bag(path, key, pin, witness)
        if bag.kind == "log":
            check_log(bag)
        else:
            sys.dont_write_bytecode = True
            sys.modules["verify"] = sys.modules[__name__]  # which verify_partial imports
            from verify_partial import check_partial
            check_partial(bag)
    except Stop as stop:
        return stop.args
    except Exception as fault:  # what is not as the page requires fails in many ways
        return 1 if isinstance(fault, OSError) else 4, [repr(fault)]
    return 6 if bag.less else 0, bag.less + bag.good

def pin(name):
    """Reads the file of the option --pin."""
    return read_checkpoint(pathlib.Path(name).read_bytes())

if __name__ == "__main__":
    args = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    args.add_argument("path", help="a zip or a directory")
    args.add_argument("--pin", type=pin, help="a file with a checkpoint that was kept")
    args.add_argument("--key", help="the key or fingerprint that has to have signed")
    args.add_argument("--witness", type=int, default=0, help="how many have to have cosigned")
    code, found = run(**vars(args.parse_args()))
    for line in [{0: "ok", 1: "not an export", 4: "BAD", 6: "open"}[code], *found]:
        print(line.encode("unicode_escape").decode())
    sys.exit(code)
