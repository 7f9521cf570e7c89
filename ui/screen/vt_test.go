package screen_test

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// vt is a small, strict terminal: it shows what it receives and records every sequence that
// it does not know.
type vt struct {
	w, h    int
	cells   []vtCell
	x, y    int
	style   vtStyle
	wrap    bool // the next rune goes to next field
	nowrap  bool
	top     int // the margins: rows top to end move
	end     int
	moves   int // how often rows moved
	hidden  bool
	modes   map[string]bool
	titles  []string
	clips   []string
	unknown []string
	bells   int
	text    []byte
}

type vtStyle struct {
	fg, bg, ul string
	attrs      [10]string
}

type vtCell struct {
	s     string
	wide  bool
	tail  bool
	style vtStyle
}

func newVT(w, h int) *vt {
	v := &vt{w: w, h: h, modes: map[string]bool{}}
	v.resize(w, h)
	return v
}

func (v *vt) resize(w, h int) {
	v.w, v.h = w, h
	v.top, v.end = 0, h
	v.cells = make([]vtCell, w*h)
	for i := range v.cells {
		v.cells[i].s = "#" // the content after a resize is undefined
	}
}

func (v *vt) Write(p []byte) (int, error) {
	for i := 0; i < len(p); {
		if c := p[i]; c >= ' ' && c != 0x7f {
			v.text = append(v.text, c)
			i++
			continue
		}
		v.flush()
		i += v.control(p[i:])
	}
	v.flush()
	return len(p), nil
}

func (v *vt) control(p []byte) int {
	switch p[0] {
	case '\r':
		v.x, v.wrap = 0, false
	case '\b':
		if v.wrap = false; v.x > 0 {
			v.x--
		}
	case '\a':
		v.bells++
	case 0x0f:
	case 0x1b:
		return v.escape(string(p))
	default:
		v.unknown = append(v.unknown, fmt.Sprintf("%q", p[0]))
	}
	return 1
}

func (v *vt) escape(p string) int {
	if len(p) < 2 {
		v.unknown = append(v.unknown, "cut escape")
		return len(p)
	}
	switch p[1] {
	case '[':
		for i := 2; i < len(p); i++ {
			if p[i] >= 0x40 && p[i] < 0x7f {
				v.csi(p[2:i], p[i])
				return i + 1
			}
		}
		v.unknown = append(v.unknown, "cut control sequence")
		return len(p)
	case ']':
		end, n := strings.Index(p, "\x1b\\"), 2
		if bel := strings.IndexByte(p, 7); bel >= 0 && (end < 0 || bel < end) {
			end, n = bel, 1
		}
		if end < 0 {
			v.unknown = append(v.unknown, "cut string")
			return len(p)
		}
		v.osc(p[2:end])
		return end + n
	case '=', '>', '7', '8':
		return 2
	case 'D':
		if v.wrap = false; v.y+1 == v.end {
			v.rows(v.top+1, v.top, v.end-1)
		} else {
			v.y = min(v.y+1, v.h-1)
		}
		return 2
	case 'M':
		if v.wrap = false; v.y == v.top {
			v.rows(v.top, v.top+1, v.top)
		} else {
			v.y = max(v.y-1, 0)
		}
		return 2
	case '(', ')':
		return 3
	}
	v.unknown = append(v.unknown, fmt.Sprintf("ESC %q", p[1]))
	return 2
}

// rows moves the rows between the margins; blank is the row that becomes free.
func (v *vt) rows(from, to, blank int) {
	n := v.end - v.top - 1
	v.moves++
	copy(v.cells[to*v.w:(to+n)*v.w], v.cells[from*v.w:(from+n)*v.w])
	for i := blank * v.w; i < (blank+1)*v.w; i++ {
		v.cells[i] = vtCell{s: " ", style: vtStyle{bg: v.style.bg}}
	}
}

func (v *vt) osc(s string) {
	kind, arg, _ := strings.Cut(s, ";")
	switch kind {
	case "2":
		v.titles = append(v.titles, arg)
	case "52":
		v.clips = append(v.clips, arg)
	case "8":
	default:
		v.unknown = append(v.unknown, "OSC "+s)
	}
}

