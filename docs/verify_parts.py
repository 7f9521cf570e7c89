"""Reads the parts of an export for verify.py: the bag, its lines, checkpoints and redactions.

Numbers in brackets are sections of protocol.md. Whatever differs from them raises an exception:
Unreadable if the file is not an export, any other if it was tampered with."""

import base64
import datetime
import functools
import hashlib
import io
import json
import pathlib
import re
import struct
import zipfile
from types import SimpleNamespace as Record

HANDLE = "[a-z0-9_-]{1,32}"
SUMS, SIGNATURE = "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"
REPORT = ["data/report.html", "data/report.json", "data/report.md"]
REQUIRED = {"log": ["data/plan.json", "data/roster.json", "data/timeline.txt"],
            "part": ["data/timeline.txt"] + REPORT, "entry": ["data/proof.txt"]}
MEMBERS = {"v": int, "room": str, "id": str, "key": str, "n": int, "prev": str, "kind": str,
           "at": str, "by": str, "via": str}  # of a message, with their types
TIME = "[-0-9]{10}T[:0-9]{8}"
PAGE_FILE = pathlib.Path(__file__).with_name("protocol.md")
if not PAGE_FILE.exists():
    raise SystemExit("protocol.md must be beside verify.py: it reads the table of section 10")
PAGE = PAGE_FILE.read_text("utf-8")
FREE_TEXTS = {kind: re.findall("`(.*?)`", texts) for texts, kinds in re.findall(
    r"(?m)^\| ([a-z`., \[\]]+) \| ((?:`[a-z]+\.[a-z]+`(?:, )?)+) \|$", PAGE)
    for kind in re.findall("`(.*?)`", kinds)}  # the table of section 10
OPENING = ("incident.declared", "lobby.opened")
PROFILES = ("leadership", "compliance", "regulator", "customer", "public")
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # of Ed25519
D = -121665 * pow(121666, -1, PRIME) % PRIME


class Unreadable(Exception):
    pass


def require(condition, sentence):
    if not condition:
        raise ValueError(sentence)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def encode64(raw):
    return base64.b64encode(raw).decode()


