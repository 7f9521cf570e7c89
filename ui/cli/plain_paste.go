package cli

import (
	"context"
	"io"
	"strings"

	"warroom/model"
	"warroom/model/secretscan"
	"warroom/ui/present"
)

// plainPaste is a paste that waits until the user has chosen what to do with it. None of its
// lines is a command.
type plainPaste struct {
	text  string   // without blank lines at its ends
	lines []string // without blank ones
}

// pasted asks about a paste, or keeps it until the questions about others are answered.
func (a *plainRoom) pasted(text string) error {
	text, n := model.ValidText(text)
	if n > 0 {
		a.printErr(notUTF8(n))
	}
	text = present.TrimPaste(text)
	p := &plainPaste{text: text, lines: present.NoteLines(text)}
	switch len(a.pastes) {
	case 0:
	case present.MaxPastes:
		return model.Refuse(model.Conflict, "%s; %s", present.TooManyPastes(), answers)
	default:
		a.printErr(present.PastesWaiting(len(a.pastes)))
	}
	if a.pastes = append(a.pastes, p); len(a.pastes) == 1 {
		a.askPaste()
	}
	return nil
}

// answers are what a user may type at the question.
const answers = "type 1, n or d and press Enter"

// askPaste asks about the first paste that waits, if there is one.
func (a *plainRoom) askPaste() {
	if len(a.pastes) == 0 {
		return
	}
	p := a.pastes[0]
	a.beep()
	a.printErr(model.Safef("you pasted %s: 1 stores them as one note, n as %s, d discards them; %s",
		present.Pasted(p.text), present.OnePerLine(p.text), answers))
}

// answerPaste does what the user chose, and asks about the next paste.
func (a *plainRoom) answerPaste(ctx context.Context, answer string) error {
	p := a.pastes[0]
	var texts []string
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case ":quit", ":q":
		return io.EOF
	case "d":
		a.printErr(model.Lit("the paste was discarded"))
	case "1":
		texts = []string{p.text}
	case "n":
		if texts = p.lines; len(texts) > present.MaxPasteNotes {
			return model.Refuse(model.Invalid, "%s; type 1 or d", present.TooManyNotes(len(texts)))
		}
	default:
		return model.Refuse(model.Conflict, "answer the question about the paste first: %s", answers)
	}
	if err := a.storePaste(ctx, texts); err != nil {
		return err
	}
	a.pastes = a.pastes[1:]
	a.askPaste()
	return nil
}

// storePaste stores texts as notes. A secret is searched in all of them together, because a
// private key has several lines.
func (a *plainRoom) storePaste(ctx context.Context, texts []string) error {
	for _, t := range texts {
		if len(t) > model.MaxText {
			return model.TooLong("paste", t)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	room := a.s.Latest().Room
	all, found := secretscan.Replace(room, strings.Join(texts, "\n"))
	if len(found) > 0 {
		a.printErr(present.SecretSent(found))
	}
	if len(texts) > 1 {
		texts = strings.Split(all, "\n")
	} else {
		texts = []string{all}
	}
	for i, t := range texts {
		_, err := a.store(ctx, a.s, model.Act{Body: model.NewEntry(model.KindEntryNoted, t)})
		switch {
		case model.CodeOf(err) == model.Queued:
			a.printErr(model.Sentence(err))
		case err != nil && i > 0: // what is stored is not offered again
			*a.pastes[0] = plainPaste{text: strings.Join(texts[i:], "\n"), lines: texts[i:]}
			return err
		case err != nil:
			return err
		}
	}
	return nil
}

// dropPastes reports the pastes that were not stored when the user leaves.
func (a *plainRoom) dropPastes() {
	for _, p := range a.pastes {
		a.printErr(model.Safef("the paste of %s was not stored", present.Pasted(p.text)))
	}
}
