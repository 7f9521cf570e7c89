"""The container of an export: zip or directory, manifests, signature (protocol.md, section 9)."""

import hashlib
import io
import os
import pathlib
import re
import struct
import zipfile
import zlib

from verifier.encoding import (HANDLE, Unreadable, decode64, encode64, encode_key, require, sha256,
                               signed, ssh_key, ssh_string)

TAG_FILES = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt", "allowed_signers"]
TAG_MANIFEST, SIGNATURE = "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"
REPORT = ["data/report.html", "data/report.json", "data/report.md"]
REQUIRED = {"log": ["data/plan.json", "data/roster.json", "data/timeline.txt"],
            "part": ["data/timeline.txt"] + REPORT, "entry": ["data/proof.txt"]}


def entries_of(raw):
    """Returns the entries of a zip, and where it ends; other bytes may come after it."""
    end = len(raw)
    for _ in range(1000):
        end = raw.rfind(b"PK\5\6", 0, end)
        if end < 0:
            break
        try:
            entries = zipfile.ZipFile(io.BytesIO(raw[:end + 22])).infolist()
        except Exception:  # a damaged zip raises many kinds of errors
            continue
        if entries and len(raw) >= end + 22:
            return entries, end + 22
    raise Unreadable("it is not a zip, or it is cut off")


def unzip(raw):
    """Returns the files of a zip and the name of its directory."""
    entries, end = entries_of(raw)
    if not any(e.filename.endswith("/bagit.txt") for e in entries) or len(entries) > 10000:
        raise Unreadable("it has no bagit.txt, or more than 10,000 files")
    require(end == len(raw), "bytes follow the end of the zip")
    files, local, central = {}, bytearray(), bytearray()
    for entry in entries:
        raw_name = entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
        name = raw_name.decode("utf-8", "backslashreplace")
        base, *inner = name.split("/")
        require(inner and base == entries[0].filename.split("/")[0] and name not in files
                and not {"", ".", ".."} & {base, *inner} and not re.search(r"[\\:]", name),
                "the file %s has no place in an export" % name)
        if entry.compress_type or not entry.compress_size == entry.file_size < 2**32 - 1:
            raise Unreadable("%s is compressed or larger than 4 GiB: unpack the zip" % name)
        start = len(local) + 30 + len(raw_name)
        content = files[name] = raw[start:start + entry.file_size]
        size = len(content)
        header = struct.pack("<5H3I2H", 0, 0, 0, 0, 0x21, zlib.crc32(content), size, size,
                             len(raw_name), 0)
        central += b"PK\1\2\0\0" + header + bytes(10) + struct.pack("<I", len(local)) + raw_name
        local += b"PK\3\4" + header + raw_name + content
    last = struct.pack("<4s4x2H2IH", b"PK\5\6", len(files), len(files), len(central), len(local), 0)
    require(raw == local + central + last, "the zip is not written as warroom writes it")
    return {name.split("/", 1)[1]: content for name, content in files.items()}, base


def read_directory(path):
    """Returns the files of an unpacked export."""
    top = pathlib.Path(path)
    if not (top / "bagit.txt").is_file():
        raise Unreadable("it has no bagit.txt")
    files = {}
    for entry in top.rglob("*"):
        name = entry.relative_to(top).as_posix()
        directory = entry.is_dir() and not entry.is_symlink()
        require(any(entry.iterdir()) if directory else entry.is_file() and not entry.is_symlink(),
                "%s is an empty directory or not a regular file" % name)
        if not directory:
            files[name] = entry.read_bytes()
            if len(files) > 10000:
                raise Unreadable("it has more than 10,000 files")
    return files


