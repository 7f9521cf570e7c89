package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"warroom/feed/atrest"
	"warroom/model"
	"warroom/model/bundle"
)

// The names of files and directories in a backup.
const (
	manifestFile = "backup.json"
	lockFile     = "lock"
	roomsDir     = "rooms"
	hubDir       = "hub"
)

// form is the format that this program writes, and the newest that it reads.
const form = 1

// maxManifest is the maximum size of backup.json in bytes.
const maxManifest = 64 << 20

// vaultPurpose is the purpose of the key that seals a backup.
const vaultPurpose = "backup"

// State is the end of the log of a room and of its stored evidence.
type State struct {
	Room     string `json:"room"`               // room id
	Seq      uint64 `json:"seq"`                // last sequence of the log
	Leaf     string `json:"leaf"`               // leaf hash of that message
	Evidence uint64 `json:"evidence,omitempty"` // last sequence of the evidence stream
	Messages uint64 `json:"messages,omitempty"` // number of messages in the evidence stream
}

// File is one file of a backup.
type File struct {
	Name   string `json:"name"` // path below the backup's directory
	Of     string `json:"of"`   // content: "log inc-1", "evidence inc-1", or the path of a file of the hub
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Room is one room of a backup.
type Room struct {
	Short string `json:"short"`
	State
	Log      File  `json:"log"`
	Stored   *File `json:"stored,omitempty"`   // evidence; if nil, none
	Unsound  bool  `json:"unsound,omitempty"`  // the log did not verify when it was written
	Outdated bool  `json:"outdated,omitempty"` // the last run could not write the room
}

// manifest is the content of backup.json.
type manifest struct {
	Form     int             `json:"form"`
	Made     time.Time       `json:"made"`
	Program  string          `json:"program"`
	Hub      string          `json:"hub"`             // public key of the hub
	Vault    json.RawMessage `json:"vault,omitempty"` // vault that seals the files; absent: not encrypted
	Complete bool            `json:"complete"`
	Rooms    []Room          `json:"rooms"`
	Files    []File          `json:"files"`
}

// room returns the room with a short id, or nil.
func (m *manifest) room(short string) *Room {
	for i := range m.Rooms {
		if m.Rooms[i].Short == short {
			return &m.Rooms[i]
		}
	}
	return nil
}

// all returns every file in the manifest.
func (m *manifest) all() []File {
	out := append([]File(nil), m.Files...)
	for i := range m.Rooms {
		out = append(out, m.Rooms[i].Log)
		if s := m.Rooms[i].Stored; s != nil {
			out = append(out, *s)
		}
	}
	return out
}

// proof returns the second line of backup.json: a checksum or, in an encrypted backup, an
// authenticator.
func proof(body []byte, box *atrest.Box) string {
	sum := sha256.Sum256(body)
	if box != nil {
		return base64.StdEncoding.EncodeToString(box.Seal(nil, sum[:]))
	}
	return hex.EncodeToString(sum[:])
}

// proves reports whether line is the second line for body.
func proves(line string, body []byte, box *atrest.Box) bool {
	if box == nil {
		return line == proof(body, nil)
	}
	raw, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(body)
	_, err = box.Open(raw, sum[:])
	return err == nil
}

// save replaces backup.json.
func (m *manifest) save(dir string, box *atrest.Box) error {
	if !m.sane() {
		return model.Refuse(model.Internal, "the backup has a file that cannot be restored; nothing was changed")
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode %s: %w", manifestFile, err)
	}
	return writeFile(filepath.Join(dir, manifestFile), func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s\n%s\n", body, proof(body, box))
		return err
	})
}

// changed returns the error for a damaged backup.json.
func changed(dir string) error {
	return bundle.Tampered{Safe: model.Safef("%s of the backup in %s was changed or is damaged; use another copy of "+
		"the backup", manifestFile, dir)}
}

