package cli

import (
	"os"
	"os/exec"
	"strings"

	"warroom/model"
)

// editor returns a function that opens a text in $VISUAL, $EDITOR or vi and returns the
// edited text, or nil if there is no editor. The text is passed in a file that only this
// user can read.
func editor(a *app) func(string) (string, error) {
	cmd := a.Getenv("VISUAL")
	if cmd == "" {
		cmd = a.Getenv("EDITOR")
	}
	words := strings.Fields(cmd)
	if len(words) == 0 {
		if _, err := exec.LookPath("vi"); err != nil {
			return nil
		}
		words = []string{"vi"}
	}
	return func(text string) (string, error) {
		f, err := os.CreateTemp("", "warroom-*.txt")
		if err != nil {
			return text, model.Refuse(model.Internal, "no file could be created for the editor: %s", err)
		}
		defer os.Remove(f.Name())
		_, err = f.WriteString(text)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return text, model.Refuse(model.Internal, "no file could be created for the editor: %s", err)
		}
		c := exec.Command(words[0], append(words[1:], f.Name())...)
		c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
		if a.Hold != nil {
			defer a.Hold()()
		}
		if err := c.Run(); err != nil {
			return text, model.Refuse(model.Invalid, "the editor %s failed: %s; the text is unchanged", words[0], err)
		}
		b, err := os.ReadFile(f.Name())
		if err != nil {
			return text, model.Refuse(model.Internal, "the editor's file cannot be read: %s", err)
		}
		return strings.TrimRight(string(b), "\n"), nil
	}
}
