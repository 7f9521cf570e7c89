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

// sources is the source code of this package at build time.
//
//go:embed *.go
var sources embed.FS

// Maker identifies the code that makes reports: two programs with the same maker and the
// same fold version make the same report of a log, byte for byte. It changes with every
// change of this package.
var Maker = sync.OnceValue(func() string {
	h := sha256.New()
	names, _ := fs.Glob(sources, "*.go") // the pattern is valid
	for _, n := range names {
		b, _ := sources.ReadFile(n) // the file is embedded
		fmt.Fprintf(h, "%s %d\n", n, len(b))
		_, _ = h.Write(b) // a hash never returns an error
	}
	return fmt.Sprintf("%d-%s", model.FoldVersion, hex.EncodeToString(h.Sum(nil)[:8]))
})

// Files returns the report in its three formats, by file extension.
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
