package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// collector takes a file of this machine into evidence, for the screen.
func (a *app) collector(h Hub) func(context.Context, string, model.EvidenceFile, func(n, size int64)) (model.Piece, error) {
	b, ok := h.(model.Blobs)
	if !ok {
		return nil
	}
	return func(ctx context.Context, short string, e model.EvidenceFile, done func(n, size int64)) (model.Piece, error) {
		name := e.Path
		if rest, ok := strings.CutPrefix(name, "~/"); ok {
			name = filepath.Join(a.Getenv("HOME"), rest)
		}
		f, err := openEvidence(name)
		if err != nil {
			return model.Piece{}, err
		}
		defer f.Close()
		size := int64(0)
		if st, err := f.Stat(); err == nil {
			size = st.Size()
		}
		c := model.Collection{EvidenceAbout: model.EvidenceAbout{Name: e.Name, Class: e.Class, Host: e.Host, Note: e.Note, Command: ":evidence " + e.Path}}
		a.describe(&c, name)
		return b.Collect(ctx, short, c, f, func(n int64) { done(n, size) })
	}
}

// describe fills in what the person did not say of a piece.
func (a *app) describe(c *model.Collection, name string) {
	if name != "-" {
		if path, err := filepath.Abs(name); err == nil {
			c.Source = oneLine(path)
		}
	}
	switch {
	case c.Name != "":
	case name == "-":
		c.Name = "stdin"
	default:
		c.Name = filepath.Base(name)
	}
	if c.Host == "" && !a.visitor {
		c.Host, _ = os.Hostname() // without one it is left out
	}
	if c.Command == "" {
		c.Command = ownWords(a.Args)
	}
	c.Name, c.Host, c.Command = oneLine(c.Name), oneLine(c.Host), oneLine(c.Command)
	c.Note, _ = model.ValidText(c.Note)
}

// hide replaces what looks like a secret in what is said of a piece.
func (a *app) hide(r *model.Room, c *model.Collection) {
	for _, text := range []*string{&c.Name, &c.Source, &c.Command, &c.Note} {
		if *text != "" {
			*text = a.guarded(r, *text, insistFlag)
		}
	}
}

// oneLine is a text without what no line may have: names of files can have
// anything in them.
func oneLine(s string) string { return model.CleanLine(s).String() }

// ownWords is how the program was called, as it could be typed again.
func ownWords(args []string) string {
	out := []string{"warroom"}
	for _, w := range args {
		if w == "" || strings.ContainsAny(w, " \t\n'\"\\$`|&;<>()*?[]#~!{}") {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}
