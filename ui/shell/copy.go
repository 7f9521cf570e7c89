package shell

import (
	"strings"

	"warroom/model"
	"warroom/ui/draw"
)

// maxCopied is the maximum number of cells of the copied text in the note.
const maxCopied = 40

// Copy writes a text to the clipboard of the terminal and shows what was copied, or how to
// select it if the terminal may not accept it. It must only be called for a person's own
// key.
func (s *Shell) Copy(what, text model.Safe) {
	can, certain := s.Screen.Copies()
	s.Screen.SetClipboard([]byte(text.String()))
	first, _, _ := strings.Cut(text.String(), "\n")
	var shown []model.Safe
	for _, part := range draw.L(draw.T(s.Theme.Plain, model.CleanLine(first))).Clip(maxCopied) {
		shown = append(shown, part.Text)
	}
	how := model.Lit("select it with the mouse")
	if s.o.Mouse {
		how = model.Lit("select it with the mouse while you hold Shift")
	}
	switch {
	case !can:
		s.Notes.Show(model.Safef("programs cannot use this terminal's clipboard; %s", how))
	case certain:
		s.Notes.Show(model.Safef("copied %s: %s", what, model.JoinSafe(model.Lit(""), shown...)))
	default:
		s.Notes.Show(model.Safef("sent to the clipboard: %s: %s. If your terminal did not take it, %s", what,
			model.JoinSafe(model.Lit(""), shown...), how))
	}
}
