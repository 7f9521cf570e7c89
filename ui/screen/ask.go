package screen

import (
	"strconv"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"
)

// The queries to a terminal: its default colors (OSC 10 and 11), and then its device
// attributes (DA1). Every terminal answers the last one, so the wait is short for a
// terminal that does not answer the others.
const question = "\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[c"

// clipboardAttribute is the device attribute of a terminal that lets programs write its
// clipboard.
const clipboardAttribute = 52

// answers are what a terminal answered.
type answers struct{ fg, bg tcell.Color }

// Ask queries the terminal for its attributes and its default colors, which it returns; a
// color that the terminal does not report is tcell.ColorDefault. It waits for the answers
// up to the given time. Keys that are typed in the meantime become events later; a late
// answer is dropped. Call it after Init, before anything else takes events.
func (s *Screen) Ask(wait time.Duration) (fg, bg tcell.Color) {
	var got answers
	if !s.sgrEnc.answers || !s.live.Load() {
		return got.fg, got.bg
	}
	over := false
	s.decode.report = func(osc string) { got.color(osc) }
	s.decode.attributes = func(list string) {
		s.canCopy, over = hasAttribute(list, clipboardAttribute), true
	}
	defer func() { s.decode.report, s.decode.attributes = nil, nil }()
	s.sendControl(func(*modes) string { return question })
	late := time.NewTimer(wait)
	defer late.Stop()
	for !over {
		select {
		case read := <-s.input:
			s.decode.paste.enabled = s.pasteOn.Load()
			s.decode.feed(read)
		case <-s.decode.timer.C:
			s.decode.flush()
		case <-late.C:
			over = true
		case <-s.hup:
			over = true
		case <-s.quit:
			over = true
		}
		s.decode.read()
	}
	return got.fg, got.bg
}

// Copies reports whether the terminal accepts clipboard writes, and whether that is
// certain: most terminals do not report it.
func (s *encoder) Copies() (can, certain bool) { return s.sgrEnc.xt, s.canCopy || !s.sgrEnc.xt }

// color handles the answer about a color: 11;rgb:ffff/ffff/dddd.
func (a *answers) color(osc string) {
	kind, text, ok := strings.Cut(osc, ";")
	if !ok {
		return
	}
	c, ok := parseRGB(text)
	switch {
	case !ok:
	case kind == "10":
		a.fg = c
	case kind == "11":
		a.bg = c
	}
}

// parseRGB parses a color in the form of X11, with one to four hexadecimal digits for each
// part. It ignores the alpha of rgba:.
func parseRGB(text string) (tcell.Color, bool) {
	model, text, _ := strings.Cut(text, ":")
	parts := strings.Split(text, "/")
	if !(model == "rgb" && len(parts) == 3 || model == "rgba" && len(parts) == 4) {
		return tcell.ColorDefault, false
	}
	var rgb [3]int32
	for i := range rgb {
		v, err := strconv.ParseUint(parts[i], 16, 16)
		if err != nil || parts[i] == "" || len(parts[i]) > 4 {
			return tcell.ColorDefault, false
		}
		most := uint64(1)<<(4*len(parts[i])) - 1
		rgb[i] = int32((v*255 + most/2) / most)
	}
	return tcell.NewRGBColor(rgb[0], rgb[1], rgb[2]), true
}

// hasAttribute reports whether a list of device attributes has one.
func hasAttribute(list string, want int) bool {
	for _, f := range strings.Split(list, ";") {
		if n, err := strconv.Atoi(f); err == nil && n == want {
			return true
		}
	}
	return false
}