class Bag:
    """An export whose manifests list all of its files, and whose signature verifies."""

    def __init__(self, path):
        if os.path.isdir(path):
            self.files, self.directory = read_directory(path), None
        else:
            self.files, self.directory = unzip(pathlib.Path(path).read_bytes())
        self.read_form()
        data = {n: content for n, content in self.files.items() if n.startswith("data/")}
        tags = {n: content for n, content in self.files.items()
                if n not in data and n not in (TAG_MANIFEST, SIGNATURE)}
        self.check_manifest(TAG_MANIFEST, tags)
        self.check_signature()
        self.check_manifest("manifest-sha256.txt", data)
        self.data = data
        self.evidence = {n[len("data/evidence/"):]: content for n, content in data.items()
                         if re.fullmatch("data/evidence/[0-9a-f]{64}", n)}
        self.notes = [data[n] for n in sorted(data) if n.startswith("data/checkpoints/")]

    def read_form(self):
        """Sets info and kind; raises Unreadable if a newer program wrote the export."""
        version = re.fullmatch(r"BagIt-Version: (\d+\.\d+)\nTag-File-Character-Encoding: UTF-8\n",
                               self.files["bagit.txt"].decode("latin-1"), re.ASCII)
        require(version, "bagit.txt was changed")
        if version.group(1) != "1.0":
            raise Unreadable("its BagIt version is not 1.0")
        text = self.files.get("bag-info.txt", b"").decode("utf-8", "replace")
        lines = text.removesuffix("\n").split("\n")
        self.info_lines = [line.partition(": ")[::2] for line in lines]
        self.info = dict(reversed(self.info_lines))  # of two lines the first counts
        if not re.fullmatch("0*[12]", self.info.get("Warroom-Form") or "1"):
            raise Unreadable("a newer warroom wrote it")
        kinds = [kind for kind in REQUIRED if "data/%s.jsonl" % kind in self.files]
        if len(kinds) != 1:
            raise Unreadable("it has no data/log.jsonl")
        self.kind = kinds[0]
        self.log_file = "data/%s.jsonl" % self.kind

    def check_manifest(self, name, files):
        want = ["%s  %s" % (sha256(content).hex(), n) for n, content in files.items()]
        got = self.files.get(name, b"").decode("utf-8", "replace").removesuffix("\n").split("\n")
        require(sorted(got) == sorted(want), "%s does not list the files of the export" % name)

    def check_signature(self):
        """Sets key and principal: who signed the tag manifest."""
        signers = self.files.get("allowed_signers", b"").decode("latin-1")
        line = re.fullmatch('(%s) namespaces="warroom" ssh-ed25519 (.+)\n' % HANDLE, signers)
        key = line and decode64(line.group(2), 51)
        require(key and key == ssh_key(key[-32:]), "allowed_signers cannot be read")
        self.principal, self.key = line.group(1), encode_key(key[-32:])
        lines = self.files.get(SIGNATURE, b"").decode("latin-1").split("\n")
        armored = "".join(lines[1:-2])
        signature = (decode64(armored) or b"")[-64:]
        wrapped = [armored[i:i + 70] for i in range(0, len(armored), 70)]
        hashed = ssh_string(b"warroom") + ssh_string(b"") + ssh_string(b"sha512")
        blob = (b"SSHSIG\0\0\0\1" + ssh_string(key) + hashed
                + ssh_string(ssh_string(b"ssh-ed25519") + ssh_string(signature)))
        want = ["-----BEGIN SSH SIGNATURE-----", *wrapped, "-----END SSH SIGNATURE-----", ""]
        require(lines == want and armored == encode64(blob), SIGNATURE + " cannot be read")
        digest = hashlib.sha512(self.files[TAG_MANIFEST]).digest()
        require(signed(self.key, signature, b"SSHSIG" + hashed + ssh_string(digest)),
                "the signature over %s does not verify" % TAG_MANIFEST)

    def check_names(self):
        """Compares the names of the files with those that an export of this kind has."""
        required = {*TAG_FILES, TAG_MANIFEST, SIGNATURE, "data/README.txt", self.log_file,
                    *REQUIRED[self.kind]}
        allowed = set(required)
        if self.kind != "entry":
            allowed.update("data/checkpoints/%05d.txt" % (i + 1) for i in range(len(self.notes)))
        if self.kind == "log":
            allowed.update(REPORT, ["data/evidence.jsonl", "data/custody.jsonl"],
                           ("data/evidence/" + digest for digest in self.evidence))
        for name in sorted(required ^ set(self.files)):
            require(name in self.files, "%s is missing" % name)
            require(name in allowed, "%s has no place in an export" % name)

    def check_info(self, room, size, root, ending):
        """Checks the lines of bag-info.txt that every version of warroom writes alike."""
        want = {"External-Identifier": room, "Warroom-Entries": str(size),
                "Warroom-Root": encode64(root),
                "Payload-Oxum": "%d.%d" % (sum(map(len, self.data.values())), len(self.data))}
        require({**self.info, **want} == self.info and all(self.info.values())
                and len(self.info) == len(self.info_lines), "bag-info.txt was changed")
        require(re.fullmatch("[0-9A-Z]{26}", room), "the room has an id that no hub gives")
        short = self.info.get("Internal-Sender-Identifier", "")
        require(re.fullmatch("[a-z0-9_-]{1,64}", short), "bag-info.txt names no room of a hub")
        directory = "%s-%s%s" % (short, room, ending)
        require(self.directory in (None, directory), "its directory has another name")
