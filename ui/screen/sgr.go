package screen

import (
	"strconv"
	"strings"
	"sync"

	"github.com/gdamore/tcell/v2"
)

// sgrEncoder converts looks to SGR sequences. Screens of a Table on terminals of the same
// kind share one; each screen caches the result per style, so none of this runs per frame.
type sgrEncoder struct {
	*profile
	rgb     bool
	palette []tcell.Color

	mu   sync.Mutex
	near map[tcell.Color]tcell.Color
}

type sgrKey struct {
	term   string
	colors int
}

// maxSGREncoders limits how much memory clients can use up by inventing terminal names.
const maxSGREncoders = 64

// sgrEncoder returns the encoder for a TERM.
func (t *Table) sgrEncoder(term string, colors int) (*sgrEncoder, error) {
	k := sgrKey{term: term, colors: colors}
	t.mu.RLock()
	e := t.sgrEncoders[k]
	t.mu.RUnlock()
	if e != nil {
		return e, nil
	}
	p, err := newProfile(term)
	if err != nil {
		return nil, err
	}
	e = newSGREncoder(p, colors)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.sgrEncoders) < maxSGREncoders {
		t.sgrEncoders[k] = e
	}
	return e, nil
}

func newSGREncoder(p *profile, colors int) *sgrEncoder {
	n, rgb := p.limit(colors)
	e := &sgrEncoder{profile: p, rgb: rgb, near: map[tcell.Color]tcell.Color{}}
	for i := range n {
		e.palette = append(e.palette, tcell.PaletteColor(i))
	}
	return e
}

