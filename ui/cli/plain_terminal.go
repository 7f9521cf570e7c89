package cli

import (
	"context"
	"io"
	"os"
	"runtime"

	"golang.org/x/term"

	"warroom/ui/lineterm"
)

// isPlain reports whether this terminal uses plain mode: if it is configured, or if the
// terminal cannot show a full screen.
func (a *app) isPlain() bool {
	name := a.Getenv("TERM")
	return a.cfg.Screen.Plain || name == "dumb" || name == "" && runtime.GOOS != "windows"
}

// takeLines makes the program edit and echo the lines that are typed at its own terminal,
// so that new entries do not split them. restore restores the terminal. If that is not
// possible, the terminal edits the lines, as for any program.
func (a *app) takeLines(ctx context.Context) (restore func()) {
	in, ok := a.Stdin.(*os.File)
	out, is := a.Stdout.(*os.File)
	if !ok || !is || !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return func() {}
	}
	t := lineterm.New(struct {
		io.Reader
		io.Writer
	}{in, out}, func() {}, sizeOf(out)) // Ctrl-C arrives as a signal
	give, err := noEcho(ctx, int(in.Fd()), t.Redraw)
	if err != nil {
		return func() {}
	}
	go t.Run() // ends with the process, which reads the terminal until then
	stderr := a.Stderr
	a.Stdin, a.Stdout = t, t
	if f, ok := stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		a.Stderr = t
	}
	return func() {
		a.Stdin, a.Stdout, a.Stderr = in, out, stderr
		give()
	}
}
