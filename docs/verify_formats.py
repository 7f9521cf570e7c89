"""The public formats of an export of warroom, for verify.py and verify_partial.py.

BagIt (RFC 8493), signatures of OpenSSH (PROTOCOL.sshsig), Ed25519 (RFC 8032), trees of hashes
(RFC 6962), and signed notes (C2SP tlog-checkpoint and tlog-cosignature). Numbers in brackets are
sections of protocol.md."""

import base64, datetime, functools, hashlib, pathlib, re, struct
from types import SimpleNamespace as Record

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HANDLE = "[a-z0-9_-]{1,32}"
SUMS, SIGNATURE = "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"
BAGIT = rb"BagIt-Version: ([0-9]+\.[0-9]+)\nTag-File-Character-Encoding: UTF-8\n"
TAGS = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "allowed_signers"}
REPORT = r"README\.txt|timeline\.txt|report\.(md|html|json)|checkpoints/[0-9]{5}\.txt|"
NAMES = {"log": REPORT + r"(plan|roster)\.json|(log|evidence|custody)\.jsonl|evidence/[0-9a-f]{64}",
         "part": REPORT + r"part\.jsonl", "entry": r"README\.txt|entry\.jsonl|proof\.txt"}

class Stop(ValueError):
    """Ends the check with an exit code and a sentence."""

def require(condition, sentence, code=4):
    if not condition:
        raise Stop(code, sentence)

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def encode64(raw):
    return base64.b64encode(raw).decode()

def decode64(text):
    """Decodes base64 strictly; returns b"" if it is malformed."""
    try:
        raw = base64.b64decode(text, validate=True)
        return raw if encode64(raw) == text else b""
    except ValueError:
        return b""

def decode_key(text):
    """Returns the bytes of a public key (1), or b""."""
    return decode64(text.translate(str.maketrans("-_+/", "+/--")) + "=")

def is_signed(key, signature, text):
    """Reports whether a key signed a text (1)."""
    try:
        Ed25519PublicKey.from_public_bytes(decode_key(key)).verify(signature, text)
        return True
    except (InvalidSignature, ValueError):
        return False

def nanoseconds(text):
    """Returns a time of RFC 3339 as nanoseconds since 1970."""
    m = re.fullmatch(r"([-0-9]{10}T[:0-9]{8})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-5][0-9])", text)
    require(m, "a time has another form")
    second = datetime.datetime.fromisoformat(m[1] + m[3].replace("Z", "+00:00")).timestamp()
    return int(second) * 10**9 + int((m[2] or "")[:9].ljust(9, "0"))

class Bag:
    """An unpacked export whose manifests list all of its files, and whose signature verifies (9).

    kind is log, part or entry; data has the files below data/, notes the checkpoints, less what is
    not proven."""

    def __init__(self, path, key):
        top = pathlib.Path(path)
        require(top.is_dir(), f"{path} is not a directory: unpack a zip first", 1)
        require((top / "bagit.txt").is_file(), f"{path} has no bagit.txt", 1)
        paths = [*top.rglob("*")]
        require(not any(p.is_symlink() or not (p.is_file() or p.is_dir() and any(p.iterdir()))
                        for p in paths), "it has something else than regular files")
        files = {p.relative_to(top).as_posix(): p.read_bytes() for p in paths if p.is_file()}
        self.info_text = files.get("bag-info.txt", b"").decode("utf-8", "replace")
        self.info = dict(re.findall("(?m)^(.*?): (.*)$", self.info_text))
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
        self.is_known, self.less = bool(key), []
        self.notes = [self.data[name] for name in notes]
        *self.lines, rest = self.data[self.kind + ".jsonl"].decode().split("\n")
        require(rest == "", "the last line of the log has no end")

    def check_signature(self, signer, armor, sums):
        """Sets principal, key and fingerprint of who signed the tag manifest (9)."""
        def ssh(*parts):
            return b"".join(struct.pack(">I", len(part)) + part for part in parts)
        line = re.fullmatch(f'({HANDLE}) namespaces="warroom" ssh-ed25519 (.+)\n', signer.decode())
        key, got = decode64(line[2]), armor.decode().split("\n")
        signature, hashed = decode64("".join(got[1:-2]))[-64:], ssh(b"warroom", b"", b"sha512")
        want = b"SSHSIG\0\0\0\1" + ssh(key) + hashed + ssh(ssh(b"ssh-ed25519", signature))
        self.principal, self.key = line[1], base64.urlsafe_b64encode(key[-32:]).decode()[:-1]
        self.fingerprint = "SHA256:" + encode64(sha256(key)).rstrip("=")
        hashed += ssh(hashlib.sha512(sums).digest())
        require(key == ssh(b"ssh-ed25519", key[-32:]) and len(key) == 51
                and got == ["-----BEGIN SSH SIGNATURE-----", *re.findall(".{1,70}", encode64(want)),
                            "-----END SSH SIGNATURE-----", ""]
                and is_signed(self.key, signature, b"SSHSIG" + hashed), "its signature is wrong")

    def need(self, condition, sentence):
        """Adds a sentence to less unless the condition holds."""
        self.less += [] if condition else [sentence]

    def check_info(self, room, size, root):
        """Checks bag-info.txt against the log (9)."""
        want = {"External-Identifier": room, "Warroom-Entries": str(size),
                "Warroom-Root": encode64(root),
                "Payload-Oxum": f"{sum(map(len, self.data.values()))}.{len(self.data)}"}
        require(self.info == {**self.info, **want} and re.fullmatch("[0-9A-Z]{26}", room)
                and self.info_text == "".join("%s: %s\n" % line for line in self.info.items())
                and re.fullmatch("[a-z0-9_-]{1,64}", self.info["Internal-Sender-Identifier"]),
                "bag-info.txt was changed")

def tree(leaves):
    """Returns a function for the root over the first leaves; None if there are fewer (4)."""
    @functools.lru_cache(None)
    def root(begin, end):
        if end - begin == 1:
            return leaves[begin]
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        return sha256(b"\1", root(begin, middle), root(middle, end))
    return lambda size: root(0, size) if 0 < size <= len(leaves) else None

def read_note(raw, room, keys):
    """Returns a checkpoint with its verified signatures; a wrong one is a fault (6)."""
    m = re.fullmatch("(warroom/([^\0-\x1f]+)\n(0|[1-9][0-9]*)\n([^\0-\x1f]+)\n)"
                     "(?:\n((?:\u2014 [^\\s\0-\x1f+]+ [^\\s\0-\x1f]+\n){1,100}))?", raw.decode())
    require(m and m[2] == room, "a checkpoint has another form, or is of another room")
    note = Record(size=int(m[3]), root=decode64(m[4]), signers=set(), times=[], seen=[])
    for name, blob in re.findall("\u2014 (.+) (.+)\n", m[5] or ""):
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

def read_pin(name):
    """Reads a checkpoint that was kept; its signatures may be missing (6)."""
    pin = pathlib.Path(name).read_bytes().replace(b"\r\n", b"\n").strip() + b"\n"
    require(pin.startswith(b"warroom/"), f"{name} is not a checkpoint", 2)
    return pin
