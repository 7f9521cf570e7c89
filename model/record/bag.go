package record

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
	"warroom/model/seal"
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
	fileReport   = "data/report." // and md, html, json
	dirNotes     = "data/checkpoints/"
)

const bagit = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

// Export is what a bag is made of.
type Export struct {
	Short     string // the room's name on the hub that hands it on
	Made      time.Time
	Agent     string // the program
	Messages  []Message
	Notes     [][]byte
	Principal string // who hands it on: hub, or a handle
	Key       ed25519.PrivateKey
	Blobs     []Blob // the bytes of evidence
	Bare      bool   // they were left out on purpose

	profile string // of a part
	alone   bool   // it has one entry
}

// bagForm is the form of bags that this program writes, and the newest one that it
// reads. Bags before the number have none.
const bagForm = 2

// makers are the files that make what is in a bag.
//
//go:embed bag.go blob.go derive.go entry.go message.go part.go
var makers embed.FS

// bagMaker names what makes bags: two programs with the same one write the same bag of
// a log, but for the report.
var bagMaker = sync.OnceValue(func() string {
	h := sha256.New()
	names, _ := fs.Glob(makers, "*.go") // a pattern without a fault
	for _, n := range names {
		b, _ := makers.ReadFile(n) // it is in the program
		fmt.Fprintf(h, "%s %d\n", n, len(b))
		_, _ = h.Write(b) // a hash takes everything
	}
	return fmt.Sprintf("%d-%s", model.FoldVersion, hex.EncodeToString(h.Sum(nil)[:8]))
})

// file is one file of a bag.
type file struct {
	name string
	body []byte
}

// Write writes the bag as a zip. What it writes depends on nothing else than what
// it is given.
func (x *Export) Write(w io.Writer) error {
	v := Verify(Evidence{Messages: x.Messages}, Wish{events: true})
	if v.Room.ID == "" {
		return model.Refuse(model.Invalid, "there is no room in this log")
	}
	data, err := x.data(v)
	if err != nil {
		return err
	}
	return x.write(w, x.Short+"-"+v.Room.ID, v, data)
}

// write writes the zip with everything that belongs to the data.
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

// put writes one file as this package does: no compression, no times, no modes.
func put(z *zip.Writer, name string, body []byte) error {
	w, err := z.CreateRaw(header(name, uint64(len(body)), crc32.ChecksumIEEE(body)))
	if err == nil {
		_, err = w.Write(body)
	}
	return err
}

// header is that of a file in the zip.
func header(name string, n uint64, crc uint32) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc, CompressedSize64: n, UncompressedSize64: n}
	//lint:ignore SA1019 CreateRaw writes this field, and not Modified
	h.ModifiedDate = 1<<5 | 1 // the first of January 1980, as month 0 is none
	return h
}

// files makes all files of a bag, in order.
func (x *Export) files(v *Verdict, data []file) ([]file, error) {
	key := seal.KeyText(x.Key.Public().(ed25519.PublicKey))
	signers, err := seal.SignerLine(x.Principal, key)
	if err != nil {
		return nil, err
	}
	tags := []file{{fileBagit, []byte(bagit)}, {fileInfo, x.info(v, data)}, {fileManifest, append(manifest(data), blobManifest(x.Blobs)...)}, {fileSigners, []byte(signers)}}
	sums := manifest(tags)
	return slices.Concat(tags, []file{{fileTags, sums}, {fileSig, seal.SignSSH(x.Key, sums)}}, data), nil
}

// data are the files under data, by name.
func (x *Export) data(v *Verdict) ([]file, error) {
	var log bytes.Buffer
	for i := range x.Messages {
		l, err := x.Messages[i].encode()
		if err != nil {
			return nil, err
		}
		log.Write(l)
	}
	out := []file{{fileLog, log.Bytes()}, {fileReadme, readme(v.Room, x.Principal)}}
	made, err := derived(v.Room)
	if err != nil {
		return nil, err
	}
	for name, body := range made {
		out = append(out, file{name, body})
	}
	drawn, err := reports(v, x.Short, x.Made)
	if err != nil {
		return nil, err
	}
	for name, body := range drawn {
		out = append(out, file{name, body})
	}
	for i, n := range x.Notes {
		out = append(out, file{fmt.Sprintf("%s%05d.txt", dirNotes, i+1), n})
	}
	slices.SortFunc(out, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// info is what a bag says of itself.
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
	if x.profile != "" || x.alone { // neither title nor state: they are the whole record's
		lines = slices.DeleteFunc(lines, func(l [2]string) bool { return l[0] == infoTitle || l[0] == infoState || l[0] == infoMaker })
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

// What a bag says of the room that its log makes.
const (
	infoID    = "External-Identifier"
	infoTitle = "External-Description"
	infoFold  = "Warroom-Fold"
	infoState = "Warroom-State-Hash"
	infoShort = "Internal-Sender-Identifier"
	infoMaker = "Warroom-Report-Maker" // of the report,
	infoMade  = "Warroom-Report-Made"  // and when it was made
	infoBag   = "Warroom-Bag-Maker"    // of the rest
	infoForm  = "Warroom-Form"         // see bagForm
	infoAgent = "Bag-Software-Agent"

	infoOxum    = "Payload-Oxum"
	infoEntries = "Warroom-Entries"
	infoRoot    = "Warroom-Root"
)

// manifest are the sums of files, as sha256sum writes and reads them.
func manifest(files []file) []byte {
	var b bytes.Buffer
	for _, f := range files {
		sum := sha256.Sum256(f.body)
		fmt.Fprintf(&b, "%s  %s\n", hex.EncodeToString(sum[:]), f.name)
	}
	return b.Bytes()
}
