package signing

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

// A cosignature is C2SP's tlog-cosignature: a terminal states that it computed the same
// root, and when. Below a checkpoint it is a signature line like that of the log's own key,
// with the terminal's handle and key as the name:
//
//	— ana/<public key> <base64 of 4 bytes of key hash, 8 of time, 64 of signature>

// algCosignature is the identifier of the algorithm in the hash of such a key.
const algCosignature = 4

// Cosignature is the cosignature of one terminal on a checkpoint.
type Cosignature struct {
	Handle string
	Key    string
	At     time.Time
}

// Note is a checkpoint with its valid signatures.
type Note struct {
	Point Checkpoint
	By    []string // the requested keys that signed as the room's log
	Seen  []Cosignature
	Times []TimesBy // the requested keys that signed when the messages were recorded
}

// cosigned returns the bytes that a cosignature signs.
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

// PinText reads the three lines of a checkpoint that somebody kept, with or without
// signatures. The signatures are not checked: the person who kept the checkpoint vouches
// for it.
func PinText(text []byte) (Checkpoint, error) {
	if i := bytes.Index(text, []byte("\n\n")); i >= 0 {
		text = text[:i+1]
	}
	return parseCheckpoint(strings.TrimRight(string(text), "\n") + "\n")
}

// OpenNote reads a checkpoint of a room. keys are the keys whose signatures in the
// name of the log are checked. It returns an error if the note is not of this room,
// or if a signature of one of these keys or a cosignature is invalid. It ignores
// signatures of other keys.
func OpenNote(msg []byte, room string, keys []string) (n Note, err error) {
	var open *note.UnverifiedNoteError
	if _, err := note.Open(msg, note.VerifierList()); !errors.As(err, &open) {
		return n, errors.New("it is not a signed note")
	}
	text := open.Note.Text
	if n.Point, err = parseCheckpoint(text); err != nil {
		return n, err
	}
	if n.Point.Room != room {
		return n, errors.New("it belongs to another room")
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

// ofLog checks a signature in the name of the log, and adds its key to By.
func (n *Note) ofLog(text string, hash uint32, sig []byte, keys []string) error {
	for _, k := range keys {
		pub, err := ParseKey(k)
		if err != nil || keyHash(origin(n.Point.Room), algEd25519, pub) != hash {
			continue
		}
		if !ed25519.Verify(pub, []byte(text), sig) {
			return fmt.Errorf("its signature by the key %.8s does not verify", k)
		}
		n.By = append(n.By, k)
	}
	return nil
}

// ofWitness checks a signature line of any other name, and adds a cosignature to Seen.
func (n *Note) ofWitness(text, name string, hash uint32, raw []byte) error {
	handle, key, ok := strings.Cut(name, "/")
	pub, err := ParseKey(key)
	if !ok || err != nil || !model.ValidHandle(handle) || keyHash(name, algCosignature, pub) != hash {
		return nil // an unknown kind of signer
	}
	if len(raw) != 8+ed25519.SignatureSize {
		return fmt.Errorf("its cosignature by %s cannot be read", handle)
	}
	at := binary.BigEndian.Uint64(raw)
	if !ed25519.Verify(pub, cosigned(at, text), raw[8:]) {
		return fmt.Errorf("its cosignature by %s does not verify", handle)
	}
	n.Seen = append(n.Seen, Cosignature{Handle: handle, Key: key, At: time.Unix(int64(at), 0).UTC()})
	return nil
}

// Join returns a note with the signatures of both a and b. If their texts differ, it
// returns a.
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
