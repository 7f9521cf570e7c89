package cli

import (
	"context"

	"warroom/model"
	"warroom/ui/present"
)

const (
	maxRefused     = 50  // refused lines that are listed
	maxRefusedLine = 500 // bytes of each that are shown
)

// refuse prints the error of a line, if any, and lists the line if it was refused.
func (a *plainRoom) refuse(line string, err error) {
	if err == nil {
		return
	}
	a.beep()
	why := model.Sentence(err)
	switch model.CodeOf(err) {
	case model.Queued, model.Unreachable, model.Internal: // not a refusal
		a.printErr(why)
		return
	}
	a.printErr(present.Refused(model.Heading(err)))
	printOpen(a.app, err)
	shown := model.CleanLine(line[:min(len(line), maxRefusedLine)])
	a.refused = append(a.refused, model.Safef("%s: %s", shown, why))
	a.refused = a.refused[max(0, len(a.refused)-maxRefused):]
}

// printRefused lists the lines of this session that were refused.
func (a *plainRoom) printRefused(context.Context, string) error {
	return a.printAll(orNone(a.refused, model.Lit("no line was refused")))
}
