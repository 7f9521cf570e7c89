package seal

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

// When a message was recorded is no part of its leaf. So the hub signs a running
// hash over the times of all messages beside each checkpoint. It is one more
// signature line under the checkpoint, which programs that do not know it pass over:
//
//	— times/<public key> <base64 of 4 bytes of key hash, 32 of the running hash, 64 of signature>

// timesName begins the name of such a line.
const timesName = "times/"

// algTimes is the number of the algorithm in the hash of such a key.
const algTimes = 0xf7

// Times is the running hash over when the messages of a log were recorded. The
// zero value is at the beginning.
type Times [sha256.Size]byte

// Add returns the hash with the next stored message. Every one counts, in the order
// of the log, also those that are no leaves.
func (t Times) Add(seq uint64, at time.Time) Times {
	b := make([]byte, 0, sha256.Size+16)
	b = append(b, t[:]...)
	b = binary.BigEndian.AppendUint64(b, seq)
	b = binary.BigEndian.AppendUint64(b, uint64(at.UnixNano()))
	return sha256.Sum256(b)
}

// TimesBy is a key's word for when the messages up to a checkpoint were recorded.
type TimesBy struct {
	Key string
	Sum Times // right behind the checkpoint's last leaf
}

// timesSigned is the text that is signed.
func timesSigned(text string, t Times) []byte {
	return fmt.Appendf(nil, "warroom/times/v1\n%s%s\n", text, base64.StdEncoding.EncodeToString(t[:]))
}

// SignTimes is [Checkpoint.Sign] with the times of the messages up to it.
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

// ofTimes takes in a line about times.
func (n *Note) ofTimes(text, name string, hash uint32, raw []byte, keys []string) error {
	key := strings.TrimPrefix(name, timesName)
	pub, err := ParseKey(key)
	if err != nil || keyHash(name, algTimes, pub) != hash {
		return n.ofWitness(text, name, hash, raw) // somebody's handle is times
	}
	if !slices.Contains(keys, key) {
		return nil
	}
	if len(raw) != sha256.Size+ed25519.SignatureSize {
		return fmt.Errorf("what the key %.8s under it says of times cannot be read", key)
	}
	t := Times(raw[:sha256.Size])
	if !ed25519.Verify(pub, timesSigned(text, t), raw[sha256.Size:]) {
		return fmt.Errorf("what the key %.8s under it says of times does not check", key)
	}
	n.Times = append(n.Times, TimesBy{Key: key, Sum: t})
	return nil
}

// UnderPin returns the signatures of keys under a checkpoint that somebody kept,
// and false where there are none or one of them does not check.
func UnderPin(pin []byte, room string, keys []string) (Note, bool) {
	n, err := OpenNote(pin, room, keys)
	return n, err == nil && len(n.By) > 0
}

// Fingerprint returns a public key as `ssh-keygen -lf` prints it, "" where it is none.
func Fingerprint(key string) string {
	pub, err := ParseKey(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(sshKey(pub))
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
