package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/model/signing"
)

// The files of a bag.
const (
	fileBagit    = "bagit.txt"
	fileInfo     = "bag-info.txt"
	fileManifest = "manifest-sha256.txt"
	fileTags     = "tagmanifest-sha256.txt"
	fileSig      = "tagmanifest-sha256.txt.sig"
	fileSigners  = "allowed_signers"
	fileLog      = "data/log.jsonl"
	filePlan     = "data/plan.json"
	fileRoster   = "data/roster.json"
	fileTimeline = "data/timeline.txt"
	fileReadme   = "data/README.txt"
	fileReport   = "data/report." // plus md, html, json
	dirNotes     = "data/checkpoints/"
)

const bagit = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

// Export is the content of a bag.
type Export struct {
	Short     string // the room's short id on the exporting hub
	Made      time.Time
	Agent     string // name and version of the program
	Messages  []Message
	Notes     [][]byte
	Principal string // who signs the export: hub, or a handle
	Key       ed25519.PrivateKey
	Blobs     []Blob // the bytes of evidence
	Bare      bool   // Blobs were left out on purpose

	profile     string // of a partial export
	singleEntry bool   // the export is one entry with its proof
}

// bagForm is the form of the bags that this program writes, and the newest form that it
// reads. Bags written before the number was introduced have none.
const bagForm = 2

// makers are the source files that determine the content of a bag.
//
//go:embed bag.go blob.go derive.go entry.go message.go part.go
var makers embed.FS

// bagMaker identifies the code that writes bags: two programs with the same value write the
// same bag of a log, except for the report.
var bagMaker = sync.OnceValue(func() string {
	h := sha256.New()
	names, _ := fs.Glob(makers, "*.go") // the pattern is valid
	for _, n := range names {
		b, _ := makers.ReadFile(n) // the file is embedded
		fmt.Fprintf(h, "%s %d\n", n, len(b))
		_, _ = h.Write(b) // a hash never returns an error
	}
	return fmt.Sprintf("%d-%s", model.FoldVersion, hex.EncodeToString(h.Sum(nil)[:8]))
})

// file is one file of a bag.
type file struct {
	name string
	body []byte
}

// Write writes the bag as a zip. The output depends only on the fields of x.
func (x *Export) Write(w io.Writer) error {
	v := Verify(Evidence{Messages: x.Messages}, VerifyOptions{events: true})
	if v.Room.ID == "" {
		return model.Refuse(model.Invalid, "there is no room in this log")
	}
	data, err := x.data(v)
	if err != nil {
		return err
	}
	return x.write(w, x.Short+"-"+v.Room.ID, v, data)
}

// write writes the zip with the given data files and all other files of a bag.
func (x *Export) write(w io.Writer, base string, v *Verdict, data []file) error {
	files, err := x.files(v, data)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, f := range files {
		if err := put(z, base+"/"+f.name, f.body); err != nil {
			return err
		}
	}
	for i := range x.Blobs {
		b := &x.Blobs[i]
		if err := putBlob(z, base+"/"+b.name(), b.Size, b.CRC32, b.Copy); err != nil {
			return err
		}
	}
	return z.Close()
}

// put writes one file in canonical form: no compression, no time, no mode.
func put(z *zip.Writer, name string, body []byte) error {
	w, err := z.CreateRaw(header(name, uint64(len(body)), crc32.ChecksumIEEE(body)))
	if err == nil {
		_, err = w.Write(body)
	}
	return err
}

// header returns the canonical zip header of a file.
func header(name string, n uint64, crc uint32) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc, CompressedSize64: n, UncompressedSize64: n}
	//lint:ignore SA1019 CreateRaw writes this field, and not Modified
	h.ModifiedDate = 1<<5 | 1 // January 1st, 1980: a month of 0 is invalid
	return h
}

