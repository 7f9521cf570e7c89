package signing

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The time at which a message was recorded is not part of its leaf. Therefore the
// hub signs a running hash over the times of all messages beside each checkpoint. It
// is one more signature line below the checkpoint, which older programs ignore:
//
//	— times/<public key> <base64 of 4 bytes of key hash, 32 of the running hash, 64 of signature>

// timesName is the prefix of the name in such a line.
const timesName = "times/"

// algTimes is the identifier of the algorithm in the hash of such a key.
const algTimes = 0xf7

// Times is the running hash over the times at which the messages of a log were recorded.
// The zero value is the hash of an empty log.
type Times [sha256.Size]byte

// Add returns the hash with the next stored message added. Every message counts, in the
// order of the log, including those that are not leaves.
func (t Times) Add(seq uint64, at time.Time) Times {
	b := make([]byte, 0, sha256.Size+16)
	b = append(b, t[:]...)
	b = binary.BigEndian.AppendUint64(b, seq)
	b = binary.BigEndian.AppendUint64(b, uint64(at.UnixNano()))
	return sha256.Sum256(b)
}

// TimesBy is the running hash that a key signed for the messages up to a checkpoint.
type TimesBy struct {
	Key string
	Sum Times // after the checkpoint's last leaf
}

// timesSigned returns the bytes that are signed.
func timesSigned(text string, t Times) []byte {
	return fmt.Appendf(nil, "warroom/times/v1\n%s%s\n", text, base64.StdEncoding.EncodeToString(t[:]))
}

// SignTimes is like [Checkpoint.Sign], and adds a signature over the times of the
// messages up to the checkpoint.
func (c Checkpoint) SignTimes(k ed25519.PrivateKey, t Times) ([]byte, error) {
	msg, err := c.Sign(k)
	if err != nil {
		return nil, err
	}
	pub := k.Public().(ed25519.PublicKey)
	name := timesName + KeyText(pub)
	raw := binary.BigEndian.AppendUint32(nil, keyHash(name, algTimes, pub))
	raw = append(raw, t[:]...)
	raw = append(raw, ed25519.Sign(k, timesSigned(c.Text(), t))...)
	return fmt.Appendf(msg, "— %s %s\n", name, base64.StdEncoding.EncodeToString(raw)), nil
}

// ofTimes checks a signature line over times, and adds it to Times.
func (n *Note) ofTimes(text, name string, hash uint32, raw []byte, keys []string) error {
	key := strings.TrimPrefix(name, timesName)
	pub, err := ParseKey(key)
	if err != nil || keyHash(name, algTimes, pub) != hash {
		return n.ofWitness(text, name, hash, raw) // a handle that happens to be "times"
	}
	if !slices.Contains(keys, key) {
		return nil
	}
	if len(raw) != sha256.Size+ed25519.SignatureSize {
		return fmt.Errorf("its statement about times by the key %.8s cannot be read", key)
	}
	t := Times(raw[:sha256.Size])
	if !ed25519.Verify(pub, timesSigned(text, t), raw[sha256.Size:]) {
		return fmt.Errorf("its statement about times by the key %.8s does not verify", key)
	}
	n.Times = append(n.Times, TimesBy{Key: key, Sum: t})
	return nil
}

// UnderPin returns the signatures by keys on a checkpoint that somebody kept. It
// returns false if there is none, or if one is invalid.
func UnderPin(pin []byte, room string, keys []string) (Note, bool) {
	n, err := OpenNote(pin, room, keys)
	return n, err == nil && len(n.By) > 0
}

// Fingerprint returns the fingerprint of a public key as `ssh-keygen -lf` prints it, or ""
// if the key is malformed.
func Fingerprint(key string) string {
	pub, err := ParseKey(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(sshKey(pub))
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
