package seal

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"warroom/model"
)

// A cosignature is C2SP's tlog-cosignature: a terminal that computed the same
// root itself says so, with the time at which it did. Under a checkpoint it is a
// line like that of the log's own key, with the terminal's handle and key as the
// name:
//
//	— ana/<public key> <base64 of 4 bytes of key hash, 8 of time, 64 of signature>

// algCosignature is the number of the algorithm in the hash of such a key.
const algCosignature = 4

// Cosignature is what one terminal says under a checkpoint.
type Cosignature struct {
	Handle string
	Key    string
	At     time.Time
}

// Note is a checkpoint with the signatures under it that check.
type Note struct {
	Point Checkpoint
	By    []string // keys that signed as the room's log, of those that were asked for
	Seen  []Cosignature
	Times []TimesBy // who of these keys signed when the messages were recorded
}

// cosigned is the text that is signed.
func cosigned(at uint64, text string) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// Cosign returns the checkpoint as a note with this terminal's cosignature.
func (c Checkpoint) Cosign(handle string, k ed25519.PrivateKey, now time.Time) []byte {
	pub := k.Public().(ed25519.PublicKey)
	name, at := handle+"/"+KeyText(pub), uint64(now.Unix())
	raw := binary.BigEndian.AppendUint32(nil, keyHash(name, algCosignature, pub))
	raw = binary.BigEndian.AppendUint64(raw, at)
	raw = append(raw, ed25519.Sign(k, cosigned(at, c.Text()))...)
	return fmt.Appendf(nil, "%s\n— %s %s\n", c.Text(), name, base64.StdEncoding.EncodeToString(raw))
}

// PinText reads the three lines of a checkpoint that somebody kept, with or
// without signatures under it: whoever kept it stands for it.
func PinText(text []byte) (Checkpoint, error) {
	if i := bytes.Index(text, []byte("\n\n")); i >= 0 {
		text = text[:i+1]
	}
	return parseCheckpoint(strings.TrimRight(string(text), "\n") + "\n")
}

// OpenNote reads a checkpoint of a room. Keys are those whose word as the log is
// asked for. It fails where a signature under it is of one of these keys, or is a
// cosignature, and does not check.
func OpenNote(msg []byte, room string, keys []string) (n Note, err error) {
	var open *note.UnverifiedNoteError
	if _, err := note.Open(msg, note.VerifierList()); !errors.As(err, &open) {
		return n, errors.New("it is no signed note")
	}
	text := open.Note.Text
	if n.Point, err = parseCheckpoint(text); err != nil {
		return n, err
	}
	if n.Point.Room != room {
		return n, errors.New("it is of another room")
	}
	for _, s := range open.Note.UnverifiedSigs {
		raw, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
		if err != nil || len(raw) < 4 {
			return n, errors.New("a signature under it cannot be read")
		}
		switch {
		case s.Name == origin(room):
			err = n.ofLog(text, s.Hash, raw[4:], keys)
		case strings.HasPrefix(s.Name, timesName):
			err = n.ofTimes(text, s.Name, s.Hash, raw[4:], keys)
		default:
			err = n.ofWitness(text, s.Name, s.Hash, raw[4:])
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// ofLog takes in a signature in the name of the log.
func (n *Note) ofLog(text string, hash uint32, sig []byte, keys []string) error {
	for _, k := range keys {
		pub, err := ParseKey(k)
		if err != nil || keyHash(origin(n.Point.Room), algEd25519, pub) != hash {
			continue
		}
		if !ed25519.Verify(pub, []byte(text), sig) {
			return fmt.Errorf("the signature of the key %.8s under it does not check", k)
		}
		n.By = append(n.By, k)
	}
	return nil
}

// ofWitness takes in a line of another name.
func (n *Note) ofWitness(text, name string, hash uint32, raw []byte) error {
	handle, key, ok := strings.Cut(name, "/")
	pub, err := ParseKey(key)
	if !ok || err != nil || !model.ValidHandle(handle) || keyHash(name, algCosignature, pub) != hash {
		return nil // of somebody whom this program does not know
	}
	if len(raw) != 8+ed25519.SignatureSize {
		return fmt.Errorf("the cosignature of %s under it cannot be read", handle)
	}
	at := binary.BigEndian.Uint64(raw)
	if !ed25519.Verify(pub, cosigned(at, text), raw[8:]) {
		return fmt.Errorf("the cosignature of %s under it does not check", handle)
	}
	n.Seen = append(n.Seen, Cosignature{Handle: handle, Key: key, At: time.Unix(int64(at), 0).UTC()})
	return nil
}

// Join makes one note of two with the same text: the signatures of both. The
// first one is returned as it is where the texts differ.
func Join(a, b []byte) []byte {
	i, j := bytes.Index(a, []byte("\n\n")), bytes.Index(b, []byte("\n\n"))
	if i < 0 || i != j || !bytes.Equal(a[:i], b[:j]) {
		return a
	}
	for line := range bytes.Lines(b[j+2:]) {
		if !bytes.Contains(a[i+1:], append([]byte("\n"), line...)) {
			a = append(a[:len(a):len(a)], line...)
		}
	}
	return a
}
