package report

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"

	"warroom/model"
)

// sources are this package as it was when the program was built.
//
//go:embed *.go
var sources embed.FS

// Maker names what makes reports: two programs of the same maker and the same
// version of the fold make the same report of a log, byte for byte. It changes by
// itself with every change of this package.
var Maker = sync.OnceValue(func() string {
	h := sha256.New()
	names, _ := fs.Glob(sources, "*.go") // a pattern without a fault
	for _, n := range names {
		b, _ := sources.ReadFile(n) // it is in the program
		fmt.Fprintf(h, "%s %d\n", n, len(b))
		_, _ = h.Write(b) // a hash takes everything
	}
	return fmt.Sprintf("%d-%s", model.FoldVersion, hex.EncodeToString(h.Sum(nil)[:8]))
})

// Files are the report in its three forms, by the end of their names.
func (d *Report) Files() (map[string][]byte, error) {
	page, err := d.HTML()
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the report: %w", err)
	}
	return map[string][]byte{"md": d.Markdown(), "html": page, "json": append(data, '\n')}, nil
}