// load reads backup.json. It returns [fs.ErrNotExist] if the file is missing.
func load(dir string, secret model.Secret) (*manifest, *atrest.Box, error) {
	path := filepath.Join(dir, manifestFile)
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if st.Size() > maxManifest || !st.Mode().IsRegular() {
		return nil, nil, changed(dir)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, unreadable(path, err)
	}
	body, line, _ := bytes.Cut(raw, []byte("\n"))
	var head struct {
		Form  int             `json:"form"`
		Vault json.RawMessage `json:"vault"`
	}
	if json.Unmarshal(body, &head) != nil || head.Form < 1 {
		return nil, nil, changed(dir)
	}
	if head.Form > form {
		return nil, nil, model.Refuse(model.Conflict,
			"the backup in %s has format %d and this warroom reads only format %d; install a newer warroom",
			dir, head.Form,
			form)
	}
	box, err := unlock(dir, head.Vault, secret)
	if err != nil {
		return nil, nil, err
	}
	m := new(manifest)
	if !proves(string(bytes.TrimSuffix(line, []byte("\n"))), body, box) || json.Unmarshal(body, m) != nil || !m.sane() {
		return nil, nil, changed(dir)
	}
	return m, box, nil
}

// unlock returns the box that encrypts a backup, or nil if it is not encrypted. It
// returns [model.Forbidden] for a missing or wrong secret.
func unlock(dir string, head json.RawMessage, secret model.Secret) (*atrest.Box, error) {
	if head == nil {
		return nil, nil
	}
	if secret.IsEmpty() {
		return nil, model.Refuse(model.Forbidden,
			"the backup in %s is encrypted, and at_rest in the configuration has no passphrase or key; set the "+
				"one that the hub was encrypted with", dir)
	}
	v, err := atrest.Unlock(head, secret)
	switch {
	case errors.Is(err, atrest.ErrSealed):
		return nil, model.Refuse(model.Forbidden,
			"the passphrase or key of at_rest is not the one with which the backup in %s was encrypted", dir)
	case err != nil:
		return nil, changed(dir)
	}
	return v.Box(vaultPurpose), nil
}

// validShort matches short ids.
var validShort = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)

// validName matches the names of files in a backup.
var validName = regexp.MustCompile(`^(rooms|hub)/[A-Za-z0-9][A-Za-z0-9_.-]{0,200}$`)

// sane reports whether all paths in a manifest stay inside the backup and the data
// directory.
func (m *manifest) sane() bool {
	seen := map[string]bool{}
	for _, r := range m.Rooms {
		if !validShort.MatchString(r.Short) || seen[r.Short] || r.Log.Of != "log "+r.Short ||
			r.Stored != nil && r.Stored.Of != "evidence "+r.Short {
			return false
		}
		seen[r.Short] = true
	}
	for _, f := range m.Files {
		if !isHubFile(f.Of) || seen[f.Of] {
			return false
		}
		seen[f.Of] = true
	}
	for _, f := range m.all() {
		if !validName.MatchString(f.Name) || f.Size < 0 {
			return false
		}
	}
	return true
}

// writeFile writes a file atomically, with mode 0600.
func writeFile(path string, fill func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".writing-*") // has mode 0600
	if err != nil {
		return unwritable(path, err)
	}
	err = fill(tmp)
	if err == nil {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return unwritable(path, err)
	}
	return nil
}

// unwritable converts the error of a file that could not be written. It returns any other
// error unchanged.
func unwritable(path string, err error) error {
	if errors.As(err, new(*os.PathError)) || errors.As(err, new(*os.LinkError)) {
		return model.Refuse(model.Internal, "%s cannot be written: %s; check the free space and the owner",
			path, model.FileReason(err))
	}
	return err
}

// unreadable returns the error for a file that could not be read.
func unreadable(path string, err error) error {
	return model.Refuse(model.Internal, "%s cannot be read: %s; check the owner", path, model.FileReason(err))
}

// Hub is the source of a backup, or the target of a restore.
type Hub interface {
	// HubKey returns the public key of the hub. It returns [model.Forbidden] if this
	// process does not run the hub.
	HubKey() (string, error)
	// Shorts returns the short ids of all rooms.
	Shorts(ctx context.Context) ([]string, error)
	// StateOf returns the end of the log and evidence of a room.
	StateOf(ctx context.Context, short string) (State, error)
	// ExportBare writes the record of a room without the contents of evidence.
	ExportBare(ctx context.Context, short, agent string, w io.Writer) error
	// StoredEvidence calls fn for each message of the evidence stream of a room, in
	// order.
	StoredEvidence(ctx context.Context, short string, fn func(Chunk) error) error
	// Restore creates a room from a record, under its former short id, and returns it.
	// evidence calls put for each message of the evidence stream.
	Restore(ctx context.Context, b *bundle.Bag, short string, evidence func(put func(Chunk) error) error) (*model.Room,
		error)
}

// Chunk is one message of an evidence stream.
type Chunk struct {
	Subject string // without the short id of the room
	Data    []byte
}
