package ui_test

import (
	"strings"
	"testing"

	"warroom/ui"
	"warroom/ui/theme"
)

// TestAutoTheme: the screen has the colours that suit the terminal's answer, and neither the
// answer nor one that is late is text of the composer.
func TestAutoTheme(t *testing.T) {
	const question, attributes = "\x1b]11;?\x1b\\", "\x1b[?62;22c"
	for name, c := range map[string]struct{ answer, has, not string }{
		"dark": {"\x1b]10;rgb:eeee/eeee/eeee\x1b\\\x1b]11;rgb:1111/1111/1111\x1b\\" + attributes, "38;5;80m",
			"48;5;234m"},
		"light":  {"\x1b]10;rgb:0000/0000/0000\a\x1b]11;rgb:ffff/ffff/ffff\a" + attributes, "38;5;23m", "48;5;231m"},
		"grey":   {"\x1b]10;rgb:8888/8888/8888\a\x1b]11;rgb:3333/3333/3333\a" + attributes, "48;5;234m", "48;5;231m"},
		"silent": {attributes, "\x1b[;36m", "38;5;80m"},
	} {
		inVirtualTime(t, name, func(t *testing.T) {
			h, _ := busy(t)
			k, _ := openKeyboard(t, h, "bo", func(o *ui.Options) { o.Theme, o.Colors = theme.Auto, -1 })
			eventually(t, "the question", func() bool { return strings.Contains(k.shown(), question) })
			k.write(t, "typed ahead"+c.answer)
			eventually(t, "the room", func() bool { return strings.Contains(k.shown(), "bo > ") })
			k.write(t, c.answer+" and after\r")
			eventually(t, "the line", func() bool {
				lines := linesOf(t, h, "inc-1")
				return lines[len(lines)-1].Text.String() == "typed ahead and after"
			})
			if out := k.shown(); !strings.Contains(out, c.has) || strings.Contains(out, c.not) {
				t.Errorf("got %.300q, want %q and no %q", out, c.has, c.not)
			}
		})
	}
}
