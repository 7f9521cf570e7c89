package screen

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/gdamore/tcell/v2/terminfo"
	_ "github.com/gdamore/tcell/v2/terminfo/extended" // all terminals that tcell supports
)

// ErrNoScreen means that the terminal cannot show a full screen: TERM is empty or dumb. The
// caller should fall back to plain lines.
var ErrNoScreen = errors.New("terminal cannot show a full screen (TERM is empty or dumb): use the plain commands")

var (
	termName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$`)
	padding  = regexp.MustCompile(`\$<[^>]*>`)

	// lookupMu guards terminfo.LookupTerminfo, which may write to the entry
	// it returns when COLORTERM is set.
	lookupMu sync.Mutex
)

// profile describes the capabilities of one terminal.
type profile struct {
	ti      terminfo.Terminfo
	ansi    bool // cursor moves are those of ECMA-48, so the short forms work
	xt      bool // has the common extensions of xterm
	corner  bool // writing the last cell scrolls the screen, unless characters are inserted
	scrolls bool // can move the rows between two margins
	answers bool // may be queried; it ignores unknown queries
	attrOff string
}

// scrolling lists the families of terminals that have margins (DECSTBM) and scroll the rows
// between them with IND and RI.
var scrolling = []string{"xterm", "tmux", "screen", "rxvt", "linux", "vt100", "vt220", "alacritty", "foot", "konsole",
	"gnome", "vte", "st",
	"wezterm", "iterm2", "mintty", "putty", "contour", "ghostty", "kitty"}

// asked are the families besides xterm that may be queried. The Linux console is not one of
// them: it answers some queries and prints others.
var asked = []string{"tmux", "screen", "rxvt", "st", "foot", "alacritty", "konsole", "gnome", "vte"}

// isOf reports whether a TERM belongs to one of the families.
func isOf(name string, families []string) bool {
	for _, f := range families {
		if rest, ok := strings.CutPrefix(name, f); ok && (rest == "" || rest[0] == '-' || rest[0] == '.') {
			return true
		}
	}
	return false
}

// newProfile looks up a TERM. It never runs a program and never returns the shared entry.
func newProfile(name string) (*profile, error) {
	if name == "" || name == "dumb" {
		return nil, ErrNoScreen
	}
	ti := lookup(name)
	for _, f := range []*string{
		&ti.Clear, &ti.EnterCA, &ti.ExitCA, &ti.ShowCursor, &ti.HideCursor, &ti.AttrOff,
		&ti.Underline, &ti.Bold, &ti.Blink, &ti.Reverse, &ti.Dim, &ti.Italic, &ti.StrikeThrough,
		&ti.ExitKeypad, &ti.ResetFgBg, &ti.SetFg, &ti.SetBg, &ti.SetFgBg,
		&ti.SetCursor, &ti.InsertChar, &ti.DisableAutoMargin, &ti.EnableAutoMargin,
	} {
		*f = padding.ReplaceAllString(*f, "")
	}
	p := &profile{ti: ti}
	p.xt = ti.XTermLike || strings.HasPrefix(ti.Name, "xterm")
	p.ansi = ti.SetCursor == "\x1b[%i%p1%d;%p2%dH"
	p.scrolls = p.ansi && isOf(name, scrolling)
	p.answers = p.ansi && (p.xt || isOf(name, asked))
	p.corner = ti.AutoMargin && ti.DisableAutoMargin == "" && ti.InsertChar != ""
	// Character sets are never switched, so styles need not switch them back.
	p.attrOff = strings.NewReplacer("\x1b(B", "", "\x0f", "").Replace(ti.AttrOff)
	return p, nil
}

func lookup(name string) terminfo.Terminfo {
	lookupMu.Lock()
	defer lookupMu.Unlock()
	try := []string{name}
	if strings.HasPrefix(name, "screen.") {
		try = append(try, "screen-256color")
	}
	for _, n := range append(try, "xterm-256color") {
		if !termName.MatchString(n) {
			continue
		}
		if ti, err := terminfo.LookupTerminfo(n); err == nil {
			return *ti
		}
	}
	return terminfo.Terminfo{} // not reached: xterm-256color is compiled in
}

// limit returns the colors that both the caller wants and the terminal has.
func (p *profile) limit(colors int) (palette int, rgb bool) {
	ti := &p.ti
	if colors == ColorsAuto {
		colors = ti.Colors
	}
	if colors > 256 {
		rgb = true
		ti.SetFgRGB = "\x1b[38;2;%p1%d;%p2%d;%p3%dm"
		ti.SetBgRGB = "\x1b[48;2;%p1%d;%p2%d;%p3%dm"
	}
	return max(0, min(colors, ti.Colors, 256)), rgb
}
