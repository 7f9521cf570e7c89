//go:build ssh && linux

package sshd_test

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// cells returns the rows of a terminal, each rune preceded by its style if that changes.
// Blanks that were written and those that were not are the same if the difference is
// invisible.
func cells(captured string) string {
	var out strings.Builder
	var now cellStyle
	for row := range strings.Lines(captured) {
		shown, last, line := 0, cellStyle{}, strings.Builder{}
		for i := 0; i < len(row); {
			if rest, ok := strings.CutPrefix(row[i:], "\x1b["); ok {
				codes, _, _ := strings.Cut(rest, "m")
				now.set(codes)
				i += len("\x1b[") + len(codes) + len("m")
				continue
			}
			r, n := utf8.DecodeRuneInString(row[i:])
			i += n
			if r == '\n' {
				break
			}
			seen := now
			if r == ' ' {
				seen = now.blank()
			}
			if seen != last {
				fmt.Fprintf(&line, "<%v>", seen)
				last = seen
			}
			line.WriteRune(r)
			if r != ' ' || seen != (cellStyle{}) {
				shown = line.Len()
			}
		}
		fmt.Fprintln(&out, line.String()[:shown])
	}
	return out.String()
}

// cellStyle is the style of a cell.
type cellStyle struct{ fg, bg, line, attrs string }

// blank returns the part of a style that is visible on a blank.
func (p cellStyle) blank() cellStyle {
	if strings.ContainsAny(p.attrs, "479") { // underlined, reversed, struck through
		return p
	}
	return cellStyle{bg: p.bg}
}

// set applies the codes of one sequence.
func (p *cellStyle) set(codes string) {
	f := strings.Split(codes, ";")
	for i := 0; i < len(f); i++ {
		n := 1
		if c := f[i]; (c == "38" || c == "48" || c == "58") && i+1 < len(f) {
			n = map[string]int{"5": 3, "2": 5}[f[i+1]]
		}
		code := strings.Join(f[i:min(len(f), i+max(n, 1))], ";")
		i += max(n, 1) - 1
		switch {
		case code == "0" || code == "":
			*p = cellStyle{}
		case code == "39":
			p.fg = ""
		case code == "49":
			p.bg = ""
		case code == "59":
			p.line = ""
		case code[0] == '3' && len(code) > 1 || code[0] == '9' && len(code) > 1:
			p.fg = code
		case code[0] == '4' && len(code) > 1 && code[1] != ':' || strings.HasPrefix(code, "10"):
			p.bg = code
		case strings.HasPrefix(code, "58"):
			p.line = code
		default:
			on := append(strings.Fields(p.attrs), code)
			slices.Sort(on)
			p.attrs = strings.Join(slices.Compact(on), " ")
		}
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("row %d\n%q\n%q", i, x[i], y[i])
		}
	}
	return "no row"
}
