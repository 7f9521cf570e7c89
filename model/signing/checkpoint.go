package signing

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is the size and the root of a room's log. Its text has the three lines
// of a C2SP tlog-checkpoint.
type Checkpoint struct {
	Room string // ULID
	Size uint64 // leaves
	Root tlog.Hash
}

// origin returns the name of a room's log, which is also the name of the key that signs for
// it.
func origin(room string) string { return "warroom/" + room }

// Text returns the three lines that are signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin(c.Room), c.Size, c.Root)
}

// Short returns a short description of the checkpoint, for use in a sentence.
func (c Checkpoint) Short() string { return fmt.Sprintf("%d entries, root %.8s", c.Size, c.Root) }

// parseCheckpoint parses the three lines.
func parseCheckpoint(text string) (c Checkpoint, err error) {
	l := strings.Split(text, "\n")
	if len(l) != 4 || l[3] != "" {
		return c, fmt.Errorf("a checkpoint has three lines")
	}
	room, ok := strings.CutPrefix(l[0], "warroom/")
	if !ok || room == "" {
		return c, fmt.Errorf("it is not a checkpoint of a room")
	}
	n, err := strconv.ParseUint(l[1], 10, 63)
	if err != nil || strconv.FormatUint(n, 10) != l[1] {
		return c, fmt.Errorf("its size cannot be read")
	}
	h, err := tlog.ParseHash(l[2])
	if err != nil {
		return c, fmt.Errorf("its root cannot be read")
	}
	return Checkpoint{Room: room, Size: n, Root: h}, nil
}

// signer is a note.Signer that signs with an Ed25519 key under the name of a log.
type signer struct {
	name string
	priv ed25519.PrivateKey
}

var _ note.Signer = signer{}

// algEd25519 is the identifier of Ed25519 in the keys of package note.
const algEd25519 = 1

// Name implements note.Signer.
func (s signer) Name() string { return s.name }

// KeyHash implements note.Signer.
func (s signer) KeyHash() uint32 {
	return keyHash(s.name, algEd25519, s.priv.Public().(ed25519.PublicKey))
}

// keyHash computes the key hash of package note, which distinguishes keys of the same name.
func keyHash(name string, alg byte, pub ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write([]byte{alg})
	h.Write(pub)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// Sign implements note.Signer.
func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.priv, msg), nil }

// Sign returns the checkpoint as a signed note.
func (c Checkpoint) Sign(k ed25519.PrivateKey) ([]byte, error) {
	return note.Sign(&note.Note{Text: c.Text()}, signer{name: origin(c.Room), priv: k})
}

// OpenCheckpoint reads a signed note of a room. It returns an error if the note is
// malformed, is of another room, or is not signed by key.
func OpenCheckpoint(msg []byte, room, key string) (c Checkpoint, err error) {
	pub, err := ParseKey(key)
	if err != nil {
		return c, err
	}
	vkey, err := note.NewEd25519VerifierKey(origin(room), pub)
	if err != nil {
		return c, err
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return c, err
	}
	n, err := note.Open(msg, note.VerifierList(v))
	if err != nil {
		return c, err
	}
	if c, err = parseCheckpoint(n.Text); err == nil && c.Room != room {
		err = fmt.Errorf("it belongs to another room")
	}
	return c, err
}

// TimeHeader is the header in which a hub writes when a message was first recorded, if it
// stores the message again after a repair or an import.
const TimeHeader = "Warroom-Time"

func timeText(leaf tlog.Hash, nanos string) []byte {
	return []byte("warroom/time/v1\n" + leaf.String() + "\n" + nanos + "\n")
}

// SignTime returns the value of [TimeHeader] for a message: nanoseconds since 1970, and the
// hub's signature over them and the leaf hash.
func SignTime(k ed25519.PrivateKey, leaf tlog.Hash, nanos int64) string {
	n := strconv.FormatInt(nanos, 10)
	return n + " " + base64.StdEncoding.EncodeToString(ed25519.Sign(k, timeText(leaf, n)))
}

// ReadTime reads the output of SignTime. It returns false if the key did not sign
// the time for this leaf.
func ReadTime(key, value string, leaf tlog.Hash) (nanos int64, ok bool) {
	n, sig, cut := strings.Cut(value, " ")
	raw, whole := signature(sig)
	pub, err := ParseKey(key)
	if !cut || !whole || err != nil || !ed25519.Verify(pub, timeText(leaf, n), raw) {
		return 0, false
	}
	nanos, err = strconv.ParseInt(n, 10, 64)
	return nanos, err == nil
}
