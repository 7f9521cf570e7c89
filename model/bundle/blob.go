package bundle

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"warroom/model"
)

// The files about evidence. The bytes are in a directory, each file named by its SHA-256.
// They are streamed, never held in memory.
const (
	fileRegister = "data/evidence.jsonl"
	fileCustody  = "data/custody.jsonl"
	dirBlobs     = "data/evidence/"
)

// infoEvidence states in bag-info.txt that the bytes of evidence were left out.
const (
	infoEvidence = "Warroom-Evidence"
	leftOut      = "left out"
)

// Blob is the content of an evidence item, in a bag or to be written into one.
type Blob struct {
	Sum   string // SHA-256, in hexadecimal
	Size  int64
	CRC32 uint32
	Copy  func(w io.Writer) error // writes the content to w
}

func (b *Blob) name() string { return dirBlobs + b.Sum }

// isBlob reports whether a file of a bag is the content of an evidence item, which is read
// as a stream.
func isBlob(name string) bool {
	sum, ok := strings.CutPrefix(name, dirBlobs)
	raw, err := hex.DecodeString(sum)
	return ok && err == nil && len(raw) == sha256.Size && sum == strings.ToLower(sum)
}

// putBlob writes one blob into a zip. If its size does not fit into the 32-bit fields of
// the header, a data descriptor follows it.
func putBlob(z *zip.Writer, name string, size int64, crc uint32, fill func(io.Writer) error) error {
	h := header(name, uint64(size), crc)
	if h.UncompressedSize64 >= 1<<32-1 {
		h.Flags |= 0x8
	}
	w, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	c := &counting{w: w}
	if err := fill(c); err != nil {
		return err
	}
	if c.n != size {
		return fmt.Errorf("%s has %d bytes instead of %d", name, c.n, size)
	}
	return nil
}

// counting is a writer that counts bytes.
type counting struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// blobManifest returns the lines of the manifest for blobs.
func blobManifest(blobs []Blob) []byte {
	var b bytes.Buffer
	for i := range blobs {
		fmt.Fprintf(&b, "%s  %s\n", blobs[i].Sum, blobs[i].name())
	}
	return b.Bytes()
}

// zipped is a blob of a zip that was read once: named is the sum in its name, Sum the sum
// of its content.
type zipped struct {
	Blob
	named string
}

// blobOf reads a blob once and returns its sum.
func blobOf(name string, size int64, open func() (io.ReadCloser, error)) (zipped, error) {
	z := zipped{named: strings.TrimPrefix(name, dirBlobs), Blob: Blob{Size: size}}
	z.Copy = func(w io.Writer) error {
		r, err := open()
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(w, r)
		return err
	}
	h := sha256.New()
	c := &counting{w: h}
	if err := z.Copy(c); err != nil {
		return z, tampered(model.Safef("the file %s cannot be read, or was changed: %s", name, err))
	}
	z.Sum, z.Size = hex.EncodeToString(h.Sum(nil)), c.n
	return z, nil
}

// dirBlob returns blobOf for a file of a directory.
func dirBlob(dir fs.FS, name string, size int64) (zipped, error) {
	return blobOf(name, size, func() (io.ReadCloser, error) { return dir.Open(name) })
}

// Blob returns the blob with a SHA-256, or nil if the bag does not have it.
func (b *Bag) Blob(sum string) *Blob {
	for i := range b.blobs {
		if b.blobs[i].Sum == sum && b.blobs[i].named == sum {
			return &b.blobs[i].Blob
		}
	}
	return nil
}

// evidence compares the blobs of a bag with the evidence that the log registers.
func (c *check) evidence() {
	b, known, whole, missing, size := c.ev.Bag, map[string]bool{}, 0, []string(nil), int64(0)
	for i := range c.Room.Evidence {
		p := &c.Room.Evidence[i]
		if known[p.SHA256] = true; !p.Readable() {
			c.open(model.Safef("E%d (%s) is %s: its bytes are not in the record", p.N, p.Name, p.State()))
			continue
		}
		switch blob := b.Blob(p.SHA256); {
		case blob == nil:
			missing = append(missing, model.Safef("E%d (%s)", p.N, p.Name).String())
		case blob.Size != p.Size:
			c.bad(model.Safef("E%d (%s) has %d bytes, but the log states that %d were collected", p.N, p.Name,
				blob.Size, p.Size))
		default:
			whole, size = whole+1, size+p.Size
		}
	}
	for i := range b.blobs {
		switch z := &b.blobs[i]; {
		case z.Sum != z.named:
			c.bad(model.Safef("%s%s has the SHA-256 %s, which is not that of the collected file",
				dirBlobs, z.named, z.Sum))
		case !known[z.Sum]:
			c.bad(model.Safef("no entry of the log names %s, so it was not collected", z.name()))
		}
	}
	if whole > 0 {
		c.good(model.Safef("the bytes of %s of evidence (%s) match what was collected", countItems(whole),
			model.Bytes(size)))
	}
	switch {
	case len(missing) == 0:
	case b.info(infoEvidence) == leftOut:
		c.less(model.Safef("the exporter left out the bytes of the evidence; the log has the SHA-256 of %s",
			strings.Join(missing, ", ")))
	default:
		c.less(model.Safef("the bytes of %s are missing; the log has their SHA-256", strings.Join(missing, ", ")))
	}
}

// inStore reports that the evidence of a log on its hub was not read.
func (c *check) inStore() {
	n := 0
	for i := range c.Room.Evidence {
		if c.Room.Evidence[i].Readable() {
			n++
		}
	}
	if n > 0 {
		c.open(model.Safef("the bytes of %s of evidence are in the hub's store and were not read; an export "+
			"reads and checks them", countItems(n)))
	}
}

// custodyRow is one step in the custody of an evidence item.
type custodyRow struct {
	Label string `json:"piece"` // E3
	model.CustodyStep
}

// registerRow is one item of the evidence register.
type registerRow struct {
	Label string `json:"piece"` // E3
	model.EvidenceItem
}

// register writes the evidence register and the custody log as JSON lines.
func register(r *model.Room, out map[string][]byte) error {
	var list, custody bytes.Buffer
	var steps []custodyRow
	for i := range r.Evidence {
		p := r.Evidence[i]
		name := model.Safef("E%d", p.N).String()
		for _, s := range p.Custody {
			steps = append(steps, custodyRow{Label: name, CustodyStep: s})
		}
		l, err := oneLine(registerRow{Label: name, EvidenceItem: p})
		if err != nil {
			return fmt.Errorf("encode %s: %w", fileRegister, err)
		}
		list.Write(l)
	}
	slices.SortStableFunc(steps, func(a, b custodyRow) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, s := range steps {
		l, err := oneLine(s)
		if err != nil {
			return fmt.Errorf("encode %s: %w", fileCustody, err)
		}
		custody.Write(l)
	}
	if list.Len() > 0 {
		out[fileRegister], out[fileCustody] = list.Bytes(), custody.Bytes()
	}
	return nil
}

// countItems formats a number of evidence items.
func countItems(n int) model.Safe {
	if n == 1 {
		return model.Lit("1 piece")
	}
	return model.Safef("%d pieces", n)
}