func (v *vt) csi(params string, final byte) {
	n := func(i int) int {
		f := strings.Split(params, ";")
		if i >= len(f) || f[i] == "" {
			return 1
		}
		k, _ := strconv.Atoi(f[i])
		return max(k, 1)
	}
	switch {
	case final == 'H':
		v.y, v.x, v.wrap = min(n(0), v.h)-1, min(n(1), v.w)-1, false
	case final == 'r':
		v.top, v.end = n(0)-1, v.h
		if strings.Contains(params, ";") {
			v.end = min(n(1), v.h)
		}
		v.x, v.y, v.wrap = 0, 0, false
	case final == 'C':
		v.x, v.wrap = min(v.x+n(0), v.w-1), false
	case final == 'J':
		from := v.y*v.w + v.x
		if params == "2" {
			from = 0
		}
		for i := from; i < len(v.cells); i++ {
			v.cells[i] = vtCell{s: " ", style: vtStyle{bg: v.style.bg}}
		}
	case final == '@':
		row := v.cells[v.y*v.w : (v.y+1)*v.w]
		copy(row[v.x+1:], row[v.x:])
		row[v.x] = vtCell{s: " "}
	case final == 'm' && !strings.HasPrefix(params, ">"):
		v.sgr(params)
	case final == 'h' || final == 'l':
		for _, m := range strings.Split(params, ";") {
			v.mode(m, final == 'h')
		}
	case final == 't' || final == 'q' || final == 'u' || final == 'm' || final == 'c':
	default:
		v.unknown = append(v.unknown, fmt.Sprintf("CSI %s%c", params, final))
	}
}

func (v *vt) mode(m string, on bool) {
	switch v.modes[m] = on; m {
	case "?7":
		v.nowrap = !on
	case "?25":
		v.hidden = !on
	}
}

// sgr stores the attributes as text: equal text means equal look.
func (v *vt) sgr(params string) {
	f := strings.Split(params, ";")
	for i := 0; i < len(f); i++ {
		head, _, _ := strings.Cut(f[i], ":")
		k, _ := strconv.Atoi(head)
		switch {
		case k == 0:
			v.style = vtStyle{}
		case k < 10:
			v.style.attrs[k] = f[i]
		case k == 10: // the first font
		case k == 22:
			v.style.attrs[1], v.style.attrs[2] = "", ""
		case k == 39:
			v.style.fg = ""
		case k == 49:
			v.style.bg = ""
		case k == 59:
			v.style.ul = ""
		case k == 38 || k == 48 || k == 58:
			val := f[i][len(head):]
			if val == "" {
				end := min(i+3, len(f))
				if i+1 < len(f) && f[i+1] == "2" {
					end = min(i+5, len(f))
				}
				val = ":" + strings.Join(f[i+1:end], ":")
				i = end - 1
			}
			*map[int]*string{38: &v.style.fg, 48: &v.style.bg, 58: &v.style.ul}[k] = val
		case k >= 30 && k < 38 || k >= 90 && k < 98:
			v.style.fg = f[i]
		case k >= 40 && k < 48 || k >= 100 && k < 108:
			v.style.bg = f[i]
		default:
			v.unknown = append(v.unknown, "SGR "+f[i])
		}
	}
}

func (v *vt) flush() {
	s, state := string(v.text), -1
	v.text = v.text[:0]
	if !utf8.ValidString(s) {
		v.unknown = append(v.unknown, fmt.Sprintf("bytes %q", s))
	}
	for s != "" {
		var g string
		var w int
		g, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		v.put(g, w)
	}
}

func (v *vt) put(g string, w int) {
	if w == 0 {
		v.unknown = append(v.unknown, fmt.Sprintf("no width: %q", g))
		return
	}
	if v.wrap && !v.nowrap {
		v.x, v.y, v.wrap = 0, min(v.y+1, v.h-1), false // scrolling must not happen
	}
	if v.x+w > v.w {
		v.unknown = append(v.unknown, fmt.Sprintf("over the edge: %q", g))
		return
	}
	for i := range w {
		v.lose(v.x + i)
	}
	row := v.cells[v.y*v.w : (v.y+1)*v.w]
	row[v.x] = vtCell{s: g, wide: w == 2, style: v.style}
	if w == 2 {
		row[v.x+1] = vtCell{tail: true, style: v.style}
	}
	if v.x += w; v.x >= v.w {
		v.x, v.wrap = v.w-1, true
	}
}

// lose overwrites a cell. If it is half of a wide cell, the other half becomes undefined.
func (v *vt) lose(x int) {
	row := v.cells[v.y*v.w : (v.y+1)*v.w]
	if row[x].wide && x+1 < v.w {
		row[x+1] = vtCell{s: "@"}
	}
	if row[x].tail && x > 0 {
		row[x-1] = vtCell{s: "@"}
	}
	row[x] = vtCell{s: "@"}
}

func (v *vt) String() string {
	var b strings.Builder
	for y := range v.h {
		for _, c := range v.cells[y*v.w : (y+1)*v.w] {
			b.WriteString(c.s)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// differ returns the first difference between two terminals.
func (v *vt) differ(o *vt) string {
	for i := range v.cells {
		if v.cells[i] != o.cells[i] {
			return fmt.Sprintf("cell %d,%d: %+v and %+v", i%v.w, i/v.w, v.cells[i], o.cells[i])
		}
	}
	if v.hidden != o.hidden || !v.hidden && (v.x != o.x || v.y != o.y) {
		return fmt.Sprintf("cursor %v %d,%d and %v %d,%d", v.hidden, v.x, v.y, o.hidden, o.x, o.y)
	}
	return ""
}
