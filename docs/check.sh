#!/bin/sh
# Checks a record of warroom with public tools alone: unzip, sha256sum, ssh-keygen,
# and python3 with openssl for the log itself. Usage: sh check.sh FILE.zip, or the
# directory that it was unpacked into.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
if [ -d "$1" ]; then cp -r "$1" "$dir"; else unzip -q "$1" -d "$dir"; fi
cd "$dir"/*/
sha256sum --quiet --strict -c manifest-sha256.txt
sha256sum --quiet --strict -c tagmanifest-sha256.txt
who=$(cut -d' ' -f1 allowed_signers)
ssh-keygen -Y verify -f allowed_signers -I "$who" -n warroom -s tagmanifest-sha256.txt.sig <tagmanifest-sha256.txt >/dev/null
sed 's/^.*ssh-ed25519/ssh-ed25519/' allowed_signers >key
echo "signed by $who with the key $(ssh-keygen -lf key | cut -d' ' -f2): compare it with one that you know"
python3 - <<'END'
import base64, glob, hashlib, json, subprocess, sys
def root(l):  # RFC 6962
    if len(l) == 1: return l[0]
    k = 1 << (len(l) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(l[:k]) + root(l[k:])).digest()
def signed(subject, sig, text):
    try: key = base64.urlsafe_b64decode(subject.split(".")[2] + "=")
    except ValueError: return False
    for name, b in ("sig", sig), ("pub", bytes.fromhex("302a300506032b6570032100") + key), ("text", b"warroom/v1\n" + text): open("../" + name, "wb").write(b)
    return subprocess.run("openssl pkeyutl -verify -pubin -keyform DER -inkey ../pub -rawin -in ../text -sigfile ../sig".split(), capture_output=True).returncode == 0
sys.setrecursionlimit(10000); leaves, good, last, chain, gaps, size = [], 0, 0, {}, [], 0
for m in map(json.loads, open("data/log.jsonl", encoding="utf-8")):
    if m["seq"] != last + 1: sys.exit("entry %d is missing: it was redacted or cut out, warroom verify says which" % (last + 1))
    last = m["seq"]
    if not m["subject"].startswith("log."): continue
    text = m["payload"].encode() if "payload" in m else base64.b64decode(m["payload_base64"])
    try: sig = base64.b64decode(m.get("sig", ""), validate=True)
    except ValueError: sig = b""
    if len(sig) != 64: sig = bytes(64)
    leaves.append(hashlib.sha256(b"\0" + sig + text).digest())
    if not signed(m["subject"], sig, text): continue
    good, e, key = good + 1, json.loads(text), m["subject"].split(".")[2]
    n, prev = chain.get(key, (0, ""))
    if e["n"] > n + 1 or e["n"] == n + 1 and e["prev"] != prev: gaps.append(last)
    if e["n"] > n: chain[key] = e["n"], base64.b64encode(leaves[-1]).decode()
print("%d of %d entries are signed by the key that they name" % (good, len(leaves)))
if good < len(leaves): print("the others are strays, or damaged: warroom verify tells which")
if gaps: print("before entries %s something that the same key signed is missing: warroom verify tells whether that key was let in" % gaps)
for f in sorted(glob.glob("data/checkpoints/*")):
    _, size, want = open(f, encoding="utf-8").read().split("\n")[:3]
    if base64.b64encode(root(leaves[:int(size)])).decode() != want: sys.exit(f + " has another root")
print("every checkpoint says the root of this log; the last one covers %s entries" % size)
sys.exit(bool(gaps))
END
