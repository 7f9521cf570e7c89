package screen

import (
	"strconv"
	"strings"
	"time"

	"github.com/gdamore/tcell/v2"
)

// What a terminal is asked: its default colors (OSC 10 and 11), and last for its device
// attributes (DA1). Every terminal answers the last, so the wait ends soon where it does not
// know the others.
const question = "\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[c"

// clipboardAttribute is the device attribute of a terminal whose clipboard programs may write.
const clipboardAttribute = 52

// answers are what a terminal answered.
type answers struct{ fg, bg tcell.Color }

// Ask asks the terminal for its attributes and for its default colors, which it returns;
// tcell.ColorDefault is one that it did not answer. It waits until the terminal has answered,
// but not longer than a time. What is typed meanwhile comes as events later; an answer that is
// late is dropped. It is called after Init, before anything else takes events.
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

// Copies reports whether the terminal takes what is written to its clipboard, and whether that
// is certain: most terminals do not answer that.
func (s *encoder) Copies() (can, certain bool) { return s.sgrEnc.xt, s.canCopy || !s.sgrEnc.xt }

// color takes the answer about a color: 11;rgb:ffff/ffff/dddd.
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

// parseRGB reads the form of X11, of one to four hexadecimal digits a part. The alpha of rgba:
// is left out.
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