def decode64(text, size=None):
    """Decodes base64 strictly; returns None if it is malformed or of another size."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return None
    return raw if encode64(raw) == text and size in (None, len(raw)) else None


def decode_key(text):
    """Returns the 32 bytes of a public key in base64url without padding, or None."""
    return decode64(text.translate(str.maketrans("-_+/", "+/--")) + "=", 32)


def add(p, q):
    """Returns the sum of two points (x, y, z, t) of the curve (RFC 8032, section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


@functools.lru_cache(None)
def point(raw):
    """Returns the point that 32 bytes encode, or None (RFC 8032, section 5.1.3)."""
    odd, y = divmod(int.from_bytes(raw, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    x = x if x % 2 == odd else PRIME - x
    return None if (x * x - square) % PRIME else (x, y, 1, x * y % PRIME)


@functools.lru_cache(None)
def signed(key, signature, text):
    """Reports whether a key in base64url signed a text (RFC 8032, section 5.1.7)."""
    public, s = decode_key(key), int.from_bytes(signature[32:], "little")
    a = public and point(public)
    if not a or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    base, a, r = point(b"\x58" + b"\x66" * 31), (PRIME - a[0], a[1], 1, PRIME - a[3]), (0, 1, 1, 0)
    summands = {"01": base, "10": a, "11": add(base, a)}
    for bits in map("".join, zip(format(k, "0253b"), format(s, "0253b"))):
        r = add(r, r)  # r becomes s base + k a
        r = add(r, summands[bits]) if bits in summands else r
    z = pow(r[2], -1, PRIME)
    number = r[1] * z % PRIME | r[0] * z % PRIME % 2 << 255
    return number.to_bytes(32, "little") == signature[:32]


def open_zip(raw):
    """Returns a zip and where it ends, which may be before the end of the file."""
    end = len(raw)
    for _ in range(1000):
        end = raw.rfind(b"PK\5\6", 0, end)
        try:
            z = zipfile.ZipFile(io.BytesIO(raw[:end + 22]))
            if len(raw) >= end + 22 and 0 < len(z.infolist()) <= 10000:
                return z, end + 22
        except Exception:  # a damaged zip raises many kinds of errors
            pass
        if end < 0:
            break
    raise Unreadable("it is not a zip of an export, or it is cut off")


def unzip(raw):
    """Returns the files of a zip and the name of its directory (9)."""
    z, end = open_zip(raw)
    if not any(e.filename.endswith("/bagit.txt") for e in z.infolist()):
        raise Unreadable("it has no bagit.txt")
    files, again, base = {}, io.BytesIO(), z.namelist()[0].split("/")[0] + "/"
    with zipfile.ZipFile(again, "w") as copy:  # the only way to write these files
        for e in z.infolist():
            require(e.orig_filename.startswith(base) and e.orig_filename[len(base):] not in files,
                    "a file is there twice, or outside the directory")
            if e.compress_type or not e.compress_size == e.file_size < 2**32 - 1:
                raise Unreadable("a file is compressed or larger than 4 GiB: unpack the zip")
            files[e.orig_filename[len(base):]] = content = z.read(e)
            info = zipfile.ZipInfo(e.orig_filename)
            info.create_system = info.create_version = info.extract_version = 0
            copy.writestr(info, content)
            info.external_attr = 0
    require(end == len(raw) and raw == again.getvalue(), "the zip is not as warroom writes it")
    return files, base[:-1]


def read_directory(top):
    """Returns the files of an unpacked export."""
    files = {}
    for path in top.rglob("*") if (top / "bagit.txt").is_file() else []:
        if path.is_dir() and not path.is_symlink():
            require(any(path.iterdir()), "%s is an empty directory" % path)
        else:
            require(path.is_file() and not path.is_symlink(), "%s is not a regular file" % path)
            files[path.relative_to(top).as_posix()] = path.read_bytes()
    if not 0 < len(files) <= 10000:
        raise Unreadable("it has no bagit.txt, or more than 10,000 files")
    return files, None


def ssh_string(raw):
    return struct.pack(">I", len(raw)) + raw


class Bag:
    """An export whose manifests list all of its files, and whose signature verifies (9)."""

    def __init__(self, path):
        path = pathlib.Path(path)
        self.files, self.directory = (read_directory(path) if path.is_dir()
                                      else unzip(path.read_bytes()))
        self.read_form()
        self.data = {n: c for n, c in self.files.items() if n.startswith("data/")}
        self.check_manifest(SUMS, {n: c for n, c in self.files.items()
                                   if n not in self.data and n not in (SUMS, SIGNATURE)})
        self.check_signature()
        self.check_manifest("manifest-sha256.txt", self.data)
        self.evidence = {n[14:]: c for n, c in self.data.items()
                         if re.fullmatch("data/evidence/[0-9a-f]{64}", n)}
        self.notes = [self.data[n] for n in sorted(self.data) if n.startswith("data/checkpoints/")]
        self.check_names()
        *self.lines, end = self.data[self.log].split(b"\n")
        require(not end, "the last line of the log does not end")

    def read_form(self):
        """Sets info, kind and log; raises Unreadable if a newer program wrote the export."""
        if "bagit.txt" not in self.files:
            raise Unreadable("it has no bagit.txt")
        version = re.fullmatch(rb"BagIt-Version: (\d+\.\d+)\nTag-File-Character-Encoding: UTF-8\n",
                               self.files["bagit.txt"])
        require(version, "bagit.txt was changed")
        text = self.files.get("bag-info.txt", b"").decode("utf-8", "replace")
        self.info_ends, text = text.endswith("\n"), text.removesuffix("\n")
        self.info_lines = [line.partition(": ") for line in text.split("\n")]
        self.info = {k: v for k, _, v in reversed(self.info_lines)}  # of two lines the first counts
        kinds = [kind for kind in REQUIRED if "data/%s.jsonl" % kind in self.files]
        form, newer = self.info.get("Warroom-Form") or "1", version.group(1) != b"1.0"
        require(newer or re.fullmatch("[0-9]*[1-9][0-9]*", form), "bag-info.txt has no form")
        if newer or len(kinds) != 1 or not re.fullmatch("0*[12]", form):
            raise Unreadable("it has no data/log.jsonl, or a newer program wrote it")
        self.kind, self.log = kinds[0], "data/%s.jsonl" % kinds[0]

    def check_manifest(self, name, files):
        want = ["%s  %s" % (sha256(content).hex(), n) for n, content in files.items()]
        require(name in self.files, "%s is missing" % name)
        got = self.files[name].decode().split("\n")
        require(sorted(got) == sorted([*want, ""]), "%s does not list the files" % name)

    def check_signature(self):
        """Sets key and principal: who signed the tag manifest."""
        line = re.fullmatch('(%s) namespaces="warroom" ssh-ed25519 (.+)\n' % HANDLE,
                            self.files["allowed_signers"].decode())
        key = decode64(line.group(2), 51)
        require(key == ssh_string(b"ssh-ed25519") + ssh_string(key[-32:]), "it names no signer")
        self.principal, self.key = line.group(1), base64.urlsafe_b64encode(key[-32:]).decode()[:-1]
        self.fingerprint = "SHA256:" + encode64(sha256(key)).rstrip("=")
        require(SIGNATURE in self.files, "the export is not signed")
        got = self.files[SIGNATURE].decode().split("\n")
        signature = decode64("".join(got[1:-2]))[-64:]
        hashed = ssh_string(b"warroom") + ssh_string(b"") + ssh_string(b"sha512")
        armored = encode64(b"SSHSIG\0\0\0\1" + ssh_string(key) + hashed + ssh_string(
            ssh_string(b"ssh-ed25519") + ssh_string(signature)))
        require(got == ["-----BEGIN SSH SIGNATURE-----", *re.findall(".{1,70}", armored),
                        "-----END SSH SIGNATURE-----", ""], SIGNATURE + " has another form")
        digest = hashlib.sha512(self.files[SUMS]).digest()
        require(signed(self.key, signature, b"SSHSIG" + hashed + ssh_string(digest)),
                "the signature over the manifests does not verify")

    def check_names(self):
        """Compares the names of the files with those that an export of this kind has."""
        required = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "allowed_signers", SUMS,
                    SIGNATURE, "data/README.txt", self.log, *REQUIRED[self.kind]}
        allowed = set(required)
        if self.kind != "entry":
            allowed.update("data/checkpoints/%05d.txt" % (i + 1) for i in range(len(self.notes)))
        if self.kind == "log":
            allowed.update(REPORT, ["data/evidence.jsonl", "data/custody.jsonl"],
                           ("data/evidence/" + digest for digest in self.evidence))
        require(required <= {*self.files} <= allowed, "files are missing or have no place in it: "
                + " ".join(required - {*self.files} | {*self.files} - allowed))

    def check_info(self, room, size, root, ending):
        """Checks the lines of bag-info.txt that every version of warroom writes alike."""
        want = {"External-Identifier": room, "Warroom-Entries": str(size),
                "Warroom-Root": encode64(root),
                "Payload-Oxum": "%d.%d" % (sum(map(len, self.data.values())), len(self.data))}
        short = self.info.get("Internal-Sender-Identifier", "")
        require(self.info_ends and {**self.info, **want} == self.info
                and all(colon for _, colon, _ in self.info_lines)
                and len(self.info) == len(self.info_lines) and re.fullmatch("[0-9A-Z]{26}", room)
                and re.fullmatch("[a-z0-9_-]{1,64}", short)
                and self.directory in (None, "%s-%s%s" % (short, room, ending)),
                "bag-info.txt or the name of the directory was changed")


def parse(raw):
    """Returns a JSON value with its names folded, and the members that are there twice (3)."""
    twice = []

    def members(pairs):
        pairs.sort(key=lambda pair: pair[1] is not None or pair[0].lower() in ("body", "event"))
        folded = {"".join(c.casefold() if len(c.casefold()) == 1 else c for c in name): value
                  for name, value in pairs}
        twice.extend(pairs[len(folded):])
        return folded
    return json.loads(raw.decode("utf-8", "replace"), object_pairs_hook=members,
                      parse_constant=int), twice  # int("NaN") is a ValueError


def read_event(members):
    """Returns the members of a message; an error if they have another form (3)."""
    event = Record(**{name: of() if members.get(name) is None else members[name]
                      for name, of in MEMBERS.items()})
    require(all(type(vars(event)[name]) is of for name, of in MEMBERS.items())
            and event.v > 0 <= event.n and event.room and event.id and event.kind, "not a message")
    event.moment = moment(event.at)
    event.body, event.fault, event.unread = members.get("body"), "", False
    event.void, event.twice = False, []
    return event


def moment(text):
    """Returns the moment of a time of RFC 3339, or of none; a ValueError if it is not one."""
    m = re.fullmatch("(%s)(?:[.,]([0-9]+))?(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])" % TIME,
                     "0001-01-01T00:00:00Z" if text is None else text)
    require(m, "not a time")
    return (datetime.datetime.fromisoformat(m.group(1) + m.group(3).replace("Z", "+00:00")),
            (m.group(2) or "").rstrip("0"))


def hub_of(event):
    """Returns the key of the hub that a message names if it opens a room, or "" (5)."""
    key = event.body.get("hub_key") if type(event.body) is dict and event.kind in OPENING else ""
    is_author = event.kind == OPENING[0] and key == event.key
    return "" if is_author or type(key) is not str else key


class Message:
    """A stored message: a line of the log (9) with what it means (3, 4)."""

    def __init__(self, line):
        stored = json.loads(line.decode())
        self.seq, recorded, subject = stored["seq"], stored["recorded"], stored["subject"]
        self.header, self.payload = (
            stored[name].encode() if name in stored else decode64(stored.get(name + "_base64", ""))
            for name in ("sig", "payload"))
        names = ["seq", "recorded", "subject"]
        for name, value in ("sig", self.header), ("payload", self.payload):
            text = value.decode("utf-8", "replace").encode() == value
            names += [name if text else name + "_base64"] * (name == "payload" or value != b"")
        ascii_line = "".join(c if c < "\x7f" else json.dumps(c)[1:-1] for c in line.decode())
        require(list(stored) == names and ascii_line.replace("\\u007f", "\x7f")
                == json.dumps(stored, separators=(",", ":"))
                and re.fullmatch(TIME + r"\.[0-9]{9}Z", recorded)
                and type(self.seq) is int and 0 <= self.seq < 2**64
                and re.fullmatch(r"(log|gone)(\.(?![*>](\.|$))[^.\x00-\x20\s]+)+", subject)
                and len(subject.encode()) < 512 and not re.search(rb"[\r\n]", self.header),
                "a line has another form")
        self.on_log, *author = subject.startswith("log."), *subject.split(".")[1:]
        self.author = author if len(author) == 2 else ["", ""]
        since = datetime.datetime.fromisoformat(recorded[:19] + "+00:00").timestamp()
        self.recorded = int(since) * 10**9 + int(recorded[20:29])
        self.signature = decode64(self.header.decode("latin-1"), 64) or bytes(64)
        self.leaf = sha256(b"\0", self.signature, self.payload)
        self.read_event()

    def signed_by(self, key):
        return signed(key, self.signature, b"warroom/v1\n" + self.payload)

    def read_event(self):
        """Sets event, whose fault is why the message is not authentic, and newer (8)."""
        members, twice = {}, []
        try:
            members, twice = parse(self.payload)
            self.event = read_event(members)
            if (len(self.payload) > 524288 or [self.event.by, self.event.key] != self.author
                    or not self.signed_by(self.event.key)):
                self.event.fault = "its author did not sign it"
        except (ValueError, AttributeError, RecursionError):
            members = members if type(members) is dict else {}
            unread = is_newer(members) and self.signed_by(self.author[1])
            self.event = Record(v=1, by=self.author[0], key=self.author[1], kind="", body=None,
                                void=False, unread=unread, fault="" if unread else "not a message")
        self.event.leaf, self.event.twice = self.leaf, twice
        key = str(members.get("key"))
        unknown = is_newer(members) or str(members.get("kind")) not in FREE_TEXTS
        self.newer = key if not self.on_log and unknown and self.signed_by(key) else None


def is_newer(members):
    return type(members.get("v")) is int and members["v"] > 1


def texts(holder, name, *names):
    """Yields where the free texts of a body are: objects or lists, and places in them."""
    value = holder.get(name.removesuffix("[]")) if type(holder) is dict else None
    if names:
        yield from texts(value, *names)
    elif name.endswith("[]") and type(value) is list:
        yield from ((value, i) for i in range(len(value)))
    elif value is not None:
        yield holder, name.removesuffix("[]")


def blanked(event):
    """Returns the members of a message with its free texts replaced, and those texts."""
    body, found = json.loads(json.dumps(event.body)), []
    for path in FREE_TEXTS.get(event.kind, []):
        for holder, place in texts(body, *path.split(".")):
            found.append(holder[place])
            holder[place] = "[redacted]" if str(holder[place]).strip() else holder[place]
    return [body, *(getattr(event, name) for name in MEMBERS if name not in ("at", "via"))], found


def read_redaction(seq, event):
    """Returns what an entry.redacted redacts, or None if the message is not one (8)."""
    try:
        body, redacted = event.body, read_event(event.body["event"])
        redacted.leaf, redacted.void = decode64(body["leaf"], 32), body.get("void") is True
        r = Record(seq=seq, target=body["seq"], reason=body["reason"], event=redacted,
                   recorded=body.get("recorded") or 0)
        found = blanked(redacted)[1]
        r.allowed = (r.target > 2 and r.reason.strip() and body["entry"] == redacted.id
                     and FREE_TEXTS.get(redacted.kind)
                     and all(type(t) is str and t.strip() in ("", "[redacted]") for t in found))
        right = (event.v == 1 and event.kind == "entry.redacted" and redacted.leaf
                 and type(r.target) is int is type(r.recorded) and r.target > 0
                 and redacted.room == event.room)
        return r if right else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def candidates(messages):
    """Returns a list for each gap of a log: its redactions, those with a copy first (8)."""
    stored, copies = {m.seq for m in messages}, {m.header for m in messages if not m.on_log}
    found = {}
    for m in sorted(messages, key=lambda m: m.header not in copies):  # a stable sort
        r = m.on_log and not m.event.fault and read_redaction(m.seq, m.event)
        if r and r.target not in stored and r.target < r.seq:
            found.setdefault(r.target, []).append(r)
    return found.values()


class Member:
    """The person, or the hub, that a key belongs to (5)."""

    def __init__(self, handle, right, is_hub=False):
        self.handle, self.right, self.is_hub, self.revoked = handle, right, is_hub, False


class Tree(list):
    """The leaves of a Merkle tree (4)."""

    __hash__ = object.__hash__  # for the cache

    def root_at(self, size):
        """Returns the root over the first leaves, or None if there are fewer."""
        return self.root(0, size) if 0 < size <= len(self) else None

    @functools.lru_cache(None)
    def root(self, begin, end):
        if end - begin == 1:
            return self[begin]
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        return sha256(b"\1", self.root(begin, middle), self.root(middle, end))


def read_checkpoint(raw):
    """Returns room, size and root of the first three lines of a checkpoint or pin (6)."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n")[0].rstrip("\n")
    m = re.fullmatch(r"warroom/([^\n]+)\n(0|[1-9]\d*)\n([^\n]+)", text)
    root = m and decode64(m.group(3), 32)
    require(root, "a checkpoint cannot be read")
    return m.group(1), int(m.group(2)), root


class Note:
    """A signed checkpoint (6). A wrong signature of one of the keys is an error."""

    def __init__(self, raw, room, keys):
        self.signers, self.cosigners, self.times = set(), [], {}
        self.room, self.size, self.root = read_checkpoint(raw)
        text, _, last = raw.decode("utf-8", "replace").partition("\n\n")
        *lines, end = last.split("\n")
        require(not end and 0 < len(lines) <= 100 and self.room == room
                and not re.search(rb"[\x00-\x09\x0b-\x1f]", raw), "a checkpoint has another form")
        for line in lines:
            name, signature = re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line).groups()
            self.read_signature(name, decode64(signature), keys, text + "\n")

    def read_signature(self, name, raw, keys, text):
        """Verifies a signature line if it is of one of the keys, or a cosignature."""
        require(len(raw) > 4, "a signature line of a checkpoint cannot be read")
        owner, _, own = name.partition("/")
        seconds, times = int.from_bytes(raw[4:12], "big"), raw[4:36]
        forms = [(b"\x01", key, 4, text) for key in keys if name == "warroom/" + self.room]
        if owner == "times":
            forms.append((b"\xf7", own, 36, "warroom/times/v1\n%s%s\n" % (text, encode64(times))))
        if re.fullmatch(HANDLE, owner):
            forms.append((b"\x04", own, 12, "cosignature/v1\ntime %d\n%s" % (seconds, text)))
        for algorithm, key, begin, what in forms:
            public = decode_key(key)
            if (not public or raw[:4] != sha256(name.encode(), b"\n", algorithm, public)[:4]
                    or algorithm == b"\xf7" and key not in keys):
                continue
            require(signed(key, raw[begin:], what.encode()), "a signature of %s is wrong" % name)
            if algorithm == b"\x01":
                self.signers.add(key)
            elif algorithm == b"\x04":
                self.cosigners.append((owner, key, seconds))
            else:
                self.times[key] = times


class Check:
    """The check of an export (11). less has what could not be compared, good the rest."""

    def __init__(self, bag, options):
        self.bag, self.witness, self.less, self.good = bag, options.witness, [], []
        require(not options.key or options.key.strip() in (bag.key, bag.fingerprint),
                "it is signed by another key than the one that was given")
        self.pin = read_checkpoint(options.pin) if options.pin else None
        self.pin_file = (options.pin or b"").replace(b"\r\n", b"\n")
        self.known = options.key or self.pinned([bag.key])  # the reader knows the signer's key

    def pinned(self, keys):
        """Returns the pin as a list of one checkpoint, empty if none of the keys signed it."""
        try:
            return [note for note in [Note(self.pin_file, self.pin[0], keys)] if note.signers]
        except (ValueError, AttributeError, TypeError):
            return []  # a pin need not be signed

    def need(self, condition, sentence):
        """Adds a sentence to less unless the condition holds."""
        self.less += [] if condition else [sentence]

    def partial(self):
        """Checks the messages that a profile shows, and the checkpoint over all leaves."""
        bag, tree, last, room, chains = self.bag, Tree(), 0, "", {}
        members, hub = None, ""
        for line in bag.lines:
            seq, leaf, event = read_leaf(line)
            require(seq > last, "entry %d does not come after entry %d" % (seq, last))
            last = seq
            tree.append(leaf)
            if not event or event.unread:
                self.need(not event, "entry %d is of a newer form" % seq)
                continue
            room, body = room or event.room, event.body if type(event.body) is dict else {}
            number, prev = chains.get(event.key, (0, event.prev))
            chains[event.key] = event.n, encode64(leaf)
            require(event.room == room and event.n > number
                    and (event.n > number + 1 or event.prev == prev),
                    "entry %d is out of order" % seq)
            if len(tree) == 1 and event.kind in OPENING:
                hub = hub_of(event)
                members = {hub: "hub", event.key: event.by}
            require(members is None or members.get(event.key) == event.by,
                    "the author of entry %d is not a member" % seq)
            if members and event.kind == "key.admitted" and type(body.get("key")) is str:
                members.setdefault(body["key"], body.get("handle"))
            self.need(not event.twice, "entry %d has a member twice" % seq)
        room, root = room or bag.info["External-Identifier"], tree.root_at(len(tree))
        notes = [Note(raw, room, members or [bag.key]) for raw in bag.notes]
        require(any(note.size == len(tree) for note in notes), "no checkpoint covers the log")
        for note in notes:
            require(tree.root_at(note.size) == note.root, "the log is not the one of a checkpoint")
            if note.size == len(tree):
                require(note.signers, "no key that is known here signed the length and root")
                self.need(not hub or hub in note.signers, "the hub did not sign the end of the log")
                self.check_note(note, tree.root_at)
        profile = bag.info["Warroom-Profile"]
        require(profile in PROFILES, "its profile is not known")
        self.check_container(room, len(tree), root, "-" + profile, hub == bag.key)

    def entry(self):
        """Checks one message and the audit path to a checkpoint."""
        head, _, raw = self.bag.files["data/proof.txt"].decode().partition("\n\n")
        proof = re.fullmatch(r"warroom/proof/v1\nleaf (0|[1-9]\d*)((?:\n[^\n]*)*)", head)
        path = [decode64(line, 32) for line in proof.group(2).split("\n")[1:]]
        seq, leaf, event = read_leaf(*self.bag.lines)
        if event.unread:
            self.less.append("the entry is of a newer form")
            return
        self.need(not event.twice, "the entry has a member twice")
        note, index = Note(raw.encode(), event.room, [self.bag.key]), int(proof.group(1))
        require(root_of_path(leaf, index, note.size, path) == note.root,
                "the entry is not in the log of the checkpoint")
        self.check_note(note, {note.size: note.root}.get)
        self.check_container(event.room, note.size, note.root, "-entry-%d" % seq,
                             index == 0 and hub_of(event) == self.bag.key)

    def check_note(self, note, root_at):
        """Compares the checkpoint of a partial export or entry with the pin and witnesses."""
        room, size, root = self.pin or (note.room, note.size, note.root)
        comparable = self.bag.kind == "part" or root_at(size)
        require(room == note.room and (root_at(size) == root or not comparable),
                "it does not agree with the pin")
        self.need(comparable, "the pin has another length")
        self.need(note.signers or self.pin and comparable,
                  "the signer did not sign the length and root")
        self.need(len(note.cosigners) >= self.witness, "too few people cosigned it")

    def check_container(self, room, size, root, ending, by_hub):
        """Checks bag-info.txt, and reports who signed the files that warroom derives."""
        bag, derived = self.bag, []
        bag.check_info(room, size, root, ending)
        for name in sorted({*bag.data} - {bag.log}):
            if not re.match("data/(evidence/|checkpoints/|proof)", name):
                derived.append(name)
            for text in bag.data[name].split(b"\n" if name.endswith(".jsonl") else b"\0"):
                try:
                    twice = parse(text)[1] if ".json" in name else []
                except (ValueError, RecursionError):
                    continue  # it is not JSON; only warroom can compare it
                require(not twice, "%s has a member twice" % name)
        if by_hub or self.known:
            self.good.append("not compared, but signed by the hub or a known key: "
                             + " ".join(derived))
        elif bag.kind == "log":
            self.less.append("not compared, and not signed by the hub: " + " ".join(derived))
        else:
            self.less.append("nothing shows that the key %s is the hub's" % bag.fingerprint)


def read_leaf(line):
    """Returns sequence, leaf and event of a line of part.jsonl; no event if it is hidden (9)."""
    hidden = re.fullmatch(rb'\{"seq":(0|[1-9]\d*),"leaf":"([^"]{44})"\}', line)
    if hidden:
        leaf = decode64(hidden.group(2).decode("latin-1"), 32)
        require(leaf, "a leaf hash cannot be read")
        return int(hidden.group(1)), leaf, None
    message = Message(line)
    require(message.on_log and not message.event.fault, "entry %d is not authentic" % message.seq)
    return message.seq, message.leaf, message.event


def pin_file(name):
    """Returns the content of the file of a pin."""
    raw = pathlib.Path(name).read_bytes()
    read_checkpoint(raw)
    return raw


def root_of_path(leaf, index, size, path):
    """Returns the root to which an audit path leads (RFC 6962, section 2.1.1)."""
    if size == 1:
        require(index == 0 and not path, "the audit path has another length")
        return leaf
    middle, last = 1 << (size - 1).bit_length() - 1, path[-1]
    if index < middle:
        return sha256(b"\1", root_of_path(leaf, index, middle, path[:-1]), last)
    return sha256(b"\1", last, root_of_path(leaf, index - middle, size - middle, path[:-1]))
