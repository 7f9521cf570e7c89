package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
	"warroom/model/backend"
)

// collector returns the function that adds a file of this machine to evidence, for the
// screen.
func (a evidence) collector(h backend.Hub) func(context.Context, string, model.EvidenceFile,
	func(n, size int64)) (model.EvidenceItem,
	error) {
	return func(ctx context.Context, short string, e model.EvidenceFile, done func(n, size int64)) (model.EvidenceItem,
		error) {
		name := e.Path
		if rest, ok := strings.CutPrefix(name, "~/"); ok {
			name = filepath.Join(a.Getenv("HOME"), rest)
		}
		f, err := openEvidence(name)
		if err != nil {
			return model.EvidenceItem{}, err
		}
		defer f.Close()
		size := int64(0)
		if st, err := f.Stat(); err == nil {
			size = st.Size()
		}
		c := model.Collection{EvidenceAbout: model.EvidenceAbout{Name: e.Name, Class: e.Class, Host: e.Host,
			Note: e.Note, Command: ":evidence " + e.Path}}
		a.describe(&c, name)
		return h.Collect(ctx, short, c, f, func(n int64) { done(n, size) })
	}
}

// describe fills in the fields that the user has not given.
func (a evidence) describe(c *model.Collection, name string) {
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
		c.Host, _ = os.Hostname() // empty if there is none
	}
	if c.Command == "" {
		c.Command = ownWords(a.Args)
	}
	c.Name, c.Host, c.Command = oneLine(c.Name), oneLine(c.Host), oneLine(c.Command)
	c.Note, _ = model.ValidText(c.Note)
}

// hide masks possible secrets in the description of an item, and reports each kind once:
// the command also contains the file name.
func (a evidence) hide(r *model.Room, c *model.Collection) {
	a.guardedAll(r, insistFlag, &c.Name, &c.Source, &c.Command, &c.Note)
}

// oneLine returns a text without control characters and line breaks, which a file name
// may contain.
func oneLine(s string) string { return model.CleanLine(s).String() }

// ownWords returns the command line of this program, quoted for a shell.
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
