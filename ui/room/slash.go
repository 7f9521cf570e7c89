package room

import (
	"slices"
	"strings"

	"warroom/ui/keymap"
)

// A slash in the empty composer opens the filter line. Text that turns out to be a path,
// or begins with two slashes, becomes a note.

// slash opens the filter line if the composer is empty. Otherwise it inserts a slash.
func (p *Page) slash() {
	if p.comp.Text != "" || p.log.search.Text != "" {
		p.comp.write("/")
		return
	}
	p.toFilter()
	p.slashed = true
}

// isNoteAfter turns the filter line into a note if the next character shows that it is
// one: a second slash, or a blank after a path. It reports whether it did.
func isNoteAfter(p *Page, next rune) bool {
	text := p.log.search.Text
	if p.log.search.At != len(text) || next != '/' && (next != ' ' || !isPath(text)) {
		return false
	}
	p.log.showAll()
	p.mode = keymap.InWrite
	p.comp.write("/" + text + string(next))
	return true
}

// topFolders are names of folders in the root directory of a disk or a web site.
var topFolders = strings.Fields("bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr " +
	"var data app nix System Users Library Applications Volumes api admin login")

// isPath reports whether the text after a slash looks like a path.
func isPath(s string) bool {
	return slices.Contains(topFolders, s) || strings.ContainsAny(s, "._-~%?=") && !strings.ContainsAny(s, ": \"")
}