// files returns all files of a bag, in order.
func (x *Export) files(v *Verdict, data []file) ([]file, error) {
	key := signing.KeyText(x.Key.Public().(ed25519.PublicKey))
	signers, err := signing.SignerLine(x.Principal, key)
	if err != nil {
		return nil, err
	}
	tags := []file{{name: fileBagit, body: []byte(bagit)}, {name: fileInfo, body: x.info(v, data)},
		{name: fileManifest, body: append(manifest(data), blobManifest(x.Blobs)...)},
		{name: fileSigners, body: []byte(signers)}}
	sums := manifest(tags)
	return slices.Concat(tags, []file{{name: fileTags, body: sums},
		{name: fileSig, body: signing.SignSSH(x.Key, sums)}}, data), nil
}

// data returns the files below data, by name.
func (x *Export) data(v *Verdict) ([]file, error) {
	var log bytes.Buffer
	for i := range x.Messages {
		l, err := x.Messages[i].encode()
		if err != nil {
			return nil, err
		}
		log.Write(l)
	}
	out := []file{{name: fileLog, body: log.Bytes()}, {name: fileReadme, body: readme(v.Room, x.Principal)}}
	made, err := derived(v.Room)
	if err != nil {
		return nil, err
	}
	for name, body := range made {
		out = append(out, file{name: name, body: body})
	}
	drawn, err := reports(v, x.Short, x.Made)
	if err != nil {
		return nil, err
	}
	for name, body := range drawn {
		out = append(out, file{name: name, body: body})
	}
	for i, n := range x.Notes {
		out = append(out, file{name: fmt.Sprintf("%s%05d.txt", dirNotes, i+1), body: n})
	}
	slices.SortFunc(out, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// info returns the content of bag-info.txt.
func (x *Export) info(v *Verdict, data []file) []byte {
	size := int64(0)
	for _, f := range data {
		size += int64(len(f.body))
	}
	for i := range x.Blobs {
		size += x.Blobs[i].Size
	}
	var b bytes.Buffer
	lines := [][2]string{
		{"Bagging-Date", x.Made.UTC().Format("2006-01-02")},
		{infoAgent, x.Agent},
		{infoForm, fmt.Sprint(bagForm)},
		{infoID, v.Room.ID},
		{infoShort, x.Short},
		{infoTitle, model.CleanLine(v.Room.Title).String()},
		{infoOxum, fmt.Sprintf("%d.%d", size, len(data)+len(x.Blobs))},
		{infoEntries, fmt.Sprint(v.Size)},
		{infoRoot, v.Root.String()},
		{infoFold, fmt.Sprint(model.FoldVersion)},
		{infoState, v.Room.StateHash()},
		{infoMaker, report.Maker()},
		{infoBag, bagMaker()},
		{infoMade, x.Made.UTC().Format(time.RFC3339)},
	}
	if x.profile != "" || x.singleEntry { // title and state belong to the whole record
		lines = slices.DeleteFunc(lines,
			func(l [2]string) bool { return l[0] == infoTitle || l[0] == infoState || l[0] == infoMaker })
	}
	if x.profile != "" {
		lines = append(lines, [2]string{infoProfile, x.profile})
	}
	if x.Bare {
		lines = append(lines, [2]string{infoEvidence, leftOut})
	}
	for _, l := range lines {
		fmt.Fprintf(&b, "%s: %s\n", l[0], l[1])
	}
	return b.Bytes()
}

// The labels in bag-info.txt that describe the room.
const (
	infoID    = "External-Identifier"
	infoTitle = "External-Description"
	infoFold  = "Warroom-Fold"
	infoState = "Warroom-State-Hash"
	infoShort = "Internal-Sender-Identifier"
	infoMaker = "Warroom-Report-Maker" // identifies the code that made the report
	infoMade  = "Warroom-Report-Made"  // when the report was made
	infoBag   = "Warroom-Bag-Maker"    // identifies the code that made everything else
	infoForm  = "Warroom-Form"         // see bagForm
	infoAgent = "Bag-Software-Agent"

	infoOxum    = "Payload-Oxum"
	infoEntries = "Warroom-Entries"
	infoRoot    = "Warroom-Root"
)

// manifest returns the checksums of files in the format of sha256sum.
func manifest(files []file) []byte {
	var b bytes.Buffer
	for _, f := range files {
		sum := sha256.Sum256(f.body)
		fmt.Fprintf(&b, "%s  %s\n", hex.EncodeToString(sum[:]), f.name)
	}
	return b.Bytes()
}