// fit returns the nearest color of the palette.
func (e *sgrEncoder) fit(c tcell.Color) tcell.Color {
	if c&tcell.ColorIsRGB == 0 && int(c&0xffffff) < len(e.palette) {
		return c
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	v, ok := e.near[c]
	if !ok {
		v = tcell.FindColor(c, e.palette)
		if len(e.near) < 4096 {
			e.near[c] = v
		}
	}
	return v
}

// sgr returns the sequence that sets the look, regardless of the previous one.
func (e *sgrEncoder) sgr(l look) string {
	var b strings.Builder
	b.WriteString(e.attrOff)
	attrs := l.attrs
	if len(e.palette) == 0 && !e.rgb {
		attrs = mono(l.fg, attrs)
	} else {
		e.colour(&b, l.fg, l.bg)
	}
	if attrs&tcell.AttrBold != 0 {
		b.WriteString(e.ti.Bold)
	}
	if l.line != tcell.UnderlineStyleNone {
		e.underline(&b, l)
	}
	for _, a := range []struct {
		mask tcell.AttrMask
		seq  string
	}{
		{tcell.AttrReverse, e.ti.Reverse}, {tcell.AttrBlink, e.ti.Blink}, {tcell.AttrDim, e.ti.Dim},
		{tcell.AttrItalic, e.ti.Italic}, {tcell.AttrStrikeThrough, e.ti.StrikeThrough},
	} {
		if attrs&a.mask != 0 {
			b.WriteString(a.seq)
		}
	}
	return mergeSGR(b.String())
}

// appendChange appends the sequence that changes one look to another on the same
// background, or nothing if there is no simple one. If a theme has a background, the
// sequence is shorter than one that sets everything.
func (e *sgrEncoder) appendChange(b []byte, from, to look) []byte {
	const bold = tcell.AttrBold
	if e.rgb || len(e.palette) < 256 || from.bg != to.bg || !to.bg.Valid() || from.line != to.line ||
		to.line != tcell.UnderlineStyleNone || from.attrs&^bold != to.attrs&^bold || to.attrs&tcell.AttrDim != 0 ||
		!to.fg.Valid() || to.fg.IsRGB() {
		return b
	}
	b = append(b, "\x1b["...)
	if from.attrs != to.attrs && to.attrs&bold != 0 {
		b = append(b, "1;"...)
	} else if from.attrs != to.attrs {
		b = append(b, "22;"...)
	}
	n := int64(e.fit(to.fg) & 0xff)
	switch {
	case from.fg == to.fg:
		b = b[:len(b)-1] // the semicolon: the looks differ
	case n < 8:
		b = strconv.AppendInt(b, 30+n, 10)
	case n < 16:
		b = strconv.AppendInt(b, 90+n-8, 10)
	default:
		b = strconv.AppendInt(append(b, "38;5;"...), n, 10)
	}
	return append(b, 'm')
}

// sameBlank reports whether a blank looks the same in both: the color of a text does not
// matter then.
func (e *sgrEncoder) sameBlank(a, b look) bool {
	const seen = tcell.AttrReverse | tcell.AttrUnderline | tcell.AttrStrikeThrough | tcell.AttrBlink
	return (len(e.palette) > 0 || e.rgb) && a.bg == b.bg && a.bg.Valid() && a.bg != tcell.ColorReset &&
		a.line == b.line && b.line == tcell.UnderlineStyleNone && (a.attrs|b.attrs)&seen == 0
}

// mono converts a dark foreground, with which tview marks a selection, to reverse video.
func mono(fg tcell.Color, attrs tcell.AttrMask) tcell.AttrMask {
	if !fg.Valid() {
		return attrs
	}
	if tcell.FindColor(fg, []tcell.Color{tcell.ColorBlack, tcell.ColorWhite}) == tcell.ColorBlack {
		return attrs ^ tcell.AttrReverse
	}
	return attrs
}

func (e *sgrEncoder) colour(b *strings.Builder, fg, bg tcell.Color) {
	ti := &e.ti
	if fg == tcell.ColorReset || bg == tcell.ColorReset {
		b.WriteString(ti.ResetFgBg)
	}
	if e.rgb && fg.IsRGB() {
		r, g, bl := fg.RGB()
		b.WriteString(ti.TParm(ti.SetFgRGB, int(r), int(g), int(bl)))
		fg = tcell.ColorDefault
	}
	if e.rgb && bg.IsRGB() {
		r, g, bl := bg.RGB()
		b.WriteString(ti.TParm(ti.SetBgRGB, int(r), int(g), int(bl)))
		bg = tcell.ColorDefault
	}
	if fg.Valid() && len(e.palette) > 0 && ti.SetFg != "" {
		b.WriteString(ti.TParm(ti.SetFg, int(e.fit(fg)&0xff)))
	}
	if bg.Valid() && len(e.palette) > 0 && ti.SetBg != "" {
		b.WriteString(ti.TParm(ti.SetBg, int(e.fit(bg)&0xff)))
	}
}

func (e *sgrEncoder) underline(b *strings.Builder, l look) {
	ti := &e.ti
	if e.xt && (e.rgb || len(e.palette) > 0) {
		switch {
		case l.ul == tcell.ColorReset:
			b.WriteString("\x1b[59m")
		case l.ul.IsRGB():
			r, g, bl := l.ul.RGB()
			b.WriteString(ti.TParm("\x1b[58:2::%p1%d:%p2%d:%p3%dm", int(r), int(g), int(bl)))
		case l.ul.Valid():
			b.WriteString(ti.TParm("\x1b[58:5:%p1%dm", int(l.ul&0xff)))
		}
	}
	b.WriteString(ti.Underline)
	if e.xt && l.line > tcell.UnderlineStyleSolid && l.line <= tcell.UnderlineStyleDashed {
		b.WriteString("\x1b[4:" + string(rune('0'+int(l.line))) + "m")
	}
}

// mergeSGR merges adjacent SGR sequences into one.
func mergeSGR(s string) string {
	var b strings.Builder
	open := false
	for s != "" {
		params, rest, ok := cutSGR(s)
		if !ok { // part of another sequence
			if open {
				b.WriteByte('m')
			}
			open = false
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		if open {
			b.WriteString(";" + params)
		} else {
			b.WriteString("\x1b[" + params)
		}
		open, s = true, rest
	}
	if open {
		b.WriteByte('m')
	}
	return b.String()
}

// cutSGR cuts one SGR sequence of plain numbers off the front of s.
func cutSGR(s string) (params, rest string, ok bool) {
	if !strings.HasPrefix(s, "\x1b[") {
		return "", s, false
	}
	for i := 2; i < len(s); i++ {
		if s[i] == 'm' {
			return s[2:i], s[i+1:], true
		}
		if s[i] != ';' && (s[i] < '0' || s[i] > '9') {
			return "", s, false
		}
	}
	return "", s, false
}
